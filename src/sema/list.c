/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that points stand for: stap -l and -L (cli.md section 14). */
#include "sema/internal.h"
#include "symbols/place.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(const struct sema_probe *) places;

static int by_text(const void *a, const void *b)
{
	const struct sema_probe *x = *(const struct sema_probe *const *)a;
	const struct sema_probe *y = *(const struct sema_probe *const *)b;
	int c = strcmp(x->listed, y->listed);

	if (c)
		return c;
	return x->handler->id < y->handler->id
		       ? -1
		       : x->handler->id > y->handler->id;
}

static bool has_local(const struct handler *h, const struct symbol *sym)
{
	struct symbol *const *it;

	vec_foreach(it, &h->locals)
		if ((*it)->name == sym->name)
			return (*it)->type == sym->type;
	return false;
}

/* The locals of the first place that the others have, too. */
static void add_locals(const struct sema_probe *const *at, size_t n,
		       struct strbuf *out)
{
	struct symbol *const *sym;
	size_t i;

	vec_foreach(sym, &at[0]->handler->locals) {
		if ((*sym)->type != TY_LONG && (*sym)->type != TY_STRING)
			continue;
		for (i = 1; i < n && has_local(at[i]->handler, *sym); i++)
			continue;
		if (i == n)
			strbuf_addf(out, " %s:%s", (*sym)->name,
				    type_name((*sym)->type));
	}
}

/* --- target variables --- */

static const char *type_text(struct arena *a, const struct variable *v)
{
	struct strbuf out = STRBUF_INIT;
	const char *text;

	if (!v->type)
		return "long";
	ctype_print(v->type, &out);
	text = arena_strndup(a, out.buf, out.len);
	strbuf_release(&out);
	return text;
}

static bool has_target(const struct sema_probe *probe, const char *name,
		       const char *type, struct arena *a)
{
	struct scope_vars *vars = probe->at->vars;
	const struct variable *v;

	if (!vars)
		return false;
	v = !strcmp(name, "return") ? vars->ops->result(vars)
				    : vars->ops->find(vars, name);
	return v && !strcmp(type_text(a, v), type);
}

/* A variable of the first place, if the others have it, too. */
static void add_target(const struct sema_probe *const *at, size_t n,
		       const struct variable *v, struct arena *a,
		       struct strbuf *out)
{
	const char *type = type_text(a, v);
	size_t i;

	for (i = 1; i < n && has_target(at[i], v->name, type, a); i++)
		continue;
	if (i == n)
		strbuf_addf(out, " $%s:%s", v->name, type);
}

static void add_targets(const struct sema_probe *const *at, size_t n,
			struct strbuf *out)
{
	struct scope_vars *vars = at[0]->at->vars;
	const struct variable *const *list, *v;
	struct arena a = ARENA_INIT;
	struct hmap seen = { 0 };
	size_t i, len;
	int kind;

	if (!vars)
		return;
	v = vars->ops->result(vars);
	if (v)
		add_target(at, n, v, &a, out);
	for (kind = 0; kind < VARIABLE_KINDS; kind++) {
		list = vars->ops->list(vars, (enum variable_kind)kind, &len);
		for (i = 0; i < len; i++) {
			/* Blocks may have variables of one name. */
			if (hmap_gets(&seen, list[i]->name))
				continue;
			hmap_puts(&seen, list[i]->name, &a);
			add_target(at, n, list[i], &a, out);
		}
	}
	hmap_release(&seen);
	arena_release(&a);
}

size_t sema_list(const struct sema_prog *p, bool locals, struct strbuf *out)
{
	const struct sema_probe *probe;
	places sorted = { 0 };
	size_t i, n, listed = 0;

	vec_foreach(probe, &p->probes)
		vec_push(NULL, &sorted, probe);
	if (sorted.len)
		qsort(sorted.at, sorted.len, sizeof(sorted.at[0]), by_text);
	for (i = 0; i < sorted.len; i += n, listed++) {
		const char *text = sorted.at[i]->listed;

		for (n = 1; i + n < sorted.len &&
			    !strcmp(sorted.at[i + n]->listed, text);)
			n++;
		strbuf_addstr(out, text);
		if (locals) {
			add_targets(sorted.at + i, n, out);
			add_locals(sorted.at + i, n, out);
		}
		strbuf_addch(out, '\n');
	}
	vec_release(&sorted);
	return listed;
}
