/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The elaborated program as text: stap -p2 (cli.md section 12). */
#include "lang/ast_print.h"
#include "sema/internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "__private__input__": a file's name as a part of identifiers. */
static void add_private_prefix(const struct ast_file *file, struct strbuf *out)
{
	const char *name = file && file->src ? file->src->name : "";
	const char *base = strrchr(name, '/');
	const char *p;

	strbuf_addstr(out, "__private_");
	for (p = base ? base + 1 : name; *p; p++)
		strbuf_addch(out, isalnum((unsigned char)*p) ? *p : '_');
	strbuf_addch(out, '_');
}

static void add_global_name(const struct symbol *sym, struct strbuf *out)
{
	if (sym->is_private)
		add_private_prefix(sym->file, out);
	else
		strbuf_addstr(out, "__global_");
	strbuf_addstr(out, sym->name);
}

static void add_function_name(const struct function *f, struct strbuf *out)
{
	if (f->ast && f->ast->is_private)
		add_private_prefix(f->ast->file, out);
	else
		strbuf_addstr(out, "__global_");
	strbuf_addstr(out, f->name);
}

static void add_type(const struct symbol *sym, struct strbuf *out)
{
	int i;

	strbuf_addf(out, ":%s", type_name(sym->type));
	for (i = 0; i < sym->n_keys; i++)
		strbuf_addf(out, "%s%s", i ? ", " : " [",
			    type_name(sym->key_type[i]));
	if (sym->n_keys > 0)
		strbuf_addch(out, ']');
}

static void print_embeds(const struct sema_prog *p, struct strbuf *out)
{
	struct ast_expr *const *e;

	if (p->embeds.len)
		strbuf_addstr(out, "# global embedded code\n");
	vec_foreach(e, &p->embeds) {
		ast_print_embed((*e)->str, (*e)->len, out);
		strbuf_addch(out, '\n');
	}
}

static void print_globals(const struct sema_prog *p, bool verbose,
			  struct strbuf *out)
{
	struct symbol *const *it;

	if (p->globals.len)
		strbuf_addstr(out, "# globals\n");
	vec_foreach(it, &p->globals) {
		const struct symbol *sym = *it;

		strbuf_addstr(out, sym->name);
		if (sym->wrap)
			strbuf_addch(out, '%');
		if (sym->size)
			strbuf_addf(out, "[%lld]", (long long)sym->size);
		add_type(sym, out);
		if (verbose && sym->init) {
			strbuf_addstr(out, " = ");
			ast_print_literal(sym->init, out);
		}
		strbuf_addch(out, '\n');
	}
}

static void print_locals(const symbols *locals, struct strbuf *out)
{
	struct symbol *const *sym;

	if (locals->len)
		strbuf_addstr(out, "  # locals\n");
	vec_foreach(sym, locals) {
		strbuf_addf(out, "  %s", (*sym)->name);
		add_type(*sym, out);
		strbuf_addch(out, '\n');
	}
}

/* --- bodies: copies whose names say what they mean --- */

static const char *taken(struct arena *a, struct strbuf *name)
{
	const char *copy = arena_strndup(a, name->buf, name->len);

	strbuf_release(name);
	return copy;
}

static const char *symbol_name(struct arena *a, const struct symbol *sym,
			       const char *name)
{
	struct strbuf text = STRBUF_INIT;

	if (!sym || sym->kind != SYM_GLOBAL)
		return name;
	add_global_name(sym, &text);
	return taken(a, &text);
}

static void rename_expr(struct arena *a, struct ast_expr *e)
{
	struct strbuf text = STRBUF_INIT;
	struct ast_expr **it;

	if (!e)
		return;
	if (e->kind == AST_NAME || e->kind == AST_INDEX) {
		e->name = symbol_name(a, e->sym, e->name);
	} else if (e->kind == AST_CALL && e->fn) {
		add_function_name(e->fn, &text);
		strbuf_addstr(&text, "__overload_0");
		e->name = taken(a, &text);
	}
	vec_foreach(it, &e->list)
		rename_expr(a, *it);
	rename_expr(a, e->a);
	rename_expr(a, e->b);
	rename_expr(a, e->c);
}

static void rename_foreach(struct arena *a, struct ast_foreach *f)
{
	struct ast_expr **it;
	size_t i;

	rename_expr(a, f->array);
	rename_expr(a, f->limit);
	vec_foreach(it, &f->slice)
		rename_expr(a, *it);
	f->value_name = symbol_name(a, f->value, f->value_name);
	for (i = 0; i < f->key_syms.len; i++)
		f->keys.at[i] =
			symbol_name(a, f->key_syms.at[i], f->keys.at[i]);
}

static void rename_stmt(struct arena *a, struct ast_stmt *st)
{
	struct ast_stmt **it;

	if (!st)
		return;
	rename_expr(a, st->expr);
	rename_expr(a, st->init);
	rename_expr(a, st->update);
	rename_stmt(a, st->body);
	rename_stmt(a, st->otherwise);
	vec_foreach(it, &st->stmts)
		rename_stmt(a, *it);
	if (st->foreach)
		rename_foreach(a, st->foreach);
	if (st->name)
		st->name = symbol_name(a, st->sym, st->name);
}

static void print_body(const struct ast_stmt *body, struct strbuf *out)
{
	struct arena scratch = ARENA_INIT;
	struct ast_stmt *copy = clone_stmt(&scratch, body);

	rename_stmt(&scratch, copy);
	ast_print_stmt(copy, out);
	strbuf_addch(out, '\n');
	arena_release(&scratch);
}

static void print_function(const struct function *f, bool verbose,
			   struct strbuf *out)
{
	size_t i;

	strbuf_addf(out, "%s:%s (", f->name, type_name(f->type));
	for (i = 0; i < f->params.len; i++)
		strbuf_addf(out, "%s%s:%s", i ? ", " : "",
			    f->params.at[i]->name,
			    type_name(f->params.at[i]->type));
	strbuf_addstr(out, ")\n");
	print_locals(&f->locals, out);
	if (verbose && f->ast->body)
		print_body(f->ast->body, out);
}

/* By internal name: "__global_f" before "__private_…". */
static int by_name(const void *a, const void *b)
{
	const struct function *x = *(struct function *const *)a;
	const struct function *y = *(struct function *const *)b;
	struct strbuf nx = STRBUF_INIT, ny = STRBUF_INIT;
	int c;

	add_function_name(x, &nx);
	add_function_name(y, &ny);
	c = strcmp(nx.buf, ny.buf);
	strbuf_release(&nx);
	strbuf_release(&ny);
	if (c)
		return c;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void print_functions(const struct sema_prog *p, bool verbose,
			    struct strbuf *out)
{
	VEC(struct function *) sorted = { 0 };
	struct function *const *f;

	if (!p->functions.len)
		return;
	vec_foreach(f, &p->functions)
		vec_push(NULL, &sorted, *f);
	qsort(sorted.at, sorted.len, sizeof(sorted.at[0]), by_name);
	strbuf_addstr(out, "# functions\n");
	vec_foreach(f, &sorted)
		print_function(*f, verbose, out);
	vec_release(&sorted);
}

static void print_probe(const struct sema_probe *probe, bool verbose,
			struct strbuf *out)
{
	const struct handler *h = probe->handler;
	struct ast_stmt *const *st;

	strbuf_addf(out, "%s /*  %s */ \n", probe->at->point,
		    probe->at->chain ? probe->at->chain : "");
	print_locals(&h->locals, out);
	if (verbose)
		vec_foreach(st, &h->bodies)
			print_body(*st, out);
}

void sema_print(const struct lang *l, const struct sema_prog *p, bool verbose,
		struct strbuf *out)
{
	const struct sema_probe *probe;

	(void)l;
	print_embeds(p, out);
	print_globals(p, verbose, out);
	print_functions(p, verbose, out);
	if (p->probes.len)
		strbuf_addstr(out, "# probes\n");
	vec_foreach(probe, &p->probes)
		print_probe(probe, verbose, out);
}
