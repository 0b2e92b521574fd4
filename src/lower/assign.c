/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: assignments. Index expressions come first, then the right side,
 * then the old value is read, all once. A sum that is a statement of its own
 * becomes one atomic addition.
 */
#include "base/bug.h"
#include "lang/token.h"
#include "lower/internal.h"

/* Where an assignment goes, its index expressions evaluated. */
struct place {
	const struct symbol *sym;
	struct loc loc;    /* of the name */
	unsigned n_keys;
	const ir_reg *keys;
};

/* later: what is evaluated before the place is used, or NULL. */
static struct place make_place(struct lower *c, const struct ast_expr *e,
			       const struct ast_expr *later)
{
	struct place p = { .sym = e->sym, .loc = e->loc };

	if (e->kind == AST_INDEX) {
		p.n_keys = (unsigned)e->list.len;
		p.keys = lower_list(c, &e->list, later);
	}
	return p;
}

static ir_reg load(struct lower *c, const struct place *p)
{
	ir_reg dst;

	if (p->sym->kind != SYM_GLOBAL)
		return lower_var(c, p->sym);
	dst = lower_temp(c, lower_type(p->sym->type));
	if (p->n_keys)
		lower_emit(c, IR_OP_MGET, dst, p->keys, p->n_keys)->imm =
			p->sym->id;
	else
		lower_emit0(c, IR_OP_GGET, dst)->imm = p->sym->id;
	return dst;
}

/* madd, mset or sadd: the value, then the keys. */
static void store_element(struct lower *c, const struct place *p, enum ir_op op,
			  ir_reg value)
{
	ir_reg args[1 + IR_MAX_KEYS];
	struct ir_insn *in;
	unsigned i;

	BUG_ON(p->n_keys > IR_MAX_KEYS);
	args[0] = value;
	for (i = 0; i < p->n_keys; i++)
		args[1 + i] = p->keys[i];
	in = lower_emit(c, op, IR_NONE, args, 1 + p->n_keys);
	in->imm = p->sym->id;
	lower_may_fault(c, in, p->loc);
}

void lower_store(struct lower *c, const struct symbol *sym, ir_reg value)
{
	if (sym->kind == SYM_GLOBAL)
		lower_emit1(c, IR_OP_GSET, IR_NONE, value)->imm = sym->id;
	else if (lower_var(c, sym) != value)
		lower_emit1(c, IR_OP_MOV, lower_var(c, sym), value);
}

static void store(struct lower *c, const struct place *p, ir_reg value)
{
	if (p->n_keys)
		store_element(c, p, IR_OP_MSET, value);
	else
		lower_store(c, p->sym, value);
}

/* The register to compute a new value in: the variable itself if it is one. */
static ir_reg result_for(struct lower *c, const struct place *p)
{
	if (p->sym->kind != SYM_GLOBAL)
		return lower_var(c, p->sym);
	return lower_temp(c, lower_type(p->sym->type));
}

/* One atomic addition to a global. */
static void add_to(struct lower *c, const struct place *p, ir_reg by)
{
	if (p->n_keys)
		store_element(c, p, IR_OP_MADD, by);
	else
		lower_emit1(c, IR_OP_GADD, IR_NONE, by)->imm = p->sym->id;
}

/* The IR operation of a binary operator or of its assigning form. */
static enum ir_op operation(unsigned op)
{
	switch (op) {
	case TOK_PLUS: case TOK_ADD_ASSIGN:
		return IR_OP_ADD;
	case TOK_MINUS: case TOK_SUB_ASSIGN:
		return IR_OP_SUB;
	case TOK_STAR: case TOK_MUL_ASSIGN:
		return IR_OP_MUL;
	case TOK_SLASH: case TOK_DIV_ASSIGN:
		return IR_OP_DIV;
	case TOK_PERCENT: case TOK_MOD_ASSIGN:
		return IR_OP_MOD;
	case TOK_AMP: case TOK_AND_ASSIGN:
		return IR_OP_AND;
	case TOK_PIPE: case TOK_OR_ASSIGN:
		return IR_OP_OR;
	case TOK_CARET: case TOK_XOR_ASSIGN:
		return IR_OP_XOR;
	case TOK_SHL: case TOK_SHL_ASSIGN:
		return IR_OP_SHL;
	case TOK_SHR: case TOK_SHR_ASSIGN:
		return IR_OP_SAR;
	case TOK_USHR:
		return IR_OP_SHR;
	case TOK_CAT_ASSIGN:
		return IR_OP_CAT;
	}
	BUG("operator %u computes nothing", op);
}

void lower_binary_op(struct lower *c, unsigned op, ir_reg dst, ir_reg a,
		     ir_reg b, struct loc loc)
{
	struct ir_insn *in = lower_emit2(c, operation(op), dst, a, b);

	if (ir_op_info(in->op)->flags & IR_FAULT)
		lower_may_fault(c, in, loc);
}

/* The leftmost token of an expression: what a failing /= names. */
static struct loc first_token(const struct ast_expr *e)
{
	for (;;) {
		switch (e->kind) {
		case AST_BINARY: case AST_COMPARE: case AST_LOGIC:
		case AST_ASSIGN: case AST_COND: case AST_POSTFIX:
		case AST_REGEX:
			e = e->a;
			break;
		case AST_CONCAT:
			e = e->list.at[0];
			break;
		default:
			return e->loc;
		}
	}
}

static ir_reg assign_plain(struct lower *c, const struct ast_expr *e)
{
	struct place p = make_place(c, e->a, e->b);
	ir_reg want = IR_NONE, value;

	if (p.sym->kind != SYM_GLOBAL)
		want = lower_var(c, p.sym);
	value = lower_value(c, e->b, want);
	store(c, &p, value);
	return want == IR_NONE ? value : want;
}

/* What += or -= adds. */
static ir_reg addend(struct lower *c, const struct ast_expr *e)
{
	ir_reg r, minus;

	if (e->op == TOK_SUB_ASSIGN && e->b->kind == AST_NUMBER)
		return lower_const(c, (int64_t)(-(uint64_t)e->b->num),
				   IR_NONE);
	r = lower_value(c, e->b, IR_NONE);
	if (e->op == TOK_ADD_ASSIGN)
		return r;
	minus = lower_temp(c, IR_I64);
	lower_emit1(c, IR_OP_NEG, minus, r);
	return minus;
}

ir_reg lower_assign(struct lower *c, const struct ast_expr *e, bool value_used)
{
	struct place p;
	ir_reg by, old, value;

	if (e->a->kind == AST_CONTEXT)
		return lower_memory_assign(c, e);
	if (e->op == TOK_ASSIGN)
		return assign_plain(c, e);
	p = make_place(c, e->a, e->b);
	if (e->op == TOK_AGGR) {
		value = lower_value(c, e->b, IR_NONE);
		store_element(c, &p, IR_OP_SADD, value);
		return value;
	}
	if (!value_used && p.sym->kind == SYM_GLOBAL &&
	    (e->op == TOK_ADD_ASSIGN || e->op == TOK_SUB_ASSIGN)) {
		add_to(c, &p, addend(c, e));
		return IR_NONE;
	}
	by = lower_value(c, e->b, IR_NONE);
	old = load(c, &p);
	value = result_for(c, &p);
	lower_binary_op(c, e->op, value, old, by, first_token(e->b));
	store(c, &p, value);
	return value;
}

ir_reg lower_step(struct lower *c, const struct ast_expr *e, bool value_used)
{
	struct place p = make_place(c, e->a, NULL);
	ir_reg by = lower_const(c, e->op == TOK_INC ? 1 : -1, IR_NONE);
	ir_reg old, value;

	if (!value_used && p.sym->kind == SYM_GLOBAL) {
		add_to(c, &p, by);
		return IR_NONE;
	}
	old = load(c, &p);
	if (value_used && e->kind == AST_POSTFIX &&
	    p.sym->kind != SYM_GLOBAL) {
		old = lower_temp(c, IR_I64);
		lower_emit1(c, IR_OP_MOV, old, lower_var(c, p.sym));
	}
	value = result_for(c, &p);
	lower_emit2(c, IR_OP_ADD, value, old, by);
	store(c, &p, value);
	return e->kind == AST_POSTFIX ? old : value;
}
