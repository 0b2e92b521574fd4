/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences between kernels: the only file that asks for a version. Each
 * entry names the release that made it.
 */
#ifndef SPILE_RUNTIME_COMPAT_H
#define SPILE_RUNTIME_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/timer.h>
#include <linux/version.h>

/* 6.13 adds hrtimer_setup(), 6.15 takes hrtimer_init() away. */
static inline void sp_hrtimer_setup(struct hrtimer *t,
				    enum hrtimer_restart (*fn)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(t, fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
	hrtimer_init(t, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	t->function = fn;
#endif
}

/* 6.2 renames del_timer_sync(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
# define sp_timer_delete_sync del_timer_sync
#else
# define sp_timer_delete_sync timer_delete_sync
#endif

#endif
