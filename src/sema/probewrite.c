/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @probewrite(v) in the body of an alias: whether the user's handler writes v, by
 * the look of its text (language.md section 7).
 */
#include "sema/target.h"

static bool expr_writes(const struct ast_expr *e, const char *name);

static bool list_writes(const ast_exprs *list, const char *name)
{
	struct ast_expr *const *e;

	vec_foreach(e, list)
		if (expr_writes(*e, name))
			return true;
	return false;
}

static bool expr_writes(const struct ast_expr *e, const char *name)
{
	if (!e)
		return false;
	if ((e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
	     e->kind == AST_POSTFIX) &&
	    e->a->name == name)
		return true;
	return expr_writes(e->a, name) || expr_writes(e->b, name) ||
	       expr_writes(e->c, name) || list_writes(&e->list, name);
}

static bool foreach_writes(const struct ast_foreach *f, const char *name)
{
	const char *const *key;

	vec_foreach(key, &f->keys)
		if (*key == name)
			return true;
	return f->value_name == name || expr_writes(f->limit, name) ||
	       list_writes(&f->slice, name);
}

static bool stmt_writes(const struct ast_stmt *st, const char *name)
{
	struct ast_stmt *const *it;

	if (!st)
		return false;
	vec_foreach(it, &st->stmts)
		if (stmt_writes(*it, name))
			return true;
	if (st->foreach && foreach_writes(st->foreach, name))
		return true;
	if (st->kind == AST_DELETE && st->expr->name == name)
		return true;
	return (st->kind == AST_TRY && st->name == name) ||
	       expr_writes(st->expr, name) || expr_writes(st->init, name) ||
	       expr_writes(st->update, name) || stmt_writes(st->body, name) ||
	       stmt_writes(st->otherwise, name);
}

bool probewrite_decide(struct sema *s, struct ast_expr *e,
		       const struct ast_stmt *user_body)
{
	const char *name = e->a->name;

	if (!user_body || !name) {
		diag_error(s->diag, e->loc, PROBEWRITE_PLACE);
		return false;
	}
	fold_to_number(e, stmt_writes(user_body, name));
	return true;
}
