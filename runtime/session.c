/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of a session: begin handlers, attaching, running, detaching, end or
 * error handlers. Its state only goes up.
 */
#include "core.h"

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

static atomic_t state;
static atomic64_t errors, skipped, nested_skips;
static bool *attached; /* by probe */

/* Ways of attaching; begin, end and error handlers are run here. */
static const struct {
	int (*attach)(struct sp_probe *p);
	void (*detach)(struct sp_probe *p);
} ways[] = {
	[SP_TIMER] = { sp_timer_attach, sp_timer_detach },
	[SP_JIFFIES] = { sp_timer_attach, sp_timer_detach },
	[SP_INPUT] = { sp_procfs_attach, sp_procfs_detach },
	[SP_PROCFS_READ] = { sp_procfs_attach, sp_procfs_detach },
	[SP_PROCFS_WRITE] = { sp_procfs_attach, sp_procfs_detach },
	[SP_KPROBE] = { sp_kprobe_attach, sp_kprobe_detach },
	[SP_KRETPROBE] = { sp_kprobe_attach, sp_kprobe_detach },
	[SP_RAW_TP] = { sp_tracepoint_attach, sp_tracepoint_detach },
	[SP_SYSCALL] = { sp_syscall_attach, sp_syscall_detach },
	[SP_SYSRET] = { sp_syscall_attach, sp_syscall_detach },
	[SP_PERF] = { sp_perf_attach, sp_perf_detach },
	[SP_WATCH] = { sp_watch_attach, sp_watch_detach },
	[SP_UPROBE] = { sp_uprobe_attach, sp_uprobe_detach },
	[SP_URETPROBE] = { sp_uprobe_attach, sp_uprobe_detach },
	[SP_EXEC] = { sp_life_attach, sp_life_detach },
	[SP_FORKED] = { sp_life_attach, sp_life_detach },
	[SP_EXITED] = { sp_life_attach, sp_life_detach },
};

static bool has_way(const struct sp_probe *p)
{
	return p->kind < ARRAY_SIZE(ways) && ways[p->kind].attach;
}

/* --- memory --- */

/* Handlers may interrupt one another: in a process, a soft and a hard interrupt
 * and an NMI. begin and end run alone; timers interrupt only those. */
static u32 count_levels(void)
{
	u32 levels = 1, i;

	for (i = 0; i < sp_program.n_probes; i++) {
		u32 kind = sp_program.probes[i].kind;

		if (kind == SP_TIMER || kind == SP_JIFFIES)
			levels = max_t(u32, levels, 3);
		else if (kind > SP_NEVER)
			return 4;
	}
	return levels;
}

/* Texts that parameters have set have no length yet. */
static void measure_texts(void)
{
	u32 i;

	for (i = 0; i < sp_program.n_globals; i++) {
		const struct sp_global *g = &sp_program.globals[i];
		struct sp_str *s = g->data;

		if (g->type == SP_TEXT && !g->array)
			s->len = strnlen(s->text, g->bound - 1);
	}
}

int sp_session_init(void)
{
	int rc;

	attached = kcalloc(sp_program.n_probes + 1, sizeof(*attached),
			   GFP_KERNEL);
	if (!attached)
		return -ENOMEM;
	measure_texts();
	rc = sp_arrays_init();
	if (!rc)
		rc = sp_contexts_init(count_levels());
	if (rc)
		sp_session_exit();
	return rc;
}

void sp_session_exit(void)
{
	sp_contexts_free();
	sp_arrays_free();
	kfree(attached);
	attached = NULL;
}

/* --- state --- */

enum sp_state sp_session_state(void)
{
	return atomic_read(&state);
}

/* Whether it was lower before. */
static bool raise_state(enum sp_state to)
{
	int old = atomic_read(&state);

	while (old < to && !atomic_try_cmpxchg(&state, &old, to))
		;
	return old < to;
}

void sp_session_raise(enum sp_state to)
{
	if (raise_state(to) && to >= SP_STOPPING)
		sp_request_exit();
}

void sp_count_error(void)
{
	if (atomic64_inc_return(&errors) > sp_program.limits.maxerrors &&
	    !sp_program.limits.suppress_errors)
		sp_session_raise(SP_BROKEN);
}

void sp_count_skipped(bool nested)
{
	if (nested) {
		atomic64_inc(&nested_skips);
		return;
	}
	/* Only the one that goes over the limit says so. */
	if (atomic64_inc_return(&skipped) !=
	    (s64)sp_program.limits.maxskipped + 1)
		return;
	sp_error_text("Skipped too many probes, check MAXSKIPPED or try again "
		      "with stap -t for more details.");
	sp_session_raise(SP_BROKEN);
}

/* --- running handlers --- */

/* All handlers of one point: each has its turn, whatever the others did, unless
 * one called abort(). */
static void run_group(struct sp_probe *p, const struct sp_hit *hit)
{
	for (; p; p = p->next)
		if (sp_run(p, hit) == SP_END_ABORTED)
			break;
}

/* Whether the task is the target of -c or -x, or comes from it. */
static bool in_target(void)
{
	pid_t target = sp_target();
	const struct task_struct *t;
	bool found;

	if (!target)
		return true;
	rcu_read_lock();
	for (t = current; t->tgid > 1 && t->tgid != target;)
		t = rcu_dereference(t->real_parent);
	found = t->tgid == target;
	rcu_read_unlock();
	return found;
}

void sp_probe_hit(struct sp_probe *p, const struct sp_hit *hit)
{
	if (atomic_read(&state) != SP_RUNNING)
		return;
	if (p->target_only && !in_target())
		return;
	run_group(p, hit);
}

static int by_order(const void *a, const void *b)
{
	const struct sp_probe *pa = *(struct sp_probe *const *)a;
	const struct sp_probe *pb = *(struct sp_probe *const *)b;

	if (pa->n0 != pb->n0)
		return pa->n0 < pb->n0 ? -1 : 1;
	return pa < pb ? -1 : pa > pb;
}

/* The handlers of one kind in order, as long as the state is no higher. 0 or
 * -ENOMEM. */
static int run_ordered(enum sp_kind kind, enum sp_state highest)
{
	struct sp_probe **heads;
	u32 n = 0, i;

	heads = kcalloc(sp_program.n_probes + 1, sizeof(*heads), GFP_KERNEL);
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < sp_program.n_probes; i++) {
		struct sp_probe *p = &sp_program.probes[i];

		if (p->kind == kind && p->head)
			heads[n++] = p;
	}
	sort(heads, n, sizeof(*heads), by_order, NULL);
	for (i = 0; i < n && sp_session_state() <= highest; i++) {
		run_group(heads[i], NULL);
		cond_resched();
	}
	kfree(heads);
	return 0;
}

/* --- start and stop --- */

/* Detach in reverse order, and wait for handlers that still run: with
 * preemption off they hold up RCU. */
static void detach_all(void)
{
	bool any = false;
	u32 i;

	for (i = sp_program.n_probes; i--;) {
		struct sp_probe *p = &sp_program.probes[i];

		if (!attached[i])
			continue;
		ways[p->kind].detach(p);
		attached[i] = false;
		any = true;
	}
	if (any)
		synchronize_rcu();
}

static int attach_all(void)
{
	u32 i;

	for (i = 0; i < sp_program.n_probes; i++) {
		struct sp_probe *p = &sp_program.probes[i];
		int rc;

		if (!p->head || !has_way(p))
			continue;
		rc = ways[p->kind].attach(p);
		if (rc < 0) {
			detach_all();
			return rc;
		}
		attached[i] = !rc;
	}
	return 0;
}

int sp_session_start(void)
{
	int rc = run_ordered(SP_BEGIN, SP_STARTING);

	if (rc) {
		sp_error_text("not enough memory");
		return rc;
	}
	if (sp_session_state() != SP_STARTING)
		return 0;
	rc = attach_all();
	if (!rc)
		sp_session_raise(SP_RUNNING);
	return rc;
}

static void report_counts(void)
{
	if (atomic64_read(&errors) || atomic64_read(&skipped) ||
	    atomic64_read(&nested_skips))
		sp_warn("Number of errors: %lld, skipped probes: %lld",
			atomic64_read(&errors), atomic64_read(&skipped));
}

void sp_session_stop(void)
{
	int rc;

	raise_state(SP_STOPPING);
	detach_all();
	rc = run_ordered(SP_END, SP_STOPPING);
	if (!rc && sp_session_state() == SP_BROKEN)
		rc = run_ordered(SP_ERROR, SP_BROKEN);
	if (rc)
		sp_error_text("not enough memory");
	report_counts();
}
