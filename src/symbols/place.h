/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a variable is: a small expression over the probe's context.
 *
 * Whoever knows (BTF with the calling convention, DWARF, SDT notes) makes one of
 * these for a variable at a probe's address; sema turns it into typed
 * expressions. Nodes are read-only and may be shared.
 */
#ifndef SPILE_SYMBOLS_PLACE_H
#define SPILE_SYMBOLS_PLACE_H

#include "base/arena.h"
#include "symbols/ctype.h"

enum place_op {
	PLACE_NUMBER,   /* n */
	PLACE_ARG,      /* raw argument number n, from 0: of a tracepoint, a
			 * function by its calling convention, a system call */
	PLACE_RETVAL,   /* what a function or system call returns */
	PLACE_REGISTER, /* register n by its DWARF number, as it was when the
			 * probe was hit; the user's registers in a user probe */
	PLACE_READ,     /* memory at a; n: enum mem_access (base/memory.h) */
	PLACE_EXTEND,   /* low bytes of a; n: enum mem_access, without MEM_USER */
	/* a op b, wrapping, 64 bits */
	PLACE_ADD,
	PLACE_SUB,
	PLACE_MUL,
	PLACE_DIV,
	PLACE_MOD,
	PLACE_AND,
	PLACE_OR,
	PLACE_XOR,
	PLACE_SHL,
	PLACE_SHR,
	PLACE_SAR,
	/* a op b, signed: 1 or 0 */
	PLACE_EQ,
	PLACE_NE,
	PLACE_LT,
	PLACE_LE,
	PLACE_GT,
	PLACE_GE,
	PLACE_NEG,      /* of a */
	PLACE_NOT,
};

struct place_expr {
	enum place_op op;
	int64_t n;
	const struct place_expr *a, *b;
};

/* Make a node; a and b may be NULL where the operation has none. */
static inline const struct place_expr *
place_new(struct arena *arena, enum place_op op, int64_t n,
	  const struct place_expr *a, const struct place_expr *b)
{
	struct place_expr *p = arena_new(arena, struct place_expr);

	*p = (struct place_expr){ .op = op, .n = n, .a = a, .b = b };
	return p;
}

/* A variable that can be seen at a probe's address. */
struct variable {
	const char *name;          /* without the $ */
	const struct ctype *type;  /* NULL: a plain long */
	/* The address of the variable; or, if in_register, its value (as wide
	 * as it comes: users extend it by the type). NULL: it is not to be had
	 * here, why says why. */
	const struct place_expr *at;
	bool in_register;
	const char *why;           /* "not accessible at this address (…)" */
};

enum variable_kind {
	VARIABLE_PARAMETER,
	VARIABLE_LOCAL,
	VARIABLE_KINDS,
};

/*
 * The variables of one place, found when asked for. Embed it in a struct of
 * your own. All results live as long as the arena of the resolution.
 */
struct scope_vars;
struct scope_vars_ops {
	/* A parameter, local or global that the name means here; NULL: none. */
	const struct variable *(*find)(struct scope_vars *s, const char *name);
	/* All parameters, or all locals, in order of declaration. */
	const struct variable *const *(*list)(struct scope_vars *s,
					      enum variable_kind kind,
					      size_t *n);
	/* $return; NULL: returns nothing, or this is no .return probe. */
	const struct variable *(*result)(struct scope_vars *s);
	/* @var("name@file"): a global or static of the whole module; file may
	 * be NULL. NULL: none. May itself be NULL. */
	const struct variable *(*global)(struct scope_vars *s,
					 const char *name, const char *file);
	/* Append the message when find() failed: "unable to find local 'x' …
	 * (alternatives: …))". */
	void (*explain)(struct scope_vars *s, const char *name,
			struct strbuf *out);
	/* The texts behind $$name and $$system; "" is none. May be NULL. */
	const char *(*text)(struct scope_vars *s, const char *name);
};

struct scope_vars {
	const struct scope_vars_ops *ops;
	struct ctype_source *types; /* default module of @cast; NULL: kernel */
	bool user;                  /* memory is the task's, not the kernel's */
	bool is_return;             /* a .return probe: $x means @entry($x) */
	const char *function;       /* name, for messages; or NULL */
};

#endif
