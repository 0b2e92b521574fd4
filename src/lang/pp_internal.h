/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the preprocessor: the parts that pp.c, macro.c and cond.c share.
 *
 * Tokens come from a stack of frames: a macro's body, or an argument of the
 * call, is a frame above the text that named it; below all is the lexer.
 * Nothing is copied when a macro is expanded, except that an argument written
 * in the file itself has to be recorded once.
 */
#ifndef SPILE_LANG_PP_INTERNAL_H
#define SPILE_LANG_PP_INTERNAL_H

#include "lang/lexer.h"
#include "lang/pp.h"

/* Bounds; each has its message. */
#define MAX_MACRO_DEPTH 200
#define MAX_MACRO_PARAMS 200
#define MAX_COND_DEPTH 200
#define MAX_MACRO_TOKENS (1u << 20) /* out of macros, in one file; also in one
				     * call */

/* Recorded tokens; not owned. */
struct span {
	const struct token *at, *end;
};

struct macro {
	const char *name;      /* interned, without the @ */
	struct loc loc;        /* of the name in its definition */
	const struct pp *file; /* that defines it */
	struct macro *next;    /* of the same name, in another file */
	bool library;          /* any file may use it */
	VEC(const char *) params; /* interned, without the @ */
	struct span body;
};

/* What @names mean in a text: the parameters of the macro whose body it is. */
struct scope {
	const struct macro *macro; /* NULL: the text is the file itself */
	const struct span *args;   /* one per parameter */
	const struct scope *caller; /* where the arguments were written */
};

struct frame {
	struct span left;          /* tokens still to come */
	const struct scope *scope;
	uint32_t origin;           /* for the locations of its tokens */
	bool fresh;                /* nothing read of it yet */
	bool glued;                /* of the @name it stands for */
};

/* A conditional whose taken branch is being read. */
struct cond {
	struct loc loc;   /* of its %( */
	size_t depth;     /* frames below it when it opened */
	bool else_seen;
};

struct pp {
	struct lang *l;
	const struct source *src;
	struct lexer lx;
	struct scope file_scope;
	bool user;             /* the user's script */
	bool makes_library;    /* its macros are the library's */
	unsigned clashes;      /* with those of other library files */
	bool done;             /* TOK_EOF has gone out */
	bool spent;            /* too many tokens: only TOK_EOF from now on */
	bool saw_raw, saw_any; /* a token in the text; one that went out */
	unsigned macro_tokens; /* tokens and calls out of macros */
	unsigned errors_before; /* in l->diag, at the start */
	VEC(struct frame) frames;
	VEC(struct cond) conds;
};

/* The next token as written, and the scope its @name would have. The stack of
 * frames unwinds by itself; at the end of the file TOK_EOF. */
void pp_raw(struct pp *p, struct token *t, const struct scope **scope);

/* The next token behind macros and definitions, but with %( %? %: %) still in
 * place. */
void pp_expanded(struct pp *p, struct token *t);

/* Report what is wrong with a token that is used. */
void pp_report_fault(struct pp *p, const struct token *t);

/* Put a frame on the stack: tokens to be read before all others. */
void pp_push(struct pp *p, struct span tokens, const struct scope *scope,
	     uint32_t origin, bool glued);

/* Drop all frames and what was opened in them. */
void pp_unwind(struct pp *p);

/* Say that macros make too many tokens, and end the stream here. */
void pp_give_up(struct pp *p, struct loc loc);

/* --- macro.c --- */

/* Whether the token is @define. */
bool macro_is_define(const struct token *t);

/* Read the definition behind an @define. */
void macro_define(struct pp *p);

/* If the TOK_AT names a parameter or macro, put what it stands for on the
 * stack, or report why not, and return true. */
bool macro_expand(struct pp *p, const struct token *at,
		  const struct scope *scope);

/* --- cond.c --- */

/* Each takes the token that pp_expanded() returned. */
void cond_open(struct pp *p, const struct token *t);
void cond_else(struct pp *p, const struct token *t);
void cond_close(struct pp *p, const struct token *t);
/* The file has ended: complain about what is still open. */
void cond_at_eof(struct pp *p);

#endif
