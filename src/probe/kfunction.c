/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.function("NAME")               a function of the kernel is entered
 *                        .call          the same
 *                        .return        it returns
 *                        .return.maxactive(N)  of up to N calls at a time
 * module("NAME").function("NAME")…      the same of a module
 * kprobe.function("NAME")…              the same, with no look at source code
 * kprobe.module("NAME").function("NAME")…
 *
 * Names may hold wildcards, and @FILE behind them, which nothing can check here
 * and so selects nothing. Which functions there are is asked of
 * /proc/kallsyms, or of the System.map of another kernel; where neither can be
 * read a plain name is taken as it is.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/btf_vars.h"
#include "probe/providers.h"
#include "symbols/kfuncs.h"
#include "symbols/spec.h"

#include <string.h>

enum {
	RETURN = 1,
	MAXACTIVE = 2,
	MODULE = 4, /* component 1 or 2 is the module */
	KPROBE = 8,
};

#define FORMS(head, tag)                                                      \
	{ head, tag }, { head ".call", tag }, { head ".return", (tag) | RETURN }, \
	{ head ".return.maxactive(N)", (tag) | RETURN | MAXACTIVE }

static const struct probe_pattern patterns[] = {
	FORMS("kernel.function(S)", 0),
	FORMS("module(S).function(S)", MODULE),
	FORMS("kprobe.function(S)", KPROBE),
	FORMS("kprobe.module(S).function(S)", KPROBE | MODULE),
	{ NULL, 0 },
};

struct known {
	struct kfuncs funcs;
	bool readable;
};

static const struct known *read_once(struct resolve *r)
{
	static const char key[] = "functions of the kernel";
	struct known *k = hmap_gets(&r->cache, key);

	if (!k) {
		k = arena_new(r->arena, struct known);
		k->readable = !kfuncs_read(r->arena, r->env->kallsyms_path,
					   &k->funcs);
		hmap_puts(&r->cache, key, k);
	}
	return k;
}

/* What a probe point asks for. */
struct wanted {
	const char *name;
	const char *module; /* NULL: the kernel itself */
	int64_t maxactive;
	int tag;
};

/* Variables by BTF; a return has the entry to look at, too. */
static void add_vars(struct resolve *r, struct resolved_probe *p,
		     bool is_return)
{
	struct resolved_probe *entry;
	const char *dot;

	p->vars = btf_vars_new(r, is_return ? BTF_VARS_RETURN : BTF_VARS_ENTRY,
			       p->s1, p->s0, NULL);
	if (!is_return)
		return;
	entry = arena_new(r->arena, struct resolved_probe);
	*entry = *p;
	entry->attach = ATTACH_KPROBE;
	entry->n1 = 0;
	dot = strstr(p->point, ".return");
	if (dot)
		entry->point = arena_printf(r->arena, "%.*s.call",
					    (int)(dot - p->point), p->point);
	entry->vars = btf_vars_new(r, BTF_VARS_ENTRY, p->s1, p->s0, NULL);
	p->entry = entry;
}

static void add(struct resolve *r, const struct ast_point *pt,
		const struct wanted *w, const char *symbol, const char *module)
{
	bool is_return = w->tag & RETURN;
	struct resolved_probe *p = resolve_add(
		r, pt, is_return ? ATTACH_KRETPROBE : ATTACH_KPROBE);
	struct strbuf text = STRBUF_INIT;
	bool kprobe = w->tag & KPROBE;
	size_t i;

	p->s0 = intern_str(r->names, symbol);
	p->s1 = module ? intern_str(r->names, module) : NULL;
	p->n1 = w->maxactive;
	if (kprobe)
		strbuf_addstr(&text, "kprobe.");
	if (module)
		strbuf_addf(&text, "module(\"%s\").", module);
	else if (!kprobe)
		strbuf_addstr(&text, "kernel.");
	strbuf_addf(&text, "function(\"%s\")", symbol);
	/* What follows the function, as written. */
	for (i = (kprobe ? 1u : 0u) + (w->tag & MODULE ? 2u : kprobe ? 1u : 2u);
	     i < pt->comps.len; i++) {
		strbuf_addf(&text, ".%s", pt->comps.at[i].name);
		if (w->tag & MAXACTIVE && i + 1 == pt->comps.len)
			strbuf_addf(&text, "(%lld)", (long long)w->maxactive);
	}
	if (pt->sufficient)
		strbuf_addch(&text, '!');
	p->point = arena_strndup(r->arena, text.buf, text.len);
	strbuf_release(&text);
	/* kprobe.function has no variables: it is there for those without. */
	if (!kprobe)
		add_vars(r, p, is_return);
}

static bool in_module(const struct wanted *w, const struct kfunc *f)
{
	if (!w->module || !f->module)
		return !w->module && !f->module;
	return glob_match(w->module, f->module);
}

/* Whether the symbol is a function of that name that a compiler has changed:
 * NAME.isra.0, NAME.constprop.0. */
static bool is_variant(const char *symbol, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(symbol, name, n) && symbol[n] == '.';
}

static void add_matching(struct resolve *r, const struct ast_point *pt,
			 const struct wanted *w, const struct known *k,
			 bool variants)
{
	const struct kfunc *f;

	vec_foreach(f, &k->funcs.list) {
		if (!in_module(w, f))
			continue;
		if (variants ? is_variant(f->name, w->name) :
			       glob_match(w->name, f->name))
			add(r, pt, w, f->name, f->module);
	}
}

static void hint_similar(struct resolve *r, const struct wanted *w,
			 const struct known *k)
{
	struct similar near = { .want = w->name };
	struct strbuf text = STRBUF_INIT;
	const struct kfunc *f;

	vec_foreach(f, &k->funcs.list)
		if (in_module(w, f))
			similar_offer(&near, f->name);
	similar_add(&near, &text);
	if (!k->readable)
		r->hint = " (the kernel's list of functions cannot be read)";
	else if (near.n)
		r->hint = arena_printf(r->arena, " (similar functions: %s)",
				       text.buf);
	strbuf_release(&text);
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	size_t at = tag & KPROBE ? 1 : 0;
	struct wanted w = { .tag = tag };
	struct spec spec = { .function = NULL };
	const struct known *k;

	if (tag & MODULE)
		w.module = point_string(pt, at);
	w.name = point_string(pt, tag & MODULE ? at + 1 : 1);
	if (tag & MAXACTIVE)
		w.maxactive = point_number(pt, pt->comps.len - 1, 0);
	if (strchr(w.name, '@') && !(tag & KPROBE)) {
		spec_parse(r->arena, w.name, &spec);
		if (!spec.function || spec.lines != SPEC_NO_LINE) {
			resolve_error(r, pt->loc, PROBE_UNSUPPORTED,
				      "a kernel function at a source line");
			return;
		}
		/* Neither the list nor BTF knows files: the name decides. */
		w.name = spec.function;
	}
	k = read_once(r);
	add_matching(r, pt, &w, k, false);
	if (!r->found.len && k->readable && !glob_is_pattern(w.name))
		add_matching(r, pt, &w, k, true);
	if (r->found.len)
		return;
	if (!k->readable && !glob_is_pattern(w.name) &&
	    !(w.module && glob_is_pattern(w.module)))
		add(r, pt, &w, w.name, w.module);
	else
		hint_similar(r, &w, k);
}

const struct provider provider_kfunction = {
	.name = "kfunction",
	.patterns = patterns,
	.resolve = resolve,
};
