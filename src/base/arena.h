/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arena: memory that is freed all at once.
 *
 * Everything the compiler makes of a script lives in an arena named by its
 * lifetime. Nothing in an arena is freed alone. Running out of memory ends the
 * program (compile time only; see bug.h).
 */
#ifndef SPILE_BASE_ARENA_H
#define SPILE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;
struct arena_end;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	char *next;                 /* first free byte of the newest chunk */
	size_t left;                /* bytes free behind next */
	size_t total_bytes;         /* handed out since init or reset */
	struct arena_end *ends;     /* newest first */
};

#define ARENA_INIT                                                            \
	{                                                                     \
		0                                                             \
	}

/* Free everything and leave an empty, usable arena. */
void arena_release(struct arena *a);

/* Call fn(what) when the arena is released, before its memory goes; the latest
 * call first. For what lives with the arena but not in it: open files. */
void arena_at_end(struct arena *a, void (*fn)(void *), void *what);

/* size bytes aligned for any type, not initialised. size may be 0. */
void *arena_alloc(struct arena *a, size_t size)
	__attribute__((malloc, returns_nonnull));

/* The same, zeroed. */
void *arena_zalloc(struct arena *a, size_t size)
	__attribute__((malloc, returns_nonnull));
/* n elements of size bytes, zeroed. */
void *arena_calloc(struct arena *a, size_t n, size_t size)
	__attribute__((malloc, returns_nonnull));

/* Like realloc: the old block stays behind in the arena unless it was the last
 * one handed out, which grows in place when there is room. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t size)
	__attribute__((returns_nonnull));

/* NUL-terminated copies; s may be NULL if len is 0. */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define arena_new(a, type) ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_calloc((a), (n), sizeof(type)))

#endif
