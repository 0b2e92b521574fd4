/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Location expressions to place expressions: the stack machine runs here, over
 * expressions instead of numbers. What it cannot carry out (jumps, values of the
 * caller, pointers without an object) is not accessible.
 */
#include "base/memory.h"
#include "symbols/dwarf_internal.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STACK  32u
#define MAX_NODES  256u
#define MAX_NESTED 4

#if defined(__x86_64__)
# define LAST_REGISTER 16u
# define PC_REGISTER   16
#else
# define LAST_REGISTER 32u
# define PC_REGISTER   32
#endif

struct machine {
	const struct dwscene *scene;
	Dwarf_Attribute *attr; /* the expression is its */
	int nested;            /* frame bases, entry values */
	const struct place_expr *stack[MAX_STACK];
	unsigned n, nodes;
	bool is_value;   /* the top is the value, not its address */
	const char *why; /* NULL: all is well */
};

static bool run(struct machine *m, const Dwarf_Op *ops, size_t n);

static bool fail(struct machine *m, const char *why)
{
	if (!m->why)
		m->why = why;
	return false;
}

static bool push(struct machine *m, const struct place_expr *e)
{
	if (m->n == MAX_STACK || ++m->nodes > MAX_NODES)
		return fail(m, "the expression is too long");
	m->stack[m->n++] = e;
	return true;
}

static const struct place_expr *pop(struct machine *m)
{
	if (!m->n) {
		fail(m, "the expression is broken");
		return NULL;
	}
	return m->stack[--m->n];
}

static const struct place_expr *node(struct machine *m, enum place_op op,
				     int64_t n, const struct place_expr *a,
				     const struct place_expr *b)
{
	return place_new(m->scene->arena, op, n, a, b);
}

static bool push_number(struct machine *m, uint64_t n)
{
	return push(m, node(m, PLACE_NUMBER, (int64_t)n, NULL, NULL));
}

static bool push_binary(struct machine *m, enum place_op op)
{
	const struct place_expr *b = pop(m), *a = pop(m);

	return a && b && push(m, node(m, op, 0, a, b));
}

static bool push_unary(struct machine *m, enum place_op op, int64_t n)
{
	const struct place_expr *a = pop(m);

	return a && push(m, node(m, op, n, a, NULL));
}

static bool push_register(struct machine *m, uint64_t number, int64_t add)
{
	const struct place_expr *e;

	if (number > LAST_REGISTER)
		return fail(m, "it is in a register that probes do not see");
	e = node(m, PLACE_REGISTER, (int64_t)number, NULL, NULL);
	if (add)
		e = node(m, PLACE_ADD, 0, e,
			 node(m, PLACE_NUMBER, add, NULL, NULL));
	return push(m, e);
}

/* An address of the file at run time. */
static bool push_address(struct machine *m, uint64_t address)
{
	const struct place_expr *e =
		node(m, PLACE_NUMBER, (int64_t)address, NULL, NULL);

	if (!m->scene->bias)
		return fail(m, "where its file lies in memory is not known at "
			       "the return");
	return push(m, node(m, PLACE_ADD, 0, m->scene->bias, e));
}

/* An address or number from the table beside the information. */
static bool push_indexed(struct machine *m, const Dwarf_Op *op)
{
	Dwarf_Attribute attr;
	Dwarf_Addr address;
	Dwarf_Word number;

	if (!m->attr || dwarf_getlocation_attr(m->attr, op, &attr))
		return fail(m, "the expression is broken");
	if (!dwarf_formaddr(&attr, &address))
		return op->atom == DW_OP_addrx ||
				       op->atom == DW_OP_GNU_addr_index
			       ? push_address(m, address)
			       : push_number(m, address);
	if (!dwarf_formudata(&attr, &number))
		return push_number(m, number);
	return fail(m, "the expression is broken");
}

/* The canonical frame address at the place. */
static bool push_cfa(struct machine *m)
{
	struct dwfile *f = m->scene->file;
	bool found = false;
	Dwarf_Frame *frame;
	Dwarf_Op *ops;
	size_t n, i;

	if (!f->frames[1])
		f->frames[1] = dwarf_getcfi(f->dw);
	for (i = 0; i < 2 && !found; i++) {
		if (!f->frames[i] ||
		    dwarf_cfi_addrframe(f->frames[i], m->scene->pc, &frame))
			continue;
		if (!dwarf_frame_cfa(frame, &ops, &n) && n) {
			found = true;
			run(m, ops, n);
		}
		free(frame);
	}
	/* A sum of a register, or its value: an address either way. */
	m->is_value = false;
	return found ? !m->why : fail(m, "there is no frame information");
}

static bool push_frame_base(struct machine *m, int64_t add)
{
	Dwarf_Attribute attr, *outer = m->attr;
	Dwarf_Op *ops;
	size_t n;
	bool good;

	if (!m->scene->function || m->nested >= MAX_NESTED ||
	    !dwarf_attr_integrate(m->scene->function, DW_AT_frame_base,
				  &attr) ||
	    dwarf_getlocation_addr(&attr, m->scene->pc, &ops, &n, 1) != 1)
		return fail(m, "there is no frame base");
	m->nested++;
	m->attr = &attr;
	good = run(m, ops, n);
	m->attr = outer;
	m->nested--;
	/* A frame base in a register is the address in it. */
	m->is_value = false;
	if (!good || !add)
		return good;
	return push_number(m, (uint64_t)add) && push_binary(m, PLACE_ADD);
}

/* The value at the entry: known while nothing has run since. */
static bool push_entry(struct machine *m, const Dwarf_Op *op)
{
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;
	bool good;

	if (m->scene->pc != m->scene->entry)
		return fail(m, "only its value at the function's entry is "
			       "known");
	if (m->nested >= MAX_NESTED ||
	    dwarf_getlocation_attr(m->attr, op, &attr) ||
	    dwarf_getlocation(&attr, &ops, &n))
		return fail(m, "the expression is broken");
	m->nested++;
	good = run(m, ops, n);
	m->nested--;
	m->is_value = false;
	return good;
}

static bool push_read(struct machine *m, uint64_t bytes)
{
	int access = mem_of_bytes(bytes);

	if (access < 0)
		return fail(m, "the expression is broken");
	return push_unary(m, PLACE_READ, access | MEM_USER);
}

static bool pick(struct machine *m, uint64_t depth)
{
	if (depth >= m->n)
		return fail(m, "the expression is broken");
	return push(m, m->stack[m->n - 1 - depth]);
}

static bool rotate(struct machine *m, unsigned n)
{
	const struct place_expr *top;

	if (m->n < n)
		return fail(m, "the expression is broken");
	top = m->stack[m->n - 1];
	memmove(&m->stack[m->n - n + 1], &m->stack[m->n - n],
		(n - 1) * sizeof(m->stack[0]));
	m->stack[m->n - n] = top;
	return true;
}

/* A value of up to 8 bytes in the expression itself. */
static bool push_implicit(struct machine *m, const Dwarf_Op *op)
{
	uint64_t value = 0;
	Dwarf_Block block;

	if (!m->attr || dwarf_getlocation_implicit_value(m->attr, op, &block) ||
	    block.length > 8)
		return fail(m, "its value is too long");
	memcpy(&value, block.data, block.length);
	m->is_value = true;
	return push_number(m, value);
}

/* A number changed to a base type, named by its DIE; 0: the plain type. */
static bool convert(struct machine *m, const Dwarf_Op *op)
{
	const struct ctype *t;
	Dwarf_Die die;
	int access;

	if (!op->number)
		return true;
	if (!m->attr || dwarf_getlocation_die(m->attr, op, &die))
		return fail(m, "the expression is broken");
	t = dwtype_node(m->scene->file, &die);
	access = mem_of_bytes(t->size);
	if (t->kind != CTYPE_INT || access < 0)
		return fail(m, "it is computed from floating point");
	if (t->is_signed)
		access |= MEM_SIGNED;
	return push_unary(m, PLACE_EXTEND, access);
}

static int binary_of(unsigned atom)
{
	static const struct {
		unsigned atom;
		enum place_op op;
	} table[] = {
		{ DW_OP_plus, PLACE_ADD }, { DW_OP_minus, PLACE_SUB },
		{ DW_OP_mul, PLACE_MUL },  { DW_OP_div, PLACE_DIV },
		{ DW_OP_mod, PLACE_MOD },  { DW_OP_and, PLACE_AND },
		{ DW_OP_or, PLACE_OR },    { DW_OP_xor, PLACE_XOR },
		{ DW_OP_shl, PLACE_SHL },  { DW_OP_shr, PLACE_SHR },
		{ DW_OP_shra, PLACE_SAR }, { DW_OP_eq, PLACE_EQ },
		{ DW_OP_ne, PLACE_NE },    { DW_OP_lt, PLACE_LT },
		{ DW_OP_le, PLACE_LE },    { DW_OP_gt, PLACE_GT },
		{ DW_OP_ge, PLACE_GE },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].atom == atom)
			return (int)table[i].op;
	return -1;
}

static bool is_number(unsigned atom)
{
	return (atom >= DW_OP_const1u && atom <= DW_OP_consts);
}

/* Operations on numbers; *known: it was one. */
static bool run_number(struct machine *m, const Dwarf_Op *op, bool *known)
{
	int binary = binary_of(op->atom);

	*known = true;
	if (binary >= 0)
		return push_binary(m, (enum place_op)binary);
	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31)
		return push_number(m, op->atom - DW_OP_lit0);
	if (is_number(op->atom))
		return push_number(m, op->number);
	switch (op->atom) {
	case DW_OP_nop:
		return true;
	case DW_OP_dup:
		return pick(m, 0);
	case DW_OP_over:
		return pick(m, 1);
	case DW_OP_pick:
		return pick(m, op->number);
	case DW_OP_drop:
		return pop(m) != NULL;
	case DW_OP_swap:
		return rotate(m, 2);
	case DW_OP_rot:
		return rotate(m, 3);
	case DW_OP_neg:
		return push_unary(m, PLACE_NEG, 0);
	case DW_OP_not:
		return push_unary(m, PLACE_NOT, 0);
	case DW_OP_plus_uconst:
		return push_number(m, op->number) && push_binary(m, PLACE_ADD);
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		return convert(m, op);
	}
	*known = false;
	return true;
}

static bool run_register(struct machine *m, const Dwarf_Op *op, bool *known)
{
	*known = true;
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) {
		m->is_value = true;
		return push_register(m, op->atom - DW_OP_reg0, 0);
	}
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31)
		return push_register(m, op->atom - DW_OP_breg0,
				     (int64_t)op->number);
	switch (op->atom) {
	case DW_OP_regx:
		m->is_value = true;
		return push_register(m, op->number, 0);
	case DW_OP_bregx:
		return push_register(m, op->number, (int64_t)op->number2);
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return push_register(m, op->number, 0);
	}
	*known = false;
	return true;
}

static bool run_one(struct machine *m, const Dwarf_Op *op)
{
	bool known, good = run_number(m, op, &known);

	if (known)
		return good;
	good = run_register(m, op, &known);
	if (known)
		return good;
	switch (op->atom) {
	case DW_OP_addr:
		return push_address(m, op->number);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return push_indexed(m, op);
	case DW_OP_fbreg:
		return push_frame_base(m, (int64_t)op->number);
	case DW_OP_call_frame_cfa:
		return push_cfa(m);
	case DW_OP_deref:
		return push_read(m, m->scene->file->types.pointer_size);
	case DW_OP_deref_size:
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
		return push_read(m, op->number);
	case DW_OP_stack_value:
		m->is_value = true;
		return true;
	case DW_OP_implicit_value:
		return push_implicit(m, op);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return push_entry(m, op);
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		return fail(m, "each thread has its own");
	case DW_OP_implicit_pointer:
	case DW_OP_GNU_implicit_pointer:
		return fail(m, "what it points to is in no memory");
	case DW_OP_GNU_parameter_ref:
	case DW_OP_GNU_variable_value:
		return fail(m, "only its caller knows it");
	}
	return fail(m, "the expression has an operation that is not known");
}

/* --- pieces --- */

/* A variable in parts, up to 8 bytes together: its value. */
struct pieces {
	const struct place_expr *value;
	uint64_t bytes;
	bool any;
};

static bool add_piece(struct machine *m, struct pieces *p, uint64_t bytes,
		      unsigned base)
{
	const struct place_expr *e;
	int access = mem_of_bytes(bytes);

	p->any = true;
	/* A part that is nowhere. */
	if (m->n == base)
		return fail(m, "a part of it is optimized out");
	if (access < 0 || p->bytes + bytes > 8)
		return fail(m, "it lies in several places");
	if (!m->is_value && !push_read(m, bytes))
		return false;
	if (!push_unary(m, PLACE_EXTEND, access))
		return false;
	e = pop(m);
	m->is_value = false;
	if (p->bytes)
		e = node(m, PLACE_SHL, 0, e,
			 node(m, PLACE_NUMBER, (int64_t)p->bytes * 8, NULL,
			      NULL));
	p->value = p->value ? node(m, PLACE_OR, 0, p->value, e) : e;
	p->bytes += bytes;
	return true;
}

/* Leaves one more on the stack. */
static bool run(struct machine *m, const Dwarf_Op *ops, size_t n)
{
	struct pieces pieces = { 0 };
	unsigned base = m->n;
	size_t i;

	for (i = 0; i < n; i++) {
		if (ops[i].atom == DW_OP_piece) {
			if (!add_piece(m, &pieces, ops[i].number, base))
				return false;
			continue;
		}
		if (ops[i].atom == DW_OP_bit_piece)
			return fail(m, "it lies in several places");
		if (!run_one(m, &ops[i]))
			return false;
	}
	if (pieces.any) {
		m->is_value = true;
		return push(m, pieces.value);
	}
	return m->n > base ? true : fail(m, "it is optimized out");
}

/* --- variables --- */

static void set_why(const struct dwscene *s, const char *why,
		    struct variable *out)
{
	out->at = NULL;
	out->why = arena_printf(s->arena,
				"not accessible at this address (pc: 0x%llx) "
				"[man error::dwarf]: %s",
				(unsigned long long)s->pc, why);
}

/* A variable that is a constant. */
static bool get_constant(const struct dwscene *s, Dwarf_Die *die,
			 struct variable *out)
{
	Dwarf_Attribute attr;
	uint64_t value = 0;
	Dwarf_Block block;
	Dwarf_Sword word;

	if (!dwarf_attr_integrate(die, DW_AT_const_value, &attr))
		return false;
	if (!dwarf_formsdata(&attr, &word))
		value = (uint64_t)word;
	else if (!dwarf_formblock(&attr, &block) && block.length <= 8)
		memcpy(&value, block.data, block.length);
	else
		return false;
	out->in_register = true;
	out->at = place_new(s->arena, PLACE_NUMBER, (int64_t)value, NULL, NULL);
	return true;
}

void dwloc_variable(const struct dwscene *s, Dwarf_Die *die,
		    struct variable *out)
{
	struct machine m = { .scene = s };
	Dwarf_Attribute attr;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(die, DW_AT_location, &attr)) {
		if (!get_constant(s, die, out))
			set_why(s, "it is optimized out", out);
		return;
	}
	m.attr = &attr;
	if (dwarf_getlocation_addr(&attr, s->pc, &ops, &n, 1) != 1 || !n) {
		set_why(s, "it is optimized out here", out);
		return;
	}
	if (!run(&m, ops, n) || m.why || !m.n) {
		set_why(s, m.why ? m.why : "the expression is broken", out);
		return;
	}
	out->at = m.stack[m.n - 1];
	out->in_register = m.is_value;
}
