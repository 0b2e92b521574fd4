/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Grouping of probes into programs; see group.h. */
#include "bpf/group.h"

/* Probe indices in a group lie at most this far apart: tables are indexed by
 * them. */
#define GROUP_MAX_SPAN 4096u

static bool shareable(enum attach_kind kind)
{
	switch (kind) {
	case ATTACH_SYSCALL:
	case ATTACH_SYSRET:
	case ATTACH_UPROBE:
	case ATTACH_URETPROBE:
	case ATTACH_PERF:
	case ATTACH_WATCH:
	case ATTACH_KPROBE:
	case ATTACH_KRETPROBE:
		return true;
	case ATTACH_RAW_TP:
	case ATTACH_EXEC:
	case ATTACH_FORKED:
	case ATTACH_EXITED:
	case ATTACH_BEGIN:
	case ATTACH_END:
	case ATTACH_ERROR:
	case ATTACH_NEVER:
	case ATTACH_TIMER:
	case ATTACH_JIFFIES:
	case ATTACH_INPUT:
	case ATTACH_PROCFS_READ:
	case ATTACH_PROCFS_WRITE:
		return false;
	}
	return false;
}

static bool is_syscall(enum attach_kind kind)
{
	return kind == ATTACH_SYSCALL || kind == ATTACH_SYSRET;
}

/* A number may only come once in a group, since each probe runs its handler;
 * "all calls" stands alone. */
static bool number_fits(const struct group *g, const struct ir_prog *p,
			int64_t nr)
{
	for (size_t i = 0; i < g->probes.len; i++) {
		int64_t other = p->probes.at[g->probes.at[i]].n0;

		if (nr < 0 || other < 0 || other == nr)
			return false;
	}
	return true;
}

static bool fits(const struct group *g, const struct ir_prog *p, uint32_t id)
{
	const struct ir_probe *pr = &p->probes.at[id];

	if (g->kind != pr->attach || g->fn != pr->fn ||
	    g->target_only != pr->target_only || !shareable(g->kind) ||
	    id - g->probes.at[0] >= GROUP_MAX_SPAN)
		return false;
	return !is_syscall(g->kind) ||
	       (number_fits(g, p, pr->n0) && g->n1 == pr->n1 &&
		g->n2 == pr->n2);
}

static const char *section_name(struct arena *arena, const struct ir_probe *pr)
{
	switch (pr->attach) {
	case ATTACH_RAW_TP:
		return arena_printf(arena, "raw_tp/%s", pr->s0);
	case ATTACH_SYSCALL:
		return "raw_tp/sys_enter";
	case ATTACH_SYSRET:
	case ATTACH_FORKED:
		return "raw_tp/sys_exit";
	case ATTACH_EXEC:
		return "raw_tp/sched_process_exec";
	case ATTACH_EXITED:
		return "raw_tp/sched_process_exit";
	case ATTACH_UPROBE:
		return "uprobe";
	case ATTACH_URETPROBE:
		return "uretprobe";
	case ATTACH_PERF:
	case ATTACH_WATCH:
		return "perf_event";
	case ATTACH_KPROBE:
		return "kprobe";
	case ATTACH_KRETPROBE:
		return "kretprobe";
	case ATTACH_BEGIN:
	case ATTACH_END:
	case ATTACH_ERROR:
	case ATTACH_NEVER:
	case ATTACH_TIMER:
	case ATTACH_JIFFIES:
	case ATTACH_INPUT:
	case ATTACH_PROCFS_READ:
	case ATTACH_PROCFS_WRITE:
		break;
	}
	return "";
}

static void add_probe(struct groups *gs, struct arena *arena,
		      const struct ir_prog *p, uint32_t id)
{
	const struct ir_probe *pr = &p->probes.at[id];
	struct group *g;

	vec_foreach(g, &gs->v) {
		if (fits(g, p, id)) {
			vec_push(arena, &g->probes, id);
			return;
		}
	}
	vec_push(arena, &gs->v,
		 (struct group){
			 .kind = pr->attach,
			 .fn = pr->fn,
			 .target_only = pr->target_only,
			 .n0 = pr->n0,
			 .n1 = pr->n1,
			 .n2 = pr->n2,
			 .program = arena_printf(arena, "probe_%u", id),
			 .section = section_name(arena, pr),
		 });
	vec_push(arena, &vec_last(&gs->v).probes, id);
}

void groups_init(struct groups *gs, struct arena *arena,
		 const struct ir_prog *p)
{
	*gs = (struct groups){ 0 };
	for (uint32_t i = 0; i < p->probes.len; i++) {
		if (attach_kind_where[p->probes.at[i].attach] ==
		    ATTACH_IN_KERNEL)
			add_probe(gs, arena, p, i);
	}
}
