/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics: one struct stat_value (proto/session.h) of a global or of an
 * element of an array, by the rules of language.md section 12. All arithmetic
 * wraps, divisions truncate.
 */
#ifndef SPILE_VM_STAT_H
#define SPILE_VM_STAT_H

#include "ir/ir.h"
#include "proto/session.h"
#include "vm/map.h"

struct vm;
struct vm_array; /* vm/internal.h */
struct vm_slot;

/* Count one more sample. v has ir_stat_bytes(s) bytes; zeroed is empty. */
void stat_add(const struct ir_stat *s, struct stat_value *v, int64_t x);
/* Add what from counts, say on another CPU, to v. Of a variance that of the
 * one which is not empty first is kept: only user space computes any. */
void stat_merge(const struct ir_stat *s, struct stat_value *v,
		const struct stat_value *from);
/* What an operator gives; element: of an array, whose variance is rounded in
 * its own way. False if v is empty and the operator minds. */
bool stat_get(const struct ir_stat *s, const struct stat_value *v,
	      enum ir_stat_op op, bool element, int64_t *out);

/* --- those of globals, wherever they live; keys only of arrays --- */

/* Add a sample. Errors as vm_array_set(). */
int vm_stat_add(struct vm_array *a, const struct vm_val *keys, int64_t x);
/* 1 found, 0 absent (*out is empty then, without buckets), or -errno. *out is
 * good until the next call for the same global. */
int vm_stat_find(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 const struct stat_value **out);
/* Extract. 0, -ENODATA if it is empty, or another -errno, as the next ones. */
int vm_stat_get(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		enum ir_stat_op op, int64_t *out);
/* Count of bucket i; -ERANGE if there is none. empty_ok: nothing counts 0. */
int vm_stat_bucket(struct vm *vm, struct vm_array *a,
		   const struct vm_val *keys, int64_t i, bool empty_ok,
		   int64_t *out);
/* Append the picture of the histogram. */
int vm_stat_picture(struct vm *vm, struct vm_array *a,
		    const struct vm_val *keys, struct strbuf *out);
/* Empty a scalar. */
int vm_stat_clear(struct vm *vm, struct vm_array *a);

/* --- global.c --- */

/* Put keys into a->key in the shared layout. */
void vm_array_pack_keys(struct vm_array *a, const struct vm_val *keys);
/* Where the value lies in a->value. */
void *vm_array_value(const struct vm_array *a);

/* --- call.c --- */

/* Print the histogram of a global, or make it the text of dst. 0 or -errno. */
int vm_hist_print(struct vm *vm, struct vm_array *a,
		  const struct vm_val *keys);
int vm_hist_text(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 struct vm_slot *dst, uint32_t bound);

#endif
