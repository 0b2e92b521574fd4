/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in the code: functions, inlined instances, lines, labels. */
#include "base/glob.h"
#include "symbols/dwarf_internal.h"

#include <stdlib.h>
#include <string.h>

/* The scope that was noted for a DIE, or for the declaration behind it: a
 * definition outside its class names the one inside. */
static bool matches_scope(struct dwfile *f, Dwarf_Die *die, const char *scope)
{
	Dwarf_Die at = *die, next;
	const char *path;
	int i;

	for (i = 0; i < 8; i++) {
		Dwarf_Off off = dwarf_dieoffset(&at);

		path = hmap_get(&f->scopes, (const char *)&off, sizeof(off));
		for (; path; path = strstr(path, "::")) {
			path += path[0] == ':' ? 2 : 0;
			if (glob_match(scope, path))
				return true;
		}
		if (!dw_reference(&at, DW_AT_specification, &next) &&
		    !dw_reference(&at, DW_AT_abstract_origin, &next))
			return false;
		at = next;
	}
	return false;
}

static bool matches(struct dwfile *f, const struct dwfunction *fn,
		    const struct spec *spec)
{
	Dwarf_Die die = fn->die;

	if (!glob_match(spec->function, fn->name) &&
	    (!fn->linkage || !glob_match(spec->function, fn->linkage)))
		return false;
	if (spec->file && !spec_has_file(spec, dw_decl_file(&die)))
		return false;
	return !spec->scope || matches_scope(f, &die, spec->scope);
}

/* The address behind the prologue: what the line table has next. */
static uint64_t behind_prologue(Dwarf_Die *unit, Dwarf_Die *die, uint64_t entry)
{
	Dwarf_Lines *lines;
	uint64_t best = entry;
	size_t n, i;

	if (dwarf_getsrclines(unit, &lines, &n))
		return entry;
	for (i = 0; i < n; i++) {
		Dwarf_Line *line = dwarf_onesrcline(lines, i);
		Dwarf_Addr address;
		bool end, behind;
		int number;

		if (dwarf_lineaddr(line, &address) ||
		    dwarf_lineendsequence(line, &end) || end ||
		    dwarf_lineno(line, &number) || !number ||
		    address <= entry || !dw_holds(die, address))
			continue;
		/* Some compilers say where. */
		if (!dwarf_lineprologueend(line, &behind) && behind)
			return address;
		/* The table is in order of address. */
		if (best == entry || address < best)
			best = address;
	}
	return best;
}

/* Whether a parameter lies in one place of the frame all the time, so that it
 * is not there yet at the entry. */
static bool keeps_parameters(Dwarf_Die *function)
{
	Dwarf_Attribute attr;
	Dwarf_Die die;
	Dwarf_Op *ops;
	size_t n;

	if (!dw_child(function, &die))
		return false;
	do {
		if (dwarf_tag(&die) == DW_TAG_formal_parameter &&
		    dwarf_attr(&die, DW_AT_location, &attr) &&
		    !dwarf_getlocation(&attr, &ops, &n) && n &&
		    ops[0].atom == DW_OP_fbreg)
			return true;
	} while (dw_next(&die));
	return false;
}

static struct dwplace make_place(struct dwfile *f, const struct dwfunction *fn,
				 Dwarf_Die *die, uint64_t entry)
{
	struct dwunit *unit = &f->units.at[fn->unit];
	struct dwplace p = { .function = fn->name,
			     .linkage = fn->linkage,
			     .file = dw_decl_file(die),
			     .line = dw_decl_line(die),
			     .address = entry,
			     .entry = entry,
			     .die = *die,
			     .unit = unit->die };
	Dwarf_Attribute attr;
	bool yes = false;

	p.inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
	if (dwarf_attr_integrate(die, DW_AT_external, &attr) &&
	    !dwarf_formflag(&attr, &yes))
		p.external = yes;
	if (!p.inlined &&
	    (!unit->optimized || (!unit->tells && keeps_parameters(die))))
		p.address = behind_prologue(&unit->die, die, entry);
	return p;
}

static void add_place(struct dwfile *f, struct dwplace p, dwplaces *out)
{
	if (out->len < DW_MAX_PLACES)
		vec_push(f->arena, out, p);
}

/* --- inlined instances --- */

struct origins {
	struct hmap wanted; /* offset of the abstract DIE: struct dwfunction */
	Dwarf_Die around;   /* the function looked through */
	struct dwfile *file;
	dwplaces *out;
};

static const struct dwfunction *origin_of(const struct origins *o,
					  Dwarf_Die *die)
{
	Dwarf_Die origin;
	Dwarf_Off off;

	if (!dw_reference(die, DW_AT_abstract_origin, &origin))
		return NULL;
	off = dwarf_dieoffset(&origin);
	return hmap_get(&o->wanted, (const char *)&off, sizeof(off));
}

static void add_instance(struct origins *o, Dwarf_Die *die, uint32_t unit)
{
	const struct dwfunction *fn = origin_of(o, die);
	struct dwfunction here;
	struct dwplace p;
	uint64_t entry;

	if (!fn || !dw_entry(die, &entry))
		return;
	here = *fn;
	here.unit = unit;
	p = make_place(o->file, &here, die, entry);
	p.around = o->around;
	add_place(o->file, p, o->out);
}

static void find_instances(struct origins *o, Dwarf_Die *parent, uint32_t unit,
			   int depth)
{
	Dwarf_Die die;

	if (depth > DW_MAX_DEPTH || !dw_child(parent, &die))
		return;
	do {
		int tag = dwarf_tag(&die);

		if (tag == DW_TAG_inlined_subroutine)
			add_instance(o, &die, unit);
		if (tag == DW_TAG_inlined_subroutine ||
		    tag == DW_TAG_lexical_block)
			find_instances(o, &die, unit, depth + 1);
	} while (dw_next(&die));
}

static int by_address(const void *a, const void *b)
{
	const struct dwplace *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return strcmp(x->function ? x->function : "",
		      y->function ? y->function : "");
}

/* In order of address; what is there twice under one name, once. */
static void tidy(dwplaces *out, size_t from)
{
	size_t i, n = from;

	if (out->len <= from)
		return;
	qsort(out->at + from, out->len - from, sizeof(out->at[0]), by_address);
	for (i = from; i < out->len; i++)
		if (i == from || by_address(&out->at[i], &out->at[n - 1]))
			out->at[n++] = out->at[i];
	out->len = n;
}

void dwfile_functions(struct dwfile *f, const struct spec *spec, bool inlined,
		      dwplaces *out)
{
	struct origins o = { .file = f, .out = out };
	size_t from = out->len, i;
	uint64_t entry;

	dwfile_list(f);
	for (i = 0; i < f->functions.len; i++) {
		struct dwfunction *fn = &f->functions.at[i];
		Dwarf_Off off = dwarf_dieoffset(&fn->die);

		if (!matches(f, fn, spec) ||
		    !spec_has_line(spec, dw_decl_line(&fn->die)))
			continue;
		if (fn->abstract)
			hmap_put(&o.wanted, dw_key(f, &off, sizeof(off)),
				 sizeof(off), fn);
		else if (dw_entry(&fn->die, &entry))
			add_place(f, make_place(f, fn, &fn->die, entry), out);
	}
	for (i = 0; inlined && o.wanted.len && i < f->functions.len; i++) {
		if (f->functions.at[i].abstract)
			continue;
		o.around = f->functions.at[i].die;
		find_instances(&o, &o.around, f->functions.at[i].unit, 0);
	}
	hmap_release(&o.wanted);
	tidy(out, from);
}

/* --- by address --- */

static int by_start(const void *a, const void *b)
{
	const struct dwrange *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* The code of all functions, in order, once. */
static void list_ranges(struct dwfile *f)
{
	size_t i;

	if (f->ranges.len)
		return;
	for (i = 0; i < f->functions.len; i++) {
		Dwarf_Addr base, from, to;
		ptrdiff_t at = 0;

		while (!f->functions.at[i].abstract &&
		       f->ranges.len < DW_MAX_PLACES &&
		       (at = dwarf_ranges(&f->functions.at[i].die, at, &base,
					  &from, &to)) > 0)
			vec_push(f->arena, &f->ranges,
				 (struct dwrange){ from, to, (uint32_t)i });
	}
	if (f->ranges.len)
		qsort(f->ranges.at, f->ranges.len, sizeof(f->ranges.at[0]),
		      by_start);
}

/* The function that holds an address: its number, or -1. */
static long function_at(struct dwfile *f, uint64_t address)
{
	size_t lo = 0, hi;

	list_ranges(f);
	hi = f->ranges.len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->ranges.at[mid].from <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || address >= f->ranges.at[lo - 1].to)
		return -1;
	return (long)f->ranges.at[lo - 1].function;
}

/* The innermost function or instance at an address of a function. */
static void innermost(struct dwfile *f, long number, uint64_t address,
		      struct dwplace *out)
{
	struct dwfunction *fn = &f->functions.at[number];
	Dwarf_Die scopes[DW_MAX_DEPTH];
	unsigned n;
	struct dwfunction named = *fn;
	uint64_t entry = 0;

	scopes[0] = fn->die;
	n = dw_scopes(address, scopes, 1);
	while (n > 1 && dwarf_tag(&scopes[n - 1]) != DW_TAG_inlined_subroutine)
		n--;
	if (n > 1) {
		named.name = dwarf_diename(&scopes[n - 1]);
		named.linkage = dw_linkage_name(&scopes[n - 1]);
	}
	dw_entry(&scopes[n - 1], &entry);
	*out = make_place(f, &named, &scopes[n - 1], entry);
	out->around = fn->die;
	out->address = address;
}

bool dwfile_at(struct dwfile *f, uint64_t address, struct dwplace *out)
{
	long number;

	dwfile_list(f);
	number = function_at(f, address);
	if (number < 0)
		return false;
	innermost(f, number, address, out);
	return true;
}

/* --- lines --- */

struct line_search {
	struct dwfile *file;
	const struct spec *spec;
	uint32_t unit;
	int want[2]; /* lines asked for, both included; 0: by spec */
	dwplaces *out;
	int *near;
	/* The last file name and whether it is meant. */
	const char *name;
	bool named;
};

static bool line_is_wanted(const struct line_search *s, int line)
{
	if (s->want[0])
		return line >= s->want[0] && line <= s->want[1];
	return spec_has_line(s->spec, line);
}

/* Lines around one that has no code. */
static void note_near(struct line_search *s, int line)
{
	int want = s->want[0];

	if (!want && s->spec->ranges.len)
		want = s->spec->ranges.at[0].first;
	if (line < want && line > s->near[0])
		s->near[0] = line;
	if (line > want && (!s->near[1] || line < s->near[1]))
		s->near[1] = line;
}

static bool place_is_meant(const struct line_search *s, struct dwplace *p)
{
	if (!p->function ||
	    (!glob_match(s->spec->function, p->function) &&
	     (!p->linkage || !glob_match(s->spec->function, p->linkage))))
		return false;
	return !s->spec->scope ||
	       matches_scope(s->file, &p->die, s->spec->scope);
}

/* Each line of each function or instance has one place: its first. */
static bool is_known(const dwplaces *out, size_t from, const struct dwplace *p)
{
	size_t i;

	for (i = out->len; i > from; i--) {
		struct dwplace *o = &out->at[i - 1];
		Dwarf_Die die = p->die;

		if (o->line == p->line &&
		    dwarf_dieoffset(&o->die) == dwarf_dieoffset(&die))
			return true;
	}
	return false;
}

static void search_line(struct line_search *s, Dwarf_Line *line, size_t from)
{
	bool statement, end;
	struct dwplace p = { 0 };
	Dwarf_Addr address;
	const char *file;
	long number;
	int n;

	if (dwarf_lineno(line, &n) || n <= 0 ||
	    dwarf_lineaddr(line, &address) ||
	    dwarf_linebeginstatement(line, &statement) || !statement ||
	    dwarf_lineendsequence(line, &end) || end)
		return;
	file = dwarf_linesrc(line, NULL, NULL);
	if (file != s->name) {
		s->name = file;
		s->named = spec_has_file(s->spec, file);
	}
	if (!s->named)
		return;
	if (!line_is_wanted(s, n) && !s->near)
		return;
	number = function_at(s->file, address);
	if (number < 0 || s->file->functions.at[number].unit != s->unit)
		return;
	innermost(s->file, number, address, &p);
	if (!place_is_meant(s, &p))
		return;
	if (!line_is_wanted(s, n)) {
		note_near(s, n);
		return;
	}
	p.file = file;
	p.line = n;
	if (!is_known(s->out, from, &p))
		add_place(s->file, p, s->out);
}

static void search_units(struct line_search *s)
{
	size_t i, k, n, from;
	Dwarf_Lines *lines;

	for (i = 0; i < s->file->units.len; i++) {
		from = s->out->len;
		s->unit = (uint32_t)i;
		s->name = NULL;
		if (dwarf_getsrclines(&s->file->units.at[i].die, &lines, &n))
			continue;
		for (k = 0; k < n; k++)
			search_line(s, dwarf_onesrcline(lines, k), from);
	}
}

/* +N: behind the declarations of the functions that are meant. */
static void search_after(struct line_search *s)
{
	struct dwfile *f = s->file;
	size_t i;
	int line;

	for (i = 0; i < f->functions.len; i++) {
		struct dwfunction *fn = &f->functions.at[i];

		line = dw_decl_line(&fn->die);
		if (!matches(f, fn, s->spec) || !line)
			continue;
		s->want[0] = s->want[1] = line + s->spec->ranges.at[0].first;
		search_units(s);
	}
}

void dwfile_statements(struct dwfile *f, const struct spec *spec, bool nearest,
		       dwplaces *out, int near[2])
{
	struct line_search s = { .file = f, .spec = spec, .out = out };
	size_t from = out->len, i;

	near[0] = near[1] = 0;
	if (spec->lines == SPEC_NO_LINE) {
		dwfile_functions(f, spec, false, out);
		for (i = from; i < out->len; i++)
			out->at[i].address = out->at[i].entry;
		return;
	}
	dwfile_list(f);
	if (spec->lines == SPEC_AFTER)
		search_after(&s);
	else
		search_units(&s);
	if (out->len == from && spec->lines == SPEC_LINES) {
		s.near = near;
		search_units(&s);
		s.near = NULL;
	}
	if (nearest && out->len == from && (near[0] || near[1])) {
		int want = spec->ranges.at[0].first;

		/* Of two that are as near, the later. */
		s.want[0] =
			!near[1] || (near[0] && want - near[0] < near[1] - want)
				? near[0]
				: near[1];
		s.want[1] = s.want[0];
		search_units(&s);
	}
	tidy(out, from);
}

/* --- labels --- */

static void find_labels(struct dwfile *f, const struct dwplace *of,
			Dwarf_Die *parent, const char *label, int depth,
			dwplaces *out)
{
	struct dwplace p = *of;
	Dwarf_Addr address;
	const char *name;
	Dwarf_Die die;

	if (depth > DW_MAX_DEPTH || !dw_child(parent, &die))
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_lexical_block)
			find_labels(f, of, &die, label, depth + 1, out);
		if (dwarf_tag(&die) != DW_TAG_label)
			continue;
		name = dwarf_diename(&die);
		if (!name || !glob_match(label, name) ||
		    dwarf_lowpc(&die, &address))
			continue;
		p.address = address;
		p.label = name;
		add_place(f, p, out);
	} while (dw_next(&die));
}

void dwfile_labels(struct dwfile *f, const struct spec *spec, const char *label,
		   dwplaces *out)
{
	dwplaces functions = { 0 };
	struct dwplace *p;
	size_t from = out->len;

	dwfile_functions(f, spec, true, &functions);
	vec_foreach(p, &functions)
		find_labels(f, p, &p->die, label, 0, out);
	tidy(out, from);
}
