/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Target variables and the like to expressions over the probe's context
 * (language.md sections 7 and 17).
 *
 * The forms $x, @var and @cast with their steps become trees of AST_CONTEXT and
 * operators; what they are in C stays with the expression (its type details).
 */
#ifndef SPILE_SEMA_TARGET_H
#define SPILE_SEMA_TARGET_H

#include "lang/ast_context.h"
#include "sema/internal.h"
#include "symbols/place.h"

/* Where a target form stands. */
struct target_place {
	struct sema *s;
	const struct resolved_probe *at; /* NULL: in a function */
	bool quiet;       /* only whether it can be resolved is asked */
	bool library;     /* in a function of the library */
	struct entry_set *entries; /* of .return probes, else NULL */
};

/* Turn a target form (AST_TARGET, AST_ATVAR, AST_CAST, AST_AUTOCAST whose
 * operand has type details) into an expression that is still to be bound; its
 * operand and indices are not. False when reported. */
bool target_read(const struct target_place *p, struct ast_expr *e);
/* The same of the left side of an assignment, which becomes memory. */
bool target_write(const struct target_place *p, struct ast_expr *e,
		  unsigned op);
/* Whether all accesses to the context in an expression can be resolved. */
bool target_defined(const struct target_place *p, const struct ast_expr *e);
/* @enum, @enumname, @kderef, @kregister and so on; likewise. */
bool target_operator(const struct target_place *p, struct ast_expr *e);

/* register("rax") with a register's name: that register. False if e is no such
 * call. */
bool target_register_call(const struct target_place *p, struct ast_expr *e);

/* --- probewrite.c --- */

/* Turn @probewrite into 0 or 1; user_body is NULL where no alias is around.
 * False when reported. */
bool probewrite_decide(struct sema *s, struct ast_expr *e,
		       const struct ast_stmt *user_body);

/* --- entry.c --- */

/* An empty set for a .return probe. */
struct entry_set *entry_set_new(struct sema *s, struct loc loc);
/* Make the probe that saves what a bound draft asked for; what the draft has to
 * run first, still to be bound, or NULL. */
struct ast_stmt *entry_finish(struct sema *s, const struct draft *d);

/* @entry(e), whose operand is not bound. */
bool entry_read(const struct target_place *p, struct ast_expr *e);
/* A target form in a .return probe that means what it was at the entry. */
bool entry_capture(const struct target_place *p, struct ast_expr *e);

/* --- target_type.c --- */

/* A value in C on its way through the steps of a form. */
struct target {
	const struct target_place *p;
	const struct ast_expr *form;  /* for messages */
	struct ast_expr *expr;        /* the value, or its address */
	const struct ctype *type;     /* NULL: a plain long */
	bool in_memory;               /* expr is the address */
	bool user;                    /* of the task's memory */
	uint32_t bits;                /* of a bit field, else 0 */
	uint32_t bit_offset;          /* from the address; of bit fields */
	struct ast_expr *offset;      /* the last CONTEXT_OFFSET, or NULL */
	const struct ast_step *step;  /* the last step taken */
};

/* Nodes, with the form's place. */
struct ast_expr *target_node(const struct target *t, enum ast_expr_kind kind);
struct ast_expr *target_number(const struct target *t, int64_t n);
struct ast_expr *target_binary(const struct target *t, unsigned op,
			       struct ast_expr *a, struct ast_expr *b);
/* The number in memory at expr. */
struct ast_expr *target_load(const struct target *t, struct ast_expr *address,
			     unsigned access);
/* Take one step; false when reported. */
bool target_step(struct target *t, const struct ast_step *step);
/* Go into a member of a structure in memory. */
void target_enter(struct target *t, const struct ctype *type,
		  const struct ctype_member *m);
/* The number that a value is; NULL when reported. */
struct ast_expr *target_value(struct target *t);
/* A pointer to the type, of the same source. */
const struct ctype *target_pointer(struct sema *s, const struct ctype *to);
/* How a number of this type is read: enum mem_access, -1 if it cannot be. */
int target_access(const struct target *t, const struct ctype *type);

/* --- target_pretty.c --- */

/* The text of a value: one level, or all if deep. */
struct ast_expr *target_pretty(struct target *t, bool deep);
/* The name of an enumeration's constant by its value, else the number. */
struct ast_expr *target_enumname(struct target *t, struct ast_expr *value,
				 const struct ctype_constant *c, size_t n);
/* $$vars, $$parms, $$locals, $$return with as many $ behind. */
bool target_listing(const struct target_place *p, struct ast_expr *e);

#endif
