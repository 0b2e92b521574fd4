/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays of the executor: hash maps with up to nine mixed keys that remember
 * an order of their entries, a size limit, and optionally drop the entry at
 * the head of that order when they are full.
 *
 * Strings in entries are shared blobs with a count of owners, so a snapshot of
 * a whole array costs one word a column and the array may change under it.
 * Get, set, add, has and del take constant time; clear and snapshots one step
 * an entry. Memory grows with the entries. Nothing here is safe for threads.
 */
#ifndef SPILE_VM_MAP_H
#define SPILE_VM_MAP_H

#include "ir/ir.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A long, or len bytes of a string (str not NULL, no NUL needed). */
struct vm_val {
	int64_t num;
	const char *str;
	uint32_t len;
};

/* A string owned together; never changed while it has two owners. */
struct vm_str {
	uint32_t owners;
	uint32_t len, cap; /* bytes used and there */
	_Alignas(8) char text[]; /* statistics lie here too */
};

/* A new string with one owner, or NULL when memory is out. */
struct vm_str *vm_str_new(const char *text, uint32_t len);
void vm_str_drop(struct vm_str *s);

struct vm_map;
struct stat_value; /* proto/session.h */

/* An empty array of the shape of g (borrowed; must outlive it), or NULL when
 * memory is out. seed makes the order of hash chains unpredictable. */
struct vm_map *vm_map_new(const struct ir_global *g, uint64_t seed);
void vm_map_free(struct vm_map *m);
uint32_t vm_map_len(const struct vm_map *m);

/* Keys and string values longer than their bounds are cut. keys are as many as
 * the array has. */

/* Look up. False if absent: then *out is 0 or "". A string in *out is good
 * until the array changes. */
bool vm_map_get(const struct vm_map *m, const struct vm_val *keys,
		struct vm_val *out);
/* Store, at the end of the order if new. 0; -E2BIG if full; -ENOMEM; the array
 * is unchanged on errors. */
int vm_map_set(struct vm_map *m, const struct vm_val *keys,
	       const struct vm_val *value);
/* Add to a long value; absent counts as 0. Errors as vm_map_set. */
int vm_map_add(struct vm_map *m, const struct vm_val *keys, int64_t by);
/* The statistics of an element, or NULL if absent; good until the array
 * changes. Only for arrays of statistics, as the next. */
struct stat_value *vm_map_stat(const struct vm_map *m,
			       const struct vm_val *keys);
/* The same; an absent element is made, empty. Errors as vm_map_set. */
int vm_map_stat_make(struct vm_map *m, const struct vm_val *keys,
		     struct stat_value **out);
/* Merge all elements of from, an array of the same shape, into m. What finds
 * no room is left out. 0 or -ENOMEM. */
int vm_map_stat_merge(struct vm_map *m, const struct vm_map *from);
bool vm_map_del(struct vm_map *m, const struct vm_val *keys);
void vm_map_clear(struct vm_map *m);

/* --- rows.c: snapshots for foreach --- */

/* Rows of an array as they were. Zeroed is an empty one. */
struct vm_rows {
	struct vm_rows *next; /* for the owner's list */
	uint64_t *words; /* n_rows times n_cols: longs or struct vm_str * */
	uint32_t n_rows, n_cols;
	uint32_t n_seen; /* entries there were */
	uint32_t at;     /* the current row plus 1; 0: before the first */
	uint8_t col_of[IR_MAX_KEYS +
		       1]; /* column that holds value (0), key N */
	uint16_t str_cols; /* bit set: the column holds strings */
};

/* What to take: columns (bit 0 the value, bit N key N), and order. */
struct vm_pick {
	uint32_t columns;
	int direction; /* as struct ir_iter */
	uint32_t sort_column;
	enum ir_stat_op stat; /* what to sort statistics by */
	int64_t limit; /* rows at most; <= 0 none */
};

/* Take a snapshot. With a direction the order of the array becomes the sorted
 * one (stable). 0 or -ENOMEM. */
int vm_rows_take(struct vm_rows *r, struct vm_map *m,
		 const struct vm_pick *pick);
void vm_rows_release(struct vm_rows *r);
/* Step; false behind the last row. */
bool vm_rows_next(struct vm_rows *r);
/* A column of the current row (0 or "" if there is none or it was not
 * picked); strings are good until release. */
void vm_rows_get(const struct vm_rows *r, uint32_t column, struct vm_val *out);

/* --- sort.c --- */

/* One thing to sort: by key; of equal keys, by str if not NULL. */
struct vm_sort_item {
	uint64_t key;
	const struct vm_str *str;
	uint32_t index;
};

/* The key under which a long or a string (its first bytes) sorts. */
uint64_t vm_sort_key_num(int64_t num);
uint64_t vm_sort_key_str(const struct vm_str *s);
/* Stable sort, ascending or (direction < 0) descending. tmp has room for n
 * more. Keys are those of the functions above; descending changes them. */
void vm_sort(struct vm_sort_item *items, struct vm_sort_item *tmp, size_t n,
	     int direction);

#endif
