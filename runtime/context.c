/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contexts: one a CPU and level. A handler that hits while another one runs on
 * its CPU (in an interrupt, an NMI) takes the next level; when there is none it
 * is skipped. Levels are given back in reverse order, because with preemption
 * off whatever interrupts a handler ends before that goes on.
 */
#include "core.h"

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/random.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* Of the kernel's stack, what a handler's calls may use, and what must be left
 * of a task's for the handler to begin, and for its calls. */
#define MAX_STACK_BYTES 5120
#define MIN_STACK_BYTES 1024
#define MAX_LEVELS 4

struct cpu_contexts {
	u32 depth; /* levels in use */
	struct sp_context *level[MAX_LEVELS];
};

static struct cpu_contexts __percpu *contexts;
static u32 n_levels;

/* --- making --- */

static void free_context(struct sp_context *x)
{
	if (!x)
		return;
	sp_match_free(x);
	vfree(x->frames);
	kvfree(x->error);
	kvfree(x->tmp);
	kvfree(x->tmp2);
	kvfree(x->out);
	kvfree(x->stat);
	kvfree(x);
}

/* Bytes of the largest scalar statistics with their buckets, or 0. */
static size_t own_stat_bytes(void)
{
	size_t most = 0;
	u32 i;

	for (i = 0; i < sp_program.n_globals; i++) {
		const struct sp_global *g = &sp_program.globals[i];
		const struct sp_array *a = g->data;

		if (g->type != SP_STAT)
			continue;
		most = max_t(size_t, most, (6 + a->n_buckets) * sizeof(s64));
	}
	return most;
}

static struct sp_context *make_context(int node)
{
	size_t str = sizeof(struct sp_str) + sp_program.limits.maxstringlen;
	struct sp_context *x = kvzalloc_node(sizeof(*x), GFP_KERNEL, node);
	size_t stat = own_stat_bytes();

	if (!x)
		return NULL;
	x->error = kvzalloc_node(str, GFP_KERNEL, node);
	x->tmp = kvzalloc_node(str, GFP_KERNEL, node);
	x->tmp2 = kvzalloc_node(str, GFP_KERNEL, node);
	x->out = kvzalloc_node(SP_OUT_BYTES, GFP_KERNEL, node);
	/* Never of no size, so that NULL means failure. */
	x->frames = vzalloc_node(sp_program.frame_bytes + 8, node);
	if (stat)
		x->stat = kvzalloc_node(stat, GFP_KERNEL, node);
	if (!x->error || !x->tmp || !x->tmp2 || !x->out || !x->frames ||
	    (stat && !x->stat) || sp_match_init(x)) {
		free_context(x);
		return NULL;
	}
	x->c.frames_end = x->frames + sp_program.frame_bytes;
	x->random = get_random_u64();
	return x;
}

int sp_contexts_init(u32 levels)
{
	u32 i;
	int cpu;

	n_levels = min_t(u32, levels, MAX_LEVELS);
	contexts = alloc_percpu(struct cpu_contexts);
	if (!contexts)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct cpu_contexts *cc = per_cpu_ptr(contexts, cpu);

		for (i = 0; i < n_levels; i++) {
			cc->level[i] = make_context(cpu_to_node(cpu));
			if (!cc->level[i]) {
				sp_contexts_free();
				return -ENOMEM;
			}
		}
	}
	return 0;
}

void sp_contexts_free(void)
{
	u32 i;
	int cpu;

	if (!contexts)
		return;
	for_each_possible_cpu(cpu)
		for (i = 0; i < MAX_LEVELS; i++)
			free_context(per_cpu_ptr(contexts, cpu)->level[i]);
	free_percpu(contexts);
	contexts = NULL;
}

/* --- one run --- */

/* An interrupt between the steps leaves depth as it found it. */
static struct sp_context *enter(void)
{
	struct cpu_contexts *cc;
	u32 depth;

	preempt_disable_notrace();
	cc = this_cpu_ptr(contexts);
	depth = READ_ONCE(cc->depth);
	WRITE_ONCE(cc->depth, depth + 1);
	barrier();
	return depth < n_levels ? cc->level[depth] : NULL;
}

static void leave(void)
{
	struct cpu_contexts *cc = this_cpu_ptr(contexts);

	barrier();
	WRITE_ONCE(cc->depth, cc->depth - 1);
	preempt_enable_notrace();
}

/* The action limit of a probe. */
static s64 most_actions(const struct sp_probe *p)
{
	const struct sp_limits *l = &sp_program.limits;

	if (p->kind <= SP_NEVER || l->interruptible)
		return l->maxaction_interruptible;
	return l->maxaction;
}

/* How far down the kernel's stack may go. Interrupts have stacks of their own,
 * which are all but empty when their handlers begin. */
static unsigned long lowest_stack(unsigned long here)
{
	unsigned long low = here - MAX_STACK_BYTES;
	unsigned long end = (unsigned long)end_of_stack(current);

	if (here >= end && here < end + THREAD_SIZE)
		low = max(low, end + MIN_STACK_BYTES);
	return low;
}

/* False if there is too little stack left. */
static bool begin(struct sp_context *x, struct sp_probe *p,
		  const struct sp_hit *hit)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	x->probe = p;
	x->hit = hit;
	x->c.actions = most_actions(p);
	x->c.frame = x->frames;
	x->c.depth = 0;
	x->c.ended = SP_END_NOT;
	x->blocked = false;
	x->n_locs = 0;
	x->error->len = 0;
	x->error->text[0] = 0;
	x->stack = lowest_stack(here);
	if (x->match)
		sp_match_reset(x);
	return here > x->stack;
}

enum sp_end sp_run(struct sp_probe *p, const struct sp_hit *hit)
{
	struct sp_context *x = enter();
	enum sp_end end = SP_END_SKIPPED;

	if (!x) {
		sp_count_skipped(true);
		leave();
		return end;
	}
	if (begin(x, p, hit))
		p->handler(&x->c);
	else
		sp_skip(&x->c);
	sp_unlock(&x->c);
	while (x->open)
		sp_iter_end(&x->c, x->open);
	sp_flush(x);
	end = x->c.ended;
	if (end == SP_END_ERROR)
		sp_report(x);
	else if (end == SP_END_SKIPPED)
		sp_count_skipped(x->blocked);
	leave();
	return end;
}

int sp_skip(struct sp_ctx *c)
{
	c->ended = SP_END_SKIPPED;
	return 1;
}

int sp_skip_nested(struct sp_ctx *c)
{
	sp_context(c)->blocked = true;
	return sp_skip(c);
}

/* --- calls --- */

int sp_call_begin(struct sp_ctx *c, u32 bytes, void **frame)
{
	struct sp_context *x = sp_context(c);
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	if (c->depth == sp_program.limits.maxnesting ||
	    bytes > c->frames_end - c->frame ||
	    here < x->stack) {
		sp_raise(c, "MAXNESTING exceeded", SP_NO_LOC);
		return 1;
	}
	if (frame)
		*frame = c->frame;
	c->frame += bytes;
	c->depth++;
	return 0;
}

void sp_call_end(struct sp_ctx *c, u32 bytes)
{
	c->frame -= bytes;
	c->depth--;
}
