/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of a run share (see lang.h), and the reading of macro
 * libraries.
 */
#include "lang/lang.h"

#include "lang/pp_internal.h"

#include <string.h>

void lang_init(struct lang *l, struct arena *arena, struct intern *names,
	       struct sources *srcs, struct diag *diag,
	       const struct lang_env *env)
{
	enum tok k;

	memset(l, 0, sizeof(*l));
	l->arena = arena;
	l->names = names;
	l->srcs = srcs;
	l->diag = diag;
	l->env = env;
	l->args_used = arena_array(arena, bool, env->n_args);
	l->keywords = arena_array(arena, const char *,
				  TOK_CATCH - TOK_PROBE + 1);
	for (k = TOK_PROBE; k <= TOK_CATCH; k++)
		l->keywords[k - TOK_PROBE] = intern_str(names, tok_text(k));
	l->has_private = lang_compat_at_least(l, "3.0");
	l->has_hex_escapes = lang_compat_at_least(l, "2.3");
}

void lang_release(struct lang *l)
{
	hmap_release(&l->lib_macros);
	hmap_release(&l->file_macros);
}

bool lang_compat_at_least(const struct lang *l, const char *version)
{
	return strverscmp(l->env->compatible, version) >= 0;
}

void lang_warn_unused_args(struct lang *l)
{
	size_t i;

	/* The library's argv and argc hold them all. */
	if (hmap_gets(&l->names->map, "argv") ||
	    hmap_gets(&l->names->map, "argc"))
		return;
	for (i = 0; i < l->env->n_args; i++)
		if (!l->args_used[i])
			diag_warn(l->diag, (struct loc){ 0 }, ARG_UNUSED,
				  (unsigned long)i + 1, (unsigned long)i + 1);
}

/* Take the macros of a file out of the library again. */
static void forget_macros(struct lang *l, const struct pp *p)
{
	size_t i;

	for (i = 0; i < l->lib_macros.len; i++) {
		struct hmap_entry *e = &l->lib_macros.entries[i];
		struct macro *m = e->value;

		if (m && m->file == p)
			e->value = NULL;
	}
}

void lang_parse_macros(struct lang *l, const struct source *src)
{
	struct pp *p = pp_open(l, src, LANG_LIBRARY);
	unsigned errors = l->diag->errors;
	bool junk = false;
	struct token t;

	p->makes_library = true;
	for (pp_next(p, &t); t.kind != TOK_EOF; pp_next(p, &t)) {
		if (!junk)
			diag_error(l->diag, t.loc, MACRO_LIBRARY_TOKEN,
				   src->name);
		junk = true;
	}
	errors += p->clashes;
	if (l->diag->errors == errors)
		return;
	forget_macros(l, p);
	/* The library goes on without the file, and so does the pass; only
	 * clashes with other files count. */
	l->diag->errors = errors;
	diag_warn(l->diag, (struct loc){ 0 }, MACRO_LIBRARY_BROKEN, src->name);
}
