/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens of the script language (language.md section 1).
 */
#ifndef SPILE_LANG_TOKEN_H
#define SPILE_LANG_TOKEN_H

#include "base/source.h"

enum tok {
	TOK_EOF,
	TOK_JUNK,   /* a byte that starts no token */
	TOK_IDENT,  /* name, also $name and $$name */
	TOK_AT,     /* @name: an operator or macro; str is without the @ */
	TOK_STRING, /* str and len: contents, escapes kept as section 1.1 says */
	TOK_NUMBER, /* num */
	TOK_EMBED,  /* %{ … %}: str and len are the bytes between */
#define KEYWORD(name) TOK_##name,
#define PUNCT(name, text) TOK_##name,
#include "lang/tokens.def"
#undef KEYWORD
#undef PUNCT
};

struct token {
	struct loc loc;
	enum tok kind;
	bool glued;      /* neither white space nor a comment directly before */
	const char *str; /* interned for names and keywords; NULL for operators */
	size_t len;
	uint64_t num;
};

/* The token's fixed text ("<<<", "probe"), or NULL for the variable kinds. */
const char *tok_text(enum tok kind);
/* Whether it is one of the keywords (which probe-point names may use). */
bool tok_is_keyword(enum tok kind);

#endif
