/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/pattern.h"

#include "base/bug.h"
#include "base/similar.h"

#include <stdlib.h>
#include <string.h>

/* Children beyond this number are found by hash: scripts may define any
 * number of aliases. */
#define MANY_CHILDREN 64
#define N_BUCKETS     1024u

static struct pattern_node **bucket_of(const struct pattern_node *parent,
				       const char *name)
{
	return &parent->buckets[hash_bytes(name, strlen(name)) % N_BUCKETS];
}

struct pattern_node *pattern_find(const struct pattern_node *parent,
				  const char *name, enum pattern_arg arg)
{
	struct pattern_node *n;

	if (parent->buckets) {
		for (n = *bucket_of(parent, name); n; n = n->bucket_next)
			if (n->arg == arg && !strcmp(n->name, name))
				return n;
		return NULL;
	}
	for (n = parent->child; n; n = n->sibling)
		if (n->arg == arg && !strcmp(n->name, name))
			return n;
	return NULL;
}

static void add_to_bucket(struct pattern_node *parent, struct pattern_node *n)
{
	struct pattern_node **bucket = bucket_of(parent, n->name);

	n->bucket_next = *bucket;
	*bucket = n;
}

static void add_child(struct arena *arena, struct pattern_node *parent,
		      struct pattern_node *n)
{
	if (parent->last_child)
		parent->last_child->sibling = n;
	else
		parent->child = n;
	parent->last_child = n;
	if (parent->buckets) {
		add_to_bucket(parent, n);
	} else if (++parent->n_children > MANY_CHILDREN) {
		parent->buckets =
			arena_array(arena, struct pattern_node *, N_BUCKETS);
		for (n = parent->child; n; n = n->sibling)
			add_to_bucket(parent, n);
	}
}

struct pattern_node *pattern_child(struct arena *arena,
				   struct pattern_node *parent,
				   const char *name, enum pattern_arg arg)
{
	struct pattern_node *n = pattern_find(parent, name, arg);

	if (n)
		return n;
	n = arena_new(arena, struct pattern_node);
	n->name = name;
	n->arg = arg;
	add_child(arena, parent, n);
	return n;
}

/* The next component of a pattern: its name in the arena, its kind; returns
 * what follows the dot ("..." whole), or NULL at the end. */
static const char *next_component(struct arena *arena, const char *text,
				  const char **name, enum pattern_arg *arg)
{
	size_t len = strcspn(text, ".(");

	*name = arena_strndup(arena, text, len);
	*arg = PATTERN_NONE;
	text += len;
	if (*text == '(') {
		BUG_ON(text[1] != 'N' && text[1] != 'S');
		BUG_ON(text[2] != ')');
		*arg = text[1] == 'N' ? PATTERN_NUMBER : PATTERN_STRING;
		text += 3;
	}
	BUG_ON(*text && *text != '.');
	if (!*text)
		return NULL;
	return strcmp(text, "...") ? text + 1 : text;
}

void pattern_insert(struct arena *arena, struct pattern_node *root,
		    const struct provider *provider,
		    const struct probe_pattern *pattern)
{
	const char *text = pattern->text, *name;
	struct pattern_node *node = root;
	enum pattern_arg arg;

	while (text && strcmp(text, "...")) {
		text = next_component(arena, text, &name, &arg);
		node = pattern_child(arena, node, name, arg);
	}
	if (text) {
		node->rest = provider;
		node->rest_tag = pattern->tag;
	} else {
		BUG_ON(node->provider);
		node->provider = provider;
		node->tag = pattern->tag;
	}
}

enum pattern_arg pattern_arg_of(const struct ast_component *comp)
{
	if (!comp->arg)
		return PATTERN_NONE;
	return comp->arg->kind == AST_NUMBER ? PATTERN_NUMBER : PATTERN_STRING;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void pattern_add_names(const struct pattern_node *parent, struct strbuf *out)
{
	VEC(const char *) names = { 0 };
	const struct pattern_node *n;
	size_t i;

	for (n = parent->child; n; n = n->sibling)
		if (strcmp(n->name, "%"))
			vec_push(NULL, &names, n->name);
	if (names.len)
		qsort(names.at, names.len, sizeof(names.at[0]), compare_names);
	for (i = 0; i < names.len; i++) {
		if (i && !strcmp(names.at[i], names.at[i - 1]))
			continue;
		if (i)
			strbuf_addstr(out, ", ");
		strbuf_addstr(out, names.at[i]);
	}
	vec_release(&names);
}

void pattern_add_similar(const struct pattern_node *parent, const char *name,
			 struct strbuf *out)
{
	struct similar s = { .want = name };
	const struct pattern_node *n;

	for (n = parent->child; n; n = n->sibling)
		if (n->name[0] != '%' && n->name[0] != '_')
			similar_offer(&s, n->name);
	if (!s.n)
		return;
	strbuf_addstr(out, " (similar: ");
	similar_add(&s, out);
	strbuf_addch(out, ')');
}
