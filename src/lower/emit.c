/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: instructions, error edges, ways out, action counts.
 *
 * Actions: straight-line statements are counted together before the first of
 * them runs, and the step of a loop together with what follows it. So at most
 * one tick stands at the start of each straight run.
 */
#include "lower/internal.h"

ir_reg lower_temp(struct lower *c, enum ir_type type)
{
	return ir_reg_new(c->p, c->f, type, NULL);
}

ir_reg lower_dst(struct lower *c, ir_reg want, enum ir_type type)
{
	return want == IR_NONE ? lower_temp(c, type) : want;
}

struct ir_insn *lower_emit(struct lower *c, enum ir_op op, ir_reg dst,
			   const ir_reg *args, unsigned n_args)
{
	return ir_emit(c->p, c->f, c->cur, op, dst, args, n_args);
}

struct ir_insn *lower_emit0(struct lower *c, enum ir_op op, ir_reg dst)
{
	return lower_emit(c, op, dst, NULL, 0);
}

struct ir_insn *lower_emit1(struct lower *c, enum ir_op op, ir_reg dst,
			    ir_reg a)
{
	return lower_emit(c, op, dst, &a, 1);
}

struct ir_insn *lower_emit2(struct lower *c, enum ir_op op, ir_reg dst,
			    ir_reg a, ir_reg b)
{
	ir_reg args[] = { a, b };

	return lower_emit(c, op, dst, args, 2);
}

ir_reg lower_const(struct lower *c, int64_t n, ir_reg want)
{
	ir_reg r = lower_dst(c, want, IR_I64);

	lower_emit0(c, IR_OP_CONST, r)->imm = n;
	return r;
}

ir_reg lower_text(struct lower *c, const char *text, ir_reg want)
{
	ir_reg r = lower_dst(c, want, IR_STR);

	lower_emit0(c, IR_OP_STR, r)->imm = ir_string(c->p, text);
	return r;
}

/* --- blocks --- */

ir_block_id lower_block(struct lower *c)
{
	return ir_block_new(c->p, c->f);
}

void lower_continue_in(struct lower *c, ir_block_id b)
{
	c->cur = b;
}

void lower_jump(struct lower *c, ir_block_id to)
{
	lower_emit0(c, IR_OP_JMP, IR_NONE)->t = to;
	c->cur = lower_block(c);
}

void lower_branch_on(struct lower *c, ir_reg cond, ir_block_id t, ir_block_id e)
{
	struct ir_insn *in = lower_emit1(c, IR_OP_BR, IR_NONE, cond);

	in->t = t;
	in->e = e;
	c->cur = lower_block(c);
}

/* --- errors --- */

/* The block in which an error leaves the function. */
static ir_block_id fail_block(struct lower *c)
{
	ir_block_id *b = &c->fail[c->locked];

	if (*b != IR_NONE)
		return *b;
	*b = lower_block(c);
	if (c->locked)
		ir_emit(c->p, c->f, *b, IR_OP_UNLOCK, IR_NONE, NULL, 0);
	ir_emit(c->p, c->f, *b, IR_OP_FAIL, IR_NONE, NULL, 0);
	return *b;
}

static ir_block_id err_block_of(struct lower *c, struct scope *s)
{
	ir_block_id to;

	while (s && s->kind == SCOPE_LOOP)
		s = s->outer;
	if (!s)
		return fail_block(c);
	if (s->err != IR_NONE)
		return s->err;
	s->err = lower_block(c);
	if (s->kind == SCOPE_ITER) {
		to = err_block_of(c, s->outer);
		ir_emit(c->p, c->f, s->err, IR_OP_IEND, IR_NONE, NULL, 0)->imm =
			s->iter;
		ir_emit(c->p, c->f, s->err, IR_OP_JMP, IR_NONE, NULL, 0)->t =
			to;
	}
	return s->err;
}

ir_block_id lower_err_block(struct lower *c)
{
	return err_block_of(c, c->scope);
}

void lower_may_fault(struct lower *c, struct ir_insn *in, struct loc loc)
{
	in->e = lower_err_block(c);
	in->loc = lower_loc(c, loc);
}

/* --- leaving --- */

void lower_close_to(struct lower *c, const struct scope *until)
{
	const struct scope *s;

	for (s = c->scope; s != until; s = s->outer)
		if (s->kind == SCOPE_ITER)
			lower_emit0(c, IR_OP_IEND, IR_NONE)->imm = s->iter;
}

void lower_leave(struct lower *c, ir_reg value)
{
	lower_close_to(c, NULL);
	if (c->locked)
		lower_emit0(c, IR_OP_UNLOCK, IR_NONE);
	lower_emit(c, IR_OP_RET, IR_NONE, &value, value != IR_NONE);
	c->cur = lower_block(c);
}

/* --- locations and actions --- */

uint32_t lower_loc(struct lower *c, struct loc loc)
{
	if (!loc_is_set(loc))
		return IR_NONE;
	strbuf_reset(&c->text);
	loc_add_token_at(c->diag->srcs, loc, &c->text);
	return ir_loc(c->p, c->text.buf);
}

void lower_owe(struct lower *c, unsigned n, struct loc loc)
{
	c->owed += n;
	c->owed_loc = loc;
}

void lower_charge(struct lower *c, unsigned n, struct loc loc)
{
	struct ir_insn *in;

	n += c->owed;
	c->owed = 0;
	if (!n || c->opt->suppress_time_limits)
		return;
	in = lower_emit0(c, IR_OP_TICK, IR_NONE);
	in->imm = n;
	in->loc = lower_loc(c, loc);
}

void lower_settle(struct lower *c)
{
	lower_charge(c, 0, c->owed_loc);
}
