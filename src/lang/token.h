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

/* What is wrong with the text of a token. Only a token that is used is at
 * fault: pp_next() reports it then and hands out a stand-in. */
enum tok_fault {
	FAULT_NONE,
	FAULT_NUMBER,         /* stands in: 0 */
	FAULT_STRING,         /* not closed; stands in: what there is */
	FAULT_EMBED,          /* not closed */
	FAULT_EMBED_SUSPECT,  /* "}%" inside: a warning */
	FAULT_ARG_NESTED,     /* $N or @N in the text of an argument */
	FAULT_ARG_RANGE,      /* no such argument; stands in: 0 or "" */
};

struct token {
	struct loc loc;
	enum tok kind;
	bool glued;      /* neither white space nor a comment directly before */
	uint8_t fault;   /* enum tok_fault; between lexer and preprocessor */
	const char *str; /* interned for names and keywords; NULL for operators */
	size_t len;
	uint64_t num;
};

/* The token's fixed text ("<<<", "probe"), or NULL for the variable kinds. */
const char *tok_text(enum tok kind);
/* Whether it is one of the keywords (which probe-point names may use). */
bool tok_is_keyword(enum tok kind);

#endif
