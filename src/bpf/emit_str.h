/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code for strings: access, copies, comparisons, making new ones. The rule they
 * all keep is in emit.h: zeros behind the NUL to a multiple of 8 bytes.
 */
#ifndef SPILE_BPF_EMIT_STR_H
#define SPILE_BPF_EMIT_STR_H

#include "bpf/regs.h"

struct emit;

/* --- emit_str.c --- */

/* A string that can be read: in memory, or a constant. */
struct strval {
	enum place_kind kind; /* STACK, SCRATCH, CONST, REG */
	int reg;              /* REG: the register with its address */
	int32_t off;
	uint32_t bound;
	const char *text;     /* CONST */
	size_t len;           /* CONST: without the NUL */
};

/* The string an IR register holds. */
struct strval emit_str(struct emit *e, ir_reg r);
/* Its address into a BPF register. CONST: size bytes are readable there. */
void emit_str_addr(struct emit *e, int to, const struct strval *s,
		   uint32_t size);
/* Copy into a field of this bound at base + off, cut and zero-filled to a
 * multiple of 8 bytes, but not beyond room bytes (a multiple of 4). Uses r1. */
void emit_str_copy(struct emit *e, int base, int32_t off, uint32_t bound,
		   uint32_t room, const struct strval *s);
/* Number of word w of a string into a register; words behind its end are 0. */
void emit_str_word(struct emit *e, int to, const struct strval *s, uint32_t w);
/* Zero len bytes (a multiple of 8). */
void emit_zero(struct emit *e, int base, int32_t off, uint32_t len);
/* Where a str register lives: base register and offset. */
int emit_str_base(struct emit *e, ir_reg r, int32_t *off);
void emit_str_op(struct emit *e, const struct ir_insn *i);
void emit_str_compare_jump(struct emit *e, const struct ir_insn *i, bool holds,
			   uint32_t label);
/* Scratch for one string of this bound while it is made. */
int32_t emit_tmp_str(struct emit *e, uint32_t bound);
/* Whether a text matches a regular expression (emit_regex.c). */
void emit_match(struct emit *e, const struct ir_insn *i);

/* --- emit_sprint.c --- */

/* Concatenate; format to a string. */
void emit_cat(struct emit *e, const struct ir_insn *i);
void emit_sprint(struct emit *e, const struct ir_insn *i);
/* Bytes of scratch each register wants as the result of cat or sprint, or 0. */
uint32_t *emit_spans(const struct flat *f, struct arena *arena);

#endif
