/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include "base/bug.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN _Alignof(max_align_t)
#define CHUNK_BYTES ((size_t)64 << 10)
/* A block above this gets a chunk of its own, and the newest chunk stays in
 * use: a script of large blocks must not cost a chunk for each. */
#define LARGE_BYTES (CHUNK_BYTES / 4)

struct arena_chunk {
	struct arena_chunk *older;
	max_align_t data[];
};

struct arena_end {
	struct arena_end *older;
	void (*fn)(void *what);
	void *what;
};

static void arena_add_chunk(struct arena *a)
{
	struct arena_chunk *c = xmalloc(sizeof(*c) + CHUNK_BYTES);

	c->older = a->chunks;
	a->chunks = c;
	a->next = (char *)c->data;
	a->left = CHUNK_BYTES;
}

/* A chunk for one block, put behind the newest. */
static void *arena_alloc_large(struct arena *a, size_t size)
{
	struct arena_chunk *c = xmalloc(sizeof(*c) + size);

	if (a->chunks) {
		c->older = a->chunks->older;
		a->chunks->older = c;
	} else {
		c->older = NULL;
		a->chunks = c;
	}
	return c->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p;

	BUG_ON(size > SIZE_MAX / 4);
	/* Even nothing has an address of its own. */
	size = size ? (size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	a->total_bytes += size;
	if (size > a->left && size > LARGE_BYTES)
		return arena_alloc_large(a, size);
	if (size > a->left)
		arena_add_chunk(a);
	p = a->next;
	a->next += size;
	a->left -= size;
	return p;
}

void *arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	BUG_ON(size && n > SIZE_MAX / 4 / size);
	return arena_zalloc(a, n * size);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t size)
{
	size_t had = (old_size + ALIGN - 1) & ~(ALIGN - 1);
	size_t want = (size + ALIGN - 1) & ~(ALIGN - 1);
	void *p;

	BUG_ON(size < old_size);
	if (!old || !old_size)
		return arena_alloc(a, size);
	if (want <= had)
		return old;
	if ((char *)old + had == a->next && want - had <= a->left) {
		a->next += want - had;
		a->left -= want - had;
		a->total_bytes += want - had;
		return old;
	}
	p = arena_alloc(a, size);
	memcpy(p, old, old_size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena_alloc(a, len + 1);

	if (len)
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

void arena_at_end(struct arena *a, void (*fn)(void *), void *what)
{
	struct arena_end *e = arena_new(a, struct arena_end);

	*e = (struct arena_end){ a->ends, fn, what };
	a->ends = e;
}

void arena_release(struct arena *a)
{
	struct arena_chunk *c, *older;
	struct arena_end *e;

	for (e = a->ends; e; e = e->older)
		e->fn(e->what);
	c = a->chunks;
	for (; c; c = older) {
		older = c->older;
		free(c);
	}
	memset(a, 0, sizeof(*a));
}
