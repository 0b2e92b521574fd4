/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass: drop what has no effect.
 *
 * Requires: ir_check(). Keeps: everything a run can show, globals, formats,
 * locations, registers. Breaks: nothing. Changes: ways skip blocks that only
 * jump on; unreachable blocks go and the others are renumbered in their old
 * order; a block entered only by the jmp at the end of another is appended to
 * that; pure instructions whose result no instruction reads go, with those that
 * only fed them; so do the ticks of a handler that cannot reach the limit,
 * since it has neither loops nor calls; locations that no instruction has are
 * taken off the table.
 */
#include "ir/ir.h"

#include "base/bug.h"

#include <string.h>

struct clean {
	struct ir_fn *f;
	struct arena arena;
	uint32_t *ways;    /* by block: edges into it from reachable blocks */
	bool *reached;     /* by block */
	uint32_t *uses;    /* by register: instructions that read it */
	VEC(uint32_t) todo;
};

/* Where a way to b ends up, past blocks that only jump on. Long chains are not
 * followed to their end, so that time stays linear. */
static ir_block_id past_jumps(const struct ir_fn *f, ir_block_id b)
{
	unsigned hops;

	for (hops = 0; hops < 16 && b != IR_NONE; hops++) {
		const struct ir_block *block = &f->blocks.at[b];

		if (block->insns.at[0].op != IR_OP_JMP)
			break;
		b = block->insns.at[0].t;
	}
	return b;
}

static void shorten_ways(struct ir_fn *f)
{
	struct ir_block *b;
	struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			in->t = past_jumps(f, in->t);
			in->e = past_jumps(f, in->e);
			if (in->op != IR_OP_BR || in->t != in->e)
				continue;
			in->op = IR_OP_JMP;
			in->n_args = 0;
			in->e = IR_NONE;
		}
	}
}

static void reach(struct clean *c, ir_block_id b)
{
	if (b == IR_NONE)
		return;
	c->ways[b]++;
	if (c->reached[b])
		return;
	c->reached[b] = true;
	vec_push(&c->arena, &c->todo, b);
}

static void find_reached(struct clean *c)
{
	const struct ir_insn *in;

	reach(c, 0);
	while (c->todo.len) {
		uint32_t b = c->todo.at[--c->todo.len];

		vec_foreach(in, &c->f->blocks.at[b].insns) {
			reach(c, in->t);
			reach(c, in->e);
		}
	}
}

/* Append blocks to the one that alone jumps to them. */
static void join_blocks(struct ir_prog *p, struct clean *c)
{
	uint32_t b;

	for (b = 0; b < c->f->blocks.len; b++) {
		struct ir_block *to = &c->f->blocks.at[b], *from;
		const struct ir_insn *in;
		uint32_t next;

		if (!c->reached[b])
			continue;
		while (vec_last(&to->insns).op == IR_OP_JMP) {
			next = vec_last(&to->insns).t;
			from = &c->f->blocks.at[next];
			if (c->ways[next] != 1 || from == to)
				break;
			to->insns.len--;
			vec_foreach(in, &from->insns)
				vec_push(p->arena, &to->insns, *in);
			c->reached[next] = false;
		}
	}
}

static void renumber(struct clean *c)
{
	uint32_t *id = arena_array(&c->arena, uint32_t, c->f->blocks.len);
	struct ir_block *b;
	struct ir_insn *in;
	uint32_t i, n = 0;

	for (i = 0; i < c->f->blocks.len; i++) {
		if (!c->reached[i])
			continue;
		id[i] = n;
		c->f->blocks.at[n++] = c->f->blocks.at[i];
	}
	c->f->blocks.len = n;
	vec_foreach(b, &c->f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->t != IR_NONE)
				in->t = id[in->t];
			if (in->e != IR_NONE)
				in->e = id[in->e];
		}
	}
}

static void count_uses(struct clean *c, const struct ir_insn *in, uint32_t by)
{
	uint32_t i;

	for (i = 0; i < in->n_args; i++)
		c->uses[in->args[i]] += by;
}

static bool is_dead(const struct clean *c, const struct ir_insn *in)
{
	return ir_op_info(in->op)->flags & IR_PURE && !c->uses[in->dst];
}

/* One sweep, last instruction first, so that a chain goes in one sweep unless
 * it runs against the order of blocks. True if something went. */
static bool drop_dead(struct clean *c)
{
	bool dropped = false;
	size_t b, i, to;

	for (b = c->f->blocks.len; b-- > 0;) {
		struct ir_block *block = &c->f->blocks.at[b];

		to = block->insns.len;
		for (i = block->insns.len; i-- > 0;) {
			struct ir_insn *in = &block->insns.at[i];

			if (is_dead(c, in))
				count_uses(c, in, -1u);
			else
				block->insns.at[--to] = *in;
		}
		if (!to)
			continue;
		block->insns.len -= to;
		memmove(block->insns.at, block->insns.at + to,
			block->insns.len * sizeof(block->insns.at[0]));
		dropped = true;
	}
	return dropped;
}

/* Whether control can come back to a block: blocks are taken off in an order
 * in which all ways into one are from blocks taken before. Uses c->ways. */
static bool has_loop(struct clean *c)
{
	const struct ir_insn *in;
	size_t taken = 0;

	c->todo.len = 0;
	memset(c->ways, 0, c->f->blocks.len * sizeof(*c->ways));
	memset(c->reached, 0, c->f->blocks.len * sizeof(*c->reached));
	find_reached(c);
	c->ways[0]--;
	if (!c->ways[0])
		vec_push(&c->arena, &c->todo, 0);
	while (c->todo.len) {
		uint32_t b = c->todo.at[--c->todo.len];

		taken++;
		vec_foreach(in, &c->f->blocks.at[b].insns) {
			if (in->t != IR_NONE && !--c->ways[in->t])
				vec_push(&c->arena, &c->todo, in->t);
			if (in->e != IR_NONE && !--c->ways[in->e])
				vec_push(&c->arena, &c->todo, in->e);
		}
	}
	return taken != c->f->blocks.len;
}

/* Whether no run of the handler can use up its actions. */
static bool ticks_are_idle(const struct ir_prog *p, struct clean *c)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	uint64_t sum = 0;

	if (c->f->kind != IR_FN_HANDLER)
		return false;
	vec_foreach(b, &c->f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op == IR_OP_CALL)
				return false;
			if (in->op == IR_OP_TICK)
				sum += (uint64_t)in->imm;
		}
	}
	return sum && sum <= p->limits.maxaction &&
	       sum <= p->limits.maxaction_interruptible && !has_loop(c);
}

static void drop_ticks(struct clean *c)
{
	struct ir_block *b;
	size_t i, n;

	vec_foreach(b, &c->f->blocks) {
		for (i = n = 0; i < b->insns.len; i++)
			if (b->insns.at[i].op != IR_OP_TICK)
				b->insns.at[n++] = b->insns.at[i];
		b->insns.len = n;
	}
}

static void clean_blocks(struct ir_prog *p, struct clean *c)
{
	shorten_ways(c->f);
	memset(c->ways, 0, c->f->blocks.len * sizeof(*c->ways));
	memset(c->reached, 0, c->f->blocks.len * sizeof(*c->reached));
	find_reached(c);
	join_blocks(p, c);
	renumber(c);
}

static void clean_fn(struct ir_prog *p, struct ir_fn *f)
{
	struct clean c = { .f = f };
	const struct ir_block *b;
	const struct ir_insn *in;
	unsigned sweeps = 0;

	c.ways = arena_array(&c.arena, uint32_t, f->blocks.len);
	c.reached = arena_array(&c.arena, bool, f->blocks.len);
	c.uses = arena_array(&c.arena, uint32_t, f->regs.len);
	clean_blocks(p, &c);
	if (ticks_are_idle(p, &c)) {
		drop_ticks(&c);
		clean_blocks(p, &c);
	}
	vec_foreach(b, &f->blocks)
		vec_foreach(in, &b->insns)
			count_uses(&c, in, 1);
	/* What is left after many sweeps is harmless, and time stays linear. */
	while (sweeps++ < 16 && drop_dead(&c))
		;
	arena_release(&c.arena);
}

/* --- locations --- */

/* Visit the location of each instruction that has one. */
static void each_loc(struct ir_prog *p, uint32_t *ids,
		     void (*visit)(uint32_t *loc, uint32_t *ids))
{
	struct ir_block *b;
	struct ir_insn *in;
	uint32_t i;

	for (i = 0; i < p->fns.len; i++)
		vec_foreach(b, &p->fns.at[i]->blocks)
			vec_foreach(in, &b->insns)
				if (in->loc != IR_NONE)
					visit(&in->loc, ids);
}

static void mark_loc(uint32_t *loc, uint32_t *ids)
{
	ids[*loc] = 1;
}

static void renumber_loc(uint32_t *loc, uint32_t *ids)
{
	*loc = ids[*loc];
}

static void clean_locs(struct ir_prog *p)
{
	struct arena arena = ARENA_INIT;
	uint32_t *ids = arena_array(&arena, uint32_t, p->locs.len);
	const char **old = p->locs.at;
	uint32_t i, n = (uint32_t)p->locs.len;

	each_loc(p, ids, mark_loc);
	p->locs.at = NULL;
	p->locs.len = p->locs.cap = 0;
	p->loc_index = (struct ir_index){ 0 };
	for (i = 0; i < n; i++)
		if (ids[i])
			ids[i] = ir_loc(p, old[i]);
	each_loc(p, ids, renumber_loc);
	arena_release(&arena);
}

int ir_pass_clean(struct ir_prog *p)
{
	uint32_t i;

	for (i = 0; i < p->fns.len; i++)
		clean_fn(p, p->fns.at[i]);
	clean_locs(p);
	return 0;
}
