/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * $value of procfs probes becomes calls of the primitives that reach the text:
 * __procfs_value() in a probe for writing; __procfs_set(x) and __procfs_add(x)
 * for = and .= in one for reading.
 */
#include "lang/token.h"
#include "sema/internal.h"

#include <string.h>

bool procfs_is_kind(enum attach_kind attach)
{
	return attach == ATTACH_PROCFS_READ || attach == ATTACH_PROCFS_WRITE;
}

static bool is_value(struct sema *s, const struct ast_expr *e)
{
	if (!strcmp(e->name, "$value") && !e->steps.len && !e->addressof &&
	    !e->pretty)
		return true;
	diag_error(s->diag, e->loc, PROCFS_TARGET);
	return false;
}

static void become_call(struct sema *s, struct ast_expr *e, const char *name,
			struct ast_expr *arg)
{
	struct ast_expr call = { .kind = AST_CALL,
				 .loc = e->loc,
				 .depth = e->depth,
				 .name = intern_str(s->l->names, name) };

	if (arg)
		vec_push(s->arena, &call.list, arg);
	*e = call;
}

bool procfs_assign(struct sema *s, struct ast_expr *e, enum attach_kind attach)
{
	if (!is_value(s, e->a))
		return false;
	if (attach == ATTACH_PROCFS_WRITE) {
		diag_error(s->diag, e->a->loc, PROCFS_READ_ONLY);
		return false;
	}
	if (e->op != TOK_ASSIGN && e->op != TOK_CAT_ASSIGN) {
		diag_error(s->diag, e->a->loc, PROCFS_OPERATOR);
		return false;
	}
	become_call(s, e,
		    e->op == TOK_ASSIGN ? "__procfs_set" : "__procfs_add",
		    e->b);
	return true;
}

void procfs_change(struct sema *s, const struct ast_expr *e,
		   enum attach_kind attach)
{
	if (!is_value(s, e))
		return;
	if (attach == ATTACH_PROCFS_WRITE)
		diag_error(s->diag, e->loc, PROCFS_READ_ONLY);
	else
		diag_error(s->diag, e->loc, PROCFS_OPERATOR);
}

bool procfs_read(struct sema *s, struct ast_expr *e, enum attach_kind attach)
{
	if (!is_value(s, e))
		return false;
	if (attach == ATTACH_PROCFS_READ) {
		diag_error(s->diag, e->loc, PROCFS_WRITE_ONLY);
		return false;
	}
	become_call(s, e, "__procfs_value", NULL);
	return true;
}
