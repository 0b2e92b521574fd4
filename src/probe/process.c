/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process("PATH")…   a program     process(PID)…   the program PID runs
 * process…           the program of -c or -x
 *
 * and behind these, or behind their .library("NAME"):
 *
 * .function("SPEC") .function(ADDRESS) and .call .return .inline .exported
 * .label("NAME"), .statement("SPEC") .statement(ADDRESS) and .nearest
 *                                                process_function.c
 * .mark("NAME") .provider("NAME").mark("NAME")   process_mark.c
 * .plt .plt("NAME") and .return                  process_plt.c
 *
 * and, not of libraries:
 *
 * .begin .end .thread.begin .thread.end .syscall .syscall.return
 *                                                process_event.c
 *
 * PATH is looked for in $PATH if it has no slash; a script stands for its
 * interpreter. PATH and NAME may hold wildcards. This file finds the files;
 * what is in them is found by the others.
 */
#include "probe/process.h"

#include "base/glob.h"
#include "base/similar.h"
#include "probe/providers.h"
#include "symbols/library.h"
#include "symbols/program.h"

#include <string.h>
#include <unistd.h>

#define IN_FILE(file)                                                         \
	{ file ".function(S)", PROCESS_FUNCTION },                            \
	{ file ".function(N)", PROCESS_FUNCTION },                            \
	{ file ".function(S).call", PROCESS_CALL },                           \
	{ file ".function(N).call", PROCESS_CALL },                           \
	{ file ".function(S).return", PROCESS_RETURN },                       \
	{ file ".function(N).return", PROCESS_RETURN },                       \
	{ file ".function(S).inline", PROCESS_INLINE },                       \
	{ file ".function(S).exported", PROCESS_EXPORTED },                   \
	{ file ".function(S).label(S)", PROCESS_LABEL },                      \
	{ file ".statement(S)", PROCESS_STATEMENT },                          \
	{ file ".statement(N)", PROCESS_STATEMENT },                          \
	{ file ".statement(S).nearest", PROCESS_NEAREST },                    \
	{ file ".statement(N).nearest", PROCESS_NEAREST },                    \
	{ file ".mark(S)", PROCESS_MARK },                                    \
	{ file ".provider(S).mark(S)", PROCESS_MARK },                        \
	{ file ".plt", PROCESS_PLT },                                         \
	{ file ".plt(S)", PROCESS_PLT },                                      \
	{ file ".plt.return", PROCESS_PLT_RETURN },                           \
	{ file ".plt(S).return", PROCESS_PLT_RETURN }

#define PROCESS(process)                                                      \
	IN_FILE(process), IN_FILE(process ".library(S)"),                     \
		{ process ".begin", PROCESS_BEGIN },                          \
		{ process ".end", PROCESS_END },                              \
		{ process ".thread.begin", PROCESS_THREAD_BEGIN },            \
		{ process ".thread.end", PROCESS_THREAD_END },                \
		{ process ".syscall", PROCESS_SYSCALL },                      \
		{ process ".syscall.return", PROCESS_SYSRET }

static const struct probe_pattern patterns[] = {
	PROCESS("process(S)"),
	PROCESS("process(N)"),
	PROCESS("process"),
	{ "process(N).statement(N).absolute", PROCESS_ABSOLUTE },
	{ "process(N).statement(N).absolute.return", PROCESS_ABSOLUTE },
	{ NULL, 0 },
};

const struct ast_component *process_component(const struct process_query *q,
					      const char *name)
{
	const struct ast_component *comp;

	vec_foreach(comp, &q->pt->comps)
		if (!strcmp(comp->name, name))
			return comp;
	return NULL;
}

const char *process_string(const struct process_query *q, const char *name)
{
	const struct ast_component *comp = process_component(q, name);

	if (!comp || !comp->arg || comp->arg->kind != AST_STRING)
		return NULL;
	return comp->arg->str;
}

static struct ast_expr *string_arg(struct arena *a, const char *text)
{
	struct ast_expr *e = arena_new(a, struct ast_expr);

	e->kind = AST_STRING;
	e->str = text;
	e->len = strlen(text);
	return e;
}

struct resolved_probe *process_add(const struct process_query *q,
				   enum attach_kind attach,
				   const char *component, const char *text)
{
	struct arena *a = q->r->arena;
	struct resolved_probe *p = resolve_add(q->r, q->pt, attach);
	struct strbuf out = STRBUF_INIT;
	struct ast_point named = *q->pt;
	size_t i;

	named.comps.at = arena_array(a, struct ast_component, q->pt->comps.len);
	for (i = 0; i < q->pt->comps.len; i++) {
		struct ast_component *c = &named.comps.at[i];

		*c = q->pt->comps.at[i];
		if (!i && q->program)
			c->arg = string_arg(a, q->program);
		else if (!strcmp(c->name, "library"))
			c->arg = string_arg(a, q->library);
		else if (q->provider && !strcmp(c->name, "provider"))
			c->arg = string_arg(a, q->provider);
		else if (q->label && !strcmp(c->name, "label"))
			c->arg = string_arg(a, q->label);
		else if (text && !strcmp(c->name, component))
			c->arg = string_arg(a, text);
	}
	point_add_text(&named, &out);
	p->point = intern_bytes(q->r->names, out.buf, out.len);
	strbuf_release(&out);
	p->target_only = q->r->env->command || q->r->env->pid;
	return p;
}

struct resolved_probe *process_add_at(const struct process_query *q,
				      const char *component, const char *text,
				      bool is_return, uint64_t offset,
				      const char *symbol)
{
	struct resolved_probe *p = process_add(
		q, is_return ? ATTACH_URETPROBE : ATTACH_UPROBE, component,
		text);

	p->s0 = intern_str(q->r->names, q->path);
	p->s1 = symbol;
	p->n0 = (int64_t)offset;
	if (is_return) {
		struct resolved_probe *entry =
			arena_new(q->r->arena, struct resolved_probe);

		*entry = *p;
		entry->attach = ATTACH_UPROBE;
		p->entry = entry;
	}
	return p;
}

static void unreadable(const struct process_query *q, struct strbuf *err)
{
	resolve_error(q->r, q->pt->comps.at[0].loc, PROCESS_UNREADABLE,
		      err->buf);
	strbuf_release(err);
}

bool process_open(const struct process_query *q, struct elffile *f)
{
	struct strbuf err = STRBUF_INIT;

	if (!elffile_open(q->r->arena, q->path, f, &err)) {
		strbuf_release(&err);
		return true;
	}
	unreadable(q, &err);
	return false;
}

const struct process_file *process_read(const struct process_query *q)
{
	struct arena *a = q->r->arena;
	const char *key = arena_printf(a, "process file %s", q->path);
	struct process_file *file = hmap_gets(&q->r->cache, key);
	struct strbuf err = STRBUF_INIT;
	struct elfsyms *syms;

	if (file)
		return file;
	syms = arena_new(a, struct elfsyms);
	if (elfsyms_read(a, q->path, q->r->env->sysroot, syms, &err)) {
		unreadable(q, &err);
		return NULL;
	}
	file = arena_new(a, struct process_file);
	*file = (struct process_file){
		.path = q->path,
		.symbols = syms,
		.information = dwfile_open(a, q->path, q->r->env->sysroot),
	};
	hmap_puts(&q->r->cache, key, file);
	return file;
}

void process_hint(struct resolve *r, const char *kind, struct similar *near)
{
	struct strbuf text = STRBUF_INIT;

	similar_add(near, &text);
	if (near->n)
		r->hint = arena_printf(r->arena, " (similar %s: %s)", kind,
				       text.buf);
	strbuf_release(&text);
}

static void ask(const struct process_query *q)
{
	switch (q->form) {
	case PROCESS_FUNCTION:
	case PROCESS_RETURN:
	case PROCESS_INLINE:
	case PROCESS_CALL:
	case PROCESS_EXPORTED:
	case PROCESS_LABEL:
	case PROCESS_STATEMENT:
	case PROCESS_NEAREST:
	case PROCESS_ABSOLUTE:
		process_functions(q);
		return;
	case PROCESS_MARK:
		process_marks(q);
		return;
	case PROCESS_PLT:
	case PROCESS_PLT_RETURN:
		process_stubs(q);
		return;
	case PROCESS_BEGIN:
	case PROCESS_END:
	case PROCESS_THREAD_BEGIN:
	case PROCESS_THREAD_END:
	case PROCESS_SYSCALL:
	case PROCESS_SYSRET:
		process_events(q);
		return;
	}
}

static void hint_library(struct process_query *q, const char *name)
{
	struct similar near = { .want = name };
	program_paths all = { 0 };
	const char *const *path;

	library_needed(q->r->arena, q->program, q->r->env->sysroot, &all);
	vec_foreach(path, &all) {
		const char *slash = strrchr(*path, '/');

		similar_offer(&near, slash ? slash + 1 : *path);
	}
	process_hint(q->r, "library", &near);
}

/* Ask the program, or the libraries of it that the point names. */
static void ask_program(struct process_query *q)
{
	const char *name = process_string(q, "library");
	bool was_optional = q->r->optional;
	program_paths paths = { 0 };
	const char *const *path;

	q->path = q->program;
	if (!name) {
		ask(q);
		return;
	}
	library_find(q->r->arena, q->program, name, q->r->env->sysroot, &paths);
	if (!paths.len)
		hint_library(q, name);
	if (paths.len > 1)
		q->r->optional = true;
	vec_foreach(path, &paths) {
		q->path = q->library = *path;
		ask(q);
	}
	q->r->optional = was_optional;
	if (paths.len > 1)
		q->r->failed = false;
}

/* All programs that a PATH with wildcards matches; each may lack the
 * function. */
static void ask_programs(struct process_query *q, const char *pattern)
{
	struct resolve *r = q->r;
	bool was_optional = r->optional;
	program_paths paths = { 0 };
	const char *const *path;

	program_expand(r->arena, pattern, r->env->sysroot, &paths);
	r->optional = true;
	vec_foreach(path, &paths) {
		q->program = *path;
		ask_program(q);
	}
	r->optional = was_optional;
	r->failed = false;
	if (!paths.len)
		resolve_error(r, q->pt->comps.at[0].loc, PROCESS_NO_FILE,
			      pattern);
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
	const struct ast_expr *arg = pt->comps.at[0].arg;
	struct process_query q = { .r = r,
				   .pt = pt,
				   .form = (enum process_form)tag };

	if (arg && arg->kind == AST_STRING && glob_is_pattern(arg->str)) {
		ask_programs(&q, arg->str);
		return;
	}
	/* Probes are put in files, which a place in memory does not name. */
	if (q.form == PROCESS_ABSOLUTE) {
		resolve_error(r, pt->loc, PROCESS_UNREADABLE,
			      "absolute process probes not available [man "
			      "error::inode-uprobes]");
		return;
	}
	/* Events of a process need no file of its program. */
	if (arg && arg->kind == AST_NUMBER && q.form >= PROCESS_BEGIN &&
	    !access(arena_printf(r->arena, "/proc/%lld", (long long)arg->num),
		    F_OK)) {
		ask(&q);
		return;
	}
	q.program = find_program(r, pt);
	if (q.program)
		ask_program(&q);
}

const struct provider provider_process = {
	.name = "process",
	.patterns = patterns,
	.resolve = resolve,
	.unprivileged = true,
};
