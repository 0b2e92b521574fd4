/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vectors: VEC(T) is a struct of at (the elements), len and cap (counted in
 * elements). Every growing call names the arena the elements live in, or NULL
 * for the heap; one vector sticks to one of the two.
 */
#ifndef SPILE_BASE_VEC_H
#define SPILE_BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                \
	struct {                                                              \
		T *at;                                                        \
		size_t len, cap;                                              \
	}

/* Append one element. */
#define vec_push(arena, v, ...)                                               \
	(vec_reserve((arena), (v), (v)->len + 1),                             \
	 (void)((v)->at[(v)->len++] = (__VA_ARGS__)))

/* Make room for n elements in all. */
#define vec_reserve(arena, v, n)                                              \
	((void)((n) <= (v)->cap ||                                            \
		((v)->at = vec_grow((arena), (v)->at, sizeof((v)->at[0]),     \
				    &(v)->cap, (n)),                          \
		 1)))

/* The last element; the vector must not be empty. */
#define vec_last(v) ((v)->at[(v)->len - 1])

/* Visit each element: it is a pointer to the element type. */
#define vec_foreach(it, v)                                                    \
	for ((it) = (v)->at; (it) && (it) < (v)->at + (v)->len; (it)++)

/* Free a heap vector and leave it empty. */
#define vec_release(v)                                                        \
	(vec_free((v)->at), (v)->at = NULL, (v)->len = (v)->cap = 0)

/* Behind the macros: grow to at least want elements of elem_size bytes. */
void *vec_grow(struct arena *a, void *at, size_t elem_size, size_t *cap,
	       size_t want);
void vec_free(void *at);

#endif
