/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.profile  timer.profile.tick   on each clock tick of each CPU
 *
 * A software clock event with the kernel's tick as its period.
 */
#include "probe/providers.h"

#include <linux/perf_event.h>
#include <time.h>

static const struct probe_pattern patterns[] = {
	{ "timer.profile", 0 },
	{ "timer.profile.tick", 0 },
	{ NULL, 0 },
};

/* The coarse clock advances once a tick: its resolution is the tick of the
 * running kernel, which no other interface tells. */
static int64_t tick_ns(void)
{
	struct timespec res;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &res) || res.tv_sec ||
	    !res.tv_nsec)
		return 4000000;
	return res.tv_nsec;
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	struct resolved_probe *p = resolve_add(r, pt, ATTACH_PERF);

	(void)tag;
	p->n0 = PERF_TYPE_SOFTWARE;
	p->n1 = PERF_COUNT_SW_CPU_CLOCK;
	p->n2 = tick_ns();
}

const struct provider provider_profile = {
	.name = "profile",
	.patterns = patterns,
	.resolve = resolve,
};
