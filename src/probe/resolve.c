/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the pattern tree along a point's components, expands aliases, calls
 * providers, and says what went wrong. Wildcards match components of the tree;
 * those inside string arguments are the provider's.
 */
#include "probe/resolve.h"

#include "base/bug.h"
#include "base/glob.h"
#include "probe/pattern.h"

#include <string.h>

/* Bounds on hostile scripts: aliases of aliases multiply. */
#define MAX_COMPONENTS  32u
#define MAX_MATCHES     65536u
#define MAX_STEPS       1000000u
#define MAX_ALIAS_DEPTH 100u

struct resolver {
	struct resolve r;
	struct pattern_node root;
	probe_matches *out;
	const char *listed; /* text of the outermost alias, or NULL */
	size_t steps;
	bool gave_up; /* a bound was hit and reported */
};

/* A point on its way down the tree. */
struct walk {
	struct resolver *rs;
	const struct ast_point *pt;
	struct ast_component comps[MAX_COMPONENTS]; /* names as matched */
	size_t n;
	bool wild; /* came through a wildcard of the tree */
};

static void resolve_list(struct resolver *rs, const struct ast_probe *decl,
			 const struct probe_path *outer,
			 const struct ast_component *suffix, size_t n_suffix);
static void descend(struct walk *w, const struct pattern_node *node, size_t i);

struct resolver *resolver_new(struct arena *arena, struct intern *names,
			      struct diag *diag, const struct probe_env *env)
{
	struct resolver *rs = arena_new(arena, struct resolver);
	const struct provider *const *p;
	const struct probe_pattern *pattern;

	rs->r.arena = arena;
	rs->r.names = names;
	rs->r.diag = diag;
	rs->r.env = env;
	for (p = providers; *p; p++)
		for (pattern = (*p)->patterns; pattern->text; pattern++)
			pattern_insert(arena, &rs->root, *p, pattern);
	return rs;
}

void resolver_release(struct resolver *rs)
{
	hmap_release(&rs->r.cache);
}

void resolver_add_alias(struct resolver *rs, const struct ast_probe *alias)
{
	struct arena *arena = rs->r.arena;
	struct ast_point *const *name;
	struct ast_component *comp;

	vec_foreach(name, &alias->aliases) {
		struct pattern_node *node = &rs->root;

		vec_foreach(comp, &(*name)->comps)
			node = pattern_child(arena, node, comp->name,
					     PATTERN_NONE);
		vec_push(arena, &node->aliases, alias);
	}
}

struct ctype_source *resolver_types(struct resolver *rs, const char *module)
{
	return resolve_types(&rs->r, module);
}

bool resolver_knows(const struct resolver *rs, const struct ast_point *pt)
{
	const struct pattern_node *node = &rs->root;
	const struct ast_component *comp;

	vec_foreach(comp, &pt->comps) {
		node = pattern_find(node, comp->name, pattern_arg_of(comp));
		if (!node)
			return false;
		if (node->rest)
			return true;
	}
	return node->provider != NULL;
}

static void report_path(struct resolve *r, const struct probe_path *path)
{
	if (path->outer) {
		report_path(r, path->outer);
		diag_note(r->diag, path->point->loc, PROBE_RESOLVING);
	} else {
		diag_error(r->diag, path->point->loc, PROBE_RESOLVING);
	}
}

bool resolve_fails(struct resolve *r)
{
	r->failed = true;
	if (r->optional)
		return false;
	report_path(r, r->path);
	return true;
}

struct resolved_probe *resolve_add(struct resolve *r,
				   const struct ast_point *pt,
				   enum attach_kind attach)
{
	struct resolved_probe *p = arena_new(r->arena, struct resolved_probe);
	struct strbuf text = STRBUF_INIT;
	const struct probe_path *path = r->path;

	point_add_text(pt, &text);
	p->attach = attach;
	p->point = intern_bytes(r->names, text.buf, text.len);
	while (path && path->outer)
		path = path->outer;
	p->loc = path ? path->point->loc : pt->loc;
	if (path && path != r->path) {
		strbuf_reset(&text);
		point_add_text(path->point, &text);
		p->pn = intern_bytes(r->names, text.buf, text.len);
	}
	strbuf_release(&text);
	vec_push(r->arena, &r->found, p);
	return p;
}

/* Ends the whole resolution when a bound is hit. */
static bool out_of_bounds(struct resolver *rs)
{
	if (rs->gave_up)
		return true;
	if (++rs->steps <= MAX_STEPS && rs->out->len <= MAX_MATCHES)
		return false;
	rs->gave_up = true;
	rs->r.optional = false;
	resolve_error(&rs->r, rs->r.path->point->loc, PROBE_TOO_MANY,
		      MAX_MATCHES);
	return true;
}

static void add_point_list(const ast_points *points, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < points->len; i++) {
		if (i)
			strbuf_addch(out, ',');
		point_add_text(points->at[i], out);
	}
}

/* "<- begin <- alias": the lists of points, innermost first. */
static const char *chain_text(struct resolver *rs)
{
	struct strbuf text = STRBUF_INIT;
	const struct probe_path *p;
	const char *out;

	for (p = rs->r.path; p; p = p->outer) {
		strbuf_addstr(&text, text.len ? " <- " : "<- ");
		add_point_list(&p->decl->points, &text);
	}
	out = arena_strndup(rs->r.arena, text.buf, text.len);
	strbuf_release(&text);
	return out;
}

static void call_provider(struct walk *w, const struct provider *provider,
			  int tag)
{
	struct resolver *rs = w->rs;
	struct resolve *r = &rs->r;
	struct ast_point pt = *w->pt;
	const char *privilege = r->env->privilege;
	const char *chain = NULL;
	size_t i;

	if (privilege && !strcmp(privilege, "stapusr") &&
	    !provider->unprivileged) {
		resolve_error(r, w->pt->loc, PROBE_PRIVILEGE, privilege);
		return;
	}
	pt.comps.at = w->comps;
	pt.comps.len = pt.comps.cap = w->n;
	r->found.at = NULL;
	r->found.len = r->found.cap = 0;
	provider->resolve(r, &pt, tag);
	if (r->found.len)
		chain = chain_text(rs);
	for (i = 0; i < r->found.len; i++) {
		const char *point = r->found.at[i]->point;

		r->found.at[i]->chain = chain;
		/* Of wildcards, what they stood for. */
		if (rs->listed)
			r->found.at[i]->pn = rs->listed;
		vec_push(r->arena, rs->out,
			 (struct probe_match){ r->found.at[i], r->path,
					       rs->listed ? rs->listed
							  : point });
	}
}

/* The point with its names as they were matched, and the components from i on
 * as written. */
static const char *matched_text(const struct walk *w, size_t i)
{
	struct ast_component comps[2 * MAX_COMPONENTS];
	struct ast_point pt = { .comps = { .at = comps } };
	struct strbuf text = STRBUF_INIT;
	const char *out;

	memcpy(comps, w->comps, w->n * sizeof(comps[0]));
	pt.comps.len = w->n;
	for (; i < w->pt->comps.len; i++)
		comps[pt.comps.len++] = w->pt->comps.at[i];
	point_add_text(&pt, &text);
	out = arena_strndup(w->rs->r.arena, text.buf, text.len);
	strbuf_release(&text);
	return out;
}

static bool in_expansion(const struct probe_path *path,
			 const struct ast_probe *alias)
{
	for (; path; path = path->outer)
		if (path->decl == alias)
			return true;
	return false;
}

static size_t path_depth(const struct probe_path *path)
{
	size_t n = 0;

	for (; path; path = path->outer)
		n++;
	return n;
}

/* Expand the aliases at a node; components from i on are a suffix to each of
 * their points. */
static void expand_aliases(struct walk *w, const struct pattern_node *node,
			   size_t i)
{
	struct resolver *rs = w->rs;
	const struct ast_probe *const *alias;
	bool outermost = node->aliases.len && !rs->listed;

	if (outermost)
		rs->listed = matched_text(w, i);
	vec_foreach(alias, &node->aliases) {
		if (in_expansion(rs->r.path, *alias) ||
		    path_depth(rs->r.path) > MAX_ALIAS_DEPTH) {
			struct strbuf name = STRBUF_INIT;

			point_add_text(w->pt, &name);
			resolve_error(&rs->r, w->pt->loc, ALIAS_LOOP, name.buf);
			strbuf_release(&name);
			continue;
		}
		resolve_list(rs, *alias, rs->r.path, w->pt->comps.at + i,
			     w->pt->comps.len - i);
	}
	if (outermost)
		rs->listed = NULL;
}

/* All components are used up. */
static void arrive(struct walk *w, const struct pattern_node *node)
{
	struct resolve *r = &w->rs->r;
	struct strbuf follow = STRBUF_INIT;

	if (out_of_bounds(w->rs))
		return;
	if (node->provider)
		call_provider(w, node->provider, node->tag);
	else if (node->rest && !w->wild)
		call_provider(w, node->rest, node->rest_tag);
	expand_aliases(w, node, w->pt->comps.len);
	if (node->provider || node->rest || node->aliases.len || w->wild)
		return;
	strbuf_addstr(&follow, " (follow: ");
	pattern_add_names(node, &follow);
	strbuf_addch(&follow, ')');
	resolve_error(r, vec_last(&w->pt->comps).loc, PROBE_TRUNCATED,
		      node->child ? follow.buf : "");
	strbuf_release(&follow);
}

/* Take the node for component i, under its name or that of a wildcard. */
static void take(struct walk *w, const struct pattern_node *child, size_t i,
		 const char *name, bool with_arg)
{
	struct ast_component *comp = &w->comps[w->n];

	if (w->n == MAX_COMPONENTS)
		return;
	*comp = w->pt->comps.at[i];
	comp->name = name;
	if (!with_arg)
		comp->arg = NULL;
	w->n++;
	descend(w, child, i + 1);
	w->n--;
}

/* Component i is "**": it stands for the child alone, or for the child and
 * more behind. */
static void take_deep(struct walk *w, const struct pattern_node *node, size_t i)
{
	const struct ast_component *comp = &w->pt->comps.at[i];
	const struct pattern_node *c;

	if (w->n == MAX_COMPONENTS || out_of_bounds(w->rs))
		return;
	for (c = node->child; c; c = c->sibling) {
		const char *name = strcmp(c->name, "%") ? c->name : "*";

		if (c->arg == pattern_arg_of(comp))
			take(w, c, i, name, true);
		if (c->arg != PATTERN_NONE)
			continue;
		w->comps[w->n] = *comp;
		w->comps[w->n].name = name;
		w->comps[w->n].arg = NULL;
		w->n++;
		take_deep(w, c, i);
		w->n--;
	}
}

static void take_wildcard(struct walk *w, const struct pattern_node *node,
			  size_t i)
{
	const struct ast_component *comp = &w->pt->comps.at[i];
	enum pattern_arg arg = pattern_arg_of(comp);
	struct resolve *r = &w->rs->r;
	bool was_optional = r->optional, was_wild = w->wild;
	size_t before = w->rs->out->len;
	const struct pattern_node *c;

	r->optional = true;
	w->wild = true;
	if (!strcmp(comp->name, "**")) {
		take_deep(w, node, i);
	} else {
		for (c = node->child; c; c = c->sibling) {
			if (c->arg != arg)
				continue;
			if (!strcmp(c->name, "%"))
				take(w, c, i, comp->name, true);
			else if (glob_match(comp->name, c->name))
				take(w, c, i, c->name, true);
		}
	}
	r->optional = was_optional;
	w->wild = was_wild;
	if (w->rs->out->len == before && !w->wild && !w->rs->gave_up)
		resolve_error(r, comp->loc, PROBE_MISMATCH,
			      ": didn't find any wildcard matches");
}

static void report_mismatch(struct walk *w, const struct pattern_node *node,
			    size_t i)
{
	const struct ast_component *comp = &w->pt->comps.at[i];
	struct strbuf similar = STRBUF_INIT;

	if (w->wild)
		return;
	pattern_add_similar(node, comp->name, &similar);
	resolve_error(&w->rs->r, comp->loc, PROBE_MISMATCH, similar.buf);
	strbuf_release(&similar);
}

static void descend(struct walk *w, const struct pattern_node *node, size_t i)
{
	const struct ast_component *comp;
	const struct pattern_node *child;
	enum pattern_arg arg;

	if (i == w->pt->comps.len) {
		arrive(w, node);
		return;
	}
	if (out_of_bounds(w->rs))
		return;
	comp = &w->pt->comps.at[i];
	arg = pattern_arg_of(comp);
	if (strchr(comp->name, '*') && !node->rest && node->child) {
		take_wildcard(w, node, i);
		return;
	}
	child = pattern_find(node, comp->name, arg);
	if (!child)
		child = pattern_find(node, "%", arg);
	if (child) {
		take(w, child, i, comp->name, true);
	} else if (node->aliases.len) {
		expand_aliases(w, node, i);
	} else if (node->rest) {
		if (!w->wild)
			call_provider(w, node->rest, node->rest_tag);
	} else {
		report_mismatch(w, node, i);
	}
}

/* Say that nothing was found, unless a reason was given already. */
static void report_nothing(struct resolver *rs, const struct ast_point *pt)
{
	struct resolve *r = &rs->r;
	const char *hint = r->hint ? r->hint : "";

	if (r->failed || r->optional || rs->gave_up)
		return;
	switch (r->nothing) {
	case RESOLVE_NO_MATCH:
		resolve_error(r, vec_last(&pt->comps).loc, PROBE_NO_MATCH,
			      hint);
		break;
	case RESOLVE_MISMATCH:
		resolve_error(r, vec_last(&pt->comps).loc, PROBE_MISMATCH,
			      hint);
		break;
	}
}

/* The point with a suffix of more components, in the arena. */
static const struct ast_point *with_suffix(struct arena *arena,
					   const struct ast_point *pt,
					   const struct ast_component *suffix,
					   size_t n)
{
	struct ast_point *copy;
	size_t i;

	if (!n)
		return pt;
	copy = arena_new(arena, struct ast_point);
	*copy = *pt;
	copy->comps.at = NULL;
	copy->comps.len = copy->comps.cap = 0;
	for (i = 0; i < pt->comps.len; i++)
		vec_push(arena, &copy->comps, pt->comps.at[i]);
	for (i = 0; i < n; i++)
		vec_push(arena, &copy->comps, suffix[i]);
	return copy;
}

/* Resolve one point of a declaration; returns how many places it has. */
static size_t resolve_point(struct resolver *rs, const struct ast_probe *decl,
			    const struct ast_point *pt,
			    const struct probe_path *outer)
{
	struct resolve *r = &rs->r;
	struct probe_path *path = arena_new(r->arena, struct probe_path);
	struct walk w = { .rs = rs, .pt = pt };
	bool was_optional = r->optional;
	size_t before = rs->out->len;

	*path = (struct probe_path){ decl, pt, outer };
	r->path = path;
	r->optional |= pt->optional;
	r->failed = false;
	r->nothing = RESOLVE_NO_MATCH;
	r->hint = NULL;
	if (pt->comps.len > MAX_COMPONENTS)
		resolve_error(r, pt->loc, PROBE_MISMATCH, "");
	else
		descend(&w, &rs->root, 0);
	if (rs->out->len == before)
		report_nothing(rs, pt);
	r->optional = was_optional;
	r->path = outer;
	return rs->out->len - before;
}

static void resolve_list(struct resolver *rs, const struct ast_probe *decl,
			 const struct probe_path *outer,
			 const struct ast_component *suffix, size_t n_suffix)
{
	struct resolve *r = &rs->r;
	struct ast_point *const *it;
	bool failed = false;

	vec_foreach(it, &decl->points) {
		const struct ast_point *pt =
			with_suffix(r->arena, *it, suffix, n_suffix);
		size_t found = resolve_point(rs, decl, pt, outer);

		failed |= !found;
		if ((found && pt->sufficient) || rs->gave_up)
			break;
	}
	/* For the outer level: its reason has been given, or none is due. */
	r->failed = failed;
}

void resolver_resolve(struct resolver *rs, const struct ast_probe *probe,
		      probe_matches *out)
{
	rs->out = out;
	rs->r.optional = false;
	rs->gave_up = false;
	rs->steps = 0;
	resolve_list(rs, probe, NULL, NULL, 0);
	rs->r.path = NULL;
}

/* --- points --- */

void point_add_text(const struct ast_point *pt, struct strbuf *out)
{
	const struct ast_component *comp;

	vec_foreach(comp, &pt->comps) {
		if (comp != pt->comps.at)
			strbuf_addch(out, '.');
		strbuf_addstr(out, comp->name);
		if (!comp->arg)
			continue;
		if (comp->arg->kind == AST_NUMBER) {
			strbuf_addf(out, "(%lld)", (long long)comp->arg->num);
			continue;
		}
		strbuf_addstr(out, "(\"");
		strbuf_add_escaped(out, comp->arg->str, comp->arg->len);
		strbuf_addstr(out, "\")");
	}
	if (pt->sufficient)
		strbuf_addch(out, '!');
}

int64_t point_number(const struct ast_point *pt, size_t i, int64_t otherwise)
{
	if (i >= pt->comps.len || !pt->comps.at[i].arg)
		return otherwise;
	return pt->comps.at[i].arg->num;
}

const char *point_string(const struct ast_point *pt, size_t i)
{
	if (i >= pt->comps.len || !pt->comps.at[i].arg)
		return NULL;
	return pt->comps.at[i].arg->str;
}
