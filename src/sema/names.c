/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declarations of all files: which global or function a name means. */
#include "base/bug.h"
#include "base/similar.h"
#include "proto/intrinsics.h"
#include "sema/internal.h"

#include <string.h>

#define MAX_COMPARED ((size_t)1000000)

/* --- globals --- */

static void declare_global(struct sema *s, const struct ast_global *g)
{
	struct global_entry *e, *old = hmap_gets(&s->globals, g->name);
	struct symbol *sym;

	for (e = old; e; e = e->next) {
		bool other_file = e->sym.file != g->file;

		if (other_file && (g->is_private || e->sym.is_private))
			continue;
		diag_error(s->diag, g->loc, GLOBAL_TWICE, g->name);
		diag_note(s->diag, e->sym.loc, GLOBAL_FIRST);
		return;
	}
	e = arena_new(s->arena, struct global_entry);
	sym = &e->sym;
	sym->kind = SYM_GLOBAL;
	sym->name = g->name;
	sym->loc = g->loc;
	sym->n_keys = g->init ? 0 : -1;
	sym->keys_loc = g->loc;
	sym->size = g->size;
	sym->wrap = g->wrap;
	sym->is_private = g->is_private;
	sym->init = g->init;
	sym->file = g->file;
	if (g->init) {
		sym->type = g->init->kind == AST_NUMBER ? TY_LONG : TY_STRING;
		sym->type_loc = g->init->loc;
	}
	e->next = old;
	hmap_puts(&s->globals, g->name, e);
}

static struct global_entry *find_global(struct sema *s, const char *name,
					const struct ast_file *file)
{
	struct global_entry *e, *best = NULL;

	for (e = hmap_gets(&s->globals, name); e; e = e->next) {
		/* What aliases of the library call by a name is their own. */
		if (file->library && !e->sym.file->library)
			continue;
		if (!e->sym.is_private)
			best = e;
		else if (e->sym.file == file)
			return e;
	}
	return best;
}

struct symbol *names_global(struct sema *s, const char *name,
			    const struct ast_file *file)
{
	struct global_entry *e = find_global(s, name, file);
	ast_files more = { 0 };

	if (!e) {
		tapset_need_global(s->tapset, name, &more);
		sema_add_files(s, &more);
		if (more.len)
			e = find_global(s, name, file);
	}
	if (!e)
		return NULL;
	if (!e->use_order)
		e->use_order = ++s->n_used_globals;
	return &e->sym;
}

struct symbol *names_own(struct sema *s, struct symbol *local,
			 const struct ast_file *file)
{
	struct symbol *global = NULL;

	if (local->file->library && !file->library)
		global = names_global(s, local->name, file);
	return global ? global : local;
}

void names_finish(struct sema *s)
{
	symbols *globals = &s->prog->globals;
	struct ast_global *const *g;
	size_t i;

	for (i = 0; i < s->files.len; i++) {
		vec_foreach(g, &s->files.at[i]->globals) {
			struct global_entry *e =
				find_global(s, (*g)->name, (*g)->file);

			/* A second declaration of one name was reported. */
			if (!e || !e->use_order ||
			    e->sym.loc.src != (*g)->loc.src ||
			    e->sym.loc.off != (*g)->loc.off)
				continue;
			e->sym.id = (uint32_t)globals->len;
			vec_push(s->arena, globals, &e->sym);
		}
	}
}

/* Whether so many names may still be compared in this run: lists of similar
 * names are a help, and not worth seconds. */
static bool may_compare(struct sema *s, size_t n)
{
	if (s->n_compared > MAX_COMPARED)
		return false;
	s->n_compared += n;
	return true;
}

static void warn_never_assigned(struct sema *s, const symbols *list,
				const char *kind)
{
	const symbols *globals = &s->prog->globals;
	struct symbol *const *sym, *const *other;

	vec_foreach(sym, list) {
		struct similar near = { .want = (*sym)->name };
		struct strbuf names = STRBUF_INIT;

		if (!(*sym)->read || (*sym)->written || (*sym)->init)
			continue;
		if (loc_is_set((*sym)->loc) &&
		    loc_source(s->l->srcs, (*sym)->loc)->library)
			continue;
		if (!may_compare(s, list->len + globals->len))
			goto warn;
		/* A global is offered itself, a local is not: the reference
		 * prints it so. */
		vec_foreach(other, list)
			if (*other != *sym || list == globals)
				similar_offer(&near, (*other)->name);
		if (list != globals)
			vec_foreach(other, globals)
				similar_offer(&near, (*other)->name);
		if (near.n) {
			strbuf_addstr(&names, " (similar: ");
			similar_add(&near, &names);
			strbuf_addch(&names, ')');
		}
	warn:
		diag_warn(s->diag, (*sym)->loc, NEVER_ASSIGNED, kind,
			  (*sym)->name, near.n ? names.buf : "");
		strbuf_release(&names);
	}
}

void names_warn(struct sema *s)
{
	struct handler *const *h;
	struct function *const *f;

	warn_never_assigned(s, &s->prog->globals, "global");
	vec_foreach(f, &s->prog->functions)
		warn_never_assigned(s, &(*f)->locals, "local");
	vec_foreach(h, &s->prog->handlers)
		warn_never_assigned(s, &(*h)->locals, "local");
}

/* Whether an overload of the same name and arity was reached: they go along. */
static bool is_reached(struct sema *s, const struct ast_function *f)
{
	const struct function_entry *e;

	for (e = hmap_gets(&s->functions, f->name); e; e = e->next)
		if (e->fn && e->ast && e->n_params == f->params.len &&
		    (e->ast == f || (!f->is_private && !e->ast->is_private)))
			return true;
	return false;
}

static void warn_unused_globals(struct sema *s, const struct ast_file *file)
{
	struct ast_global *const *g;

	vec_foreach(g, &file->globals) {
		const struct global_entry *e =
			find_global(s, (*g)->name, file);

		if (e && !e->use_order)
			diag_warn(s->diag, (*g)->loc, ELIDED_VARIABLE,
				  (*g)->name);
	}
}

void names_warn_unused(struct sema *s)
{
	struct ast_function *const *f;
	struct ast_file *const *file;

	vec_foreach(file, &s->files) {
		if ((*file)->library)
			continue;
		vec_foreach(f, &(*file)->functions)
			if (!is_reached(s, *f))
				diag_warn(s->diag, (*f)->loc, ELIDED_FUNCTION,
					  (*f)->name);
	}
	/* Of unused globals the reference keeps silent. */
	if (!s->diag->verbose)
		return;
	vec_foreach(file, &s->files)
		if (!(*file)->library)
			warn_unused_globals(s, *file);
}

void names_declare_global(struct sema *s, struct ast_global *g)
{
	declare_global(s, g);
	vec_push(s->arena, &s->files.at[0]->globals, g);
}

/* --- functions --- */

/* Append behind those of the same name, but before intrinsics: what a script
 * defines comes first. */
static void append_function(struct sema *s, const char *name,
			    struct function_entry *e)
{
	struct function_entry *list = hmap_gets(&s->functions, name);

	if (!list || !list->ast) {
		e->next = list;
		hmap_puts(&s->functions, name, e);
		return;
	}
	while (list->next && list->next->ast)
		list = list->next;
	e->next = list->next;
	list->next = e;
}

static void declare_function(struct sema *s, const struct ast_function *f,
			     bool library)
{
	struct function_entry *e = arena_new(s->arena, struct function_entry);

	e->ast = f;
	e->intrinsic = -1;
	e->priority = f->has_priority ? f->priority : library;
	e->n_params = (unsigned)f->params.len;
	append_function(s, f->name, e);
}

static void declare_intrinsic(struct sema *s, unsigned i)
{
	struct function_entry *e = arena_new(s->arena, struct function_entry);

	e->intrinsic = (int)i;
	e->priority = 1;
	e->n_params = (unsigned)strlen(intrinsics[i].args);
	append_function(s, intrinsics[i].script, e);
}

void names_declare_file(struct sema *s, const struct ast_file *file)
{
	struct ast_global *const *g;
	struct ast_function *const *f;

	vec_foreach(g, &file->globals)
		declare_global(s, *g);
	vec_foreach(f, &file->functions) {
		embed_give_body(s, *f);
		declare_function(s, *f, file->library);
	}
}

void names_declare_intrinsics(struct sema *s)
{
	unsigned n;

	for (n = 0; n < intrinsic_count; n++)
		declare_intrinsic(s, n);
}

static void make_params(struct sema *s, struct function *fn,
			const struct function_entry *e)
{
	unsigned i;

	fn->n_params = e->n_params;
	fn->param_types = arena_array(s->arena, enum ast_type, e->n_params);
	fn->param_locs = arena_array(s->arena, struct loc, e->n_params);
	for (i = 0; i < e->n_params; i++) {
		const struct ast_param *p;
		struct symbol *sym;

		if (!e->ast) {
			char c = intrinsics[e->intrinsic].args[i];

			fn->param_types[i] = c == 'i' ? TY_LONG : TY_STRING;
			continue;
		}
		p = &e->ast->params.at[i];
		sym = arena_new(s->arena, struct symbol);
		sym->kind = SYM_PARAM;
		sym->name = p->name;
		sym->loc = sym->type_loc = p->loc;
		sym->id = i;
		sym->type = p->type;
		sym->file = e->ast->file;
		sym->written = true;
		fn->param_types[i] = p->type;
		fn->param_locs[i] = p->loc;
		vec_push(s->arena, &fn->params, sym);
	}
}

static struct function *make_function(struct sema *s, struct function_entry *e)
{
	struct function *fn = arena_new(s->arena, struct function);

	e->fn = fn;
	fn->intrinsic = e->intrinsic;
	make_params(s, fn, e);
	if (!e->ast) {
		const struct intrinsic_info *info = &intrinsics[e->intrinsic];

		fn->name = info->script;
		fn->type = info->result == 'v'   ? TY_VOID
			   : info->result == 'i' ? TY_LONG
						 : TY_STRING;
		return fn;
	}
	fn->name = e->ast->name;
	fn->ast = e->ast;
	fn->type = e->ast->type;
	fn->type_loc = e->ast->loc;
	fn->id = (uint32_t)s->prog->functions.len;
	vec_push(s->arena, &s->prog->functions, fn);
	return fn;
}

struct function *names_make_function(struct sema *s,
				     const struct ast_function *f)
{
	struct function_entry *e = arena_new(s->arena, struct function_entry);

	e->ast = f;
	e->intrinsic = -1;
	e->n_params = (unsigned)f->params.len;
	return make_function(s, e);
}

static bool is_visible(const struct function_entry *e,
		       const struct ast_file *file)
{
	return !e->ast || !e->ast->is_private || e->ast->file == file;
}

/* The candidate that is tried after prev (NULL: first): lowest priority, then
 * order of declaration. */
static struct function_entry *next_candidate(struct function_entry *list,
					     unsigned n_params,
					     const struct ast_file *file,
					     const struct function_entry *prev)
{
	struct function_entry *e, *best = NULL;
	bool behind_prev = !prev;

	for (e = list; e; e = e->next) {
		if (e == prev) {
			behind_prev = true;
			continue;
		}
		if (e->n_params != n_params || !is_visible(e, file))
			continue;
		if (prev && (e->priority < prev->priority ||
			     (e->priority == prev->priority && !behind_prev)))
			continue;
		if (!best || e->priority < best->priority)
			best = e;
	}
	return best;
}

/* Not functions to us, but to those who misspell them. */
static const char *const print_names[] = {
	"print",   "printf",  "println",  "printd",  "printdln", "print_char",
	"sprint",  "sprintf", "sprintln", "sprintd", "sprintdln",
};

static void report_unresolved(struct sema *s, const struct ast_expr *call,
			      const struct function_entry *same_name)
{
	struct similar near = { .want = call->name };
	struct strbuf text = STRBUF_INIT;
	unsigned other;
	size_t i;

	if (same_name) {
		diag_error(s->diag, call->loc, FUNCTION_ARITY, call->name,
			   same_name->n_params);
		return;
	}
	if (tapset_other_arity(s->tapset, call->name,
			       (unsigned)call->list.len, &other)) {
		diag_error(s->diag, call->loc, FUNCTION_ARITY, call->name,
			   other);
		return;
	}
	for (i = 0; may_compare(s, 1) && i < s->functions.len; i++)
		if (s->functions.entries[i].key[0] != '_')
			similar_offer(&near, s->functions.entries[i].key);
	tapset_offer_functions(s->tapset, &near);
	for (i = 0; i < ARRAY_SIZE(print_names); i++)
		similar_offer(&near, print_names[i]);
	strbuf_addstr(&text, " (similar: ");
	similar_add(&near, &text);
	strbuf_addch(&text, ')');
	diag_error(s->diag, call->loc, FUNCTION_UNRESOLVED, call->name,
		   near.n ? text.buf : "");
	strbuf_release(&text);
}

/* An overload that never says next hides those behind it. */
static bool is_last(const struct function_entry *e)
{
	return !e->ast || !e->ast->body || !bind_has_next(e->ast->body);
}

/* Ask the library for a function, unless the user's own hides it. */
static void need_function(struct sema *s, const char *name, unsigned n_params,
			  const struct ast_file *file)
{
	struct function_entry *list = hmap_gets(&s->functions, name), *e;
	ast_files more = { 0 };

	e = next_candidate(list, n_params, file, NULL);
	while (e && !is_last(e))
		e = next_candidate(list, n_params, file, e);
	if (e && e->ast)
		return;
	/* The library itself has no function that executors have. */
	tapset_need_function(s->tapset, name, n_params, e != NULL, &more);
	sema_add_files(s, &more);
}

struct function *names_function(struct sema *s, const struct ast_expr *call,
				const struct ast_file *file)
{
	struct function_entry *list = hmap_gets(&s->functions, call->name);
	unsigned n_params = (unsigned)call->list.len;
	struct function_entry *e, *first, *prev;

	first = next_candidate(list, n_params, file, NULL);
	if (!first || !first->fn) {
		need_function(s, call->name, n_params, file);
		list = hmap_gets(&s->functions, call->name);
	}
	first = e = next_candidate(list, n_params, file, NULL);
	if (!first) {
		report_unresolved(s, call, list);
		return NULL;
	}
	if (first->fn)
		return first->fn;
	for (prev = NULL; e; e = next_candidate(list, n_params, file, e)) {
		if (!e->fn)
			make_function(s, e);
		if (prev)
			prev->fn->next = e->fn;
		if (is_last(e))
			break;
		prev = e;
	}
	return first->fn;
}
