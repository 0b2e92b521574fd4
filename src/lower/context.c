/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lowering: the context of kernel handlers, and memory. */
#include "base/bug.h"
#include "lang/ast_context.h"
#include "lower/internal.h"

static ir_reg lower_read(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	ir_reg address = lower_value(c, e->a, IR_NONE);
	ir_reg dst = lower_dst(c, want, IR_I64);
	struct ir_insn *in;

	if (e->op != CONTEXT_READ) {
		in = lower_emit1(c, e->op == CONTEXT_PEEK ? IR_OP_PEEK
							  : IR_OP_READABLE,
				 dst, address);
		in->imm = e->num;
		return dst;
	}
	in = lower_emit1(c, IR_OP_LOAD, dst, address);
	in->imm = e->num;
	lower_may_fault(c, in, e->loc);
	return dst;
}

ir_reg lower_access(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	ir_reg dst;

	if (e->op >= CONTEXT_READ)
		return lower_read(c, e, want);
	dst = lower_dst(c, want, IR_I64);
	switch ((enum ast_context)e->op) {
	case CONTEXT_ARG:
		lower_emit0(c, IR_OP_ARG, dst)->imm = e->num;
		break;
	case CONTEXT_RETVAL:
		lower_emit0(c, IR_OP_RETVAL, dst);
		break;
	case CONTEXT_REGISTER:
		lower_emit0(c, IR_OP_REG, dst)->imm = e->num;
		break;
	case CONTEXT_OFFSET:
		lower_emit0(c, IR_OP_OFFSET, dst)->imm =
			ir_string(c->p, e->str);
		break;
	case CONTEXT_READ:
	case CONTEXT_PEEK:
	case CONTEXT_READABLE:
		BUG("lower_read() did it");
	}
	return dst;
}

ir_reg lower_memory_assign(struct lower *c, const struct ast_expr *e)
{
	ir_reg address = lower_hold(c, lower_value(c, e->a->a, IR_NONE), e->b);
	ir_reg value = lower_value(c, e->b, IR_NONE);
	struct ir_insn *in = lower_emit2(c, IR_OP_STORE, IR_NONE, address,
					 value);

	in->imm = e->a->num;
	lower_may_fault(c, in, e->a->loc);
	return value;
}
