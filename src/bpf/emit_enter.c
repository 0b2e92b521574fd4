/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way into a handler and out of it.
 *
 * In: the session must run; the system call must be one the group wants; with
 * -c or -x the process must be a target; then a level of the scratch area is
 * claimed. Handlers nest on one CPU (an interrupt, or another task when only
 * migration is off), so each claims the first level that is free, with
 * operations that need no return value and so work on every kernel: add 1, look,
 * take back unless it is 1. Two that collide both go on to the next level.
 */
#include "bpf/emit_context.h"
#include "proto/record.h"
#include "proto/session.h"

#define CHAIN_MAX 4u /* more numbers are looked up in a table */
#define TABLE_MAX 8192u

/* Where struct pt_regs has the number of the system call, and what tells that the
 * process runs 32-bit code, whose numbers mean other calls. */
#if defined(__x86_64__)
# define NR_IN_PT_REGS   120 /* orig_ax */
# define MODE_IN_PT_REGS 136 /* cs */
# define MODE_MASK       0xffff
# define MODE_32         0x23
#elif defined(__aarch64__)
# define NR_IN_PT_REGS   280 /* syscallno */
# define MODE_IN_PT_REGS 264 /* pstate */
# define MODE_MASK       0x10
# define MODE_32         0x10
#endif

/* to = 8 bytes of the pt_regs whose address the context at r1 starts with. */
static void read_regs(struct emit *e, int to, int32_t offset)
{
	int32_t tmp = emit_tmp(e, &e->tmp_cpu, 8);

	code_load(&e->code, BPF_DW, R3, R1, 0);
	code_alu_imm(&e->code, BPF_ADD, R3, offset);
	code_mov(&e->code, R1, R10);
	code_alu_imm(&e->code, BPF_ADD, R1, tmp);
	code_const(&e->code, R2, 8);
	code_call(&e->code, BPF_FUNC_probe_read_kernel);
	code_load(&e->code, BPF_DW, to, R10, tmp);
}

/* r3 = number of the system call; r6 is the context. */
static void load_number(struct emit *e)
{
	if (e->g->kind == ATTACH_SYSCALL) {
		code_load(&e->code, BPF_DW, R3, R6, 8);
		return;
	}
	code_mov(&e->code, R1, R6);
	read_regs(e, R3, NR_IN_PT_REGS);
}

/* Calls of 32-bit code are not for us. Only asked when the number fits. */
static void gate_mode(struct emit *e)
{
	code_mov(&e->code, R1, R6);
	read_regs(e, R1, MODE_IN_PT_REGS);
	code_alu_imm(&e->code, BPF_AND, R1, MODE_MASK);
	code_jump_imm(&e->code, BPF_JEQ, R1, MODE_32, e->l_out);
}

static void keep_index(struct emit *e, int from)
{
	if (e->keep_probe)
		code_store(&e->code, BPF_DW, R10,
			   e->looped ? emit_tmp(e, &e->tmp_misc, 8)
				     : e->probe_off,
			   from);
}

static void gate_chain(struct emit *e)
{
	uint32_t found = code_label_new(&e->code);

	for (size_t k = 0; k < e->g->probes.len; k++) {
		uint32_t id = e->g->probes.at[k];

		if (e->keep_probe)
			code_const(&e->code, R0, id);
		code_jump_imm(&e->code, BPF_JEQ, R3,
			      (int32_t)e->p->probes.at[id].n0, found);
	}
	code_jump(&e->code, e->l_out);
	code_label(&e->code, found);
	keep_index(e, R0);
}

/* A table of probe index plus 1 by call number; 0: not wanted. */
static void gate_table(struct emit *e, uint32_t most)
{
	size_t bytes = (most + 1) * sizeof(uint32_t);
	uint32_t *table = arena_zalloc(e->arena, bytes);

	for (size_t k = 0; k < e->g->probes.len; k++) {
		uint32_t id = e->g->probes.at[k];

		table[e->p->probes.at[id].n0] = id + 1;
	}
	code_jump_imm(&e->code, BPF_JGT, R3, (int32_t)most, e->l_out);
	code_alu_imm(&e->code, BPF_LSH, R3, 2);
	code_ref(&e->code, R2, REF_RODATA, rodata_add(e->rodata, table, bytes));
	code_alu(&e->code, BPF_ADD, R2, R3);
	code_load(&e->code, BPF_W, R2, R2, 0);
	code_jump_imm(&e->code, BPF_JEQ, R2, 0, e->l_out);
	code_alu_imm(&e->code, BPF_SUB, R2, 1);
	keep_index(e, R2);
}

static void gate_number(struct emit *e)
{
	int64_t most = 0;

	for (size_t k = 0; k < e->g->probes.len; k++) {
		int64_t nr = e->p->probes.at[e->g->probes.at[k]].n0;

		if (nr < 0)
			return; /* all calls: it is alone in its group */
		if (nr > most)
			most = nr;
	}
	code_mov(&e->code, R6, R1);
	load_number(e);
	if (e->g->probes.len > CHAIN_MAX && most < TABLE_MAX)
		gate_table(e, (uint32_t)most);
	else
		gate_chain(e);
	gate_mode(e);
}

static void gate_target(struct emit *e)
{
	uint32_t all = code_label_new(&e->code);
	int32_t tmp = emit_tmp(e, &e->tmp_cpu, 8);

	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, target));
	code_load(&e->code, BPF_DW, R1, R1, 0);
	code_jump_imm(&e->code, BPF_JEQ, R1, 0, all);
	code_call(&e->code, BPF_FUNC_get_current_pid_tgid);
	code_alu_imm(&e->code, BPF_RSH, R0, 32);
	code_store(&e->code, BPF_W, R10, tmp, R0);
	code_ref(&e->code, R1, REF_TARGETS, 0);
	code_mov(&e->code, R2, R10);
	code_alu_imm(&e->code, BPF_ADD, R2, tmp);
	code_call(&e->code, BPF_FUNC_map_lookup_elem);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, e->l_out);
	code_label(&e->code, all);
}

/* r9 = scratch of this level; r1 = 1 if it is ours now. */
static void try_level(struct emit *e, int level, int32_t key)
{
	code_store_imm(&e->code, BPF_W, R10, key, level);
	code_ref(&e->code, R1, REF_SCRATCH, 0);
	code_mov(&e->code, R2, R10);
	code_alu_imm(&e->code, BPF_ADD, R2, key);
	code_call(&e->code, BPF_FUNC_map_lookup_elem);
	code_jump_imm(&e->code, BPF_JEQ, R0, 0, e->l_out);
	code_mov(&e->code, R9, R0);
	code_const(&e->code, R1, 1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R9, 0, R1);
	code_load(&e->code, BPF_DW, R1, R9, 0);
}

static void give_back(struct emit *e)
{
	code_const(&e->code, R1, -1);
	code_atomic(&e->code, BPF_DW, BPF_ADD, R9, 0, R1);
}

/* r9 = a level of scratch that is ours. */
static void claim_scratch(struct emit *e)
{
	uint32_t got = code_label_new(&e->code);
	uint32_t next = code_label_new(&e->code);
	int32_t key = emit_tmp(e, &e->tmp_cpu, 8);

	try_level(e, 0, key);
	code_jump_imm(&e->code, BPF_JNE, R1, 1, next);
	code_label(&e->code, got);

	code_part(&e->code, CODE_COLD);
	code_label(&e->code, next);
	give_back(e);
	for (int level = 1; level < SCRATCH_LEVELS; level++) {
		uint32_t taken = code_label_new(&e->code);

		try_level(e, level, key);
		code_jump_imm(&e->code, BPF_JNE, R1, 1, taken);
		/* The level, as the header of a record wants it. */
		code_store_imm(&e->code, BPF_DW, R9, 8, level << 24);
		code_jump(&e->code, got);
		code_label(&e->code, taken);
		give_back(e);
	}
	emit_count(e, offsetof(struct session_data, skipped));
	code_jump(&e->code, e->l_out);
	code_part(&e->code, CODE_HOT);
}

void emit_probe_index(struct emit *e, int to)
{
	code_load(&e->code, BPF_DW, to, e->slots, e->probe_off);
}

static void clear_slots(struct emit *e)
{
	if (e->count_actions)
		code_store_imm(&e->code, BPF_DW, e->slots, e->actions_off, 0);
	if (e->more)
		code_store_imm(&e->code, BPF_DW, e->slots, e->sent_off, 0);
	if (e->keep_error) {
		code_store_imm(&e->code, BPF_DW, e->slots, e->error_off, 0);
		code_store_imm(&e->code, BPF_DW, e->slots, e->error_off + 8, 0);
	}
	if (!e->looped)
		return;
	code_store_imm(&e->code, BPF_DW, e->slots, e->resume_off, 0);
	if (e->keep_probe) {
		code_load(&e->code, BPF_DW, R1, R10, e->tmp_misc);
		code_store(&e->code, BPF_DW, e->slots, e->probe_off, R1);
	}
}

void emit_enter(struct emit *e)
{
	bool calls =
		e->g->kind == ATTACH_SYSCALL || e->g->kind == ATTACH_SYSRET;
	bool lives = e->g->kind == ATTACH_EXEC || e->g->kind == ATTACH_FORKED ||
		     e->g->kind == ATTACH_EXITED;

	code_ref(&e->code, R2, REF_DATA, offsetof(struct session_data, state));
	code_load(&e->code, BPF_W, R2, R2, 0);
	code_jump_imm(&e->code, BPF_JNE, R2, SESSION_RUNNING, e->l_out);
	emit_context_keep(e);
	if (calls) {
		gate_number(e);
	} else if (lives) {
		emit_gate_life(e);
	} else if (e->keep_probe) {
		code_call(&e->code, BPF_FUNC_get_attach_cookie);
		keep_index(e, R0);
	}
	if (calls || lives)
		emit_gate_owner(e);
	if (e->g->target_only)
		gate_target(e);
	if (e->regs.scratch)
		claim_scratch(e);
	clear_slots(e);
	emit_context_load(e);
}

void emit_leave(struct emit *e)
{
	uint32_t quiet = code_label_new(&e->code);

	code_label(&e->code, e->l_leave);
	if (e->more) {
		code_load(&e->code, BPF_DW, R1, e->slots, e->sent_off);
		code_jump_imm(&e->code, BPF_JEQ, R1, 0, quiet);
		emit_bare_record(e, RECORD_DONE, false);
	}
	code_label(&e->code, quiet);
	if (e->regs.scratch)
		give_back(e);
	code_label(&e->code, e->l_out);
	code_const(&e->code, R0, 0);
	code_exit(&e->code);
}

void emit_ends(struct emit *e)
{
	code_part(&e->code, CODE_COLD);
	code_label(&e->code, e->l_unlock);
	emit_unlock(e);
	code_jump(&e->code, e->l_leave);
	code_label(&e->code, e->l_skip[1]);
	emit_unlock(e);
	code_label(&e->code, e->l_skip[0]);
	emit_count(e, offsetof(struct session_data, skipped));
	code_jump(&e->code, e->l_leave);
	emit_fail_end(e);
	code_part(&e->code, CODE_HOT);
}
