/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "(similar: a, b)": names that a misspelt one may have meant. */
#ifndef SPILE_BASE_SIMILAR_H
#define SPILE_BASE_SIMILAR_H

#include "base/strbuf.h"

/* Edit distance of two names: insertions, deletions and exchanges of a byte,
 * each one. Names above 64 bytes count as UINT_MAX apart. */
unsigned similar_distance(const char *a, const char *b);

/* A growing choice of the nearest names; zero-initialise, set want. Names are
 * borrowed. */
#define SIMILAR_MAX 5
struct similar {
	const char *want;
	const char *names[SIMILAR_MAX];
	unsigned distance[SIMILAR_MAX];
	unsigned n;
};

/* Offer a name; only the nearest SIMILAR_MAX stay, equal ones once, those as
 * near as each other in byte order. */
void similar_offer(struct similar *s, const char *name);
/* Append the names joined by ", ". */
void similar_add(const struct similar *s, struct strbuf *out);

#endif
