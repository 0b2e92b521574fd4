/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the runtime: the context of a run of a handler, and what the files
 * that carry out instructions share.
 *
 * Handlers run with preemption off, in any context, so nothing here sleeps,
 * allocates or waits for long. A handler that interrupts another one on its CPU
 * has a context of its own (a level).
 */
#ifndef SPILE_RUNTIME_CORE_H
#define SPILE_RUNTIME_CORE_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "session.h"
#include "transport.h"

#define SP_MAX_LOCS   24  /* more do not fit in a message */
#define SP_LINE_BYTES 384 /* of a message, with its NUL */
#define SP_OUT_BYTES  4096u

struct sp_match; /* regex.c */
struct sp_stat;

/* One run of a handler. Its first part is what the script's text sees. */
struct sp_context {
	struct sp_ctx c;
	struct sp_probe *probe;
	const struct sp_hit *hit;
	char *frames;           /* memory for strings */
	struct sp_iter *open;   /* iterations, innermost first */
	bool locked;            /* we hold the globals' lock */
	bool blocked;           /* skipped: what we interrupt holds a lock */
	unsigned long stack;    /* the lowest address the kernel's may have */
	u64 random;
	/* The pending error. */
	u32 n_locs, locs[SP_MAX_LOCS];
	struct sp_str *error;   /* maxstringlen, as the next two */
	struct sp_str *tmp, *tmp2;
	char line[SP_LINE_BYTES];
	char *out;              /* SP_OUT_BYTES: text not yet handed over */
	u32 out_len;
	struct sp_stat *stat;   /* room for the sum of all CPUs */
	struct sp_match *match; /* if regular expressions are used */
};

static inline struct sp_context *sp_context(struct sp_ctx *c)
{
	return container_of(c, struct sp_context, c);
}

/* --- context.c --- */

/* Make the contexts of all CPUs, levels each. 0 or -ENOMEM, then all is undone;
 * free them. Process context. */
int sp_contexts_init(u32 levels);
void sp_contexts_free(void);
/* Run one handler, without a look at the session's state. */
enum sp_end sp_run(struct sp_probe *p, const struct sp_hit *hit);
/* End the handler, which counts as skipped; the latter because what it
 * interrupts on its CPU holds a lock, which is nobody's fault. Always 1. */
int sp_skip(struct sp_ctx *c);
int sp_skip_nested(struct sp_ctx *c);

/* --- session.c --- */

/* Raise the session's state; it never goes down. From SP_STOPPING on the end of
 * the session is asked for. Any context. */
void sp_session_raise(enum sp_state state);
/* One more handler that ended in an error, or was skipped; acts on the limits,
 * to which skips of nested handlers do not count. */
void sp_count_error(void);
void sp_count_skipped(bool nested);

/* --- error.c --- */

/* As sp_raise(), with a format. */
void sp_raisef(struct sp_ctx *c, u32 loc, const char *format, ...)
	__printf(3, 4);
/* Tell the user of the pending error of a handler that ended. */
void sp_report(struct sp_context *x);

/* --- print.c --- */

/* Where text goes: to the output, or to a string of cap bytes. */
struct sp_sink {
	struct sp_context *x; /* the output's, or NULL */
	char *text;
	u32 len, cap;
};
void sp_put(struct sp_sink *s, const char *text, u32 len);
void sp_fill(struct sp_sink *s, char c, u32 n);
void sp_putf(struct sp_sink *s, const char *format, ...) __printf(2, 3);
/* Hand over what the handler has printed. */
void sp_flush(struct sp_context *x);
static inline struct sp_sink sp_sink_out(struct sp_ctx *c)
{
	return (struct sp_sink){ .x = sp_context(c) };
}
/* To tmp, which holds maxstringlen bytes. */
static inline struct sp_sink sp_sink_str(struct sp_str *tmp)
{
	return (struct sp_sink){ .text = tmp->text,
				 .cap = sp_program.limits.maxstringlen - 1 };
}
/* Make what is in it the text of to, as far as there is no NUL. */
void sp_sink_end(struct sp_sink *s, struct sp_str *to, u32 bound);

/* --- hist.c --- */

u32 sp_hist_bucket(const struct sp_array *a, s64 value);
/* The picture of n_buckets counts. */
void sp_hist_draw(const struct sp_array *a, const s64 *counts,
		  struct sp_sink *s);

/* --- array.c, stat.c, iter.c: made from session_init --- */

int sp_arrays_init(void);
void sp_arrays_free(void);

/* --- regex.c --- */

/* Room for the matches of one context; 0 or -ENOMEM. */
int sp_match_init(struct sp_context *x);
void sp_match_free(struct sp_context *x);
/* Forget the last match: a handler begins. */
void sp_match_reset(struct sp_context *x);

#endif
