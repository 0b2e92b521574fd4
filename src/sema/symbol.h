/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What names in a script mean: variables and functions.
 */
#ifndef SPILE_SEMA_SYMBOL_H
#define SPILE_SEMA_SYMBOL_H

#include "lang/ast.h"

enum symbol_kind { SYM_GLOBAL, SYM_LOCAL, SYM_PARAM };

#define SYM_MAX_KEYS 9

#define STAT_MAX_SHIFT 62

/* What a script asks of a statistics variable. */
struct stat_asked {
	unsigned asked;              /* bit N: enum ast_stat N */
	bool has_shift;
	unsigned shift;              /* of all its @variance */
	const struct ast_expr *hist; /* the first AST_HIST of it, or NULL */
};

struct symbol {
	enum symbol_kind kind;
	const char *name;        /* as in the script, interned */
	struct loc loc;          /* declaration, or first use of a local */
	uint32_t id;             /* place in the list that holds it */
	enum ast_type type;      /* of a scalar, or of an array's values */
	struct loc type_loc;     /* where the type was first inferred */
	int n_keys;              /* -1 not known yet, 0 scalar, N array */
	struct loc keys_loc;     /* where the arity was first inferred */
	enum ast_type key_type[SYM_MAX_KEYS];
	struct loc key_loc[SYM_MAX_KEYS];
	int64_t size;            /* arrays: 0 if the script named none */
	bool wrap;
	bool is_private;
	const struct ast_expr *init; /* AST_NUMBER or AST_STRING, or NULL */
	const struct ast_file *file; /* of a global */
	bool read, written;      /* by any reachable code */
	struct stat_asked stat;  /* of TY_STATS */
	const struct ctype *ctype; /* type details of what it holds, or NULL */
};

typedef VEC(struct symbol *) symbols;

/* A script function, or an intrinsic of the executors. */
struct function {
	const char *name;
	uint32_t id;             /* place in sema_prog.functions */
	const struct ast_function *ast; /* NULL for an intrinsic */
	int intrinsic;           /* enum intrinsic, or -1 */
	symbols params, locals;  /* empty for an intrinsic */
	enum ast_type *param_types; /* n_params of them, also for intrinsics */
	struct loc *param_locs;
	unsigned n_params;
	enum ast_type type;      /* result; TY_VOID if none is returned */
	struct loc type_loc;
	struct loc called_at;    /* of the call that reached it first */
	const struct function *caller; /* whose call that is; NULL: a handler's */
	const struct ctype *ctype; /* type details of the result, or NULL */
	struct function *next;   /* next overload of this name and arity, or NULL */
};

#endif
