/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The intermediate representation: one program, all executors.
 *
 * A program has globals, formats, probes and functions. A function (a script
 * function or a probe handler) has typed virtual registers and basic blocks;
 * registers are not SSA and read as 0 or "" until first set. The text form,
 * printed by ir_print() and read by ir_parse(), is specified in doc/ir.md and
 * carries everything. ir_check() proves what executors rely on.
 */
#ifndef SPILE_IR_IR_H
#define SPILE_IR_IR_H

#include "base/arena.h"
#include "base/fmt.h"
#include "base/hist.h"
#include "base/memory.h"
#include "base/regex.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "proto/attach.h"
#include "proto/intrinsics.h"
#include "proto/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum ir_op {
#define OP(name, text, dst, args, imm, flags) IR_OP_##name,
#include "ir/ops.def"
#undef OP
};
extern const unsigned ir_op_count;

enum ir_op_flags { IR_PURE = 1, IR_FAULT = 2, IR_TERM = 4 };

struct ir_op_info {
	const char *text;
	char dst;
	const char *args;
	char imm;
	unsigned flags;
};
/* The row of ops.def; op must be in range. */
const struct ir_op_info *ir_op_info(enum ir_op op);

enum ir_type { IR_VOID, IR_I64, IR_STR, IR_STAT /* globals only */ };
enum ir_cond { IR_EQ, IR_NE, IR_LT, IR_LE, IR_GT, IR_GE };

#define IR_NONE UINT32_MAX /* no register, block or location */
#define IR_MAX_KEYS 9
#define IR_MAX_ARGS 64     /* register arguments of one instruction */
#define IR_MAX_NESTING 32  /* iterations open at one time in one function */
#define IR_MAX_RAW_ARGS 64 /* of a probe: arg 0 … 63 */
#define IR_MAX_DWARF_REG 127
#define IR_MAX_REGEX_CODE (1u << 18) /* of all expressions of a program */

typedef uint32_t ir_reg;
typedef uint32_t ir_block_id;

struct ir_insn {
	uint8_t op;       /* enum ir_op */
	uint16_t n_args;
	ir_reg dst;       /* or IR_NONE */
	ir_reg *args;
	int64_t imm;      /* by ir_op_info().imm: number or id */
	uint32_t aux;     /* IKEY: which key, from 0; see ops.def for others */
	ir_block_id t, e; /* branch targets; e is also the err block */
	uint32_t loc;     /* index into prog->locs, or IR_NONE */
};

struct ir_block {
	VEC(struct ir_insn) insns; /* the last one is a terminator */
};

struct ir_var {
	enum ir_type type;
	uint32_t bound;   /* str: bytes with the NUL, 1 … limits.maxstringlen */
	const char *name; /* script name, or NULL for a temporary */
};

/* What can be asked of statistics, and sorted by. */
enum ir_stat_op {
	IR_STAT_COUNT,
	IR_STAT_SUM,
	IR_STAT_MIN,
	IR_STAT_MAX,
	IR_STAT_AVG,
	IR_STAT_VARIANCE,
};
#define IR_STAT_OPS 6

/* What a statistics global keeps besides its count, which is always kept. */
enum ir_stat_field {
	IR_KEEP_SUM = 1,
	IR_KEEP_MIN = 2,
	IR_KEEP_MAX = 4,
	IR_KEEP_VARIANCE = 8,
};

struct ir_stat {
	uint8_t fields;      /* enum ir_stat_field */
	uint8_t shift;       /* of the variance, 0 … 62 */
	struct hist hist;
};

/* One foreach. Elements are those present at ibegin, in insertion order, or
 * sorted (stable). */
struct ir_iter {
	uint32_t global;
	int direction;       /* 0 unsorted, 1 ascending, -1 descending */
	uint32_t column;     /* 0: by value, N: by key N */
	enum ir_stat_op stat; /* sorted by the value of statistics */
};

enum ir_fn_kind { IR_FN_FUNCTION, IR_FN_HANDLER };

struct ir_fn {
	const char *name;         /* unique in the program */
	enum ir_fn_kind kind;
	enum ir_type ret;
	uint32_t ret_bound;       /* str results */
	uint32_t n_params;        /* registers 0 … n_params-1 */
	VEC(struct ir_var) regs;
	VEC(struct ir_block) blocks; /* entry is block 0 */
	VEC(struct ir_iter) iters;
};

enum ir_global_kind { IR_SCALAR, IR_MAP };

struct ir_global {
	const char *name;
	enum ir_global_kind kind;
	enum ir_type type;        /* of the scalar, or the map's values */
	uint32_t bound;           /* if str */
	uint32_t n_keys;
	enum ir_type key_type[IR_MAX_KEYS];
	uint32_t key_bound[IR_MAX_KEYS];
	uint32_t size;            /* map: most entries */
	bool sized;               /* the script named the size */
	bool wrap;                /* full: drop the oldest */
	struct ir_stat stat;      /* if IR_STAT */
	int64_t init_num;
	const char *init_str;     /* or NULL */
};

struct ir_format {
	const char *text;         /* as in the script, escapes decoded */
	size_t len;
	struct fmt fmt;
};

struct ir_regex {
	const char *text;         /* escapes of the string decoded */
	struct regex *re;
};

/* One place where a handler is attached. Probes may share a handler. What the
 * attach parameters mean is said for each kind in proto/attach.def. */
struct ir_probe {
	enum attach_kind attach;
	uint32_t fn;
	const char *point;        /* derived probe point, for messages and pp() */
	const char *pn;           /* the script's name for it, if another */
	const char *s0, *s1;      /* or NULL */
	int64_t n0, n1, n2;
	bool target_only;         /* with -c/-x: only in the target and its children */
};

/* The name behind function(", statement(" or trace(" in a probe's point, up to
 * an @ or the quote, without "system:": *len bytes, none if there is no such. */
const char *ir_probe_function(const struct ir_probe *p, size_t *len);

/* Hash index over the texts of a table (ir_build.c). */
struct ir_index {
	uint32_t *slots;          /* id plus one; 0 is free */
	size_t n_slots;           /* a power of two, or 0 */
};

struct ir_prog {
	struct arena *arena;
	const char *name;         /* module name: stap_… or -m NAME */
	struct limits limits;
	VEC(struct ir_global) globals;
	VEC(struct ir_format) formats;
	VEC(struct ir_regex) regexes;
	VEC(struct ir_probe) probes;
	VEC(struct ir_fn *) fns;
	VEC(const char *) strings;   /* string constants, unique */
	VEC(const char *) locs;      /* "identifier 'x' at s.stp:3:4", unique */
	struct ir_index format_index, regex_index, string_index, loc_index;
	uint32_t regex_code;         /* instructions of all regexes */
};

/* --- ir_build.c: making programs --- */

/* Empty program, function without registers or blocks, register that reads 0 or
 * "" (bound: maxstringlen), block without instructions. All live in the arena;
 * names are borrowed. */
struct ir_prog *ir_prog_new(struct arena *arena);
struct ir_fn *ir_fn_new(struct ir_prog *p, const char *name,
			enum ir_fn_kind kind, enum ir_type ret);
/* A str register starts with the bound limits.maxstringlen. */
ir_reg ir_reg_new(struct ir_prog *p, struct ir_fn *f, enum ir_type type,
		  const char *name);
ir_block_id ir_block_new(struct ir_prog *p, struct ir_fn *f);
/* Append an instruction to a block and return it for filling in the rest; dst,
 * t, e and loc start as IR_NONE. The pointer is good until the next append. */
struct ir_insn *ir_emit(struct ir_prog *p, struct ir_fn *f, ir_block_id b,
			enum ir_op op, ir_reg dst, const ir_reg *args,
			unsigned n_args);
/* Ids of a string constant, location text or format; equal ones share one.
 * ir_format() is IR_NONE for a text that is no valid format. */
uint32_t ir_string(struct ir_prog *p, const char *text);
uint32_t ir_loc(struct ir_prog *p, const char *text);
uint32_t ir_format(struct ir_prog *p, const char *text, size_t len);
/* Id of a regular expression; IR_NONE for a text that is none, or when those of
 * the program get too large together. */
uint32_t ir_regex(struct ir_prog *p, const char *text, size_t len);

/* --- ir_print.c, ir_parse.c --- */

/* Append the text form; p may have failed ir_check() only in its meaning. */
void ir_print(const struct ir_prog *p, struct strbuf *out);
/* Read a program. On failure NULL and one sentence with line number in err.
 * The text is untrusted: sizes are bounded, and the result has passed
 * ir_check(). */
struct ir_prog *ir_parse(struct arena *arena, const char *text, size_t len,
			 struct strbuf *err);

/* --- ir_check.c --- */

/* Prove: ids in range, types right, every block ends in its only terminator,
 * fault edges present where the table asks, iterations properly bracketed,
 * formats fed right, limits sane. 0, or -EINVAL with one sentence in err. */
int ir_check(const struct ir_prog *p, struct strbuf *err);

/* --- passes: each file's head says what it requires and changes --- */

/* Compute the bounds of all str registers, results, globals and keys from the
 * program itself (fixpoint; anything that grows goes to maxstringlen). */
int ir_pass_bounds(struct ir_prog *p);
/* Have user space make the texts that kernel handlers only print. */
int ir_pass_late(struct ir_prog *p);
/* Keep one of functions and of kernel handlers that are equal. */
int ir_pass_merge(struct ir_prog *p);
/* Remove unreachable blocks and pure instructions whose result is unused. */
int ir_pass_clean(struct ir_prog *p);

#endif
