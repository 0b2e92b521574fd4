/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The globals' lock: a word in the session block, shared with user space. 0 is
 * free; a handler that holds it writes 2 + its CPU, so that one which nests on
 * the same CPU knows at once that waiting is no use. stapio writes its thread id:
 * it makes system calls while it holds the lock, and a probe on those runs in the
 * middle of the handler that has it. Like any nested handler it does not run.
 */
#include "bpf/emit.h"
#include "proto/session.h"

/*
 * Programs cannot sleep. Between attempts a handler reads from an address that
 * user space cannot have, which takes about a microsecond. The verifier walks
 * through each attempt, so there must be few calls that take long.
 */
#define NO_ADDRESS    8
#define MOST_DELAY    10u
#define MOST_ATTEMPTS 200u

/* One attempt: r0 = what the lock held, 0 if it is ours now. */
static void attempt(struct emit *e, int32_t mine)
{
	code_load(&e->code, BPF_DW, R2, R10, mine);
	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, lock));
	code_const(&e->code, R0, 0);
	code_atomic(&e->code, BPF_W, BPF_CMPXCHG, R1, 0, R2);
}

/* Wait about a microsecond; junk is room for 8 bytes. */
static void delay(struct emit *e, int32_t junk)
{
	code_mov(&e->code, R1, R10);
	code_alu_imm(&e->code, BPF_ADD, R1, junk);
	code_const(&e->code, R2, 8);
	code_const(&e->code, R3, NO_ADDRESS);
	code_call(&e->code, BPF_FUNC_probe_read_user);
}

/* r0 = who has the lock; to the end of the handler if that is the current
 * thread. tmp is room for 8 bytes. */
static void leave_if_ours(struct emit *e, int32_t tmp)
{
	code_store(&e->code, BPF_DW, R10, tmp, R0);
	code_call(&e->code, BPF_FUNC_get_current_pid_tgid);
	code_alu_imm(&e->code, BPF_LSH, R0, 32);
	code_alu_imm(&e->code, BPF_RSH, R0, 32);
	code_alu_imm(&e->code, BPF_OR, R0, SESSION_LOCK_USER);
	code_load(&e->code, BPF_DW, R1, R10, tmp);
	code_jump_if(&e->code, BPF_JEQ, R0, R1, e->l_leave);
	code_mov(&e->code, R0, R1);
}

void emit_lock(struct emit *e)
{
	uint32_t us = e->p->limits.trylockdelay;
	uint32_t got = code_label_new(&e->code);
	uint32_t wait = code_label_new(&e->code);
	uint32_t again = code_label_new(&e->code);
	uint32_t n = e->p->limits.maxtrylock;
	int32_t mine = emit_tmp(e, &e->tmp_misc, 16);
	int32_t left = mine + 8;
	int32_t junk = emit_tmp(e, &e->tmp_cpu, 8);

	if (us > MOST_DELAY)
		us = MOST_DELAY;
	if (n > MOST_ATTEMPTS)
		n = MOST_ATTEMPTS;
	code_call(&e->code, BPF_FUNC_get_smp_processor_id);
	code_alu_imm(&e->code, BPF_ADD, R0, SESSION_LOCK_CPU);
	code_store(&e->code, BPF_DW, R10, mine, R0);
	attempt(e, mine);
	code_jump_imm(&e->code, BPF_JNE, R0, 0, wait);
	code_label(&e->code, got);

	code_part(&e->code, CODE_COLD);
	code_label(&e->code, wait);
	leave_if_ours(e, left);
	code_store_imm(&e->code, BPF_DW, R10, left, (int32_t)n);
	code_label(&e->code, again);
	/* r0: who has it. */
	code_load(&e->code, BPF_DW, R2, R10, mine);
	code_jump_if(&e->code, BPF_JEQ, R0, R2, e->l_skip[0]);
	code_load(&e->code, BPF_DW, R1, R10, left);
	code_alu_imm(&e->code, BPF_ADD, R1, -1);
	code_store(&e->code, BPF_DW, R10, left, R1);
	code_jump_imm(&e->code, BPF_JEQ, R1, 0, e->l_skip[0]);
	for (uint32_t i = 0; i < us; i++)
		delay(e, junk);
	attempt(e, mine);
	code_jump_imm(&e->code, BPF_JNE, R0, 0, again);
	code_jump(&e->code, got);
	code_part(&e->code, CODE_HOT);
	e->locked = true;
}

void emit_unlock(struct emit *e)
{
	code_ref(&e->code, R1, REF_DATA, offsetof(struct session_data, lock));
#ifdef __x86_64__
	/* Stores are not reordered with earlier accesses here. */
	code_store_imm(&e->code, BPF_W, R1, 0, 0);
#else
	code_const(&e->code, R2, 0);
	code_atomic(&e->code, BPF_W, BPF_XCHG, R1, 0, R2);
#endif
}

/* --- where the lock is held --- */

struct flow {
	struct emit *e;
	uint8_t state;
	bool changed, clash;
};

static void pass_on(void *arg, uint32_t to)
{
	struct flow *fl = arg;
	uint8_t *at = &fl->e->held[to];

	if (*at == HELD_UNKNOWN) {
		*at = fl->state;
		fl->changed = true;
	} else if (*at != fl->state) {
		fl->clash = true;
	}
}

static void walk_block(struct flow *fl, uint32_t b)
{
	const struct ir_insn *i;

	fl->state = fl->e->held[b];
	vec_foreach(i, &fl->e->flat.fn.blocks.at[b].insns) {
		if (i->op == IR_OP_LOCK)
			fl->state = HELD_YES;
		else if (i->op == IR_OP_UNLOCK)
			fl->state = HELD_NO;
		if (i->t != IR_NONE)
			pass_on(fl, i->t);
		if (i->e != IR_NONE)
			pass_on(fl, i->e);
	}
}

void emit_lock_plan(struct emit *e)
{
	struct flow fl = { .e = e, .changed = true };

	e->held = arena_array(e->arena, uint8_t, e->flat.fn.blocks.len);
	e->held[e->flat.order[0]] = HELD_NO;
	while (fl.changed && !fl.clash) {
		fl.changed = false;
		for (size_t k = 0; k < e->flat.n_order; k++) {
			if (e->held[e->flat.order[k]] != HELD_UNKNOWN)
				walk_block(&fl, e->flat.order[k]);
		}
	}
	if (fl.clash)
		emit_refuse(e, "reaches a place both with and without the "
			       "lock of the globals");
}
