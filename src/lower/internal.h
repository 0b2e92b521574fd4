/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of lower/ share: the function being made, and how values,
 * statements, ways out and action counts are made.
 *
 * Registers 0 to n_vars-1 of a function are its parameters and locals; all
 * others are temporaries that are set once before use. A value may come back as
 * a variable's own register: hold it (lower_hold) if something evaluated before
 * its use could assign to that variable.
 */
#ifndef SPILE_LOWER_INTERNAL_H
#define SPILE_LOWER_INTERNAL_H

#include "lower/lower.h"

enum scope_kind {
	SCOPE_LOOP, /* break and continue end here */
	SCOPE_ITER, /* an open iteration: closed on every way out */
	SCOPE_TRY,  /* errors go to err */
};

struct scope {
	enum scope_kind kind;
	struct scope *outer;
	uint32_t iter;                     /* SCOPE_ITER */
	ir_block_id err;                   /* ITER and TRY; made when needed */
	ir_block_id on_break, on_continue; /* SCOPE_LOOP */
};

/* How a function or handler uses one global; counts stop at 2. */
enum use_kind {
	USE_ADD,    /* += and ++ as statements */
	USE_READ,   /* a value or in, without wildcards */
	USE_SET,    /* other assignments */
	USE_DELETE,
	USE_WALK,   /* foreach, in with wildcards */
};
#define USE_KINDS 5

struct use {
	uint8_t times[USE_KINDS];
};

struct uses {
	struct use *globals; /* by global id, what it does itself */
	bool *calls;         /* by function id: called directly */
};

/* Which handlers lock, worked out before any is lowered (uses.c). */
struct lock_plan {
	struct uses *fns, *handlers; /* by id */
	bool *lockable;              /* by global */
	bool *fn_touches;            /* by function: reaches a lockable global */
	bool *handler_locks;         /* by handler */
};

struct lower {
	struct arena *arena;
	const struct sema_prog *sp;
	const struct lower_options *opt;
	struct diag *diag;
	struct ir_prog *p;
	struct lock_plan plan;
	struct strbuf text;        /* scratch */
	/* the function being made */
	struct ir_fn *f;
	const struct function *fn; /* NULL in a handler */
	const struct handler *handler; /* the last one begun */
	uint32_t n_vars;
	ir_block_id cur;
	struct scope *scope;       /* innermost */
	unsigned n_open;           /* iterations open */
	bool locked;
	ir_block_id fail[2];       /* by locked: the last err block */
	ir_reg *args_again;        /* arguments kept for the next overload */
	unsigned owed;             /* actions not counted yet */
	uint32_t times, squares;   /* the globals of -t */
	struct loc owed_loc;
};

/* --- lower.c --- */

/* Report a construct that no executor runs. */
void lower_unsupported(struct lower *c, struct loc loc, const char *what);
/* Report C in the script, which the runtime does not have. */
void lower_embed(struct lower *c, const struct ast_expr *e);

/* --- emit.c: instructions, locations, ways out --- */

/* A fresh temporary. */
ir_reg lower_temp(struct lower *c, enum ir_type type);
/* want, or a fresh temporary if it is IR_NONE. */
ir_reg lower_dst(struct lower *c, ir_reg want, enum ir_type type);
/* Append to the current block. */
struct ir_insn *lower_emit(struct lower *c, enum ir_op op, ir_reg dst,
			   const ir_reg *args, unsigned n_args);
/* The same with zero to two arguments. */
struct ir_insn *lower_emit0(struct lower *c, enum ir_op op, ir_reg dst);
struct ir_insn *lower_emit1(struct lower *c, enum ir_op op, ir_reg dst,
			    ir_reg a);
struct ir_insn *lower_emit2(struct lower *c, enum ir_op op, ir_reg dst,
			    ir_reg a, ir_reg b);
/* A constant in want, or in a fresh temporary. */
ir_reg lower_const(struct lower *c, int64_t n, ir_reg want);
ir_reg lower_text(struct lower *c, const char *text, ir_reg want);
/* The last instruction made may raise: give it its err block and location. */
void lower_may_fault(struct lower *c, struct ir_insn *in, struct loc loc);
/* Go on in a new block, or in this one. */
ir_block_id lower_block(struct lower *c);
void lower_continue_in(struct lower *c, ir_block_id b);
/* End the current block; what follows is a new, unreachable one. */
void lower_jump(struct lower *c, ir_block_id to);
void lower_branch_on(struct lower *c, ir_reg cond, ir_block_id t,
		     ir_block_id e);
/* The block that gets control when something here raises. */
ir_block_id lower_err_block(struct lower *c);
/* Close the iterations opened inside the scope (NULL: all of them). */
void lower_close_to(struct lower *c, const struct scope *until);
/* Leave the function or handler with a value or without (IR_NONE). */
void lower_leave(struct lower *c, ir_reg value);
/* Location for messages, "TOKEN at PLACE". */
uint32_t lower_loc(struct lower *c, struct loc loc);
/* Actions: owe counts n later, charge counts n and all that is owed now. */
void lower_owe(struct lower *c, unsigned n, struct loc loc);
void lower_charge(struct lower *c, unsigned n, struct loc loc);
void lower_settle(struct lower *c);

/* --- expr.c --- */

/* long: i64, string: str. */
enum ir_type lower_type(enum ast_type t);
/* Register of a local or parameter. */
ir_reg lower_var(const struct lower *c, const struct symbol *sym);
/* The value of an expression, in want unless that is IR_NONE. */
ir_reg lower_value(struct lower *c, const struct ast_expr *e, ir_reg want);
/* For its effect only. */
void lower_effect(struct lower *c, const struct ast_expr *e);
/* Go to t if it is true, else to f; the current block is unreachable then. */
void lower_test(struct lower *c, const struct ast_expr *e, ir_block_id t,
		ir_block_id f);
/* A register that still has the value after later is evaluated (or NULL). */
ir_reg lower_hold(struct lower *c, ir_reg r, const struct ast_expr *later);
/* The values of a list, evaluated in order, all good after later. Wildcards
 * give IR_NONE. The array lives in the arena. */
ir_reg *lower_list(struct lower *c, const ast_exprs *list,
		   const struct ast_expr *later);
/* A call; IR_NONE if it gives nothing. */
ir_reg lower_call(struct lower *c, const struct ast_expr *e, ir_reg want,
		  bool value_used);

/* --- assign.c --- */

/* =, op=, ++ and --; the value unless it is not used (IR_NONE then). */
ir_reg lower_assign(struct lower *c, const struct ast_expr *e, bool value_used);
ir_reg lower_step(struct lower *c, const struct ast_expr *e, bool value_used);
/* dst = a op b for the operator of a binary expression or an assignment. */
void lower_binary_op(struct lower *c, unsigned op, ir_reg dst, ir_reg a,
		     ir_reg b, struct loc loc);
/* Store into a scalar: local, parameter or global. */
void lower_store(struct lower *c, const struct symbol *sym, ir_reg value);

/* --- print.c --- */

/* A print call; the text of an s… form. */
ir_reg lower_print(struct lower *c, const struct ast_expr *e, ir_reg want);

/* --- dump.c --- */

/* A print call whose format dumps memory; dst gets the text of an s… form. */
ir_reg lower_dumps(struct lower *c, const struct fmt *f, const ir_reg *args,
		   const struct ast_expr *e, ir_reg dst);

/* --- timing.c: -t --- */

/* Make the globals that keep times. */
void lower_timing_globals(struct lower *c);
/* The time when a handler begins; at all its ends, but for that where a
 * condition is not met (IR_NONE: there is none), the time is noted. */
ir_reg lower_timing_begin(struct lower *c);
void lower_timing_end(struct lower *c, const struct handler *h, ir_reg start,
		      ir_block_id unmet);
/* The body and the probes of the handler that prints the times. */
void lower_timing_report(struct lower *c, uint32_t fn);

/* --- context.c --- */

/* What kernel handlers ask of their context; a number in memory. */
ir_reg lower_access(struct lower *c, const struct ast_expr *e, ir_reg want);
/* An assignment to memory; its value. */
ir_reg lower_memory_assign(struct lower *c, const struct ast_expr *e);

/* --- array.c: foreach, in, delete --- */

/* in gives 0 or 1; delete takes a name or an element, wildcards too. */
void lower_foreach(struct lower *c, const struct ast_stmt *s);
ir_reg lower_in(struct lower *c, const struct ast_expr *e, ir_reg want);
void lower_delete(struct lower *c, const struct ast_expr *e);
/* Whether a list holds a wildcard. */
bool lower_has_wildcard(const ast_exprs *list);

/* --- stat.c: statistics --- */

/* What the IR's global of a TY_STATS symbol keeps. */
struct ir_stat lower_stat_kept(const struct symbol *sym);
/* An extraction; the count of a bucket, by [ ] or in; a print call whose only
 * argument is a histogram; foreach over a histogram. */
ir_reg lower_stat(struct lower *c, const struct ast_expr *e, ir_reg want);
ir_reg lower_bucket(struct lower *c, const struct ast_expr *e, ir_reg want);
ir_reg lower_hist_print(struct lower *c, const struct ast_expr *e, ir_reg want);
void lower_foreach_hist(struct lower *c, const struct ast_stmt *s);

/* --- stmt.c --- */

/* Any statement, and its actions. */
void lower_stmt(struct lower *c, const struct ast_stmt *s);
/* The body of a function. */
void lower_body(struct lower *c, const struct ast_stmt *body);
/* The bodies of a handler, with its lock. */
void lower_handler_bodies(struct lower *c, const struct handler *h);

/* --- uses.c --- */

/* Fill in c->plan. */
void lower_plan_locks(struct lower *c);
/* Whether a statement reaches a lockable global. */
bool lower_touches(const struct lower *c, const struct ast_stmt *s);

/* --- nesting.c --- */

/* How deep calls may go, by the calls in c->plan. */
uint32_t lower_nesting(const struct lower *c);

#endif
