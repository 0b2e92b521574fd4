/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preprocessor: the token stream that the parser reads, after script
 * arguments, macros and %( %) conditionals (language.md sections 2 to 4).
 */
#ifndef SPILE_LANG_PP_H
#define SPILE_LANG_PP_H

#include "lang/lang.h"
#include "lang/token.h"

struct pp;

/* Start reading a source. Lives in l->arena. */
struct pp *pp_open(struct lang *l, const struct source *src,
		   enum lang_flags flags);

/* The next token. Errors are reported and skipped over: the stream always
 * goes on to TOK_EOF, which repeats. */
void pp_next(struct pp *p, struct token *out);

#endif
