/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has no effect is left out (language.md section 21): functions and
 * variables nobody uses, assignments to locals nobody reads, statements without
 * side effects, dead arms, and probes that have nothing left.
 *
 * Dropping one thing makes others useless, so it goes in rounds. All of it is
 * done on typed trees: what is wrong in code that goes is still reported.
 */
#include "base/bug.h"
#include "lang/token.h"
#include "proto/intrinsics.h"
#include "sema/internal.h"

#include <stdlib.h>

/* Each round is a walk over everything; scripts need two or three. */
#define MAX_ROUNDS 20

struct elide {
	struct sema *s;
	bool *reached; /* by function id: called from what is left */
	bool *impure;  /* by function id: does more than return a value */
	bool *told;    /* by function id: said to have no effect */
	VEC(struct function *) todo;
	bool changed;
};

/* Whether to tell the user of what happens at a place. */
static bool is_told(const struct elide *el, struct loc loc)
{
	if (!loc_is_set(loc))
		return false;
	return !loc_source(el->s->l->srcs, loc)->library ||
	       el->s->diag->verbose;
}

/* --- which functions only return a value --- */

static bool has_effect(const struct elide *el, const struct ast_expr *e,
		       bool locals_count);

static bool list_has_effect(const struct elide *el, const ast_exprs *list,
			    bool locals_count)
{
	struct ast_expr *const *it;

	vec_foreach(it, list)
		if (has_effect(el, *it, locals_count))
			return true;
	return false;
}

static bool call_has_effect(const struct elide *el, const struct function *f)
{
	for (; f; f = f->next)
		if (f->ast ? el->impure[f->id]
			   : intrinsics[f->intrinsic].flags & INTRIN_EFFECT)
			return true;
	return false;
}

/* Whether evaluating does more than give a value; writes to locals count only
 * if asked. A match sets what matched() tells later. */
static bool has_effect(const struct elide *el, const struct ast_expr *e,
		       bool locals_count)
{
	if (!e)
		return false;
	if (e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
	    e->kind == AST_POSTFIX) {
		if (locals_count || !e->a->sym ||
		    e->a->sym->kind == SYM_GLOBAL)
			return true;
	} else if (e->kind == AST_REGEX || e->kind == AST_PROBEWRITE ||
		   (e->kind == AST_EMBED && !embed_is_pure(e)) ||
		   (e->kind == AST_PRINT && !e->to_string)) {
		return true;
	} else if (e->kind == AST_CALL && call_has_effect(el, e->fn)) {
		return true;
	}
	return list_has_effect(el, &e->list, locals_count) ||
	       has_effect(el, e->a, locals_count) ||
	       has_effect(el, e->b, locals_count) ||
	       has_effect(el, e->c, locals_count);
}

static bool foreach_has_effect(const struct elide *el,
			       const struct ast_foreach *f)
{
	struct symbol *const *key;

	vec_foreach(key, &f->key_syms)
		if ((*key)->kind == SYM_GLOBAL)
			return true;
	/* Sorting leaves its mark on the order of the array. */
	return f->direction || (f->value && f->value->kind == SYM_GLOBAL) ||
	       has_effect(el, f->limit, false) ||
	       list_has_effect(el, &f->slice, false);
}

/* Whether a statement of a function does more than lead to its value. */
static bool stmt_has_effect(const struct elide *el, const struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (!st)
		return false;
	if (st->kind == AST_NEXT)
		return true;
	if (st->kind == AST_DELETE &&
	    (!st->expr->sym || st->expr->sym->kind == SYM_GLOBAL))
		return true;
	if (st->sym && st->sym->kind == SYM_GLOBAL)
		return true;
	vec_foreach(it, &st->stmts)
		if (stmt_has_effect(el, *it))
			return true;
	return (st->foreach && foreach_has_effect(el, st->foreach)) ||
	       has_effect(el, st->expr, false) ||
	       has_effect(el, st->init, false) ||
	       has_effect(el, st->update, false) ||
	       stmt_has_effect(el, st->body) ||
	       stmt_has_effect(el, st->otherwise);
}

/* A function has effects if its own code has, or one it calls: from those that
 * have, to their callers. */
static void find_impure(struct elide *el)
{
	const struct sema_prog *p = el->s->prog;
	struct callers {
		VEC(struct function *) fns;
	} *callers;
	struct function *const *f, *const *callee, *const *caller;
	size_t i;

	callers = xcalloc(p->functions.len + 1, sizeof(*callers));
	vec_foreach(f, &p->functions) {
		el->impure[(*f)->id] = stmt_has_effect(el, (*f)->ast->body);
		if (el->impure[(*f)->id])
			vec_push(NULL, &el->todo, *f);
		if ((*f)->id >= el->s->effects.len)
			continue;
		vec_foreach(callee, &el->s->effects.at[(*f)->id].calls)
			vec_push(NULL, &callers[(*callee)->id].fns, *f);
	}
	while (el->todo.len) {
		struct function *bad = el->todo.at[--el->todo.len];

		vec_foreach(caller, &callers[bad->id].fns) {
			if (el->impure[(*caller)->id])
				continue;
			el->impure[(*caller)->id] = true;
			vec_push(NULL, &el->todo, *caller);
		}
	}
	for (i = 0; i < p->functions.len; i++)
		vec_release(&callers[i].fns);
	free(callers);
}

/* --- what is used --- */

static void use_expr(struct elide *el, const struct ast_expr *e);

static void use_list(struct elide *el, const ast_exprs *list)
{
	struct ast_expr *const *it;

	vec_foreach(it, list)
		use_expr(el, *it);
}

static void use_target(struct elide *el, const struct ast_expr *e, bool read)
{
	if ((e->kind != AST_NAME && e->kind != AST_INDEX) || !e->sym) {
		use_expr(el, e);
		return;
	}
	use_list(el, &e->list);
	e->sym->written = true;
	e->sym->read |= read;
}

static void use_call(struct elide *el, struct function *f)
{
	for (; f; f = f->next) {
		if (!f->ast || el->reached[f->id])
			continue;
		el->reached[f->id] = true;
		vec_push(NULL, &el->todo, f);
	}
}

/* x += 1 counts as a look at x: it may fail, so it stays. */
static void use_expr(struct elide *el, const struct ast_expr *e)
{
	if (!e)
		return;
	if (e->kind == AST_ASSIGN) {
		use_target(el, e->a, e->op != TOK_ASSIGN && e->op != TOK_AGGR);
		use_expr(el, e->b);
		return;
	}
	if (e->kind == AST_PREFIX || e->kind == AST_POSTFIX) {
		use_target(el, e->a, true);
		return;
	}
	if (e->sym)
		e->sym->read = true;
	if (e->kind == AST_CALL)
		use_call(el, e->fn);
	use_list(el, &e->list);
	use_expr(el, e->a);
	use_expr(el, e->b);
	use_expr(el, e->c);
}

static void use_foreach(struct elide *el, const struct ast_foreach *f)
{
	struct symbol *const *key;

	use_expr(el, f->array);
	use_list(el, &f->slice);
	use_expr(el, f->limit);
	if (f->value)
		f->value->written = true;
	vec_foreach(key, &f->key_syms)
		(*key)->written = true;
}

static void use_stmt(struct elide *el, const struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (!st)
		return;
	if (st->kind == AST_DELETE) {
		use_target(el, st->expr, false);
		return;
	}
	use_expr(el, st->expr);
	use_expr(el, st->init);
	use_expr(el, st->update);
	if (st->foreach)
		use_foreach(el, st->foreach);
	if (st->sym)
		st->sym->written = true;
	vec_foreach(it, &st->stmts)
		use_stmt(el, *it);
	use_stmt(el, st->body);
	use_stmt(el, st->otherwise);
}

static void clear_uses(const symbols *list)
{
	struct symbol *const *sym;

	vec_foreach(sym, list)
		(*sym)->read = (*sym)->written = false;
}

static void note_uses(struct elide *el)
{
	struct sema_prog *p = el->s->prog;
	struct handler *const *h;
	struct function *const *f;
	struct ast_stmt *const *body;
	struct ast_expr *const *condition;

	clear_uses(&p->globals);
	vec_foreach(f, &p->functions) {
		el->reached[(*f)->id] = false;
		clear_uses(&(*f)->locals);
		clear_uses(&(*f)->params);
	}
	vec_foreach(h, &p->handlers) {
		clear_uses(&(*h)->locals);
		vec_foreach(condition, &(*h)->conditions)
			use_expr(el, *condition);
		vec_foreach(body, &(*h)->bodies)
			use_stmt(el, *body);
	}
	while (el->todo.len)
		use_stmt(el, el->todo.at[--el->todo.len]->ast->body);
}

/* --- dropping --- */

/* Assignments to locals that nobody reads become the value they assign. */
static void drop_assignments(struct elide *el, struct ast_expr *e)
{
	struct ast_expr *const *it;

	if (!e)
		return;
	while (e->kind == AST_ASSIGN && e->op == TOK_ASSIGN && e->a->sym &&
	       e->a->kind == AST_NAME && e->a->sym->kind != SYM_GLOBAL &&
	       !e->a->sym->read) {
		if (is_told(el, e->loc))
			diag_warn(el->s->diag, e->loc, ELIDED_ASSIGNMENT,
				  e->a->name);
		*e = *e->b;
		el->changed = true;
	}
	vec_foreach(it, &e->list)
		drop_assignments(el, *it);
	drop_assignments(el, e->a);
	drop_assignments(el, e->b);
	drop_assignments(el, e->c);
}

static void drop_assignments_in(struct elide *el, struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (!st)
		return;
	drop_assignments(el, st->expr);
	drop_assignments(el, st->init);
	drop_assignments(el, st->update);
	if (st->foreach)
		drop_assignments(el, st->foreach->limit);
	vec_foreach(it, &st->stmts)
		drop_assignments_in(el, *it);
	drop_assignments_in(el, st->body);
	drop_assignments_in(el, st->otherwise);
}

static void clean(struct elide *el, struct ast_stmt *st);

/* Whether nothing is left of a statement. */
static bool is_empty(const struct ast_stmt *st)
{
	struct ast_stmt *const *it;

	if (st->kind == AST_EMPTY)
		return true;
	if (st->kind != AST_BLOCK)
		return false;
	vec_foreach(it, &st->stmts)
		if (!is_empty(*it))
			return false;
	return true;
}

static void drop_stmt(struct elide *el, struct ast_stmt *st)
{
	st->kind = AST_EMPTY;
	st->expr = NULL;
	el->changed = true;
}

static void clean_block(struct elide *el, struct ast_stmt *st)
{
	size_t i, n = 0;

	for (i = 0; i < st->stmts.len; i++) {
		clean(el, st->stmts.at[i]);
		if (!is_empty(st->stmts.at[i]))
			st->stmts.at[n++] = st->stmts.at[i];
	}
	st->stmts.len = n;
}

static void clean_void(struct elide *el, struct ast_stmt *st)
{
	if (has_effect(el, st->expr, true))
		return;
	if (is_told(el, st->loc))
		diag_warn(el->s->diag, st->loc, ELIDED_EXPRESSION);
	drop_stmt(el, st);
}

static void clean_if(struct elide *el, struct ast_stmt *st)
{
	clean(el, st->body);
	if (st->otherwise) {
		clean(el, st->otherwise);
		if (is_empty(st->otherwise))
			st->otherwise = NULL;
	}
	if (!is_empty(st->body) || st->otherwise)
		return;
	if (!has_effect(el, st->expr, true)) {
		drop_stmt(el, st);
		return;
	}
	st->kind = AST_EXPR_STMT;
	el->changed = true;
}

/* A loop over an array that does nothing may still leave the last key and
 * value in its variables. */
static void clean_foreach(struct elide *el, struct ast_stmt *st)
{
	const struct ast_foreach *f = st->foreach;
	struct symbol *const *key;

	clean(el, st->body);
	if (!is_empty(st->body) || foreach_has_effect(el, f) ||
	    has_effect(el, f->limit, true) || (f->value && f->value->read))
		return;
	vec_foreach(key, &f->key_syms)
		if ((*key)->read)
			return;
	drop_stmt(el, st);
}

static void clean(struct elide *el, struct ast_stmt *st)
{
	switch (st->kind) {
	case AST_BLOCK:
		clean_block(el, st);
		return;
	case AST_EXPR_STMT:
		clean_void(el, st);
		return;
	case AST_IF:
		clean_if(el, st);
		return;
	case AST_WHILE:
	case AST_FOR:
		clean(el, st->body);
		return;
	case AST_FOREACH:
		clean_foreach(el, st);
		return;
	case AST_TRY:
		clean(el, st->body);
		if (st->otherwise)
			clean(el, st->otherwise);
		if (is_empty(st->body))
			drop_stmt(el, st);
		return;
	case AST_RETURN:
	case AST_DELETE:
	case AST_NEXT:
	case AST_BREAK:
	case AST_CONTINUE:
	case AST_EMPTY:
	case AST_EMBED_STMT:
		return;
	}
}

/* --- what is left of the program --- */

/* Leave out unused functions; the others are numbered anew. */
static void drop_functions(struct elide *el)
{
	struct sema_prog *p = el->s->prog;
	size_t i, n = 0;

	for (i = 0; i < p->functions.len; i++) {
		struct function *f = p->functions.at[i];

		if (!el->reached[i]) {
			if (is_told(el, f->ast->loc))
				diag_warn(el->s->diag, f->ast->loc,
					  ELIDED_FUNCTION, f->name);
			continue;
		}
		el->impure[n] = el->impure[i];
		el->told[n] = el->told[i];
		f->id = (uint32_t)n;
		p->functions.at[n++] = f;
	}
	el->changed |= n != p->functions.len;
	p->functions.len = n;
}

static void drop_symbols(symbols *list)
{
	size_t i, n = 0;

	for (i = 0; i < list->len; i++) {
		struct symbol *sym = list->at[i];

		if (!sym->read && !sym->written)
			continue;
		sym->id = (uint32_t)n;
		list->at[n++] = sym;
	}
	list->len = n;
}

static void drop_variables(struct elide *el)
{
	struct sema_prog *p = el->s->prog;
	struct handler *const *h;
	struct function *const *f;

	drop_symbols(&p->globals);
	vec_foreach(h, &p->handlers)
		drop_symbols(&(*h)->locals);
	vec_foreach(f, &p->functions)
		drop_symbols(&(*f)->locals);
}

static void drop_from_bodies(struct elide *el)
{
	struct sema_prog *p = el->s->prog;
	struct handler *const *h;
	struct function *const *f;
	struct ast_stmt *const *body;

	vec_foreach(h, &p->handlers)
		vec_foreach(body, &(*h)->bodies)
			drop_assignments_in(el, *body);
	vec_foreach(f, &p->functions)
		drop_assignments_in(el, (*f)->ast->body);
	vec_foreach(h, &p->handlers)
		vec_foreach(body, &(*h)->bodies)
			clean(el, *body);
	vec_foreach(f, &p->functions) {
		clean(el, (*f)->ast->body);
		if (el->told[(*f)->id] || !is_empty((*f)->ast->body))
			continue;
		el->told[(*f)->id] = true;
		if (is_told(el, (*f)->ast->loc))
			diag_warn(el->s->diag, (*f)->ast->loc, ELIDED_BODY,
				  (*f)->name);
	}
}

/* Whether a handler never does anything: a condition that is never met, or
 * nothing left to do. What was empty from the start was meant so. */
static bool is_idle(struct handler *h, bool was_empty)
{
	struct ast_stmt *const *body;
	size_t i, n = 0;

	for (i = 0; i < h->conditions.len; i++) {
		if (h->conditions.at[i]->kind != AST_NUMBER)
			h->conditions.at[n++] = h->conditions.at[i];
		else if (!h->conditions.at[i]->num)
			return true;
	}
	h->conditions.len = n;
	if (was_empty)
		return false;
	vec_foreach(body, &h->bodies)
		if (!is_empty(*body))
			return false;
	return true;
}

static void drop_probes(struct elide *el, const bool *was_empty)
{
	struct sema_prog *p = el->s->prog;
	bool *idle = xcalloc(p->handlers.len + 1, sizeof(*idle));
	size_t i, n = 0;

	for (i = 0; i < p->handlers.len; i++)
		idle[i] = is_idle(p->handlers.at[i], was_empty[i]);
	for (i = 0; i < p->probes.len; i++) {
		const struct sema_probe *probe = &p->probes.at[i];

		if (!idle[probe->handler->id])
			p->probes.at[n++] = *probe;
		else if (is_told(el, probe->handler->loc))
			diag_warn(el->s->diag, probe->handler->loc,
				  ELIDED_PROBE, probe->listed);
	}
	p->probes.len = n;
	for (i = n = 0; i < p->handlers.len; i++) {
		if (idle[i])
			continue;
		p->handlers.at[i]->id = (uint32_t)n;
		p->handlers.at[n++] = p->handlers.at[i];
	}
	p->handlers.len = n;
	if (!p->probes.len)
		sema_no_probes(el->s);
	free(idle);
}

/* What is empty before anything is dropped: which handlers (allocated), and
 * the functions, which are not told of. */
static bool *find_empty(struct elide *el)
{
	const struct sema_prog *p = el->s->prog;
	bool *was_empty = xcalloc(p->handlers.len + 1, sizeof(*was_empty));
	struct handler *const *h;
	struct function *const *f;
	struct ast_stmt *const *body;

	vec_foreach(f, &p->functions)
		el->told[(*f)->id] = is_empty((*f)->ast->body);

	vec_foreach(h, &p->handlers) {
		was_empty[(*h)->id] = true;
		vec_foreach(body, &(*h)->bodies)
			was_empty[(*h)->id] &= is_empty(*body);
	}
	return was_empty;
}

static void fold_all(const struct sema_prog *p, struct diag *d)
{
	struct handler *const *h;
	struct function *const *f;
	struct ast_stmt *const *body;
	struct ast_expr *const *condition;

	vec_foreach(h, &p->handlers) {
		vec_foreach(condition, &(*h)->conditions)
			fold_constants(d, *condition);
		vec_foreach(body, &(*h)->bodies)
			fold_constants_in(d, *body);
	}
	vec_foreach(f, &p->functions)
		fold_constants_in(d, (*f)->ast->body);
}

void elide_all(struct sema *s)
{
	size_t n = s->prog->functions.len + 1;
	struct elide el = { .s = s,
			    .reached = xcalloc(n, sizeof(bool)),
			    .impure = xcalloc(n, sizeof(bool)),
			    .told = xcalloc(n, sizeof(bool)) };
	bool *was_empty;
	unsigned round;

	names_warn_unused(s);
	fold_all(s->prog, s->diag);
	was_empty = find_empty(&el);
	find_impure(&el);
	el.changed = true;
	for (round = 0; el.changed && round < MAX_ROUNDS; round++) {
		el.changed = false;
		note_uses(&el);
		drop_functions(&el);
		drop_from_bodies(&el);
	}
	note_uses(&el);
	drop_functions(&el);
	drop_variables(&el);
	drop_probes(&el, was_empty);
	vec_release(&el.todo);
	free(el.reached);
	free(el.impure);
	free(el.told);
	free(was_empty);
}
