/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: the values of expressions, operands from left to right.
 */
#include "base/bug.h"

#include <string.h>
#include "lang/token.h"
#include "lower/internal.h"

enum ir_type lower_type(enum ast_type t)
{
	return t == TY_STRING ? IR_STR : IR_I64;
}

ir_reg lower_var(const struct lower *c, const struct symbol *sym)
{
	uint32_t n_params = c->fn ? (uint32_t)c->fn->params.len : 0;

	return sym->kind == SYM_PARAM ? sym->id : n_params + sym->id;
}

/* --- holding values --- */

static bool assigns(const struct lower *c, const struct ast_expr *e, ir_reg r);

static bool any_assigns(const struct lower *c, const ast_exprs *list, size_t i,
			ir_reg r)
{
	for (; i < list->len; i++)
		if (assigns(c, list->at[i], r))
			return true;
	return false;
}

/* Whether evaluating an expression assigns to the variable of a register. */
static bool assigns(const struct lower *c, const struct ast_expr *e, ir_reg r)
{
	if (!e)
		return false;
	if ((e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
	     e->kind == AST_POSTFIX) &&
	    e->a->kind == AST_NAME && e->a->sym->kind != SYM_GLOBAL &&
	    lower_var(c, e->a->sym) == r)
		return true;
	return assigns(c, e->a, r) || assigns(c, e->b, r) ||
	       assigns(c, e->c, r) || any_assigns(c, &e->list, 0, r);
}

static ir_reg copy_of(struct lower *c, ir_reg r)
{
	ir_reg copy = lower_temp(c, c->f->regs.at[r].type);

	lower_emit1(c, IR_OP_MOV, copy, r);
	return copy;
}

ir_reg lower_hold(struct lower *c, ir_reg r, const struct ast_expr *later)
{
	if (r == IR_NONE || r >= c->n_vars || !assigns(c, later, r))
		return r;
	return copy_of(c, r);
}

ir_reg *lower_list(struct lower *c, const ast_exprs *list,
		   const struct ast_expr *later)
{
	ir_reg *regs = arena_array(c->arena, ir_reg, list->len);
	size_t i;

	for (i = 0; i < list->len; i++) {
		regs[i] = IR_NONE;
		if (list->at[i]->kind == AST_WILDCARD)
			continue;
		regs[i] = lower_hold(c, lower_value(c, list->at[i], IR_NONE),
				     later);
		if (regs[i] < c->n_vars &&
		    any_assigns(c, list, i + 1, regs[i]))
			regs[i] = copy_of(c, regs[i]);
	}
	return regs;
}

/* --- operators --- */

static ir_reg lower_unary(struct lower *c, const struct ast_expr *e,
			  ir_reg want)
{
	ir_reg a, dst;

	if (e->op == TOK_PLUS)
		return lower_value(c, e->a, want);
	if (e->op == TOK_MINUS && e->a->kind == AST_NUMBER)
		return lower_const(c, (int64_t)(-(uint64_t)e->a->num), want);
	a = lower_value(c, e->a, IR_NONE);
	dst = lower_dst(c, want, IR_I64);
	if (e->op == TOK_MINUS)
		lower_emit1(c, IR_OP_NEG, dst, a);
	else if (e->op == TOK_TILDE)
		lower_emit1(c, IR_OP_NOT, dst, a);
	else
		lower_emit2(c, IR_OP_ICMP, dst, a, lower_const(c, 0, IR_NONE))
			->imm = IR_EQ;
	return dst;
}

static ir_reg lower_binary(struct lower *c, const struct ast_expr *e,
			   ir_reg want)
{
	ir_reg a = lower_hold(c, lower_value(c, e->a, IR_NONE), e->b);
	ir_reg b = lower_value(c, e->b, IR_NONE);
	ir_reg dst = lower_dst(c, want, IR_I64);

	lower_binary_op(c, e->op, dst, a, b, e->loc);
	return dst;
}

static enum ir_cond condition_of(unsigned op)
{
	switch (op) {
	case TOK_EQ:
		return IR_EQ;
	case TOK_NE:
		return IR_NE;
	case TOK_LT:
		return IR_LT;
	case TOK_LE:
		return IR_LE;
	case TOK_GT:
		return IR_GT;
	case TOK_GE:
		return IR_GE;
	}
	BUG("operator %u compares nothing", op);
}

static ir_reg lower_compare(struct lower *c, const struct ast_expr *e,
			    ir_reg want)
{
	bool text = lower_type(e->a->type) == IR_STR;
	ir_reg a = lower_hold(c, lower_value(c, e->a, IR_NONE), e->b);
	ir_reg b = lower_value(c, e->b, IR_NONE);
	ir_reg dst = lower_dst(c, want, IR_I64);

	lower_emit2(c, text ? IR_OP_SCMP : IR_OP_ICMP, dst, a, b)->imm =
		condition_of(e->op);
	return dst;
}

static ir_reg lower_match(struct lower *c, const struct ast_expr *e,
			  ir_reg want)
{
	ir_reg a = lower_value(c, e->a, IR_NONE);
	ir_reg dst = lower_dst(c, want, IR_I64);
	uint32_t id = ir_regex(c->p, e->str, e->len);

	if (id == IR_NONE)
		lower_unsupported(c, e->loc,
				  "matching of so many regular expressions");
	else
		lower_emit1(c, IR_OP_MATCH, dst, a)->imm = id;
	return dst;
}

static ir_reg lower_regex(struct lower *c, const struct ast_expr *e,
			  ir_reg want)
{
	ir_reg match, dst;

	if (e->op == TOK_MATCH)
		return lower_match(c, e, want);
	match = lower_match(c, e, IR_NONE);
	dst = lower_dst(c, want, IR_I64);
	lower_emit2(c, IR_OP_ICMP, dst, match, lower_const(c, 0, IR_NONE))
		->imm = IR_EQ;
	return dst;
}

/* a . b . c: each part is appended to what stands before it. */
static ir_reg lower_concat(struct lower *c, const struct ast_expr *e,
			   ir_reg want)
{
	ir_reg all = lower_hold(c, lower_value(c, e->list.at[0], IR_NONE),
				e->list.at[1]);
	ir_reg part, dst;
	size_t i;

	for (i = 1; i < e->list.len; i++) {
		part = lower_value(c, e->list.at[i], IR_NONE);
		dst = i + 1 < e->list.len ? IR_NONE : want;
		dst = lower_dst(c, dst, IR_STR);
		lower_emit2(c, IR_OP_CAT, dst, all, part);
		all = dst;
	}
	return all;
}

/* && and ||, and other tests of which the value 0 or 1 is wanted. */
static ir_reg lower_truth(struct lower *c, const struct ast_expr *e,
			  ir_reg want)
{
	ir_block_id yes = lower_block(c), no = lower_block(c);
	ir_block_id after = lower_block(c);
	ir_reg dst;

	lower_test(c, e, yes, no);
	dst = lower_dst(c, want, IR_I64);
	lower_continue_in(c, yes);
	lower_const(c, 1, dst);
	lower_jump(c, after);
	lower_continue_in(c, no);
	lower_const(c, 0, dst);
	lower_jump(c, after);
	lower_continue_in(c, after);
	return dst;
}

static void value_into(struct lower *c, const struct ast_expr *e, ir_reg dst)
{
	ir_reg r = lower_value(c, e, dst);

	if (r != dst)
		lower_emit1(c, IR_OP_MOV, dst, r);
}

static ir_reg lower_cond(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	ir_block_id yes = lower_block(c), no = lower_block(c);
	ir_block_id after = lower_block(c);
	ir_reg dst;

	lower_test(c, e->a, yes, no);
	dst = lower_dst(c, want, lower_type(e->type));
	lower_continue_in(c, yes);
	value_into(c, e->b, dst);
	lower_jump(c, after);
	lower_continue_in(c, no);
	value_into(c, e->c, dst);
	lower_jump(c, after);
	lower_continue_in(c, after);
	return dst;
}

/* --- names --- */

static ir_reg lower_name(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	ir_reg dst;

	if (e->sym->kind != SYM_GLOBAL)
		return lower_var(c, e->sym);
	dst = lower_dst(c, want, lower_type(e->sym->type));
	lower_emit0(c, IR_OP_GGET, dst)->imm = e->sym->id;
	return dst;
}

static ir_reg lower_element(struct lower *c, const struct ast_expr *e,
			    ir_reg want)
{
	const ir_reg *keys = lower_list(c, &e->list, NULL);
	ir_reg dst = lower_dst(c, want, lower_type(e->sym->type));

	lower_emit(c, IR_OP_MGET, dst, keys, (unsigned)e->list.len)->imm =
		e->sym->id;
	return dst;
}

/* How wide and from which number the arguments are that an intrinsic asks for:
 * bits, negative if signed; 0 if it asks for none. */
static int arg_bits(int id, int64_t *first)
{
	*first = 1;
	switch (id) {
	case INTRIN_INT_ARG:
		*first = 0;
		return -32;
	case INTRIN_UINT_ARG:
		*first = 0;
		return 32;
	case INTRIN_S32_ARG:
	case INTRIN_S32_ARG_2:
		return -32;
	case INTRIN_U32_ARG:
	case INTRIN_U32_ARG_2:
		return 32;
	}
	return id >= INTRIN_U64_ARG && id <= INTRIN_U64_ARG_7 ? 64 : 0;
}

/* Intrinsics that are operations of the IR; IR_NONE if this is none. */
static ir_reg lower_context(struct lower *c, const struct ast_expr *e,
			    ir_reg want)
{
	int64_t first;
	int width = arg_bits(e->fn->intrinsic, &first);
	ir_reg dst = lower_dst(c, want, IR_I64), arg, high, shift;

	if (e->fn->intrinsic == INTRIN_RETURNVAL) {
		lower_emit0(c, IR_OP_RETVAL, dst);
		return dst;
	}
	if (e->list.at[0]->kind != AST_NUMBER || e->list.at[0]->num < first ||
	    e->list.at[0]->num - first >= IR_MAX_RAW_ARGS) {
		lower_unsupported(c, e->loc,
				  "an argument that is not named by a small "
				  "constant number");
		return dst;
	}
	arg = width == 64 ? dst : lower_temp(c, IR_I64);
	lower_emit0(c, IR_OP_ARG, arg)->imm = e->list.at[0]->num - first;
	if (width == 64)
		return dst;
	shift = lower_const(c, 32, IR_NONE);
	high = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_SHL, high, arg, shift);
	lower_emit2(c, width < 0 ? IR_OP_SAR : IR_OP_SHR, dst, high, shift);
	return dst;
}

/* What __call_name() is in the handler being made: its probes have one name. */
static const char *call_name(const struct lower *c)
{
	const struct sema_probe *p;

	vec_foreach(p, &c->sp->probes)
		if (p->handler == c->handler)
			return p->at->s1 ? p->at->s1 :
			       p->at->s0 ? p->at->s0 : "";
	return "";
}

/* A function of the library that no executor serves. */
static void no_runtime(struct lower *c)
{
	if (c->fn)
		diag_error(c->diag, c->fn->called_at, NO_RUNTIME, c->fn->name);
	else
		lower_unsupported(c, (struct loc){ 0 }, "__no_runtime()");
}

static bool is_context(int id)
{
	int64_t first;

	return id == INTRIN_RETURNVAL || arg_bits(id, &first);
}

ir_reg lower_call(struct lower *c, const struct ast_expr *e, ir_reg want,
		  bool value_used)
{
	const struct function *fn = e->fn;
	unsigned n = (unsigned)e->list.len;
	ir_reg dst = IR_NONE, *args;
	struct ir_insn *in;

	if (n > IR_MAX_ARGS) {
		lower_unsupported(c, e->loc, "a call with so many arguments");
		return IR_NONE;
	}
	if (is_context(fn->intrinsic))
		return lower_context(c, e, want);
	/* Modules gain nothing from handlers that are equal. */
	if (fn->intrinsic == INTRIN_CALL_NAME && !c->fn &&
	    !strcmp(c->opt->runtime, "kernel"))
		return lower_text(c, call_name(c), want);
	if (fn->intrinsic == INTRIN_NO_RUNTIME) {
		no_runtime(c);
		return IR_NONE;
	}
	args = lower_list(c, &e->list, NULL);
	if (value_used && fn->type != TY_VOID)
		dst = lower_dst(c, want, lower_type(fn->type));
	if (fn->intrinsic < 0) {
		in = lower_emit(c, IR_OP_CALL, dst, args, n);
		in->imm = fn->id;
		lower_may_fault(c, in, e->loc);
		return dst;
	}
	in = lower_emit(c, IR_OP_INTRIN, dst, args, n);
	in->imm = fn->intrinsic;
	if (intrinsics[fn->intrinsic].flags & INTRIN_FAULTS)
		lower_may_fault(c, in, e->loc);
	return dst;
}

/* --- all kinds --- */

/* What stands in for a value that was reported. */
static ir_reg no_value(struct lower *c, const struct ast_expr *e, ir_reg want,
		       const char *what)
{
	lower_unsupported(c, e->loc, what);
	return lower_dst(c, want, lower_type(e->type));
}

static ir_reg lower_any_print(struct lower *c, const struct ast_expr *e,
			      ir_reg want)
{
	if (e->list.len && e->list.at[0]->kind == AST_HIST)
		return lower_hist_print(c, e, want);
	return lower_print(c, e, want);
}

/* What prints is worth 0 where a script asks for it. */
static ir_reg lower_print_value(struct lower *c, const struct ast_expr *e,
				ir_reg want)
{
	ir_reg r = lower_any_print(c, e, want);

	return e->to_string ? r : lower_const(c, 0, want);
}

ir_reg lower_value(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	switch (e->kind) {
	case AST_NUMBER:
		return lower_const(c, e->num, want);
	case AST_STRING:
		return lower_text(c, e->str, want);
	case AST_NAME:
		return lower_name(c, e, want);
	case AST_INDEX:
		return lower_element(c, e, want);
	case AST_IN:
		if (e->a->kind == AST_HIST)
			return lower_bucket(c, e, want);
		return lower_in(c, e, want);
	case AST_STAT:
		return lower_stat(c, e, want);
	case AST_HIST_INDEX:
		return lower_bucket(c, e, want);
	case AST_UNARY:
		return lower_unary(c, e, want);
	case AST_PREFIX:
	case AST_POSTFIX:
		return lower_step(c, e, true);
	case AST_BINARY:
		return lower_binary(c, e, want);
	case AST_COMPARE:
		return lower_compare(c, e, want);
	case AST_LOGIC:
		return lower_truth(c, e, want);
	case AST_CONCAT:
		return lower_concat(c, e, want);
	case AST_ASSIGN:
		return lower_assign(c, e, true);
	case AST_COND:
		return lower_cond(c, e, want);
	case AST_CALL:
		return lower_call(c, e, want, true);
	case AST_PRINT:
		return lower_print_value(c, e, want);
	case AST_REGEX:
		return lower_regex(c, e, want);
	case AST_EMBED:
		lower_embed(c, e);
		return lower_dst(c, want, lower_type(e->type));
	case AST_CONTEXT:
		return lower_access(c, e, want);
	case AST_WILDCARD: case AST_TARGET: case AST_ATVAR: case AST_CAST:
	case AST_AUTOCAST: case AST_ENTRY: case AST_DEFINED:
	case AST_HIST: case AST_PROBEWRITE: case AST_PERF: case AST_CONST: case AST_ENUM:
	case AST_ENUMNAME: case AST_REGISTER: case AST_DEREF:
		return no_value(c, e, want, "this operator");
	}
	BUG("expression kind %d", (int)e->kind);
}

void lower_effect(struct lower *c, const struct ast_expr *e)
{
	if (e->kind == AST_ASSIGN)
		lower_assign(c, e, false);
	else if (e->kind == AST_PREFIX || e->kind == AST_POSTFIX)
		lower_step(c, e, false);
	else if (e->kind == AST_CALL)
		lower_call(c, e, IR_NONE, false);
	else if (e->kind == AST_PRINT)
		lower_any_print(c, e, IR_NONE);
	else
		lower_value(c, e, IR_NONE);
}

void lower_test(struct lower *c, const struct ast_expr *e, ir_block_id t,
		ir_block_id f)
{
	ir_block_id second;

	if (e->kind == AST_NUMBER) {
		lower_jump(c, e->num ? t : f);
	} else if (e->kind == AST_UNARY && e->op == TOK_BANG) {
		lower_test(c, e->a, f, t);
	} else if (e->kind == AST_REGEX && e->op == TOK_NMATCH) {
		lower_branch_on(c, lower_match(c, e, IR_NONE), f, t);
	} else if (e->kind == AST_LOGIC) {
		second = lower_block(c);
		if (e->op == TOK_LAND)
			lower_test(c, e->a, second, f);
		else
			lower_test(c, e->a, t, second);
		lower_continue_in(c, second);
		lower_test(c, e->b, t, f);
	} else {
		lower_branch_on(c, lower_value(c, e, IR_NONE), t, f);
	}
}
