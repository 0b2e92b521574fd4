/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input, for probes that are run by each byte or line of it.
 */
#ifndef SPILE_RUN_INPUT_H
#define SPILE_RUN_INPUT_H

#include "base/strbuf.h"
#include "run/groups.h"

struct input {
	int fd;             /* what to wait for, or -1: no probes, or its end */
	const struct ir_prog *prog;
	struct probe_groups groups;
	struct strbuf line; /* the beginning of one whose end is to come */
};

/* Run a group with a text; false: no more of them. */
typedef bool (*input_fn)(void *ctx, const struct probe_group *g,
			 const char *text, size_t len);

/* Find the probes of p; what is made of them lives in the arena. */
void input_init(struct input *in, const struct ir_prog *p, struct arena *arena);
/* Read what is there, which may wait if nothing is, and call fn for each group
 * that wants it. A line is handed over without its end and cut at the length of
 * strings; what follows the last newline is no line. */
void input_read(struct input *in, input_fn fn, void *ctx);
void input_release(struct input *in);

#endif
