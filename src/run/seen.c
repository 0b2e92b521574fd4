/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/seen.h"

#include "base/hmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_FIRST 64u
#define SEEN_MOST (1u << 30)

void seen_reset(struct seen *s)
{
	if (s->n)
		memset(s->slots, 0, s->n_slots * sizeof(*s->slots));
	s->n = 0;
	s->whole = false;
}

void seen_release(struct seen *s)
{
	free(s->keys);
	free(s->entries);
	free(s->slots);
	*s = (struct seen){ .key_size = s->key_size };
}

static const unsigned char *key_at(const struct seen *s, uint32_t i)
{
	return s->keys + (size_t)i * s->key_size;
}

/* The slot that holds the key, or the free one where it belongs. */
static uint32_t *find_slot(const struct seen *s, const void *key)
{
	uint32_t mask = s->n_slots - 1;
	uint32_t i = hash_bytes(key, s->key_size) & mask;

	while (s->slots[i] &&
	       memcmp(key_at(s, s->slots[i] - 1), key, s->key_size))
		i = (i + 1) & mask;
	return &s->slots[i];
}

struct seen_entry *seen_find(const struct seen *s, const void *key)
{
	uint32_t *slot = s->n ? find_slot(s, key) : NULL;

	return slot && *slot ? &s->entries[*slot - 1] : NULL;
}

/* Double the room; there are twice as many slots as entries. */
static int grow(struct seen *s)
{
	uint32_t cap = s->cap ? s->cap * 2 : SEEN_FIRST, i;
	struct seen_entry *entries;
	unsigned char *keys;
	uint32_t *slots;

	if (cap > SEEN_MOST)
		return -ENOMEM;
	keys = realloc(s->keys, (size_t)cap * s->key_size);
	if (keys)
		s->keys = keys;
	entries = realloc(s->entries, cap * sizeof(*entries));
	if (entries)
		s->entries = entries;
	slots = calloc((size_t)cap * 2, sizeof(*slots));
	if (!keys || !entries || !slots) {
		free(slots);
		return -ENOMEM;
	}
	free(s->slots);
	s->slots = slots;
	s->n_slots = cap * 2;
	s->cap = cap;
	for (i = 0; i < s->n; i++)
		*find_slot(s, key_at(s, i)) = i + 1;
	return 0;
}

int seen_put(struct seen *s, const void *key, struct seen_entry entry)
{
	struct seen_entry *old = seen_find(s, key);

	if (old) {
		*old = entry;
		return 0;
	}
	if (s->n == s->cap && grow(s))
		return -ENOMEM;
	*find_slot(s, key) = s->n + 1;
	memcpy(s->keys + (size_t)s->n * s->key_size, key, s->key_size);
	s->entries[s->n++] = entry;
	return 0;
}
