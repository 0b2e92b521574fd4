/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass: how long strings can get.
 *
 * Requires: ir_check(). Keeps: everything but bounds; results of a run do not
 * change, since a bound is never below what is stored. Breaks: nothing.
 * Changes: the bound of every str register, result, global and key.
 *
 * Bounds start at 1 (the empty string) and rise to the longest text stored, in
 * rounds over the whole program until nothing changes. Where text is appended
 * in a loop that would go on to the cap in small steps; what still rises after
 * some rounds goes there at once. The cap is limits.maxstringlen everywhere.
 *
 * A key's bound covers look-ups too: cut to the longest key stored, a longer
 * one could seem to be present. Scalar globals have the cap, because staprun
 * NAME=VALUE can put any text there before the program runs.
 */
#include "ir/ir.h"

#include "base/bug.h"

#include <string.h>

#define SMALL_STEP_ROUNDS 16

struct bounds {
	struct ir_prog *p;
	struct ir_fn *f;
	uint32_t cap;
	bool widen;   /* what rises goes to the cap */
	bool changed;
	uint64_t point; /* bound of pp() and pn() */
};

/* *bound is at least want. */
static void raise_to(struct bounds *w, uint32_t *bound, uint64_t want)
{
	uint32_t to = want > w->cap ? w->cap : (uint32_t)want;

	if (to <= *bound)
		return;
	*bound = w->widen ? w->cap : to;
	w->changed = true;
}

static uint32_t reg_bound(const struct bounds *w, ir_reg r)
{
	return w->f->regs.at[r].bound;
}

static bool is_str(const struct bounds *w, ir_reg r)
{
	return r != IR_NONE && w->f->regs.at[r].type == IR_STR;
}

/* --- formats --- */

/* Most bytes that a conversion gives by itself, sign and prefix included. */
static uint64_t natural_width(const struct bounds *w,
			      const struct fmt_item *it, ir_reg arg)
{
	uint64_t prec = it->prec_kind == FMT_SIZE_FIXED ? it->prec : 0;

	switch (it->conv) {
	case FMT_LITERAL:
		return it->len;
	case FMT_D:
	case FMT_U:
		return prec + 1 > 20 ? prec + 1 : 20;
	case FMT_O:
		return prec + 1 > 23 ? prec + 1 : 23;
	case FMT_X:
	case FMT_UPPER_X:
	case FMT_P:
		return prec + 2 > 18 ? prec + 2 : 18;
	case FMT_S:
		if (it->prec_kind == FMT_SIZE_FIXED &&
		    prec < reg_bound(w, arg) - 1)
			return prec + 1;
		return reg_bound(w, arg);
	case FMT_C:
		return 4;
	case FMT_B:
		return 8;
	case FMT_M:
	case FMT_UPPER_M:
		return 2 * (prec ? prec : 1);
	}
	BUG("conversion %d", (int)it->conv);
}

/* The bound of a format's text. */
static uint64_t format_bound(const struct bounds *w, const struct ir_insn *in)
{
	const struct fmt *f = &w->p->formats.at[in->imm].fmt;
	const struct fmt_item *it;
	uint64_t sum = 1, n;
	uint32_t arg = 0;

	vec_foreach(it, &f->items) {
		bool s = it->conv == FMT_S;

		if (it->width_kind == FMT_SIZE_ARG ||
		    (it->prec_kind == FMT_SIZE_ARG && !s))
			return w->cap;
		if (it->prec_kind == FMT_SIZE_ARG)
			arg++;
		n = natural_width(w, it, s ? in->args[arg] : IR_NONE);
		if (it->width_kind == FMT_SIZE_FIXED && it->width > n)
			n = it->width;
		sum += n;
		if (it->conv != FMT_LITERAL)
			arg++;
	}
	return sum;
}

/* --- instructions --- */

static void bound_call(struct bounds *w, const struct ir_insn *in)
{
	struct ir_fn *to = w->p->fns.at[in->imm];
	uint32_t i;

	for (i = 0; i < in->n_args; i++)
		if (is_str(w, in->args[i]))
			raise_to(w, &to->regs.at[i].bound,
				 reg_bound(w, in->args[i]));
}

static void bound_keys(struct bounds *w, struct ir_global *g,
		       const struct ir_insn *in, uint32_t first)
{
	uint32_t i;

	for (i = first; i < in->n_args; i++)
		if (is_str(w, in->args[i]))
			raise_to(w, &g->key_bound[i - first],
				 reg_bound(w, in->args[i]));
}

/* What an instruction stores outside its own registers. */
static void bound_effect(struct bounds *w, const struct ir_insn *in)
{
	struct ir_global *g = NULL;

	if (ir_op_info(in->op)->imm == 'G')
		g = &w->p->globals.at[in->imm];
	switch (in->op) {
	case IR_OP_GSET:
	case IR_OP_MSET:
		if (is_str(w, in->args[0]))
			raise_to(w, &g->bound, reg_bound(w, in->args[0]));
		if (in->op == IR_OP_MSET)
			bound_keys(w, g, in, 1);
		break;
	case IR_OP_MADD:
	case IR_OP_SADD:
	case IR_OP_HGET:
		bound_keys(w, g, in, 1);
		break;
	case IR_OP_MGET:
	case IR_OP_MHAS:
	case IR_OP_MDEL:
	case IR_OP_SGET:
	case IR_OP_HPRINT:
	case IR_OP_HTEXT:
		bound_keys(w, g, in, 0);
		break;
	case IR_OP_CALL:
	case IR_OP_LATER:
		bound_call(w, in);
		break;
	case IR_OP_RET:
		if (in->n_args && is_str(w, in->args[0]))
			raise_to(w, &w->f->ret_bound,
				 reg_bound(w, in->args[0]));
		break;
	}
}

/* The constant that a register holds, or -1: it is set once, to one. */
static int64_t constant_of(const struct ir_fn *f, ir_reg r)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	int64_t n = -1;

	if (r < f->n_params)
		return -1;
	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->dst != r)
				continue;
			if (n >= 0 || in->op != IR_OP_CONST || in->imm < 0)
				return -1;
			n = in->imm;
		}
	}
	return n;
}

static uint64_t intrinsic_bound(const struct bounds *w,
				const struct ir_insn *in)
{
	uint64_t bound = w->cap;
	int64_t most = -1;

	if (in->imm == INTRIN_PP || in->imm == INTRIN_PN)
		return w->point;
	if (intrinsics[in->imm].bound)
		return intrinsics[in->imm].bound;
	/* At most so many bytes are asked for. */
	if (in->imm == INTRIN_SUBSTR) {
		bound = reg_bound(w, in->args[0]);
		most = constant_of(w->f, in->args[2]);
	} else if (in->imm == INTRIN_KERNEL_STRING_N ||
		   in->imm == INTRIN_USER_STRING_N) {
		most = constant_of(w->f, in->args[1]);
	}
	return most >= 0 && (uint64_t)most + 1 < bound ? (uint64_t)most + 1
						       : bound;
}

/* Bound of the text an instruction puts into its str register. */
static uint64_t result_bound(const struct bounds *w, const struct ir_insn *in)
{
	const struct ir_prog *p = w->p;
	const struct ir_global *g;

	switch (in->op) {
	case IR_OP_STR:
		return strlen(p->strings.at[in->imm]) + 1;
	case IR_OP_MOV:
		return reg_bound(w, in->args[0]);
	case IR_OP_CAT:
		return (uint64_t)reg_bound(w, in->args[0]) +
		       reg_bound(w, in->args[1]) - 1;
	case IR_OP_SPRINT:
		return format_bound(w, in);
	case IR_OP_GGET:
	case IR_OP_MGET:
		return p->globals.at[in->imm].bound;
	case IR_OP_IKEY:
		g = &p->globals.at[w->f->iters.at[in->imm].global];
		return g->key_bound[in->aux];
	case IR_OP_IVAL:
		return p->globals.at[w->f->iters.at[in->imm].global].bound;
	case IR_OP_INTRIN:
		return intrinsic_bound(w, in);
	case IR_OP_CALL:
		return p->fns.at[in->imm]->ret_bound;
	case IR_OP_ERRMSG:
	case IR_OP_HTEXT:
		return w->cap;
	}
	BUG("%s has no str result", ir_op_info(in->op)->text);
}

static void bound_fn(struct bounds *w)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &w->f->blocks) {
		vec_foreach(in, &b->insns) {
			bound_effect(w, in);
			if (is_str(w, in->dst))
				raise_to(w, &w->f->regs.at[in->dst].bound,
					 result_bound(w, in));
		}
	}
}

/* --- start --- */

static void reset_globals(struct bounds *w)
{
	struct ir_global *g;
	uint32_t i;

	vec_foreach(g, &w->p->globals) {
		if (g->type == IR_STR)
			g->bound = g->kind == IR_SCALAR ? w->cap : 1;
		for (i = 0; i < g->n_keys; i++)
			if (g->key_type[i] == IR_STR)
				g->key_bound[i] = 1;
	}
}

static void reset_fn(struct ir_fn *f)
{
	struct ir_var *v;

	if (f->ret == IR_STR)
		f->ret_bound = 1;
	vec_foreach(v, &f->regs)
		if (v->type == IR_STR)
			v->bound = 1;
}

/* The bound of the longest probe point. */
static uint64_t longest_point(const struct ir_prog *p)
{
	const struct ir_probe *pr;
	uint64_t longest = 1;
	size_t n;

	vec_foreach(pr, &p->probes) {
		n = strlen(pr->point) + 1;
		if (n > longest)
			longest = n;
		n = pr->pn ? strlen(pr->pn) + 1 : 0;
		if (n > longest)
			longest = n;
	}
	return longest;
}

int ir_pass_bounds(struct ir_prog *p)
{
	struct bounds w = { .p = p,
			    .cap = p->limits.maxstringlen,
			    .point = longest_point(p) };
	unsigned round = 0;
	uint32_t i;

	reset_globals(&w);
	for (i = 0; i < p->fns.len; i++)
		reset_fn(p->fns.at[i]);
	do {
		w.changed = false;
		w.widen = round++ >= SMALL_STEP_ROUNDS;
		for (i = 0; i < p->fns.len; i++) {
			w.f = p->fns.at[i];
			bound_fn(&w);
		}
	} while (w.changed);
	return 0;
}
