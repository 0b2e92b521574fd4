/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include "base/bug.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN sizeof(max_align_t)
#define CHUNK_BYTES ((size_t)64 << 10)

struct arena_chunk {
	struct arena_chunk *older;
	max_align_t data[];
};

static void arena_add_chunk(struct arena *a, size_t size)
{
	struct arena_chunk *c = xmalloc(sizeof(*c) + size);

	c->older = a->chunks;
	a->chunks = c;
	a->next = (char *)c->data;
	a->left = size;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p;

	BUG_ON(size > SIZE_MAX / 4);
	size = (size + ALIGN - 1) & ~(ALIGN - 1);
	/* A large block gets a chunk of its own; the rest of the current one
	 * is given up, which costs at most a chunk per large block. */
	if (size > a->left)
		arena_add_chunk(a, size > CHUNK_BYTES ? size : CHUNK_BYTES);
	p = a->next;
	a->next += size;
	a->left -= size;
	a->total_bytes += size;
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t size)
{
	size_t had = (old_size + ALIGN - 1) & ~(ALIGN - 1);
	size_t want = (size + ALIGN - 1) & ~(ALIGN - 1);
	void *p;

	BUG_ON(size < old_size);
	if (old && (char *)old + had == a->next && want - had <= a->left) {
		a->next += want - had;
		a->left -= want - had;
		a->total_bytes += want - had;
		return old;
	}
	p = arena_alloc(a, size);
	if (old_size)
		memcpy(p, old, old_size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	memcpy(p, s, len);
	p[len] = 0;
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	/* gcc 12 with UBSan takes it for NULL otherwise and warns. */
	BUG_ON(!fmt);
	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	BUG_ON(n < 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void arena_release(struct arena *a)
{
	struct arena_chunk *c = a->chunks, *older;

	for (; c; c = older) {
		older = c->older;
		free(c);
	}
	memset(a, 0, sizeof(*a));
}
