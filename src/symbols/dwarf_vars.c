/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The variables of a place: parameters, locals, globals, results. */
#include "base/glob.h"
#include "base/memory.h"
#include "base/similar.h"
#include "symbols/dwarf_internal.h"

#include <string.h>

#if defined(__x86_64__)
# define PC_REGISTER 16
#else
# define PC_REGISTER 32
#endif
#define MAX_VARIABLES 4096u

struct dwvars {
	struct scope_vars vars; /* first */
	struct dwfile *file;
	struct dwplace place;
	struct dwscene scene;
	Dwarf_Die function;             /* not an instance */
	Dwarf_Die scopes[DW_MAX_DEPTH]; /* from the function inwards */
	unsigned n_scopes;
	unsigned first;   /* the scope of the place's own
					     * function or instance */
	struct hmap made; /* by DIE: struct variable */
	VEC(const struct variable *) lists[VARIABLE_KINDS];
	bool listed[VARIABLE_KINDS];
	struct variable *result;
};

static void release(void *what)
{
	struct dwvars *v = what;

	hmap_release(&v->made);
}

/* Once, when first asked for. An instance is looked for by its place in the
 * tree: the address it starts at may lie outside its ranges. */
static void find_scopes(struct dwvars *v)
{
	if (v->n_scopes)
		return;
	if (v->place.inlined)
		v->n_scopes = dw_path(&v->function, &v->place.die, v->scopes);
	if (v->n_scopes) {
		v->first = v->n_scopes - 1;
		v->n_scopes = dw_scopes(v->scene.pc, v->scopes, v->n_scopes);
		return;
	}
	v->scopes[0] = v->place.die;
	v->n_scopes = dw_scopes(v->scene.pc, v->scopes, 1);
}

static const struct variable *make(struct dwvars *v, Dwarf_Die *die)
{
	void *key = die->addr;
	struct variable *var =
		hmap_get(&v->made, (const char *)&key, sizeof(key));

	if (var)
		return var;
	var = arena_new(v->file->arena, struct variable);
	var->name = dwarf_diename(die);
	var->type = dwtype_of(v->file, die);
	dwloc_variable(&v->scene, die, var);
	hmap_put(&v->made, dw_key(v->file, &key, sizeof(key)), sizeof(key),
		 var);
	return var;
}

static bool is_variable(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_variable || tag == DW_TAG_formal_parameter;
}

/* The variable of that name right in a scope. Of several, the one that can be
 * had: a declaration may stand beside the definition. */
static const struct variable *find_in(struct dwvars *v, Dwarf_Die *scope,
				      const char *name)
{
	const struct variable *var = NULL;
	Dwarf_Die die;

	if (!dw_child(scope, &die))
		return NULL;
	do {
		const char *its =
			is_variable(&die) ? dwarf_diename(&die) : NULL;

		if (its && !strcmp(its, name) && (!var || !var->at))
			var = make(v, &die);
	} while (dw_next(&die));
	return var;
}

static const struct variable *find(struct scope_vars *s, const char *name)
{
	struct dwvars *v = (struct dwvars *)s;
	const struct variable *var;
	unsigned i;

	find_scopes(v);
	for (i = v->n_scopes; i > v->first; i--) {
		var = find_in(v, &v->scopes[i - 1], name);
		if (var)
			return var;
	}
	return find_in(v, &v->place.unit, name);
}

static void add_list(struct dwvars *v, Dwarf_Die *scope,
		     enum variable_kind kind)
{
	int tag = kind == VARIABLE_PARAMETER ? DW_TAG_formal_parameter
					     : DW_TAG_variable;
	Dwarf_Die die;

	if (!dw_child(scope, &die))
		return;
	do {
		if (dwarf_tag(&die) == tag && dwarf_diename(&die) &&
		    v->lists[kind].len < MAX_VARIABLES)
			vec_push(v->file->arena, &v->lists[kind],
				 make(v, &die));
	} while (dw_next(&die));
}

static const struct variable *const *list(struct scope_vars *s,
					  enum variable_kind kind, size_t *n)
{
	struct dwvars *v = (struct dwvars *)s;
	unsigned i;

	find_scopes(v);
	if (!v->listed[kind]) {
		v->listed[kind] = true;
		for (i = v->first; i < v->n_scopes; i++)
			if (i == v->first || kind == VARIABLE_LOCAL)
				add_list(v, &v->scopes[i], kind);
	}
	*n = v->lists[kind].len;
	return v->lists[kind].at;
}

/* --- what a function returns --- */

#if defined(__x86_64__)
/* Small structures come back in two registers by the classes of their words;
 * those of one word of numbers in the first. */
static bool in_first_register(const struct ctype *t)
{
	const struct ctype_member *m;
	size_t n, i;

	t = ctype_strip(t);
	switch (t->kind) {
	case CTYPE_INT:
	case CTYPE_ENUM:
	case CTYPE_POINTER:
		return true;
	case CTYPE_ARRAY:
		return in_first_register(ctype_target(t));
	case CTYPE_STRUCT:
	case CTYPE_UNION:
	case CTYPE_CLASS:
		m = ctype_members(t, &n);
		for (i = 0; i < n && i < 8; i++)
			if (in_first_register(m[i].type))
				return true;
		return false;
	case CTYPE_VOID:
	case CTYPE_FLOAT:
	case CTYPE_FUNCTION:
	case CTYPE_TYPEDEF:
	case CTYPE_CONST:
	case CTYPE_VOLATILE:
	case CTYPE_QUALIFIED:
		break;
	}
	return false;
}
#else
static bool in_first_register(const struct ctype *t)
{
	t = ctype_strip(t);
	return t->kind == CTYPE_INT || t->kind == CTYPE_ENUM ||
	       t->kind == CTYPE_POINTER || ctype_is_struct(t);
}
#endif

static void place_result(struct dwvars *v, struct variable *var)
{
	struct arena *a = v->file->arena;
	uint64_t size = ctype_size(var->type);
	const struct ctype *t = ctype_strip(var->type);

	if (size <= 8 && in_first_register(t)) {
		var->in_register = true;
		var->at = place_new(a, PLACE_RETVAL, 0, NULL, NULL);
		return;
	}
#if defined(__x86_64__)
	/* A large one lies in memory, whose address comes back. */
	if (ctype_is_struct(t) && size > 16) {
		var->at = place_new(a, PLACE_RETVAL, 0, NULL, NULL);
		return;
	}
#endif
	var->why = "the return value is in registers that probes do not see";
}

static const struct variable *result(struct scope_vars *s)
{
	struct dwvars *v = (struct dwvars *)s;
	const struct ctype *t;

	if (!v->vars.is_return)
		return NULL;
	if (v->result)
		return v->result;
	t = dwtype_of(v->file, &v->function);
	if (!t)
		return NULL;
	v->result = arena_new(v->file->arena, struct variable);
	v->result->name = "return";
	v->result->type = t;
	place_result(v, v->result);
	return v->result;
}

/* --- globals --- */

static bool file_fits(const char *pattern, const char *path)
{
	struct spec spec = { .file = pattern };

	return !pattern || spec_has_file(&spec, path);
}

static const struct variable *global(struct scope_vars *s, const char *name,
				     const char *file)
{
	struct dwvars *v = (struct dwvars *)s;
	const struct variable *var = NULL, *found = NULL;
	struct dwunit *unit;

	/* The unit of the place first: its statics are nearest. */
	if (file_fits(file, dwarf_diename(&v->place.unit)))
		found = find_in(v, &v->place.unit, name);
	if (found && found->at)
		return found;
	dwfile_list(v->file);
	vec_foreach(unit, &v->file->units) {
		if (!file_fits(file, dwarf_diename(&unit->die)))
			continue;
		var = find_in(v, &unit->die, name);
		if (var && var->at)
			return var;
		if (var && !found)
			found = var;
	}
	return found;
}

/* --- messages --- */

static void offer_scope(struct similar *near, Dwarf_Die *scope)
{
	Dwarf_Die die;

	if (!dw_child(scope, &die))
		return;
	do {
		if (is_variable(&die) && dwarf_diename(&die))
			similar_offer(near, dwarf_diename(&die));
	} while (dw_next(&die));
}

static void explain(struct scope_vars *s, const char *name, struct strbuf *out)
{
	struct dwvars *v = (struct dwvars *)s;
	const char *unit = dwarf_diename(&v->place.unit);
	struct similar near = { .want = name };
	unsigned i;

	strbuf_addf(out,
		    "unable to find local '%s', [man error::dwarf] dieoffset "
		    "0x%llx in %s, near pc 0x%llx in %s %s (alternatives: ",
		    name, (unsigned long long)dwarf_dieoffset(&v->place.die),
		    v->file->program.path, (unsigned long long)v->place.address,
		    v->place.function ? v->place.function : "?",
		    unit ? unit : "?");
	find_scopes(v);
	for (i = v->first; i < v->n_scopes; i++)
		offer_scope(&near, &v->scopes[i]);
	offer_scope(&near, &v->place.unit);
	for (i = 0; i < near.n; i++)
		strbuf_addf(out, "%s$%s", i ? ", " : "", near.names[i]);
	strbuf_addstr(out, "))");
}

static const char *text(struct scope_vars *s, const char *name)
{
	(void)s;
	(void)name;
	return NULL;
}

/* --- */

/* What run-time addresses have more than those of the file. */
static const struct place_expr *get_bias(struct dwvars *v)
{
	struct arena *a = v->file->arena;

	if (v->file->program.header.e_type == ET_EXEC)
		return place_new(a, PLACE_NUMBER, 0, NULL, NULL);
	return place_new(a, PLACE_SUB, 0,
			 place_new(a, PLACE_REGISTER, PC_REGISTER, NULL, NULL),
			 place_new(a, PLACE_NUMBER, (int64_t)v->place.address,
				   NULL, NULL));
}

struct scope_vars *dwfile_vars(struct dwfile *f, const struct dwplace *place,
			       bool is_return)
{
	static const struct scope_vars_ops ops = { .find = find,
						   .list = list,
						   .result = result,
						   .global = global,
						   .explain = explain,
						   .text = text };
	struct dwvars *v = arena_new(f->arena, struct dwvars);
	uint64_t entry;

	v->vars = (struct scope_vars){ .ops = &ops,
				       .types = &f->types,
				       .user = true,
				       .is_return = is_return,
				       .function = place->function };
	v->file = f;
	v->place = *place;
	v->function = place->inlined ? place->around : place->die;
	if (!dw_entry(&v->function, &entry))
		entry = place->entry;
	v->scene = (struct dwscene){ .file = f,
				     .arena = f->arena,
				     .function = &v->function,
				     .pc = place->address,
				     .entry = entry,
				     .bias = get_bias(v) };
	arena_at_end(f->arena, release, v);
	return &v->vars;
}
