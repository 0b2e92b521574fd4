/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type details (language.md section 9 and 17.4): which C type a long has, so
 * that e->m, e[i] and e$ can follow it. They flow through assignments, returned
 * values and ?: until nothing changes; what meets another type, or none, has
 * none.
 */
#include "sema/target.h"

#include "lang/token.h"
#include "symbols/ctype.h"

/* What is known of a value: nothing yet (NULL), no type, or its type. */
static const struct ctype no_type = { .kind = CTYPE_VOID, .completed = true };

struct details {
	struct sema *s;
	struct function *fn;         /* or NULL */
	const struct draft *d;       /* or NULL */
	const struct ast_file *file;
	bool changed, last;
};

static void note(struct details *w, const struct ctype **at,
		 const struct ctype *type)
{
	const struct ctype *old = *at;

	if (!type || old == type || old == &no_type)
		return;
	if (!old)
		*at = type;
	else if (type == &no_type || !ctype_same(old, type))
		*at = &no_type;
	else
		return;
	w->changed = true;
}

static const struct ctype *walk(struct details *w, struct ast_expr *e);

static void walk_list(struct details *w, const ast_exprs *list)
{
	struct ast_expr *const *e;

	vec_foreach(e, list)
		walk(w, *e);
}

/* Steps can be taken as soon as the type is known. */
static const struct ctype *walk_autocast(struct details *w, struct ast_expr *e,
					 const struct ast_expr *assign)
{
	struct target_place p = { .s = w->s, .library = w->file->library };
	const struct ctype *type = walk(w, e->a);
	const struct ast_step *step;
	bool done;

	if (w->d)
		p.at = w->d->at;
	vec_foreach(step, &e->steps)
		walk(w, step->index);
	if (!type || type == &no_type) {
		if (w->last)
			diag_error(w->s->diag, e->loc, AUTOCAST_TYPE);
		return NULL;
	}
	if (w->last)
		return NULL;
	e->a->ctype = type;
	done = assign ? target_write(&p, e, assign->op) : target_read(&p, e);
	w->changed = true;
	if (done)
		bind_rest(w->s, w->fn, w->d, e);
	else
		*e = (struct ast_expr){ .kind = AST_NUMBER, .loc = e->loc };
	return done && e->ctype ? e->ctype : &no_type;
}

static const struct ctype *walk_assign(struct details *w, struct ast_expr *e)
{
	const struct ctype *type;

	if (e->a->kind == AST_AUTOCAST)
		walk_autocast(w, e->a, e);
	else
		walk(w, e->a);
	type = walk(w, e->b);
	if (e->op != TOK_ASSIGN)
		type = &no_type;
	if (e->a->sym)
		note(w, &e->a->sym->ctype, type);
	return type;
}

static const struct ctype *walk_cond(struct details *w, struct ast_expr *e)
{
	const struct ctype *b, *c;

	walk(w, e->a);
	b = walk(w, e->b);
	c = walk(w, e->c);
	if (!b || !c)
		return NULL;
	return ctype_same(b, c) ? b : &no_type;
}

static const struct ctype *walk_call(struct details *w, struct ast_expr *e)
{
	walk_list(w, &e->list);
	if (!e->fn || !e->fn->ast)
		return &no_type;
	return e->fn->ctype;
}

static const struct ctype *walk(struct details *w, struct ast_expr *e)
{
	if (!e)
		return &no_type;
	switch ((int)e->kind) {
	case AST_NAME:
		if (!e->sym || e->sym->kind == SYM_PARAM)
			return &no_type;
		return e->sym->ctype;
	case AST_INDEX:
		walk_list(w, &e->list);
		return e->sym ? e->sym->ctype : &no_type;
	case AST_ASSIGN:
		return walk_assign(w, e);
	case AST_COND:
		return walk_cond(w, e);
	case AST_CALL:
		return walk_call(w, e);
	case AST_AUTOCAST:
		return walk_autocast(w, e, NULL);
	case AST_ENUMNAME:
		walk(w, e->a);
		return &no_type;
	}
	walk_list(w, &e->list);
	walk(w, e->a);
	walk(w, e->b);
	walk(w, e->c);
	return e->ctype ? e->ctype : &no_type;
}

static void walk_stmt(struct details *w, struct ast_stmt *st)
{
	struct ast_stmt *const *it;
	const struct ctype *type;

	if (!st)
		return;
	type = walk(w, st->expr);
	if (st->kind == AST_RETURN && st->expr && w->fn)
		note(w, &w->fn->ctype, type);
	walk(w, st->init);
	walk(w, st->update);
	if (st->foreach) {
		walk(w, st->foreach->limit);
		walk_list(w, &st->foreach->slice);
	}
	walk_stmt(w, st->body);
	walk_stmt(w, st->otherwise);
	vec_foreach(it, &st->stmts)
		walk_stmt(w, *it);
}

static void walk_all(struct details *w)
{
	struct sema *s = w->s;
	size_t i, k;

	for (i = 0; i < s->drafts.len; i++) {
		struct draft d = s->drafts.at[i];

		w->fn = NULL;
		w->d = &d;
		for (k = 0; k < d.bodies.len; k++) {
			w->file = d.bodies.at[k].file;
			walk_stmt(w, d.bodies.at[k].stmt);
		}
	}
	for (i = 0; i < s->prog->functions.len; i++) {
		w->fn = s->prog->functions.at[i];
		w->d = NULL;
		w->file = w->fn->ast->file;
		walk_stmt(w, w->fn->ast->body);
	}
}

void details_resolve(struct sema *s)
{
	struct details w = { .s = s };

	/* Each round that changes something resolves a form or settles what a
	 * variable or function has; both are bounded. */
	do {
		w.changed = false;
		walk_all(&w);
	} while (w.changed);
	w.last = true;
	walk_all(&w);
}
