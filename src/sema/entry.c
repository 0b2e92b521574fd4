/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * @entry(e) in a .return probe: a probe of our own at the entry saves what e is
 * there, by task and depth of calls, and the .return probe begins with taking it
 * back. Target variables of .return probes but $return are saved likewise.
 */
#include "sema/target.h"

#include "lang/ast_print.h"
#include "lang/token.h"

#include <string.h>

struct saved {
	const char *text;    /* of the expression */
	const char *array, *local;
	struct ast_expr *expr;
};

struct entry_set {
	unsigned id;
	const char *depth;   /* array: calls a task is in */
	struct loc loc;
	VEC(struct saved) list;
};

struct entry_set *entry_set_new(struct sema *s, struct loc loc)
{
	struct entry_set *set = arena_new(s->arena, struct entry_set);

	set->id = s->n_entries++;
	set->loc = loc;
	return set;
}

/* --- nodes --- */

static struct ast_expr *node(struct sema *s, struct loc loc,
			     enum ast_expr_kind kind, const char *name)
{
	struct ast_expr *e = arena_new(s->arena, struct ast_expr);

	e->kind = kind;
	e->loc = loc;
	e->name = name ? intern_str(s->l->names, name) : NULL;
	return e;
}

static struct ast_expr *depth_node(struct sema *s, const struct entry_set *set)
{
	struct ast_expr *e = node(s, set->loc, AST_INDEX, set->depth);

	vec_push(s->arena, &e->list, node(s, set->loc, AST_CALL, "tid"));
	return e;
}

static struct ast_expr *element(struct sema *s, const struct entry_set *set,
				const char *array)
{
	struct ast_expr *e = node(s, set->loc, AST_INDEX, array);

	vec_push(s->arena, &e->list, node(s, set->loc, AST_CALL, "tid"));
	vec_push(s->arena, &e->list, depth_node(s, set));
	return e;
}

static struct ast_expr *assign(struct sema *s, struct ast_expr *a,
			       struct ast_expr *b)
{
	struct ast_expr *e = node(s, a->loc, AST_ASSIGN, NULL);

	e->op = TOK_ASSIGN;
	e->a = a;
	e->b = b;
	return e;
}

static void add_stmt(struct sema *s, struct ast_stmt *block,
		     enum ast_stmt_kind kind, struct ast_expr *e)
{
	struct ast_stmt *st = arena_new(s->arena, struct ast_stmt);

	st->kind = kind;
	st->loc = e->loc;
	st->expr = e;
	vec_push(s->arena, &block->stmts, st);
}

static struct ast_stmt *block_new(struct sema *s, struct loc loc)
{
	struct ast_stmt *block = arena_new(s->arena, struct ast_stmt);

	block->kind = AST_BLOCK;
	block->loc = loc;
	return block;
}

/* --- saving --- */

static const char *make_global(struct sema *s, const struct entry_set *set,
			       const char *what)
{
	struct ast_global *g = arena_new(s->arena, struct ast_global);

	g->loc = set->loc;
	g->name = intern_str(s->l->names,
			     arena_printf(s->arena, "__entry_%s_%u", what,
					  s->n_entry_names++));
	g->file = s->files.at[0];
	names_declare_global(s, g);
	return g->name;
}

static const struct saved *save(struct sema *s, struct entry_set *set,
				struct ast_expr *e)
{
	struct strbuf text = STRBUF_INIT;
	struct saved new = { .expr = e };
	const struct saved *old;

	ast_print_expr(e, &text);
	vec_foreach(old, &set->list) {
		if (strcmp(old->text, text.buf))
			continue;
		strbuf_release(&text);
		return old;
	}
	if (!set->depth)
		set->depth = make_global(s, set, "depth");
	new.text = arena_strndup(s->arena, text.buf, text.len);
	strbuf_release(&text);
	new.array = make_global(s, set, "value");
	new.local = intern_str(s->l->names,
			       arena_printf(s->arena, "%s_taken", new.array));
	vec_push(s->arena, &set->list, new);
	return &vec_last(&set->list);
}

bool entry_read(const struct target_place *p, struct ast_expr *e)
{
	const struct saved *v;
	struct loc loc = e->loc;

	if (!p->at || !p->at->entry || (!p->entries && !p->quiet)) {
		if (!p->quiet)
			diag_error(p->s->diag, e->loc, ENTRY_PLACE);
		return false;
	}
	if (p->quiet)
		return true;
	v = save(p->s, p->entries, e->a);
	*e = *node(p->s, loc, AST_NAME, v->local);
	return true;
}

bool entry_capture(const struct target_place *p, struct ast_expr *e)
{
	struct ast_expr *form = arena_new(p->s->arena, struct ast_expr);
	struct target_place there = { .s = p->s, .at = p->at->entry,
				      .quiet = true };
	struct ast_expr *trial = clone_expr(p->s->arena, e);

	/* What is wrong with it is best said before it is moved. */
	if (!target_read(&there, trial)) {
		there.quiet = p->quiet;
		return p->quiet ? false : target_read(&there, e);
	}
	if (p->quiet)
		return true;
	diag_warn(p->s->diag, e->loc, ENTRY_CAPTURED, e->name);
	*form = *e;
	*e = *node(p->s, e->loc, AST_ENTRY, NULL);
	e->a = form;
	return entry_read(p, e);
}

/* --- the two probes --- */

static struct ast_stmt *save_all(struct sema *s, const struct entry_set *set)
{
	struct ast_stmt *block = block_new(s, set->loc);
	struct ast_expr *more = node(s, set->loc, AST_POSTFIX, NULL);
	const struct saved *v;

	more->op = TOK_INC;
	more->a = depth_node(s, set);
	add_stmt(s, block, AST_EXPR_STMT, more);
	vec_foreach(v, &set->list)
		add_stmt(s, block, AST_EXPR_STMT,
			 assign(s, element(s, set, v->array), v->expr));
	return block;
}

static struct ast_stmt *take_all(struct sema *s, const struct entry_set *set)
{
	struct ast_stmt *block = block_new(s, set->loc);
	struct ast_expr *less = node(s, set->loc, AST_PREFIX, NULL);
	struct ast_expr *test = node(s, set->loc, AST_COMPARE, NULL);
	const struct saved *v;

	vec_foreach(v, &set->list) {
		add_stmt(s, block, AST_EXPR_STMT,
			 assign(s, node(s, set->loc, AST_NAME, v->local),
				element(s, set, v->array)));
		add_stmt(s, block, AST_DELETE, element(s, set, v->array));
	}
	/* A call that was under way when the probes came has no depth. */
	less->op = TOK_DEC;
	less->a = depth_node(s, set);
	test->op = TOK_LE;
	test->a = less;
	test->b = node(s, set->loc, AST_NUMBER, NULL);
	add_stmt(s, block, AST_IF, test);
	vec_last(&block->stmts)->body = block_new(s, set->loc);
	add_stmt(s, vec_last(&block->stmts)->body, AST_DELETE,
		 depth_node(s, set));
	return block;
}

struct ast_stmt *entry_finish(struct sema *s, const struct draft *d)
{
	const struct entry_set *set = d->entries;
	struct draft there = { .entries = NULL };
	struct ast_stmt *body;

	if (!set || !set->list.len)
		return NULL;
	there.at = d->at->entry;
	there.attach = there.at->attach;
	body = save_all(s, set);
	there.handler = handlers_add(s, body, d->at->entry);
	vec_push(s->arena, &there.bodies,
		 (struct body){ body, d->bodies.at[0].file });
	vec_push(s->arena, &s->drafts, there);
	return take_all(s, set);
}
