/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that a translated script sees of the runtime, and what the runtime finds
 * in it. The C text that stap makes includes this file and nothing else, no
 * kernel header either: that is why a script compiles in a few milliseconds.
 *
 * The text defines one `const struct sp_program sp_program` with tables of
 * probes and globals; the runtime runs the handlers. Instructions of the IR
 * (src/ir/ops.def) that are more than an expression of C are calls below.
 *
 * Calls that can fail return 0, or something else when the handler cannot just
 * go on: then either an error is pending, for the err edge of the instruction,
 * or c->ended says that the handler ends at once, past all catch blocks.
 *
 * A string is at most bound bytes with its NUL, bound being that of the place
 * it is stored to; longer ones are cut.
 */
#ifndef SPILE_RUNTIME_API_H
#define SPILE_RUNTIME_API_H

#ifndef SP_KERNEL_TYPES
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef int s32;
typedef long long s64;
#define NULL ((void *)0)
#endif

/* --- values --- */

struct __attribute__((may_alias)) sp_str {
	u32 len;
	char text[]; /* len bytes and a NUL */
};
/* A place for a string of that bound, and a pointer to it. */
#define SP_STR(bound)    \
	struct {         \
		u32 len; \
		char text[bound]; \
	}
#define SP_S(place) ((struct sp_str *)(void *)&(place))

/* An argument of a print, or a key. */
union sp_val {
	s64 num;
	const struct sp_str *str;
};
#define SP_N(n)    { .num = (n) }
#define SP_T(place) { .str = SP_S(place) }
#define SP_LIST(...) ((const union sp_val[]){ __VA_ARGS__ })

/* Arithmetic that wraps. */
#define SP_WRAPS(a, op, b) ((s64)((u64)(a) op (u64)(b)))
#define SP_DIV(a, b) ((b) == -1 ? SP_WRAPS(0, -, a) : (a) / (b))
#define SP_MOD(a, b) ((b) == -1 ? 0 : (a) % (b))

/* --- a run of a handler --- */

struct sp_ctx {
	s64 actions;  /* left, of MAXACTION */
	char *frame;  /* where the strings of the next call lie */
	char *frames_end;
	u32 depth;    /* calls of functions */
	u32 ended;    /* the handler is over: enum sp_end */
};
enum sp_end { SP_END_NOT, SP_END_ERROR, SP_END_SKIPPED, SP_END_ABORTED };

#define SP_NO_LOC 0xffffffffu

/* n more actions; the handler ends when there are too many. */
#define SP_TICK(n, loc)                             \
	do {                                        \
		c->actions -= (n);                  \
		if (__builtin_expect(c->actions < 0, 0)) { \
			sp_exhausted(c, loc);       \
			goto end;                   \
		}                                   \
	} while (0)
/* A call failed: on to an err edge unless the handler is over. */
#define SP_FAILED(edge)       \
	do {                  \
		if (c->ended) \
			goto end; \
		goto edge;    \
	} while (0)

void sp_exhausted(struct sp_ctx *c, u32 loc);
/* Make text the pending error, which came up at loc. */
void sp_raise(struct sp_ctx *c, const char *text, u32 loc);
void sp_raise_str(struct sp_ctx *c, const struct sp_str *text, u32 loc);
/* One more call that the pending error left. */
void sp_error_from(struct sp_ctx *c, u32 loc);
/* Take its text; it is no longer pending. */
void sp_errmsg(struct sp_ctx *c, struct sp_str *to, u32 bound);

/* Begin an activation with bytes of strings, *frame unless it is NULL. Not 0 if
 * calls are too deep, which is the pending error then. End it. */
int sp_call_begin(struct sp_ctx *c, u32 bytes, void **frame);
void sp_call_end(struct sp_ctx *c, u32 bytes);
/* The strings of a handler. */
#define SP_FRAME(c) ((void *)(c)->frame)

/* The globals' lock. */
int sp_lock(struct sp_ctx *c);
void sp_unlock(struct sp_ctx *c);

/* --- strings; to may be one of the arguments --- */

void sp_set(struct sp_str *to, u32 bound, const char *text, u32 len);
void sp_copy(struct sp_str *to, u32 bound, const struct sp_str *from);
void sp_cat(struct sp_str *to, u32 bound, const struct sp_str *a,
	    const struct sp_str *b);
/* Below, at or above 0 as a stands before, at or behind b. */
int sp_compare(const struct sp_str *a, const struct sp_str *b);
int sp_equal(const struct sp_str *a, const struct sp_str *b);

/* --- formats --- */

enum sp_conv {
	SP_LITERAL, SP_FMT_D, SP_FMT_U, SP_FMT_O, SP_FMT_X, SP_FMT_UPPER_X,
	SP_FMT_P, SP_FMT_S, SP_FMT_C, SP_FMT_B, SP_FMT_M, SP_FMT_UPPER_M,
};
enum sp_size { SP_SIZE_NONE, SP_SIZE_FIXED, SP_SIZE_ARG };
struct sp_item {
	u8 conv;               /* enum sp_conv */
	char flag;             /* 0 or one of 0 + - space # */
	u8 width_kind, prec_kind; /* enum sp_size */
	u32 width, prec;
	const char *text;      /* literal: width bytes of it */
};
struct sp_format {
	const struct sp_item *items;
	u32 n_items;
};

void sp_print(struct sp_ctx *c, const struct sp_format *f,
	      const union sp_val *args);
void sp_sprint(struct sp_ctx *c, struct sp_str *to, u32 bound,
	       const struct sp_format *f, const union sp_val *args);

/* --- regular expressions --- */

struct sp_regex_insn {
	u32 op, x, y; /* as struct regex_insn in src/base/regex.h */
};
struct sp_regex {
	/* The table, as struct regex_dfa; next NULL if there is none. */
	const u32 *next;
	const u8 *class_of;
	u32 start, n_classes;
	/* The program; code NULL if the table is enough. */
	const struct sp_regex_insn *code;
	const u64 (*sets)[4];
	u32 n_code, n_groups;
};

/* 1 if the text holds a match, else 0. */
s64 sp_match(struct sp_ctx *c, const struct sp_regex *re,
	     const struct sp_str *text);

/* --- arrays and statistics --- */

enum sp_type { SP_LONG, SP_TEXT, SP_STAT };
enum sp_stat_op {
	SP_COUNT, SP_SUM, SP_MIN, SP_MAX, SP_AVG, SP_VARIANCE,
};
enum sp_hist_kind { SP_HIST_NONE, SP_HIST_LOG, SP_HIST_LINEAR };
enum sp_array_flags { SP_SIZED = 1, SP_WRAP = 2, SP_KEEP_VARIANCE = 4,
		      SP_SCALAR = 8, SP_SORTED = 16 };

/* An array, or statistics (SP_SCALAR: without keys). */
struct sp_array {
	const char *name;
	u32 n_keys;
	u32 key_bound[9];  /* 0: a long */
	u8 type;           /* enum sp_type, of the values */
	u8 flags;          /* SP_SORTED: by some foreach */
	u8 shift;          /* of the variance */
	u8 iterations;     /* most that are open at a time, or near it */
	u32 bound;         /* of a text */
	u32 size;          /* most elements */
	u32 hist;          /* enum sp_hist_kind */
	u32 n_buckets;
	s64 lo, hi, step;
	void *store;       /* the runtime's */
};

/* Those that can raise have the place for it; keys are n_keys values. Reading
 * of what is not there gives 0 or "". */
int sp_get_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 *to);
int sp_get_str(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       struct sp_str *to, u32 bound);
int sp_set_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 value, u32 loc);
int sp_set_str(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       const struct sp_str *value, u32 loc);
int sp_add_num(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	       s64 by, u32 loc);
int sp_has(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
	   s64 *to);
int sp_delete(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys);
int sp_clear(struct sp_ctx *c, struct sp_array *a); /* statistics too */

/* Statistics; keys is NULL for scalars. */
int sp_stat_add(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		s64 value, u32 loc);
int sp_stat_get(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		enum sp_stat_op op, s64 *to, u32 loc);
int sp_hist_get(struct sp_ctx *c, struct sp_array *a, const union sp_val *keys,
		s64 bucket, int empty_ok, s64 *to, u32 loc);
int sp_hist_print(struct sp_ctx *c, struct sp_array *a,
		  const union sp_val *keys, u32 loc);
int sp_hist_text(struct sp_ctx *c, struct sp_array *a,
		 const union sp_val *keys, struct sp_str *to, u32 bound,
		 u32 loc);

/* --- foreach --- */

struct sp_iter;
#define SP_NO_LIMIT 0x7fffffffffffffffll

/* column: 0 by value, N by key N; direction: 0, 1, -1. */
int sp_iter_begin(struct sp_ctx *c, struct sp_array *a, int direction,
		  u32 column, enum sp_stat_op op, s64 limit,
		  struct sp_iter **to, u32 loc);
int sp_iter_next(struct sp_iter *it); /* 0: no more */
s64 sp_iter_num(const struct sp_iter *it, u32 column);
void sp_iter_str(const struct sp_iter *it, u32 column, struct sp_str *to,
		 u32 bound);
void sp_iter_end(struct sp_ctx *c, struct sp_iter *it);

/* --- scalars: plain variables of the text --- */

#define SP_READ(var)       __atomic_load_n(&(var), __ATOMIC_RELAXED)
#define SP_WRITE(var, num) __atomic_store_n(&(var), (num), __ATOMIC_RELAXED)
#define SP_ADD(var, by)    \
	((void)__atomic_fetch_add(&(var), (by), __ATOMIC_RELAXED))

#include "intrin.h"
#include "program.h"

#endif
