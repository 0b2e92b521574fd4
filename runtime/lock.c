/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The globals' lock (architecture D9). It holds the CPU that has it plus one, so
 * that a handler never waits for the one that it interrupts.
 */
#include "core.h"

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/smp.h>

#define MAX_DELAY_US 1000 /* udelay() is not for more */

static u32 owner;

int sp_lock(struct sp_ctx *c)
{
	const struct sp_limits *l = &sp_program.limits;
	struct sp_context *x = sp_context(c);
	u32 me = raw_smp_processor_id() + 1, was, tries;

	if (x->locked)
		return 0;
	for (tries = 0; (was = cmpxchg_acquire(&owner, 0, me)); tries++) {
		if (was == me)
			return sp_skip_nested(c);
		if (tries == l->maxtrylock)
			return sp_skip(c);
		udelay(min_t(u32, l->trylockdelay, MAX_DELAY_US));
	}
	x->locked = true;
	return 0;
}

void sp_unlock(struct sp_ctx *c)
{
	struct sp_context *x = sp_context(c);

	if (!x->locked)
		return;
	x->locked = false;
	smp_store_release(&owner, 0);
}
