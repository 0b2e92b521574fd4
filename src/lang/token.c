/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of the tokens that have one.
 */
#include "lang/token.h"

#include "base/bug.h"

static const char *const texts[] = {
	[TOK_PROBE] = "probe",
	[TOK_GLOBAL] = "global",
	[TOK_PRIVATE] = "private",
	[TOK_FUNCTION] = "function",
	[TOK_IF] = "if",
	[TOK_ELSE] = "else",
	[TOK_FOR] = "for",
	[TOK_FOREACH] = "foreach",
	[TOK_IN] = "in",
	[TOK_LIMIT] = "limit",
	[TOK_RETURN] = "return",
	[TOK_DELETE] = "delete",
	[TOK_WHILE] = "while",
	[TOK_BREAK] = "break",
	[TOK_CONTINUE] = "continue",
	[TOK_NEXT] = "next",
	[TOK_STRING_T] = "string",
	[TOK_LONG_T] = "long",
	[TOK_TRY] = "try",
	[TOK_CATCH] = "catch",
#define KEYWORD(name)
#define PUNCT(name, text) [TOK_##name] = text,
#include "lang/tokens.def"
#undef KEYWORD
#undef PUNCT
};

const char *tok_text(enum tok kind)
{
	return (unsigned)kind < ARRAY_SIZE(texts) ? texts[kind] : NULL;
}

bool tok_is_keyword(enum tok kind)
{
	return kind >= TOK_PROBE && kind <= TOK_CATCH;
}
