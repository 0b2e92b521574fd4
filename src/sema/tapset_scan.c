/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads declarations off the token stream: whatever stands in braces, and
 * bodies, is passed over.
 */
#include "sema/tapset_scan.h"

#include "lang/lexer.h"

#include <string.h>

struct scan {
	struct lang *l;
	struct lexer lx;
	struct token t;
	tapset_names *out;
	unsigned depth; /* of open braces */
};

static void advance(struct scan *s)
{
	lexer_next(&s->lx, &s->t);
	if (s->t.kind == TOK_LBRACE)
		s->depth++;
	else if (s->t.kind == TOK_RBRACE && s->depth)
		s->depth--;
}

static bool accept(struct scan *s, enum tok kind)
{
	if (s->t.kind != kind)
		return false;
	advance(s);
	return true;
}

static void offer(struct scan *s, const char *kind, const char *name)
{
	vec_push(s->l->arena, s->out,
		 arena_printf(s->l->arena, "%s %s", kind, name));
}

/* Behind the keyword. */
static void scan_function(struct scan *s, bool is_private)
{
	const char *name = s->t.str;
	unsigned n, parens = 1;

	if (!accept(s, TOK_IDENT))
		return;
	if (accept(s, TOK_COLON))
		advance(s);
	if (!accept(s, TOK_LPAREN))
		return;
	n = s->t.kind != TOK_RPAREN;
	while (parens && s->t.kind != TOK_EOF && s->t.kind != TOK_LBRACE) {
		parens += s->t.kind == TOK_LPAREN;
		parens -= s->t.kind == TOK_RPAREN;
		n += s->t.kind == TOK_COMMA;
		advance(s);
	}
	if (!is_private)
		offer(s, "function",
		      arena_printf(s->l->arena, "%s/%u", name, n));
}

static void scan_globals(struct scan *s, bool is_private)
{
	do {
		const char *name = s->t.str;

		if (!accept(s, TOK_IDENT))
			return;
		if (!is_private)
			offer(s, "global", name);
		accept(s, TOK_PERCENT);
		if (accept(s, TOK_LBRACKET)) {
			advance(s);
			accept(s, TOK_RBRACKET);
		}
		if (accept(s, TOK_ASSIGN)) {
			accept(s, TOK_MINUS);
			advance(s);
		}
	} while (accept(s, TOK_COMMA));
}

/* One name of the list behind "probe"; false if it can be no alias. */
static bool scan_point(struct scan *s, struct strbuf *name)
{
	strbuf_reset(name);
	for (;;) {
		if (s->t.kind != TOK_IDENT && !tok_is_keyword(s->t.kind))
			return false;
		strbuf_addstr(name, s->t.str);
		advance(s);
		if (!accept(s, TOK_DOT))
			return true;
		strbuf_addch(name, '.');
	}
}

/* Each name of an alias stands before a = or +=. */
static void scan_probe(struct scan *s, bool is_private)
{
	struct strbuf name = STRBUF_INIT;

	while (scan_point(s, &name) &&
	       (accept(s, TOK_ASSIGN) || accept(s, TOK_ADD_ASSIGN)))
		if (!is_private)
			offer(s, "alias", name.buf);
	strbuf_release(&name);
}

static void scan_macro(struct scan *s)
{
	if (s->t.kind != TOK_AT || s->t.len != 6 ||
	    memcmp(s->t.str, "define", 6)) {
		advance(s);
		return;
	}
	advance(s);
	if (s->t.kind == TOK_IDENT)
		offer(s, "macro", s->t.str);
}

static void scan_declaration(struct scan *s)
{
	bool is_private = false, behind_dot;

	/* Components of probe points may be named like keywords. */
	behind_dot = accept(s, TOK_DOT);
	if (behind_dot || s->depth) {
		advance(s);
		return;
	}
	if (accept(s, TOK_PRIVATE))
		is_private = true;
	if (accept(s, TOK_FUNCTION))
		scan_function(s, is_private);
	else if (accept(s, TOK_PROBE))
		scan_probe(s, is_private);
	else if (accept(s, TOK_GLOBAL) || is_private)
		scan_globals(s, is_private);
	else
		advance(s);
}

void tapset_scan(struct lang *l, const struct source *src, bool macros,
		 tapset_names *out)
{
	struct scan s = { .l = l, .out = out };

	lexer_init(&s.lx, l, src, LANG_LIBRARY);
	advance(&s);
	while (s.t.kind != TOK_EOF) {
		if (macros)
			scan_macro(&s);
		else
			scan_declaration(&s);
	}
}
