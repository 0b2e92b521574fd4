/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach, and emptying arrays.
 *
 * BPF can only have a function called for every element of a map, in no order
 * (bpf_for_each_map_elem, kernel 5.13). So each step looks at all of them and
 * keeps a copy of the best one that was not visited: an array of n elements costs
 * n * n looks, which is why large ones are refused. Elements are told from each
 * other by the number they got when they were inserted.
 *
 * Unsorted, elements are visited by rising number. Sorted, an element that was
 * visited gets a new number below all others, counted up from a place that
 * session_data.low gives out. So the array keeps the order, as in the reference.
 *
 * There is one function for all iterations of a handler, "walk". What is passed to
 * it on the stack names the iteration and the scratch area.
 */
#include "base/bug.h"
#include "bpf/emit_walk.h"
#include "proto/record.h"
#include "proto/session.h"

#define MOST_ELEMENTS 8192u
/* Numbers that one sorted iteration may give. */
#define SORT_NUMBERS (1 << 24)
/* What the function does beside steps of iterations. */
#define WALK_CLEAR  0x10000
#define WALK_OLDEST 0x20000 /* and the array's number */

/* State of an iteration, in scratch; the copies of key and value follow. */
enum {
	WALK_LEFT = 0,   /* how many more to visit */
	WALK_START = 8,  /* highest number at the beginning */
	WALK_MARK = 16,  /* numbers up to this one were visited */
	WALK_NEXT = 24,  /* sorted: the next number to give */
	WALK_FOUND = 32,
	WALK_SEQ = 40,   /* number of the best so far */
	WALK_KEY = 48,
};

static const struct ir_iter *iter_of(const struct emit *e, int64_t k)
{
	return &e->flat.fn.iters.at[k];
}

static const struct ir_global *array_of(const struct emit *e, int64_t k)
{
	return &e->p->globals.at[iter_of(e, k)->global];
}

static uint32_t value_off(const struct emit *e, int64_t k)
{
	return WALK_KEY + ir_key_bytes(array_of(e, k));
}

/* --- plan --- */

/* Which iterations may be open at the start of a block. */
struct nesting {
	struct emit *e;
	bool *open; /* by block, then iteration */
	bool *now;
	bool changed;
};

static void open_at(void *arg, uint32_t to)
{
	struct nesting *n = arg;
	size_t count = n->e->flat.fn.iters.len, k;

	for (k = 0; k < count; k++) {
		if (!n->now[k] || n->open[to * count + k])
			continue;
		n->open[to * count + k] = true;
		n->changed = true;
	}
}

/* A sort moves the elements under the other iteration of the same array. */
static void check_nested(struct emit *e, const bool *open, int64_t inner)
{
	for (size_t k = 0; k < e->flat.fn.iters.len; k++) {
		if (!open[k] || (int64_t)k == inner ||
		    iter_of(e, (int64_t)k)->global !=
			    iter_of(e, inner)->global)
			continue;
		if (iter_of(e, (int64_t)k)->direction ||
		    iter_of(e, inner)->direction)
			emit_refuse(e,
				    "sorts array \"%s\" in a foreach within a "
				    "foreach over it, which BPF programs "
				    "cannot do",
				    array_of(e, inner)->name);
	}
}

static void nest_block(struct nesting *n, uint32_t b)
{
	size_t count = n->e->flat.fn.iters.len;
	const struct ir_insn *i;

	for (size_t k = 0; k < count; k++)
		n->now[k] = n->open[b * count + k];
	vec_foreach(i, &n->e->flat.fn.blocks.at[b].insns) {
		if (i->op == IR_OP_IBEGIN) {
			check_nested(n->e, n->now, i->imm);
			n->now[i->imm] = true;
		} else if (i->op == IR_OP_IEND) {
			n->now[i->imm] = false;
		}
		if (i->t != IR_NONE)
			open_at(n, i->t);
		if (i->e != IR_NONE)
			open_at(n, i->e);
	}
}

static void check_nesting(struct emit *e)
{
	size_t count = e->flat.fn.iters.len;
	struct nesting n = {
		.e = e,
		.open = arena_array(e->arena, bool,
				    e->flat.fn.blocks.len * count),
		.now = arena_array(e->arena, bool, count),
		.changed = true,
	};

	while (n.changed) {
		n.changed = false;
		for (size_t k = 0; k < e->flat.n_order; k++)
			nest_block(&n, e->flat.order[k]);
	}
}

static void check_array(struct emit *e, const struct ir_global *g)
{
	if (g->type == IR_STAT)
		emit_refuse(e, "walks through statistics \"%s\", which only "
			       "user space can read", g->name);
	else if (g->size > MOST_ELEMENTS)
		emit_refuse(e,
			    "uses foreach over array \"%s\" of %u elements; "
			    "BPF programs have time for %u",
			    g->name, g->size, MOST_ELEMENTS);
}

void emit_walk_plan(struct emit *e)
{
	size_t n = e->flat.fn.iters.len;

	e->iter_off = arena_array(e->arena, int32_t, n + 1);
	e->iter_used = arena_array(e->arena, bool, n + 1);
	for (size_t k = 0; k < e->flat.n_order; k++) {
		const struct ir_insn *i;

		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			if (i->op == IR_OP_IBEGIN) {
				check_array(e, array_of(e, i->imm));
				e->iter_used[i->imm] = true;
				e->walks = true;
			}
			e->clears |= i->op == IR_OP_MCLEAR;
		}
	}
	if (e->walks)
		check_nesting(e);
}

void emit_oldest_plan(struct emit *e, const struct ir_insn *i)
{
	if (!e->p->globals.at[i->imm].wrap)
		return;
	if (!e->oldest_off)
		e->oldest_off = arena_array(e->arena, int32_t,
					    e->p->globals.len);
	e->oldest_off[i->imm] = -1;
	e->drops = true;
}

void emit_walk_slots(struct emit *e)
{
	for (size_t k = 0; k < e->flat.fn.iters.len; k++) {
		const struct ir_global *g = array_of(e, (int64_t)k);

		if (e->iter_used[k])
			e->iter_off[k] = frame_scratch(
				&e->regs.frame, value_off(e, (int64_t)k) +
							ir_map_value_bytes(g));
	}
	for (size_t g = 0; e->drops && g < e->p->globals.len; g++)
		if (e->oldest_off[g])
			e->oldest_off[g] = frame_scratch(
				&e->regs.frame,
				WALK_KEY +
					ir_key_bytes(&e->p->globals.at[g]));
}

/* --- calls --- */

/* Have the function called for all elements of the array. */
static void call_walk(struct emit *e, uint32_t global, int32_t what)
{
	int32_t ctx = emit_tmp(e, &e->tmp_walk, 16);

	code_const(&e->code, R1, 0);
	code_store(&e->code, BPF_DW, R10, ctx, e->regs.scratch ? R9 : R1);
	/* From a register, or the verifier does not know it there. */
	code_const(&e->code, R1, what);
	code_store(&e->code, BPF_DW, R10, ctx + 8, R1);
	code_ref(&e->code, R1, REF_GLOBAL + global, 0);
	code_ref(&e->code, R2, REF_WALK, 0);
	code_mov(&e->code, R3, R10);
	code_alu_imm(&e->code, BPF_ADD, R3, ctx);
	code_const(&e->code, R4, 0);
	code_call(&e->code, BPF_FUNC_for_each_map_elem);
}

void emit_clear(struct emit *e, const struct ir_insn *i)
{
	call_walk(e, (uint32_t)i->imm, WALK_CLEAR);
}

void emit_drop_oldest(struct emit *e, uint32_t global, uint32_t none)
{
	int32_t off = e->oldest_off[global];

	code_store_imm(&e->code, BPF_DW, R9, off + WALK_FOUND, 0);
	call_walk(e, global, WALK_OLDEST + (int32_t)global);
	code_load(&e->code, BPF_DW, R1, R9, off + WALK_FOUND);
	code_jump_imm(&e->code, BPF_JEQ, R1, 0, none);
	code_ref(&e->code, R1, REF_GLOBAL + global, 0);
	code_mov(&e->code, R2, R9);
	code_alu_imm(&e->code, BPF_ADD, R2, off + WALK_KEY);
	code_call(&e->code, BPF_FUNC_map_delete_elem);
}

static void begin(struct emit *e, const struct ir_insn *i)
{
	int32_t off = e->iter_off[i->imm];

	if (i->n_args) {
		code_store(&e->code, BPF_DW, R9, off + WALK_LEFT,
			   emit_num_any(e, R1, i->args[0]));
	} else {
		code_const(&e->code, R1, INT64_MAX);
		code_store(&e->code, BPF_DW, R9, off + WALK_LEFT, R1);
	}
	code_ref(&e->code, R1, REF_DATA,
		 offsetof(struct session_data, sequence));
	code_load(&e->code, BPF_DW, R2, R1, 0);
	code_store(&e->code, BPF_DW, R9, off + WALK_START, R2);
	if (!iter_of(e, i->imm)->direction) {
		code_store_imm(&e->code, BPF_DW, R9, off + WALK_MARK, 0);
		return;
	}
	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, low));
	code_const(&e->code, R2, -SORT_NUMBERS);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0, R2);
	code_load(&e->code, BPF_DW, R2, R1, 0);
	code_store(&e->code, BPF_DW, R9, off + WALK_NEXT, R2);
	code_alu_imm(&e->code, BPF_ADD, R2, SORT_NUMBERS - 1);
	code_store(&e->code, BPF_DW, R9, off + WALK_MARK, R2);
}

/* Note that the element in the copies was visited. */
static void mark_visited(struct emit *e, int64_t k)
{
	uint32_t gone = code_label_new(&e->code);
	int32_t off = e->iter_off[k];

	if (!iter_of(e, k)->direction) {
		code_load(&e->code, BPF_DW, R1, R9, off + WALK_SEQ);
		code_store(&e->code, BPF_DW, R9, off + WALK_MARK, R1);
		return;
	}
	code_ref(&e->code, R1, REF_GLOBAL + iter_of(e, k)->global, 0);
	code_mov(&e->code, R2, R9);
	code_alu_imm(&e->code, BPF_ADD, R2, off + WALK_KEY);
	code_call(&e->code, BPF_FUNC_map_lookup_elem);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, gone);
	code_load(&e->code, BPF_DW, R1, R9, off + WALK_NEXT);
	code_store(&e->code, BPF_DW, R0, offsetof(struct map_value, seq), R1);
	code_alu_imm(&e->code, BPF_ADD, R1, 1);
	code_store(&e->code, BPF_DW, R9, off + WALK_NEXT, R1);
	code_label(&e->code, gone);
}

void emit_walk_next(struct emit *e, const struct ir_insn *i)
{
	int32_t off = e->iter_off[i->imm];
	uint32_t done = emit_target(e, i->e);

	code_load(&e->code, BPF_DW, R1, R9, off + WALK_LEFT);
	code_jump_imm(&e->code, BPF_JSLE, R1, 0, done);
	code_alu_imm(&e->code, BPF_ADD, R1, -1);
	code_store(&e->code, BPF_DW, R9, off + WALK_LEFT, R1);
	code_store_imm(&e->code, BPF_DW, R9, off + WALK_FOUND, 0);
	call_walk(e, iter_of(e, i->imm)->global, (int32_t)i->imm);
	code_load(&e->code, BPF_DW, R1, R9, off + WALK_FOUND);
	code_jump_imm(&e->code, BPF_JEQ, R1, 0, done);
	mark_visited(e, i->imm);
	code_jump(&e->code, emit_target(e, i->t));
}

/* A key or the value of the copies to its register. */
static void get(struct emit *e, const struct ir_insn *i, enum ir_type type,
		int32_t at, uint32_t bound)
{
	struct strval s = { .kind = PLACE_SCRATCH, .off = at, .bound = bound };
	uint32_t room;
	int32_t off;
	int base;

	if (i->dst == IR_NONE || e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	if (type == IR_I64) {
		code_load(&e->code, BPF_DW, R0, R9, at);
		emit_set(e, i->dst, R0);
		return;
	}
	room = e->flat.fn.regs.at[i->dst].bound;
	base = emit_str_base(e, i->dst, &off);
	emit_str_copy(e, base, off, room, (room + 7) & ~7u, &s);
}

void emit_walk_op(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = array_of(e, i->imm);
	int32_t off = e->iter_off[i->imm];

	switch ((int)i->op) {
	case IR_OP_IBEGIN:
		begin(e, i);
		break;
	case IR_OP_IKEY:
		get(e, i, g->key_type[i->aux],
		    off + WALK_KEY + (int32_t)ir_key_offset(g, i->aux),
		    g->key_bound[i->aux]);
		break;
	case IR_OP_IVAL:
		get(e, i, g->type,
		    off + (int32_t)value_off(e, i->imm) +
			    (int32_t)offsetof(struct map_value, num),
		    g->bound);
		break;
	case IR_OP_IEND:
		break;
	default:
		BUG("no operation of foreach: %d", i->op);
	}
}

/* --- the function: r1 map, r2 key, r3 value, r4 what call_walk() stored --- */

/* r0 of the element and r5 of the best one, or the first words of them that
 * differ, in order of value: to better, worse, or on if they are equal. */
static void compare(struct emit *e, int64_t k, uint32_t better, uint32_t worse)
{
	const struct ir_iter *it = iter_of(e, k);
	const struct ir_global *g = array_of(e, k);
	uint32_t column = it->column ? it->column - 1 : 0;
	enum ir_type type = it->column ? g->key_type[column] : g->type;
	uint32_t bound = it->column ? g->key_bound[column] : g->bound;
	int32_t at = it->column ? (int32_t)ir_key_offset(g, column) :
				  (int32_t)offsetof(struct map_value, num);
	int32_t best = e->iter_off[k] + at +
		       (int32_t)(it->column ? WALK_KEY : value_off(e, k));
	uint32_t words = type == IR_STR ? (bound + 7) / 8 : 1;
	uint32_t differ = code_label_new(&e->code);
	uint32_t equal = code_label_new(&e->code);

	for (uint32_t w = 0; w < words; w++) {
		int32_t by = (int32_t)w * 8;

		code_load(&e->code, BPF_DW, R0, it->column ? R2 : R3, at + by);
		code_load(&e->code, BPF_DW, R5, R9, best + by);
		code_jump_if(&e->code, BPF_JNE, R0, R5, differ);
	}
	code_jump(&e->code, equal);
	code_label(&e->code, differ);
	if (type == IR_STR) {
		code_swap64(&e->code, R0);
		code_swap64(&e->code, R5);
		code_jump_if(&e->code, it->direction > 0 ? BPF_JLT : BPF_JGT,
			     R0, R5, better);
	} else {
		code_jump_if(&e->code, it->direction > 0 ? BPF_JSLT : BPF_JSGT,
			     R0, R5, better);
	}
	code_jump(&e->code, worse);
	code_label(&e->code, equal);
}

static void copy(struct emit *e, int from, int32_t to, uint32_t bytes)
{
	for (uint32_t at = 0; at < bytes; at += 8) {
		code_load(&e->code, BPF_DW, R0, from, (int32_t)at);
		code_store(&e->code, BPF_DW, R9, to + (int32_t)at, R0);
	}
}

/* One step of an iteration looks at one element. */
static void look(struct emit *e, int64_t k, uint32_t out)
{
	const struct ir_global *g = array_of(e, k);
	int32_t off = e->iter_off[k];
	uint32_t take = code_label_new(&e->code);

	code_load(&e->code, BPF_DW, R9, R4, 0);
	code_load(&e->code, BPF_DW, R1, R3, offsetof(struct map_value, seq));
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_MARK);
	code_jump_if(&e->code, BPF_JLE, R1, R0, out);
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_START);
	code_jump_if(&e->code, BPF_JGT, R1, R0, out);
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_FOUND);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, take);
	if (iter_of(e, k)->direction)
		compare(e, k, take, out);
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_SEQ);
	code_jump_if(&e->code, BPF_JGE, R1, R0, out);
	code_label(&e->code, take);
	code_store_imm(&e->code, BPF_DW, R9, off + WALK_FOUND, 1);
	code_store(&e->code, BPF_DW, R9, off + WALK_SEQ, R1);
	copy(e, R2, off + WALK_KEY, ir_key_bytes(g));
	copy(e, R3, off + (int32_t)value_off(e, k), ir_map_value_bytes(g));
	code_jump(&e->code, out);
}

/* Keep the key with the lowest number. */
static void look_older(struct emit *e, uint32_t global, uint32_t out)
{
	int32_t off = e->oldest_off[global];
	uint32_t take = code_label_new(&e->code);

	code_load(&e->code, BPF_DW, R9, R4, 0);
	code_load(&e->code, BPF_DW, R1, R3, offsetof(struct map_value, seq));
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_FOUND);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, take);
	code_load(&e->code, BPF_DW, R0, R9, off + WALK_SEQ);
	code_jump_if(&e->code, BPF_JGE, R1, R0, out);
	code_label(&e->code, take);
	code_store_imm(&e->code, BPF_DW, R9, off + WALK_FOUND, 1);
	code_store(&e->code, BPF_DW, R9, off + WALK_SEQ, R1);
	copy(e, R2, off + WALK_KEY, ir_key_bytes(&e->p->globals.at[global]));
	code_jump(&e->code, out);
}

/* Go on unless this is what the function is called for. */
static uint32_t unless(struct emit *e, int32_t what)
{
	uint32_t next = code_label_new(&e->code);

	code_load(&e->code, BPF_DW, R0, R4, 8);
	code_jump_imm(&e->code, BPF_JNE, R0, what, next);
	return next;
}

int emit_walk_function(struct emit *e)
{
	struct code rest = e->code;
	uint32_t out, next;
	int rc;

	if (!e->walks && !e->clears && !e->drops)
		return 0;
	e->code = (struct code){ 0 };
	out = code_label_new(&e->code);
	for (size_t k = 0; k < e->flat.fn.iters.len; k++) {
		if (!e->iter_used[k])
			continue;
		next = unless(e, (int32_t)k);
		look(e, (int64_t)k, out);
		code_label(&e->code, next);
	}
	for (uint32_t g = 0; e->drops && g < e->p->globals.len; g++) {
		if (!e->oldest_off[g])
			continue;
		next = unless(e, WALK_OLDEST + (int32_t)g);
		look_older(e, g, out);
		code_label(&e->code, next);
	}
	if (e->clears)
		code_call(&e->code, BPF_FUNC_map_delete_elem);
	code_label(&e->code, out);
	code_const(&e->code, R0, 0);
	code_exit(&e->code);
	rc = code_finish(&e->code);
	e->walk = e->code;
	e->code = rest;
	return rc;
}
