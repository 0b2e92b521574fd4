/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences between kernels: the only file that asks for a version. Each
 * entry names the release that made it.
 */
#ifndef SPILE_RUNTIME_COMPAT_H
#define SPILE_RUNTIME_COMPAT_H

#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/timer.h>
#include <linux/tracepoint.h>
#include <linux/uprobes.h>
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

/* 5.11 has instances find their probe; it may be gone. */
static inline struct kretprobe *
sp_kretprobe_of(struct kretprobe_instance *ri)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return get_kretprobe(ri);
#else
	return ri->rp;
#endif
}

/* Number i of a module's tracepoints, kept as distances where the architecture
 * can. */
static inline struct tracepoint *sp_module_tracepoint(struct module *m, int i)
{
	return tracepoint_ptr_deref(&m->tracepoints_ptrs[i]);
}

/* With CONFIG_X86_KERNEL_IBT a kprobe reports a function's address behind the
 * landing pad it begins with, and it has to be called with it. */
static inline unsigned long sp_function_start(unsigned long at)
{
#ifdef CONFIG_X86_KERNEL_IBT
	if (*(const u32 *)(at - 4) == 0xfa1e0ff3)
		return at - 4;
#endif
	return at;
}

/* 6.12 names a uprobe by a pointer and splits taking it away from waiting;
 * 6.13 gives handlers a word of their own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
# define SP_UPROBE_DATA , __u64 *data
#else
# define SP_UPROBE_DATA
#endif

static inline int sp_uprobe_register(struct inode *inode, loff_t offset,
				     loff_t counter, struct uprobe_consumer *c,
				     struct uprobe **to)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	*to = uprobe_register(inode, offset, counter, c);
	return PTR_ERR_OR_ZERO(*to);
#else
	return uprobe_register_refctr(inode, offset, counter, c);
#endif
}

static inline void sp_uprobe_unregister(struct inode *inode, loff_t offset,
					struct uprobe_consumer *c,
					struct uprobe *uprobe)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	uprobe_unregister_nosync(uprobe, c);
#else
	uprobe_unregister(inode, offset, c);
#endif
}

static inline void sp_uprobe_sync(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	uprobe_unregister_sync();
#endif
}

/* 5.17 renames PDE_DATA(). */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
# define sp_pde_data pde_data
#else
# define sp_pde_data PDE_DATA
#endif

#endif
