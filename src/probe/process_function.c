/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and statements of a program. Names at one address are one
 * function.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/process.h"

#include <string.h>

static void hint_similar(const struct process_query *q, const char *name,
			 const struct elfsyms *syms)
{
	struct similar near = { .want = name };
	const struct elfsym *sym;

	vec_foreach(sym, &syms->list)
		similar_offer(&near, sym->name);
	process_hint(q->r, "functions", &near);
}

static bool is_wanted(const struct process_query *q, const struct elfsym *sym)
{
	return q->form != PROCESS_EXPORTED || sym->exported;
}

static void by_name(const struct process_query *q, const struct elfsyms *syms,
		    const char *name)
{
	const struct elfsym *sym, *last = NULL;
	size_t before = q->r->found.len;

	vec_foreach(sym, &syms->list) {
		if (last && last->offset == sym->offset)
			continue;
		if (!glob_match(name, sym->name) || !is_wanted(q, sym))
			continue;
		last = sym;
		process_add_at(q, "function", sym->name,
			       q->form == PROCESS_RETURN, sym->offset,
			       sym->name);
	}
	if (q->r->found.len == before)
		hint_similar(q, name, syms);
}

/* An address as the file's own tables count. */
static void by_address(const struct process_query *q,
		       const struct process_file *file, uint64_t address)
{
	const struct elfsym *sym;
	struct elffile f;
	uint64_t offset;
	bool found;

	if (!process_open(q, &f))
		return;
	found = elffile_offset(&f, address, true, &offset);
	elffile_close(&f);
	if (!found)
		return;
	sym = elfsyms_at(file->symbols, offset);
	process_add_at(q, NULL, NULL, q->form == PROCESS_RETURN, offset,
		       sym ? sym->name : NULL);
}

void process_functions(const struct process_query *q)
{
	const struct ast_component *comp = process_component(q, "function");
	const struct process_file *file;

	if (!comp)
		comp = process_component(q, "statement");
	/* Files, lines and scopes need debugging information. */
	if (comp->arg->kind == AST_STRING &&
	    (strchr(comp->arg->str, '@') || strstr(comp->arg->str, "::"))) {
		resolve_error(q->r, comp->loc, PROBE_UNSUPPORTED,
			      "source-file");
		return;
	}
	file = process_read(q);
	if (file && comp->arg->kind == AST_STRING)
		by_name(q, file->symbols, comp->arg->str);
	else if (file)
		by_address(q, file, (uint64_t)comp->arg->num);
}
