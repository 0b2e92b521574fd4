/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrinsics that library functions are made of: texts, chance, and facts of the
 * current task that only its kernel structures tell. Those are read at offsets
 * that are relocated when the object is loaded (CO-RE, kernel_types.c).
 */
#include "base/bug.h"
#include "bpf/emit.h"
#include "bpf/kernel_types.h"
#include "proto/session.h"

#include <string.h>
#include <unistd.h>

#define COMM_BYTES 16u

static uint32_t str_bytes(uint32_t bound)
{
	return (bound + 7) & ~7u;
}

/*
 * The length of a string into r3, as a number that the verifier knows nothing
 * about. It found each length on a way of its own, and would follow each further
 * to the end of the handler. What is added here is 0, but it cannot see that.
 */
static void length(struct emit *e, const struct strval *s)
{
	emit_str_length(e, s);
	if (s->kind == PLACE_CONST)
		return;
	code_ref(&e->code, R1, REF_DATA,
		 offsetof(struct session_data, wall_ns));
	code_load(&e->code, BPF_DW, R1, R1, 0);
	code_mov(&e->code, R2, R1);
	code_alu(&e->code, BPF_SUB, R1, R2);
	code_alu(&e->code, BPF_ADD, R3, R1);
}

static void text_length(struct emit *e, const struct ir_insn *i)
{
	struct strval s = emit_str(e, i->args[0]);

	length(e, &s);
	emit_set(e, i->dst, R3);
}

/* dst = bytes start … start + n - 1 of the text; "" where there are none. */
static void substring(struct emit *e, const struct ir_insn *i)
{
	struct strval s = emit_str(e, i->args[0]);
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	uint32_t none = code_label_new(&e->code);
	uint32_t all = code_label_new(&e->code);
	bool aside = i->dst == i->args[0];
	int32_t dst_off, off;
	int dst_base = emit_str_base(e, i->dst, &dst_off), base = dst_base;

	off = dst_off;
	if (aside) {
		base = R9;
		off = emit_tmp_str(e, bound);
	}
	length(e, &s);
	emit_num(e, R4, i->args[1]);
	emit_num(e, R5, i->args[2]);
	emit_zero(e, base, off, str_bytes(bound));
	code_jump_imm(&e->code, BPF_JSLT, R4, 0, none);
	code_jump_if(&e->code, BPF_JSGE, R4, R3, none);
	/* Says the same again, in numbers that the verifier knows. */
	code_jump_imm(&e->code, BPF_JGT, R4, (int32_t)s.bound, none);
	code_jump_imm(&e->code, BPF_JSLE, R5, 0, none);
	code_jump_imm(&e->code, BPF_JLE, R5, (int32_t)bound - 1, all);
	code_const(&e->code, R5, bound - 1);
	code_label(&e->code, all);
	code_mov(&e->code, R2, R5);
	code_alu_imm(&e->code, BPF_ADD, R2, 1);
	emit_str_addr(e, R3, &s,
		      s.kind == PLACE_CONST ? (uint32_t)s.len + 1 : s.bound);
	code_alu(&e->code, BPF_ADD, R3, R4);
	code_mov(&e->code, R1, base);
	code_alu_imm(&e->code, BPF_ADD, R1, off);
	code_call(&e->code, BPF_FUNC_probe_read_kernel_str);
	code_label(&e->code, none);
	if (aside) {
		struct strval made = { .kind = PLACE_SCRATCH,
				       .off = off,
				       .bound = bound };

		emit_str_copy(e, dst_base, dst_off, bound, str_bytes(bound),
			      &made);
	}
}

static void random_number(struct emit *e, const struct ir_insn *i)
{
	uint32_t done = code_label_new(&e->code);
	int32_t tmp = emit_tmp(e, &e->tmp_misc, 16);

	code_call(&e->code, BPF_FUNC_get_prandom_u32);
	code_alu_imm(&e->code, BPF_LSH, R0, 32);
	code_store(&e->code, BPF_DW, R10, tmp, R0);
	code_call(&e->code, BPF_FUNC_get_prandom_u32);
	code_load(&e->code, BPF_DW, R1, R10, tmp);
	code_alu(&e->code, BPF_OR, R1, R0);
	code_const(&e->code, R0, 0);
	emit_num(e, R2, i->args[0]);
	code_jump_imm(&e->code, BPF_JSLE, R2, 0, done);
	code_mov(&e->code, R0, R1);
	code_alu(&e->code, BPF_MOD, R0, R2);
	code_label(&e->code, done);
	emit_set(e, i->dst, R0);
}

static void constant_text(struct emit *e, const struct ir_insn *i,
			  const char *text)
{
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	struct strval s = { .kind = PLACE_CONST,
			    .text = text,
			    .len = strlen(text) };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	s.bound = (uint32_t)s.len + 1;
	emit_str_copy(e, base, off, bound, str_bytes(bound), &s);
}

/* --- kernel structures --- */

/* Read bytes at r3 plus the member's offset to base + off; r3 is used up. */
static void read_member(struct emit *e, enum kernel_member m, int base,
			int32_t off, int32_t bytes)
{
	code_alu_imm(&e->code, BPF_MOV, R1, kernel_member_offset(m));
	code_core(&e->code, m);
	code_alu(&e->code, BPF_ADD, R3, R1);
	code_mov(&e->code, R1, base);
	code_alu_imm(&e->code, BPF_ADD, R1, off);
	code_const(&e->code, R2, bytes);
	code_call(&e->code, BPF_FUNC_probe_read_kernel);
}

/* r3 = what the pointer in a member of the current task points to. */
static int32_t follow_task(struct emit *e, enum kernel_member m)
{
	int32_t tmp = emit_tmp(e, &e->tmp_misc, 16);

	code_call(&e->code, BPF_FUNC_get_current_task);
	code_mov(&e->code, R3, R0);
	read_member(e, m, R10, tmp, 8);
	code_load(&e->code, BPF_DW, R3, R10, tmp);
	return tmp;
}

static void task_number(struct emit *e, const struct ir_insn *i,
			enum kernel_member pointer, enum kernel_member number)
{
	int32_t tmp = follow_task(e, pointer);

	read_member(e, number, R10, tmp, 4);
	code_load(&e->code, BPF_W, R0, R10, tmp);
	emit_set(e, i->dst, R0);
}

static void parent_name(struct emit *e, const struct ir_insn *i)
{
	uint32_t bound = e->flat.fn.regs.at[i->dst].bound;
	struct strval s = { .kind = PLACE_STACK, .bound = COMM_BYTES };
	int32_t off;
	int base = emit_str_base(e, i->dst, &off);

	follow_task(e, KERNEL_PARENT);
	s.off = emit_tmp(e, &e->tmp_misc, 16);
	read_member(e, KERNEL_COMM, R10, s.off, COMM_BYTES);
	/* The kernel fills the field with zeros, and always ends it with one. */
	emit_str_copy(e, base, off, bound, str_bytes(bound), &s);
}

bool emit_library(struct emit *e, const struct ir_insn *i)
{
	switch ((int)i->imm) {
	case INTRIN_STRLEN:
		text_length(e, i);
		return true;
	case INTRIN_SUBSTR:
		substring(e, i);
		return true;
	case INTRIN_RANDINT:
		random_number(e, i);
		return true;
	case INTRIN_JIFFIES:
		code_call(&e->code, BPF_FUNC_jiffies64);
		emit_set(e, i->dst, R0);
		return true;
	case INTRIN_PAGE_SIZE:
		code_const(&e->code, R0, sysconf(_SC_PAGESIZE));
		emit_set(e, i->dst, R0);
		return true;
	case INTRIN_MODULE_NAME:
		constant_text(e, i, e->p->name);
		return true;
	case INTRIN_PPID:
		task_number(e, i, KERNEL_PARENT, KERNEL_TGID);
		return true;
	case INTRIN_EUID:
		task_number(e, i, KERNEL_CRED, KERNEL_EUID);
		return true;
	case INTRIN_EGID:
		task_number(e, i, KERNEL_CRED, KERNEL_EGID);
		return true;
	case INTRIN_PEXECNAME:
		parent_name(e, i);
		return true;
	}
	return false;
}
