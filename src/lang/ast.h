/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The abstract syntax tree (language.md sections 5 to 7).
 *
 * Nodes live in the run's arena and are never freed alone. Names are interned:
 * compare them by pointer. Lists are vectors whose elements live in the same
 * arena. The parser fills everything above the line "filled by sema"; sema
 * fills the rest and may replace children, but never moves a node.
 */
#ifndef SPILE_LANG_AST_H
#define SPILE_LANG_AST_H

#include "base/source.h"
#include "base/vec.h"

struct symbol;   /* sema/symbol.h */
struct function; /* sema/symbol.h */
struct ctype;    /* symbols/ctype.h */

enum ast_type {
	TY_UNKNOWN,
	TY_LONG,
	TY_STRING,
	TY_STATS,
	TY_VOID, /* function without a returned value; statement only */
};

enum ast_expr_kind {
	AST_NUMBER,  /* num */
	AST_STRING,  /* str, len: escapes decoded, see language.md 1.1 */
	AST_EMBED,   /* %{ expr %}: str, len */
	AST_NAME,    /* name */
	AST_INDEX,   /* name [ list ]; an element may be AST_WILDCARD */
	AST_WILDCARD,/* * as an index */
	AST_IN,      /* [ list ] in a (a is AST_NAME or a histogram) */
	AST_UNARY,   /* op a: TOK_PLUS MINUS BANG TILDE */
	AST_PREFIX,  /* op a: TOK_INC DEC */
	AST_POSTFIX, /* a op: TOK_INC DEC */
	AST_BINARY,  /* a op b: arithmetic, bits, shifts */
	AST_COMPARE, /* a op b: == != < <= > >= */
	AST_LOGIC,   /* a op b: && || */
	AST_CONCAT,  /* list . list …: two or more, flattened left to right */
	AST_REGEX,   /* a op str (at str_loc): =~ !~ */
	AST_ASSIGN,  /* a op b: = <<< += … .= */
	AST_COND,    /* a ? b : c */
	AST_CALL,    /* name ( list ) */
	AST_PRINT,   /* print family: print, list, str = literal format/delimiter */
	AST_TARGET,  /* $name steps */
	AST_ATVAR,   /* @var("str" [, "str2"]) steps */
	AST_CAST,    /* @cast(a, "str" [, "str2"]) steps */
	AST_AUTOCAST,/* a steps: dereference of a typed value */
	AST_ENTRY,   /* @entry(a) */
	AST_DEFINED, /* @defined(a) */
	AST_PROBEWRITE, /* @probewrite(a) */
	AST_PERF,    /* @perf("str") */
	AST_CONST,   /* @const("str") */
	AST_ENUM,    /* @enum("str") */
	AST_ENUMNAME,/* @enumname(a [, "str" [, "str2"]]) */
	AST_REGISTER,/* @kregister(num) @uregister(num): user */
	AST_DEREF,   /* @kderef(num, a) @uderef(num, a): user */
	AST_STAT,    /* stat(a) or @variance(a, num): count sum min max avg variance */
	AST_HIST,    /* @hist_log(a), @hist_linear(a, hist lo hi step) */
	AST_HIST_INDEX, /* a[b]: a is AST_HIST */
	AST_CONTEXT, /* what sema makes of target forms: op is enum ast_context */
};

enum ast_stat {
	STAT_COUNT, STAT_SUM, STAT_MIN, STAT_MAX, STAT_AVG, STAT_VARIANCE,
	STAT_NONE,
};

enum ast_print {
	PRINT_PRINT, PRINT_PRINTLN, PRINT_PRINTD, PRINT_PRINTDLN, PRINT_PRINTF,
	PRINT_CHAR, /* print_char */
};

enum ast_step_kind {
	STEP_MEMBER, /* ->name */
	STEP_INDEX,  /* [index] */
};

struct ast_step {
	enum ast_step_kind kind;
	struct loc loc;
	const char *name;
	struct ast_expr *index;
};

typedef VEC(struct ast_expr *) ast_exprs;
typedef VEC(struct ast_step) ast_steps;

struct ast_hist {
	bool linear;
	int64_t lo, hi, step; /* linear only */
};

struct ast_expr {
	enum ast_expr_kind kind;
	struct loc loc;      /* the token that errors about it name */
	uint16_t op;         /* enum tok */
	uint8_t stat;        /* enum ast_stat */
	uint8_t print;       /* enum ast_print */
	bool to_string;      /* print family: sprint… */
	bool user;           /* AST_REGISTER, AST_DEREF: @u… */
	bool addressof;      /* target forms: &$x */
	bool has_num;        /* AST_STAT: @variance with a shift */
	uint8_t pretty;      /* target forms: 1 for $, 2 for $$ */
	uint16_t depth;      /* levels below it; the parser bounds them */
	const char *name;    /* interned; AST_TARGET: with the $ */
	const char *str;     /* text; NUL-terminated behind len */
	size_t len;
	struct loc str_loc;  /* AST_REGEX */
	const char *str2;    /* optional second text, or NULL */
	int64_t num;
	struct ast_expr *a, *b, *c;
	ast_exprs list;
	ast_steps steps;
	struct ast_hist hist;
	/* filled by sema */
	enum ast_type type;
	struct symbol *sym;       /* AST_NAME, AST_INDEX; AST_IN by its a */
	struct function *fn;      /* AST_CALL: first candidate */
	const struct ctype *ctype; /* C type of a long, or NULL */
};

enum ast_stmt_kind {
	AST_BLOCK,     /* stmts */
	AST_EXPR_STMT, /* expr */
	AST_IF,        /* expr, body, otherwise (may be NULL) */
	AST_WHILE,     /* expr, body */
	AST_FOR,       /* init, expr, update (each may be NULL), body */
	AST_FOREACH,   /* foreach, body */
	AST_RETURN,    /* expr or NULL */
	AST_DELETE,    /* expr */
	AST_NEXT, AST_BREAK, AST_CONTINUE,
	AST_TRY,       /* body, otherwise = catch block, name = variable or NULL */
	AST_EMPTY,     /* ; */
	AST_EMBED_STMT,/* expr: AST_EMBED */
};

typedef VEC(struct ast_stmt *) ast_stmts;

struct ast_foreach {
	const char *value_name;   /* v in foreach (v = k in a), or NULL */
	struct loc value_loc;
	VEC(const char *) keys;
	VEC(struct loc) key_locs;
	struct ast_expr *array;   /* AST_NAME or AST_HIST */
	bool has_slice;
	ast_exprs slice;          /* elements may be AST_WILDCARD */
	int direction;            /* 0 none, 1 ascending, -1 descending */
	unsigned sort_column;     /* 0: by value; N: by key N */
	enum ast_stat aggr;       /* STAT_NONE unless named */
	struct ast_expr *limit;   /* or NULL */
	/* filled by sema */
	struct symbol *value;
	VEC(struct symbol *) key_syms;
};

struct ast_stmt {
	enum ast_stmt_kind kind;
	struct loc loc;
	struct ast_expr *expr, *init, *update;
	struct ast_stmt *body, *otherwise;
	const char *name;
	struct loc name_loc;
	ast_stmts stmts;
	struct ast_foreach *foreach;
	/* filled by sema */
	struct symbol *sym; /* the catch variable */
};

/* --- declarations --- */

struct ast_global {
	struct loc loc;
	const char *name;
	bool is_private, wrap;
	int64_t size;          /* 0: not given */
	struct ast_expr *init; /* AST_NUMBER or AST_STRING, or NULL */
	const struct ast_file *file;
};

struct ast_param {
	struct loc loc;
	const char *name;
	enum ast_type type;    /* TY_UNKNOWN unless declared */
};

struct ast_function {
	struct loc loc;
	const char *name;
	bool is_private, has_priority;
	int64_t priority;
	enum ast_type type;    /* declared result, or TY_UNKNOWN */
	VEC(struct ast_param) params;
	struct ast_stmt *body; /* NULL if embedded */
	const char *embed;     /* code between %{ and %}, or NULL */
	size_t embed_len;
	struct loc embed_loc;
	const struct ast_file *file;
};

/* One component of a probe point: name, may hold wildcards, and an argument. */
struct ast_component {
	struct loc loc;
	const char *name;      /* interned; wildcards as written */
	struct ast_expr *arg;  /* AST_NUMBER or AST_STRING, or NULL */
};

/* A probe point after brace expansion. Points that come from one pair of braces
 * share the nodes of arguments and conditions that stand outside it. */
struct ast_point {
	struct loc loc;
	VEC(struct ast_component) comps;
	bool optional;         /* ? or ! */
	bool sufficient;       /* ! */
	struct ast_expr *condition;
};

typedef VEC(struct ast_point *) ast_points;

struct ast_probe {
	struct loc loc;        /* of the probe keyword */
	ast_points aliases;    /* names defined, in order; empty for a plain probe */
	bool epilogue;         /* alias defined with += */
	ast_points points;
	struct ast_stmt *body;     /* handler; of an alias: its prologue (or epilogue) */
	struct ast_stmt *epilogue_body; /* second body of an alias, or NULL */
	bool is_private;
	const struct ast_file *file;
};

struct ast_file {
	const struct source *src;
	bool library;
	ast_exprs embeds;      /* top-level %{ %} */
	VEC(struct ast_global *) globals;
	VEC(struct ast_function *) functions;
	VEC(struct ast_probe *) probes;  /* aliases too, in script order */
};

#endif
