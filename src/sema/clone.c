/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deep copies of bodies: a body that runs in several handlers needs a tree for
 * each, since names and types are noted in the nodes.
 */
#include "sema/internal.h"

static void clone_exprs(struct arena *arena, ast_exprs *list)
{
	ast_exprs copy = { 0 };
	struct ast_expr **e;

	vec_foreach(e, list)
		vec_push(arena, &copy, clone_expr(arena, *e));
	*list = copy;
}

struct ast_expr *clone_expr(struct arena *arena, const struct ast_expr *e)
{
	struct ast_expr *copy;
	ast_steps steps = { 0 };
	struct ast_step *step;

	if (!e)
		return NULL;
	copy = arena_new(arena, struct ast_expr);
	*copy = *e;
	copy->a = clone_expr(arena, e->a);
	copy->b = clone_expr(arena, e->b);
	copy->c = clone_expr(arena, e->c);
	clone_exprs(arena, &copy->list);
	vec_foreach(step, &copy->steps) {
		vec_push(arena, &steps, *step);
		vec_last(&steps).index = clone_expr(arena, step->index);
	}
	copy->steps = steps;
	return copy;
}

static struct ast_foreach *clone_foreach(struct arena *arena,
					 const struct ast_foreach *f)
{
	struct ast_foreach *copy = arena_new(arena, struct ast_foreach);
	const char *const *key;

	*copy = *f;
	copy->array = clone_expr(arena, f->array);
	clone_exprs(arena, &copy->slice);
	copy->limit = clone_expr(arena, f->limit);
	copy->keys.at = NULL;
	copy->keys.len = copy->keys.cap = 0;
	vec_foreach(key, &f->keys)
		vec_push(arena, &copy->keys, *key);
	return copy;
}

struct ast_stmt *clone_stmt(struct arena *arena, const struct ast_stmt *st)
{
	struct ast_stmt *copy;
	ast_stmts stmts = { 0 };
	struct ast_stmt *const *it;

	if (!st)
		return NULL;
	copy = arena_new(arena, struct ast_stmt);
	*copy = *st;
	copy->expr = clone_expr(arena, st->expr);
	copy->init = clone_expr(arena, st->init);
	copy->update = clone_expr(arena, st->update);
	copy->body = clone_stmt(arena, st->body);
	copy->otherwise = clone_stmt(arena, st->otherwise);
	vec_foreach(it, &st->stmts)
		vec_push(arena, &stmts, clone_stmt(arena, *it));
	copy->stmts = stmts;
	if (st->foreach)
		copy->foreach = clone_foreach(arena, st->foreach);
	return copy;
}
