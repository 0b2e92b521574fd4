/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scanner: one token, or the blanks before one, out of a text. Knows nothing
 * of script arguments; those are lexer.h's.
 */
#ifndef SPILE_LANG_SCAN_H
#define SPILE_LANG_SCAN_H

#include "lang/lang.h"
#include "lang/token.h"

/* A text and the place in it. Every text is NUL-terminated behind end, which
 * is what lets the loops go without a bound. */
struct lex_text {
	const char *start, *p, *end;
	uint16_t src; /* number of its source */
};

enum comment {
	COMMENT_NONE,
	COMMENT_LINE,  /* to the end of the line */
	COMMENT_BLOCK, /* to the next star and slash */
};

/* Go behind the blanks and comments at x->p. Returns the kind of the comment
 * that the end of the text cut off. */
enum comment scan_space(struct lex_text *x);

/* Go behind the end of a comment whose middle is at x->p, or to the end. */
void scan_comment_rest(struct lex_text *x, enum comment kind);

/* Read the token at x->p, which is no blank; TOK_EOF at the end. Sets all of
 * the token but glued. */
void scan_token(struct lang *l, struct lex_text *x, struct token *t);

/* Whether the byte c directly behind the token, at the end of its text, could
 * make it longer or make it something else. */
bool scan_may_extend(const struct token *t, char c);

#endif
