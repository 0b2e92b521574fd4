/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hmap.h"

#include "base/bug.h"

#include <stdlib.h>
#include <string.h>

uint32_t hash_bytes(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619u;
	h ^= h >> 15;
	return h * 0x2c1b3c6du;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t hmap_slot(const struct hmap *m, const char *key, size_t len,
			uint32_t hash)
{
	size_t mask = m->n_slots - 1, i = hash & mask;

	for (; m->slots[i]; i = (i + 1) & mask) {
		const struct hmap_entry *e = &m->entries[m->slots[i] - 1];

		if (e->hash == hash && e->len == len &&
		    !memcmp(e->key, key, len))
			break;
	}
	return i;
}

void *hmap_get(const struct hmap *m, const char *key, size_t len)
{
	size_t i;

	if (!m->n_slots)
		return NULL;
	i = hmap_slot(m, key, len, hash_bytes(key, len));
	return m->slots[i] ? m->entries[m->slots[i] - 1].value : NULL;
}

static void hmap_rehash(struct hmap *m)
{
	size_t i, n = m->n_slots ? m->n_slots * 2 : 16;

	free(m->slots);
	m->slots = xcalloc(n, sizeof(*m->slots));
	m->n_slots = n;
	for (i = 0; i < m->len; i++) {
		size_t at = m->entries[i].hash & (n - 1);

		while (m->slots[at])
			at = (at + 1) & (n - 1);
		m->slots[at] = (uint32_t)i + 1;
	}
}

void *hmap_put(struct hmap *m, const char *key, size_t len, void *value)
{
	uint32_t hash = hash_bytes(key, len);
	size_t i;
	void *old;

	if ((m->len + 1) * 4 > m->n_slots * 3)
		hmap_rehash(m);
	i = hmap_slot(m, key, len, hash);
	if (m->slots[i]) {
		old = m->entries[m->slots[i] - 1].value;
		m->entries[m->slots[i] - 1].value = value;
		return old;
	}
	if (m->len == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 8;
		m->entries = xrealloc(m->entries, m->cap * sizeof(*m->entries));
	}
	m->entries[m->len] = (struct hmap_entry){ key, len, hash, value };
	m->slots[i] = (uint32_t)++m->len;
	return NULL;
}

void *hmap_gets(const struct hmap *m, const char *key)
{
	return hmap_get(m, key, strlen(key));
}

void *hmap_puts(struct hmap *m, const char *key, void *value)
{
	return hmap_put(m, key, strlen(key), value);
}

void hmap_release(struct hmap *m)
{
	free(m->entries);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}
