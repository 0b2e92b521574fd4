/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that points stand for: stap -l and -L (cli.md section 14). */
#include "sema/internal.h"

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
		if (locals)
			add_locals(sorted.at + i, n, out);
		strbuf_addch(out, '\n');
	}
	vec_release(&sorted);
	return listed;
}
