/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays that a foreach walks must not be changed by functions it calls; whether
 * a function goes on to the next of its name.
 */
#include "base/bug.h"
#include "sema/internal.h"

#include <stdlib.h>
#include <string.h>

/* Whether a function, or one it calls, writes elements of the array. Those
 * marked in seen are known not to; more are marked. */
static bool writes_elements(struct sema *s, struct function *first,
			    const struct symbol *array, bool *seen)
{
	VEC(struct function *) todo = { 0 };
	const struct function_effects *fx;
	struct symbol *const *sym;
	struct function *const *callee;
	struct function *fn;
	bool found = false;

	vec_push(NULL, &todo, first);
	while (todo.len && !found) {
		fn = todo.at[--todo.len];
		if (fn->next)
			vec_push(NULL, &todo, fn->next);
		if (!fn->ast || seen[fn->id])
			continue;
		seen[fn->id] = true;
		fx = &s->effects.at[fn->id];
		vec_foreach(sym, &fx->element_writes)
			found |= *sym == array;
		vec_foreach(callee, &fx->calls)
			if (!seen[(*callee)->id])
				vec_push(NULL, &todo, *callee);
	}
	vec_release(&todo);
	return found;
}

void bind_check(struct sema *s)
{
	size_t n = s->prog->functions.len;
	const struct symbol *array = NULL;
	const struct foreach_call *c;
	bool *seen;

	if (!s->foreach_calls.len || !n)
		return;
	seen = xcalloc(n, sizeof(*seen));
	vec_foreach(c, &s->foreach_calls) {
		if (c->array != array)
			memset(seen, 0, n * sizeof(*seen));
		array = c->array;
		if (!writes_elements(s, c->call->fn, array, seen))
			continue;
		diag_error(s->diag, c->call->loc, FOREACH_CALL, array->name);
		array = NULL;
	}
	free(seen);
}

bool bind_has_next(const struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (!st)
		return false;
	if (st->kind == AST_NEXT)
		return true;
	if (st->kind == AST_EMBED_STMT)
		return embed_has_next(st->expr);
	vec_foreach(it, &st->stmts)
		if (bind_has_next(*it))
			return true;
	return bind_has_next(st->body) || bind_has_next(st->otherwise);
}
