/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When timer probes are due. Pure arithmetic: the session asks for the next
 * deadline, waits, and takes what is due. Times are nanoseconds of
 * CLOCK_MONOTONIC.
 *
 * A timer that fell behind (the machine was busy) is run once for each period
 * missed, up to TIMERS_CATCH_UP_NS; what is older is left out.
 */
#ifndef SPILE_RUN_TIMERS_H
#define SPILE_RUN_TIMERS_H

#include "run/groups.h"

#define TIMERS_CATCH_UP_NS 100000000

struct timer {
	int64_t due_ns;
	int64_t period_ns;
	int64_t jitter_ns;              /* each period is ± up to this */
	const struct probe_group *group; /* what to run */
};

struct timers {
	VEC(struct timer) list;
	uint64_t random; /* state of the generator */
};

/* Add the groups of timer or jiffies probes, first due one period after now.
 * unit_ns is what n0 and n1 count in. */
void timers_add(struct timers *t, const struct ir_prog *p,
		const struct probe_groups *g, int64_t unit_ns, int64_t now_ns,
		struct arena *arena);

/* The earliest deadline, or INT64_MAX if there is no timer. */
int64_t timers_next(const struct timers *t);

/* Take the earliest timer that is due and set its next deadline; NULL if none
 * is. Equal ones come in the order they were added. */
const struct probe_group *timers_take(struct timers *t, int64_t now_ns);

#endif
