/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics: adding a sample to what this CPU keeps (proto/session.h).
 *
 * Elements are made as zeros; the first sample that a CPU adds to one sets its
 * extremes and insertion number. Additions are atomic, since a handler may
 * interrupt another on the same CPU; the extremes are not, so a new extreme can
 * be missed when that happens in the few instructions between look and store.
 */
#include "bpf/emit.h"
#include "proto/session.h"

/* Where a field lies behind at, the start of the statistics in a value. */
#define FIELD(at, name) ((at) + (int32_t)offsetof(struct stat_value, name))

/* Keep r2 in the field at off of r0 unless op holds of (r2, what is there). */
static void extreme(struct emit *e, int32_t off, int op)
{
	uint32_t not = code_label_new(&e->code);

	code_load(&e->code, BPF_DW, R1, R0, off);
	code_jump_if(&e->code, op, R2, R1, not);
	code_store(&e->code, BPF_DW, R0, off, R2);
	code_label(&e->code, not);
}

/* The first sample of this CPU: r2, for the value at r0. */
static void first_sample(struct emit *e, int32_t at, bool numbered)
{
	code_store(&e->code, BPF_DW, R0, FIELD(at, min), R2);
	code_store(&e->code, BPF_DW, R0, FIELD(at, max), R2);
	if (!numbered)
		return;
	code_ref(&e->code, R1, REF_DATA,
		 offsetof(struct session_data, sequence));
	code_const(&e->code, R3, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R1, 0, R3);
	code_load(&e->code, BPF_DW, R3, R1, 0);
	code_store(&e->code, BPF_DW, R0, offsetof(struct map_value, seq), R3);
}

/* r3 = bucket of r2, by the number of its bits; r1, r4 and r5 are used. */
static void log_bucket(struct emit *e)
{
	struct code *c = &e->code;
	uint32_t have = code_label_new(c), plus = code_label_new(c);
	uint32_t minus = code_label_new(c);

	code_const(c, R3, HIST_LOG_ZERO);
	code_jump_imm(c, BPF_JEQ, R2, 0, have);
	code_mov(c, R4, R2);
	code_jump_imm(c, BPF_JSGE, R2, 0, plus);
	code_alu_imm(c, BPF_NEG, R4, 0);
	code_label(c, plus);
	code_const(c, R5, 1);
	for (int bits = 32; bits; bits /= 2) {
		uint32_t low = code_label_new(c);

		code_mov(c, R1, R4);
		code_alu_imm(c, BPF_RSH, R1, bits);
		code_jump_imm(c, BPF_JEQ, R1, 0, low);
		code_alu_imm(c, BPF_ADD, R5, bits);
		code_mov(c, R4, R1);
		code_label(c, low);
	}
	code_jump_imm(c, BPF_JSLT, R2, 0, minus);
	code_alu(c, BPF_ADD, R3, R5);
	code_jump(c, have);
	code_label(c, minus);
	code_alu(c, BPF_SUB, R3, R5);
	code_label(c, have);
}

static void linear_bucket(struct emit *e, const struct hist *h, uint32_t last)
{
	struct code *c = &e->code;
	uint32_t have = code_label_new(c), inside = code_label_new(c);

	code_const(c, R3, 0);
	code_const(c, R1, h->lo);
	code_jump_if(c, BPF_JSLT, R2, R1, have);
	code_mov(c, R3, R2);
	code_alu(c, BPF_SUB, R3, R1);
	code_const(c, R1, h->step);
	code_alu(c, BPF_DIV, R3, R1);
	/* Before the addition, which can wrap. */
	code_jump_imm(c, BPF_JLT, R3, (int32_t)last, inside);
	code_const(c, R3, last - 1);
	code_label(c, inside);
	code_alu_imm(c, BPF_ADD, R3, 1);
	code_label(c, have);
}

/* One more in the bucket of r2, of the value at r0. */
static void count_bucket(struct emit *e, int32_t at, const struct hist *h)
{
	uint32_t last = hist_buckets(h) - 1;
	uint32_t out = code_label_new(&e->code);

	if (h->kind == HIST_LOG)
		log_bucket(e);
	else
		linear_bucket(e, h, last);
	/* Never true; says so to the verifier. */
	code_jump_imm(&e->code, BPF_JGT, R3, (int32_t)last, out);
	code_alu_imm(&e->code, BPF_LSH, R3, 3);
	code_alu(&e->code, BPF_ADD, R0, R3);
	code_const(&e->code, R1, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R0, FIELD(at, buckets), R1);
	code_label(&e->code, out);
}

void emit_stat_put(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];
	bool scalar = g->kind == IR_SCALAR;
	int32_t at = scalar ? 0 : offsetof(struct map_value, num);
	uint32_t first = code_label_new(&e->code);
	uint32_t count = code_label_new(&e->code);

	emit_num(e, R2, i->args[0]);
	code_load(&e->code, BPF_DW, R1, R0, FIELD(at, count));
	code_jump_imm(&e->code, BPF_JEQ, R1, 0, first);
	if (g->stat.fields & IR_KEEP_MIN)
		extreme(e, FIELD(at, min), BPF_JSGE);
	if (g->stat.fields & IR_KEEP_MAX)
		extreme(e, FIELD(at, max), BPF_JSLE);
	code_label(&e->code, count);
	code_const(&e->code, R1, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R0, FIELD(at, count), R1);
	if (g->stat.fields & IR_KEEP_SUM)
		code_atomic(&e->code, BPF_DW, BPF_ADD, R0, FIELD(at, sum), R2);
	if (g->stat.hist.kind != HIST_NONE)
		count_bucket(e, at, &g->stat.hist);

	code_part(&e->code, CODE_COLD);
	code_label(&e->code, first);
	first_sample(e, at, !scalar);
	code_jump(&e->code, count);
	code_part(&e->code, CODE_HOT);
}

void emit_stat_op(struct emit *e, const struct ir_insn *i)
{
	const struct ir_global *g = &e->p->globals.at[i->imm];

	if (i->op != IR_OP_SADD)
		emit_refuse(e,
			    "reads or empties the statistics \"%s\", which BPF "
			    "programs can only add to",
			    g->name);
	else if (g->stat.fields & IR_KEEP_VARIANCE)
		emit_refuse(e,
			    "adds to \"%s\", whose @variance BPF programs "
			    "cannot keep",
			    g->name);
	else
		emit_map_op(e, i);
}
