/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hash map from byte strings to pointers; iteration is in insertion order.
 * Keys are borrowed: the caller keeps their bytes alive and unchanged. There is
 * no removal; set the value to NULL instead. Zero-initialise to start.
 */
#ifndef SPILE_BASE_HMAP_H
#define SPILE_BASE_HMAP_H

#include <stddef.h>
#include <stdint.h>

struct hmap_entry {
	const char *key;
	size_t len;
	uint32_t hash;
	void *value;
};

struct hmap {
	struct hmap_entry *entries; /* len of them, in insertion order */
	size_t len, cap;
	uint32_t *slots; /* index into entries plus one; 0 is free */
	size_t n_slots;  /* a power of two, or 0 */
};

/* Free the map (not what it points to) and leave an empty, usable one. */
void hmap_release(struct hmap *m);
/* The value stored for the key, or NULL. */
void *hmap_get(const struct hmap *m, const char *key, size_t len);
/* Store; returns the value that was there before, or NULL. */
void *hmap_put(struct hmap *m, const char *key, size_t len, void *value);
/* The same for NUL-terminated keys. */
void *hmap_gets(const struct hmap *m, const char *key);
void *hmap_puts(struct hmap *m, const char *key, void *value);

/* FNV-1a with a final mix; also used by intern.h. */
uint32_t hash_bytes(const void *bytes, size_t len);

#endif
