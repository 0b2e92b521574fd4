/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers: constants, moves, arithmetic, comparisons. BPF has no signed
 * division before its version 4 (kernel 6.6), so it is made of unsigned ones.
 */
#include "base/bug.h"
#include "bpf/emit.h"
#include "proto/record.h"

bool emit_is_const(const struct emit *e, ir_reg r, int64_t *value)
{
	if (e->regs.places[r].kind != PLACE_CONST)
		return false;
	*value = e->flat.constant[r]->imm;
	return true;
}

void emit_num(struct emit *e, int to, ir_reg r)
{
	const struct place *p = &e->regs.places[r];
	int64_t value;

	switch (p->kind) {
	case PLACE_REG:
		code_mov(&e->code, to, p->off);
		return;
	case PLACE_STACK:
		code_load(&e->code, BPF_DW, to, R10, p->off);
		return;
	case PLACE_SCRATCH:
		code_load(&e->code, BPF_DW, to, R9, p->off);
		return;
	case PLACE_CONST:
		emit_is_const(e, r, &value);
		code_const(&e->code, to, value);
		return;
	case PLACE_NONE:
		break;
	}
	BUG("register %u of %s has no place", r, e->flat.fn.name);
}

int emit_num_any(struct emit *e, int tmp, ir_reg r)
{
	const struct place *p = &e->regs.places[r];

	if (p->kind == PLACE_REG)
		return p->off;
	emit_num(e, tmp, r);
	return tmp;
}

void emit_set(struct emit *e, ir_reg dst, int from)
{
	const struct place *p = &e->regs.places[dst];

	switch (p->kind) {
	case PLACE_REG:
		code_mov(&e->code, p->off, from);
		break;
	case PLACE_STACK:
		code_store(&e->code, BPF_DW, R10, p->off, from);
		break;
	case PLACE_SCRATCH:
		code_store(&e->code, BPF_DW, R9, p->off, from);
		break;
	case PLACE_NONE:
	case PLACE_CONST:
		break;
	}
}

/* The register to compute dst in: its own unless operand other lives there. */
static int work_reg(struct emit *e, ir_reg dst, ir_reg other)
{
	const struct place *d = &e->regs.places[dst];
	const struct place *o = &e->regs.places[other];

	if (d->kind != PLACE_REG || (o->kind == PLACE_REG && o->off == d->off))
		return R0;
	return d->off;
}

static bool small_const(const struct emit *e, ir_reg r, int32_t *imm)
{
	int64_t v;

	if (!emit_is_const(e, r, &v) || v != (int32_t)v)
		return false;
	*imm = (int32_t)v;
	return true;
}

static void binary(struct emit *e, const struct ir_insn *i, int op)
{
	ir_reg a = i->args[0], b = i->args[1];
	int w = work_reg(e, i->dst, b), src;
	int32_t imm;

	if (small_const(e, b, &imm)) {
		emit_num(e, w, a);
		code_alu_imm(&e->code, op, w, imm);
	} else {
		src = emit_num_any(e, R1, b);
		emit_num(e, w, a);
		code_alu(&e->code, op, w, src);
	}
	emit_set(e, i->dst, w);
}

static void shift(struct emit *e, const struct ir_insn *i, int op)
{
	int w = work_reg(e, i->dst, i->args[1]);
	int64_t n;

	if (emit_is_const(e, i->args[1], &n)) {
		emit_num(e, w, i->args[0]);
		code_alu_imm(&e->code, op, w, (int32_t)(n & 63));
	} else {
		emit_num(e, R1, i->args[1]);
		code_alu_imm(&e->code, BPF_AND, R1, 63);
		emit_num(e, w, i->args[0]);
		code_alu(&e->code, op, w, R1);
	}
	emit_set(e, i->dst, w);
}

static void unary(struct emit *e, const struct ir_insn *i)
{
	const struct place *d = &e->regs.places[i->dst];
	int w = d->kind == PLACE_REG ? d->off : R0;

	emit_num(e, w, i->args[0]);
	if (i->op == IR_OP_NEG)
		code_alu_imm(&e->code, BPF_NEG, w, 0);
	else if (i->op == IR_OP_NOT)
		code_alu_imm(&e->code, BPF_XOR, w, -1);
	emit_set(e, i->dst, w);
}

/* reg = |reg| */
static void absolute(struct emit *e, int reg)
{
	uint32_t l = code_label_new(&e->code);

	code_jump_imm(&e->code, BPF_JSGE, reg, 0, l);
	code_alu_imm(&e->code, BPF_NEG, reg, 0);
	code_label(&e->code, l);
}

/* Divide magnitudes; r2 is negative if the result has to be. */
static void divide(struct emit *e, const struct ir_insn *i)
{
	int op = i->op == IR_OP_DIV ? BPF_DIV : BPF_MOD;
	struct error_site site = { .kind = RECORD_ERROR_DIV,
				   .loc = i->loc,
				   .to = i->e };
	uint32_t done = code_label_new(&e->code);
	int64_t by;

	emit_num(e, R0, i->args[0]);
	code_mov(&e->code, R2, R0);
	if (emit_is_const(e, i->args[1], &by) && by > 0 && by == (int32_t)by) {
		absolute(e, R0);
		code_alu_imm(&e->code, op, R0, (int32_t)by);
	} else {
		emit_num(e, R1, i->args[1]);
		code_jump_imm(&e->code, BPF_JEQ, R1, 0,
			      emit_error_label(e, site));
		if (i->op == IR_OP_DIV)
			code_alu(&e->code, BPF_XOR, R2, R1);
		absolute(e, R0);
		absolute(e, R1);
		code_alu(&e->code, op, R0, R1);
	}
	code_jump_imm(&e->code, BPF_JSGE, R2, 0, done);
	code_alu_imm(&e->code, BPF_NEG, R0, 0);
	code_label(&e->code, done);
	emit_set(e, i->dst, R0);
}

static int jump_op(enum ir_cond c)
{
	switch (c) {
	case IR_EQ:
		return BPF_JEQ;
	case IR_NE:
		return BPF_JNE;
	case IR_LT:
		return BPF_JSLT;
	case IR_LE:
		return BPF_JSLE;
	case IR_GT:
		return BPF_JSGT;
	case IR_GE:
		return BPF_JSGE;
	}
	return BPF_JEQ;
}

enum ir_cond emit_invert(enum ir_cond c)
{
	static const uint8_t inverse[] = {
		[IR_EQ] = IR_NE, [IR_NE] = IR_EQ, [IR_LT] = IR_GE,
		[IR_LE] = IR_GT, [IR_GT] = IR_LE, [IR_GE] = IR_LT,
	};

	return (enum ir_cond)inverse[c];
}

void emit_compare_jump(struct emit *e, const struct ir_insn *i, bool holds,
		       uint32_t label)
{
	enum ir_cond c = (enum ir_cond)i->imm;
	int op = jump_op(holds ? c : emit_invert(c));
	int a = emit_num_any(e, R1, i->args[0]);
	int32_t imm;

	if (small_const(e, i->args[1], &imm)) {
		code_jump_imm(&e->code, op, a, imm, label);
		return;
	}
	code_jump_if(&e->code, op, a, emit_num_any(e, R2, i->args[1]), label);
}

static void compare(struct emit *e, const struct ir_insn *i)
{
	uint32_t yes = code_label_new(&e->code);

	code_const(&e->code, R0, 1);
	emit_compare_jump(e, i, true, yes);
	code_const(&e->code, R0, 0);
	code_label(&e->code, yes);
	emit_set(e, i->dst, R0);
}

void emit_number_op(struct emit *e, const struct ir_insn *i)
{
	switch ((int)i->op) {
	case IR_OP_CONST:
		if (e->regs.places[i->dst].kind == PLACE_CONST)
			break;
		code_const(&e->code, R0, i->imm);
		emit_set(e, i->dst, R0);
		break;
	case IR_OP_MOV:
	case IR_OP_NEG:
	case IR_OP_NOT:
		unary(e, i);
		break;
	case IR_OP_ADD:
		binary(e, i, BPF_ADD);
		break;
	case IR_OP_SUB:
		binary(e, i, BPF_SUB);
		break;
	case IR_OP_MUL:
		binary(e, i, BPF_MUL);
		break;
	case IR_OP_AND:
		binary(e, i, BPF_AND);
		break;
	case IR_OP_OR:
		binary(e, i, BPF_OR);
		break;
	case IR_OP_XOR:
		binary(e, i, BPF_XOR);
		break;
	case IR_OP_SHL:
		shift(e, i, BPF_LSH);
		break;
	case IR_OP_SAR:
		shift(e, i, BPF_ARSH);
		break;
	case IR_OP_SHR:
		shift(e, i, BPF_RSH);
		break;
	case IR_OP_DIV:
	case IR_OP_MOD:
		divide(e, i);
		break;
	case IR_OP_ICMP:
		compare(e, i);
		break;
	default:
		BUG("not an operation on numbers: %d", i->op);
	}
}
