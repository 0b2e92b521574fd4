/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of debugging information as a source of the neutral model. */
#include "symbols/dwarf_internal.h"

#include <string.h>

/* Chains of references and members beyond these are no program's. */
#define MAX_MEMBERS 100000u

struct dwtype {
	struct ctype t; /* first: the node */
	Dwarf_Die die;
};

static struct dwfile *file_of(const struct ctype *t)
{
	return (struct dwfile *)t->source;
}

static bool get_number(Dwarf_Die *die, unsigned attribute, uint64_t *out)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;

	if (!dwarf_attr_integrate(die, attribute, &attr) ||
	    dwarf_formudata(&attr, &word))
		return false;
	*out = word;
	return true;
}

static enum ctype_kind kind_of(int tag)
{
	switch (tag) {
	case DW_TAG_base_type:
		return CTYPE_INT;
	case DW_TAG_enumeration_type:
		return CTYPE_ENUM;
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type:
	case DW_TAG_ptr_to_member_type:
		return CTYPE_POINTER;
	case DW_TAG_array_type:
		return CTYPE_ARRAY;
	case DW_TAG_structure_type:
	case DW_TAG_interface_type:
		return CTYPE_STRUCT;
	case DW_TAG_union_type:
		return CTYPE_UNION;
	case DW_TAG_class_type:
		return CTYPE_CLASS;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return CTYPE_FUNCTION;
	case DW_TAG_typedef:
		return CTYPE_TYPEDEF;
	case DW_TAG_const_type:
		return CTYPE_CONST;
	case DW_TAG_volatile_type:
		return CTYPE_VOLATILE;
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
	case DW_TAG_subrange_type:
		return CTYPE_QUALIFIED;
	}
	return CTYPE_VOID;
}

static void set_base(struct ctype *t, Dwarf_Die *die)
{
	uint64_t encoding = 0;

	get_number(die, DW_AT_encoding, &encoding);
	switch (encoding) {
	case DW_ATE_boolean:
		t->is_bool = true;
		break;
	case DW_ATE_signed_char:
		t->is_char = t->size == 1;
		t->is_signed = true;
		break;
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
		t->is_char = t->size == 1;
		break;
	case DW_ATE_signed:
	case DW_ATE_signed_fixed:
		t->is_signed = true;
		break;
	case DW_ATE_float:
	case DW_ATE_complex_float:
	case DW_ATE_imaginary_float:
	case DW_ATE_decimal_float:
		t->kind = CTYPE_FLOAT;
		break;
	}
}

static void set_enum(struct dwfile *f, struct ctype *t, Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die base, child;
	Dwarf_Sword value;

	if (dwarf_attr_integrate(die, DW_AT_type, &attr) &&
	    dwarf_formref_die(&attr, &base)) {
		t->is_signed = ctype_strip(dwtype_node(f, &base))->is_signed;
		return;
	}
	/* Without a type of its own: signed if a value is. */
	if (!dw_child(die, &child))
		return;
	do {
		if (dwarf_attr(&child, DW_AT_const_value, &attr) &&
		    !dwarf_formsdata(&attr, &value) && value < 0)
			t->is_signed = true;
	} while (dw_next(&child));
}

/* Elements of one dimension; 0: not given. */
static uint64_t dimension(Dwarf_Die *range)
{
	uint64_t n, low = 0;

	if (get_number(range, DW_AT_count, &n))
		return n;
	if (!get_number(range, DW_AT_upper_bound, &n))
		return 0;
	get_number(range, DW_AT_lower_bound, &low);
	return n + 1 - low;
}

static struct dwtype *new_node(struct dwfile *f, Dwarf_Die *die)
{
	struct dwtype *n = arena_new(f->arena, struct dwtype);

	n->die = *die;
	n->t.source = &f->types;
	n->t.id = dwarf_dieoffset(die);
	return n;
}

/* An array of several dimensions is an array of arrays: the node for those from
 * number first on. */
static const struct ctype *array_node(struct dwfile *f, Dwarf_Die *die,
				      unsigned first)
{
	struct dwtype *n = new_node(f, die);
	unsigned i = 0, more = 0;
	Dwarf_Die child;

	n->t.kind = CTYPE_ARRAY;
	n->t.completed = true;
	if (dw_child(die, &child)) {
		do {
			if (dwarf_tag(&child) != DW_TAG_subrange_type)
				continue;
			if (i == first)
				n->t.n_elems = dimension(&child);
			else if (i > first)
				more++;
			i++;
		} while (dw_next(&child) && i < 16);
	}
	n->t.target = more ? array_node(f, die, first + 1) : dwtype_of(f, die);
	return &n->t;
}

static bool is_declaration(Dwarf_Die *die)
{
	return dwarf_hasattr(die, DW_AT_declaration);
}

const struct ctype *dwtype_node(struct dwfile *f, Dwarf_Die *die)
{
	/* By place in memory: alternate files have offsets of their own. */
	void *key = die->addr;
	struct ctype *known =
		hmap_get(&f->nodes, (const char *)&key, sizeof(key));
	struct dwtype *n;
	Dwarf_Die full;

	if (known)
		return known;
	/* What a signature stands for is elsewhere. */
	if (is_declaration(die) && dw_reference(die, DW_AT_signature, &full) &&
	    !is_declaration(&full))
		return dwtype_node(f, &full);
	n = new_node(f, die);
	hmap_put(&f->nodes, dw_key(f, &key, sizeof(key)), sizeof(key), &n->t);
	n->t.kind = kind_of(dwarf_tag(die));
	n->t.name = dwarf_diename(die);
	get_number(die, DW_AT_byte_size, &n->t.size);
	n->t.decl_file = dw_decl_file(die);
	n->t.decl_line = (unsigned)dw_decl_line(die);
	n->t.incomplete = is_declaration(die);
	switch (n->t.kind) {
	case CTYPE_INT:
		set_base(&n->t, die);
		break;
	case CTYPE_ENUM:
		set_enum(f, &n->t, die);
		break;
	case CTYPE_POINTER:
		if (!n->t.size)
			n->t.size = f->types.pointer_size;
		break;
	case CTYPE_ARRAY:
		n->t.n_elems = array_node(f, die, 0)->n_elems;
		break;
	case CTYPE_VOID:
	case CTYPE_FLOAT:
	case CTYPE_STRUCT:
	case CTYPE_UNION:
	case CTYPE_CLASS:
	case CTYPE_FUNCTION:
	case CTYPE_TYPEDEF:
	case CTYPE_CONST:
	case CTYPE_VOLATILE:
	case CTYPE_QUALIFIED:
		break;
	}
	return &n->t;
}

const struct ctype *dwtype_of(struct dwfile *f, Dwarf_Die *die)
{
	Dwarf_Die type;

	if (!dw_reference(die, DW_AT_type, &type))
		return NULL;
	return dwtype_node(f, &type);
}

/* --- completing --- */

static uint64_t member_offset(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word word;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_data_member_location, &attr))
		return 0;
	if (!dwarf_formudata(&attr, &word))
		return word * 8;
	/* An old form: an expression that adds a number. */
	if (!dwarf_getlocation(&attr, &ops, &n) && n == 1 &&
	    ops[0].atom == DW_OP_plus_uconst)
		return ops[0].number * 8;
	return 0;
}

/* Where a bit field starts, whichever way the compiler says it. */
static uint64_t bit_offset(Dwarf_Die *die, const struct ctype *type,
			   uint32_t bits)
{
	uint64_t n, size = ctype_size(type), offset = member_offset(die);

	if (get_number(die, DW_AT_data_bit_offset, &n))
		return n;
	if (!get_number(die, DW_AT_bit_offset, &n))
		return offset;
	get_number(die, DW_AT_byte_size, &size);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	/* The old number counts from the most significant bit. */
	return offset + size * 8 - n - bits;
#else
	return offset + n;
#endif
}

static void add_member(struct dwfile *f, struct ctype *t, Dwarf_Die *die)
{
	struct ctype_member m = { .name = dwarf_diename(die),
				  .type = dwtype_of(f, die) };
	uint64_t bits;

	if (t->members.len >= MAX_MEMBERS)
		return;
	m.base = dwarf_tag(die) == DW_TAG_inheritance;
	if (m.base)
		m.name = ctype_strip(m.type)->name;
	if (get_number(die, DW_AT_bit_size, &bits) && bits <= 64)
		m.bits = (uint32_t)bits;
	m.bit_offset =
		m.bits ? bit_offset(die, m.type, m.bits) : member_offset(die);
	vec_push(f->arena, &t->members, m);
}

static void add_constant(struct dwfile *f, struct ctype *t, Dwarf_Die *die)
{
	struct ctype_constant c = { .name = dwarf_diename(die) };
	Dwarf_Attribute attr;
	Dwarf_Sword value;
	Dwarf_Word word;

	if (!c.name || !dwarf_attr(die, DW_AT_const_value, &attr) ||
	    t->constants.len >= MAX_MEMBERS)
		return;
	if (t->is_signed && !dwarf_formsdata(&attr, &value))
		c.value = value;
	else if (!t->is_signed && !dwarf_formudata(&attr, &word))
		c.value = (int64_t)word;
	vec_push(f->arena, &t->constants, c);
}

static void add_children(struct dwfile *f, struct ctype *t, Dwarf_Die *die)
{
	Dwarf_Die child;

	if (!dw_child(die, &child))
		return;
	do {
		switch (dwarf_tag(&child)) {
		case DW_TAG_member:
			/* Static members are declarations here. */
			if (is_declaration(&child) ||
			    dwarf_hasattr(&child, DW_AT_external))
				break;
			add_member(f, t, &child);
			break;
		case DW_TAG_inheritance:
		case DW_TAG_formal_parameter:
			add_member(f, t, &child);
			break;
		case DW_TAG_enumerator:
			add_constant(f, t, &child);
			break;
		}
	} while (dw_next(&child));
}

static const char *tag_word(enum ctype_kind kind)
{
	switch (kind) {
	case CTYPE_STRUCT:
	case CTYPE_CLASS: /* C++ says either of one type */
		return "struct";
	case CTYPE_UNION:
		return "union";
	case CTYPE_ENUM:
		return "enum";
	case CTYPE_VOID:
	case CTYPE_INT:
	case CTYPE_FLOAT:
	case CTYPE_POINTER:
	case CTYPE_ARRAY:
	case CTYPE_FUNCTION:
	case CTYPE_TYPEDEF:
	case CTYPE_CONST:
	case CTYPE_VOLATILE:
	case CTYPE_QUALIFIED:
		break;
	}
	return "";
}

static Dwarf_Die *find_die(struct dwfile *f, enum ctype_kind kind,
			   const char *name);

static void complete(struct ctype *t)
{
	struct dwfile *f = file_of(t);
	Dwarf_Die die = ((struct dwtype *)t)->die, *full;

	switch (t->kind) {
	case CTYPE_STRUCT:
	case CTYPE_UNION:
	case CTYPE_CLASS:
	case CTYPE_ENUM:
		if (t->incomplete && t->name) {
			full = find_die(f, t->kind, t->name);
			if (full) {
				die = *full;
				t->incomplete = false;
				get_number(&die, DW_AT_byte_size, &t->size);
			}
		}
		add_children(f, t, &die);
		break;
	case CTYPE_ARRAY:
		t->target = array_node(f, &die, 0)->target;
		break;
	case CTYPE_FUNCTION:
		add_children(f, t, &die);
		t->target = dwtype_of(f, &die);
		break;
	case CTYPE_POINTER:
	case CTYPE_TYPEDEF:
	case CTYPE_CONST:
	case CTYPE_VOLATILE:
	case CTYPE_QUALIFIED:
		t->target = dwtype_of(f, &die);
		break;
	case CTYPE_VOID:
	case CTYPE_INT:
	case CTYPE_FLOAT:
		break;
	}
}

/* --- looking up --- */

static void index_type(struct dwfile *f, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die), *key;
	Dwarf_Die *copy;

	if (!name || is_declaration(die))
		return;
	key = arena_printf(f->arena, "%s %s", tag_word(kind_of(dwarf_tag(die))),
			   name);
	if (hmap_gets(&f->named, key))
		return;
	copy = arena_new(f->arena, Dwarf_Die);
	*copy = *die;
	hmap_puts(&f->named, key, copy);
}

static void index_constants(struct dwfile *f, Dwarf_Die *die)
{
	Dwarf_Die child;
	const char *name;

	if (!dw_child(die, &child))
		return;
	do {
		name = dwarf_diename(&child);
		if (dwarf_tag(&child) != DW_TAG_enumerator || !name ||
		    hmap_gets(&f->constants, name))
			continue;
		hmap_puts(&f->constants, name,
			  (void *)(uintptr_t)dwtype_node(f, die));
	} while (dw_next(&child));
}

static void index_types(struct dwfile *f, Dwarf_Die *parent, int depth)
{
	Dwarf_Die die;

	if (depth > DW_MAX_DEPTH || !dw_child(parent, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_enumeration_type:
			index_constants(f, &die);
			index_type(f, &die);
			break;
		case DW_TAG_structure_type:
		case DW_TAG_class_type:
		case DW_TAG_union_type:
			index_type(f, &die);
			index_types(f, &die, depth + 1);
			break;
		case DW_TAG_typedef:
		case DW_TAG_base_type:
			index_type(f, &die);
			break;
		case DW_TAG_namespace:
			index_types(f, &die, depth + 1);
			break;
		}
	} while (dw_next(&die));
}

/* Types of all units; those in functions are not looked for by name. */
static void index_all(struct dwfile *f)
{
	struct dwunit *unit;

	if (f->indexed)
		return;
	f->indexed = true;
	dwfile_list(f);
	vec_foreach(unit, &f->units)
		index_types(f, &unit->die, 0);
}

static Dwarf_Die *find_die(struct dwfile *f, enum ctype_kind kind,
			   const char *name)
{
	struct strbuf key = STRBUF_INIT;
	Dwarf_Die *die;

	index_all(f);
	strbuf_addf(&key, "%s %s", tag_word(kind), name);
	die = hmap_gets(&f->named, key.buf);
	strbuf_release(&key);
	return die;
}

static const struct ctype *find_type(struct ctype_source *s,
				     enum ctype_kind tag, const char *name)
{
	struct dwfile *f = (struct dwfile *)s;
	Dwarf_Die *die = find_die(f, tag, name);

	return die ? dwtype_node(f, die) : NULL;
}

static bool find_constant(struct ctype_source *s, const char *name,
			  int64_t *value)
{
	struct dwfile *f = (struct dwfile *)s;
	const struct ctype_constant *c;
	const struct ctype *t;
	size_t n, i;

	index_all(f);
	t = hmap_gets(&f->constants, name);
	c = t ? ctype_constants(t, &n) : NULL;
	for (i = 0; c && i < n; i++) {
		if (strcmp(c[i].name, name))
			continue;
		*value = c[i].value;
		return true;
	}
	return false;
}

const struct ctype_source_ops dwtype_ops = {
	.complete = complete,
	.find = find_type,
	.constant = find_constant,
};
