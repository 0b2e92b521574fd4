/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globals: scalars in the session block, arrays in hash maps. Layouts are those
 * of proto/session.h.
 *
 * An entry that exists is changed in place. Making one is off the hot path: it
 * takes an insertion number and must reckon with another CPU making the same
 * entry first, then the look-up is done once more.
 */
#include "base/bug.h"
#include "bpf/emit_walk.h"
#include "proto/record.h"
#include "proto/session.h"

#include <errno.h>

#define KEY_ON_STACK   96u
#define VALUE_ON_STACK 48u

void emit_count(struct emit *e, uint32_t data_offset)
{
	code_ref(&e->code, R1, REF_DATA, data_offset);
	code_const(&e->code, R2, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0, R2);
}

/* --- scalars --- */

static void scalar_get_str(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	struct strval s = { .kind = PLACE_REG, .reg = R2, .bound = g->bound };
	int32_t off;
	int base;

	if (e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	base = emit_str_base(e, i->dst, &off);
	code_ref(&e->code, R2, REF_DATA, e->l->offset[i->imm]);
	emit_str_copy(e, base, off, bound, (bound + 7) & ~7u, &s);
}

static void scalar_set_str(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	struct strval s = emit_str(e, i->args[0]);

	code_ref(&e->code, R2, REF_DATA, e->l->offset[i->imm]);
	emit_str_copy(e, R2, 0, g->bound, (g->bound + 7) & ~7u, &s);
}

void emit_scalar_op(struct emit *e, const struct ir_insn *i)
{
	bool str = e->p->globals.at[i->imm].type == IR_STR;
	uint32_t off = e->l->offset[i->imm];

	switch ((int)i->op) {
	case IR_OP_GGET:
		if (str) {
			scalar_get_str(e, i);
			break;
		}
		code_ref(&e->code, R1, REF_DATA, off);
		code_load(&e->code, BPF_DW, R0, R1, 0);
		emit_set(e, i->dst, R0);
		break;
	case IR_OP_GSET:
		if (str) {
			scalar_set_str(e, i);
			break;
		}
		code_ref(&e->code, R1, REF_DATA, off);
		code_store(&e->code, BPF_DW, R1, 0,
			   emit_num_any(e, R2, i->args[0]));
		break;
	case IR_OP_GADD:
		code_ref(&e->code, R1, REF_DATA, off);
		code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0,
			    emit_num_any(e, R2, i->args[0]));
		break;
	default:
		BUG("not an operation on scalars: %d", i->op);
	}
}

/* --- keys --- */

static bool has_keys(const struct ir_insn *i, unsigned *first)
{
	switch ((int)i->op) {
	case IR_OP_MSET:
	case IR_OP_MADD:
	case IR_OP_SADD:
		*first = 1;
		return true;
	case IR_OP_MGET:
	case IR_OP_MHAS:
	case IR_OP_MDEL:
		*first = 0;
		return true;
	}
	return false;
}

void emit_map_plan(struct emit *e)
{
	for (size_t k = 0; k < e->flat.n_order; k++) {
		const struct ir_insn *i;

		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			const struct ir_global *g;
			unsigned first;
			uint32_t n;

			if (!has_keys(i, &first))
				continue;
			g = &e->p->globals.at[i->imm];
			n = ir_key_bytes(g);
			if (n > e->key_bytes)
				e->key_bytes = n;
			/* Statistics are made of constant zeros. */
			n = first && g->type != IR_STAT ? ir_map_value_bytes(g)
							 : 0;
			if (n > e->val_bytes)
				e->val_bytes = n;
			if (first)
				emit_oldest_plan(e, i);
		}
	}
	e->key_in_scratch = e->key_bytes > KEY_ON_STACK;
	e->val_in_scratch = e->val_bytes > VALUE_ON_STACK;
}

static struct strval buffer(struct emit *e, int32_t *tmp, uint32_t bytes,
			    bool in_scratch)
{
	if (!*tmp)
		*tmp = in_scratch ? frame_scratch(&e->regs.frame, bytes)
				  : frame_stack(&e->regs.frame, bytes);
	return (struct strval){ .kind = in_scratch ? PLACE_SCRATCH
						   : PLACE_STACK,
				.off = *tmp,
				.bound = bytes };
}

/* The only key, where it is, if it has the form of the whole key there. */
static bool key_in_place(struct emit *e, const struct ir_global *g, ir_reg r,
			 struct strval *key)
{
	const struct place *p = &e->regs.places[r];

	if (g->n_keys != 1)
		return false;
	if (g->key_type[0] == IR_I64) {
		*key = (struct strval){ .kind = p->kind,
					.off = p->off,
					.bound = 8 };
		return p->kind == PLACE_STACK || p->kind == PLACE_SCRATCH;
	}
	*key = emit_str(e, r);
	if (key->kind == PLACE_CONST)
		return key->len < g->key_bound[0];
	return key->bound <= g->key_bound[0] &&
	       (key->bound + 7) / 8 == (g->key_bound[0] + 7) / 8;
}

/* Have the key of an instruction in memory; says where. */
static struct strval build_key(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	struct strval key;
	unsigned first = 0;
	int base;

	/* Scalar statistics: the only element, number 0. */
	if (!g->n_keys)
		return (struct strval){ .kind = PLACE_CONST, .text = "" };
	has_keys(i, &first);
	if (key_in_place(e, g, i->args[first], &key))
		return key;
	key = buffer(e, &e->tmp_key, e->key_bytes, e->key_in_scratch);
	base = key.kind == PLACE_STACK ? R10 : R9;
	for (uint32_t k = 0; k < g->n_keys; k++) {
		int32_t at = key.off + (int32_t)ir_key_offset(g, k);
		ir_reg r = i->args[first + k];
		struct strval s;
		int32_t imm;
		int64_t v;

		if (g->key_type[k] == IR_STR) {
			s = emit_str(e, r);
			emit_str_copy(e, base, at, g->key_bound[k],
				      (g->key_bound[k] + 7) & ~7u, &s);
		} else if (emit_is_const(e, r, &v) && v == (int32_t)v) {
			imm = (int32_t)v;
			code_store_imm(&e->code, BPF_DW, base, at, imm);
		} else {
			code_store(&e->code, BPF_DW, base, at,
				   emit_num_any(e, R1, r));
		}
	}
	return key;
}

/* r1 = map, r2 = key */
static void map_args(struct emit *e, const struct ir_insn *i,
		     const struct strval *key)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	uint32_t bytes = g->n_keys ? ir_key_bytes(g) : 4;

	code_ref(&e->code, R1, REF_GLOBAL + (uint32_t)i->imm, 0);
	emit_str_addr(e, R2, key, bytes);
}

static void lookup(struct emit *e, const struct ir_insn *i,
		   const struct strval *key)
{
	map_args(e, i, key);
	code_call(&e->code, BPF_FUNC_map_lookup_elem);
}

/* --- reading --- */

static void map_get(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	struct strval key = build_key(e, i);
	uint32_t absent = code_label_new(&e->code);
	struct strval s = { .kind = PLACE_REG,
			    .reg = R0,
			    .off = offsetof(struct map_value, num),
			    .bound = g->bound };
	uint32_t done, bound;
	int32_t off;
	int base;

	lookup(e, i, &key);
	if (g->type == IR_I64) {
		code_const(&e->code, R1, 0);
		code_jump_imm(&e->code, BPF_JEQ, R0, 0, absent);
		code_load(&e->code, BPF_DW, R1, R0, s.off);
		code_label(&e->code, absent);
		emit_set(e, i->dst, R1);
		return;
	}
	if (e->regs.places[i->dst].kind == PLACE_NONE) {
		code_label(&e->code, absent);
		return;
	}
	done = code_label_new(&e->code);
	bound = e->flat.fn.regs.at[i->dst].bound;
	base = emit_str_base(e, i->dst, &off);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, absent);
	emit_str_copy(e, base, off, bound, (bound + 7) & ~7u, &s);
	code_jump(&e->code, done);
	code_label(&e->code, absent);
	emit_zero(e, base, off, (bound + 7) & ~7u);
	code_label(&e->code, done);
}

static void map_has(struct emit *e, const struct ir_insn *i)
{
	struct strval key = build_key(e, i);
	uint32_t absent = code_label_new(&e->code);

	lookup(e, i, &key);
	code_const(&e->code, R1, 0);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, absent);
	code_const(&e->code, R1, 1);
	code_label(&e->code, absent);
	emit_set(e, i->dst, R1);
}

/* --- writing --- */

/* Change the value of the entry at r0. */
static void put_value(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	int32_t at = offsetof(struct map_value, num);

	if (g->type == IR_STAT) {
		emit_stat_put(e, i);
	} else if (g->type == IR_STR) {
		struct strval s = emit_str(e, i->args[0]);

		emit_str_copy(e, R0, at, g->bound, (g->bound + 7) & ~7u, &s);
	} else if (i->op == IR_OP_MADD) {
		code_atomic(&e->code, BPF_DW, BPF_ADD, R0, at,
			    emit_num_any(e, R1, i->args[0]));
	} else {
		code_store(&e->code, BPF_DW, R0, at,
			   emit_num_any(e, R1, i->args[0]));
	}
}

/* Make empty statistics: r0 = result of the update call. */
static void insert_zeros(struct emit *e, const struct ir_insn *i,
			 const struct strval *key)
{
	struct strval zeros = { .kind = PLACE_CONST, .text = "" };

	map_args(e, i, key);
	emit_str_addr(e, R3, &zeros,
		      ir_map_value_bytes(&e->p->globals.at[i->imm]));
	code_const(&e->code, R4, BPF_NOEXIST);
	code_call(&e->code, BPF_FUNC_map_update_elem);
}

/* Make any other entry, likewise. */
static void insert(struct emit *e, const struct ir_insn *i,
		   const struct strval *key)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	struct strval val =
		buffer(e, &e->tmp_val, e->val_bytes, e->val_in_scratch);
	int base = val.kind == PLACE_STACK ? R10 : R9;
	int32_t at = val.off + (int32_t)offsetof(struct map_value, num);

	code_ref(&e->code, R1, REF_DATA,
		 offsetof(struct session_data, sequence));
	code_const(&e->code, R2, 1);
	/* Two that insert at one time may get the same number, and then have no
	 * order; adding and reading in one needs kernel 5.12. */
	code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0, R2);
	code_load(&e->code, BPF_DW, R2, R1, 0);
	code_store(&e->code, BPF_DW, base, val.off, R2);
	if (g->type == IR_STR) {
		struct strval s = emit_str(e, i->args[0]);

		emit_str_copy(e, base, at, g->bound, (g->bound + 7) & ~7u, &s);
	} else {
		code_store(&e->code, BPF_DW, base, at,
			   emit_num_any(e, R1, i->args[0]));
	}
	map_args(e, i, key);
	emit_str_addr(e, R3, &val, 0);
	code_const(&e->code, R4, BPF_NOEXIST);
	code_call(&e->code, BPF_FUNC_map_update_elem);
}

static void map_write(struct emit *e, const struct ir_insn *i)
{
	struct error_site full = { .kind = RECORD_ERROR_OVERFLOW,
				   .loc = i->loc,
				   .global = (uint32_t)i->imm,
				   .to = i->e };
	bool stat = i->op == IR_OP_SADD;
	struct strval key = build_key(e, i);
	uint32_t hit = code_label_new(&e->code);
	uint32_t miss = code_label_new(&e->code);
	uint32_t again = code_label_new(&e->code);
	uint32_t done = code_label_new(&e->code);

	lookup(e, i, &key);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, miss);
	code_label(&e->code, hit);
	put_value(e, i);
	code_label(&e->code, done);

	code_part(&e->code, CODE_COLD);
	code_label(&e->code, miss);
	if (stat)
		insert_zeros(e, i, &key);
	else
		insert(e, i, &key);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, stat ? again : done);
	code_jump_imm(&e->code, BPF_JEQ, R0, -EEXIST, again);
	/* The bucket is locked by what this handler interrupted. */
	code_jump_imm(&e->code, BPF_JEQ, R0, -EBUSY, emit_skip_label(e));
	if (e->p->globals.at[i->imm].wrap) {
		emit_drop_oldest(e, (uint32_t)i->imm,
				 emit_error_label(e, full));
		insert(e, i, &key);
		code_jump_imm(&e->code, BPF_JEQ, R0, 0, done);
		code_jump_imm(&e->code, BPF_JEQ, R0, -EEXIST, again);
	}
	code_jump(&e->code, emit_error_label(e, full));
	code_label(&e->code, again);
	lookup(e, i, &key);
	code_jump_imm(&e->code, BPF_JNE, R0, 0, hit);
	code_jump(&e->code, emit_skip_label(e));
	code_part(&e->code, CODE_HOT);
}

void emit_map_op(struct emit *e, const struct ir_insn *i)
{
	struct strval key;

	switch ((int)i->op) {
	case IR_OP_MGET:
		map_get(e, i);
		break;
	case IR_OP_MHAS:
		map_has(e, i);
		break;
	case IR_OP_MSET:
	case IR_OP_MADD:
	case IR_OP_SADD:
		map_write(e, i);
		break;
	case IR_OP_MDEL:
		key = build_key(e, i);
		map_args(e, i, &key);
		code_call(&e->code, BPF_FUNC_map_delete_elem);
		break;
	default:
		BUG("not an operation on arrays: %d", i->op);
	}
}
