/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.NAME and syscall.NAME.return: by the tracepoints of all system calls,
 * one hit of which looks the number (n0, -1 for all) up. Calls of 32-bit
 * programs have other numbers; only probes of all calls see them.
 */
#include "core.h"

#include <asm/syscall.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#define MAX_NUMBER 1024
#define N_ARGS 6

struct call {
	struct sp_probe *probe;
	struct call *next;
};

/* Probes of entries or of returns. */
struct side {
	const char *tracepoint;
	void *function;
	struct tracepoint *point;
	struct call **by_number; /* MAX_NUMBER + 1; the last is for all */
	u32 n;
};

bool sp_is_owner(const struct sp_probe *p)
{
	struct mm_struct *mm = current->mm;
	const struct inode *inode = NULL;
	const struct file *exe;
	bool same = false;

	if (!p->n1)
		return true;
	if (!p->n2)
		return current->tgid == p->n1;
	if (!mm)
		return false;
	rcu_read_lock();
	exe = rcu_dereference(mm->exe_file);
	if (exe)
		inode = file_inode(exe);
	if (inode)
		same = inode->i_ino == (unsigned long)p->n1 &&
		       inode->i_sb->s_dev == (dev_t)p->n2;
	rcu_read_unlock();
	return same;
}

static void run_calls(struct call *c, const struct sp_hit *hit)
{
	for (; c; c = READ_ONCE(c->next))
		if (sp_is_owner(c->probe))
			sp_probe_hit(c->probe, hit);
}

static void on_call(struct side *s, struct pt_regs *regs, long number,
		    long result)
{
	unsigned long args[N_ARGS];
	struct sp_hit hit = { .regs = regs, .args = args, .n_args = N_ARGS,
			      .result = result };
	struct call **table = READ_ONCE(s->by_number);
	struct call *one = NULL, *any;

	if (!table)
		return;
	if (number >= 0 && number < MAX_NUMBER && !in_compat_syscall())
		one = READ_ONCE(table[number]);
	any = READ_ONCE(table[MAX_NUMBER]);
	if (!one && !any)
		return;
	syscall_get_arguments(current, regs, args);
	run_calls(one, &hit);
	run_calls(any, &hit);
}

static void on_enter(void *data, struct pt_regs *regs, long number)
{
	on_call(data, regs, number, 0);
}

static void on_exit(void *data, struct pt_regs *regs, long result)
{
	on_call(data, regs, syscall_get_nr(current, regs), result);
}

static struct side entries = { "sys_enter", on_enter };
static struct side returns = { "sys_exit", on_exit };

static void look_for_side(struct tracepoint *point, void *data)
{
	struct side *s = data;

	if (!strcmp(point->name, s->tracepoint))
		s->point = point;
}

/* The first probe of a side. */
static int open_side(struct side *s)
{
	int rc;

	s->by_number = kvcalloc(MAX_NUMBER + 1, sizeof(*s->by_number),
				GFP_KERNEL);
	if (!s->by_number)
		return -ENOMEM;
	s->point = NULL;
	for_each_kernel_tracepoint(look_for_side, s);
	rc = s->point ? tracepoint_probe_register(s->point, s->function, s) :
			-ENOENT;
	if (rc) {
		kvfree(s->by_number);
		s->by_number = NULL;
	}
	return rc;
}

int sp_syscall_attach(struct sp_probe *p)
{
	struct side *s = p->kind == SP_SYSRET ? &returns : &entries;
	bool all = p->n0 < 0 || p->n0 >= MAX_NUMBER;
	struct call *c = kzalloc(sizeof(*c), GFP_KERNEL), **at;
	int rc = c ? 0 : -ENOMEM;

	if (!rc && !s->n)
		rc = open_side(s);
	if (rc) {
		kfree(c);
		sp_error("probe %s registration error (rc %d)", p->point, rc);
		return rc;
	}
	c->probe = p;
	p->state = c;
	at = &s->by_number[all ? MAX_NUMBER : p->n0];
	while (*at)
		at = &(*at)->next;
	/* Hits may look on. */
	smp_store_release(at, c);
	s->n++;
	return 0;
}

/* The first of a side takes all of it away. */
void sp_syscall_detach(struct sp_probe *p)
{
	struct side *s = p->kind == SP_SYSRET ? &returns : &entries;

	if (s->n) {
		tracepoint_probe_unregister(s->point, s->function, s);
		tracepoint_synchronize_unregister();
		kvfree(s->by_number);
		s->by_number = NULL;
		s->n = 0;
	}
	kfree(p->state);
	p->state = NULL;
}
