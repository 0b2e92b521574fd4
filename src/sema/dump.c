/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the library offers as text: stap --dump-* (cli.md section 15). */
#include "proto/intrinsics.h"
#include "sema/internal.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(const char *) lines;

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Append the lines sorted, each once. */
static void add_sorted(lines *all, struct strbuf *out)
{
	size_t i;

	if (all->len)
		qsort(all->at, all->len, sizeof(all->at[0]), by_bytes);
	for (i = 0; i < all->len; i++)
		if (!i || strcmp(all->at[i], all->at[i - 1]))
			strbuf_addf(out, "%s\n", all->at[i]);
	vec_release(all);
}

/* --- aliases --- */

static void add_alias(struct arena *arena, const struct ast_probe *alias,
		      bool internal, lines *all)
{
	struct ast_point *const *name, *const *pt;
	struct strbuf text = STRBUF_INIT;

	vec_foreach(name, &alias->aliases) {
		if (!internal && (*name)->comps.at[0].name[0] == '_')
			continue;
		strbuf_reset(&text);
		ast_print_point(*name, &text);
		vec_foreach(pt, &alias->points) {
			strbuf_addstr(&text, pt == alias->points.at ? " = "
								    : ", ");
			ast_print_point(*pt, &text);
		}
		vec_push(NULL, all,
			 arena_strndup(arena, text.buf, text.len));
	}
	strbuf_release(&text);
}

void sema_dump_aliases(struct lang *l, struct tapset *tapset, bool internal,
		       struct strbuf *out)
{
	ast_files files = { 0 };
	struct ast_file *const *f;
	struct ast_probe *const *p;
	lines all = { 0 };

	tapset_need_all(tapset, &files);
	vec_foreach(f, &files)
		vec_foreach(p, &(*f)->probes)
			add_alias(l->arena, *p, internal, &all);
	add_sorted(&all, out);
}

/* --- functions --- */

/* Ask for a function as a call of it would. */
static void call_it(struct sema *s, const struct ast_file *file,
		    const struct ast_function *f)
{
	struct ast_expr call = { .kind = AST_CALL,
				 .name = f->name,
				 .loc = f->loc };
	size_t i;

	for (i = 0; i < f->params.len; i++)
		vec_push(s->arena, &call.list, NULL);
	names_function(s, &call, file);
}

static const char *signature(struct arena *arena, const struct function *fn)
{
	struct strbuf text = STRBUF_INIT;
	const char *line;
	unsigned i;

	strbuf_addf(&text, "%s:%s (", fn->name,
		    fn->type == TY_VOID ? "unknown" : type_name(fn->type));
	for (i = 0; i < fn->n_params; i++) {
		enum ast_type type = fn->ast ? fn->params.at[i]->type
					     : fn->param_types[i];

		strbuf_addstr(&text, i ? ", " : "");
		if (fn->ast)
			strbuf_addstr(&text, fn->params.at[i]->name);
		else
			strbuf_addf(&text, "arg%u", i + 1);
		strbuf_addf(&text, ":%s", type_name(type));
	}
	strbuf_addch(&text, ')');
	if (!fn->ast && intrinsics[fn->intrinsic].flags & INTRIN_IN_BPF)
		strbuf_addstr(&text, " /* bpf */");
	line = arena_strndup(arena, text.buf, text.len);
	strbuf_release(&text);
	return line;
}

static void add_intrinsics(struct sema *s, bool internal, lines *all)
{
	struct function fn = { 0 };
	enum ast_type types[8];
	unsigned i, k;

	for (i = 0; i < intrinsic_count; i++) {
		const struct intrinsic_info *info = &intrinsics[i];

		if (!internal && info->script[0] == '_')
			continue;
		fn.name = info->script;
		fn.intrinsic = (int)i;
		fn.type = info->result == 'v'   ? TY_VOID
			  : info->result == 'i' ? TY_LONG
						: TY_STRING;
		fn.n_params = (unsigned)strlen(info->args);
		fn.param_types = types;
		for (k = 0; k < fn.n_params; k++)
			types[k] = info->args[k] == 'i' ? TY_LONG : TY_STRING;
		vec_push(NULL, all, signature(s->arena, &fn));
	}
}

void sema_dump_functions(struct lang *l, const struct probe_env *env,
			 struct tapset *tapset, bool internal,
			 struct strbuf *out)
{
	struct sema s;
	ast_files files = { 0 };
	struct ast_file *const *file;
	struct ast_function *const *f;
	struct function *const *fn;
	bool mute = l->diag->mute;
	unsigned errors = l->diag->errors;
	lines all = { 0 };

	sema_begin(&s, l, env, tapset);
	tapset_need_all(tapset, &files);
	/* What is wrong in a function shows when it is used. */
	l->diag->mute = true;
	vec_foreach(file, &files) {
		vec_push(s.arena, &s.files, *file);
		names_declare_file(&s, *file);
	}
	vec_foreach(file, &files)
		vec_foreach(f, &(*file)->functions)
			if (!(*f)->is_private)
				call_it(&s, *file, *f);
	bind_all(&s);
	names_finish(&s);
	types_infer(&s);
	l->diag->mute = mute;
	l->diag->errors = errors;
	add_intrinsics(&s, internal, &all);
	vec_foreach(fn, &s.prog->functions)
		if (!(*fn)->ast->is_private &&
		    (internal || (*fn)->name[0] != '_'))
			vec_push(NULL, &all, signature(s.arena, *fn));
	add_sorted(&all, out);
	sema_end(&s);
}
