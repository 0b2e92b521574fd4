/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and statements of a program: by its debugging information if there
 * is some, with variables, and by its symbol tables. Names of these at one
 * address are one function.
 */
#include "base/glob.h"
#include "base/similar.h"
#include "probe/process.h"

#include <stdlib.h>
#include <string.h>

/* --- by debugging information --- */

/* The text of a place as the argument of its component. */
static const char *place_text(const struct process_query *q,
			      const struct dwplace *p)
{
	if (!p->file)
		return intern_str(q->r->names, p->function);
	return arena_printf(q->r->arena, "%s@%s:%d", p->function, p->file,
			    p->line);
}

/* What a return saves is had where the function's variables are set up. */
static void set_entry(struct resolved_probe *probe,
		      const struct process_file *file, const struct dwplace *p,
		      uint64_t inside)
{
	struct resolved_probe *entry;

	/* process_add_at() made it for this probe. */
	entry = (struct resolved_probe *)(uintptr_t)probe->entry;
	entry->n0 = (int64_t)inside;
	entry->vars = dwfile_vars(file->information, p, false);
}

static void add_place(const struct process_query *q,
		      const struct process_file *file, const char *component,
		      const char *text, const struct dwplace *p)
{
	bool is_return = q->form == PROCESS_RETURN;
	const struct elffile *f = dwfile_program(file->information);
	uint64_t offset, inside;
	struct resolved_probe *probe;

	/* Information may speak of code that was left out of the program. */
	if (!elffile_offset(f, is_return ? p->entry : p->address, true,
			    &offset) ||
	    !elffile_offset(f, p->address, true, &inside))
		return;
	probe = process_add_at(q, component, text, is_return, offset,
			       intern_str(q->r->names, p->function));
	probe->vars = dwfile_vars(file->information, p, is_return);
	if (is_return)
		set_entry(probe, file, p, inside);
}

static void add_places(const struct process_query *q,
		       const struct process_file *file, const char *component,
		       dwplaces *places)
{
	struct process_query of = *q;
	struct dwplace *p;

	vec_foreach(p, places) {
		if ((q->form == PROCESS_INLINE && !p->inlined) ||
		    (q->form == PROCESS_EXPORTED && !p->external))
			continue;
		of.label = p->label;
		add_place(&of, file, component, place_text(q, p), p);
	}
}

static bool takes_instances(enum process_form form)
{
	return form == PROCESS_FUNCTION || form == PROCESS_INLINE;
}

static void places_of_functions(const struct process_query *q,
				const struct process_file *file,
				const struct spec *spec)
{
	dwplaces places = { 0 };

	dwfile_functions(file->information, spec, takes_instances(q->form),
			 &places);
	add_places(q, file, "function", &places);
}

static void places_of_labels(const struct process_query *q,
			     const struct process_file *file,
			     const struct spec *spec)
{
	const char *label = process_string(q, "label");
	dwplaces places = { 0 };

	dwfile_labels(file->information, spec, label, &places);
	add_places(q, file, "function", &places);
}

static void places_of_statements(const struct process_query *q,
				 const struct process_file *file,
				 const struct spec *spec)
{
	dwplaces places = { 0 };
	int near[2];

	dwfile_statements(file->information, spec, q->form == PROCESS_NEAREST,
			  &places, near);
	add_places(q, file, "statement", &places);
	if (places.len || (!near[0] && !near[1]))
		return;
	if (near[0] && near[1])
		q->r->hint = arena_printf(q->r->arena,
					  " (no code at this line of %s; try "
					  ":%d or :%d)",
					  spec->file, near[0], near[1]);
	else
		q->r->hint =
			arena_printf(q->r->arena,
				     " (no code at this line of %s; try "
				     ":%d)",
				     spec->file, near[0] ? near[0] : near[1]);
}

/* --- by symbol tables --- */

static void offer_function(void *ctx, const char *name)
{
	similar_offer(ctx, name);
}

static void hint_similar(const struct process_query *q, const char *name,
			 const struct process_file *file)
{
	struct similar near = { .want = name };
	const struct elfsym *sym;

	vec_foreach(sym, &file->symbols->list)
		similar_offer(&near, sym->name);
	if (file->information)
		dwfile_each_function(file->information, offer_function, &near);
	process_hint(q->r, "functions", &near);
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct offsets {
	VEC(int64_t) list; /* sorted */
};

/* Where the functions start that the information tells of. */
static void told_offsets(const struct process_query *q,
			 const struct process_file *file, struct offsets *out)
{
	struct spec all = { .function = "*" };
	dwplaces places = { 0 };
	struct dwplace *p;
	uint64_t offset;

	if (!file->information)
		return;
	dwfile_functions(file->information, &all, false, &places);
	vec_foreach(p, &places)
		if (elffile_offset(dwfile_program(file->information), p->entry,
				   true, &offset))
			vec_push(q->r->arena, &out->list, (int64_t)offset);
	if (out->list.len)
		qsort(out->list.at, out->list.len, sizeof(out->list.at[0]),
		      by_value);
}

static bool is_told(const struct offsets *told, uint64_t offset)
{
	int64_t key = (int64_t)offset;

	return told->list.len && bsearch(&key, told->list.at, told->list.len,
					 sizeof(key), by_value);
}

/* A function that only a table names; the information may still know what is
 * there. */
static void add_symbol(const struct process_query *q,
		       const struct process_file *file,
		       const struct elfsym *sym)
{
	struct dwplace place;
	uint64_t address;

	if (file->information &&
	    elffile_address(dwfile_program(file->information), sym->offset,
			    &address) &&
	    dwfile_at(file->information, address, &place) &&
	    place.entry == address) {
		place.function = sym->name;
		add_place(q, file, "function", place_text(q, &place), &place);
		return;
	}
	process_add_at(q, "function", sym->name, q->form == PROCESS_RETURN,
		       sym->offset, sym->name);
}

static void symbols_by_name(const struct process_query *q,
			    const struct process_file *file, const char *name,
			    size_t before)
{
	const struct elfsym *sym, *last = NULL;
	struct offsets told = { 0 };

	/* Where the information knows the name, tables add what it does not
	 * tell of; else the name may be another one for what it tells of. */
	if (q->r->found.len > before)
		told_offsets(q, file, &told);
	vec_foreach(sym, &file->symbols->list) {
		if (last && last->offset == sym->offset)
			continue;
		if (!glob_match(name, sym->name) ||
		    (q->form == PROCESS_EXPORTED && !sym->exported) ||
		    is_told(&told, sym->offset))
			continue;
		last = sym;
		add_symbol(q, file, sym);
	}
}

/* --- both --- */

/* An address as the file's own tables count. */
static void by_address(const struct process_query *q,
		       const struct process_file *file, uint64_t address)
{
	const struct elfsym *sym;
	struct dwplace place;
	struct elffile f;
	uint64_t offset;
	bool found;

	if (!process_open(q, &f))
		return;
	found = elffile_offset(&f, address, true, &offset);
	elffile_close(&f);
	if (!found)
		return;
	if (file->information &&
	    dwfile_at(file->information, address, &place)) {
		place.entry = address;
		add_place(q, file, NULL, NULL, &place);
		return;
	}
	sym = elfsyms_at(file->symbols, offset);
	process_add_at(q, NULL, NULL, q->form == PROCESS_RETURN, offset,
		       sym ? sym->name : NULL);
}

static void by_spec(const struct process_query *q,
		    const struct process_file *file, const struct spec *spec)
{
	size_t before = q->r->found.len;
	bool by_line =
		q->form == PROCESS_STATEMENT || q->form == PROCESS_NEAREST;

	if (file->information) {
		if (by_line)
			places_of_statements(q, file, spec);
		else if (q->form == PROCESS_LABEL)
			places_of_labels(q, file, spec);
		else
			places_of_functions(q, file, spec);
	}
	/* Tables know no files, scopes, lines or instances. */
	if (!spec->file && !spec->scope && !by_line &&
	    q->form != PROCESS_LABEL && q->form != PROCESS_INLINE)
		symbols_by_name(q, file, spec->function, before);
	if (q->r->found.len == before && !q->r->hint)
		hint_similar(q, spec->function, file);
}

void process_functions(const struct process_query *q)
{
	const struct ast_component *comp = process_component(q, "function");
	const struct process_file *file;
	struct spec spec;

	if (!comp)
		comp = process_component(q, "statement");
	file = process_read(q);
	if (!file)
		return;
	if (comp->arg->kind != AST_STRING) {
		by_address(q, file, (uint64_t)comp->arg->num);
		return;
	}
	if (!spec_parse(q->r->arena, comp->arg->str, &spec)) {
		resolve_error(q->r, comp->loc, PROCESS_SPEC, comp->arg->str);
		return;
	}
	by_spec(q, file, &spec);
}
