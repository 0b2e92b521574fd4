/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * __input.char  each byte of standard input
 * __input.line  each line of it, without its end
 *
 * The library's input.char and input.line stand before these and keep what was
 * read in a variable.
 */
#include "probe/providers.h"

enum {
	INPUT_CHAR,
	INPUT_LINE
};

static const struct probe_pattern patterns[] = {
	{ "__input.char", INPUT_CHAR },
	{ "__input.line", INPUT_LINE },
	{ NULL, 0 },
};

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	struct resolved_probe *p = resolve_add(r, pt, ATTACH_INPUT);

	p->n0 = tag;
	/* Messages and pp() speak of what the script wrote. */
	p->point = tag == INPUT_LINE ? "input.line" : "input.char";
}

const struct provider provider_input = {
	.name = "input",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
