/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Probe declarations to handlers: each way of coming to a place (which aliases,
 * which conditions) is a handler; the places reached that way share it.
 */
#include "sema/target.h"

static bool same_path(const struct probe_path *a, const struct probe_path *b)
{
	while (a && b) {
		if (a->decl != b->decl)
			return false;
		if (a->point->condition != b->point->condition)
			return false;
		a = a->outer;
		b = b->outer;
	}
	return a == b;
}

/* Equal for equal paths. */
static uint32_t hash_path(const struct probe_path *path)
{
	uint32_t hash = 0;

	for (; path; path = path->outer) {
		const void *parts[] = { path->decl, path->point->condition };

		hash = hash * 31 + hash_bytes(parts, sizeof(parts));
	}
	return hash;
}

static void add_body(struct sema *s, struct draft *d,
		     const struct ast_stmt *body, const struct ast_file *file)
{
	if (!body)
		return;
	vec_push(s->arena, &d->bodies,
		 (struct body){ clone_stmt(s->arena, body), file });
}

/* The epilogues run from the outermost alias inwards. */
static void add_epilogues(struct sema *s, struct draft *d,
			  const struct probe_path *path)
{
	const struct ast_probe *alias = path->decl;

	if (!path->outer)
		return;
	add_epilogues(s, d, path->outer);
	if (alias->epilogue)
		add_body(s, d, alias->body, alias->file);
	else
		add_body(s, d, alias->epilogue_body, alias->file);
}

static void fill_draft(struct sema *s, struct draft *d, bool first)
{
	const struct probe_path *p;
	const struct body *b;
	const struct condition *c;

	for (p = d->path; p->outer; p = p->outer)
		if (!p->decl->epilogue)
			add_body(s, d, p->decl->body, p->decl->file);
	if (d->path->outer)
		d->user_body = clone_stmt(s->arena, p->decl->body);
	/* The tree of the declaration serves its first handler. */
	if (first)
		vec_push(s->arena, &d->bodies,
			 (struct body){ p->decl->body, p->decl->file });
	else
		add_body(s, d, p->decl->body, p->decl->file);
	add_epilogues(s, d, d->path);
	for (p = d->path; p; p = p->outer)
		if (p->point->condition)
			vec_push(s->arena, &d->conditions,
				 (struct condition){
					 clone_expr(s->arena,
						    p->point->condition),
					 p->decl->file });
	vec_foreach(b, &d->bodies)
		vec_push(s->arena, &d->handler->bodies, b->stmt);
	vec_foreach(c, &d->conditions)
		vec_push(s->arena, &d->handler->conditions, c->expr);
}

static struct handler *new_handler(struct sema *s, struct loc loc)
{
	struct handler *h = arena_new(s->arena, struct handler);

	h->id = (uint32_t)s->prog->handlers.len;
	h->loc = loc;
	h->name = arena_printf(s->arena, "probe_%u", h->id);
	vec_push(s->arena, &s->prog->handlers, h);
	return h;
}

/* Whether $value means the same. */
static bool same_context(enum attach_kind a, enum attach_kind b)
{
	return a == b || (!procfs_is_kind(a) && !procfs_is_kind(b));
}

/* Whether some body on the way asks for the context of the place. */
static bool asks_context(const struct probe_path *path)
{
	for (; path; path = path->outer)
		if (fold_asks_context(path->decl->body) ||
		    fold_asks_context(path->decl->epilogue_body))
			return true;
	return false;
}

static struct handler *handler_for(struct sema *s, const struct ast_probe *decl,
				   const struct probe_path *path,
				   const struct resolved_probe *at,
				   size_t first_draft)
{
	enum attach_kind attach = at->attach;
	struct draft d = { .path = path,
			   .path_hash = hash_path(path),
			   .attach = attach,
			   .at = at };
	bool own = at->vars && asks_context(path);
	size_t i;

	for (i = first_draft; !own && i < s->drafts.len; i++)
		if (s->drafts.at[i].path_hash == d.path_hash &&
		    same_context(s->drafts.at[i].attach, attach) &&
		    same_path(s->drafts.at[i].path, path))
			return s->drafts.at[i].handler;
	if (at->entry && own)
		d.entries = entry_set_new(s, decl->loc);
	d.handler = new_handler(s, decl->loc);
	fill_draft(s, &d, first_draft == s->drafts.len);
	vec_push(s->arena, &s->drafts, d);
	return d.handler;
}

static void collect_probe(struct sema *s, const struct ast_probe *decl)
{
	size_t first_draft = s->drafts.len;
	probe_matches matches = { 0 };
	const struct probe_match *m;

	resolver_resolve(s->resolver, decl, &matches);
	vec_foreach(m, &matches) {
		struct handler *h = handler_for(
			s, decl, m->path, m->at, first_draft);

		vec_push(s->arena, &s->prog->probes,
			 (struct sema_probe){ m->at, h, m->listed });
	}
}

void handlers_collect(struct sema *s, const struct ast_file *file)
{
	struct ast_probe *const *p;

	/* -l asks about the points it was given, not those of other scripts. */
	if (s->env->listing && s->files.len && file != s->files.at[0])
		return;
	vec_foreach(p, &file->probes)
		if (!(*p)->aliases.len)
			collect_probe(s, *p);
}

struct handler *handlers_add(struct sema *s, struct ast_stmt *body,
			     const struct resolved_probe *at)
{
	struct handler *h = new_handler(s, at->loc);

	vec_push(s->arena, &h->bodies, body);
	vec_push(s->arena, &s->prog->probes,
		 (struct sema_probe){ at, h, at->point });
	return h;
}
