/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts about a flattened handler: order of blocks, loops, live registers,
 * constants; see flat.h. Faulting instructions have an edge to their err block
 * from where they stand, and keep their dst's old value on it.
 */
#include "bpf/flat.h"

#include "base/bug.h"

#include <string.h>

void flat_successors(const struct ir_fn *f, uint32_t b,
		     void (*cb)(void *arg, uint32_t to), void *arg)
{
	const struct ir_insn *i;

	vec_foreach(i, &f->blocks.at[b].insns) {
		if (i->t != IR_NONE)
			cb(arg, i->t);
		if (i->e != IR_NONE)
			cb(arg, i->e);
	}
}

/* --- order: reverse postorder, found without recursion --- */

struct targets {
	struct arena *arena;
	VEC(uint32_t) v;
};

static void collect(void *arg, uint32_t to)
{
	struct targets *t = arg;

	vec_push(t->arena, &t->v, to);
}

struct visit {
	uint32_t block;
	struct targets to;
	size_t next;
};

static void find_order(struct flat *f, struct arena *arena)
{
	size_t n = f->fn.blocks.len, n_post = 0;
	uint32_t *post = arena_array(arena, uint32_t, n);
	bool *seen = arena_array(arena, bool, n);
	VEC(struct visit) stack = { 0 };

	seen[0] = true;
	vec_push(arena, &stack, (struct visit){ .to.arena = arena });
	flat_successors(&f->fn, 0, collect, &vec_last(&stack).to);
	while (stack.len) {
		struct visit *v = &vec_last(&stack);
		uint32_t to;

		if (v->next == v->to.v.len) {
			post[n_post++] = v->block;
			stack.len--;
			continue;
		}
		/* Last target first: the first one then comes right behind. */
		to = v->to.v.at[v->to.v.len - 1 - v->next++];
		if (seen[to])
			continue;
		seen[to] = true;
		vec_push(arena, &stack,
			 (struct visit){ .block = to, .to.arena = arena });
		flat_successors(&f->fn, to, collect, &vec_last(&stack).to);
	}
	f->order = arena_array(arena, uint32_t, n_post);
	f->n_order = n_post;
	f->place = arena_array(arena, uint32_t, n);
	for (size_t b = 0; b < n; b++)
		f->place[b] = IR_NONE;
	for (size_t k = 0; k < n_post; k++) {
		f->order[k] = post[n_post - 1 - k];
		f->place[f->order[k]] = (uint32_t)k;
	}
}

/* --- loops: what lies between the ends of a backward edge --- */

struct back {
	struct flat *f;
	uint32_t from;
};

static void note_back_edge(void *arg, uint32_t to)
{
	struct back *b = arg;
	struct flat *f = b->f;

	if (f->place[to] > f->place[b->from])
		return;
	f->cyclic = true;
	f->header[to] = true;
	for (uint32_t k = f->place[to]; k <= f->place[b->from]; k++)
		f->depth[f->order[k]]++;
}

static void find_loops(struct flat *f, struct arena *arena)
{
	f->cyclic = false;
	f->depth = arena_array(arena, uint32_t, f->fn.blocks.len);
	f->header = arena_array(arena, bool, f->fn.blocks.len);
	for (size_t k = 0; k < f->n_order; k++) {
		struct back b = { f, f->order[k] };

		flat_successors(&f->fn, b.from, note_back_edge, &b);
	}
}

/* --- live registers --- */

void flat_step(const struct flat *f, const struct ir_insn *i, uint64_t *live)
{
	if (i->dst != IR_NONE)
		flat_remove(live, i->dst);
	if (i->e != IR_NONE) {
		for (size_t w = 0; w < f->words; w++)
			live[w] |= f->live_in[i->e][w];
	}
	if (i->t != IR_NONE) {
		for (size_t w = 0; w < f->words; w++)
			live[w] |= f->live_in[i->t][w];
	}
	for (unsigned a = 0; a < i->n_args; a++)
		flat_add(live, i->args[a]);
}

static void find_live(struct flat *f, struct arena *arena)
{
	size_t n = f->fn.blocks.len;
	uint64_t *live;
	bool changed = true;

	f->words = (f->fn.regs.len + 63) / 64;
	f->live_in = arena_array(arena, uint64_t *, n);
	for (size_t b = 0; b < n; b++)
		f->live_in[b] = arena_array(arena, uint64_t, f->words);
	live = arena_array(arena, uint64_t, f->words);
	while (changed) {
		changed = false;
		for (size_t k = f->n_order; k-- > 0;) {
			uint32_t b = f->order[k];
			const struct ir_block *blk = &f->fn.blocks.at[b];
			size_t bytes = f->words * sizeof(*live);

			if (bytes)
				memset(live, 0, bytes);
			for (size_t i = blk->insns.len; i-- > 0;)
				flat_step(f, &blk->insns.at[i], live);
			if (!bytes || !memcmp(live, f->live_in[b], bytes))
				continue;
			memcpy(f->live_in[b], live, bytes);
			changed = true;
		}
	}
}

/* Remove pure instructions whose result nobody reads. */
static bool drop_dead(struct flat *f, struct arena *arena)
{
	uint64_t *live = arena_array(arena, uint64_t, f->words);
	bool dropped = false;

	for (size_t k = 0; k < f->n_order; k++) {
		struct ir_block *b = &f->fn.blocks.at[f->order[k]];
		size_t to = b->insns.len;

		if (f->words)
			memset(live, 0, f->words * sizeof(*live));
		for (size_t i = b->insns.len; i-- > 0;) {
			struct ir_insn in = b->insns.at[i];
			unsigned fl = ir_op_info((enum ir_op)in.op)->flags;

			if (fl & IR_PURE && !flat_has(live, in.dst)) {
				dropped = true;
				continue;
			}
			flat_step(f, &in, live);
			b->insns.at[--to] = in;
		}
		b->insns.at += to;
		b->insns.len -= to;
		b->insns.cap -= to;
	}
	return dropped;
}

/* --- constants: the only definition is one, and nothing reads before it --- */

static void find_constants(struct flat *f, struct arena *arena)
{
	const struct ir_insn **c;
	uint32_t *defs = arena_array(arena, uint32_t, f->fn.regs.len);

	c = arena_array(arena, const struct ir_insn *, f->fn.regs.len);
	for (size_t k = 0; k < f->n_order; k++) {
		const struct ir_block *b = &f->fn.blocks.at[f->order[k]];
		const struct ir_insn *i;

		vec_foreach(i, &b->insns) {
			if (i->dst == IR_NONE)
				continue;
			defs[i->dst]++;
			c[i->dst] = i;
		}
	}
	for (uint32_t r = 0; r < f->fn.regs.len; r++) {
		if (defs[r] != 1 || flat_has(f->live_in[0], r) ||
		    (c[r]->op != IR_OP_CONST && c[r]->op != IR_OP_STR))
			c[r] = NULL;
	}
	f->constant = c;
}

/* Branches on constants become jumps. */
static bool fold_branches(struct flat *f)
{
	bool folded = false;

	for (size_t k = 0; k < f->n_order; k++) {
		struct ir_block *b = &f->fn.blocks.at[f->order[k]];
		struct ir_insn *i = &vec_last(&b->insns);

		if (i->op != IR_OP_BR || !f->constant[i->args[0]])
			continue;
		if (!f->constant[i->args[0]]->imm)
			i->t = i->e;
		i->op = IR_OP_JMP;
		i->e = IR_NONE;
		i->n_args = 0;
		folded = true;
	}
	return folded;
}

void flat_analyse(struct flat *f, struct arena *arena)
{
	bool again = true;

	while (again) {
		find_order(f, arena);
		find_live(f, arena);
		again = drop_dead(f, arena);
		find_constants(f, arena);
		again |= fold_branches(f);
	}
	find_loops(f, arena);
}

/* --- paths --- */

struct longest {
	const struct flat *f;
	uint64_t *sum;
	uint64_t here;
};

static void push_sum(void *arg, uint32_t to)
{
	struct longest *l = arg;

	if (l->sum[to] < l->here)
		l->sum[to] = l->here;
}

uint64_t flat_longest(const struct flat *f, struct arena *arena,
		      uint64_t (*cost)(const struct ir_insn *i))
{
	struct longest l = {
		.f = f,
		.sum = arena_array(arena, uint64_t, f->fn.blocks.len),
	};
	uint64_t best = 0;

	/* Backward edges add nothing more: a cost inside a loop is infinite. */
	for (size_t k = 0; k < f->n_order; k++) {
		uint32_t b = f->order[k];
		const struct ir_insn *i;

		l.here = l.sum[b];
		vec_foreach(i, &f->fn.blocks.at[b].insns) {
			uint64_t c = cost(i);

			if (c && f->depth[b])
				return UINT64_MAX;
			l.here += c;
		}
		if (l.here > best)
			best = l.here;
		flat_successors(&f->fn, b, push_sum, &l);
	}
	return best;
}
