/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree of probe-point patterns and aliases. A node is a component: a name
 * and the kind of its argument; what ends there hangs on it.
 */
#ifndef SPILE_PROBE_PATTERN_H
#define SPILE_PROBE_PATTERN_H

#include "probe/probe.h"

enum pattern_arg { PATTERN_NONE, PATTERN_NUMBER, PATTERN_STRING };

struct pattern_node {
	const char *name;      /* NUL-terminated; "%" for any name */
	enum pattern_arg arg;
	struct pattern_node *child, *sibling; /* in order of insertion */
	struct pattern_node *last_child;
	/* Children once more, by hash; made when there are many. */
	struct pattern_node **buckets, *bucket_next;
	unsigned n_children;
	const struct provider *provider; /* NULL: no built-in point ends here */
	int tag;
	const struct provider *rest;     /* takes all components behind, too */
	int rest_tag;
	VEC(const struct ast_probe *) aliases;
};

/* The node for a name below parent, made if it is missing. */
struct pattern_node *pattern_child(struct arena *arena,
				   struct pattern_node *parent,
				   const char *name, enum pattern_arg arg);
/* The node for exactly this name and kind, or NULL. */
struct pattern_node *pattern_find(const struct pattern_node *parent,
				  const char *name, enum pattern_arg arg);
/* Enter one pattern of a provider. */
void pattern_insert(struct arena *arena, struct pattern_node *root,
		    const struct provider *provider,
		    const struct probe_pattern *pattern);
/* The kind of a component's argument. */
enum pattern_arg pattern_arg_of(const struct ast_component *comp);
/* Append the names of the children, each once in byte order, joined by ", ". */
void pattern_add_names(const struct pattern_node *parent, struct strbuf *out);
/* Append " (similar: …)" for a name that is not among the children; nothing
 * if there is nothing to name. */
void pattern_add_similar(const struct pattern_node *parent, const char *name,
			 struct strbuf *out);

#endif
