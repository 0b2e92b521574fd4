/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How arrays and statistics are stored; for array.c, stat.c and iter.c.
 *
 * An array is a chained hash over entries that are all there from the start.
 * Its order is a doubly linked list through them. A lock of its own guards it
 * for the length of one instruction; interrupts are off meanwhile, and an NMI
 * that finds its own CPU holding it gives up.
 *
 * What an entry that was removed holds stays readable until the entry is used
 * again, which takes as long as it can: a foreach still reads it.
 */
#ifndef SPILE_RUNTIME_ARRAY_H
#define SPILE_RUNTIME_ARRAY_H

#include "core.h"

/* Numbered from 1; 0 is the sentinel of the order (its newer is the head, its
 * older the tail) and the end of chains. */
struct sp_entry {
	u32 hash;
	u32 next;         /* in its chain */
	u32 older, newer; /* in the order; newer also in the list of free ones */
	u32 uses;         /* how often the entry was taken */
	u32 pad;
	char data[];      /* the value, then the keys */
};

struct sp_stat {
	s64 count, sum, min, max;
	s64 mean, m2;     /* of the variance */
	s64 buckets[];
};

/* One element of a foreach. */
struct sp_row {
	u64 key;          /* to sort by; of strings the first bytes */
	u32 entry, uses;
};

struct sp_iter {
	struct sp_iter *outer; /* open in the same run */
	struct sp_array *a;
	struct sp_row *rows, *spare;
	u32 taken;
	u32 n, at;             /* rows; the current one plus one */
};

struct sp_store {
	u32 owner;        /* CPU that holds the lock plus one */
	u32 len;          /* entries in the order */
	u32 used;         /* entries ever taken, with the sentinel */
	u32 free, free_tail;
	u32 stride, n_buckets;
	u32 changes;      /* of the set of entries or their order */
	u32 key_at[9];    /* in data; the value is at 0 */
	u64 seed;
	u32 *buckets;
	char *entries;
	struct sp_iter *iters; /* a->iterations of them */
	struct sp_cpu_stat __percpu *stats; /* scalars */
};

struct sp_cpu_stat {
	u32 busy;         /* an NMI finds it half changed */
	struct sp_stat v;
};

static inline struct sp_entry *sp_entry(const struct sp_store *m, u32 i)
{
	return (struct sp_entry *)(m->entries + (size_t)i * m->stride);
}

/* Column of an entry as struct array has it: 0 the value, N key N. */
static inline char *sp_column(const struct sp_store *m, const struct sp_entry *e,
			      u32 column)
{
	return (char *)e->data + (column ? m->key_at[column - 1] : 0);
}

static inline bool sp_column_is_str(const struct sp_array *a, u32 column)
{
	return column ? a->key_bound[column - 1] != 0 : a->type == SP_TEXT;
}

/* Take the lock; false, with the handler ended, if it cannot be had. */
bool sp_array_lock(struct sp_ctx *c, struct sp_store *m, unsigned long *flags);
void sp_array_unlock(struct sp_store *m, unsigned long flags);

/* The lock is held in these. Number of the entry, or 0; make it if it is absent:
 * a value of zero bytes, or 0 if the array is full. */
u32 sp_array_find(const struct sp_array *a, const union sp_val *keys);
u32 sp_array_make(struct sp_array *a, const union sp_val *keys);

/* Raise that the array is full. Always 1. */
int sp_array_full(struct sp_ctx *c, const struct sp_array *a, u32 loc);

/* Memory of scalar statistics and of iterations; 0 or -ENOMEM. */
int sp_stat_init(struct sp_array *a);
void sp_stat_free(struct sp_array *a);
void sp_stat_clear(struct sp_array *a);
int sp_iters_init(struct sp_array *a);
void sp_iters_free(struct sp_array *a);
/* What an operator gives of one statistic; not 0 if it is empty and the
 * operator minds. */
int sp_stat_value(const struct sp_array *a, const struct sp_stat *v,
		  enum sp_stat_op op, s64 *to);

#endif
