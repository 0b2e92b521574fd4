/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions of probe points may only look at globals (language.md 16.3). */
#include "sema/internal.h"

static bool check(struct sema *s, const struct ast_expr *e,
		  const struct ast_file *file)
{
	struct ast_expr *const *it;
	bool ok = true;

	if (!e)
		return true;
	if (e->kind == AST_CALL) {
		diag_error(s->diag, e->loc, CONDITION_FUNCTION);
		return false;
	}
	if (e->kind == AST_EMBED && !embed_is_pure(e)) {
		diag_error(s->diag, e->loc, CONDITION_EMBED);
		return false;
	}
	if (e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
	    e->kind == AST_POSTFIX) {
		diag_error(s->diag, e->loc, CONDITION_MODIFIES);
		return false;
	}
	if ((e->kind == AST_NAME || e->kind == AST_INDEX) &&
	    !names_global(s, e->name, file)) {
		diag_error(s->diag, e->loc, CONDITION_LOCAL);
		return false;
	}
	vec_foreach(it, &e->list)
		ok &= check(s, *it, file);
	ok &= check(s, e->a, file);
	ok &= check(s, e->b, file);
	return check(s, e->c, file) && ok;
}

bool conditions_check(struct sema *s, const struct condition *c)
{
	return check(s, c->expr, c->file);
}
