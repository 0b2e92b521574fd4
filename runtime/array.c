/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays; array.h says how they are stored. */
#include "array.h"

#include <linux/atomic.h>
#include <linux/irqflags.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define MOST_BUCKETS (1u << 22)

/* --- making --- */

static u32 value_bytes(const struct sp_array *a)
{
	if (a->type == SP_STAT)
		return (6 + a->n_buckets) * sizeof(s64);
	if (a->type == SP_TEXT)
		return ALIGN(sizeof(struct sp_str) + a->bound, 8);
	return sizeof(s64);
}

/* Memory that is zero; NULL if there is not enough, without a word. */
static void *get_memory(u64 bytes)
{
	if (bytes / PAGE_SIZE > totalram_pages())
		return NULL;
	return __vmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
					__GFP_RETRY_MAYFAIL);
}

static int make_store(struct sp_array *a)
{
	struct sp_store *m = kzalloc(sizeof(*m), GFP_KERNEL);
	u32 at = value_bytes(a), k;

	if (!m)
		return -ENOMEM;
	a->store = m;
	if (a->flags & SP_SCALAR)
		return sp_stat_init(a);
	for (k = 0; k < a->n_keys; k++) {
		m->key_at[k] = at;
		at += a->key_bound[k] ? ALIGN(sizeof(struct sp_str) +
					      a->key_bound[k], 8) :
					sizeof(s64);
	}
	m->stride = sizeof(struct sp_entry) + at;
	m->n_buckets = a->size < MOST_BUCKETS ? roundup_pow_of_two(a->size) :
						MOST_BUCKETS;
	m->used = 1;
	m->seed = get_random_u64();
	m->entries = get_memory(((u64)a->size + 1) * m->stride);
	m->buckets = get_memory((u64)m->n_buckets * sizeof(u32));
	if (!m->entries || !m->buckets)
		return -ENOMEM;
	return sp_iters_init(a);
}

static void free_store(struct sp_array *a)
{
	struct sp_store *m = a->store;

	if (!m)
		return;
	sp_stat_free(a);
	sp_iters_free(a);
	vfree(m->entries);
	vfree(m->buckets);
	kfree(m);
	a->store = NULL;
}

int sp_arrays_init(void)
{
	u32 i;
	int rc = 0;

	for (i = 0; i < sp_program.n_globals && !rc; i++)
		if (sp_program.globals[i].array)
			rc = make_store(sp_program.globals[i].data);
	if (rc)
		sp_arrays_free();
	return rc;
}

void sp_arrays_free(void)
{
	u32 i;

	for (i = 0; i < sp_program.n_globals; i++)
		if (sp_program.globals[i].array)
			free_store(sp_program.globals[i].data);
}

/* --- the lock --- */

bool sp_array_lock(struct sp_ctx *c, struct sp_store *m, unsigned long *flags)
{
	u32 me = raw_smp_processor_id() + 1, was;

	raw_local_irq_save(*flags);
	while ((was = cmpxchg_acquire(&m->owner, 0, me))) {
		if (was == me) {
			raw_local_irq_restore(*flags);
			sp_skip_nested(c);
			return false;
		}
		cpu_relax();
	}
	return true;
}

void sp_array_unlock(struct sp_store *m, unsigned long flags)
{
	smp_store_release(&m->owner, 0);
	raw_local_irq_restore(flags);
}

/* --- looking up --- */

static u64 mix(u64 h, u64 word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static u64 mix_bytes(u64 h, const char *text, u32 len)
{
	u64 word;

	h = mix(h, len);
	for (; len >= 8; text += 8, len -= 8) {
		memcpy(&word, text, 8);
		h = mix(h, word);
	}
	word = 0;
	memcpy(&word, text, len);
	return mix(h, word);
}

/* Keys longer than their bounds are cut. */
static u32 key_len(const struct sp_array *a, u32 k, const union sp_val *key)
{
	return min(key->str->len, a->key_bound[k] - 1);
}

static u32 hash_keys(const struct sp_array *a, const union sp_val *keys)
{
	const struct sp_store *m = a->store;
	u64 h = m->seed;
	u32 k;

	for (k = 0; k < a->n_keys; k++) {
		if (a->key_bound[k])
			h = mix_bytes(h, keys[k].str->text,
				      key_len(a, k, &keys[k]));
		else
			h = mix(h, keys[k].num);
	}
	h = mix(h, m->seed);
	return h ^ h >> 32;
}

static bool same_keys(const struct sp_array *a, const struct sp_entry *e,
		      const union sp_val *keys)
{
	const struct sp_store *m = a->store;
	u32 k;

	for (k = 0; k < a->n_keys; k++) {
		const char *at = sp_column(m, e, k + 1);
		const struct sp_str *s = (const void *)at;

		if (!a->key_bound[k]) {
			if (*(const s64 *)at != keys[k].num)
				return false;
			continue;
		}
		if (s->len != key_len(a, k, &keys[k]) ||
		    memcmp(s->text, keys[k].str->text, s->len))
			return false;
	}
	return true;
}

static u32 find(const struct sp_array *a, const union sp_val *keys, u32 hash)
{
	const struct sp_store *m = a->store;
	u32 i = m->buckets[hash & (m->n_buckets - 1)];

	while (i) {
		const struct sp_entry *e = sp_entry(m, i);

		if (e->hash == hash && same_keys(a, e, keys))
			return i;
		i = e->next;
	}
	return 0;
}

u32 sp_array_find(const struct sp_array *a, const union sp_val *keys)
{
	return find(a, keys, hash_keys(a, keys));
}

/* --- changing --- */

/* Put an entry at the end of the list of free ones. */
static void give_back(struct sp_store *m, u32 i)
{
	sp_entry(m, i)->newer = 0;
	if (m->free)
		sp_entry(m, m->free_tail)->newer = i;
	else
		m->free = i;
	m->free_tail = i;
}

static void remove_entry(struct sp_store *m, u32 i)
{
	struct sp_entry *e = sp_entry(m, i);
	u32 *link = &m->buckets[e->hash & (m->n_buckets - 1)];

	while (*link != i)
		link = &sp_entry(m, *link)->next;
	*link = e->next;
	sp_entry(m, e->older)->newer = e->newer;
	sp_entry(m, e->newer)->older = e->older;
	m->len--;
	m->changes++;
	give_back(m, i);
}

/* An unused entry; one is there. Those never used go first. */
static u32 take_entry(struct sp_array *a, struct sp_store *m)
{
	u32 i = m->free;

	if (m->used <= a->size)
		return m->used++;
	m->free = sp_entry(m, i)->newer;
	return i;
}

static void copy_keys(const struct sp_array *a, struct sp_entry *e,
		      const union sp_val *keys)
{
	u32 k;

	for (k = 0; k < a->n_keys; k++) {
		char *at = sp_column(a->store, e, k + 1);

		if (a->key_bound[k])
			sp_copy((struct sp_str *)at, a->key_bound[k],
				keys[k].str);
		else
			*(s64 *)at = keys[k].num;
	}
}

u32 sp_array_make(struct sp_array *a, const union sp_val *keys)
{
	struct sp_store *m = a->store;
	u32 hash = hash_keys(a, keys), i = find(a, keys, hash);
	struct sp_entry *e;

	if (i)
		return i;
	if (m->len >= a->size) {
		if (!(a->flags & SP_WRAP))
			return 0;
		remove_entry(m, sp_entry(m, 0)->newer);
	}
	i = take_entry(a, m);
	e = sp_entry(m, i);
	e->uses++;
	memset(e->data, 0, value_bytes(a));
	copy_keys(a, e, keys);
	e->hash = hash;
	e->next = m->buckets[hash & (m->n_buckets - 1)];
	m->buckets[hash & (m->n_buckets - 1)] = i;
	e->older = sp_entry(m, 0)->older;
	e->newer = 0;
	sp_entry(m, e->older)->newer = i;
	sp_entry(m, 0)->older = i;
	m->len++;
	m->changes++;
	return i;
}

int sp_array_full(struct sp_ctx *c, const struct sp_array *a, u32 loc)
{
	if (a->flags & SP_SIZED)
		sp_raisef(c, loc, "Array overflow, check size limit (%u)",
			  a->size);
	else
		sp_raise(c, "Array overflow, check MAXMAPENTRIES", loc);
	return 1;
}

/* --- instructions --- */

int sp_get_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 *to)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_find(a, keys);
	*to = i ? *(s64 *)sp_entry(m, i)->data : 0;
	sp_array_unlock(m, flags);
	return 0;
}

int sp_get_str(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       struct sp_str *to, u32 bound)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_find(a, keys);
	if (i)
		sp_copy(to, bound, (struct sp_str *)sp_entry(m, i)->data);
	else
		sp_set(to, bound, "", 0);
	sp_array_unlock(m, flags);
	return 0;
}

int sp_set_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 value, u32 loc)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_make(a, keys);
	if (i)
		*(s64 *)sp_entry(m, i)->data = value;
	sp_array_unlock(m, flags);
	return i ? 0 : sp_array_full(c, a, loc);
}

int sp_set_str(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       const struct sp_str *value, u32 loc)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_make(a, keys);
	if (i)
		sp_copy((struct sp_str *)sp_entry(m, i)->data, a->bound, value);
	sp_array_unlock(m, flags);
	return i ? 0 : sp_array_full(c, a, loc);
}

int sp_add_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 by, u32 loc)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_make(a, keys);
	if (i)
		*(u64 *)sp_entry(m, i)->data += (u64)by;
	sp_array_unlock(m, flags);
	return i ? 0 : sp_array_full(c, a, loc);
}

int sp_has(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	   s64 *to)
{
	unsigned long flags;

	if (!sp_array_lock(c, a->store, &flags))
		return 1;
	*to = sp_array_find(a, keys) != 0;
	sp_array_unlock(a->store, flags);
	return 0;
}

int sp_delete(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys)
{
	struct sp_store *m = a->store;
	unsigned long flags;
	u32 i;

	if (!sp_array_lock(c, m, &flags))
		return 1;
	i = sp_array_find(a, keys);
	if (i)
		remove_entry(m, i);
	sp_array_unlock(m, flags);
	return 0;
}

/* All entries at once: their order becomes the end of the list of free ones. */
int sp_clear(struct sp_ctx *c, struct sp_array *a)
{
	struct sp_store *m = a->store;
	struct sp_entry *sentinel;
	unsigned long flags;

	if (a->flags & SP_SCALAR) {
		sp_stat_clear(a);
		return 0;
	}
	if (!sp_array_lock(c, m, &flags))
		return 1;
	if (m->len) {
		sentinel = sp_entry(m, 0);
		if (m->free)
			sp_entry(m, m->free_tail)->newer = sentinel->newer;
		else
			m->free = sentinel->newer;
		m->free_tail = sentinel->older;
		sentinel->newer = sentinel->older = 0;
		memset(m->buckets, 0, m->n_buckets * sizeof(*m->buckets));
		m->len = 0;
		m->changes++;
	}
	sp_array_unlock(m, flags);
	return 0;
}
