/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one run of a handler has seen of an array: entries by key, with number of
 * insertion and value, or known to be absent. See maps.h for what it is good for.
 */
#ifndef SPILE_RUN_SEEN_H
#define SPILE_RUN_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen_entry {
	uint64_t seq;
	int64_t num;
	bool present;
};

struct seen {
	uint32_t key_size;
	bool whole;                 /* keys that are not in here are absent */
	uint32_t n, cap;            /* entries, and room */
	unsigned char *keys;        /* key_size bytes each */
	struct seen_entry *entries;
	uint32_t *slots;            /* number plus 1, or 0; n_slots of them */
	uint32_t n_slots;           /* a power of two, or 0 */
};

/* Forget everything; keeps the memory. */
void seen_reset(struct seen *s);
/* Free the memory. */
void seen_release(struct seen *s);
/* The entry of a key, or NULL if it was not seen. Good until seen_put(). */
struct seen_entry *seen_find(const struct seen *s, const void *key);
/* Remember an entry, in the place of an older one. 0 or -ENOMEM. */
int seen_put(struct seen *s, const void *key, struct seen_entry entry);

#endif
