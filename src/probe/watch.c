/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.data(ADDRESS).write                 a byte of kernel memory is written
 * kernel.data(ADDRESS).rw                    or read
 * kernel.data(ADDRESS).length(1|2|4|8).write ….rw
 * kernel.data("SYMBOL").write                ….rw
 *
 * By the debug registers of the processors: few at a time (four on x86).
 */
#include "probe/providers.h"

enum {
	WRITE = 1,
	READ_WRITE = 3,
	ACCESS = 3,
	SYMBOL = 4,
	LENGTH = 8,
	NO_ACCESS = 16,
};

static const struct probe_pattern patterns[] = {
	{ "kernel.data(N).write", WRITE },
	{ "kernel.data(N).rw", READ_WRITE },
	{ "kernel.data(N).length(N).write", LENGTH | WRITE },
	{ "kernel.data(N).length(N).rw", LENGTH | READ_WRITE },
	{ "kernel.data(S).write", SYMBOL | WRITE },
	{ "kernel.data(S).rw", SYMBOL | READ_WRITE },
	{ "kernel.data(N)", NO_ACCESS },
	{ "kernel.data(N).length(N)", NO_ACCESS },
	{ "kernel.data(S)", NO_ACCESS },
	{ NULL, 0 },
};

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	int64_t length = tag & LENGTH ? point_number(pt, 2, 0) : 1;
	struct resolved_probe *p;

	if (tag & NO_ACCESS) {
		resolve_error(r, pt->loc, WATCH_ACCESS);
		return;
	}
	if (length != 1 && length != 2 && length != 4 && length != 8) {
		resolve_error(r, pt->comps.at[2].loc, WATCH_LENGTH);
		return;
	}
	if (!(tag & SYMBOL) && point_number(pt, 1, 0) & (length - 1)) {
		resolve_error(r, pt->comps.at[1].loc, WATCH_ALIGNMENT,
			      (int)length);
		return;
	}
	p = resolve_add(r, pt, ATTACH_WATCH);
	if (tag & SYMBOL)
		p->s0 = point_string(pt, 1);
	else
		p->n0 = point_number(pt, 1, 0);
	p->n1 = length;
	p->n2 = tag & ACCESS;
}

const struct provider provider_watch = {
	.name = "watch",
	.patterns = patterns,
	.resolve = resolve,
};
