/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that follow the target's children; see follow.h.
 *
 * They run whatever the session's state is, because the target may fork before
 * the session starts, and do nothing when there is no target. Offsets in kernel
 * structures are relocated when the object is loaded (CO-RE).
 */
#include "bpf/follow.h"

#include "bpf/emit.h"
#include "bpf/kernel_types.h"
#include "proto/session.h"

/* Stack slots. */
#define KEY   (-8)
#define VALUE (-16)

/* Stop unless the current process is a target; leaves its id in KEY. */
static void only_targets(struct code *c, uint32_t out)
{
	code_ref(c, R1, REF_DATA, offsetof(struct session_data, target));
	code_load(c, BPF_DW, R1, R1, 0);
	code_jump_imm(c, BPF_JEQ, R1, 0, out);
	code_call(c, BPF_FUNC_get_current_pid_tgid);
	code_alu_imm(c, BPF_RSH, R0, 32);
	code_store(c, BPF_DW, R10, KEY, R0);
	code_ref(c, R1, REF_TARGETS, 0);
	code_mov(c, R2, R10);
	code_alu_imm(c, BPF_ADD, R2, KEY);
	code_call(c, BPF_FUNC_map_lookup_elem);
	code_jump_imm(c, BPF_JEQ, R0, 0, out);
}

/* Read bytes of the kernel at r3 plus a member's offset to a stack slot. */
static void read_member(struct code *c, enum kernel_member member, int slot,
			int32_t bytes)
{
	/* The immediate is the offset in our own types until relocated. */
	code_alu_imm(c, BPF_MOV, R1, kernel_member_offset(member));
	code_core(c, member);
	code_alu(c, BPF_ADD, R3, R1);
	code_mov(c, R1, R10);
	code_alu_imm(c, BPF_ADD, R1, slot);
	code_const(c, R2, bytes);
	code_call(c, BPF_FUNC_probe_read_kernel);
}

static void finish(struct code *c, uint32_t out)
{
	code_label(c, out);
	code_const(c, R0, 0);
	code_exit(c);
}

/* sched_process_fork(parent, child): parent is current. */
static void emit_fork(struct code *c)
{
	uint32_t out = code_label_new(c);

	code_load(c, BPF_DW, R6, R1, 8);
	only_targets(c, out);
	code_mov(c, R3, R6);
	read_member(c, KERNEL_TGID, KEY, 4);
	code_store_imm(c, BPF_DW, R10, VALUE, 1);
	code_ref(c, R1, REF_TARGETS, 0);
	code_mov(c, R2, R10);
	code_alu_imm(c, BPF_ADD, R2, KEY);
	code_mov(c, R3, R10);
	code_alu_imm(c, BPF_ADD, R3, VALUE);
	code_const(c, R4, BPF_ANY);
	code_call(c, BPF_FUNC_map_update_elem);
	finish(c, out);
}

/* sched_process_exit(task): task is current. Its process ends with the last
 * thread, when signal->live is 0. */
static void emit_exit(struct code *c)
{
	uint32_t out = code_label_new(c);

	code_load(c, BPF_DW, R6, R1, 0);
	only_targets(c, out);
	code_mov(c, R3, R6);
	read_member(c, KERNEL_SIGNAL, VALUE, 8);
	code_load(c, BPF_DW, R3, R10, VALUE);
	read_member(c, KERNEL_LIVE, VALUE, 4);
	code_load(c, BPF_W, R1, R10, VALUE);
	code_jump_imm(c, BPF_JNE, R1, 0, out);
	code_ref(c, R1, REF_TARGETS, 0);
	code_mov(c, R2, R10);
	code_alu_imm(c, BPF_ADD, R2, KEY);
	code_call(c, BPF_FUNC_map_delete_elem);
	finish(c, out);
}

const struct follow_program follow_programs[FOLLOW_PROGRAMS] = {
	[FOLLOW_FORK] = { "follow_fork", "raw_tp/sched_process_fork",
			  "sched_process_fork", emit_fork },
	[FOLLOW_EXIT] = { "follow_exit", "raw_tp/sched_process_exit",
			  "sched_process_exit", emit_exit },
};
