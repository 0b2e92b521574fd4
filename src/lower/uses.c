/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: which handlers take the globals' lock (architecture D9).
 *
 * A global is lockable if a handler that can run beside others writes it:
 * anything but begin, end and error. Such a handler takes the lock if it uses a
 * lockable global, unless all it does to each is one thing that is atomic in
 * itself: one addition as a statement, outside loops, to a global that no
 * concurrent handler assigns to; or one reading of a long. What a called
 * function does is never that. begin, end and error handlers run alone.
 */
#include "lang/token.h"
#include "lower/internal.h"

/* A walk over statements and expressions. */
struct walker {
	struct uses *uses;
	uint8_t times; /* 2 inside loops */
};

static void walk_expr(struct walker *w, const struct ast_expr *e);

/* One more use of a global; other symbols do not count. Nor do statistics:
 * adding to one commutes, and each handler reads a copy of its own. */
static void note(struct walker *w, const struct symbol *sym, enum use_kind kind)
{
	uint8_t *n;

	if (!sym || sym->kind != SYM_GLOBAL || sym->type == TY_STATS)
		return;
	n = &w->uses->globals[sym->id].times[kind];
	*n = (uint8_t)(*n + w->times > 2 ? 2 : *n + w->times);
}

static void walk_list(struct walker *w, const ast_exprs *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		walk_expr(w, list->at[i]);
}

/* An assignment or step; statement: its value is not used. */
static void walk_change(struct walker *w, const struct ast_expr *e,
			bool statement)
{
	bool add = statement && (e->kind != AST_ASSIGN ||
				 e->op == TOK_ADD_ASSIGN ||
				 e->op == TOK_SUB_ASSIGN);

	walk_list(w, &e->a->list);
	walk_expr(w, e->b);
	note(w, e->a->sym, add ? USE_ADD : USE_SET);
	if (!add && (e->kind != AST_ASSIGN || e->op != TOK_ASSIGN))
		note(w, e->a->sym, USE_READ);
}

static void walk_expr(struct walker *w, const struct ast_expr *e)
{
	if (!e)
		return;
	if (e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
	    e->kind == AST_POSTFIX) {
		walk_change(w, e, false);
		return;
	}
	if (e->kind == AST_NAME || e->kind == AST_INDEX)
		note(w, e->sym, USE_READ);
	else if (e->kind == AST_IN && lower_has_wildcard(&e->list))
		note(w, e->a->sym, USE_WALK);
	else if (e->kind == AST_CALL && e->fn->intrinsic < 0)
		w->uses->calls[e->fn->id] = true;
	walk_expr(w, e->a);
	walk_expr(w, e->b);
	walk_expr(w, e->c);
	walk_list(w, &e->list);
}

static void walk_top_expr(struct walker *w, const struct ast_expr *e)
{
	if (e && (e->kind == AST_ASSIGN || e->kind == AST_PREFIX ||
		  e->kind == AST_POSTFIX))
		walk_change(w, e, true);
	else
		walk_expr(w, e);
}

static void walk_foreach(struct walker *w, const struct ast_foreach *fe)
{
	size_t i;

	note(w, fe->array->sym, USE_WALK);
	if (fe->array->kind == AST_HIST)
		walk_list(w, &fe->array->a->list);
	note(w, fe->value, USE_SET);
	for (i = 0; i < fe->key_syms.len; i++)
		note(w, fe->key_syms.at[i], USE_SET);
	walk_list(w, &fe->slice);
	walk_expr(w, fe->limit);
}

static void walk_stmt(struct walker *w, const struct ast_stmt *s)
{
	uint8_t times = w->times;
	size_t i;

	if (!s)
		return;
	if (s->kind == AST_WHILE || s->kind == AST_FOR ||
	    s->kind == AST_FOREACH)
		w->times = 2;
	if (s->kind == AST_FOREACH)
		walk_foreach(w, s->foreach);
	if (s->kind == AST_TRY)
		note(w, s->sym, USE_SET);
	if (s->kind == AST_DELETE) {
		note(w, s->expr->sym, USE_DELETE);
		walk_list(w, &s->expr->list);
	} else if (s->kind == AST_EXPR_STMT) {
		walk_top_expr(w, s->expr);
	} else {
		walk_expr(w, s->expr);
	}
	walk_top_expr(w, s->init);
	walk_top_expr(w, s->update);
	walk_stmt(w, s->body);
	walk_stmt(w, s->otherwise);
	for (i = 0; i < s->stmts.len; i++)
		walk_stmt(w, s->stmts.at[i]);
	w->times = times;
}

static struct uses uses_new(const struct lower *c)
{
	return (struct uses){
		arena_array(c->arena, struct use, c->sp->globals.len),
		arena_array(c->arena, bool, c->sp->functions.len),
	};
}

/* --- the plan --- */

static bool runs_alone(enum attach_kind kind)
{
	return kind == ATTACH_BEGIN || kind == ATTACH_END ||
	       kind == ATTACH_ERROR || kind == ATTACH_NEVER;
}

/* Mark the functions that calls reach; called is filled in place. */
static void close_calls(const struct lower *c, bool *called)
{
	size_t i, j, n = c->sp->functions.len;
	VEC(size_t) todo = { 0 };

	for (i = 0; i < n; i++)
		if (called[i])
			vec_push(c->arena, &todo, i);
	while (todo.len) {
		i = todo.at[--todo.len];
		for (j = 0; j < n; j++) {
			if (called[j] || !c->plan.fns[i].calls[j])
				continue;
			called[j] = true;
			vec_push(c->arena, &todo, j);
		}
	}
}

/* A next overload does what the one before it was called for. */
static void collect_uses(struct lower *c)
{
	struct lock_plan *plan = &c->plan;
	struct walker w;
	size_t i, j;

	for (i = 0; i < c->sp->functions.len; i++) {
		const struct function *fn = c->sp->functions.at[i];

		plan->fns[i] = uses_new(c);
		w = (struct walker){ &plan->fns[i], 1 };
		walk_stmt(&w, fn->ast->body);
		if (fn->next && fn->next->intrinsic < 0)
			plan->fns[i].calls[fn->next->id] = true;
	}
	for (i = 0; i < c->sp->handlers.len; i++) {
		const struct handler *h = c->sp->handlers.at[i];

		plan->handlers[i] = uses_new(c);
		w = (struct walker){ &plan->handlers[i], 1 };
		for (j = 0; j < h->bodies.len; j++)
			walk_stmt(&w, h->bodies.at[j]);
		close_calls(c, plan->handlers[i].calls);
	}
}

static void mark_written(struct lower *c, const struct uses *uses, bool *sets)
{
	size_t g;

	for (g = 0; g < c->sp->globals.len; g++) {
		const uint8_t *n = uses->globals[g].times;

		c->plan.lockable[g] |= n[USE_ADD] || n[USE_SET] ||
				       n[USE_DELETE];
		sets[g] |= n[USE_SET] != 0;
	}
}

static void find_lockable(struct lower *c, const bool *concurrent, bool *sets)
{
	size_t h, f;

	for (h = 0; h < c->sp->handlers.len; h++) {
		const struct uses *uses = &c->plan.handlers[h];

		if (!concurrent[h])
			continue;
		mark_written(c, uses, sets);
		for (f = 0; f < c->sp->functions.len; f++)
			if (uses->calls[f])
				mark_written(c, &c->plan.fns[f], sets);
	}
}

static unsigned n_uses(const struct use *u)
{
	unsigned i, n = 0;

	for (i = 0; i < USE_KINDS; i++)
		n += u->times[i];
	return n;
}

/* Whether all a handler does to a lockable global is atomic in itself; set: a
 * concurrent handler assigns to the global. */
static bool is_atomic(const struct symbol *sym, const struct use *u, bool set)
{
	if (n_uses(u) > 1)
		return false;
	if (u->times[USE_READ])
		return sym->type == TY_LONG;
	return !n_uses(u) || (u->times[USE_ADD] && !set);
}

static bool calls_touching(const struct lower *c, const struct uses *uses)
{
	size_t i;

	for (i = 0; i < c->sp->functions.len; i++)
		if (uses->calls[i] && c->plan.fn_touches[i])
			return true;
	return false;
}

static bool needs_lock(const struct lower *c, const struct uses *uses,
		       const bool *sets)
{
	size_t i;

	if (calls_touching(c, uses))
		return true;
	for (i = 0; i < c->sp->globals.len; i++)
		if (c->plan.lockable[i] &&
		    !is_atomic(c->sp->globals.at[i], &uses->globals[i],
			       sets[i]))
			return true;
	return false;
}

static bool touches(const struct lower *c, const struct uses *uses)
{
	size_t g;

	for (g = 0; g < c->sp->globals.len; g++)
		if (c->plan.lockable[g] && n_uses(&uses->globals[g]))
			return true;
	return false;
}

/* Whether each function, with all it calls, touches a lockable global. */
static void find_touching(struct lower *c)
{
	bool *hit = c->plan.fn_touches, changed;
	size_t i;

	for (i = 0; i < c->sp->functions.len; i++)
		hit[i] = touches(c, &c->plan.fns[i]);
	do {
		changed = false;
		for (i = 0; i < c->sp->functions.len; i++) {
			if (hit[i] || !calls_touching(c, &c->plan.fns[i]))
				continue;
			hit[i] = changed = true;
		}
	} while (changed);
}

void lower_plan_locks(struct lower *c)
{
	size_t i, n_handlers = c->sp->handlers.len;
	bool *concurrent = arena_array(c->arena, bool, n_handlers);
	bool *sets = arena_array(c->arena, bool, c->sp->globals.len);

	c->plan = (struct lock_plan){
		arena_array(c->arena, struct uses, c->sp->functions.len),
		arena_array(c->arena, struct uses, n_handlers),
		arena_array(c->arena, bool, c->sp->globals.len),
		arena_array(c->arena, bool, c->sp->functions.len),
		arena_array(c->arena, bool, n_handlers),
	};
	for (i = 0; i < c->sp->probes.len; i++)
		if (!runs_alone(c->sp->probes.at[i].at->attach))
			concurrent[c->sp->probes.at[i].handler->id] = true;
	collect_uses(c);
	find_lockable(c, concurrent, sets);
	find_touching(c);
	for (i = 0; i < n_handlers; i++)
		c->plan.handler_locks[i] =
			concurrent[i] &&
			needs_lock(c, &c->plan.handlers[i], sets);
}

bool lower_touches(const struct lower *c, const struct ast_stmt *s)
{
	struct uses uses = uses_new(c);
	struct walker w = { &uses, 1 };

	walk_stmt(&w, s);
	return touches(c, &uses) || calls_touching(c, &uses);
}
