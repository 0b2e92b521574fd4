/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @defined is decided at translation, and what it rules out is dropped before
 * anything in there is resolved (language.md section 7).
 */
#include "lang/token.h"
#include "sema/internal.h"

/* Whether a context access stands anywhere in the expression. This executor
 * set has none, so all of them are undefined. */
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
	case AST_DEFINED:
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
static bool value_of(const struct ast_expr *e, int64_t *v, bool *asked)
{
	int64_t a, b;

	if (e->kind == AST_NUMBER) {
		*v = e->num;
		return true;
	}
	if (e->kind == AST_DEFINED) {
		*v = !asks_context(e->a);
		*asked = true;
		return true;
	}
	if (e->kind == AST_UNARY && e->op == TOK_BANG) {
		if (!value_of(e->a, &a, asked))
			return false;
		*v = !a;
		return true;
	}
	if (e->kind != AST_LOGIC && e->kind != AST_COMPARE)
		return false;
	if (!value_of(e->a, &a, asked))
		return false;
	if (e->kind == AST_LOGIC && !!a == (e->op == TOK_LOR)) {
		*v = !!a;
		return true;
	}
	if (!value_of(e->b, &b, asked))
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

bool fold_decides(const struct ast_expr *e, int64_t *value)
{
	bool asked = false;

	return value_of(e, value, &asked) && asked;
}

void fold_to_number(struct ast_expr *e, int64_t value)
{
	e->kind = AST_NUMBER;
	e->num = value;
	e->a = e->b = e->c = NULL;
	e->list.len = 0;
}
