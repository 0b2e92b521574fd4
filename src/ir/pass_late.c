/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass: make text where it is printed.
 *
 * For the BPF runtime only: a kernel module makes its texts itself.
 *
 * Requires: ir_check(). Keeps: what a run shows. Changes: in functions that only
 * kernel handlers reach, a print, log() or warn() whose arguments are made from
 * other values by pure steps (sprint, cat, intrinsics that look at nothing but
 * their arguments, calls of functions made of these) becomes
 *
 *   later FUNCTION, values…
 *
 * with a new function that takes the values, does the steps and prints. The
 * kernel sends the values; the executor in user space calls the function. So a
 * handler can print what BPF cannot make.
 *
 * A value may be moved if each step stands in the entry block, or in the block
 * of all its readers, and what it reads has one value from there on.
 */
#include "ir/ir.h"

#include "ir/layout.h"

/* Longer blocks are left alone: looking for changes in between is quadratic. */
#define MAX_BLOCK 4096u

/* Where a register is set. */
struct def {
	uint32_t n;            /* times */
	uint32_t block, index; /* the last time; of parameters: before all */
	bool late;             /* only read where text is printed */
};

struct late {
	struct ir_prog *p;
	struct ir_fn *f;
	struct arena arena;    /* of one function's facts */
	const bool *pure;      /* by function */
	struct def *defs;      /* by register */
	bool entry_once;       /* no way leads back to block 0 */
	bool changed;
};

/* --- what is pure --- */

/* The function sets the register once, to a number other than 0. */
static bool is_nonzero(const struct ir_fn *f, ir_reg r)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	bool good = false;

	if (r < f->n_params)
		return false;
	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->dst != r)
				continue;
			if (good || in->op != IR_OP_CONST || !in->imm)
				return false;
			good = true;
		}
	}
	return good;
}

static bool insn_is_pure(const struct ir_fn *f, const bool *pure,
			 const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_TICK:
	case IR_OP_JMP:
	case IR_OP_BR:
	case IR_OP_RET:
	case IR_OP_FAIL: /* of calls, which then never come to it */
		return true;
	case IR_OP_ARG: /* what only the kernel's handlers see */
	case IR_OP_RETVAL:
	case IR_OP_REG:
	case IR_OP_OFFSET:
	case IR_OP_PEEK:
	case IR_OP_READABLE:
		return false;
	case IR_OP_DIV:
	case IR_OP_MOD:
		return is_nonzero(f, in->args[1]);
	case IR_OP_CALL:
		return pure[in->imm];
	case IR_OP_INTRIN:
		return intrinsics[in->imm].flags & INTRIN_LATE;
	}
	return ir_op_info(in->op)->flags & IR_PURE;
}

static bool fn_is_pure(const struct ir_fn *f, const bool *pure)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	if (f->kind != IR_FN_FUNCTION)
		return false;
	vec_foreach(b, &f->blocks)
		vec_foreach(in, &b->insns)
			if (!insn_is_pure(f, pure, in))
				return false;
	return true;
}

/* All are pure until one that they call is not. */
static bool *find_pure(const struct ir_prog *p, struct arena *arena)
{
	bool *pure = arena_array(arena, bool, p->fns.len);
	bool changed = true;
	uint32_t i;

	for (i = 0; i < p->fns.len; i++)
		pure[i] = true;
	while (changed) {
		changed = false;
		for (i = 0; i < p->fns.len; i++) {
			if (!pure[i] || fn_is_pure(p->fns.at[i], pure))
				continue;
			pure[i] = false;
			changed = true;
		}
	}
	return pure;
}

/* --- what can be moved --- */

/* An error there ends the handler. */
static bool only_fails(const struct ir_fn *f, ir_block_id err)
{
	const struct ir_block *b;
	size_t at = 0;

	if (err == IR_NONE)
		return true;
	b = &f->blocks.at[err];
	at += b->insns.at[0].op == IR_OP_UNLOCK;
	return b->insns.at[at].op == IR_OP_FAIL;
}

static bool is_step(const struct late *w, const struct ir_insn *in)
{
	bool text = w->f->regs.at[in->dst].type == IR_STR;

	switch (in->op) {
	case IR_OP_SPRINT:
	case IR_OP_CAT:
	case IR_OP_CONST:
		return true;
	case IR_OP_STR:
	case IR_OP_MOV:
		return text;
	case IR_OP_CALL:
		return w->pure[in->imm];
	case IR_OP_INTRIN:
		if (!(intrinsics[in->imm].flags & INTRIN_LATE))
			return false;
		return !(intrinsics[in->imm].flags & INTRIN_FAULTS) ||
		       only_fails(w->f, in->e);
	}
	return false;
}

static bool is_sink(const struct ir_insn *in)
{
	return in->op == IR_OP_PRINT ||
	       (in->op == IR_OP_INTRIN &&
		(in->imm == INTRIN_LOG || in->imm == INTRIN_WARN));
}

static void find_defs(struct late *w)
{
	const struct ir_insn *in;
	uint32_t b, i;

	w->entry_once = true;
	for (i = 0; i < w->f->n_params; i++)
		w->defs[i].n = 1;
	for (b = 0; b < w->f->blocks.len; b++) {
		const struct ir_block *bb = &w->f->blocks.at[b];

		for (i = 0; i < bb->insns.len; i++) {
			in = &bb->insns.at[i];
			w->entry_once &= in->t != 0 && in->e != 0;
			if (in->dst == IR_NONE)
				continue;
			w->defs[in->dst].n++;
			w->defs[in->dst].block = b;
			/* Behind what comes before the first instruction. */
			w->defs[in->dst].index = i + 1;
			w->defs[in->dst].late = is_step(w, in);
		}
	}
	for (i = 0; i < w->f->regs.len; i++)
		w->defs[i].late &= w->defs[i].n == 1;
}

/* Whether what stands at (block, index) still holds when (to, at) is reached. */
static bool reaches(const struct late *w, uint32_t block, uint32_t index,
		    uint32_t to, uint32_t at)
{
	if (block == to)
		return index < at;
	return !block && w->entry_once;
}

static bool sets(const struct ir_block *b, ir_reg r, uint32_t from, uint32_t to)
{
	uint32_t i;

	for (i = from; i < to; i++)
		if (b->insns.at[i].dst == r)
			return true;
	return false;
}

/* Whether a register has the value that the step at (block, at) reads also
 * where that step's result is read, at (to, end). */
static bool keeps(const struct late *w, ir_reg r, uint32_t block, uint32_t at,
		  uint32_t to, uint32_t end)
{
	const struct def *d = &w->defs[r];

	if (!d->n)
		return true;
	if (d->n == 1 && reaches(w, d->block, d->index, block, at + 1))
		return true;
	return block == to && !sets(&w->f->blocks.at[to], r, at, end);
}

/* The instruction at (b, i) reads the register: may its step move there? */
static bool may_move(const struct late *w, ir_reg r, uint32_t b, uint32_t i)
{
	const struct def *d = &w->defs[r];
	const struct ir_block *bb = &w->f->blocks.at[d->block];
	const struct ir_insn *step = &bb->insns.at[d->index - 1];
	unsigned a;

	if (!reaches(w, d->block, d->index, b, i + 1))
		return false;
	for (a = 0; a < step->n_args; a++)
		if (!keeps(w, step->args[a], d->block, d->index - 1, b, i))
			return false;
	return true;
}

/* Take the mark off results that are read elsewhere; until none is left. */
static void check_readers(struct late *w)
{
	const struct ir_insn *in;
	uint32_t b, i;
	unsigned a;

	w->changed = false;
	for (b = 0; b < w->f->blocks.len; b++) {
		const struct ir_block *bb = &w->f->blocks.at[b];

		for (i = 0; i < bb->insns.len; i++) {
			in = &bb->insns.at[i];
			for (a = 0; a < in->n_args; a++) {
				struct def *d = &w->defs[in->args[a]];
				bool good = is_sink(in) ||
					    (in->dst != IR_NONE &&
					     w->defs[in->dst].late);

				if (!d->late ||
				    (good && may_move(w, in->args[a], b, i)))
					continue;
				d->late = false;
				w->changed = true;
			}
		}
	}
}

/* --- moving --- */

struct move {
	VEC(const struct ir_insn *) steps; /* last one first */
	ir_reg *to;      /* by register: in the new function, or IR_NONE */
	bool *wanted;    /* by register */
	VEC(ir_reg) values;
};

static void want_args(struct move *m, const struct ir_insn *in)
{
	unsigned a;

	for (a = 0; a < in->n_args; a++)
		m->wanted[in->args[a]] = true;
}

static void take_steps(struct late *w, struct move *m,
		       const struct ir_block *b, uint32_t end)
{
	while (end-- > 0) {
		const struct ir_insn *in = &b->insns.at[end];

		if (in->dst == IR_NONE || !w->defs[in->dst].late ||
		    !m->wanted[in->dst])
			continue;
		vec_push(&w->arena, &m->steps, in);
		want_args(m, in);
	}
}

static ir_reg copy_reg(struct late *w, struct ir_fn *f, ir_reg r)
{
	return ir_reg_new(w->p, f, w->f->regs.at[r].type,
			  w->f->regs.at[r].name);
}

static struct ir_insn *copy_insn(struct late *w, const struct move *m,
				 struct ir_fn *f, const struct ir_insn *in)
{
	ir_reg args[IR_MAX_ARGS];
	struct ir_insn *copy;
	unsigned a;

	for (a = 0; a < in->n_args; a++)
		args[a] = m->to[in->args[a]];
	copy = ir_emit(w->p, f, 0, in->op,
		       in->dst == IR_NONE ? IR_NONE : m->to[in->dst], args,
		       in->n_args);
	copy->imm = in->imm;
	copy->aux = in->aux;
	copy->loc = in->loc;
	if (in->e != IR_NONE)
		copy->e = 1;
	return copy;
}

/* The function that does the steps and what in does with them. */
static struct ir_fn *make_fn(struct late *w, struct move *m,
			     const struct ir_insn *in)
{
	const char *name = arena_printf(w->p->arena, "later_%zu",
					w->p->fns.len);
	struct ir_fn *f = ir_fn_new(w->p, name, IR_FN_FUNCTION, IR_VOID);
	const ir_reg *r;
	bool faults = false;
	size_t i;

	vec_foreach(r, &m->values)
		m->to[*r] = copy_reg(w, f, *r);
	f->n_params = (uint32_t)m->values.len;
	ir_block_new(w->p, f);
	for (i = m->steps.len; i-- > 0;) {
		const struct ir_insn *step = m->steps.at[i];

		faults |= step->e != IR_NONE;
		m->to[step->dst] = copy_reg(w, f, step->dst);
		copy_insn(w, m, f, step);
	}
	faults |= in->e != IR_NONE;
	copy_insn(w, m, f, in);
	ir_emit(w->p, f, 0, IR_OP_RET, IR_NONE, NULL, 0);
	if (faults) {
		ir_block_new(w->p, f);
		ir_emit(w->p, f, 1, IR_OP_FAIL, IR_NONE, NULL, 0);
	}
	return f;
}

static bool worth_it(const struct move *m)
{
	size_t i;

	for (i = 0; i < m->steps.len; i++)
		if (m->steps.at[i]->op != IR_OP_STR &&
		    m->steps.at[i]->op != IR_OP_CONST &&
		    m->steps.at[i]->op != IR_OP_MOV)
			return true;
	return false;
}

static void move_sink(struct late *w, uint32_t b, uint32_t i)
{
	struct ir_insn *in = &w->f->blocks.at[b].insns.at[i];
	struct move m = { 0 };
	ir_reg r;

	m.to = arena_array(&w->arena, ir_reg, w->f->regs.len);
	m.wanted = arena_array(&w->arena, bool, w->f->regs.len);
	want_args(&m, in);
	take_steps(w, &m, &w->f->blocks.at[b], i);
	if (b)
		take_steps(w, &m, &w->f->blocks.at[0],
			   (uint32_t)w->f->blocks.at[0].insns.len);
	for (r = 0; r < w->f->regs.len; r++)
		if (m.wanted[r] && !w->defs[r].late)
			vec_push(&w->arena, &m.values, r);
	if (!worth_it(&m) || m.values.len > IR_MAX_ARGS)
		return;
	make_fn(w, &m, in);
	in->op = IR_OP_LATER;
	in->imm = (int64_t)w->p->fns.len - 1;
	in->dst = in->e = IR_NONE;
	in->n_args = (uint16_t)m.values.len;
	in->args = arena_array(w->p->arena, ir_reg, m.values.len);
	for (r = 0; r < m.values.len; r++)
		in->args[r] = m.values.at[r];
}

/* Steps whose readers all went. */
static void drop_steps(struct late *w)
{
	uint32_t *uses = arena_array(&w->arena, uint32_t, w->f->regs.len);
	const struct ir_insn *in;
	struct ir_block *b;
	size_t k, i, n;
	unsigned a;

	vec_foreach(b, &w->f->blocks)
		vec_foreach(in, &b->insns)
			for (a = 0; a < in->n_args; a++)
				uses[in->args[a]]++;
	for (k = w->f->blocks.len; k-- > 0;) {
		b = &w->f->blocks.at[k];
		for (i = n = b->insns.len; i-- > 0;) {
			in = &b->insns.at[i];
			if (in->dst == IR_NONE || !w->defs[in->dst].late ||
			    uses[in->dst]) {
				b->insns.at[--n] = *in;
				continue;
			}
			for (a = 0; a < in->n_args; a++)
				uses[in->args[a]]--;
		}
		for (i = 0; n < b->insns.len; i++)
			b->insns.at[i] = b->insns.at[n++];
		b->insns.len = i;
	}
}

static void move_fn(struct late *w)
{
	const struct ir_block *b;
	uint32_t k, i;

	vec_foreach(b, &w->f->blocks)
		if (b->insns.len > MAX_BLOCK)
			return;
	w->defs = arena_array(&w->arena, struct def, w->f->regs.len);
	find_defs(w);
	do
		check_readers(w);
	while (w->changed);
	for (k = 0; k < w->f->blocks.len; k++)
		for (i = 0; i < w->f->blocks.at[k].insns.len; i++)
			if (is_sink(&w->f->blocks.at[k].insns.at[i]))
				move_sink(w, k, i);
	drop_steps(w);
}

int ir_pass_late(struct ir_prog *p)
{
	struct arena arena = ARENA_INIT;
	struct late w = { .p = p };
	struct ir_layout layout;
	size_t n = p->fns.len, i;

	ir_layout_init(&layout, p, &arena);
	w.pure = layout.any_kernel ? find_pure(p, &arena) : NULL;
	for (i = 0; w.pure && i < n; i++) {
		if (!layout.kernel_fn[i] || layout.user_fn[i])
			continue;
		w.f = p->fns.at[i];
		move_fn(&w);
		arena_release(&w.arena);
		w.arena = (struct arena)ARENA_INIT;
	}
	arena_release(&arena);
	return 0;
}
