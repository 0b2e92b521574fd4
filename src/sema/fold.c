/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @defined is decided at translation, and what it rules out is dropped before
 * anything in there is resolved (language.md section 7). Operators on numbers
 * are computed once everything has its type (section 21).
 */
#include "lang/token.h"
#include "sema/target.h"

/* Whether a context access stands anywhere in the expression. */
static bool asks_context(const struct ast_expr *e)
{
	struct ast_expr *const *it;

	if (!e)
		return false;
	switch (e->kind) {
	case AST_TARGET:
	case AST_ATVAR:
	case AST_CAST:
	case AST_AUTOCAST:
	case AST_ENTRY:
	case AST_PERF:
	case AST_CONST:
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
	case AST_CONTEXT:
	case AST_DEFINED:
		return true;
	case AST_NUMBER:
	case AST_STRING:
	case AST_EMBED:
	case AST_NAME:
	case AST_INDEX:
	case AST_WILDCARD:
	case AST_IN:
	case AST_UNARY:
	case AST_PREFIX:
	case AST_POSTFIX:
	case AST_BINARY:
	case AST_COMPARE:
	case AST_LOGIC:
	case AST_CONCAT:
	case AST_REGEX:
	case AST_ASSIGN:
	case AST_COND:
	case AST_CALL:
	case AST_PRINT:
	case AST_PROBEWRITE:
	case AST_STAT:
	case AST_HIST:
	case AST_HIST_INDEX:
		break;
	}
	vec_foreach(it, &e->list)
		if (asks_context(*it))
			return true;
	return asks_context(e->a) || asks_context(e->b) || asks_context(e->c);
}

/* The value of a condition made of numbers, @defined, ! && || and the like;
 * *asked says whether @defined took part. */
static bool value_of(const struct target_place *p, const struct ast_expr *e,
		     int64_t *v, bool *asked)
{
	int64_t a, b;

	if (e->kind == AST_NUMBER) {
		*v = e->num;
		return true;
	}
	if (e->kind == AST_DEFINED) {
		*v = target_defined(p, e->a);
		*asked = true;
		return true;
	}
	if (e->kind == AST_UNARY && e->op == TOK_BANG) {
		if (!value_of(p, e->a, &a, asked))
			return false;
		*v = !a;
		return true;
	}
	if (e->kind != AST_LOGIC && e->kind != AST_COMPARE)
		return false;
	if (!value_of(p, e->a, &a, asked))
		return false;
	if (e->kind == AST_LOGIC && !!a == (e->op == TOK_LOR)) {
		*v = !!a;
		return true;
	}
	if (!value_of(p, e->b, &b, asked))
		return false;
	if (e->kind == AST_LOGIC)
		*v = !!b;
	else if (e->op == TOK_EQ)
		*v = a == b;
	else if (e->op == TOK_NE)
		*v = a != b;
	else
		return false;
	return true;
}

bool fold_decides(const struct target_place *p, const struct ast_expr *e,
		  int64_t *value)
{
	bool asked = false;

	return value_of(p, e, value, &asked) && asked;
}

bool fold_asks_context(const struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (!st)
		return false;
	vec_foreach(it, &st->stmts)
		if (fold_asks_context(*it))
			return true;
	if (st->foreach && asks_context(st->foreach->limit))
		return true;
	return asks_context(st->expr) || asks_context(st->init) ||
	       asks_context(st->update) || fold_asks_context(st->body) ||
	       fold_asks_context(st->otherwise);
}

void fold_to_number(struct ast_expr *e, int64_t value)
{
	e->kind = AST_NUMBER;
	e->num = value;
	e->a = e->b = e->c = NULL;
	e->list.len = 0;
}

/* --- constants --- */

/* The value of an operator on two numbers, as executors compute it; false if
 * it fails at run time or depends on the machine. */
static bool binary_value(unsigned op, int64_t a, int64_t b, int64_t *v)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;

	switch (op) {
	case TOK_PLUS:
		*v = (int64_t)(ua + ub);
		return true;
	case TOK_MINUS:
		*v = (int64_t)(ua - ub);
		return true;
	case TOK_STAR:
		*v = (int64_t)(ua * ub);
		return true;
	case TOK_SLASH:
		if (!b || b == -1)
			return false;
		*v = a / b;
		return true;
	case TOK_PERCENT:
		if (!b || b == -1)
			return false;
		*v = a % b;
		return true;
	case TOK_AMP:
		*v = a & b;
		return true;
	case TOK_PIPE:
		*v = a | b;
		return true;
	case TOK_CARET:
		*v = a ^ b;
		return true;
	}
	return false;
}

static bool compare_value(unsigned op, int64_t a, int64_t b, int64_t *v)
{
	switch (op) {
	case TOK_EQ:
		*v = a == b;
		return true;
	case TOK_NE:
		*v = a != b;
		return true;
	case TOK_LT:
		*v = a < b;
		return true;
	case TOK_LE:
		*v = a <= b;
		return true;
	case TOK_GT:
		*v = a > b;
		return true;
	case TOK_GE:
		*v = a >= b;
		return true;
	}
	return false;
}

static bool is_number(const struct ast_expr *e)
{
	return e && e->kind == AST_NUMBER;
}

static void fold_unary(struct ast_expr *e)
{
	int64_t a = e->a->num;

	if (e->op == TOK_PLUS)
		fold_to_number(e, a);
	else if (e->op == TOK_MINUS)
		fold_to_number(e, (int64_t)(0 - (uint64_t)a));
	else if (e->op == TOK_BANG)
		fold_to_number(e, !a);
	else if (e->op == TOK_TILDE)
		fold_to_number(e, ~a);
}

/* a && b: decided by a alone, or by both. */
static void fold_logic(struct ast_expr *e)
{
	bool a = e->a->num != 0;

	if (a == (e->op == TOK_LOR))
		fold_to_number(e, a);
	else if (is_number(e->b))
		fold_to_number(e, e->b->num != 0);
}

void fold_constants(struct diag *d, struct ast_expr *e)
{
	struct ast_expr **it;
	int64_t v;

	if (!e)
		return;
	vec_foreach(it, &e->list)
		fold_constants(d, *it);
	fold_constants(d, e->a);
	fold_constants(d, e->b);
	fold_constants(d, e->c);
	if (!is_number(e->a))
		return;
	if (e->kind == AST_UNARY)
		fold_unary(e);
	else if (e->kind == AST_LOGIC)
		fold_logic(e);
	else if (e->kind == AST_COND)
		*e = e->a->num ? *e->b : *e->c;
	else if (e->kind == AST_BINARY && is_number(e->b) &&
		 binary_value(e->op, e->a->num, e->b->num, &v))
		fold_to_number(e, v);
	else if (e->kind == AST_COMPARE && is_number(e->b) &&
		 compare_value(e->op, e->a->num, e->b->num, &v))
		fold_to_number(e, v);
	else if (e->kind == AST_BINARY && is_number(e->b) &&
		 e->op == TOK_USHR)
		diag_error(d, e->loc, FOLD_OPERATOR, ">>>");
}

/* Keep the arm that is taken. */
static void fold_branch(struct ast_stmt *st)
{
	struct ast_stmt *taken = st->expr->num ? st->body : st->otherwise;

	if (st->kind == AST_IF && taken) {
		*st = *taken;
	} else if (!st->expr->num) {
		st->kind = AST_EMPTY;
		st->expr = NULL;
	}
}

void fold_constants_in(struct diag *d, struct ast_stmt *st)
{
	struct ast_stmt **it;

	if (!st)
		return;
	fold_constants(d, st->expr);
	fold_constants(d, st->init);
	fold_constants(d, st->update);
	if (st->foreach)
		fold_constants(d, st->foreach->limit);
	vec_foreach(it, &st->stmts)
		fold_constants_in(d, *it);
	fold_constants_in(d, st->body);
	fold_constants_in(d, st->otherwise);
	if ((st->kind == AST_IF || st->kind == AST_WHILE) &&
	    is_number(st->expr))
		fold_branch(st);
}
