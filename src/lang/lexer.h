/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lexer: a source's tokens, with script arguments in place of $N, @N, $# and
 * @# (language.md sections 1 and 2).
 *
 * The tokens still hold macro calls and %( %) conditionals; the parser reads
 * them through pp.h. Nothing is reported here: what is wrong with a token
 * stands in token.fault, since a token that is skipped is never wrong.
 */
#ifndef SPILE_LANG_LEXER_H
#define SPILE_LANG_LEXER_H

#include "lang/scan.h"

struct lexer {
	struct lang *l;
	struct lex_text cur;  /* the file, or the text of an argument in it */
	struct lex_text file; /* the file, while cur is an argument's text */
	const char *name;     /* of the file */
	bool substitute;      /* $N, @N, $# and @# stand for arguments */
	bool pasted;          /* cur is an argument's text */
	struct loc paste_at;  /* the place of its $N in the file */
	unsigned n_pastes;    /* sources made for pasted text */
};

/* Start reading a source. Nothing to release. */
void lexer_init(struct lexer *lx, struct lang *l, const struct source *src,
		enum lang_flags flags);

/* The next token; at the end TOK_EOF, again and again. Strings point into the
 * source's text or the arena. */
void lexer_next(struct lexer *lx, struct token *out);

#endif
