/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening debugging information, and the list of its functions. */
#include "symbols/dwarf_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void close_file(void *what)
{
	struct dwfile *f = what;

	/* frames[1] ends with f->dw. */
	if (f->dw)
		dwarf_end(f->dw);
	if (f->frames[0])
		dwarf_cfi_end(f->frames[0]);
	if (f->fd >= 0)
		close(f->fd);
	elffile_close(&f->program);
	hmap_release(&f->scopes);
	hmap_release(&f->nodes);
	hmap_release(&f->named);
	hmap_release(&f->constants);
}

static bool has_information(const struct elffile *f)
{
	struct elf_part p;

	return (elffile_part(f, ".debug_info", &p) ||
		elffile_part(f, ".zdebug_info", &p)) &&
	       p.data;
}

/* The information itself, from the program or a file beside it. */
static bool open_information(struct dwfile *f, const char *sysroot)
{
	const char *path;

	if (has_information(&f->program)) {
		f->dw = dwarf_begin_elf(f->program.elf, DWARF_C_READ, NULL);
		return f->dw != NULL;
	}
	path = elffile_debug_path(f->arena, &f->program, sysroot);
	if (!path)
		return false;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd >= 0)
		f->dw = dwarf_begin(f->fd, DWARF_C_READ);
	return f->dw != NULL;
}

/* Whether the sections that libdw reads to a zero byte end in one, as they do
 * when a compiler made them: it does not look where they end. */
static bool is_sound(Dwarf *dw)
{
	static const char *const names[] = { ".debug_info",     ".debug_str",
					     ".debug_line_str", ".debug_types",
					     ".debug_abbrev",   NULL };
	struct elffile file = { .elf = dwarf_getelf(dw) };
	struct elf_part p;
	size_t i;

	for (i = 0; names[i]; i++)
		if (elffile_part(&file, names[i], &p) && p.data &&
		    p.data->d_size &&
		    ((const char *)p.data->d_buf)[p.data->d_size - 1])
			return false;
	return true;
}

struct dwfile *dwfile_open(struct arena *a, const char *path,
			   const char *sysroot)
{
	struct dwfile *f = arena_new(a, struct dwfile);
	struct strbuf err = STRBUF_INIT;
	bool opened = !elffile_open(a, path, &f->program, &err);

	strbuf_release(&err);
	f->arena = a;
	f->fd = -1;
	if (!opened)
		return NULL;
	if (!open_information(f, sysroot) || !is_sound(f->dw) ||
	    (dwarf_getalt(f->dw) && !is_sound(dwarf_getalt(f->dw)))) {
		close_file(f);
		return NULL;
	}
	arena_at_end(a, close_file, f);
	f->frames[0] = dwarf_getcfi_elf(f->program.elf);
	f->types = (struct ctype_source){
		.ops = &dwtype_ops,
		.name = f->program.path,
		.pointer_size =
			f->program.header.e_ident[EI_CLASS] == ELFCLASS32 ? 4
									  : 8,
	};
	return f;
}

const struct elffile *dwfile_program(const struct dwfile *f)
{
	return &f->program;
}

struct ctype_source *dwfile_types(struct dwfile *f)
{
	return &f->types;
}

/* --- DIEs --- */

bool dw_child(Dwarf_Die *die, Dwarf_Die *child)
{
	Dwarf_Die out;

	if (dwarf_child(die, &out) ||
	    dwarf_dieoffset(&out) <= dwarf_dieoffset(die))
		return false;
	*child = out;
	return true;
}

bool dw_next(Dwarf_Die *die)
{
	Dwarf_Die out;

	if (dwarf_siblingof(die, &out) ||
	    dwarf_dieoffset(&out) <= dwarf_dieoffset(die))
		return false;
	*die = out;
	return true;
}

bool dw_reference(Dwarf_Die *die, unsigned attribute, Dwarf_Die *out)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, attribute, &attr) &&
	       dwarf_formref_die(&attr, out);
}

bool dw_holds(Dwarf_Die *die, uint64_t pc)
{
	return dwarf_haspc(die, pc) == 1;
}

bool dw_entry(Dwarf_Die *die, uint64_t *entry)
{
	Dwarf_Addr address, base, start, end;
	Dwarf_Attribute attr;

	/* Only its own: an instance must not borrow that of its origin. */
	if ((dwarf_attr(die, DW_AT_entry_pc, &attr) ||
	     dwarf_attr(die, DW_AT_low_pc, &attr)) &&
	    !dwarf_entrypc(die, &address)) {
		*entry = address;
		return true;
	}
	if (!dwarf_attr(die, DW_AT_ranges, &attr) ||
	    dwarf_ranges(die, 0, &base, &start, &end) <= 0)
		return false;
	*entry = start;
	return true;
}

static const char *string_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;

	if (!dwarf_attr_integrate(die, attribute, &attr))
		return NULL;
	return dwarf_formstring(&attr);
}

const char *dw_linkage_name(Dwarf_Die *die)
{
	const char *s = string_of(die, DW_AT_linkage_name);

	return s ? s : string_of(die, DW_AT_MIPS_linkage_name);
}

int dw_decl_line(Dwarf_Die *die)
{
	int line;

	return dwarf_decl_line(die, &line) ? 0 : line;
}

const char *dw_decl_file(Dwarf_Die *die)
{
	const char *name = dwarf_decl_file(die);
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	Dwarf_Word number;
	Dwarf_Die unit;
	size_t n;

	/* File 0 is one, too, from version 5 on; libdw takes it for none. */
	if (name || !dwarf_attr_integrate(die, DW_AT_decl_file, &attr) ||
	    dwarf_formudata(&attr, &number) || number ||
	    !dwarf_cu_die(attr.cu, &unit, NULL, NULL, NULL, NULL, NULL, NULL) ||
	    dwarf_getsrcfiles(&unit, &files, &n) || !n)
		return name;
	return dwarf_filesrc(files, 0, NULL, NULL);
}

static bool is_scope(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_lexical_block:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return true;
	}
	return false;
}

unsigned dw_scopes(uint64_t pc, Dwarf_Die out[DW_MAX_DEPTH], unsigned n)
{
	Dwarf_Die die;

	while (n < DW_MAX_DEPTH && dw_child(&out[n - 1], &die)) {
		while ((!is_scope(&die) || !dw_holds(&die, pc)) &&
		       dw_next(&die))
			continue;
		if (!is_scope(&die) || !dw_holds(&die, pc))
			break;
		out[n++] = die;
	}
	return n;
}

unsigned dw_path(Dwarf_Die *function, Dwarf_Die *scope,
		 Dwarf_Die out[DW_MAX_DEPTH])
{
	Dwarf_Off want = dwarf_dieoffset(scope);
	Dwarf_Die die, next;
	unsigned n = 0;

	die = *function;
	while (n < DW_MAX_DEPTH) {
		/* What is behind the next one's start is in this one. */
		next = die;
		while (n && dw_next(&next) && dwarf_dieoffset(&next) <= want)
			die = next;
		out[n++] = die;
		if (dwarf_dieoffset(&die) == want)
			return n;
		if (!dw_child(&out[n - 1], &die) ||
		    dwarf_dieoffset(&die) > want)
			return 0;
	}
	return 0;
}

const char *dw_key(struct dwfile *f, const void *bytes, size_t len)
{
	return arena_strndup(f->arena, bytes, len);
}

/* --- the list --- */

static void add_function(struct dwfile *f, Dwarf_Die *die, uint32_t unit)
{
	struct dwfunction fn = { .die = *die, .unit = unit };
	uint64_t entry;

	fn.name = dwarf_diename(die);
	if (!fn.name || dwarf_hasattr(die, DW_AT_declaration))
		return;
	fn.abstract = !dw_entry(die, &entry);
	if (fn.abstract && dwarf_func_inline(die) != 1)
		return;
	fn.linkage = dw_linkage_name(die);
	if (f->functions.len < DW_MAX_PLACES)
		vec_push(f->arena, &f->functions, fn);
}

static void note_scope(struct dwfile *f, Dwarf_Die *die, const char *scope)
{
	Dwarf_Off off = dwarf_dieoffset(die);

	if (scope)
		hmap_put(&f->scopes, dw_key(f, &off, sizeof(off)), sizeof(off),
			 arena_strdup(f->arena, scope));
}

/* Functions stand at the top of a unit, in namespaces and in classes; scope is
 * what they stand in, or NULL. */
static void add_functions(struct dwfile *f, Dwarf_Die *parent, uint32_t unit,
			  const char *scope, int depth)
{
	const char *name;
	Dwarf_Die die;

	if (depth > DW_MAX_DEPTH || !dw_child(parent, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_subprogram:
			note_scope(f, &die, scope);
			add_function(f, &die, unit);
			break;
		case DW_TAG_namespace:
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
		case DW_TAG_module:
			name = dwarf_diename(&die);
			if (name && scope)
				name = arena_printf(f->arena, "%s::%s", scope,
						    name);
			add_functions(f, &die, unit, name ? name : scope,
				      depth + 1);
			break;
		}
	} while (dw_next(&die));
}

/* Whether the compiler says it optimised; without a word about it, it may
 * have. */
static bool is_optimized(Dwarf_Die *unit, bool *tells)
{
	const char *text, *p;
	bool optimized = false;

	text = string_of(unit, DW_AT_producer);
	*tells = text && !strncmp(text, "GNU ", 4);
	if (!*tells)
		return true;
	for (p = strstr(text, " -O"); p; p = strstr(p + 1, " -O"))
		optimized = p[3] != '0';
	return optimized;
}

void dwfile_list(struct dwfile *f)
{
	Dwarf_CU *cu = NULL;
	struct dwunit u;
	uint8_t type;

	if (f->listed)
		return;
	f->listed = true;
	while (f->units.len < DW_MAX_UNITS &&
	       !dwarf_get_units(f->dw, cu, &cu, NULL, &type, &u.die, NULL)) {
		if (type == DW_UT_type || type == DW_UT_split_type)
			continue;
		u.optimized = is_optimized(&u.die, &u.tells);
		vec_push(f->arena, &f->units, u);
		add_functions(f, &u.die, (uint32_t)f->units.len - 1, NULL, 0);
	}
}

void dwfile_each_function(struct dwfile *f,
			  void (*fn)(void *ctx, const char *name), void *ctx)
{
	const struct dwfunction *it;

	dwfile_list(f);
	vec_foreach(it, &f->functions)
		fn(ctx, it->name);
}
