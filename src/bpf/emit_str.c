/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings: access, copies, comparisons. All are unrolled by words of 8 bytes;
 * the zero fill behind each NUL makes that right (see emit.h).
 */
#include "base/bug.h"
#include "bpf/emit.h"

#include <string.h>

static uint32_t words_of(uint32_t bound)
{
	return (bound + 7) / 8;
}

/* Text that a constant register holds, after the cut to its bound. */
static struct strval const_str(struct emit *e, ir_reg r)
{
	int64_t id = e->flat.constant[r]->imm;
	struct strval s = { .kind = PLACE_CONST,
			    .bound = e->flat.fn.regs.at[r].bound };

	s.text = id == FLAT_EMPTY ? "" : e->p->strings.at[id];
	s.len = strnlen(s.text, s.bound - 1);
	return s;
}

struct strval emit_str(struct emit *e, ir_reg r)
{
	const struct place *p = &e->regs.places[r];

	if (p->kind == PLACE_CONST)
		return const_str(e, r);
	return (struct strval){ .kind = p->kind,
				.off = p->off,
				.bound = e->flat.fn.regs.at[r].bound };
}

int emit_str_base(struct emit *e, ir_reg r, int32_t *off)
{
	const struct place *p = &e->regs.places[r];

	*off = p->off;
	return p->kind == PLACE_STACK ? R10 : R9;
}

static int base_of(const struct strval *s)
{
	switch (s->kind) {
	case PLACE_STACK:
		return R10;
	case PLACE_SCRATCH:
		return R9;
	case PLACE_REG:
		return s->reg;
	case PLACE_CONST:
	case PLACE_NONE:
		break;
	}
	BUG("string without an address");
}

static uint64_t const_word(const struct strval *s, uint32_t w)
{
	uint64_t v = 0;

	if (s->len > w * 8)
		memcpy(&v, s->text + w * 8,
		       s->len - w * 8 < 8 ? s->len - w * 8 : 8);
	return v;
}

void emit_str_word(struct emit *e, int to, const struct strval *s, uint32_t w)
{
	if (s->kind == PLACE_CONST)
		code_const(&e->code, to, (int64_t)const_word(s, w));
	else if (w < words_of(s->bound))
		code_load(&e->code, BPF_DW, to, base_of(s),
			  s->off + (int32_t)w * 8);
	else
		code_const(&e->code, to, 0);
}

void emit_str_addr(struct emit *e, int to, const struct strval *s,
		   uint32_t size)
{
	if (s->kind == PLACE_CONST) {
		char *copy = arena_array(e->arena, char, size + 8);

		memcpy(copy, s->text, s->len < size ? s->len : size);
		code_ref(&e->code, to, REF_RODATA,
			 rodata_add(e->rodata, copy, size));
		return;
	}
	code_mov(&e->code, to, base_of(s));
	if (s->off)
		code_alu_imm(&e->code, BPF_ADD, to, s->off);
}

static void store_word(struct emit *e, int base, int32_t off, uint32_t room,
		       uint64_t v)
{
	int size = room < 8 ? BPF_W : BPF_DW;

	if (room < 8)
		v &= UINT32_MAX;
	if (size == BPF_W || (int64_t)v == (int32_t)v) {
		code_store_imm(&e->code, size, base, off, (int32_t)v);
		return;
	}
	code_const(&e->code, R1, (int64_t)v);
	code_store(&e->code, size, base, off, R1);
}

void emit_str_copy(struct emit *e, int base, int32_t off, uint32_t bound,
		   uint32_t room, const struct strval *s)
{
	bool cut = s->bound > bound;
	uint32_t last = (bound - 1) / 8, keep = (bound - 1) % 8;
	struct strval from = *s;

	if (from.kind == PLACE_CONST && from.len > bound - 1)
		from.len = bound - 1;
	for (uint32_t w = 0; w < words_of(bound) && w * 8 < room; w++) {
		uint32_t left = room - w * 8;
		int32_t at = off + (int32_t)w * 8;
		int size = left < 8 ? BPF_W : BPF_DW;

		if (from.kind == PLACE_CONST) {
			store_word(e, base, at, left, const_word(&from, w));
			continue;
		}
		if (w >= words_of(from.bound) || (cut && w == last && !keep)) {
			store_word(e, base, at, left, 0);
			continue;
		}
		emit_str_word(e, R1, &from, w);
		if (cut && w == last) {
			/* Clear all but the first keep bytes. */
			int32_t bits = 64 - (int32_t)keep * 8;

			code_alu_imm(&e->code, BPF_LSH, R1, bits);
			code_alu_imm(&e->code, BPF_RSH, R1, bits);
		}
		code_store(&e->code, size, base, at, R1);
	}
}

void emit_zero(struct emit *e, int base, int32_t off, uint32_t len)
{
	for (uint32_t at = 0; at < len; at += 8)
		code_store_imm(&e->code, BPF_DW, base, off + (int32_t)at, 0);
}

int32_t emit_tmp_str(struct emit *e, uint32_t bound)
{
	uint32_t bytes = words_of(bound) * 8;

	BUG_ON(bytes > e->str_bytes);
	return e->tmp_str;
}

static void copy_to(struct emit *e, ir_reg dst, const struct strval *s)
{
	const struct place *p = &e->regs.places[dst];
	uint32_t bound = e->flat.fn.regs.at[dst].bound;
	int32_t off;
	int base;

	if (p->kind == PLACE_NONE || p->kind == PLACE_CONST)
		return;
	base = emit_str_base(e, dst, &off);
	emit_str_copy(e, base, off, bound, words_of(bound) * 8, s);
}

/* All words must be equal; else to differ. */
static void words_equal(struct emit *e, const struct strval *a,
			const struct strval *b, uint32_t differ)
{
	uint32_t n = words_of(a->bound > b->bound ? a->bound : b->bound);

	for (uint32_t w = 0; w < n; w++) {
		emit_str_word(e, R1, a, w);
		if (b->kind == PLACE_CONST &&
		    (int64_t)const_word(b, w) == (int32_t)const_word(b, w)) {
			code_jump_imm(&e->code, BPF_JNE, R1,
				      (int32_t)const_word(b, w), differ);
			continue;
		}
		emit_str_word(e, R2, b, w);
		code_jump_if(&e->code, BPF_JNE, R1, R2, differ);
	}
}

static int unsigned_op(enum ir_cond c)
{
	switch (c) {
	case IR_LT:
		return BPF_JLT;
	case IR_LE:
		return BPF_JLE;
	case IR_GT:
		return BPF_JGT;
	case IR_GE:
		return BPF_JGE;
	case IR_EQ:
	case IR_NE:
		break;
	}
	return BPF_JEQ;
}

void emit_str_compare_jump(struct emit *e, const struct ir_insn *i, bool holds,
			   uint32_t label)
{
	struct strval a = emit_str(e, i->args[0]), b = emit_str(e, i->args[1]);
	enum ir_cond c = (enum ir_cond)i->imm;
	uint32_t differ;

	if (!holds)
		c = emit_invert(c);
	if (c == IR_NE) {
		words_equal(e, &a, &b, label);
		return;
	}
	differ = code_label_new(&e->code);
	if (c == IR_EQ) {
		words_equal(e, &a, &b, differ);
		code_jump(&e->code, label);
		code_label(&e->code, differ);
		return;
	}
	/* r1 and r2 hold the first words that differ, or the last ones; with
	 * the first byte highest, their order is that of the strings. */
	for (uint32_t w = 0;
	     w < words_of(a.bound > b.bound ? a.bound : b.bound); w++) {
		emit_str_word(e, R1, &a, w);
		emit_str_word(e, R2, &b, w);
		code_jump_if(&e->code, BPF_JNE, R1, R2, differ);
	}
	code_label(&e->code, differ);
	code_swap64(&e->code, R1);
	code_swap64(&e->code, R2);
	code_jump_if(&e->code, unsigned_op(c), R1, R2, label);
}

static void compare(struct emit *e, const struct ir_insn *i)
{
	uint32_t yes = code_label_new(&e->code);

	code_const(&e->code, R0, 1);
	emit_str_compare_jump(e, i, true, yes);
	code_const(&e->code, R0, 0);
	code_label(&e->code, yes);
	emit_set(e, i->dst, R0);
}

void emit_str_op(struct emit *e, const struct ir_insn *i)
{
	struct strval s;

	switch ((int)i->op) {
	case IR_OP_STR:
		s = (struct strval){ .kind = PLACE_CONST };
		s.text = i->imm == FLAT_EMPTY ? "" : e->p->strings.at[i->imm];
		s.len = strlen(s.text);
		s.bound = e->flat.fn.regs.at[i->dst].bound;
		copy_to(e, i->dst, &s);
		break;
	case IR_OP_MOV:
		if (i->dst == i->args[0])
			break;
		s = emit_str(e, i->args[0]);
		copy_to(e, i->dst, &s);
		break;
	case IR_OP_SCMP:
		compare(e, i);
		break;
	case IR_OP_CAT:
		emit_cat(e, i);
		break;
	case IR_OP_SPRINT:
		emit_sprint(e, i);
		break;
	default:
		BUG("not an operation on strings: %d", i->op);
	}
}
