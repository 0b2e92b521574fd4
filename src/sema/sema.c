/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 2 from its start to its end. */
#include "sema/internal.h"

/* Enter a file, then the files whose aliases its points can mean. */
static void enter_file(struct sema *s, struct ast_file *file)
{
	struct ast_probe *const *p;
	struct ast_point *const *pt;
	struct ast_expr *const *e;
	ast_files more = { 0 };
	size_t i;

	vec_push(s->arena, &s->files, file);
	names_declare_file(s, file);
	vec_foreach(e, &file->embeds)
		vec_push(s->arena, &s->prog->embeds, *e);
	vec_foreach(p, &file->probes) {
		if ((*p)->aliases.len)
			resolver_add_alias(s->resolver, *p);
		/* The library itself has no alias for what is built in. */
		vec_foreach(pt, &(*p)->points)
			tapset_need_aliases(s->tapset, *pt,
					    resolver_knows(s->resolver, *pt),
					    &more);
	}
	for (i = 0; i < more.len; i++)
		enter_file(s, more.at[i]);
}

void sema_add_files(struct sema *s, const ast_files *files)
{
	size_t first = s->files.len, i;

	for (i = 0; i < files->len; i++)
		enter_file(s, files->at[i]);
	for (i = first; i < s->files.len; i++)
		handlers_collect(s, s->files.at[i]);
}

void sema_begin(struct sema *s, struct lang *l, const struct probe_env *env,
		struct tapset *tapset)
{
	*s = (struct sema){ .l = l,
			    .arena = l->arena,
			    .diag = l->diag,
			    .env = env,
			    .tapset = tapset };
	s->prog = arena_new(l->arena, struct sema_prog);
	s->resolver = resolver_new(l->arena, l->names, l->diag, env);
	names_declare_intrinsics(s);
}

void sema_end(struct sema *s)
{
	resolver_release(s->resolver);
	hmap_release(&s->globals);
	hmap_release(&s->functions);
}

void sema_no_probes(struct sema *s)
{
	struct ast_file *const *file;
	struct ast_probe *const *p;
	struct loc loc = { 0 };

	vec_foreach(file, &s->files)
		vec_foreach(p, &(*file)->probes)
			if (!loc_is_set(loc) && !(*file)->library &&
			    !(*p)->aliases.len)
				loc = (*p)->loc;
	diag_error(s->diag, loc, NO_PROBES);
}

struct sema_prog *sema_analyze(struct lang *l, const struct probe_env *env,
			       struct tapset *tapset,
			       struct ast_file *const *files, size_t n_files)
{
	struct sema s;
	ast_files given = { 0 };
	unsigned errors = l->diag->errors;
	size_t i;

	sema_begin(&s, l, env, tapset);
	for (i = 0; i < n_files; i++)
		vec_push(l->arena, &given, files[i]);
	sema_add_files(&s, &given);
	if (!s.prog->probes.len && l->diag->errors == errors)
		sema_no_probes(&s);
	bind_all(&s);
	details_resolve(&s);
	/* Texts of C values bring functions. */
	bind_all(&s);
	bind_check(&s);
	names_finish(&s);
	/* Types of what is not bound would only repeat the complaint. */
	if (l->diag->errors == errors) {
		types_infer(&s);
		names_warn(&s);
	}
	if (l->diag->errors == errors && !env->no_global_display)
		display_add(&s);
	if (l->diag->errors == errors && env->optimize)
		elide_all(&s);
	sema_end(&s);
	return s.prog;
}
