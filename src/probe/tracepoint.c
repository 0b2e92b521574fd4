/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.trace("NAME")  kernel.trace("SYSTEM:NAME")   a kernel tracepoint
 * kernel.tracepoint("NAME")    the same, its arguments numbered
 *
 * Both parts may hold wildcards. Which tracepoints there are is asked of
 * tracefs, else of BTF (which does not know systems). Where neither can be read
 * a plain name is taken as it is.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/btf_vars.h"
#include "probe/providers.h"
#include "symbols/tracepoints.h"

#include <string.h>

enum {
	NAMED,    /* $prev, $next … */
	NUMBERED, /* $arg1, $arg2 … */
};

static const struct probe_pattern patterns[] = {
	{ "kernel.trace(S)", NAMED },
	{ "kernel.tracepoint(S)", NUMBERED },
	{ NULL, 0 },
};

struct known {
	tracepoints list;
	bool readable;
};

static const struct known *read_once(struct resolve *r, const char *key,
				     const char *path,
				     int (*read)(struct arena *, const char *,
						 tracepoints *))
{
	struct known *k = hmap_gets(&r->cache, key);

	if (!k) {
		k = arena_new(r->arena, struct known);
		k->readable = read(r->arena, path, &k->list) == 0;
		hmap_puts(&r->cache, key, k);
	}
	return k;
}

/* What the script asks for: "SYSTEM:NAME" or "NAME". */
struct wanted {
	const char *system; /* NULL: any */
	const char *name;
	bool pattern;
};

static bool matches(const struct wanted *w, const struct tracepoint *tp)
{
	if (!glob_match(w->name, tp->name))
		return false;
	if (!w->system || !strcmp(w->system, "*"))
		return true;
	/* BTF names no systems: of one that is spelled out the script knows. */
	if (!tp->system)
		return !glob_is_pattern(w->system) && !glob_is_pattern(w->name);
	return glob_match(w->system, tp->system);
}

static void add(struct resolve *r, const struct ast_point *pt, int tag,
		const char *system, const char *name)
{
	struct resolved_probe *p = resolve_add(r, pt, ATTACH_RAW_TP);
	const char *sep = system ? ":" : "";

	p->s0 = intern_str(r->names, name);
	if (tag == NUMBERED) {
		p->point = arena_printf(r->arena, "kernel.tracepoint(\"%s\")%s",
					name, pt->sufficient ? "!" : "");
		p->vars = btf_vars_new(r, BTF_VARS_NUMBERED, NULL, p->s0, NULL);
		return;
	}
	p->point = arena_printf(r->arena, "kernel.trace(\"%s%s%s\")%s",
				system ? system : "", sep, name,
				pt->sufficient ? "!" : "");
	p->vars = btf_vars_new(r, BTF_VARS_TRACEPOINT, NULL, p->s0, system);
}

static void add_matching(struct resolve *r, const struct ast_point *pt,
			 int tag, const struct wanted *w, const struct known *k)
{
	const struct tracepoint *tp;

	vec_foreach(tp, &k->list) {
		const char *system = tp->system;

		if (!matches(w, tp))
			continue;
		if (!system && w->system && strcmp(w->system, "*"))
			system = w->system;
		add(r, pt, tag, system, tp->name);
	}
}

static void hint_similar(struct resolve *r, const struct wanted *w,
			 const struct known *a, const struct known *b)
{
	struct similar near = { .want = w->name };
	struct strbuf text = STRBUF_INIT;
	const struct tracepoint *tp;

	vec_foreach(tp, &a->list)
		similar_offer(&near, tp->name);
	if (b)
		vec_foreach(tp, &b->list)
			similar_offer(&near, tp->name);
	similar_add(&near, &text);
	if (w->system && !a->readable)
		r->hint = " (tracefs cannot be read: systems are not known)";
	else if (near.n)
		r->hint = arena_printf(r->arena, " (similar tracepoints: %s)",
				       text.buf);
	strbuf_release(&text);
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	const char *text = point_string(pt, 1);
	const char *colon = strchr(text, ':');
	const struct known *tracefs, *btf = NULL;
	struct wanted w = { .name = colon ? colon + 1 : text };

	if (colon && tag == NUMBERED) {
		resolve_error(r, pt->comps.at[1].loc, TRACEPOINT_SYSTEM,
			      colon + 1);
		return;
	}
	if (colon)
		w.system =
			arena_strndup(r->arena, text, (size_t)(colon - text));
	w.pattern = glob_is_pattern(text);
	tracefs = read_once(r, "tracepoints of tracefs", r->env->tracefs_path,
			    tracepoints_from_tracefs);
	add_matching(r, pt, tag, &w, tracefs);
	/* Some tracepoints have no event: only BTF knows them. */
	if (!r->found.len && (!tracefs->readable || !w.pattern)) {
		btf = read_once(r, "tracepoints of BTF", r->env->btf_path,
				tracepoints_from_btf);
		add_matching(r, pt, tag, &w, btf);
	}
	if (r->found.len)
		return;
	if (!tracefs->readable && !btf->readable && !w.pattern)
		add(r, pt, tag, w.system, w.name);
	else
		hint_similar(r, &w, tracefs, btf);
}

const struct provider provider_tracepoint = {
	.name = "tracepoint",
	.patterns = patterns,
	.resolve = resolve,
};
