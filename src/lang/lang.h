/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 1: script text to AST.
 *
 *   lexer (lexer.h) → preprocessor and macros (pp.h) → parser (parser.c)
 *
 * A struct lang holds what all files of a run share: the interned names, the
 * facts that %( %) conditions ask for, the script arguments, the library
 * macros. One call of lang_parse() turns one source into one struct ast_file.
 */
#ifndef SPILE_LANG_LANG_H
#define SPILE_LANG_LANG_H

#include "base/diag.h"
#include "base/intern.h"
#include "lang/ast.h"

/* The answers to preprocessor conditions and the language switches. All
 * strings live as long as the run. */
struct lang_env {
	const char *kernel_release; /* "6.1.0-30-amd64": kernel_vr */
	const char *arch;           /* "x86_64", as section 4 spells it */
	const char *runtime;        /* "kernel", "bpf" or "dyninst" */
	const char *privilege;      /* "stapdev", "stapsys", "stapusr" */
	const char *compatible;     /* systemtap_v: "5.6" */
	bool guru;                  /* -g */
	size_t n_args;
	char *const *args;          /* script arguments, [0] is $1 */
	/* Value of a kernel option "CONFIG_X" ("" when unset); may be NULL,
	 * then all are unset. */
	const char *(*config)(void *ctx, const char *name);
	void *config_ctx;
};

struct lang {
	struct arena *arena;    /* AST and names; lives as long as the run */
	struct intern *names;
	struct sources *srcs;
	struct diag *diag;
	const struct lang_env *env;
	bool *args_used;        /* n_args flags, set by $N and @N */
	struct hmap lib_macros; /* name → struct macro *, see macro.h */
	/* Asked, if set, for a macro that is not known: may read libraries. */
	void (*need_macro)(void *ctx, const char *name);
	void *need_macro_ctx;
	struct hmap file_macros; /* name → those of single files, newest first */
	const char **keywords;  /* interned, from TOK_PROBE on */
	bool has_private;       /* compatible >= 3.0: private is a keyword */
	bool has_hex_escapes;   /* compatible >= 2.3: "\x41" */
};

/* All arguments are borrowed and must outlive the struct. */
void lang_init(struct lang *l, struct arena *arena, struct intern *names,
	       struct sources *srcs, struct diag *diag,
	       const struct lang_env *env);
void lang_release(struct lang *l);

enum lang_flags {
	LANG_USER = 0,     /* the user's script: arguments are substituted */
	LANG_LIBRARY = 1,  /* tapset file: privileged, no arguments */
};

/* Parse a whole source. Errors go to l->diag; the declarations that did parse
 * come back all the same. Never NULL. */
struct ast_file *lang_parse(struct lang *l, const struct source *src,
			    enum lang_flags flags);

/* Parse the text as the body of "probe TEXT {}": the argument of stap -l. */
struct ast_file *lang_parse_points(struct lang *l, const struct source *src);

/* Read a .stpm file: adds its macros to the library's. */
void lang_parse_macros(struct lang *l, const struct source *src);

/* Warn about script arguments that were never referred to (section 2). */
void lang_warn_unused_args(struct lang *l);

/* Compare dotted versions as the compatibility switches do: whether
 * env->compatible is at least version ("4.0"). */
bool lang_compat_at_least(const struct lang *l, const char *version);

/* The tree as script text that parses again to the same tree: the format of
 * stap -p1 (cli.md section 11). */
void ast_print_file(const struct ast_file *f, struct strbuf *out);
void ast_print_expr(const struct ast_expr *e, struct strbuf *out);
void ast_print_point(const struct ast_point *p, struct strbuf *out);

#endif
