/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/similar.h"

#include <limits.h>
#include <string.h>

#define MAX_LEN 64

unsigned similar_distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), i, j;
	unsigned row[MAX_LEN + 1];

	if (la > MAX_LEN || lb > MAX_LEN)
		return UINT_MAX;
	for (j = 0; j <= lb; j++)
		row[j] = (unsigned)j;
	for (i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (j = 1; j <= lb; j++) {
			unsigned above = row[j];
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[lb];
}

static int order(unsigned da, const char *a, unsigned db, const char *b)
{
	if (da != db)
		return da < db ? -1 : 1;
	return strcmp(a, b);
}

void similar_offer(struct similar *s, const char *name)
{
	unsigned d = similar_distance(s->want, name), i;

	if (d == UINT_MAX)
		return;
	for (i = 0; i < s->n; i++) {
		int c = order(d, name, s->distance[i], s->names[i]);

		if (c == 0)
			return;
		if (c < 0)
			break;
	}
	if (i == SIMILAR_MAX)
		return;
	if (s->n < SIMILAR_MAX)
		s->n++;
	memmove(&s->names[i + 1], &s->names[i],
		(s->n - 1 - i) * sizeof(s->names[0]));
	memmove(&s->distance[i + 1], &s->distance[i],
		(s->n - 1 - i) * sizeof(s->distance[0]));
	s->names[i] = name;
	s->distance[i] = d;
}

void similar_add(const struct similar *s, struct strbuf *out)
{
	unsigned i;

	for (i = 0; i < s->n; i++) {
		if (i)
			strbuf_addstr(out, ", ");
		strbuf_addstr(out, s->names[i]);
	}
}
