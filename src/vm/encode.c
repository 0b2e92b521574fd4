/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IR function → words of vmops.def. Relies on ir_check().
 *
 * Beyond one-to-one translation: a comparison and the branch on its result
 * become one instruction; small constants become operands of additions and of
 * those; a constant that nobody reads any more is left out. Backward jumps go
 * through a JMPB behind the function, where the hard budget is counted.
 */
#include "vm/internal.h"

#include "base/bug.h"
#include "ir/ir_offset.h"
#include "ir/layout.h"

#include <stdlib.h>
#include <string.h>

/* A word to be filled in with the way from the instruction at start to a
 * block. */
struct fixup {
	size_t word, start;
	ir_block_id block;
};

struct encoder {
	struct vm *vm;
	struct vm_fn *fn;
	const struct ir_fn *f;
	size_t start;     /* the instruction being encoded */
	size_t *block_at; /* by block: its first word */
	size_t *stub_at;  /* by block: its JMPB, or 0 */
	VEC(struct fixup) fixups;
	/* What registers hold, in the block being looked at. */
	int64_t *constant;
	uint32_t *constant_in; /* block + 1 where it is known */
	uint32_t *columns;     /* by iteration: as struct vm_pick */
	bool *needed;          /* by register: some read is not folded */
};

static void put(struct encoder *en, uint32_t word)
{
	vec_push(NULL, &en->vm->code, word);
}

static void put64(struct encoder *en, uint64_t word)
{
	put(en, (uint32_t)word);
	put(en, (uint32_t)(word >> 32));
}

static void put_ptr(struct encoder *en, const void *p)
{
	put64(en, (uintptr_t)p);
}

static void put_op(struct encoder *en, uint32_t op)
{
	en->start = en->vm->code.len;
	put(en, op);
}

static void put_reg(struct encoder *en, ir_reg r)
{
	put(en, r == IR_NONE ? VM_NONE : en->fn->reg_at[r]);
}

static void put_regs(struct encoder *en, const ir_reg *r, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		put_reg(en, r[i]);
}

static void put_target(struct encoder *en, ir_block_id b)
{
	struct fixup fix = { en->vm->code.len, en->start, b };

	if (b != IR_NONE)
		vec_push(NULL, &en->fixups, fix);
	put(en, 0);
}

static void put_edge(struct encoder *en, const struct ir_insn *in)
{
	put_target(en, in->e);
	put(en, in->loc);
}

static bool is_str(const struct encoder *en, ir_reg r)
{
	return en->f->regs.at[r].type == IR_STR;
}

/* The bound of a register in bytes; 0 for longs and for none. */
static uint32_t bound_of(const struct encoder *en, ir_reg r)
{
	return r != IR_NONE && is_str(en, r) ? en->f->regs.at[r].bound : 0;
}

/* --- constants --- */

/* Operand arg of an instruction as a small constant that can stand in place. */
static bool foldable(const struct encoder *en, uint32_t block,
		     const struct ir_insn *in, uint32_t arg, int32_t *value)
{
	ir_reg r = in->args[arg];
	int64_t n;

	if (en->constant_in[r] != block + 1)
		return false;
	n = en->constant[r];
	if (in->op == IR_OP_SUB)
		n = n == INT64_MIN ? n : -n;
	*value = (int32_t)n;
	return n == *value;
}

/* Does a comparison feed only the branch behind it in the same block? */
static bool fuses(const struct ir_insn *in, const struct ir_insn *end)
{
	return in->op == IR_OP_ICMP && in + 1 < end && in[1].op == IR_OP_BR &&
	       in[1].args[0] == in->dst;
}

/* Which operand of the instruction gets folded, or -1. */
static int folded_arg(const struct encoder *en, uint32_t block,
		      const struct ir_insn *in, const struct ir_insn *end)
{
	int32_t value;

	if (in->op == IR_OP_ADD || in->op == IR_OP_SUB || fuses(in, end)) {
		if (foldable(en, block, in, 1, &value))
			return 1;
	}
	if (in->op == IR_OP_ADD && foldable(en, block, in, 0, &value))
		return 0;
	return -1;
}

/* Note what an instruction leaves in its result. */
static void track(struct encoder *en, uint32_t block, const struct ir_insn *in)
{
	if (in->dst == IR_NONE)
		return;
	en->constant_in[in->dst] = 0;
	if (in->op == IR_OP_CONST) {
		en->constant_in[in->dst] = block + 1;
		en->constant[in->dst] = in->imm;
	}
}

/* Find the registers that are read other than as folded constants. */
static void find_needed(struct encoder *en)
{
	uint32_t b, i;

	for (b = 0; b < en->f->blocks.len; b++) {
		const struct ir_block *bb = &en->f->blocks.at[b];
		const struct ir_insn *in, *end = bb->insns.at + bb->insns.len;

		for (in = bb->insns.at; in < end; in++) {
			int folded = folded_arg(en, b, in, end);

			for (i = 0; i < in->n_args; i++) {
				if ((int)i != folded)
					en->needed[in->args[i]] = true;
			}
			track(en, b, in);
		}
	}
	memset(en->constant_in, 0, en->f->regs.len * sizeof(*en->constant_in));
}

/* --- instructions --- */

static void encode_compare(struct encoder *en, uint32_t block,
			   const struct ir_insn *in, bool fused)
{
	uint32_t cond = (uint32_t)in->imm;
	bool imm = false;
	int32_t value;

	if (fused) {
		imm = foldable(en, block, in, 1, &value);
		put_op(en, (imm ? VM_JEQI : VM_JEQ) + cond);
	} else {
		put_op(en, VM_EQ + cond);
	}
	put_reg(en, in->dst);
	put_reg(en, in->args[0]);
	if (imm)
		put(en, (uint32_t)value);
	else
		put_reg(en, in->args[1]);
	if (!fused)
		return;
	put_target(en, in[1].t);
	put_target(en, in[1].e);
}

static void encode_binary(struct encoder *en, uint32_t block,
			  const struct ir_insn *in, uint32_t op)
{
	int folded = folded_arg(en, block, in, in);
	int32_t value = 0;

	if (folded >= 0)
		foldable(en, block, in, (uint32_t)folded, &value);
	put_op(en, folded >= 0 ? VM_ADDI : op);
	put_reg(en, in->dst);
	put_reg(en, in->args[folded == 0]);
	if (folded >= 0)
		put(en, (uint32_t)value);
	else
		put_reg(en, in->args[1]);
	if (op == VM_DIV || op == VM_MOD)
		put_edge(en, in);
}

static void encode_unary(struct encoder *en, const struct ir_insn *in,
			 uint32_t op)
{
	put_op(en, op);
	put_reg(en, in->dst);
	put_reg(en, in->args[0]);
}

static void encode_move(struct encoder *en, const struct ir_insn *in)
{
	encode_unary(en, in, is_str(en, in->dst) ? VM_MOVS : VM_MOVI);
	if (is_str(en, in->dst))
		put(en, bound_of(en, in->dst));
}

static void encode_const(struct encoder *en, const struct ir_insn *in)
{
	const char *text;
	size_t len;

	if (in->op == IR_OP_CONST) {
		if (!en->needed[in->dst])
			return;
		put_op(en, VM_CONST);
		put_reg(en, in->dst);
		put64(en, (uint64_t)in->imm);
		return;
	}
	text = en->vm->prog->strings.at[in->imm];
	len = strnlen(text, bound_of(en, in->dst) - 1);
	put_op(en, VM_STR);
	put_reg(en, in->dst);
	put_ptr(en, text);
	put(en, (uint32_t)len);
}

/* The list of operands of a format, bit 0 of each says string. */
static void put_format(struct encoder *en, const struct ir_insn *in)
{
	uint32_t i;

	put(en, (uint32_t)in->imm);
	put(en, in->n_args);
	for (i = 0; i < in->n_args; i++)
		put(en, en->fn->reg_at[in->args[i]] | is_str(en, in->args[i]));
	if (in->n_args > en->vm->n_args)
		en->vm->n_args = in->n_args;
}

static void encode_print(struct encoder *en, const struct ir_insn *in)
{
	if (in->op == IR_OP_PRINT) {
		put_op(en, VM_PRINT);
	} else {
		put_op(en, VM_SPRINT);
		put_reg(en, in->dst);
		put(en, bound_of(en, in->dst));
	}
	put_format(en, in);
}

static void encode_scalar(struct encoder *en, const struct ir_insn *in)
{
	const struct ir_global *g = &en->vm->prog->globals.at[in->imm];
	bool shared = en->vm->scalar_shared[in->imm];
	void *where = en->vm->scalars[in->imm];

	if (g->type == IR_I64) {
		if (in->op == IR_OP_GADD)
			put_op(en, shared ? VM_GADDX : VM_GADD);
		else if (in->op == IR_OP_GGET)
			put_op(en, shared ? VM_GGETIX : VM_GGETI);
		else
			put_op(en, shared ? VM_GSETIX : VM_GSETI);
		put_reg(en, in->op == IR_OP_GGET ? in->dst : in->args[0]);
		put_ptr(en, where);
		if (shared)
			put_ptr(en, &en->vm->seen[in->imm]);
		return;
	}
	if (in->op == IR_OP_GSET) {
		put_op(en, shared ? VM_GSETX : VM_GSETS);
		put_reg(en, in->args[0]);
		put_ptr(en, where);
		put(en, g->bound);
		return;
	}
	put_op(en, shared ? VM_GGETX : VM_GGETS);
	put_reg(en, in->dst);
	put_ptr(en, where);
	put(en, bound_of(en, in->dst));
	if (shared)
		put(en, g->bound);
}

static void encode_array(struct encoder *en, const struct ir_insn *in)
{
	bool str = en->vm->prog->globals.at[in->imm].type == IR_STR;
	uint32_t id = (uint32_t)in->imm;

	switch (in->op) {
	case IR_OP_MGET:
	case IR_OP_MHAS:
		if (in->op == IR_OP_MHAS)
			put_op(en, VM_MHAS);
		else
			put_op(en, str ? VM_MGETS : VM_MGETI);
		put_reg(en, in->dst);
		put(en, id);
		if (in->op == IR_OP_MGET && str)
			put(en, bound_of(en, in->dst));
		put_regs(en, in->args, in->n_args);
		break;
	case IR_OP_MSET:
	case IR_OP_MADD:
		put_op(en, in->op == IR_OP_MSET ? VM_MSET : VM_MADD);
		put_reg(en, in->args[0]);
		put(en, id);
		put_edge(en, in);
		put_regs(en, in->args + 1, in->n_args - 1u);
		break;
	case IR_OP_MDEL:
	case IR_OP_MCLEAR:
		put_op(en, in->op == IR_OP_MDEL ? VM_MDEL : VM_MCLEAR);
		put(en, id);
		put_regs(en, in->args, in->n_args);
		break;
	}
}

static void encode_stat(struct encoder *en, const struct ir_insn *in)
{
	uint32_t id = (uint32_t)in->imm, first = 0;

	switch (in->op) {
	case IR_OP_SADD:
		put_op(en, VM_SADD);
		put_reg(en, in->args[0]);
		first = 1;
		break;
	case IR_OP_SGET:
		put_op(en, VM_SGET);
		put_reg(en, in->dst);
		break;
	case IR_OP_SCLEAR:
		put_op(en, VM_SCLEAR);
		put(en, id);
		return;
	case IR_OP_HGET:
		put_op(en, VM_HGET);
		put_reg(en, in->dst);
		first = 1;
		break;
	case IR_OP_HPRINT:
		put_op(en, VM_HPRINT);
		break;
	case IR_OP_HTEXT:
		put_op(en, VM_HTEXT);
		put_reg(en, in->dst);
		break;
	}
	put(en, id);
	put_edge(en, in);
	if (in->op == IR_OP_HGET)
		put_reg(en, in->args[0]);
	if (in->op == IR_OP_SGET || in->op == IR_OP_HGET)
		put(en, in->aux);
	if (in->op == IR_OP_HTEXT)
		put(en, bound_of(en, in->dst));
	put_regs(en, in->args + first, in->n_args - first);
}

/* Find the columns that the instructions of a function ask its iterations for,
 * by iteration. */
static void find_columns(struct encoder *en)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &en->f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op == IR_OP_IKEY)
				en->columns[in->imm] |= 2u << in->aux;
			if (in->op == IR_OP_IVAL)
				en->columns[in->imm] |= 1;
		}
	}
}

static void encode_ibegin(struct encoder *en, const struct ir_insn *in)
{
	const struct ir_iter *it = &en->f->iters.at[in->imm];
	struct vm_iter vi = {
		.array = it->global,
		.pick = {
			.columns = en->columns[in->imm],
			.direction = it->direction,
			.sort_column = it->column,
			.stat = it->stat,
		},
	};

	put_op(en, VM_IBEGIN);
	put(en, (uint32_t)en->vm->iters.len);
	put_reg(en, in->n_args ? in->args[0] : IR_NONE);
	put_edge(en, in);
	put(en, en->fn->iter_at[in->imm]);
	vec_push(NULL, &en->vm->iters, vi);
}

static void encode_iter(struct encoder *en, const struct ir_insn *in)
{
	uint32_t at = en->fn->iter_at[in->imm];

	switch (in->op) {
	case IR_OP_INEXT:
		put_op(en, VM_INEXT);
		put(en, at);
		put_target(en, in->t);
		put_target(en, in->e);
		break;
	case IR_OP_IEND:
		put_op(en, VM_IEND);
		put(en, at);
		break;
	case IR_OP_IKEY:
	case IR_OP_IVAL:
		put_op(en, is_str(en, in->dst) ? VM_IGETS : VM_IGETI);
		put_reg(en, in->dst);
		put(en, at);
		put(en, in->op == IR_OP_IKEY ? in->aux + 1 : 0);
		if (is_str(en, in->dst))
			put(en, bound_of(en, in->dst));
		break;
	}
}

static void encode_call(struct encoder *en, const struct ir_insn *in)
{
	const struct vm_fn *to;
	uint32_t i;

	put_op(en, in->op == IR_OP_CALL ? VM_CALL : VM_INTRIN);
	put(en, (uint32_t)in->imm);
	put_reg(en, in->dst);
	put(en, bound_of(en, in->dst));
	put_edge(en, in);
	if (in->op == IR_OP_INTRIN) {
		put_regs(en, in->args, in->n_args);
		return;
	}
	to = &en->vm->fns[in->imm];
	put(en, en->fn->frame_bytes);
	put(en, in->n_args);
	for (i = 0; i < in->n_args; i++) {
		const struct ir_var *v = &to->ir->regs.at[i];

		put(en, v->type == IR_STR ? v->bound : 0);
		put(en, to->reg_at[i]);
		put_reg(en, in->args[i]);
	}
}

static void encode_end(struct encoder *en, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_JMP:
		put_op(en, VM_JMP);
		put_target(en, in->t);
		break;
	case IR_OP_BR:
		put_op(en, VM_BR);
		put_reg(en, in->args[0]);
		put_target(en, in->t);
		put_target(en, in->e);
		break;
	case IR_OP_RET:
		if (!in->n_args) {
			put_op(en, VM_RET);
			break;
		}
		put_op(en, en->f->ret == IR_STR ? VM_RETS : VM_RETI);
		put_reg(en, in->args[0]);
		if (en->f->ret == IR_STR)
			put(en, en->f->ret_bound);
		break;
	case IR_OP_RAISE:
		put_op(en, VM_RAISE);
		put_reg(en, in->args[0]);
		put_edge(en, in);
		break;
	case IR_OP_FAIL:
		put_op(en, VM_FAIL);
		break;
	}
}

static void encode_string_op(struct encoder *en, const struct ir_insn *in)
{
	if (in->op == IR_OP_MATCH)
		put_op(en, VM_MATCH);
	else
		put_op(en, in->op == IR_OP_CAT ? VM_CAT : VM_SCMP);
	put_reg(en, in->dst);
	put_regs(en, in->args, in->n_args);
	put(en,
	    in->op == IR_OP_CAT ? bound_of(en, in->dst) : (uint32_t)in->imm);
}

/* Handlers in user space have no context, and the kernel's memory is out of
 * reach; the offset is that of the kernel the program was made for. */
static void encode_context(struct encoder *en, const struct ir_insn *in)
{
	struct ir_offset offset = { .bytes = 0 };

	switch (in->op) {
	case IR_OP_LOAD:
		put_op(en, VM_LOAD);
		put_reg(en, in->dst);
		put_reg(en, in->args[0]);
		put(en, (uint32_t)in->imm);
		put_edge(en, in);
		return;
	case IR_OP_PEEK:
	case IR_OP_READABLE:
		put_op(en, in->op == IR_OP_PEEK ? VM_PEEK : VM_READABLE);
		put_reg(en, in->dst);
		put_reg(en, in->args[0]);
		put(en, (uint32_t)in->imm);
		return;
	case IR_OP_STORE:
		put_op(en, VM_STORE);
		put_reg(en, in->args[0]);
		put_edge(en, in);
		return;
	case IR_OP_OFFSET:
		ir_offset_parse(en->vm->prog->strings.at[in->imm], &offset);
		break;
	}
	put_op(en, VM_CONST);
	put_reg(en, in->dst);
	put64(en, (uint64_t)offset.bytes);
}

static void encode_simple(struct encoder *en, const struct ir_insn *in)
{
	switch (in->op) {
	case IR_OP_ERRMSG:
		put_op(en, VM_ERRMSG);
		put_reg(en, in->dst);
		put(en, bound_of(en, in->dst));
		break;
	case IR_OP_TICK:
		put_op(en, VM_TICK);
		put64(en, (uint64_t)in->imm);
		put(en, in->loc);
		break;
	case IR_OP_LOCK:
		put_op(en, VM_LOCK);
		break;
	case IR_OP_UNLOCK:
		put_op(en, VM_UNLOCK);
		break;
	}
}

/* Arithmetic with its opcode here, or VM_NONE. */
static uint32_t arithmetic_op(enum ir_op op)
{
	static const struct {
		enum ir_op ir;
		enum vm_op vm;
	} rows[] = {
		{ IR_OP_ADD, VM_ADD }, { IR_OP_SUB, VM_SUB },
		{ IR_OP_MUL, VM_MUL }, { IR_OP_DIV, VM_DIV },
		{ IR_OP_MOD, VM_MOD }, { IR_OP_AND, VM_AND },
		{ IR_OP_OR, VM_OR },   { IR_OP_XOR, VM_XOR },
		{ IR_OP_SHL, VM_SHL }, { IR_OP_SAR, VM_SAR },
		{ IR_OP_SHR, VM_SHR },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].ir == op)
			return rows[i].vm;
	}
	BUG("no arithmetic operation: %d", (int)op);
}

static void encode_insn(struct encoder *en, uint32_t block,
			const struct ir_insn *in, bool fused)
{
	switch ((enum ir_op)in->op) {
	case IR_OP_CONST:
	case IR_OP_STR:
		encode_const(en, in);
		break;
	case IR_OP_MOV:
		encode_move(en, in);
		break;
	case IR_OP_NEG:
	case IR_OP_NOT:
		encode_unary(en, in, in->op == IR_OP_NEG ? VM_NEG : VM_NOT);
		break;
	case IR_OP_ADD:
	case IR_OP_SUB:
	case IR_OP_MUL:
	case IR_OP_DIV:
	case IR_OP_MOD:
	case IR_OP_AND:
	case IR_OP_OR:
	case IR_OP_XOR:
	case IR_OP_SHL:
	case IR_OP_SAR:
	case IR_OP_SHR:
		encode_binary(en, block, in, arithmetic_op(in->op));
		break;
	case IR_OP_ICMP:
		encode_compare(en, block, in, fused);
		break;
	case IR_OP_SCMP:
	case IR_OP_CAT:
	case IR_OP_MATCH:
		encode_string_op(en, in);
		break;
	case IR_OP_SPRINT:
	case IR_OP_PRINT:
		encode_print(en, in);
		break;
	case IR_OP_GGET:
	case IR_OP_GSET:
	case IR_OP_GADD:
		encode_scalar(en, in);
		break;
	case IR_OP_MGET:
	case IR_OP_MSET:
	case IR_OP_MADD:
	case IR_OP_MHAS:
	case IR_OP_MDEL:
	case IR_OP_MCLEAR:
		encode_array(en, in);
		break;
	case IR_OP_SADD:
	case IR_OP_SGET:
	case IR_OP_SCLEAR:
	case IR_OP_HGET:
	case IR_OP_HPRINT:
	case IR_OP_HTEXT:
		encode_stat(en, in);
		break;
	case IR_OP_IBEGIN:
		encode_ibegin(en, in);
		break;
	case IR_OP_INEXT:
	case IR_OP_IKEY:
	case IR_OP_IVAL:
	case IR_OP_IEND:
		encode_iter(en, in);
		break;
	case IR_OP_INTRIN:
	case IR_OP_CALL:
		encode_call(en, in);
		break;
	case IR_OP_LATER:
		BUG("check_insn() refuses it");
	case IR_OP_ARG: case IR_OP_RETVAL: case IR_OP_REG:
	case IR_OP_OFFSET: case IR_OP_LOAD: case IR_OP_PEEK:
	case IR_OP_READABLE: case IR_OP_STORE:
		encode_context(en, in);
		break;
	case IR_OP_ERRMSG:
	case IR_OP_TICK:
	case IR_OP_LOCK:
	case IR_OP_UNLOCK:
		encode_simple(en, in);
		break;
	case IR_OP_JMP:
	case IR_OP_BR:
	case IR_OP_RET:
	case IR_OP_RAISE:
	case IR_OP_FAIL:
		encode_end(en, in);
		break;
	}
}

/* Resolve targets; a target that is not ahead gets a JMPB between. */
static bool fix_targets(struct encoder *en)
{
	struct fixup *fix;

	vec_foreach(fix, &en->fixups) {
		size_t to = en->block_at[fix->block];

		if (to <= fix->start) {
			if (!en->stub_at[fix->block]) {
				put_op(en, VM_JMPB);
				put(en, (uint32_t)(to - en->start));
				en->stub_at[fix->block] = en->start;
			}
			to = en->stub_at[fix->block];
		}
		en->vm->code.at[fix->word] = (uint32_t)(to - fix->start);
	}
	return en->vm->code.len <= INT32_MAX;
}

bool vm_encode_fn(struct vm *vm, struct vm_fn *fn, struct strbuf *err)
{
	const struct ir_fn *f = fn->ir;
	struct encoder en = {
		.vm = vm,
		.fn = fn,
		.f = f,
		.block_at = xcalloc(f->blocks.len, sizeof(size_t)),
		.stub_at = xcalloc(f->blocks.len, sizeof(size_t)),
		.constant = xcalloc(f->regs.len + 1, sizeof(int64_t)),
		.constant_in = xcalloc(f->regs.len + 1, sizeof(uint32_t)),
		.columns = xcalloc(f->iters.len + 1, sizeof(uint32_t)),
		.needed = xcalloc(f->regs.len + 1, sizeof(bool)),
	};
	uint32_t b;
	bool ok;

	find_needed(&en);
	find_columns(&en);
	fn->code_at = vm->code.len;
	for (b = 0; b < f->blocks.len; b++) {
		const struct ir_block *bb = &f->blocks.at[b];
		const struct ir_insn *in, *end = bb->insns.at + bb->insns.len;

		en.block_at[b] = vm->code.len;
		for (in = bb->insns.at; in < end; in++) {
			bool fused = fuses(in, end);

			encode_insn(&en, b, in, fused);
			track(&en, b, in);
			in += fused;
		}
	}
	ok = fix_targets(&en);
	if (!ok)
		strbuf_addf(err, "'%s' is too long.", f->name);
	free(en.block_at);
	free(en.stub_at);
	free(en.constant);
	free(en.constant_in);
	free(en.columns);
	free(en.needed);
	vec_release(&en.fixups);
	return ok;
}
