/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Making strings: concatenation and sprint().
 *
 * The result is put together piece by piece behind a cursor, in a zeroed area of
 * scratch. The verifier knows the range of the cursor but not that what is left
 * shrinks with it, so the area is twice as long as the string can be. Numbers are
 * formatted by bpf_snprintf (kernel 5.13), whose conversions are C's.
 */
#include "base/bug.h"
#include "bpf/emit.h"

#include <string.h>

struct maker {
	struct emit *e;
	const struct ir_insn *insn;
	int32_t area; /* in scratch */
	uint32_t bound;
	bool fixed; /* the cursor is at, else in the stack slot */
	uint32_t at;
	int32_t cursor; /* stack slot */
	uint32_t full;  /* label: no room left */
};

uint32_t *emit_spans(const struct flat *f, struct arena *arena)
{
	uint32_t *span = arena_array(arena, uint32_t, f->fn.regs.len);
	const struct ir_insn *i;

	for (size_t k = 0; k < f->n_order; k++) {
		vec_foreach(i, &f->fn.blocks.at[f->order[k]].insns) {
			if (i->op == IR_OP_CAT || i->op == IR_OP_SPRINT)
				span[i->dst] =
					((f->fn.regs.at[i->dst].bound + 7) &
					 ~7u) *
					2;
		}
	}
	return span;
}

/* r1 = address at the cursor, r2 = bytes left there. */
static void at_cursor(struct maker *m)
{
	struct code *c = &m->e->code;

	code_mov(c, R1, R9);
	if (m->fixed) {
		code_alu_imm(c, BPF_ADD, R1, m->area + (int32_t)m->at);
		code_const(c, R2, m->bound - m->at);
		return;
	}
	code_alu_imm(c, BPF_ADD, R1, m->area);
	code_load(c, BPF_DW, R3, R10, m->cursor);
	code_jump_imm(c, BPF_JGT, R3, (int32_t)m->bound - 1, m->full);
	code_alu(c, BPF_ADD, R1, R3);
	code_const(c, R2, m->bound);
	code_alu(c, BPF_SUB, R2, R3);
}

/* Step the cursor by r0 - 1: what the helpers return counts the NUL. */
static void step_cursor(struct maker *m)
{
	struct code *c = &m->e->code;

	code_alu_imm(c, BPF_ADD, R0, -1);
	/* Also catches errors, which are negative. */
	code_jump_imm(c, BPF_JGT, R0, (int32_t)m->bound - 1, m->full);
	if (m->fixed) {
		if (m->at)
			code_alu_imm(c, BPF_ADD, R0, (int32_t)m->at);
	} else {
		code_load(c, BPF_DW, R1, R10, m->cursor);
		code_alu(c, BPF_ADD, R0, R1);
	}
	code_store(c, BPF_DW, R10, m->cursor, R0);
	m->fixed = false;
}

/* Constant text at a fixed cursor: plain stores, the zeros behind it too. */
static void add_fixed_text(struct maker *m, const char *text, size_t len)
{
	struct strval s = { .kind = PLACE_CONST, .text = text, .len = len };

	if (len > m->bound - 1 - m->at)
		s.len = m->bound - 1 - m->at;
	s.bound = (uint32_t)s.len + 1;
	if (s.len)
		emit_str_copy(m->e, R9, m->area + (int32_t)m->at, s.bound,
			      (s.bound + 7) & ~7u, &s);
	m->at += (uint32_t)s.len;
}

static void add_string(struct maker *m, const struct strval *s)
{
	if (s->kind == PLACE_CONST && m->fixed) {
		add_fixed_text(m, s->text, s->len);
		return;
	}
	if (m->fixed && m->at == m->bound - 1)
		return;
	at_cursor(m);
	emit_str_addr(m->e, R3, s,
		      s->kind == PLACE_CONST ? (uint32_t)s->len + 1 : s->bound);
	code_call(&m->e->code, BPF_FUNC_probe_read_kernel_str);
	step_cursor(m);
}

static void add_text(struct maker *m, const char *text, size_t len)
{
	struct strval s = { .kind = PLACE_CONST,
			    .text = text,
			    .len = len,
			    .bound = (uint32_t)len + 1 };

	if (len)
		add_string(m, &s);
}

/* One byte; a NUL ends the text there. What is behind it must stay zero: texts
 * are compared by words. */
static void add_char(struct maker *m, ir_reg r)
{
	struct code *c = &m->e->code;
	uint32_t last = m->bound - 1;

	if (m->fixed && m->at >= last)
		return;
	at_cursor(m);
	if (!m->fixed)
		code_jump_imm(c, BPF_JLE, R2, 1, m->full);
	code_store(c, BPF_B, R1, 0, emit_num_any(m->e, R2, r));
	code_load(c, BPF_B, R2, R1, 0);
	code_jump_imm(c, BPF_JEQ, R2, 0, m->full);
	code_const(c, R0, 2);
	step_cursor(m);
}

/* --- numbers --- */

static const char *number_conv(enum fmt_conv conv)
{
	switch (conv) {
	case FMT_D:
		return "lld";
	case FMT_U:
		return "llu";
	case FMT_X:
	case FMT_P:
		return "llx";
	case FMT_UPPER_X:
		return "llX";
	case FMT_LITERAL:
	case FMT_O:
	case FMT_S:
	case FMT_C:
	case FMT_B:
	case FMT_M:
	case FMT_UPPER_M:
		break;
	}
	return NULL;
}

/* Whether bpf_snprintf can do the item; %p has a prefix that a width would
 * have to reckon with. */
static bool number_fits(const struct fmt_item *it)
{
	if (!number_conv(it->conv) || it->prec_kind != FMT_SIZE_NONE ||
	    it->width_kind == FMT_SIZE_ARG || it->flag == '#')
		return false;
	return it->conv != FMT_P || it->width_kind == FMT_SIZE_NONE;
}

static void add_number(struct maker *m, const struct fmt_item *it, ir_reg r)
{
	struct code *c = &m->e->code;
	int32_t arg = emit_tmp(m->e, &m->e->tmp_misc, 16);
	struct strbuf spec = STRBUF_INIT;
	uint32_t fmt;

	strbuf_addstr(&spec, it->conv == FMT_P ? "0x%" : "%");
	if (it->flag)
		strbuf_addch(&spec, it->flag);
	if (it->width_kind == FMT_SIZE_FIXED)
		strbuf_addf(&spec, "%u", it->width);
	strbuf_addstr(&spec, number_conv(it->conv));
	fmt = rodata_add(m->e->rodata, spec.buf, spec.len + 1);
	strbuf_release(&spec);
	if (m->fixed && m->at == m->bound - 1)
		return;

	code_store(c, BPF_DW, R10, arg, emit_num_any(m->e, R1, r));
	at_cursor(m);
	code_ref(c, R3, REF_RODATA, fmt);
	code_mov(c, R4, R10);
	code_alu_imm(c, BPF_ADD, R4, arg);
	code_const(c, R5, 8);
	code_call(c, BPF_FUNC_snprintf);
	step_cursor(m);
}

/* --- whole strings --- */

static void begin(struct maker *m, struct emit *e, const struct ir_insn *i)
{
	*m = (struct maker){ .e = e, .insn = i, .fixed = true };
	m->bound = e->flat.fn.regs.at[i->dst].bound;
	m->area = e->regs.places[i->dst].off;
	for (unsigned a = 0; a < i->n_args; a++) {
		if (i->args[a] == i->dst)
			m->area = emit_tmp_str(e, e->span[i->dst]);
	}
	m->cursor = emit_tmp(e, &e->tmp_rec, 8);
	m->full = code_label_new(&e->code);
	emit_zero(e, R9, m->area, (m->bound + 7) & ~7u);
}

static void finish(struct maker *m)
{
	struct emit *e = m->e;
	int32_t off = e->regs.places[m->insn->dst].off;
	struct strval s = { .kind = PLACE_SCRATCH,
			    .off = m->area,
			    .bound = m->bound };

	code_label(&e->code, m->full);
	if (m->area != off)
		emit_str_copy(e, R9, off, m->bound, (m->bound + 7) & ~7u, &s);
}

void emit_cat(struct emit *e, const struct ir_insn *i)
{
	struct maker m;

	if (e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	begin(&m, e, i);
	for (unsigned a = 0; a < 2; a++) {
		struct strval s = emit_str(e, i->args[a]);

		add_string(&m, &s);
	}
	finish(&m);
}

/* One conversion; false if it cannot be done here. */
static bool add_item(struct maker *m, const struct fmt_item *it, ir_reg r)
{
	struct strval s;

	if (number_fits(it)) {
		add_number(m, it, r);
		return true;
	}
	if (it->width_kind != FMT_SIZE_NONE || it->prec_kind != FMT_SIZE_NONE)
		return false;
	if (it->conv == FMT_S) {
		s = emit_str(m->e, r);
		add_string(m, &s);
		return true;
	}
	if (it->conv == FMT_C) {
		add_char(m, r);
		return true;
	}
	return false;
}

void emit_sprint(struct emit *e, const struct ir_insn *i)
{
	const struct ir_format *f = &e->p->formats.at[i->imm];
	const struct fmt_item *it;
	struct maker m;
	unsigned a = 0;

	if (e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	begin(&m, e, i);
	vec_foreach(it, &f->fmt.items) {
		if (it->conv == FMT_LITERAL) {
			add_text(&m, it->text, it->len);
			continue;
		}
		if (it->width_kind == FMT_SIZE_ARG ||
		    it->prec_kind == FMT_SIZE_ARG || a >= i->n_args ||
		    !add_item(&m, it, i->args[a++])) {
			emit_refuse(e,
				    "formats a string with a conversion "
				    "that BPF programs do not have "
				    "(\"%s\")",
				    f->text);
			break;
		}
	}
	finish(&m);
}
