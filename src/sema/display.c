/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the script writes and never reads is shown when it ends: an end probe
 * for each such global, made here as a tree with its types filled in.
 */
#include "sema/internal.h"

#include <stdlib.h>

static struct ast_expr *new_expr(struct sema *s, enum ast_expr_kind kind,
				 struct loc loc, enum ast_type type)
{
	struct ast_expr *e = arena_new(s->arena, struct ast_expr);

	e->kind = kind;
	e->loc = loc;
	e->type = type;
	return e;
}

static struct ast_expr *name_expr(struct sema *s, struct symbol *sym)
{
	struct ast_expr *e = new_expr(s, AST_NAME, sym->loc, sym->type);

	e->name = sym->name;
	e->sym = sym;
	return e;
}

static struct symbol *new_local(struct sema *s, struct handler *h,
				const char *name, struct loc loc,
				enum ast_type type)
{
	struct symbol *sym = arena_new(s->arena, struct symbol);

	sym->kind = SYM_LOCAL;
	sym->name = intern_str(s->l->names, name);
	sym->loc = sym->type_loc = sym->keys_loc = loc;
	sym->id = (uint32_t)h->locals.len;
	sym->type = type;
	sym->read = sym->written = true;
	vec_push(s->arena, &h->locals, sym);
	return sym;
}

static const char *conversion(enum ast_type type)
{
	return type == TY_STRING ? "\"%s\"" : "%d";
}

/* printf("…", list) as a statement. */
static struct ast_stmt *print_stmt(struct sema *s, const struct symbol *global,
				   const struct strbuf *format, ast_exprs *list)
{
	struct ast_stmt *st = arena_new(s->arena, struct ast_stmt);
	struct ast_expr *e = new_expr(s, AST_PRINT, global->loc, TY_LONG);

	e->print = PRINT_PRINTF;
	e->name = intern_str(s->l->names, "printf");
	e->str = arena_strndup(s->arena, format->buf, format->len);
	e->len = format->len;
	e->list = *list;
	st->kind = AST_EXPR_STMT;
	st->loc = global->loc;
	st->expr = e;
	return st;
}

static struct ast_stmt *scalar_body(struct sema *s, struct symbol *global)
{
	struct strbuf format = STRBUF_INIT;
	ast_exprs list = { 0 };
	struct ast_stmt *st;

	strbuf_addf(&format, "%s=%s\n", global->name, conversion(global->type));
	vec_push(s->arena, &list, name_expr(s, global));
	st = print_stmt(s, global, &format, &list);
	strbuf_release(&format);
	return st;
}

/* @op(a) */
static struct ast_expr *stat_expr(struct sema *s, struct ast_expr *a,
				  enum ast_stat op)
{
	struct ast_expr *e = new_expr(s, AST_STAT, a->loc, TY_LONG);

	e->stat = (uint8_t)op;
	e->a = a;
	a->sym->stat.asked |= 1u << op;
	return e;
}

/* The five values of a statistic: behind " ", and their arguments. */
static void add_stats(struct sema *s, struct ast_expr *a,
		      struct strbuf *format, ast_exprs *list)
{
	static const struct {
		enum ast_stat op;
		const char *text;
	} shown[] = { { STAT_COUNT, "count" }, { STAT_MIN, "min" },
		      { STAT_MAX, "max" },     { STAT_SUM, "sum" },
		      { STAT_AVG, "avg" } };
	size_t i;

	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		strbuf_addf(format, " @%s=%%d", shown[i].text);
		vec_push(s->arena, list, stat_expr(s, a, shown[i].op));
	}
	strbuf_addch(format, '\n');
}

/* if (@count(global)) printf(…) else printf("… @count=0x0\n") */
static struct ast_stmt *stat_body(struct sema *s, struct symbol *global)
{
	struct ast_stmt *st = arena_new(s->arena, struct ast_stmt);
	struct ast_expr *name = name_expr(s, global);
	struct strbuf format = STRBUF_INIT;
	ast_exprs list = { 0 }, none = { 0 };

	strbuf_addstr(&format, global->name);
	add_stats(s, name, &format, &list);
	st->kind = AST_IF;
	st->loc = global->loc;
	st->expr = stat_expr(s, name, STAT_COUNT);
	st->body = print_stmt(s, global, &format, &list);
	strbuf_reset(&format);
	strbuf_addf(&format, "%s @count=0x0\n", global->name);
	st->otherwise = print_stmt(s, global, &format, &none);
	strbuf_release(&format);
	return st;
}

/* foreach (value = [key0, …] in array-) printf(…) */
static struct ast_stmt *array_body(struct sema *s, struct handler *h,
				   struct symbol *array)
{
	struct ast_foreach *f = arena_new(s->arena, struct ast_foreach);
	struct ast_stmt *st = arena_new(s->arena, struct ast_stmt);
	struct strbuf format = STRBUF_INIT;
	ast_exprs list = { 0 };
	struct symbol *key;
	int i;

	strbuf_addf(&format, "%s[", array->name);
	for (i = 0; i < array->n_keys; i++) {
		key = new_local(s, h, arena_printf(s->arena, "key%d", i),
				array->loc, array->key_type[i]);
		vec_push(s->arena, &f->keys, key->name);
		vec_push(s->arena, &f->key_locs, array->loc);
		vec_push(s->arena, &f->key_syms, key);
		vec_push(s->arena, &list, name_expr(s, key));
		strbuf_addf(&format, "%s%s", i ? "," : "",
			    conversion(key->type));
	}
	if (array->type == TY_STATS) {
		struct ast_expr *e = new_expr(s, AST_INDEX, array->loc,
					      TY_STATS);

		e->name = array->name;
		e->sym = array;
		for (i = 0; i < array->n_keys; i++)
			vec_push(s->arena, &e->list, list.at[i]);
		strbuf_addch(&format, ']');
		add_stats(s, e, &format, &list);
	} else {
		f->value = new_local(s, h, "value", array->loc, array->type);
		f->value_name = f->value->name;
		f->value_loc = array->loc;
		vec_push(s->arena, &list, name_expr(s, f->value));
		strbuf_addf(&format, "]=%s\n", conversion(array->type));
	}
	f->array = name_expr(s, array);
	f->direction = -1;
	f->aggr = STAT_NONE;
	st->kind = AST_FOREACH;
	st->loc = array->loc;
	st->foreach = f;
	st->body = print_stmt(s, array, &format, &list);
	strbuf_release(&format);
	return st;
}

static void display_global(struct sema *s, struct symbol *global)
{
	struct resolved_probe *at = arena_new(s->arena, struct resolved_probe);
	struct ast_stmt *block = arena_new(s->arena, struct ast_stmt);
	struct handler *h;

	at->attach = ATTACH_END;
	at->point = "end";
	at->chain = "<- end";
	at->loc = global->loc;
	block->kind = AST_BLOCK;
	block->loc = global->loc;
	h = handlers_add(s, block, at);
	vec_push(s->arena, &block->stmts,
		 global->n_keys > 0	    ? array_body(s, h, global) :
		 global->type == TY_STATS ? stat_body(s, global) :
					    scalar_body(s, global));
}

static int by_use(const void *a, const void *b)
{
	const struct global_entry *x = *(const struct global_entry *const *)a;
	const struct global_entry *y = *(const struct global_entry *const *)b;

	return x->use_order < y->use_order ? -1 : x->use_order > y->use_order;
}

void display_add(struct sema *s)
{
	VEC(struct global_entry *) shown = { 0 };
	struct symbol *const *sym;
	size_t i;

	vec_foreach(sym, &s->prog->globals)
		if ((*sym)->written && !(*sym)->read)
			vec_push(NULL, &shown, (struct global_entry *)*sym);
	if (shown.len)
		qsort(shown.at, shown.len, sizeof(shown.at[0]), by_use);
	for (i = 0; i < shown.len; i++)
		display_global(s, &shown.at[i]->sym);
	vec_release(&shown);
}
