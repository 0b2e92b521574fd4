/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays: chained hash over a table of entries that are numbered, so that the
 * table may move. The order of entries is a doubly linked list through them.
 */
#include "vm/map_internal.h"

#include "ir/layout.h"
#include "vm/stat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ENTRIES 8
#define FIRST_BUCKETS 8

static const struct vm_str empty_str;

struct vm_str *vm_str_new(const char *text, uint32_t len)
{
	/* Room to grow a little in place, in steps malloc has anyway. */
	uint32_t cap = ((uint32_t)sizeof(struct vm_str) + len + 15) / 16 * 16 -
		       (uint32_t)sizeof(struct vm_str);
	struct vm_str *s = malloc(sizeof(*s) + cap);

	if (!s)
		return NULL;
	s->owners = 1;
	s->len = len;
	s->cap = cap;
	memcpy(s->text, text, len);
	return s;
}

void vm_str_drop(struct vm_str *s)
{
	if (s && !--s->owners)
		free(s);
}

struct vm_map *vm_map_new(const struct ir_global *g, uint64_t seed)
{
	struct vm_map *m = calloc(1, sizeof(*m));
	uint32_t k;

	if (!m)
		return NULL;
	m->g = g;
	m->seed = seed;
	m->stride = (uint32_t)(sizeof(struct vm_entry) +
			       (1 + g->n_keys) * sizeof(uint64_t));
	m->cap = FIRST_ENTRIES;
	m->used = 1;
	m->n_buckets = FIRST_BUCKETS;
	m->entries = calloc(m->cap, m->stride);
	m->buckets = calloc(m->n_buckets, sizeof(*m->buckets));
	if (!m->entries || !m->buckets) {
		vm_map_free(m);
		return NULL;
	}
	/* Statistics are bytes like a string, but never owned twice. */
	if (g->type == IR_STR || g->type == IR_STAT)
		m->str_cols = 1;
	for (k = 0; k < g->n_keys; k++) {
		if (g->key_type[k] == IR_STR)
			m->str_cols = (uint16_t)(m->str_cols | 2u << k);
	}
	return m;
}

/* Give up the strings among the first n columns. */
static void drop_columns(const struct vm_map *m, const uint64_t *cols,
			 uint32_t n)
{
	uint32_t c;

	for (c = 0; m->str_cols && c < n; c++) {
		if (m->str_cols >> c & 1)
			vm_str_drop(vm_col_str(cols[c]));
	}
}

void vm_map_clear(struct vm_map *m)
{
	struct vm_entry *sentinel = vm_map_entry(m, 0);
	uint32_t i;

	if (!m->len)
		return;
	for (i = sentinel->newer; i; i = vm_map_entry(m, i)->newer)
		drop_columns(m, vm_map_entry(m, i)->cols, m->g->n_keys + 1);
	sentinel->newer = sentinel->older = 0;
	m->used = 1;
	m->free = 0;
	m->len = 0;
	memset(m->buckets, 0, m->n_buckets * sizeof(*m->buckets));
}

void vm_map_free(struct vm_map *m)
{
	if (!m)
		return;
	if (m->entries)
		vm_map_clear(m);
	free(m->entries);
	free(m->buckets);
	free(m);
}

uint32_t vm_map_len(const struct vm_map *m)
{
	return m->len;
}

/* --- finding --- */

static uint64_t mix(uint64_t h, uint64_t word)
{
	__uint128_t p = (__uint128_t)(h ^ word) * 0x9e3779b97f4a7c15u;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t mix_bytes(uint64_t h, const char *s, uint32_t len)
{
	uint64_t word;
	uint32_t left = len;

	for (; left >= 8; s += 8, left -= 8) {
		memcpy(&word, s, 8);
		h = mix(h, word);
	}
	word = 0;
	if (left)
		memcpy(&word, s, left);
	return mix(h, word ^ (uint64_t)len << 32);
}

static uint32_t key_len(const struct vm_map *m, uint32_t k,
			const struct vm_val *key)
{
	uint32_t most = m->g->key_bound[k] - 1;

	return key->len < most ? key->len : most;
}

static uint32_t hash_keys(const struct vm_map *m, const struct vm_val *keys)
{
	uint64_t h = m->seed;
	uint32_t k;

	for (k = 0; k < m->g->n_keys; k++) {
		if (m->str_cols >> (k + 1) & 1)
			h = mix_bytes(h, keys[k].str, key_len(m, k, &keys[k]));
		else
			h = mix(h, (uint64_t)keys[k].num);
	}
	h = mix(h, m->seed);
	return (uint32_t)(h ^ h >> 32);
}

static bool same_keys(const struct vm_map *m, const struct vm_entry *e,
		      const struct vm_val *keys)
{
	uint32_t k;

	for (k = 0; k < m->g->n_keys; k++) {
		uint64_t col = e->cols[k + 1];
		uint32_t len;

		if (!(m->str_cols >> (k + 1) & 1)) {
			if (col != (uint64_t)keys[k].num)
				return false;
			continue;
		}
		len = key_len(m, k, &keys[k]);
		if (vm_col_str(col)->len != len ||
		    memcmp(vm_col_str(col)->text, keys[k].str, len))
			return false;
	}
	return true;
}

/* Number of the entry, or 0. */
static uint32_t find(const struct vm_map *m, const struct vm_val *keys,
		     uint32_t hash)
{
	uint32_t i = m->buckets[hash & (m->n_buckets - 1)];

	while (i) {
		const struct vm_entry *e = vm_map_entry(m, i);

		if (e->hash == hash && same_keys(m, e, keys))
			return i;
		i = e->next;
	}
	return 0;
}

bool vm_map_get(const struct vm_map *m, const struct vm_val *keys,
		struct vm_val *out)
{
	uint32_t i = find(m, keys, hash_keys(m, keys));
	const struct vm_str *s = &empty_str;

	out->num = 0;
	if (i && !(m->str_cols & 1))
		out->num = (int64_t)vm_map_entry(m, i)->cols[0];
	else if (i)
		s = vm_col_str(vm_map_entry(m, i)->cols[0]);
	out->str = s->text;
	out->len = s->len;
	return i != 0;
}

/* --- changing --- */

/* Take an entry out of its chain. */
static void unchain(struct vm_map *m, uint32_t i)
{
	uint32_t *link =
		&m->buckets[vm_map_entry(m, i)->hash & (m->n_buckets - 1)];

	while (*link != i)
		link = &vm_map_entry(m, *link)->next;
	*link = vm_map_entry(m, i)->next;
}

static void remove_entry(struct vm_map *m, uint32_t i)
{
	struct vm_entry *e = vm_map_entry(m, i);

	unchain(m, i);
	vm_map_entry(m, e->older)->newer = e->newer;
	vm_map_entry(m, e->newer)->older = e->older;
	drop_columns(m, e->cols, m->g->n_keys + 1);
	e->next = m->free;
	m->free = i;
	m->len--;
}

bool vm_map_del(struct vm_map *m, const struct vm_val *keys)
{
	uint32_t i = find(m, keys, hash_keys(m, keys));

	if (i)
		remove_entry(m, i);
	return i != 0;
}

/* Double the hash table. Failing is no harm: chains just get longer. */
static void grow_buckets(struct vm_map *m)
{
	uint32_t n = m->n_buckets * 2, i;
	uint32_t *buckets;

	if (n > UINT32_MAX / 4)
		return;
	buckets = calloc(n, sizeof(*buckets));
	if (!buckets)
		return;
	for (i = vm_map_entry(m, 0)->newer; i; i = vm_map_entry(m, i)->newer) {
		struct vm_entry *e = vm_map_entry(m, i);

		e->next = buckets[e->hash & (n - 1)];
		buckets[e->hash & (n - 1)] = i;
	}
	free(m->buckets);
	m->buckets = buckets;
	m->n_buckets = n;
}

/* Number of an unused entry, or 0 when memory is out. It stays unused until
 * take_entry(). */
static uint32_t spare_entry(struct vm_map *m)
{
	uint64_t cap = (uint64_t)m->cap * 2;
	char *entries;

	if (m->free)
		return m->free;
	if (m->used < m->cap)
		return m->used;
	if (cap > (uint64_t)m->g->size + 1)
		cap = (uint64_t)m->g->size + 1;
	if (cap <= m->cap || cap >= UINT32_MAX)
		return 0;
	entries = realloc(m->entries, cap * m->stride);
	if (!entries)
		return 0;
	m->entries = entries;
	m->cap = (uint32_t)cap;
	return m->used;
}

static void take_entry(struct vm_map *m, uint32_t i, uint32_t hash)
{
	struct vm_entry *e = vm_map_entry(m, i), *s = vm_map_entry(m, 0);

	if (i == m->free)
		m->free = e->next;
	else
		m->used++;
	e->hash = hash;
	e->next = m->buckets[hash & (m->n_buckets - 1)];
	m->buckets[hash & (m->n_buckets - 1)] = i;
	e->older = s->older;
	e->newer = 0;
	vm_map_entry(m, s->older)->newer = i;
	s->older = i;
	if (++m->len > m->n_buckets)
		grow_buckets(m);
}

/* Make the columns of a new entry. False, with nothing left behind, when
 * memory is out. */
static bool fill_columns(const struct vm_map *m, uint64_t *cols,
			 const struct vm_val *keys, const struct vm_val *value,
			 uint32_t value_len)
{
	uint32_t c;

	for (c = 0; c <= m->g->n_keys; c++) {
		const struct vm_val *v = c ? &keys[c - 1] : value;
		struct vm_str *s;

		if (!(m->str_cols >> c & 1)) {
			cols[c] = (uint64_t)v->num;
			continue;
		}
		s = vm_str_new(v->str, c ? key_len(m, c - 1, v) : value_len);
		if (!s)
			goto undo;
		cols[c] = (uintptr_t)s;
	}
	return true;
undo:
	drop_columns(m, cols, c);
	return false;
}

static int insert(struct vm_map *m, const struct vm_val *keys, uint32_t hash,
		  const struct vm_val *value, uint32_t value_len)
{
	uint64_t cols[IR_MAX_KEYS + 1];
	uint32_t i;

	if (m->len >= m->g->size && !(m->g->wrap && m->len))
		return -E2BIG;
	if (!fill_columns(m, cols, keys, value, value_len))
		return -ENOMEM;
	if (m->len >= m->g->size)
		remove_entry(m, vm_map_entry(m, 0)->newer);
	i = spare_entry(m);
	if (!i) {
		drop_columns(m, cols, m->g->n_keys + 1);
		return -ENOMEM;
	}
	memcpy(vm_map_entry(m, i)->cols, cols,
	       (m->g->n_keys + 1) * sizeof(*cols));
	take_entry(m, i, hash);
	return 0;
}

/* Put another text in the place of a string column. */
static int replace_str(uint64_t *col, const char *text, uint32_t len)
{
	struct vm_str *s = vm_col_str(*col);

	if (s->owners == 1 && len <= s->cap) {
		memmove(s->text, text, len);
		s->len = len;
		return 0;
	}
	s = vm_str_new(text, len);
	if (!s)
		return -ENOMEM;
	vm_str_drop(vm_col_str(*col));
	*col = (uintptr_t)s;
	return 0;
}

int vm_map_set(struct vm_map *m, const struct vm_val *keys,
	       const struct vm_val *value)
{
	uint32_t hash = hash_keys(m, keys), i = find(m, keys, hash), len = 0;

	if (m->str_cols & 1)
		len = value->len < m->g->bound ? value->len : m->g->bound - 1;
	if (!i)
		return insert(m, keys, hash, value, len);
	if (m->str_cols & 1)
		return replace_str(&vm_map_entry(m, i)->cols[0], value->str,
				   len);
	vm_map_entry(m, i)->cols[0] = (uint64_t)value->num;
	return 0;
}

int vm_map_add(struct vm_map *m, const struct vm_val *keys, int64_t by)
{
	uint32_t hash = hash_keys(m, keys), i = find(m, keys, hash);
	struct vm_val value = { .num = by };

	if (!i)
		return insert(m, keys, hash, &value, 0);
	vm_map_entry(m, i)->cols[0] += (uint64_t)by;
	return 0;
}

/* --- statistics --- */

struct stat_value *vm_map_stat(const struct vm_map *m,
			       const struct vm_val *keys)
{
	uint32_t i = find(m, keys, hash_keys(m, keys));

	if (!i)
		return NULL;
	return (void *)vm_col_str(vm_map_entry(m, i)->cols[0])->text;
}

int vm_map_stat_make(struct vm_map *m, const struct vm_val *keys,
		     struct stat_value **out)
{
	uint32_t hash = hash_keys(m, keys), i = find(m, keys, hash);
	static const char zero[sizeof(struct stat_value) +
			       HIST_MAX_BUCKETS * sizeof(int64_t)];
	struct vm_val value = { .str = zero };
	int ret;

	if (!i) {
		ret = insert(m, keys, hash, &value,
			     ir_stat_bytes(&m->g->stat));
		if (ret)
			return ret;
		i = vm_map_entry(m, 0)->older;
	}
	*out = (void *)vm_col_str(vm_map_entry(m, i)->cols[0])->text;
	return 0;
}

/* The keys of an entry; strings stay the array's. */
static void entry_keys(const struct vm_map *m, const struct vm_entry *e,
		       struct vm_val *keys)
{
	uint32_t k;

	for (k = 0; k < m->g->n_keys; k++) {
		uint64_t col = e->cols[k + 1];

		keys[k].num = (int64_t)col;
		if (!(m->str_cols >> (k + 1) & 1))
			continue;
		keys[k].str = vm_col_str(col)->text;
		keys[k].len = vm_col_str(col)->len;
	}
}

int vm_map_stat_merge(struct vm_map *m, const struct vm_map *from)
{
	struct vm_val keys[IR_MAX_KEYS];
	struct stat_value *v;
	uint32_t i;

	for (i = vm_map_entry(from, 0)->newer; i;
	     i = vm_map_entry(from, i)->newer) {
		const struct vm_entry *e = vm_map_entry(from, i);
		int ret;

		entry_keys(from, e, keys);
		ret = vm_map_stat_make(m, keys, &v);
		if (ret == -E2BIG)
			continue;
		if (ret)
			return ret;
		stat_merge(&m->g->stat, v,
			   (const void *)vm_col_str(e->cols[0])->text);
	}
	return 0;
}
