/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of the kernel and of the task: numbers and strings, through the helpers
 * that check for faults.
 */
#include "base/bug.h"
#include "bpf/emit_context.h"
#include "proto/record.h"

#include <string.h>

static const int sizes[] = { BPF_B, BPF_H, BPF_W, BPF_DW };

/* --- numbers --- */

/* r1 = stack slot of 8 bytes, r2 = bytes, r3 = address; returns the slot. */
static int32_t read_args(struct emit *e, unsigned access, ir_reg address)
{
	int32_t tmp = emit_tmp(e, &e->tmp_misc, 16);

	emit_num(e, R3, address);
	code_mov(&e->code, R1, R10);
	code_alu_imm(&e->code, BPF_ADD, R1, tmp);
	code_const(&e->code, R2, (int64_t)mem_bytes(access));
	return tmp;
}

static void on_fault(struct emit *e, const struct ir_insn *i, enum fault fault)
{
	struct error_site site = { .kind = RECORD_ERROR_FAULT + fault,
				   .loc = i->loc,
				   .to = i->e,
				   .address = &i->args[0] };

	code_jump_imm(&e->code, BPF_JSLT, R0, 0, emit_error_label(e, site));
}

/* dst = number at an address; the helper leaves 0 where it cannot read. */
static void read_number(struct emit *e, const struct ir_insn *i,
			unsigned access, int fault)
{
	int32_t tmp = read_args(e, access, i->args[0]);
	int32_t unused = 64 - 8 * (int32_t)mem_bytes(access);

	code_call(&e->code, access & MEM_USER ? BPF_FUNC_probe_read_user
					      : BPF_FUNC_probe_read_kernel);
	if (fault != FAULT_NONE)
		on_fault(e, i, (enum fault)fault);
	if (i->dst == IR_NONE || e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	code_load(&e->code, sizes[access & 3], R0, R10, tmp);
	if (access & MEM_SIGNED && unused) {
		code_alu_imm(&e->code, BPF_LSH, R0, unused);
		code_alu_imm(&e->code, BPF_ARSH, R0, unused);
	}
	emit_set(e, i->dst, R0);
}

static void test_readable(struct emit *e, const struct ir_insn *i,
			  unsigned access)
{
	read_args(e, access, i->args[0]);
	code_call(&e->code, access & MEM_USER ? BPF_FUNC_probe_read_user
					      : BPF_FUNC_probe_read_kernel);
	/* 0, or below: 1, or 0. */
	code_alu_imm(&e->code, BPF_ARSH, R0, 63);
	code_alu_imm(&e->code, BPF_ADD, R0, 1);
	emit_set(e, i->dst, R0);
}

static void write_number(struct emit *e, const struct ir_insn *i,
			 unsigned access)
{
	int32_t tmp = emit_tmp(e, &e->tmp_misc, 16);

	if (!(access & MEM_USER)) {
		emit_refuse(e, "writes to memory of the kernel, which BPF "
			       "programs cannot do");
		return;
	}
	code_store(&e->code, BPF_DW, R10, tmp,
		   emit_num_any(e, R1, i->args[1]));
	emit_num(e, R1, i->args[0]);
	code_mov(&e->code, R2, R10);
	code_alu_imm(&e->code, BPF_ADD, R2, tmp);
	code_const(&e->code, R3, (int64_t)mem_bytes(access));
	code_call(&e->code, BPF_FUNC_probe_write_user);
	on_fault(e, i, FAULT_WRITE);
}

void emit_memory_op(struct emit *e, const struct ir_insn *i)
{
	if (i->op == IR_OP_LOAD)
		read_number(e, i, (unsigned)i->imm, FAULT_READ);
	else if (i->op == IR_OP_PEEK)
		read_number(e, i, (unsigned)i->imm, FAULT_NONE);
	else if (i->op == IR_OP_READABLE)
		test_readable(e, i, (unsigned)i->imm);
	else
		write_number(e, i, (unsigned)i->imm);
}

/* --- strings --- */

/* The intrinsics that read a string. */
static const struct string_read {
	int id;
	bool user, counted;
	int otherwise; /* the argument that stands in, or 0: it raises */
} string_reads[] = {
	{ INTRIN_KERNEL_STRING, false, false, 0 },
	{ INTRIN_KERNEL_STRING_N, false, true, 0 },
	{ INTRIN_KERNEL_STRING2, false, false, 1 },
	{ INTRIN_KERNEL_STRING_N2, false, true, 2 },
	{ INTRIN_USER_STRING, true, false, 0 },
	{ INTRIN_USER_STRING_N, true, true, 0 },
	{ INTRIN_USER_STRING2, true, false, 1 },
	{ INTRIN_USER_STRING_N2, true, true, 2 },
};

static const struct string_read *string_read_of(const struct ir_insn *i)
{
	for (size_t k = 0; k < ARRAY_SIZE(string_reads); k++) {
		if (i->op == IR_OP_INTRIN && string_reads[k].id == i->imm)
			return &string_reads[k];
	}
	return NULL;
}

static uint32_t dst_bound(const struct emit *e, const struct ir_insn *i)
{
	return e->flat.fn.regs.at[i->dst].bound;
}

/* A failing read clears where it was to read to: made aside when somebody may
 * look at the old value then, or at what stands in. */
uint32_t emit_memory_aside(const struct emit *e, const struct ir_insn *i)
{
	const struct string_read *r = string_read_of(i);

	if (!r || i->dst == IR_NONE)
		return 0;
	if (r->otherwise ? i->dst == i->args[r->otherwise]
			 : !emit_only_fails(e, i->e))
		return (dst_bound(e, i) + 7) & ~7u;
	return 0;
}

/* r2 = bytes to read with the NUL, at most bound. */
static void string_size(struct emit *e, const struct ir_insn *i, bool counted,
			uint32_t bound)
{
	uint32_t fits = code_label_new(&e->code);

	if (!counted) {
		code_const(&e->code, R2, bound);
		return;
	}
	emit_num(e, R2, i->args[1]);
	code_jump_imm(&e->code, BPF_JLT, R2, (int32_t)bound - 1, fits);
	code_const(&e->code, R2, bound - 1);
	code_label(&e->code, fits);
	code_alu_imm(&e->code, BPF_ADD, R2, 1);
}

static void read_string(struct emit *e, const struct ir_insn *i,
			const struct string_read *r)
{
	uint32_t bound = dst_bound(e, i), room = (bound + 7) & ~7u;
	uint32_t done = code_label_new(&e->code);
	bool aside = emit_memory_aside(e, i) > 0;
	int32_t dst_off, off;
	int dst_base = emit_str_base(e, i->dst, &dst_off), base = dst_base;
	struct strval made = { .kind = PLACE_SCRATCH, .bound = bound };

	off = dst_off;
	if (aside) {
		base = R9;
		made.off = off = emit_tmp_str(e, bound);
	}
	emit_zero(e, base, off, room);
	string_size(e, i, r->counted, bound);
	emit_num(e, R3, i->args[0]);
	code_mov(&e->code, R1, base);
	code_alu_imm(&e->code, BPF_ADD, R1, off);
	code_call(&e->code, r->user ? BPF_FUNC_probe_read_user_str
				    : BPF_FUNC_probe_read_kernel_str);
	if (r->otherwise) {
		struct strval s = emit_str(e, i->args[r->otherwise]);

		code_jump_imm(&e->code, BPF_JSGE, R0, 0, done);
		emit_str_copy(e, base, off, bound, room, &s);
	} else {
		on_fault(e, i, r->user ? FAULT_USER_STRING
				       : FAULT_KERNEL_STRING);
	}
	code_label(&e->code, done);
	if (aside)
		emit_str_copy(e, dst_base, dst_off, bound, room, &made);
}

/* --- intrinsics --- */

static void raw_argument(struct emit *e, const struct ir_insn *i)
{
	int64_t n;

	if (!emit_is_const(e, i->args[0], &n))
		emit_refuse(e, "asks for an argument by a number that is not "
			       "known in advance");
	else
		emit_context_op(e, &(struct ir_insn){ .op = IR_OP_ARG,
						      .dst = i->dst,
						      .imm = n });
}

bool emit_memory_intrinsic(struct emit *e, const struct ir_insn *i)
{
	const struct memory_read *m = memory_read_of((enum intrinsic)i->imm);
	const struct string_read *r = string_read_of(i);

	if (m) {
		read_number(e, i, m->access, m->fault);
		return true;
	}
	if (r) {
		read_string(e, i, r);
		return true;
	}
	switch ((int)i->imm) {
	case INTRIN_TASK_CURRENT:
		code_call(&e->code, BPF_FUNC_get_current_task);
		emit_set(e, i->dst, R0);
		return true;
	case INTRIN_RAW_ARG:
		raw_argument(e, i);
		return true;
	}
	return false;
}

/* --- errors --- */

uint32_t emit_memory_faults(const struct ir_insn *i)
{
	const struct memory_read *m;
	const struct string_read *r = string_read_of(i);

	if (i->op == IR_OP_LOAD)
		return 1u << FAULT_READ;
	if (i->op == IR_OP_STORE)
		return 1u << FAULT_WRITE;
	if (r && !r->otherwise)
		return 1u << (r->user ? FAULT_USER_STRING
				      : FAULT_KERNEL_STRING);
	if (i->op != IR_OP_INTRIN)
		return 0;
	m = memory_read_of((enum intrinsic)i->imm);
	return m && m->fault != FAULT_NONE ? 1u << m->fault : 0;
}

void emit_fault_text(struct emit *e, ir_reg dst, enum fault fault)
{
	const struct fault_text *t = &fault_texts[fault];
	uint32_t bound = e->flat.fn.regs.at[dst].bound;
	const char *fmt = arena_printf(e->arena, "%s0x%%llx%s", t->before,
				       t->after);
	int32_t off, arg = emit_tmp(e, &e->tmp_misc, 16);
	int base = emit_str_base(e, dst, &off);

	emit_zero(e, base, off, (bound + 7) & ~7u);
	code_load(&e->code, BPF_DW, R1, e->slots, e->error_off + 8);
	code_store(&e->code, BPF_DW, R10, arg, R1);
	code_mov(&e->code, R1, base);
	code_alu_imm(&e->code, BPF_ADD, R1, off);
	code_const(&e->code, R2, bound);
	code_ref(&e->code, R3, REF_RODATA,
		 rodata_add(e->rodata, fmt, strlen(fmt) + 1));
	code_mov(&e->code, R4, R10);
	code_alu_imm(&e->code, BPF_ADD, R4, arg);
	code_const(&e->code, R5, 8);
	code_call(&e->code, BPF_FUNC_snprintf);
}
