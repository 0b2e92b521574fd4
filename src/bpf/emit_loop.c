/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handlers with loops.
 *
 * The verifier walks through a loop turn by turn, which for a loop whose end it
 * cannot foresee takes it forever. So the code of such a handler becomes a
 * function that bpf_loop (kernel 5.17) calls again and again, and that the
 * verifier looks at once: each jump back notes where to go on and returns 0; the
 * next call goes on there; the end of the handler returns 1. What lives from one
 * turn to the next is in the scratch area. How often the body may turn is decided
 * by its own counting of actions.
 */
#include "bpf/emit.h"

/* A bound for bpf_loop itself, which allows no more. */
#define MOST_TURNS (1 << 23)
/* What the program around the body may use of the stack they share. */
#define OUTER_STACK 64u

uint64_t *emit_carried(struct emit *e)
{
	uint64_t *set = arena_array(e->arena, uint64_t, e->flat.words);

	for (size_t b = 0; b < e->flat.fn.blocks.len; b++) {
		if (!e->flat.header[b])
			continue;
		for (size_t w = 0; w < e->flat.words; w++)
			set[w] |= e->flat.live_in[b][w];
	}
	return set;
}

static void forget_temporaries(struct emit *e)
{
	e->tmp_walk = e->tmp_cpu = e->tmp_rec = e->tmp_val = e->tmp_key = e->tmp_misc = 0;
}

void emit_outer(struct emit *e)
{
	uint32_t stack = e->regs.frame.stack;
	int32_t ctx;

	e->regs.frame.stack = 0;
	e->l_leave = code_label_new(&e->code);
	e->l_out = code_label_new(&e->code);
	emit_enter(e);
	ctx = frame_stack(&e->regs.frame, 8);
	code_store(&e->code, BPF_DW, R10, ctx, R9);
	code_const(&e->code, R1, MOST_TURNS);
	code_ref(&e->code, R2, REF_BODY, 0);
	code_mov(&e->code, R3, R10);
	code_alu_imm(&e->code, BPF_ADD, R3, ctx);
	code_const(&e->code, R4, 0);
	code_call(&e->code, BPF_FUNC_loop);
	emit_leave(e);
	code_finish(&e->code);
	if (e->regs.frame.stack > OUTER_STACK)
		emit_refuse(e, "has too much on the stack for its loops");
	e->outer = e->code;
	e->code = (struct code){ 0 };
	e->regs.frame.stack = stack + OUTER_STACK;
	forget_temporaries(e);
}

void emit_body_start(struct emit *e)
{
	/* r1 is the number of the turn, r2 the address of what is in ctx. */
	code_load(&e->code, BPF_DW, R9, R2, 0);
	code_load(&e->code, BPF_DW, R1, R9, e->resume_off);
	for (uint32_t b = 0; b < e->flat.fn.blocks.len; b++) {
		if (e->flat.header[b])
			code_jump_imm(&e->code, BPF_JEQ, R1, (int32_t)b + 1,
				      e->block_label[b]);
	}
}

void emit_body_end(struct emit *e)
{
	code_label(&e->code, e->l_leave);
	code_const(&e->code, R0, 1);
	code_exit(&e->code);
	code_part(&e->code, CODE_COLD);
	for (uint32_t b = 0; b < e->flat.fn.blocks.len; b++) {
		if (!e->flat.header[b])
			continue;
		code_label(&e->code, e->back_label[b]);
		code_store_imm(&e->code, BPF_DW, R9, e->resume_off,
			       (int32_t)b + 1);
		code_const(&e->code, R0, 0);
		code_exit(&e->code);
	}
	code_part(&e->code, CODE_HOT);
}

uint32_t emit_target(struct emit *e, ir_block_id to)
{
	bool back = e->flat.place[to] <= e->at;

	return e->looped && back ? e->back_label[to] : e->block_label[to];
}
