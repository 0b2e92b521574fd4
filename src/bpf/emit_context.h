/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The context of a handler, and memory: how it reads both. */
#ifndef SPILE_BPF_EMIT_CONTEXT_H
#define SPILE_BPF_EMIT_CONTEXT_H

#include "bpf/emit.h"

/* --- emit_context.c --- */

/* Find what the handler asks of its context, and take slots for it. */
void emit_context_plan(struct emit *e);
/* On entry, when the context's address is in r1: keep it in r6; later, when the
 * slots can be written: fill them. */
void emit_context_keep(struct emit *e);
void emit_context_load(struct emit *e);
/* arg, retval, reg, offset. */
void emit_context_op(struct emit *e, const struct ir_insn *i);

/* --- emit_memory.c --- */

/* load and store. */
void emit_memory_op(struct emit *e, const struct ir_insn *i);
/* Intrinsics that read memory; false: it is none of them. */
bool emit_memory_intrinsic(struct emit *e, const struct ir_insn *i);
/* Bit N: the instruction can raise enum fault N. */
uint32_t emit_memory_faults(const struct ir_insn *i);
/* dst = the text of a fault at the address that the current error keeps. */
void emit_fault_text(struct emit *e, ir_reg dst, enum fault fault);
/* Bytes of string that such an intrinsic makes aside, or 0. */
uint32_t emit_memory_aside(const struct emit *e, const struct ir_insn *i);

#endif
