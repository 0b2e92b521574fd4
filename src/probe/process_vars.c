/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places of a program that have a name to tell but no variables. */
#include "probe/process.h"

#include <string.h>

struct names {
	struct scope_vars vars;
	const char *key, *text;
};

static const struct variable *find_none(struct scope_vars *s, const char *name)
{
	(void)s;
	(void)name;
	return NULL;
}

static const struct variable *const *list_none(struct scope_vars *s,
					       enum variable_kind kind,
					       size_t *n)
{
	(void)s;
	(void)kind;
	*n = 0;
	return NULL;
}

static const struct variable *no_result(struct scope_vars *s)
{
	(void)s;
	return NULL;
}

static const char *get_text(struct scope_vars *s, const char *key)
{
	const struct names *n = (const struct names *)s;

	return strcmp(n->key, key) ? NULL : n->text;
}

static void explain(struct scope_vars *s, const char *name, struct strbuf *out)
{
	const struct names *n = (const struct names *)s;

	strbuf_addf(out,
		    "unable to find plt variable '%s' (alternatives: $$%s)",
		    name, n->key);
}

struct scope_vars *process_names(struct arena *a, const char *key,
				 const char *text)
{
	static const struct scope_vars_ops ops = { .find = find_none,
						   .list = list_none,
						   .result = no_result,
						   .explain = explain,
						   .text = get_text };
	struct names *n = arena_new(a, struct names);

	n->vars.ops = &ops;
	n->vars.user = true;
	n->key = key;
	n->text = text;
	return &n->vars;
}
