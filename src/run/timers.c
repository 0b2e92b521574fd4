/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/timers.h"

/* splitmix64: small, and good enough to spread timers. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* The length of the next period. */
static int64_t next_period(struct timers *t, const struct timer *tm)
{
	int64_t period = tm->period_ns;

	if (tm->jitter_ns) {
		uint64_t span = 2 * (uint64_t)tm->jitter_ns + 1;

		period += (int64_t)(next_random(&t->random) % span) -
			  tm->jitter_ns;
	}
	return period > 0 ? period : 1;
}

/* a * b for positive numbers, no more than a day. */
static int64_t bounded_ns(int64_t a, int64_t b)
{
	const int64_t day = 86400 * 1000000000ll;

	if (a <= 0)
		return 0;
	return a > day / b ? day : a * b;
}

void timers_add(struct timers *t, const struct ir_prog *p,
		const struct probe_groups *g, int64_t unit_ns, int64_t now_ns,
		struct arena *arena)
{
	const struct probe_group *group;

	vec_foreach(group, &g->list) {
		const struct ir_probe *pr = &p->probes.at[group->first];
		struct timer tm = { .period_ns = bounded_ns(pr->n0, unit_ns),
				    .jitter_ns = bounded_ns(pr->n1, unit_ns),
				    .group = group };

		tm.due_ns = now_ns + next_period(t, &tm);
		vec_push(arena, &t->list, tm);
	}
}

/* The one that is due first. Scripts have few timers, so a scan will do. */
static struct timer *earliest(const struct timers *t)
{
	struct timer *best = NULL, *tm;

	vec_foreach(tm, &t->list)
		if (!best || tm->due_ns < best->due_ns)
			best = tm;
	return best;
}

int64_t timers_next(const struct timers *t)
{
	const struct timer *tm = earliest(t);

	return tm ? tm->due_ns : INT64_MAX;
}

const struct probe_group *timers_take(struct timers *t, int64_t now_ns)
{
	struct timer *tm = earliest(t);

	if (!tm || tm->due_ns > now_ns)
		return NULL;
	tm->due_ns += next_period(t, tm);
	if (tm->due_ns < now_ns - TIMERS_CATCH_UP_NS)
		tm->due_ns = now_ns + next_period(t, tm);
	return tm->group;
}
