/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * perf.type(T).config(C)              each 1000000 counts of a counter, per CPU
 * perf.type(T).config(C).sample(N)    each N counts
 * perf.type(T).config(C).hz(N)        N times a second
 * perf.type(T).config(C).process      the same, of the target's processes only
 *
 * T and C are the numbers of the kernel's struct perf_event_attr. The names of
 * tapset/perf.stp stand for them.
 */
#include "probe/providers.h"

#define PERIOD     1000000
#define MAX_PERIOD INT64_MAX
#define MAX_TYPE   0xffffffffll

enum {
	PLAIN,
	SAMPLE,
	HZ,
	TARGET,
	PROCESS,
	COUNTER,
};

static const struct probe_pattern patterns[] = {
	{ "perf.type(N).config(N)", PLAIN },
	{ "perf.type(N).config(N).sample(N)", SAMPLE },
	{ "perf.type(N).config(N).hz(N)", HZ },
	{ "perf.type(N).config(N).process", TARGET },
	{ "perf.type(N).config(N).process(S)", PROCESS },
	{ "perf.type(N).config(N).counter(S)", COUNTER },
	{ "perf.type(N).config(N).process(S).counter(S)", COUNTER },
	{ NULL, 0 },
};

static void add(struct resolve *r, const struct ast_point *pt, int64_t period,
		bool target_only)
{
	struct resolved_probe *p;
	int64_t type = point_number(pt, 1, -1);

	if (type < 0 || type > MAX_TYPE) {
		resolve_error(r, pt->comps.at[1].loc, PERF_TYPE, MAX_TYPE);
		return;
	}
	p = resolve_add(r, pt, ATTACH_PERF);
	p->n0 = type;
	p->n1 = point_number(pt, 2, 0);
	p->n2 = period;
	p->target_only = target_only;
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	int64_t n = point_number(pt, 3, PERIOD);

	switch (tag) {
	case PLAIN:
		add(r, pt, PERIOD, false);
		break;
	case SAMPLE:
		if (n < 1)
			resolve_error(r, pt->comps.at[3].loc, PERF_PERIOD);
		else
			add(r, pt, n, false);
		break;
	case HZ:
		if (n < 1)
			resolve_error(r, pt->comps.at[3].loc, PERF_PERIOD);
		else
			add(r, pt, -n, false);
		break;
	case TARGET:
		if (r->env->command || r->env->pid)
			add(r, pt, PERIOD, true);
		else
			resolve_error(r, pt->comps.at[3].loc, PERF_NO_TARGET);
		break;
	case PROCESS:
		resolve_error(r, pt->loc, PROBE_UNSUPPORTED,
			      "perf.process of a path");
		break;
	case COUNTER:
		resolve_error(r, pt->loc, PROBE_UNSUPPORTED, "perf.counter");
		break;
	}
}

const struct provider provider_perf = {
	.name = "perf",
	.patterns = patterns,
	.resolve = resolve,
};
