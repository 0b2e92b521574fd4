/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A buffer of BPF instructions with labels, references to maps, and notes.
 *
 * Code grows in three parts: hot; cold, which comes to lie behind it
 * (insertions); and stubs behind that (errors). code_finish() joins them, drops
 * what no path reaches (the verifier refuses such instructions) and jumps to the
 * next instruction, and fills in the jump offsets.
 */
#ifndef SPILE_BPF_CODE_H
#define SPILE_BPF_CODE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

enum bpf_reg { R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, R10 };

/* What a 64-bit load may refer to; array global N is REF_GLOBAL + N. */
enum code_ref {
	REF_DATA,    /* the session block, at an offset */
	REF_RODATA,  /* constants, at an offset */
	REF_RING,
	REF_SCRATCH,
	REF_TARGETS,
	REF_BODY,    /* the function that bpf_loop calls */
	REF_WALK,    /* the function called for the elements of a map */
	REF_GLOBAL,
};

struct code_reloc {
	uint32_t insn;
	uint32_t ref; /* enum code_ref, or more */
};

struct code_fixup {
	uint32_t insn;
	uint32_t label;
};

struct code_note {
	uint32_t insn;
	const char *text; /* borrowed */
};

struct code_core {
	uint32_t insn;
	uint32_t which; /* meaning is the emitter's */
};

struct code_part {
	VEC(struct bpf_insn) insns;
	VEC(struct code_reloc) relocs;
	VEC(struct code_fixup) fixups;
	VEC(struct code_note) notes;
	VEC(struct code_core) cores;
};

enum { CODE_HOT, CODE_COLD, CODE_STUBS, CODE_PARTS };

struct code_label {
	bool placed;
	unsigned part;
	uint32_t insn;
};

struct code {
	struct code_part part[CODE_PARTS]; /* all in the first when finished */
	unsigned cur;
	VEC(struct code_label) labels;
};

/* Free everything; leaves an empty buffer. */
void code_release(struct code *c);

/* Later instructions go to this part; the one before. */
unsigned code_part(struct code *c, unsigned part);

/* A label to jump to, placed later. */
uint32_t code_label_new(struct code *c);
/* The label names the next instruction of the current part. */
void code_label(struct code *c, uint32_t label);
/* A comment for listings ahead of the next instruction. */
void code_note(struct code *c, const char *text);

/* dst op= src or imm; op is BPF_ADD … BPF_MOV. 64 bits wide. */
void code_alu(struct code *c, int op, int dst, int src);
void code_alu_imm(struct code *c, int op, int dst, int32_t imm);
/* dst = big-endian 64 bits of dst. */
void code_swap64(struct code *c, int dst);
/* dst = src, or a constant in the shortest form. */
void code_mov(struct code *c, int dst, int src);
void code_const(struct code *c, int dst, int64_t value);
/* dst = address of the map, or of the byte at offset in a block. */
void code_ref(struct code *c, int dst, uint32_t ref, uint32_t offset);

/* Memory; size is BPF_B, BPF_H, BPF_W or BPF_DW. */
void code_load(struct code *c, int size, int dst, int base, int32_t off);
void code_store(struct code *c, int size, int base, int32_t off, int src);
void code_store_imm(struct code *c, int size, int base, int32_t off,
		    int32_t imm);
/* op: BPF_ADD, BPF_ADD | BPF_FETCH, BPF_CMPXCHG … */
void code_atomic(struct code *c, int size, int op, int base, int32_t off,
		 int src);

/* Jump always, or if the comparison (BPF_JEQ …) holds. */
void code_jump(struct code *c, uint32_t label);
void code_jump_if(struct code *c, int op, int dst, int src, uint32_t label);
void code_jump_imm(struct code *c, int op, int dst, int32_t imm,
		   uint32_t label);
/* Call a helper (BPF_FUNC_…); leave the program with r0. */
void code_call(struct code *c, int helper);
void code_exit(struct code *c);
/* The last instruction's immediate is to be relocated to a kernel type. */
void code_core(struct code *c, uint32_t which);

/* Join, clean and resolve. -E2BIG if a jump is too far for its 16 bits. */
int code_finish(struct code *c);

/* Append one line an instruction, with notes and the names of references
 * (ref_name returns borrowed text). The code is finished. */
void code_list(const struct code *c,
	       const char *(*ref_name)(void *ctx, uint32_t ref), void *ctx,
	       struct strbuf *out);

#endif
