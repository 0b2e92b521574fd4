/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.begin, process.end and those of threads: by the tracepoints of exec
 * and of exit, and where a copy comes out of the system call that made it. n0
 * is 1 for threads; n1 and n2 say whose (probe_syscall.c).
 */
#include "core.h"

#include <asm/syscall.h>
#include <asm/unistd.h>
#include <linux/compat.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>

static void on_life_exec(void *data, struct task_struct *task)
{
	struct sp_hit hit = { 0 };

	(void)task;
	if (sp_is_owner(data))
		sp_probe_hit(data, &hit);
}

static bool is_meant_life(const struct sp_probe *p)
{
	return (current->pid != current->tgid) == (p->n0 != 0) &&
	       sp_is_owner(p);
}

static void on_life_exit(void *data, struct task_struct *task)
{
	struct sp_hit hit = { 0 };

	(void)task;
	if (is_meant_life(data))
		sp_probe_hit(data, &hit);
}

static bool makes_copies(long number)
{
	switch (number) {
	case __NR_clone:
#ifdef __NR_fork
	case __NR_fork:
#endif
#ifdef __NR_vfork
	case __NR_vfork:
#endif
#ifdef __NR_clone3
	case __NR_clone3:
#endif
		return true;
	}
	return false;
}

static void on_life_return(void *data, struct pt_regs *regs, long result)
{
	struct sp_hit hit = { .regs = regs };

	if (!result && !in_compat_syscall() &&
	    makes_copies(syscall_get_nr(current, regs)) && is_meant_life(data))
		sp_probe_hit(data, &hit);
}

/* By the kind of probe. */
static const struct life_way {
	u32 kind;
	const char *tracepoint;
	void *function;
} life_ways[] = {
	{ SP_EXEC, "sched_process_exec", on_life_exec },
	{ SP_FORKED, "sys_exit", on_life_return },
	{ SP_EXITED, "sched_process_exit", on_life_exit },
};

static const struct life_way *life_way_of(const struct sp_probe *p)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(life_ways) - 1; i++)
		if (life_ways[i].kind == p->kind)
			break;
	return &life_ways[i];
}

struct life_search {
	const char *name;
	struct tracepoint *found;
};

static void look_for_life(struct tracepoint *point, void *data)
{
	struct life_search *s = data;

	if (!strcmp(point->name, s->name))
		s->found = point;
}

int sp_life_attach(struct sp_probe *p)
{
	const struct life_way *way = life_way_of(p);
	struct life_search s = { way->tracepoint };
	int rc;

	for_each_kernel_tracepoint(look_for_life, &s);
	rc = s.found ? tracepoint_probe_register(s.found, way->function, p)
		     : -ENOENT;
	if (rc)
		sp_error("probe %s registration error (rc %d)", p->point, rc);
	else
		p->state = s.found;
	return rc;
}

void sp_life_detach(struct sp_probe *p)
{
	tracepoint_probe_unregister(p->state, life_way_of(p)->function, p);
	tracepoint_synchronize_unregister();
	p->state = NULL;
}
