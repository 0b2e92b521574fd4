/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process("PATH").function("NAME")[.call]    entry of a function
 * process("PATH").function("NAME").return    return from it
 * process.function…                          the program of -c or -x
 * process(PID).function…                     the program PID runs
 *
 * PATH is looked for in $PATH if it has no slash; a script stands for its
 * interpreter. PATH and NAME may hold wildcards. Functions are those of the ELF
 * symbol tables; names at one address are one function.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/providers.h"
#include "symbols/elfsym.h"
#include "symbols/program.h"

#include <string.h>

enum {
	ENTRY,
	RETURN
};

static const struct probe_pattern patterns[] = {
	{ "process(S).function(S)", ENTRY },
	{ "process(S).function(S).call", ENTRY },
	{ "process(S).function(S).return", RETURN },
	{ "process(N).function(S)", ENTRY },
	{ "process(N).function(S).call", ENTRY },
	{ "process(N).function(S).return", RETURN },
	{ "process.function(S)", ENTRY },
	{ "process.function(S).call", ENTRY },
	{ "process.function(S).return", RETURN },
	{ NULL, 0 },
};

/* The symbols of a program, or NULL with the reason in err. */
static const struct elfsyms *read_once(struct resolve *r, const char *path,
				       struct strbuf *err)
{
	struct elfsyms *syms = hmap_gets(&r->cache, path);

	if (syms)
		return syms;
	syms = arena_new(r->arena, struct elfsyms);
	if (elfsyms_read(r->arena, path, syms, err))
		return NULL;
	hmap_puts(&r->cache, intern_str(r->names, path), syms);
	return syms;
}

static void add(struct resolve *r, const struct ast_point *pt, int tag,
		const char *path, const struct elfsym *sym)
{
	struct resolved_probe *p = resolve_add(
		r, pt, tag == RETURN ? ATTACH_URETPROBE : ATTACH_UPROBE);
	struct ast_expr path_arg = { .kind = AST_STRING,
				     .str = path,
				     .len = strlen(path) };
	struct ast_expr name_arg = { .kind = AST_STRING,
				     .str = sym->name,
				     .len = strlen(sym->name) };
	struct ast_component comps[3];
	struct ast_point named = *pt;
	struct strbuf text = STRBUF_INIT;

	memcpy(comps, pt->comps.at, pt->comps.len * sizeof(comps[0]));
	comps[0].arg = &path_arg;
	comps[1].arg = &name_arg;
	named.comps.at = comps;
	point_add_text(&named, &text);
	p->point = intern_bytes(r->names, text.buf, text.len);
	strbuf_release(&text);
	p->s0 = intern_str(r->names, path);
	p->s1 = sym->name;
	p->n0 = (int64_t)sym->offset;
	p->target_only = r->env->command || r->env->pid;
}

static void hint_similar(struct resolve *r, const char *name,
			 const struct elfsyms *syms)
{
	struct similar near = { .want = name };
	struct strbuf text = STRBUF_INIT;
	const struct elfsym *sym;

	vec_foreach(sym, &syms->list)
		similar_offer(&near, sym->name);
	similar_add(&near, &text);
	if (near.n)
		r->hint = arena_printf(r->arena, " (similar functions: %s)",
				       text.buf);
	strbuf_release(&text);
}

static void add_functions(struct resolve *r, const struct ast_point *pt,
			  int tag, const char *path, const char *name)
{
	struct strbuf err = STRBUF_INIT;
	const struct elfsyms *syms = read_once(r, path, &err);
	const struct elfsym *sym, *last = NULL;
	size_t before = r->found.len;

	if (!syms)
		resolve_error(r, pt->comps.at[0].loc, PROCESS_UNREADABLE,
			      err.buf);
	strbuf_release(&err);
	if (!syms)
		return;
	vec_foreach(sym, &syms->list) {
		if (last && last->offset == sym->offset)
			continue;
		if (!glob_match(name, sym->name))
			continue;
		last = sym;
		add(r, pt, tag, path, sym);
	}
	if (r->found.len == before)
		hint_similar(r, name, syms);
}

/* All programs that a PATH with wildcards matches; each may lack the
 * function. */
static void add_programs(struct resolve *r, const struct ast_point *pt, int tag,
			 const char *pattern, const char *name)
{
	bool was_optional = r->optional;
	program_paths paths = { 0 };
	const char *const *path;

	program_expand(r->arena, pattern, r->env->sysroot, &paths);
	r->optional = true;
	vec_foreach(path, &paths)
		add_functions(r, pt, tag, *path, name);
	r->optional = was_optional;
	r->failed = false;
	if (!paths.len)
		resolve_error(r, pt->comps.at[0].loc, PROCESS_NO_FILE, pattern);
}

/* The program that the first component means, or NULL when reported. */
static const char *find_program(struct resolve *r, const struct ast_point *pt)
{
	const struct ast_component *comp = &pt->comps.at[0];
	const char *want = NULL, *path;
	int64_t pid = r->env->pid;

	if (comp->arg && comp->arg->kind == AST_STRING) {
		want = comp->arg->str;
	} else if (comp->arg) {
		pid = comp->arg->num;
	} else if (r->env->command) {
		want = program_of_command(r->arena, r->env->command);
	} else if (!pid) {
		resolve_error(r, comp->loc, PROCESS_UNSPECIFIED);
		return NULL;
	}
	if (!want)
		want = arena_printf(r->arena, "/proc/%lld/exe", (long long)pid);
	path = program_find(r->arena, want, r->env->sysroot);
	if (!path)
		resolve_error(r, comp->loc, PROCESS_NO_FILE, want);
	return path;
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	const struct ast_component *comp = &pt->comps.at[0];
	const char *name = point_string(pt, 1), *path;

	/* Files, lines and scopes need debugging information. */
	if (strchr(name, '@') || strstr(name, "::")) {
		resolve_error(r, pt->comps.at[1].loc, PROBE_UNSUPPORTED,
			      "source-file");
		return;
	}
	if (comp->arg && comp->arg->kind == AST_STRING &&
	    glob_is_pattern(comp->arg->str)) {
		add_programs(r, pt, tag, comp->arg->str, name);
		return;
	}
	path = find_program(r, pt);
	if (path)
		add_functions(r, pt, tag, path, name);
}

const struct provider provider_process = {
	.name = "process",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
