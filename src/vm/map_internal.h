/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of arrays; for map.c and rows.c only. */
#ifndef SPILE_VM_MAP_INTERNAL_H
#define SPILE_VM_MAP_INTERNAL_H

#include "vm/map.h"

/*
 * Entries are numbered from 1; 0 is the sentinel of the order (its newer is the
 * head of the list, its older the tail) and the end of chains. Free entries are
 * chained by next. cols[0] is the value, cols[N] key N.
 */
struct vm_entry {
	uint32_t hash;
	uint32_t next;
	uint32_t older, newer;
	uint64_t cols[];
};

struct vm_map {
	const struct ir_global *g;
	uint64_t seed;
	char *entries; /* cap of them, stride bytes each */
	uint32_t stride;
	uint32_t cap;
	uint32_t used; /* entries ever taken, with the sentinel */
	uint32_t free; /* first free one, or 0 */
	uint32_t len;
	uint32_t *buckets; /* n_buckets, a power of two */
	uint32_t n_buckets;
	uint16_t str_cols; /* bit set: the column holds a struct vm_str * */
};

static inline struct vm_entry *vm_map_entry(const struct vm_map *m, uint32_t i)
{
	return (struct vm_entry *)(m->entries + (size_t)i * m->stride);
}

static inline struct vm_str *vm_col_str(uint64_t word)
{
	return (struct vm_str *)(uintptr_t)word;
}

#endif
