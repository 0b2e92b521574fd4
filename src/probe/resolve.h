/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The resolver: probe points of declarations to resolved probes.
 *
 * Patterns of all providers and the aliases of the script stand in one tree
 * keyed by component name and kind of argument (language.md 16.1).
 */
#ifndef SPILE_PROBE_RESOLVE_H
#define SPILE_PROBE_RESOLVE_H

#include "probe/probe.h"

/* A place, and through which declarations it was come to: path is the
 * innermost (the alias nearest to the built-in point), outer ones follow. */
struct probe_match {
	const struct resolved_probe *at;
	const struct probe_path *path;
	const char *listed; /* as -l names it: an alias stays one */
};
typedef VEC(struct probe_match) probe_matches;

struct resolver;

/* A resolver with the patterns of all providers; lives in the arena. */
struct resolver *resolver_new(struct arena *arena, struct intern *names,
			      struct diag *diag, const struct probe_env *env);
/* Free what is not in the arena. */
void resolver_release(struct resolver *rs);
/* Make an alias declaration known under each of its names. */
void resolver_add_alias(struct resolver *rs, const struct ast_probe *alias);
/* Append all places of a probe declaration to out (in the arena). What cannot
 * be resolved is reported. */
void resolver_resolve(struct resolver *rs, const struct ast_probe *probe,
		      probe_matches *out);
/* As resolve_types(). */
struct ctype_source *resolver_types(struct resolver *rs, const char *module);
/* Whether a provider takes the point as it is written, without wildcards. */
bool resolver_knows(const struct resolver *rs, const struct ast_point *pt);

/* Append the patterns of all providers that the privilege level leaves open,
 * sorted, one a line; aliases are not among them. */
void providers_dump(const char *privilege, struct strbuf *out);

#endif
