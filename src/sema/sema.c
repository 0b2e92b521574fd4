/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 2 from its start to its end. */
#include "sema/internal.h"

static void refuse_embedded(struct sema *s)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		if (s->files[i]->embeds.len)
			diag_error(s->diag, s->files[i]->embeds.at[0]->loc,
				   UNSUPPORTED, "embedded C");
}

struct sema_prog *sema_analyze(struct lang *l, const struct probe_env *env,
			       struct ast_file *const *files, size_t n_files)
{
	struct sema s = { .l = l,
			  .arena = l->arena,
			  .diag = l->diag,
			  .env = env,
			  .files = files,
			  .n_files = n_files };
	unsigned errors = l->diag->errors;

	s.prog = arena_new(l->arena, struct sema_prog);
	names_declare(&s);
	refuse_embedded(&s);
	handlers_collect(&s);
	if (!s.prog->probes.len && l->diag->errors == errors)
		diag_error(l->diag, (struct loc){ 0 }, NO_PROBES);
	bind_all(&s);
	names_finish(&s);
	/* Types of what is not bound would only repeat the complaint. */
	if (l->diag->errors == errors) {
		types_infer(&s);
		names_warn(&s);
	}
	if (l->diag->errors == errors && !env->no_global_display)
		display_add(&s);
	resolver_release(s.resolver);
	hmap_release(&s.globals);
	hmap_release(&s.functions);
	return s.prog;
}
