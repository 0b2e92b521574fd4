/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * foreach, emptying arrays, and arrays that drop their oldest element: what is
 * done by looking at all elements of a map (emit_walk.c).
 */
#ifndef SPILE_BPF_EMIT_WALK_H
#define SPILE_BPF_EMIT_WALK_H

#include "bpf/emit.h"

/* Elements of an array that drops its oldest one, found by looking at all. */
#define EMIT_MOST_WRAP 2048u

/* Find the iterations; then take room for them. */
void emit_walk_plan(struct emit *e);
/* Note that an instruction inserts into an array. */
void emit_oldest_plan(struct emit *e, const struct ir_insn *i);
void emit_walk_slots(struct emit *e);
/* Operations of foreach; its step (inext); emptying an array. */
void emit_walk_op(struct emit *e, const struct ir_insn *i);
void emit_walk_next(struct emit *e, const struct ir_insn *i);
void emit_clear(struct emit *e, const struct ir_insn *i);
/* Delete the oldest element of an array; to none if there is none. */
void emit_drop_oldest(struct emit *e, uint32_t global, uint32_t none);
/* The function that looks at elements, into e->walk (finished). */
int emit_walk_function(struct emit *e);

#endif
