/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics, and those of the executor's globals, wherever they live. */
#include "vm/stat.h"

#include "ir/layout.h"
#include "vm/internal.h"

#include <errno.h>
#include <string.h>

/* --- one value --- */

static int64_t wrap_add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_sub(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

static int64_t wrap_mul(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t shift_left(int64_t a, unsigned by)
{
	return (int64_t)((uint64_t)a << by);
}

/* The running mean and sum of squared distances; v->count has the new one. */
static void add_variance(const struct ir_stat *s, struct stat_value *v,
			 int64_t x)
{
	int64_t d;

	x = shift_left(x, s->shift);
	if (v->count == 1) {
		v->mean = x;
		v->m2 = 0;
		return;
	}
	d = wrap_sub(x, v->mean);
	v->mean = wrap_add(v->mean, d / v->count);
	v->m2 = wrap_add(v->m2, wrap_mul(d, wrap_sub(x, v->mean)));
}

void stat_add(const struct ir_stat *s, struct stat_value *v, int64_t x)
{
	v->sum = wrap_add(v->sum, x);
	if (!v->count || x < v->min)
		v->min = x;
	if (!v->count || x > v->max)
		v->max = x;
	v->count++;
	if (s->fields & IR_KEEP_VARIANCE)
		add_variance(s, v, x);
	if (s->hist.kind != HIST_NONE)
		v->buckets[hist_bucket(&s->hist, x)]++;
}

void stat_merge(const struct ir_stat *s, struct stat_value *v,
		const struct stat_value *from)
{
	uint32_t i, n = hist_buckets(&s->hist);

	if (!from->count)
		return;
	if (!v->count) {
		v->mean = from->mean;
		v->m2 = from->m2;
	}
	if (!v->count || from->min < v->min)
		v->min = from->min;
	if (!v->count || from->max > v->max)
		v->max = from->max;
	v->count += from->count;
	v->sum = wrap_add(v->sum, from->sum);
	for (i = 0; i < n; i++)
		v->buckets[i] += from->buckets[i];
}

static int64_t variance(const struct ir_stat *s, const struct stat_value *v,
			bool element)
{
	int64_t n = v->count, each, off, all;
	/* Nothing but the sign is left of a larger shift. */
	unsigned back = s->shift < 32 ? 2 * s->shift : 63;

	if (n < 2)
		return 0;
	each = v->m2 / (n - 1);
	if (element)
		return each >> back;
	/* The reference joins the CPUs of a scalar like this, even one. */
	off = wrap_sub(v->mean, shift_left(v->sum, s->shift) / n);
	all = wrap_add(wrap_mul(n - 1, each),
		       wrap_mul(n, wrap_mul(off, off)));
	return all / (n - 1) >> back;
}

bool stat_get(const struct ir_stat *s, const struct stat_value *v,
	      enum ir_stat_op op, bool element, int64_t *out)
{
	*out = 0;
	switch (op) {
	case IR_STAT_COUNT:
		*out = v->count;
		return true;
	case IR_STAT_SUM:
		*out = v->sum;
		return true;
	case IR_STAT_MIN:
		*out = v->min;
		break;
	case IR_STAT_MAX:
		*out = v->max;
		break;
	case IR_STAT_AVG:
		*out = v->count ? v->sum / v->count : 0;
		break;
	case IR_STAT_VARIANCE:
		*out = variance(s, v, element);
		break;
	}
	return v->count != 0;
}

/* --- globals --- */

int vm_stat_add(struct vm_array *a, const struct vm_val *keys, int64_t x)
{
	struct stat_value *v = a->own;
	int ret;

	if (a->map) {
		ret = vm_map_stat_make(a->map, keys, &v);
		if (ret)
			return ret;
	}
	stat_add(&a->g->stat, v, x);
	return 0;
}

/* What this side has counted, or NULL. */
static const struct stat_value *own_value(const struct vm_array *a,
					  const struct vm_val *keys)
{
	return a->map ? vm_map_stat(a->map, keys) : a->own;
}

int vm_stat_find(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 const struct stat_value **out)
{
	static const struct stat_value empty;
	const struct stat_value *own = own_value(a, keys);
	int ret;

	*out = own ? own : &empty;
	if (!a->ctx)
		return own != NULL;
	vm_array_pack_keys(a, keys);
	ret = vm->shared->ops->get(a->ctx, a->key, a->value);
	if (ret)
		return ret == -ENOENT ? own != NULL : ret;
	if (own)
		stat_merge(&a->g->stat, vm_array_value(a), own);
	*out = vm_array_value(a);
	return 1;
}

int vm_stat_get(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		enum ir_stat_op op, int64_t *out)
{
	const struct stat_value *v;
	int ret = vm_stat_find(vm, a, keys, &v);

	if (ret < 0)
		return ret;
	return stat_get(&a->g->stat, v, op, a->g->kind == IR_MAP, out) ?
		       0 : -ENODATA;
}

int vm_stat_bucket(struct vm *vm, struct vm_array *a,
		   const struct vm_val *keys, int64_t i, bool empty_ok,
		   int64_t *out)
{
	const struct stat_value *v;
	int ret = vm_stat_find(vm, a, keys, &v);

	if (ret < 0)
		return ret;
	if (!v->count && !empty_ok)
		return -ENODATA;
	if (i < 0 || i >= hist_buckets(&a->g->stat.hist))
		return -ERANGE;
	/* What is empty may have no buckets at all. */
	*out = v->count ? v->buckets[i] : 0;
	return 0;
}

int vm_stat_picture(struct vm *vm, struct vm_array *a,
		    const struct vm_val *keys, struct strbuf *out)
{
	const struct stat_value *v;
	int ret = vm_stat_find(vm, a, keys, &v);

	if (ret < 0)
		return ret;
	if (!v->count)
		return -ENODATA;
	hist_render_as(&a->g->stat.hist, v->buckets,
		       vm->prog->limits.hist_width,
		       vm->prog->limits.hist_elision, out);
	return 0;
}

int vm_stat_clear(struct vm *vm, struct vm_array *a)
{
	memset(a->own, 0, ir_stat_bytes(&a->g->stat));
	return a->ctx ? vm->shared->ops->clear(a->ctx) : 0;
}
