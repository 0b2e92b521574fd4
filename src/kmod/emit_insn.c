/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions of the C text, but for those on arrays (emit_map.c). */
#include "base/bug.h"
#include "ir/ir_offset.h"
#include "kmod/emit_internal.h"
#include "proto/fault.h"

#include <inttypes.h>
#include <string.h>

static bool is_str(const struct kc *k, ir_reg r)
{
	return k->f->regs.at[r].type == IR_STR;
}

static uint32_t bound_of(const struct kc *k, ir_reg r)
{
	return k->f->regs.at[r].bound;
}

static void add_jump(struct kc *k, ir_block_id from, ir_block_id to)
{
	if (to != from + 1)
		strbuf_addf(k->out, "\tgoto b%u;\n", to);
}

void kc_failed(struct kc *k, const struct ir_insn *in)
{
	if (in->e != IR_NONE)
		strbuf_addf(k->out, "\t\tSP_FAILED(b%u);\n", in->e);
	else
		strbuf_addstr(k->out, "\t\tgoto end;\n");
}

/* --- values --- */

static void add_const(struct kc *k, const struct ir_insn *in)
{
	if (in->imm == INT64_MIN)
		strbuf_addf(k->out,
			    "\tr%u = -9223372036854775807ll - 1;\n", in->dst);
	else
		strbuf_addf(k->out, "\tr%u = %" PRId64 "%s;\n", in->dst,
			    in->imm, (int32_t)in->imm == in->imm ? "" : "ll");
}

static void add_str(struct kc *k, const struct ir_insn *in)
{
	const char *text = k->p->strings.at[in->imm];
	size_t len = strlen(text);

	strbuf_addf(k->out, "\tsp_set(SP_S(f->r%u), %u, ", in->dst,
		    bound_of(k, in->dst));
	kc_quote(k->out, text, len);
	strbuf_addf(k->out, ", %zu);\n", len);
}

static void add_mov(struct kc *k, const struct ir_insn *in)
{
	if (is_str(k, in->dst))
		strbuf_addf(k->out,
			    "\tsp_copy(SP_S(f->r%u), %u, SP_S(f->r%u));\n",
			    in->dst, bound_of(k, in->dst), in->args[0]);
	else
		strbuf_addf(k->out, "\tr%u = r%u;\n", in->dst, in->args[0]);
}

static void add_binary(struct kc *k, const struct ir_insn *in, const char *op)
{
	strbuf_addf(k->out, "\tr%u = SP_WRAPS(r%u, %s, r%u);\n", in->dst,
		    in->args[0], op, in->args[1]);
}

static void add_shift(struct kc *k, const struct ir_insn *in, const char *type,
		      const char *op)
{
	strbuf_addf(k->out, "\tr%u = (s64)((%s)r%u %s (r%u & 63));\n", in->dst,
		    type, in->args[0], op, in->args[1]);
}

static void add_div(struct kc *k, const struct ir_insn *in, const char *macro)
{
	strbuf_addf(k->out,
		    "\tif (!r%u) {\n"
		    "\t\tsp_raise(c, \"division by 0\", %u);\n"
		    "\t\tgoto b%u;\n"
		    "\t}\n"
		    "\tr%u = %s(r%u, r%u);\n",
		    in->args[1], in->loc, in->e, in->dst, macro, in->args[0],
		    in->args[1]);
}

static void add_compare(struct kc *k, const struct ir_insn *in)
{
	static const char *const ops[] = {
		[IR_EQ] = "==", [IR_NE] = "!=", [IR_LT] = "<",
		[IR_LE] = "<=", [IR_GT] = ">",  [IR_GE] = ">=",
	};

	if (in->op == IR_OP_ICMP)
		strbuf_addf(k->out, "\tr%u = r%u %s r%u;\n", in->dst,
			    in->args[0], ops[in->imm], in->args[1]);
	else if (in->imm == IR_EQ || in->imm == IR_NE)
		strbuf_addf(k->out,
			    "\tr%u = %ssp_equal(SP_S(f->r%u), SP_S(f->r%u));\n",
			    in->dst, in->imm == IR_NE ? "!" : "", in->args[0],
			    in->args[1]);
	else
		strbuf_addf(k->out,
			    "\tr%u = sp_compare(SP_S(f->r%u), SP_S(f->r%u)) "
			    "%s 0;\n",
			    in->dst, in->args[0], in->args[1], ops[in->imm]);
}

static void add_cat(struct kc *k, const struct ir_insn *in)
{
	strbuf_addf(k->out,
		    "\tsp_cat(SP_S(f->r%u), %u, SP_S(f->r%u), SP_S(f->r%u));\n",
		    in->dst, bound_of(k, in->dst), in->args[0], in->args[1]);
}

/* print, sprint */
static void add_print(struct kc *k, const struct ir_insn *in)
{
	if (in->op == IR_OP_PRINT)
		strbuf_addf(k->out, "\tsp_print(c, &format_%" PRId64 ", ",
			    in->imm);
	else
		strbuf_addf(k->out,
			    "\tsp_sprint(c, SP_S(f->r%u), %u, "
			    "&format_%" PRId64 ", ",
			    in->dst, bound_of(k, in->dst), in->imm);
	kc_values(k, in, 0);
	strbuf_addstr(k->out, ");\n");
}

/* --- scalars --- */

static void add_scalar(struct kc *k, const struct ir_insn *in)
{
	const struct ir_global *g = &k->p->globals.at[in->imm];
	const char *name = k->global_name[in->imm];

	if (in->op == IR_OP_GADD)
		strbuf_addf(k->out, "\tSP_ADD(%s, r%u);\n", name, in->args[0]);
	else if (in->op == IR_OP_GGET && g->type == IR_STR)
		strbuf_addf(k->out, "\tsp_copy(SP_S(f->r%u), %u, SP_S(%s));\n",
			    in->dst, bound_of(k, in->dst), name);
	else if (in->op == IR_OP_GGET)
		strbuf_addf(k->out, "\tr%u = SP_READ(%s);\n", in->dst, name);
	else if (g->type == IR_STR)
		strbuf_addf(k->out, "\tsp_copy(SP_S(%s), %u, SP_S(f->r%u));\n",
			    name, g->bound, in->args[0]);
	else
		strbuf_addf(k->out, "\tSP_WRITE(%s, r%u);\n", name,
			    in->args[0]);
}

/* --- calls --- */

static void add_args(struct kc *k, const struct ir_insn *in)
{
	uint32_t i;

	for (i = 0; i < in->n_args; i++)
		strbuf_addf(k->out, is_str(k, in->args[i]) ? ", SP_S(f->r%u)" :
							     ", r%u",
			    in->args[i]);
}

static void add_call(struct kc *k, const struct ir_insn *in)
{
	const struct ir_fn *callee = k->p->fns.at[in->imm];
	uint32_t bound = callee->ret_bound;

	strbuf_addf(k->out, "\tif (%s(c", k->fn_name[in->imm]);
	if (callee->ret == IR_I64 && in->dst != IR_NONE) {
		strbuf_addf(k->out, ", &r%u", in->dst);
	} else if (callee->ret == IR_STR && in->dst != IR_NONE) {
		if (bound > bound_of(k, in->dst))
			bound = bound_of(k, in->dst);
		strbuf_addf(k->out, ", SP_S(f->r%u), %u", in->dst, bound);
	} else if (callee->ret != IR_VOID) {
		strbuf_addstr(k->out,
			      callee->ret == IR_STR ? ", 0, 0" : ", 0");
	}
	add_args(k, in);
	strbuf_addf(k->out, ")) {\n\t\tsp_error_from(c, %u);\n", in->loc);
	kc_failed(k, in);
	strbuf_addstr(k->out, "\t}\n");
}

/* A call in user space: here it is a plain one that raises nothing. */
static void add_later(struct kc *k, const struct ir_insn *in)
{
	strbuf_addf(k->out, "\tif (%s(c", k->fn_name[in->imm]);
	add_args(k, in);
	strbuf_addstr(k->out, ") && c->ended)\n\t\tgoto end;\n");
}

/* An intrinsic that is nothing but a read of one number. */
static void add_read(struct kc *k, const struct ir_insn *in,
		     const struct memory_read *r)
{
	strbuf_addf(k->out, "\tif (sp_read(c, %u, %d, r%u, ", r->access,
		    r->fault, in->args[0]);
	if (in->dst == IR_NONE)
		strbuf_addstr(k->out, "&(s64){ 0 }");
	else
		strbuf_addf(k->out, "&r%u", in->dst);
	strbuf_addf(k->out, ", %u))\n", in->loc);
	kc_failed(k, in);
}

static void add_intrinsic(struct kc *k, const struct ir_insn *in)
{
	const struct intrinsic_info *info = &intrinsics[in->imm];
	const struct memory_read *r =
		memory_read_of((enum intrinsic)in->imm);
	bool faults = info->flags & INTRIN_FAULTS;

	if (r) {
		add_read(k, in, r);
		return;
	}
	strbuf_addch(k->out, '\t');
	if (faults)
		strbuf_addstr(k->out, "if (");
	else if (info->result == 'i' && in->dst != IR_NONE)
		strbuf_addf(k->out, "r%u = ", in->dst);
	strbuf_addf(k->out, "sp_do_%s(c", info->script);
	if (info->result == 's' && in->dst != IR_NONE)
		strbuf_addf(k->out, ", SP_S(f->r%u), %u", in->dst,
			    bound_of(k, in->dst));
	else if (info->result == 's')
		strbuf_addstr(k->out, ", SP_S((SP_STR(8)){ 0 }), 1");
	else if (info->result == 'i' && faults && in->dst != IR_NONE)
		strbuf_addf(k->out, ", &r%u", in->dst);
	else if (info->result == 'i' && faults)
		strbuf_addstr(k->out, ", &(s64){ 0 }");
	add_args(k, in);
	if (faults) {
		strbuf_addf(k->out, ", %u))\n", in->loc);
		kc_failed(k, in);
		return;
	}
	strbuf_addstr(k->out, ");\n");
	if (in->imm == INTRIN_ABORT)
		strbuf_addstr(k->out, "\tgoto end;\n");
}

/* --- where the probe was hit --- */

static void add_context(struct kc *k, const struct ir_insn *in)
{
	struct ir_offset offset;

	switch (in->op) {
	case IR_OP_ARG:
	case IR_OP_REG:
		strbuf_addf(k->out, "\tr%u = sp_%s(c, %" PRId64 ");\n",
			    in->dst, in->op == IR_OP_ARG ? "arg" : "reg",
			    in->imm);
		break;
	case IR_OP_RETVAL:
		strbuf_addf(k->out, "\tr%u = sp_retval(c);\n", in->dst);
		break;
	case IR_OP_OFFSET:
		BUG_ON(!ir_offset_parse(k->p->strings.at[in->imm], &offset));
		strbuf_addf(k->out, "\tr%u = %" PRId64 ";\n", in->dst,
			    (int64_t)offset.bytes);
		break;
	case IR_OP_LOAD:
		strbuf_addf(k->out,
			    "\tif (sp_load(c, %" PRId64 ", r%u, &r%u, %u))\n",
			    in->imm, in->args[0], in->dst, in->loc);
		kc_failed(k, in);
		break;
	case IR_OP_PEEK:
	case IR_OP_READABLE:
		strbuf_addf(k->out, "\tr%u = sp_%s(%" PRId64 ", r%u);\n",
			    in->dst,
			    in->op == IR_OP_PEEK ? "peek" : "readable",
			    in->imm, in->args[0]);
		break;
	case IR_OP_STORE:
		strbuf_addf(k->out,
			    "\tif (sp_store(c, %" PRId64 ", r%u, r%u, %u))\n",
			    in->imm, in->args[0], in->args[1], in->loc);
		kc_failed(k, in);
		break;
	}
}

/* --- the ways out --- */

static void add_ret(struct kc *k, const struct ir_insn *in)
{
	if (k->f->kind == IR_FN_HANDLER) {
		strbuf_addstr(k->out, "\tgoto end;\n");
		return;
	}
	if (in->n_args) {
		strbuf_addstr(k->out, "\tif (ret)\n");
		if (is_str(k, in->args[0]))
			strbuf_addf(k->out,
				    "\t\tsp_copy(ret, ret_bound, "
				    "SP_S(f->r%u));\n",
				    in->args[0]);
		else
			strbuf_addf(k->out, "\t\t*ret = r%u;\n", in->args[0]);
	}
	strbuf_addstr(k->out, "\tgoto out;\n");
}

static void add_fail(struct kc *k)
{
	if (k->f->kind == IR_FN_HANDLER)
		strbuf_addstr(k->out, "\tc->ended = SP_END_ERROR;\n");
	strbuf_addstr(k->out, "\tgoto end;\n");
}

/* To t if what[number]behind holds, else to e. */
static void add_branch(struct kc *k, ir_block_id b, const struct ir_insn *in,
		       const char *what, int64_t number, const char *behind)
{
	/* Of two jumps one is left out if the next block is meant. */
	bool turn = in->t == b + 1 || in->e != b + 1;

	strbuf_addf(k->out, "\tif (%s%s%" PRId64 "%s)\n\t\tgoto b%u;\n",
		    turn ? "!" : "", what, number, behind,
		    turn ? in->e : in->t);
	if (turn)
		add_jump(k, b, in->t);
}

static void add_exit(struct kc *k, ir_block_id b, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_JMP:
		add_jump(k, b, in->t);
		break;
	case IR_OP_BR:
		add_branch(k, b, in, "r", in->args[0], "");
		break;
	case IR_OP_INEXT:
		add_branch(k, b, in, "sp_iter_next(i", in->imm, ")");
		break;
	case IR_OP_RET:
		add_ret(k, in);
		break;
	case IR_OP_RAISE:
		strbuf_addf(k->out,
			    "\tsp_raise_str(c, SP_S(f->r%u), %u);\n"
			    "\tgoto b%u;\n",
			    in->args[0], in->loc, in->e);
		break;
	case IR_OP_FAIL:
		add_fail(k);
		break;
	}
}

/* --- all of them --- */

static void add_value(struct kc *k, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_CONST: add_const(k, in); break;
	case IR_OP_STR: add_str(k, in); break;
	case IR_OP_MOV: add_mov(k, in); break;
	case IR_OP_NEG:
		strbuf_addf(k->out, "\tr%u = SP_WRAPS(0, -, r%u);\n", in->dst,
			    in->args[0]);
		break;
	case IR_OP_NOT:
		strbuf_addf(k->out, "\tr%u = ~r%u;\n", in->dst, in->args[0]);
		break;
	case IR_OP_ADD: add_binary(k, in, "+"); break;
	case IR_OP_SUB: add_binary(k, in, "-"); break;
	case IR_OP_MUL: add_binary(k, in, "*"); break;
	case IR_OP_AND: add_binary(k, in, "&"); break;
	case IR_OP_OR: add_binary(k, in, "|"); break;
	case IR_OP_XOR: add_binary(k, in, "^"); break;
	case IR_OP_DIV: add_div(k, in, "SP_DIV"); break;
	case IR_OP_MOD: add_div(k, in, "SP_MOD"); break;
	case IR_OP_SHL: add_shift(k, in, "u64", "<<"); break;
	case IR_OP_SAR: add_shift(k, in, "s64", ">>"); break;
	case IR_OP_SHR: add_shift(k, in, "u64", ">>"); break;
	case IR_OP_ICMP:
	case IR_OP_SCMP: add_compare(k, in); break;
	case IR_OP_CAT: add_cat(k, in); break;
	case IR_OP_SPRINT: add_print(k, in); break;
	case IR_OP_MATCH:
		strbuf_addf(k->out,
			    "\tr%u = sp_match(c, &regex_%" PRId64
			    ", SP_S(f->r%u));\n",
			    in->dst, in->imm, in->args[0]);
		break;
	}
}

static void add_other(struct kc *k, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_GGET:
	case IR_OP_GSET:
	case IR_OP_GADD: add_scalar(k, in); break;
	case IR_OP_PRINT: add_print(k, in); break;
	case IR_OP_INTRIN: add_intrinsic(k, in); break;
	case IR_OP_CALL: add_call(k, in); break;
	case IR_OP_LATER: add_later(k, in); break;
	case IR_OP_ARG:
	case IR_OP_RETVAL:
	case IR_OP_REG:
	case IR_OP_OFFSET:
	case IR_OP_LOAD:
	case IR_OP_PEEK:
	case IR_OP_READABLE:
	case IR_OP_STORE: add_context(k, in); break;
	case IR_OP_ERRMSG:
		strbuf_addf(k->out, "\tsp_errmsg(c, SP_S(f->r%u), %u);\n",
			    in->dst, bound_of(k, in->dst));
		break;
	case IR_OP_TICK:
		strbuf_addf(k->out, "\tSP_TICK(%" PRId64 ", %u);\n", in->imm,
			    in->loc);
		break;
	case IR_OP_LOCK:
		strbuf_addstr(k->out, "\tif (sp_lock(c))\n\t\tgoto end;\n");
		break;
	case IR_OP_UNLOCK:
		strbuf_addstr(k->out, "\tsp_unlock(c);\n");
		break;
	}
}

void kc_insn(struct kc *k, ir_block_id b, const struct ir_insn *in)
{
	const struct ir_op_info *info = ir_op_info(in->op);

	if (info->flags & IR_TERM)
		add_exit(k, b, in);
	else if (in->op <= IR_OP_MATCH)
		add_value(k, in);
	else if (in->op >= IR_OP_MGET && in->op <= IR_OP_IEND)
		kc_map_insn(k, in);
	else
		add_other(k, in);
}
