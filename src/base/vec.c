/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/vec.h"

#include "base/bug.h"

#include <stdint.h>
#include <stdlib.h>

void *vec_grow(struct arena *a, void *at, size_t elem_size, size_t *cap,
	       size_t want)
{
	size_t n = *cap ? *cap * 2 : 8;

	if (n < want)
		n = want;
	BUG_ON(n > SIZE_MAX / 4 / elem_size);
	at = a ? arena_grow(a, at, *cap * elem_size, n * elem_size) :
		 xrealloc(at, n * elem_size);
	*cap = n;
	return at;
}

void vec_free(void *at)
{
	free(at);
}
