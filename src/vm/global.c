/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globals of the executor, here or shared with kernel handlers.
 *
 * Shared arrays have no order of their own: entries carry the number of their
 * insertion. So a sorted foreach over one does not change the order that later
 * ones see, and wrapping drops the entry inserted first.
 */
#include "vm/internal.h"
#include "vm/stat.h"

#include "base/bug.h"
#include "ir/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static uint64_t random_seed(void)
{
	uint64_t seed;

	/* Only hardens against chosen keys; the clock-free default will do. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = 0x6a09e667f3bcc908u;
	return seed;
}

/* Scalar statistics. */
static bool init_stat(struct vm *vm, uint32_t id)
{
	struct vm_array *a = &vm->arrays[id];

	a->g = &vm->prog->globals.at[id];
	a->own = calloc(1, ir_stat_bytes(&a->g->stat));
	if (!vm->shared || !vm->shared->maps || !vm->shared->maps[id])
		return a->own != NULL;
	a->ctx = vm->shared->maps[id];
	a->key = calloc(1, sizeof(uint32_t));
	a->value = calloc(1, ir_map_value_bytes(a->g));
	return a->own && a->key && a->value;
}

static bool init_scalar(struct vm *vm, uint32_t id)
{
	const struct ir_global *g = &vm->prog->globals.at[id];
	const char *text = g->init_str ? g->init_str : "";
	size_t len = strnlen(text, g->bound);

	if (vm->shared && vm->shared->scalars && vm->shared->scalars[id]) {
		vm->scalars[id] = vm->shared->scalars[id];
		vm->scalar_shared[id] = true;
		if (g->type == IR_I64) {
			*(int64_t *)vm->scalars[id] = g->init_num;
		} else {
			memset(vm->scalars[id], 0, g->bound);
			memcpy(vm->scalars[id], text,
			       len < g->bound ? len : g->bound - 1);
		}
		return true;
	}
	vm->scalars[id] = calloc(1, sizeof(int64_t) + g->bound);
	if (!vm->scalars[id])
		return false;
	if (g->type == IR_I64)
		*(int64_t *)vm->scalars[id] = g->init_num;
	else
		vm_slot_set(vm->scalars[id], text, len, g->bound);
	return true;
}

static bool init_array(struct vm *vm, uint32_t id, uint64_t seed)
{
	struct vm_array *a = &vm->arrays[id];

	a->g = &vm->prog->globals.at[id];
	if (vm->shared && vm->shared->maps && vm->shared->maps[id]) {
		a->ctx = vm->shared->maps[id];
		a->key = calloc(1, ir_key_bytes(a->g));
		a->value = calloc(1, ir_map_value_bytes(a->g));
		if (!a->key || !a->value)
			return false;
		if (a->g->type != IR_STAT)
			return true;
	}
	a->map = vm_map_new(a->g, seed);
	return a->map != NULL;
}

bool vm_globals_init(struct vm *vm, struct strbuf *err)
{
	uint32_t n = (uint32_t)vm->prog->globals.len, i;
	uint64_t seed = random_seed();
	bool ok = true;

	vm->scalars = xcalloc(n + 1, sizeof(*vm->scalars));
	vm->scalar_shared = xcalloc(n + 1, sizeof(*vm->scalar_shared));
	vm->seen = xcalloc(n + 1, sizeof(*vm->seen));
	vm->arrays = xcalloc(n + 1, sizeof(*vm->arrays));
	for (i = 0; ok && i < n; i++) {
		if (vm->prog->globals.at[i].kind == IR_MAP)
			ok = init_array(vm, i, seed);
		else if (vm->prog->globals.at[i].type == IR_STAT)
			ok = init_stat(vm, i);
		else
			ok = init_scalar(vm, i);
	}
	if (!ok)
		strbuf_addstr(err, "Not enough memory for the globals.");
	return ok;
}

void vm_globals_release(struct vm *vm)
{
	uint32_t i;

	for (i = 0; vm->scalars && i < vm->prog->globals.len; i++) {
		if (!vm->scalar_shared[i])
			free(vm->scalars[i]);
		vm_map_free(vm->arrays[i].map);
		vm_map_free(vm->arrays[i].order);
		free(vm->arrays[i].own);
		free(vm->arrays[i].key);
		free(vm->arrays[i].value);
	}
	free(vm->scalars);
	free(vm->scalar_shared);
	free(vm->seen);
	free(vm->arrays);
}

/* --- arrays kept elsewhere --- */

static void pack(char *to, enum ir_type type, uint32_t bound,
		 const struct vm_val *v)
{
	uint32_t len = v->len < bound ? v->len : bound - 1;

	if (type == IR_I64) {
		memcpy(to, &v->num, sizeof(v->num));
		return;
	}
	memcpy(to, v->str, len);
	memset(to + len, 0, ir_value_bytes(IR_STR, bound) - len);
}

static void unpack(const char *from, enum ir_type type, uint32_t bound,
		   struct vm_val *v)
{
	*v = (struct vm_val){ .str = "" };
	if (type == IR_I64) {
		memcpy(&v->num, from, sizeof(v->num));
		return;
	}
	v->str = from;
	v->len = (uint32_t)strnlen(from, bound - 1);
}

void vm_array_pack_keys(struct vm_array *a, const struct vm_val *keys)
{
	uint32_t k;

	for (k = 0; k < a->g->n_keys; k++)
		pack(a->key + ir_key_offset(a->g, k), a->g->key_type[k],
		     a->g->key_bound[k], &keys[k]);
}

void *vm_array_value(const struct vm_array *a)
{
	return a->value + (a->g->kind == IR_MAP ?
				   offsetof(struct map_value, num) : 0);
}

/* The entry with the lowest number. */
struct oldest {
	uint64_t seq;
	char *key;
	uint32_t key_bytes;
	bool found;
};

static int visit_oldest(void *arg, const void *key, const void *value)
{
	struct oldest *o = arg;
	uint64_t seq;

	memcpy(&seq, value, sizeof(seq));
	if (o->found && seq >= o->seq)
		return 0;
	o->found = true;
	o->seq = seq;
	memcpy(o->key, key, o->key_bytes);
	return 0;
}

static int drop_oldest(const struct vm *vm, const struct vm_array *a)
{
	struct oldest o = { .key_bytes = ir_key_bytes(a->g) };
	int ret;

	o.key = malloc(o.key_bytes);
	if (!o.key)
		return -ENOMEM;
	ret = vm->shared->ops->each(a->ctx, visit_oldest, &o);
	if (!ret)
		ret = o.found ? vm->shared->ops->del(a->ctx, o.key) : -E2BIG;
	free(o.key);
	return ret == -ENOENT ? 0 : ret;
}

/* Store a->value, which has everything but the number, under a->key. */
static int set_shared(struct vm *vm, struct vm_array *a, bool exists)
{
	const struct vm_map_ops *ops = vm->shared->ops;
	uint64_t seq;
	int ret;

	if (!exists) {
		seq = __atomic_add_fetch(&vm->session->sequence, 1,
					 __ATOMIC_RELAXED);
		memcpy(a->value, &seq, sizeof(seq));
	}
	ret = ops->set(a->ctx, a->key, a->value);
	if (ret != -E2BIG || !a->g->wrap)
		return ret;
	ret = drop_oldest(vm, a);
	return ret ? ret : ops->set(a->ctx, a->key, a->value);
}

int vm_array_get(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 struct vm_val *out)
{
	const struct stat_value *stat;
	int ret;

	if (a->g->type == IR_STAT)
		return vm_stat_find(vm, a, keys, &stat);
	if (a->map)
		return vm_map_get(a->map, keys, out);
	vm_array_pack_keys(a, keys);
	ret = vm->shared->ops->get(a->ctx, a->key, a->value);
	if (ret) {
		*out = (struct vm_val){ .str = "" };
		return ret == -ENOENT ? 0 : ret;
	}
	unpack(vm_array_value(a), a->g->type, a->g->bound, out);
	return 1;
}

int vm_array_set(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 const struct vm_val *value)
{
	int ret;

	if (a->map)
		return vm_map_set(a->map, keys, value);
	vm_array_pack_keys(a, keys);
	/* An entry that exists keeps its number. */
	ret = vm->shared->ops->get(a->ctx, a->key, a->value);
	if (ret && ret != -ENOENT)
		return ret;
	pack(vm_array_value(a), a->g->type, a->g->bound, value);
	return set_shared(vm, a, !ret);
}

int vm_array_add(struct vm *vm, struct vm_array *a, const struct vm_val *keys,
		 int64_t by)
{
	struct vm_val value = { .num = by };
	int ret;

	if (a->map)
		return vm_map_add(a->map, keys, by);
	vm_array_pack_keys(a, keys);
	ret = vm->shared->ops->add(a->ctx, a->key, by);
	if (ret != -ENOENT)
		return ret;
	pack(vm_array_value(a), IR_I64, 0, &value);
	return set_shared(vm, a, false);
}

int vm_array_del(struct vm *vm, struct vm_array *a, const struct vm_val *keys)
{
	int ret;

	if (a->map)
		vm_map_del(a->map, keys);
	if (!a->ctx)
		return 0;
	vm_array_pack_keys(a, keys);
	ret = vm->shared->ops->del(a->ctx, a->key);
	return ret == -ENOENT ? 0 : ret;
}

int vm_array_clear(struct vm *vm, struct vm_array *a)
{
	if (a->map)
		vm_map_clear(a->map);
	return a->ctx ? vm->shared->ops->clear(a->ctx) : 0;
}

/* --- foreach over them --- */

/* Copies of entries: key, then value. */
struct copies {
	uint32_t key_bytes, value_bytes;
	size_t n, cap, most;
	char *bytes;
};

static int visit_copy(void *arg, const void *key, const void *value)
{
	struct copies *c = arg;
	size_t size = c->key_bytes + c->value_bytes;
	char *to;

	/* Entries that come and go meanwhile can make the walk endless. */
	if (c->n == c->most)
		return 1;
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 64;

		to = realloc(c->bytes, cap * size);
		if (!to)
			return -ENOMEM;
		c->bytes = to;
		c->cap = cap;
	}
	to = c->bytes + c->n++ * size;
	memcpy(to, key, c->key_bytes);
	memcpy(to + c->key_bytes, value, c->value_bytes);
	return 0;
}

static int add_stat_copy(struct vm_map *m, const struct vm_array *a,
			 const struct vm_val *keys, const char *from)
{
	struct stat_value *v;
	int ret = vm_map_stat_make(m, keys, &v);

	if (!ret)
		stat_merge(&a->g->stat, v, (const void *)from);
	return ret;
}

/* Remember the order of m, which a foreach has sorted, for the entries there are
 * up to a number. */
static int note_order(struct vm_array *a, struct vm_map *m, uint64_t seq)
{
	struct vm_pick keys = { .columns = (2u << a->g->n_keys) - 2,
				.limit = INT64_MAX };
	struct vm_val key[IR_MAX_KEYS], place = { 0 };
	struct vm_rows rows;
	uint32_t k;
	int ret = vm_rows_take(&rows, m, &keys);

	if (ret)
		return ret;
	vm_map_free(a->order);
	a->order_shape = *a->g;
	a->order_shape.type = IR_I64;
	a->order_shape.wrap = false;
	a->order_seq = seq;
	a->order = vm_map_new(&a->order_shape, 0);
	if (!a->order)
		ret = -ENOMEM;
	while (!ret && vm_rows_next(&rows)) {
		for (k = 0; k < a->g->n_keys; k++)
			vm_rows_get(&rows, k + 1, &key[k]);
		ret = vm_map_set(a->order, key, &place);
		place.num++;
	}
	vm_rows_release(&rows);
	return ret;
}

/* What orders an entry: its place if a foreach has sorted it, else its number. */
static uint64_t place_of(const struct vm_array *a, const char *key,
			 uint64_t seq)
{
	struct vm_val keys[IR_MAX_KEYS], place;
	uint32_t k;

	if (!a->order || seq > a->order_seq)
		return seq;
	for (k = 0; k < a->g->n_keys; k++)
		unpack(key + ir_key_offset(a->g, k), a->g->key_type[k],
		       a->g->key_bound[k], &keys[k]);
	return vm_map_get(a->order, keys, &place) ? (uint64_t)place.num : seq;
}

/* Put the copies into m by their numbers. */
static int fill_map(struct vm_map *m, const struct vm_array *a,
		    const struct copies *c)
{
	size_t size = c->key_bytes + c->value_bytes, i;
	struct vm_sort_item *items;
	struct vm_val keys[IR_MAX_KEYS], value;
	int ret = 0;

	items = calloc(c->n * 2 + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (i = 0; i < c->n; i++) {
		memcpy(&items[i].key, c->bytes + i * size + c->key_bytes,
		       sizeof(items[i].key));
		items[i].key = place_of(a, c->bytes + i * size, items[i].key);
		items[i].index = (uint32_t)i;
	}
	vm_sort(items, items + c->n, c->n, 1);
	for (i = 0; i < c->n && !ret; i++) {
		const char *at = c->bytes + items[i].index * size;
		uint32_t k;

		for (k = 0; k < a->g->n_keys; k++)
			unpack(at + ir_key_offset(a->g, k), a->g->key_type[k],
			       a->g->key_bound[k], &keys[k]);
		at += c->key_bytes + offsetof(struct map_value, num);
		if (a->g->type == IR_STAT) {
			ret = add_stat_copy(m, a, keys, at);
			continue;
		}
		unpack(at, a->g->type, a->g->bound, &value);
		ret = vm_map_set(m, keys, &value);
	}
	free(items);
	return ret == -E2BIG ? 0 : ret;
}

int vm_array_rows(struct vm *vm, struct vm_array *a, const struct vm_pick *pick,
		  struct vm_rows *rows)
{
	struct copies c = {
		.key_bytes = ir_key_bytes(a->g),
		.value_bytes = ir_map_value_bytes(a->g),
		.most = (size_t)a->g->size * 2,
	};
	struct vm_map *m;
	uint64_t seq;
	int ret;

	if (!a->ctx)
		return vm_rows_take(rows, a->map, pick);
	seq = __atomic_load_n(&vm->session->sequence, __ATOMIC_RELAXED);
	m = vm_map_new(a->g, 0);
	if (!m)
		return -ENOMEM;
	ret = vm->shared->ops->each(a->ctx, visit_copy, &c);
	if (ret >= 0)
		ret = fill_map(m, a, &c);
	if (!ret && a->map)
		ret = vm_map_stat_merge(m, a->map);
	if (!ret)
		ret = vm_rows_take(rows, m, pick);
	if (!ret && pick->direction && a->g->type != IR_STAT) {
		ret = note_order(a, m, seq);
		if (ret)
			vm_rows_release(rows);
	}
	free(c.bytes);
	vm_map_free(m);
	return ret;
}
