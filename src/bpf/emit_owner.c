/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose process it is, and whether it starts or ends: gates before handlers of
 * processes. A program is known by the inode of its file, which the task's
 * memory leads to; offsets in kernel structures are relocated when the object is
 * loaded.
 */
#include "bpf/emit.h"
#include "bpf/kernel_types.h"

/* System calls that return 0 in a new process or thread. */
#if defined(__x86_64__)
static const int32_t copying_calls[] = { 56, 57, 58, 435 };
# define NR_IN_PT_REGS 120 /* orig_ax */
#elif defined(__aarch64__)
static const int32_t copying_calls[] = { 220, 435 };
# define NR_IN_PT_REGS 280 /* syscallno */
#endif

/* r3 = bytes of the kernel at r3 plus a member's offset. What cannot be read is
 * 0. */
static void follow(struct emit *e, enum kernel_member m, int32_t bytes)
{
	int32_t tmp = emit_tmp(e, &e->tmp_cpu, 8);

	code_alu_imm(&e->code, BPF_MOV, R1, kernel_member_offset(m));
	code_core(&e->code, m);
	code_alu(&e->code, BPF_ADD, R3, R1);
	code_store_imm(&e->code, BPF_DW, R10, tmp, 0);
	code_mov(&e->code, R1, R10);
	code_alu_imm(&e->code, BPF_ADD, R1, tmp);
	code_const(&e->code, R2, bytes);
	code_call(&e->code, BPF_FUNC_probe_read_kernel);
	code_load(&e->code, BPF_DW, R3, R10, tmp);
}

/* r3 = the inode of the program that the task runs. */
static void follow_inode(struct emit *e)
{
	code_call(&e->code, BPF_FUNC_get_current_task);
	code_mov(&e->code, R3, R0);
	follow(e, KERNEL_MM, 8);
	follow(e, KERNEL_EXE, 8);
	follow(e, KERNEL_INODE, 8);
}

static void only_if(struct emit *e, int64_t value)
{
	code_const(&e->code, R1, value);
	code_jump_if(&e->code, BPF_JNE, R3, R1, e->l_out);
}

void emit_gate_owner(struct emit *e)
{
	if (!e->g->n1)
		return;
	if (!e->g->n2) {
		code_call(&e->code, BPF_FUNC_get_current_pid_tgid);
		code_alu_imm(&e->code, BPF_RSH, R0, 32);
		code_mov(&e->code, R3, R0);
		only_if(e, e->g->n1);
		return;
	}
	follow_inode(e);
	follow(e, KERNEL_INO, 8);
	only_if(e, e->g->n1);
	follow_inode(e);
	follow(e, KERNEL_SB, 8);
	follow(e, KERNEL_DEV, 4);
	only_if(e, e->g->n2);
}

/* The thread that a process began with has its id. */
static void gate_thread(struct emit *e)
{
	code_call(&e->code, BPF_FUNC_get_current_pid_tgid);
	code_mov(&e->code, R1, R0);
	code_alu_imm(&e->code, BPF_RSH, R1, 32);
	code_alu_imm(&e->code, BPF_LSH, R0, 32);
	code_alu_imm(&e->code, BPF_RSH, R0, 32);
	code_jump_if(&e->code, e->g->n0 ? BPF_JEQ : BPF_JNE, R0, R1, e->l_out);
}

/* sys_exit(regs, ret): leave unless a copy comes out of its call. */
static void gate_copy(struct emit *e)
{
	uint32_t found = code_label_new(&e->code);
	int32_t tmp = emit_tmp(e, &e->tmp_cpu, 8);
	size_t i;

	code_load(&e->code, BPF_DW, R2, R1, 8);
	code_jump_imm(&e->code, BPF_JNE, R2, 0, e->l_out);
	code_load(&e->code, BPF_DW, R3, R1, 0);
	code_alu_imm(&e->code, BPF_ADD, R3, NR_IN_PT_REGS);
	code_mov(&e->code, R1, R10);
	code_alu_imm(&e->code, BPF_ADD, R1, tmp);
	code_const(&e->code, R2, 8);
	code_call(&e->code, BPF_FUNC_probe_read_kernel);
	code_load(&e->code, BPF_DW, R3, R10, tmp);
	for (i = 0; i < sizeof(copying_calls) / sizeof(copying_calls[0]); i++)
		code_jump_imm(&e->code, BPF_JEQ, R3, copying_calls[i], found);
	code_jump(&e->code, e->l_out);
	code_label(&e->code, found);
}

void emit_gate_life(struct emit *e)
{
	if (e->g->kind == ATTACH_FORKED)
		gate_copy(e);
	if (e->g->kind != ATTACH_EXEC)
		gate_thread(e);
}
