/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a handler asks of the context it was called with: raw arguments, the
 * returned value, registers.
 *
 * Each is read once, on entry, into a slot that lives as long as the run: the
 * context's own address would not survive the helpers between, and is not to be
 * had in the body of a loop at all.
 */
#include "base/bug.h"
#include "bpf/emit_context.h"
#include "bpf/kernel_types.h"

#include <string.h>

enum {
	WANT_ARGS = 0,
	WANT_RETVAL = IR_MAX_RAW_ARGS,
	WANT_REGS,
	WANT_END = WANT_REGS + IR_MAX_DWARF_REG + 1
};

struct context_use {
	int32_t slot[WANT_END]; /* 0: not wanted */
};

/* Offsets in struct pt_regs of registers by DWARF number, and of those that hold
 * arguments of functions and system calls. */
#if defined(__x86_64__)
static const int16_t dwarf_regs[] = {
	80,  96,  88, 40, 104, 112, 32, 152, /* ax dx cx bx si di bp sp */
	72,  64,  56, 48, 24,  16,  8,  0,   /* r8 … r15 */
	128,                                 /* ip */
};
static const int16_t function_args[] = { 112, 104, 96, 88, 72, 64 };
/* Behind the arguments, the number of the call. */
static const int16_t syscall_args[] = { 112, 104, 96, 56, 72, 64, 120 };
# define RETVAL_IN_PT_REGS 80
#elif defined(__aarch64__)
static const int16_t dwarf_regs[] = {
	0,   8,   16,  24,  32,  40,  48,  56,  64,  72,  80,
	88,  96,  104, 112, 120, 128, 136, 144, 152, 160, 168,
	176, 184, 192, 200, 208, 216, 224, 232, 240, 248, 256,
};
static const int16_t function_args[] = { 0, 8, 16, 24, 32, 40, 48, 56 };
/* The first is overwritten by the result; orig_x0 keeps it. */
static const int16_t syscall_args[] = { 272, 8, 16, 24, 32, 40, 280 };
# define RETVAL_IN_PT_REGS 0
#endif
#define MAX_RAW_TP_ARGS 12

/* Whether the context is a struct pt_regs (or begins with one). */
static bool context_is_regs(const struct emit *e)
{
	switch (e->g->kind) {
	case ATTACH_UPROBE:
	case ATTACH_URETPROBE:
	case ATTACH_KPROBE:
	case ATTACH_KRETPROBE:
	case ATTACH_PERF:
		return true;
	default:
		return false;
	}
}

static bool is_syscall(const struct emit *e)
{
	return e->g->kind == ATTACH_SYSCALL || e->g->kind == ATTACH_SYSRET;
}

/* --- plan --- */

static void want(struct emit *e, unsigned what)
{
	if (!e->context)
		e->context = arena_new(e->arena, struct context_use);
	if (!e->context->slot[what])
		e->context->slot[what] = emit_slot(e, 8);
}

static unsigned args_there(const struct emit *e)
{
	if (is_syscall(e))
		return ARRAY_SIZE(syscall_args);
	if (e->g->kind == ATTACH_RAW_TP)
		return MAX_RAW_TP_ARGS;
	return context_is_regs(e) ? ARRAY_SIZE(function_args) : 0;
}

static void want_arg(struct emit *e, int64_t n)
{
	if (n >= 0 && n < args_there(e))
		want(e, WANT_ARGS + (unsigned)n);
	else
		emit_refuse(e, "asks for argument number %d, which cannot be "
			       "had there", (int)n + 1);
}

static void want_register(struct emit *e, int64_t n)
{
	if (context_is_regs(e) && n < (int64_t)ARRAY_SIZE(dwarf_regs))
		want(e, WANT_REGS + (unsigned)n);
	else
		emit_refuse(e, "asks for a register, which cannot be had there");
}

static void want_result(struct emit *e)
{
	if (e->g->kind == ATTACH_SYSRET || context_is_regs(e))
		want(e, WANT_RETVAL);
	else
		emit_refuse(e, "asks for a returned value, which cannot be had "
			       "there");
}

void emit_context_plan(struct emit *e)
{
	const struct ir_insn *i;
	int64_t n;

	for (size_t k = 0; k < e->flat.n_order; k++) {
		vec_foreach(i, &e->flat.fn.blocks.at[e->flat.order[k]].insns) {
			if (i->op == IR_OP_ARG)
				want_arg(e, i->imm);
			else if (i->op == IR_OP_REG)
				want_register(e, i->imm);
			else if (i->op == IR_OP_RETVAL)
				want_result(e);
			else if (i->op == IR_OP_INTRIN &&
				 i->imm == INTRIN_RAW_ARG &&
				 emit_is_const(e, i->args[0], &n))
				want_arg(e, n);
		}
	}
}

/* --- on entry --- */

void emit_context_keep(struct emit *e)
{
	if (e->context)
		code_mov(&e->code, R6, R1);
}

/* The slot = 8 bytes at an offset of the context. */
static void from_context(struct emit *e, int32_t slot, int32_t offset)
{
	code_load(&e->code, BPF_DW, R1, R6, offset);
	code_store(&e->code, BPF_DW, e->slots, slot, R1);
}

/* The slot = 8 bytes at an offset of the pt_regs the context points to. */
static void from_regs(struct emit *e, int32_t slot, int32_t offset)
{
	code_mov(&e->code, R1, e->slots);
	code_alu_imm(&e->code, BPF_ADD, R1, slot);
	code_const(&e->code, R2, 8);
	code_load(&e->code, BPF_DW, R3, R6, 0);
	code_alu_imm(&e->code, BPF_ADD, R3, offset);
	code_call(&e->code, BPF_FUNC_probe_read_kernel);
}

static void load_arg(struct emit *e, unsigned n, int32_t slot)
{
	if (is_syscall(e))
		from_regs(e, slot, syscall_args[n]);
	else if (e->g->kind == ATTACH_RAW_TP)
		from_context(e, slot, (int32_t)n * 8);
	else
		from_context(e, slot, function_args[n]);
}

void emit_context_load(struct emit *e)
{
	const int32_t *slot = e->context ? e->context->slot : NULL;

	for (unsigned n = 0; slot && n < WANT_END; n++) {
		if (!slot[n])
			continue;
		if (n >= WANT_REGS)
			from_context(e, slot[n], dwarf_regs[n - WANT_REGS]);
		else if (n < WANT_RETVAL)
			load_arg(e, n, slot[n]);
		else
			from_context(e, slot[n], is_syscall(e)
						 ? 8 : RETVAL_IN_PT_REGS);
	}
}

/* --- use --- */

void emit_context_op(struct emit *e, const struct ir_insn *i)
{
	unsigned n = WANT_RETVAL;

	if (e->regs.places[i->dst].kind == PLACE_NONE)
		return;
	if (i->op == IR_OP_OFFSET) {
		code_alu_imm(&e->code, BPF_MOV, R1, 0);
		code_core(&e->code, KERNEL_MEMBERS + (uint32_t)i->imm);
		emit_set(e, i->dst, R1);
		return;
	}
	if (i->op == IR_OP_ARG)
		n = WANT_ARGS + (unsigned)i->imm;
	else if (i->op == IR_OP_REG)
		n = WANT_REGS + (unsigned)i->imm;
	code_load(&e->code, BPF_DW, R1, e->slots, e->context->slot[n]);
	emit_set(e, i->dst, R1);
}
