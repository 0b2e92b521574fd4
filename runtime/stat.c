/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics, by the rules of src/vm/stat.c: all arithmetic wraps, divisions
 * truncate. Scalars are kept once a CPU, without a lock, and joined when they
 * are read; those in arrays are one with the array.
 */
#include "array.h"

#include <linux/irqflags.h>
#include <linux/percpu.h>
#include <linux/string.h>

static u32 stat_bytes(const struct sp_array *a)
{
	return sizeof(struct sp_stat) + a->n_buckets * sizeof(s64);
}

int sp_stat_init(struct sp_array *a)
{
	struct sp_store *m = a->store;

	m->stats = __alloc_percpu(offsetof(struct sp_cpu_stat, v) +
				  stat_bytes(a), 8);
	return m->stats ? 0 : -ENOMEM;
}

void sp_stat_free(struct sp_array *a)
{
	struct sp_store *m = a->store;

	free_percpu(m->stats);
}

void sp_stat_clear(struct sp_array *a)
{
	struct sp_store *m = a->store;
	int cpu;

	for_each_possible_cpu(cpu)
		memset(&per_cpu_ptr(m->stats, cpu)->v, 0, stat_bytes(a));
}

/* --- one value --- */

static s64 wrap_add(s64 a, s64 b)
{
	return (u64)a + (u64)b;
}

static s64 wrap_sub(s64 a, s64 b)
{
	return (u64)a - (u64)b;
}

static s64 wrap_mul(s64 a, s64 b)
{
	return (u64)a * (u64)b;
}

static s64 shift_left(s64 a, u32 by)
{
	return (u64)a << by;
}

/* The running mean and sum of squared distances; v->count has the new one. */
static void add_variance(const struct sp_array *a, struct sp_stat *v, s64 x)
{
	s64 d;

	x = shift_left(x, a->shift);
	if (v->count == 1) {
		v->mean = x;
		v->m2 = 0;
		return;
	}
	d = wrap_sub(x, v->mean);
	v->mean = wrap_add(v->mean, d / v->count);
	v->m2 = wrap_add(v->m2, wrap_mul(d, wrap_sub(x, v->mean)));
}

static void add_sample(const struct sp_array *a, struct sp_stat *v, s64 x)
{
	v->sum = wrap_add(v->sum, x);
	if (!v->count || x < v->min)
		v->min = x;
	if (!v->count || x > v->max)
		v->max = x;
	v->count++;
	if (a->flags & SP_KEEP_VARIANCE)
		add_variance(a, v, x);
	if (a->hist != SP_HIST_NONE)
		v->buckets[sp_hist_bucket(a, x)]++;
}

/* What is left of a variance when the shift is taken back. Nothing but the sign
 * is left of a larger one. */
static s64 unshift(const struct sp_array *a, s64 variance)
{
	return variance >> (a->shift < 32 ? 2 * a->shift : 63);
}

/* (n - 1) times the variance of one CPU's samples. */
static s64 spread(const struct sp_stat *v)
{
	return v->count < 2 ? 0 : wrap_mul(v->count - 1,
					   v->m2 / (v->count - 1));
}

/* The variance of all CPUs, as the reference joins them, even one: v->m2
 * becomes the sum of what lies within them and between them. */
static void join_variance(const struct sp_array *a, struct sp_stat *v)
{
	const struct sp_store *m = a->store;
	s64 mean = v->count ? shift_left(v->sum, a->shift) / v->count : 0;
	int cpu;

	v->m2 = 0;
	for_each_possible_cpu(cpu) {
		const struct sp_stat *one = &per_cpu_ptr(m->stats, cpu)->v;
		s64 off = wrap_sub(one->mean, mean);

		if (!one->count)
			continue;
		v->m2 = wrap_add(v->m2, spread(one));
		v->m2 = wrap_add(v->m2, wrap_mul(one->count,
						 wrap_mul(off, off)));
	}
}

static void join(const struct sp_array *a, struct sp_stat *v)
{
	const struct sp_store *m = a->store;
	u32 i;
	int cpu;

	memset(v, 0, stat_bytes(a));
	for_each_possible_cpu(cpu) {
		const struct sp_stat *one = &per_cpu_ptr(m->stats, cpu)->v;

		if (!one->count)
			continue;
		if (!v->count || one->min < v->min)
			v->min = one->min;
		if (!v->count || one->max > v->max)
			v->max = one->max;
		v->count += one->count;
		v->sum = wrap_add(v->sum, one->sum);
		for (i = 0; i < a->n_buckets; i++)
			v->buckets[i] += one->buckets[i];
	}
	if (a->flags & SP_KEEP_VARIANCE)
		join_variance(a, v);
}

int sp_stat_value(const struct sp_array *a, const struct sp_stat *v,
		  enum sp_stat_op op, s64 *to)
{
	*to = 0;
	switch (op) {
	case SP_COUNT:
		*to = v->count;
		return 0;
	case SP_SUM:
		*to = v->sum;
		return 0;
	case SP_MIN:
		*to = v->min;
		break;
	case SP_MAX:
		*to = v->max;
		break;
	case SP_AVG:
		*to = v->count ? v->sum / v->count : 0;
		break;
	case SP_VARIANCE:
		if (v->count > 1)
			*to = unshift(a, v->m2 / (v->count - 1));
		break;
	}
	return !v->count;
}

/* --- instructions --- */

static int add_scalar(struct sp_ctx *c, struct sp_array *a, s64 value)
{
	struct sp_store *m = a->store;
	struct sp_cpu_stat *s = this_cpu_ptr(m->stats);
	unsigned long flags;

	raw_local_irq_save(flags);
	if (s->busy) {
		raw_local_irq_restore(flags);
		return sp_skip_nested(c);
	}
	WRITE_ONCE(s->busy, 1);
	barrier();
	add_sample(a, &s->v, value);
	barrier();
	WRITE_ONCE(s->busy, 0);
	raw_local_irq_restore(flags);
	return 0;
}

int sp_stat_add(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		s64 value, u32 loc)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (a->flags & SP_SCALAR)
		return add_scalar(c, a, value);
	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_make(a, keys);
	if (i)
		add_sample(a, (struct sp_stat *)sp_entry(m, i)->data, value);
	sp_array_unlock(m, flags);
	return i ? 0 : sp_array_full(c, a, loc);
}

/* A copy of the statistic in x->stat; of an absent element an empty one. */
static int read_stat(struct sp_ctx *c, struct sp_array *a,
		     const union sp_val *keys)
{
	struct sp_stat *v = sp_context(c)->stat;
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (a->flags & SP_SCALAR) {
		join(a, v);
		return 0;
	}
	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_find(a, keys);
	if (i)
		memcpy(v, sp_entry(m, i)->data, stat_bytes(a));
	else
		memset(v, 0, stat_bytes(a));
	sp_array_unlock(m, flags);
	return 0;
}

static int raise_empty(struct sp_ctx *c, u32 loc)
{
	sp_raise(c, "empty aggregate", loc);
	return 1;
}

int sp_stat_get(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		enum sp_stat_op op, s64 *to, u32 loc)
{
	s64 value;

	if (read_stat(c, a, keys))
		return 1;
	if (sp_stat_value(a, sp_context(c)->stat, op, &value))
		return raise_empty(c, loc);
	*to = value;
	return 0;
}

int sp_hist_get(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		s64 bucket, int empty_ok, s64 *to, u32 loc)
{
	const struct sp_stat *v = sp_context(c)->stat;

	if (read_stat(c, a, keys))
		return 1;
	if (!v->count && !empty_ok)
		return raise_empty(c, loc);
	if (bucket < 0 || bucket >= a->n_buckets) {
		sp_raise(c, "histogram index out of range", loc);
		return 1;
	}
	*to = v->buckets[bucket];
	return 0;
}

int sp_hist_print(struct sp_ctx *c, struct sp_array *a,
		  const union sp_val *keys, u32 loc)
{
	const struct sp_stat *v = sp_context(c)->stat;
	struct sp_sink s = sp_sink_out(c);

	if (read_stat(c, a, keys))
		return 1;
	if (!v->count)
		return raise_empty(c, loc);
	sp_hist_draw(a, v->buckets, &s);
	return 0;
}

int sp_hist_text(struct sp_ctx *c, struct sp_array *a,
		 const union sp_val *keys, struct sp_str *to, u32 bound,
		 u32 loc)
{
	const struct sp_stat *v = sp_context(c)->stat;
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);

	if (read_stat(c, a, keys))
		return 1;
	if (!v->count)
		return raise_empty(c, loc);
	sp_hist_draw(a, v->buckets, &s);
	sp_sink_end(&s, to, bound);
	return 0;
}
