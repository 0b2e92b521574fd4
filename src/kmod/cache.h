/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of compiled scripts (cli.md section 8), and the hash of its names.
 *
 *   $SYSTEMTAP_DIR/cache/ab/stap_<32 hex digits>_<length>.ko
 *
 * with ~/.systemtap for SYSTEMTAP_DIR, and the first two digits as folder.
 */
#ifndef SPILE_KMOD_CACHE_H
#define SPILE_KMOD_CACHE_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

/* Tells inputs apart; nothing trusts it. */
struct cache_hash {
	uint64_t a, b;
};

/* A hash of nothing yet. */
void cache_hash_init(struct cache_hash *h);
/* Take len more bytes into it. */
void cache_hash_add(struct cache_hash *h, const void *bytes, size_t len);
/* The same with the NUL, so that words do not run into each other. */
void cache_hash_word(struct cache_hash *h, const char *text);
#define CACHE_HASH_DIGITS 32
/* Its digits, in lower case. */
void cache_hash_text(const struct cache_hash *h,
		     char out[CACHE_HASH_DIGITS + 1]);

/* Append the cache's folder. -ENOENT and one sentence if neither SYSTEMTAP_DIR
 * nor HOME says where it is. Makes nothing. */
int cache_folder(struct strbuf *path, struct strbuf *err);

/* Append the path of "stap_….EXT" in the cache. */
int cache_path(const char *name, const char *ext, struct strbuf *path,
	       struct strbuf *err);

/* Whether the file is there; if so it counts as used now. */
bool cache_has(const char *path);

/* Put a file in place, whole or not at all; makes the folders. */
int cache_store(const char *path, const void *bytes, size_t len,
		struct strbuf *err);

/*
 * Remove what was not used for longest until the cache is under its limit
 * (cache_mb_limit, 256 MB), at most every cache_clean_interval_s (300)
 * seconds, or at once if now is set. The files of those names are made if they
 * are missing. What cannot be removed is left alone; returns the number of files
 * removed.
 */
unsigned cache_clean(bool now);

#endif
