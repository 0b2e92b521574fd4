/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Embedded C (language.md section 20): what comments in it say of it. The C
 * itself is not looked into; a runtime that has no C refuses it in pass 3.
 */
#include "sema/internal.h"

#include <ctype.h>
#include <string.h>

/* A comment of exactly this text. */
static bool says(const struct ast_expr *e, const char *tag)
{
	size_t n = strlen(tag);

	return memmem(e->str, e->len, tag, n) != NULL;
}

bool embed_is_pure(const struct ast_expr *e)
{
	return says(e, "/* pure */");
}

bool embed_has_next(const struct ast_expr *e)
{
	return says(e, "STAP_NEXT");
}

void embed_give_body(struct sema *s, struct ast_function *f)
{
	struct ast_expr *e;

	if (!f->embed || f->body)
		return;
	e = arena_new(s->arena, struct ast_expr);
	e->kind = AST_EMBED;
	e->loc = f->embed_loc;
	e->str = f->embed;
	e->len = f->embed_len;
	f->body = arena_new(s->arena, struct ast_stmt);
	f->body->kind = AST_EMBED_STMT;
	f->body->loc = f->embed_loc;
	f->body->expr = e;
}

/* The code uses a global: it stands below the expression like an operand. */
static void add_use(struct sema *s, struct ast_expr *e, const char *name,
		    size_t len, bool write, const struct ast_file *file)
{
	const char *global = intern_bytes(s->l->names, name, len);
	struct symbol *sym = names_global(s, global, file);
	struct ast_expr *use;

	if (!sym) {
		diag_error(s->diag, e->loc, EMBED_PRAGMA, global);
		return;
	}
	use = arena_new(s->arena, struct ast_expr);
	use->kind = AST_NAME;
	use->loc = e->loc;
	use->name = global;
	use->sym = sym;
	sym->read = true;
	sym->written |= write;
	vec_push(s->arena, &e->list, use);
}

/* All comments that begin so and end behind the name of a global. */
static void add_uses(struct sema *s, struct ast_expr *e, const char *pragma,
		     bool write, const struct ast_file *file)
{
	const char *at = e->str, *end = e->str + e->len, *name;
	size_t n = strlen(pragma);

	while ((at = memmem(at, (size_t)(end - at), pragma, n))) {
		name = at += n;
		while (at < end && (isalnum((unsigned char)*at) || *at == '_'))
			at++;
		if (end - at >= 3 && !strncmp(at, " */", 3))
			add_use(s, e, name, (size_t)(at - name), write, file);
	}
}

void embed_bind(struct sema *s, struct ast_expr *e, const struct ast_file *file)
{
	/* Bodies may be bound again for another handler. */
	e->list.len = 0;
	e->to_string = says(e, "/* string */");
	if (says(e, "/* stable */") && !embed_is_pure(e))
		diag_error(s->diag, e->loc, EMBED_STABLE);
	add_uses(s, e, "/* pragma:read:", false, file);
	add_uses(s, e, "/* pragma:write:", true, file);
}

void embed_check_call(struct sema *s, const struct ast_expr *call,
		      const struct function *f, const struct ast_file *file)
{
	const struct ast_expr *code;

	if (!f->ast || !f->ast->embed)
		return;
	code = f->ast->body->expr;
	if (says(code, "/* guru */") && !s->env->guru && !file->library)
		diag_error(s->diag, call->loc, EMBED_GURU);
	if (!strcmp(s->env->privilege, "stapusr") &&
	    !says(code, "/* unprivileged */") &&
	    !says(code, "/* myproc-unprivileged */"))
		diag_error(s->diag, call->loc, EMBED_PRIVILEGE,
			   s->env->privilege);
}
