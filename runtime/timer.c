/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * timer.s … timer.hz by high-resolution timers, timer.jiffies by the kernel's
 * plain ones. A period is n0, give or take up to n1; those that were missed
 * because a handler took too long are left out.
 */
#include "compat.h"
#include "core.h"

#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>

#define LONGEST_NS (86400ll * NSEC_PER_SEC)

struct timer {
	struct sp_probe *probe;
	u64 random;
	union {
		struct hrtimer hr;
		struct timer_list plain;
	};
};

/* splitmix64: small, and good enough to spread timers. */
static u64 next_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* The length of the next period, in the unit of n0. */
static s64 next_period(struct timer *t)
{
	s64 period = clamp_t(s64, t->probe->n0, 1, LONGEST_NS);
	u64 spread = clamp_t(s64, t->probe->n1, 0, LONGEST_NS);

	if (spread)
		period += (s64)(next_random(&t->random) % (2 * spread + 1)) -
			  (s64)spread;
	return period > 0 ? period : 1;
}

static enum hrtimer_restart fire(struct hrtimer *hr)
{
	struct timer *t = container_of(hr, struct timer, hr);

	sp_probe_hit(t->probe, NULL);
	hrtimer_forward_now(hr, ns_to_ktime(next_period(t)));
	return HRTIMER_RESTART;
}

static void fire_plain(struct timer_list *plain)
{
	struct timer *t = container_of(plain, struct timer, plain);

	sp_probe_hit(t->probe, NULL);
	mod_timer(plain, jiffies + next_period(t));
}

int sp_timer_attach(struct sp_probe *p)
{
	struct timer *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (!t) {
		sp_error("not enough memory for probe %s", p->point);
		return -ENOMEM;
	}
	t->probe = p;
	t->random = get_random_u64();
	p->state = t;
	if (p->kind == SP_JIFFIES) {
		timer_setup(&t->plain, fire_plain, 0);
		mod_timer(&t->plain, jiffies + next_period(t));
		return 0;
	}
	sp_hrtimer_setup(&t->hr, fire);
	hrtimer_start(&t->hr, ns_to_ktime(next_period(t)),
		      HRTIMER_MODE_REL_HARD);
	return 0;
}

void sp_timer_detach(struct sp_probe *p)
{
	struct timer *t = p->state;

	if (p->kind == SP_JIFFIES)
		sp_timer_delete_sync(&t->plain);
	else
		hrtimer_cancel(&t->hr);
	kfree(t);
	p->state = NULL;
}
