/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.UNIT(N)  timer.UNIT(N).randomize(M)   each N units; s sec ms msec us
 *                                             usec ns nsec, 100 us to a day
 * timer.hz(N)                                 N times a second
 * timer.jiffies(N)  ….randomize(M)            each N clock ticks
 *
 * randomize adds a random value between -M and M units to each period.
 */
#include "probe/providers.h"

#define NS_PER_S    1000000000LL
#define MIN_NS      100000LL
#define MAX_NS      (86400 * NS_PER_S)
#define MAX_JIFFIES 1000000

enum {
	UNIT_NS,
	UNIT_US,
	UNIT_MS,
	UNIT_S,
	HZ,
	JIFFIES
};

static const struct probe_pattern patterns[] = {
	{ "timer.s(N)", UNIT_S },
	{ "timer.s(N).randomize(N)", UNIT_S },
	{ "timer.sec(N)", UNIT_S },
	{ "timer.sec(N).randomize(N)", UNIT_S },
	{ "timer.ms(N)", UNIT_MS },
	{ "timer.ms(N).randomize(N)", UNIT_MS },
	{ "timer.msec(N)", UNIT_MS },
	{ "timer.msec(N).randomize(N)", UNIT_MS },
	{ "timer.us(N)", UNIT_US },
	{ "timer.us(N).randomize(N)", UNIT_US },
	{ "timer.usec(N)", UNIT_US },
	{ "timer.usec(N).randomize(N)", UNIT_US },
	{ "timer.ns(N)", UNIT_NS },
	{ "timer.ns(N).randomize(N)", UNIT_NS },
	{ "timer.nsec(N)", UNIT_NS },
	{ "timer.nsec(N).randomize(N)", UNIT_NS },
	{ "timer.hz(N)", HZ },
	{ "timer.jiffies(N)", JIFFIES },
	{ "timer.jiffies(N).randomize(N)", JIFFIES },
	{ NULL, 0 },
};

static const int64_t unit_ns[] = {
	[UNIT_NS] = 1,
	[UNIT_US] = 1000,
	[UNIT_MS] = 1000000,
	[UNIT_S] = NS_PER_S,
};

static void add_period(struct resolve *r, const struct ast_point *pt,
		       int64_t period_ns, int64_t randomize_ns)
{
	struct resolved_probe *p;

	if (period_ns < MIN_NS || period_ns > MAX_NS) {
		resolve_error(r, pt->comps.at[1].loc, TIMER_INTERVAL, MIN_NS,
			      MAX_NS);
		return;
	}
	if (randomize_ns < 0 || randomize_ns > period_ns) {
		resolve_error(r, pt->comps.at[2].loc, TIMER_RANDOMIZE);
		return;
	}
	p = resolve_add(r, pt, ATTACH_TIMER);
	p->n0 = period_ns;
	p->n1 = randomize_ns;
}

static void add_jiffies(struct resolve *r, const struct ast_point *pt,
			int64_t period, int64_t randomize)
{
	struct resolved_probe *p;

	if (period < 1 || period > MAX_JIFFIES) {
		resolve_error(r, pt->comps.at[1].loc, JIFFIES_INTERVAL);
		return;
	}
	if (randomize < 0 || randomize > period) {
		resolve_error(r, pt->comps.at[2].loc, JIFFIES_RANDOMIZE);
		return;
	}
	p = resolve_add(r, pt, ATTACH_JIFFIES);
	p->n0 = period;
	p->n1 = randomize;
}

/* The product, or a value above every limit. */
static int64_t scaled(int64_t n, int64_t unit)
{
	int64_t product;

	return __builtin_mul_overflow(n, unit, &product) ? INT64_MAX : product;
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	int64_t n = point_number(pt, 1, 0), m = point_number(pt, 2, 0);

	if (tag == JIFFIES) {
		add_jiffies(r, pt, n, m);
	} else if (tag != HZ) {
		add_period(r, pt, n < 0 ? n : scaled(n, unit_ns[tag]),
			   m < 0 ? m : scaled(m, unit_ns[tag]));
	} else if (n <= 0) {
		resolve_error(r, pt->comps.at[1].loc, TIMER_FREQUENCY);
	} else {
		add_period(r, pt, NS_PER_S / n, 0);
	}
}

const struct provider provider_timer = {
	.name = "timer",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
