/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: files, recovery from errors, tokens and literals. parser.h says which
 * file has the rest.
 */
#include "lang/parser.h"

#include "lang/decode.h"

#include <string.h>

/* Read the next token. If something was wrong on the way to it, what the
 * parser thinks of the rest of the declaration would be an echo. */
static void parser_fetch(struct parser *p)
{
	unsigned errors = p->l->diag->errors;

	pp_next(p->pp, &p->tok);
	p->after_error = p->l->diag->errors != errors;
	if (p->after_error)
		p->l->diag->mute = true;
}

void parser_advance(struct parser *p)
{
	p->n_taken++;
	p->last = p->tok.kind;
	parser_fetch(p);
}

bool parser_accept(struct parser *p, enum tok kind)
{
	if (p->tok.kind != kind)
		return false;
	parser_advance(p);
	return true;
}

bool parser_expect(struct parser *p, enum tok kind)
{
	if (parser_accept(p, kind))
		return true;
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_TOKEN, tok_text(kind));
	return false;
}

bool parser_more(struct parser *p, enum tok close, bool *ok)
{
	*ok = true;
	if (parser_accept(p, TOK_COMMA))
		return true;
	if (parser_accept(p, close))
		return false;
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_EITHER, ",",
		       tok_text(close));
	*ok = false;
	return false;
}

const char *parser_identifier(struct parser *p, struct loc *loc)
{
	const char *name = p->tok.str;

	*loc = p->tok.loc;
	if (parser_accept(p, TOK_IDENT))
		return name;
	diag_error_saw(p->l->diag, *loc, EXPECT_IDENTIFIER);
	return NULL;
}

bool parser_enter(struct parser *p)
{
	if (++p->depth <= PARSER_RECURSION_MAX)
		return true;
	diag_error(p->l->diag, p->tok.loc, NESTING, PARSER_RECURSION_MAX);
	return false;
}

/* --- literals --- */

/* The contents of adjacent literals as one, escapes still in place. */
static const char *join_strings(struct parser *p, size_t *len)
{
	struct strbuf joined = STRBUF_INIT;
	const char *str = p->tok.str;

	*len = p->tok.len;
	parser_advance(p);
	if (!parser_at(p, TOK_STRING))
		return str;
	strbuf_add(&joined, str, *len);
	for (; parser_at(p, TOK_STRING); parser_advance(p))
		strbuf_add(&joined, p->tok.str, p->tok.len);
	*len = joined.len;
	str = arena_strndup(p->l->arena, joined.buf, joined.len);
	strbuf_release(&joined);
	return str;
}

bool parser_string(struct parser *p, const char **str, size_t *len)
{
	struct loc loc = p->tok.loc;
	const char *raw;
	size_t raw_len;

	if (!parser_at(p, TOK_STRING)) {
		diag_error_saw(p->l->diag, loc, EXPECT_STRING);
		return false;
	}
	raw = join_strings(p, &raw_len);
	if (lang_decode_string(p->l->arena, raw, raw_len, str, len))
		return true;
	diag_error(p->l->diag, loc, STRING_ESCAPE);
	return false;
}

bool parser_number(struct parser *p, int64_t *num)
{
	bool negative = parser_accept(p, TOK_MINUS);
	uint64_t n = p->tok.num;

	if (!parser_at(p, TOK_NUMBER)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_NUMBER);
		return false;
	}
	if (n > (uint64_t)INT64_MAX + 1) {
		diag_error(p->l->diag, p->tok.loc, NUMBER_INVALID);
		return false;
	}
	parser_advance(p);
	*num = (int64_t)(negative ? 0 - n : n);
	return true;
}

struct ast_expr *parser_literal(struct parser *p)
{
	struct ast_expr *e;

	if (parser_at(p, TOK_STRING)) {
		e = expr_new(p, AST_STRING, p->tok.loc);
		return parser_string(p, &e->str, &e->len) ? e : NULL;
	}
	if (!parser_at(p, TOK_NUMBER) && !parser_at(p, TOK_MINUS)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_LITERAL);
		return NULL;
	}
	e = expr_new(p, AST_NUMBER, p->tok.loc);
	return parser_number(p, &e->num) ? e : NULL;
}

bool parser_type(struct parser *p, enum ast_type *type)
{
	if (parser_accept(p, TOK_STRING_T)) {
		*type = TY_STRING;
		return true;
	}
	if (parser_accept(p, TOK_LONG_T)) {
		*type = TY_LONG;
		return true;
	}
	/* The tree printer writes the missing type out, as the reference
	 * does; what it prints shall parse again. */
	if (parser_at(p, TOK_IDENT) && !strcmp(p->tok.str, "unknown")) {
		parser_advance(p);
		*type = TY_UNKNOWN;
		return true;
	}
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_TYPE);
	return false;
}

bool parser_may_embed(struct parser *p)
{
	if (p->privileged)
		return true;
	diag_error(p->l->diag, p->tok.loc, EMBED_UNPRIVILEGED);
	return false;
}

/* --- nodes --- */

struct ast_expr *expr_new(struct parser *p, enum ast_expr_kind kind,
			  struct loc loc)
{
	struct ast_expr *e = arena_new(p->l->arena, struct ast_expr);

	e->kind = kind;
	e->loc = loc;
	return e;
}

struct ast_expr *expr_adopt(struct ast_expr *e, struct ast_expr *child)
{
	if (child && child->depth >= e->depth && child->depth < UINT16_MAX)
		e->depth = (uint16_t)(child->depth + 1);
	return child;
}

void expr_push(struct parser *p, struct ast_expr *e, struct ast_expr *child)
{
	/* Most lists have one or two elements; vec_push() would take eight. */
	if (!e->list.cap)
		vec_reserve(p->l->arena, &e->list, 2);
	vec_push(p->l->arena, &e->list, expr_adopt(e, child));
}

/* --- files --- */

static bool parse_private(struct parser *p)
{
	parser_advance(p);
	if (parser_at(p, TOK_FUNCTION))
		return parse_function(p, true);
	if (parser_accept(p, TOK_GLOBAL) || parser_at(p, TOK_IDENT))
		return parse_globals(p, true);
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_PRIVATE_WHAT);
	return false;
}

static bool parse_embedded(struct parser *p)
{
	struct ast_expr *e;

	if (!parser_may_embed(p))
		return false;
	e = expr_new(p, AST_EMBED, p->tok.loc);
	e->str = p->tok.str;
	e->len = p->tok.len;
	parser_advance(p);
	vec_push(p->l->arena, &p->file->embeds, e);
	return true;
}

/* Where to go on behind an error. The words may also be part of a probe point
 * (kernel.function), and embedded code may be part of anything. */
static bool may_resume(const struct parser *p)
{
	return parser_at(p, TOK_EOF) ||
	       (p->last != TOK_DOT &&
		(parser_at(p, TOK_PROBE) || parser_at(p, TOK_GLOBAL) ||
		 parser_at(p, TOK_PRIVATE) || parser_at(p, TOK_FUNCTION)));
}

/* At least one token is consumed, unless an error stands before it. */
static bool parse_declaration(struct parser *p)
{
	p->depth = p->stmt_depth = 0;
	p->hist_at = p->wildcard_at = SIZE_MAX;
	if (parser_at(p, TOK_PROBE))
		return parse_probe(p);
	if (parser_at(p, TOK_FUNCTION))
		return parse_function(p, false);
	if (parser_accept(p, TOK_GLOBAL))
		return parse_globals(p, false);
	if (parser_at(p, TOK_PRIVATE))
		return parse_private(p);
	if (parser_at(p, TOK_EMBED))
		return parse_embedded(p);
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_TOPLEVEL);
	return false;
}

static void parser_open(struct parser *p, struct lang *l,
			const struct source *src, enum lang_flags flags)
{
	memset(p, 0, sizeof(*p));
	p->l = l;
	p->pp = pp_open(l, src, flags);
	p->privileged = l->env->guru || (flags & LANG_LIBRARY);
	p->has_autocast = lang_compat_at_least(l, "2.6");
	p->loose_ternary = !lang_compat_at_least(l, "4.0");
	p->hist_at = p->wildcard_at = SIZE_MAX;
	p->file = arena_new(l->arena, struct ast_file);
	p->file->src = src;
	p->file->library = (flags & LANG_LIBRARY) != 0;
	parser_fetch(p);
}

static struct ast_file *parser_close(struct parser *p)
{
	p->l->diag->mute = false;
	hmap_release(&p->globals);
	hmap_release(&p->functions);
	return p->file;
}

struct ast_file *lang_parse(struct lang *l, const struct source *src,
			    enum lang_flags flags)
{
	struct parser p;

	parser_open(&p, l, src, flags);
	while (!parser_at(&p, TOK_EOF)) {
		l->diag->mute = p.after_error && !may_resume(&p);
		if (parse_declaration(&p))
			continue;
		/* Nobody asks for the tokens that are skipped. */
		l->diag->mute = true;
		while (!may_resume(&p))
			parser_advance(&p);
	}
	return parser_close(&p);
}

/* The points of the pattern, of a probe with an empty body. */
static bool parse_pattern(struct parser *p, struct ast_probe *probe)
{
	do {
		if (!parse_point(p, &probe->points))
			return false;
	} while (parser_accept(p, TOK_COMMA));
	if (parser_at(p, TOK_EOF))
		return true;
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_AFTER_POINT);
	return false;
}

struct ast_file *lang_parse_points(struct lang *l, const struct source *src)
{
	struct ast_probe *probe = arena_new(l->arena, struct ast_probe);
	struct parser p;

	parser_open(&p, l, src, LANG_USER);
	p.pattern = true;
	probe->loc = p.tok.loc;
	probe->file = p.file;
	probe->body = stmt_new(&p, AST_BLOCK);
	if (parse_pattern(&p, probe))
		vec_push(l->arena, &p.file->probes, probe);
	return parser_close(&p);
}
