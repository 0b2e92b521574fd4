/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where each IR register of a flattened handler lives: in a BPF register that
 * calls preserve, on the stack, or in the per-CPU scratch area.
 */
#ifndef SPILE_BPF_REGS_H
#define SPILE_BPF_REGS_H

#include "bpf/flat.h"

enum place_kind {
	PLACE_NONE,    /* never read, or folded away */
	PLACE_REG,     /* off: number of the BPF register */
	PLACE_STACK,   /* off: from r10, negative */
	PLACE_SCRATCH, /* off: from the start of the scratch area */
	PLACE_CONST,   /* value is known: flat.constant */
};

struct place {
	enum place_kind kind;
	int32_t off;
};

/* Bytes handed out of the two memories. */
struct frame {
	uint32_t stack;   /* from r10 downward, at most FRAME_STACK */
	uint32_t scratch; /* upward, behind SCRATCH_HEAD */
};

#define FRAME_STACK 512u
/* A scratch area starts with a word that claims it and its nesting level. */
#define SCRATCH_HEAD 16u
#define SCRATCH_MAX 32768u
#define SCRATCH_LEVELS 4

/* Take bytes (rounded up to 8); the offset as in struct place. Taking more than
 * there is shows in frame_fits(). */
int32_t frame_stack(struct frame *f, uint32_t bytes);
int32_t frame_scratch(struct frame *f, uint32_t bytes);
bool frame_fits(const struct frame *f);

struct regs {
	struct place *places; /* by IR register */
	bool *fused;          /* by IR register: see regs_assign() */
	struct frame frame;
	bool scratch;         /* r9 points to the scratch area */
};

/* Place all registers. need_scratch: the handler wants r9 for other reasons.
 * span, by register: bytes a string wants when it must be in scratch, or 0 to
 * leave the choice. carried: set of registers that must be in scratch, or NULL. A comparison whose result only the branch
 * right behind it reads gets no place and is marked fused. */
void regs_assign(struct regs *r, struct arena *arena, const struct flat *f,
		 bool need_scratch,
		 const uint32_t *span, const uint64_t *carried);

#endif
