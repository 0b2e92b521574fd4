/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * begin  begin(N)   before anything else runs, in order of N (0 if not given)
 * end    end(N)     after an orderly stop
 * error  error(N)   instead of end, after errors
 * never             not at all; its body is checked all the same
 */
#include "probe/providers.h"

static const struct probe_pattern patterns[] = {
	{ "begin", ATTACH_BEGIN }, { "begin(N)", ATTACH_BEGIN },
	{ "end", ATTACH_END },     { "end(N)", ATTACH_END },
	{ "error", ATTACH_ERROR }, { "error(N)", ATTACH_ERROR },
	{ "never", ATTACH_NEVER }, { NULL, 0 },
};

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	resolve_add(r, pt, (enum attach_kind)tag)->n0 = point_number(pt, 0, 0);
}

const struct provider provider_begin_end = {
	.name = "begin_end",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
