/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of .function("…") and .statement("…"):
 *
 *	[SCOPE::]FUNCTION[@FILE[LINES]]
 *	LINES: ":" N, N-M, … or ":*", or "+" N behind the declaration
 *
 * SCOPE, FUNCTION and FILE are patterns; FILE matches from any folder on.
 */
#ifndef SPILE_SYMBOLS_SPEC_H
#define SPILE_SYMBOLS_SPEC_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>

enum spec_lines {
	SPEC_NO_LINE,
	SPEC_LINES, /* those of ranges */
	SPEC_AFTER, /* ranges.at[0].first lines behind the declaration */
	SPEC_EACH,  /* :* */
};

struct spec_range {
	int first, last;
};

struct spec {
	const char *scope; /* NULL: any */
	const char *function;
	const char *file; /* NULL: any */
	enum spec_lines lines;
	VEC(struct spec_range) ranges;
};

/* False if the text is no such thing. */
bool spec_parse(struct arena *a, const char *text, struct spec *out);
/* Whether a path is meant. */
bool spec_has_file(const struct spec *s, const char *path);
bool spec_has_line(const struct spec *s, int line);

#endif
