/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the printer and the parser of the IR's text form share (doc/ir.md). */
#ifndef SPILE_IR_IR_TEXT_H
#define SPILE_IR_IR_TEXT_H

#include <stdbool.h>

#define IR_TEXT_MAGIC "spile-ir"
#define IR_TEXT_VERSION 1

/* Words of enum ir_cond. */
extern const char *const ir_text_cond[6];
/* Words of enum ir_stat_op, as in the script behind the @. */
extern const char *const ir_text_stat[6];
/* Words of memory accesses: kernel.u8 … user.s64. */
extern const char *const ir_text_mem[16];

/* Bytes of a bare name: a letter, _ or $ first, then also digits and dots. */
static inline bool ir_text_is_word_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == '$';
}

static inline bool ir_text_is_word(char c)
{
	return ir_text_is_word_start(c) || (c >= '0' && c <= '9') || c == '.';
}

#endif
