/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A handler with everything it calls put in place, cleaned up for emission.
 *
 * The result is an ir_fn of its own (not part of the program) without call
 * instructions. IR_OP_STR with imm FLAT_EMPTY sets a register to "".
 */
#ifndef SPILE_BPF_FLAT_H
#define SPILE_BPF_FLAT_H

#include "base/arena.h"
#include "ir/ir.h"

#include <stdbool.h>
#include <stdint.h>

#define FLAT_EMPTY (-1)
#define FLAT_MAX_INSNS 60000u /* more cannot become a BPF program */

struct flat {
	struct ir_fn fn;
	uint32_t *order;     /* blocks in order of emission, all reachable */
	size_t n_order;
	uint32_t *place;     /* by block: its place in order, or IR_NONE */
	uint32_t *depth;     /* by block: loops around it */
	bool cyclic;         /* it has a loop */
	bool *header;        /* by block: a jump back goes to it */
	uint64_t **live_in;  /* by block: set of registers */
	size_t words;        /* 64-bit words in such a set */
	/* By register: it only ever holds this constant. */
	const struct ir_insn **constant;
};

/* Order, liveness and constants; also removes what they show to be useless. */
void flat_analyse(struct flat *f, struct arena *arena);

/* Build; everything lives in the arena. 0, or -ENOTSUP or -E2BIG with the end
 * of a sentence ("calls itself …") in err. */
int flat_build(struct flat *f, struct arena *arena, const struct ir_prog *p,
	       uint32_t fn, struct strbuf *err);

/* Blocks control can go to from inside block b: the terminator's targets and
 * the err edges of faulting instructions. Calls cb for each, perhaps more than
 * once. */
void flat_successors(const struct ir_fn *f, uint32_t b,
		     void (*cb)(void *arg, uint32_t to), void *arg);

/* The highest sum of cost over the instructions of any path from the entry
 * (in a loop: UINT64_MAX if any instruction in one has a cost). */
uint64_t flat_longest(const struct flat *f, struct arena *arena,
		      uint64_t (*cost)(const struct ir_insn *i));

static inline bool flat_has(const uint64_t *set, uint32_t reg)
{
	return set[reg / 64] >> (reg % 64) & 1;
}

static inline void flat_add(uint64_t *set, uint32_t reg)
{
	set[reg / 64] |= UINT64_C(1) << (reg % 64);
}

static inline void flat_remove(uint64_t *set, uint32_t reg)
{
	set[reg / 64] &= ~(UINT64_C(1) << (reg % 64));
}

/* Step a set of live registers backward over one instruction. */
void flat_step(const struct flat *f, const struct ir_insn *i, uint64_t *live);

#endif
