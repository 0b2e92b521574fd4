/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: primaries, and the dereferences behind them (language.md section 6,
 * levels 16 and 17).
 *
 * The steps behind $x, @var and @cast belong to that node; behind any other
 * value they make an autocast. name[…] is an array element, (name)[…] is not.
 */
#include "lang/parser.h"

#include <string.h>

bool expr_is_target(const struct ast_expr *e)
{
	return e->kind == AST_TARGET || e->kind == AST_ATVAR ||
	       e->kind == AST_CAST || e->kind == AST_AUTOCAST;
}

/* --- steps --- */

/* The number of $ at the end: 0 if there are more than two, and *len without
 * them. A name of nothing else has no suffix. */
static unsigned pretty_suffix(const char *name, size_t *len)
{
	size_t n = *len;
	unsigned pretty = 0;

	while (n && name[n - 1] == '$' && pretty < 2) {
		n--;
		pretty++;
	}
	if (!n || strspn(name, "$") >= n)
		return 0;
	*len = n;
	return pretty;
}

/* Whether tok is a pretty-print suffix that stands alone. */
static bool at_pretty(const struct parser *p)
{
	return parser_at(p, TOK_IDENT) && p->tok.str[0] == '$' &&
	       (p->tok.len == 1 || (p->tok.len == 2 && p->tok.str[1] == '$'));
}

static bool at_step(const struct parser *p)
{
	return parser_at(p, TOK_ARROW) || parser_at(p, TOK_LBRACKET) ||
	       at_pretty(p);
}

/* '->' NAME, where the name may end in a pretty-print suffix. */
static bool parse_member(struct parser *p, struct ast_expr *e)
{
	struct ast_step step = { .kind = STEP_MEMBER };
	size_t len;

	parser_advance(p);
	if (!parser_at(p, TOK_IDENT) && !tok_is_keyword(p->tok.kind)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_IDENTIFIER);
		return false;
	}
	step.loc = p->tok.loc;
	len = p->tok.len;
	e->pretty = (uint8_t)pretty_suffix(p->tok.str, &len);
	step.name = e->pretty ? intern_bytes(p->l->names, p->tok.str, len)
			      : p->tok.str;
	parser_advance(p);
	vec_push(p->l->arena, &e->steps, step);
	return true;
}

static bool parse_element(struct parser *p, struct ast_expr *e)
{
	struct ast_step step = { .kind = STEP_INDEX, .loc = p->tok.loc };

	parser_advance(p);
	step.index = expr_adopt(e, parse_expr(p));
	if (!step.index || !parser_expect(p, TOK_RBRACKET))
		return false;
	vec_push(p->l->arena, &e->steps, step);
	return true;
}

bool parse_steps(struct parser *p, struct ast_expr *e)
{
	while (!e->pretty && at_step(p)) {
		if (parser_at(p, TOK_ARROW)) {
			if (!parse_member(p, e))
				return false;
		} else if (parser_at(p, TOK_LBRACKET)) {
			if (!parse_element(p, e))
				return false;
		} else {
			e->pretty = (uint8_t)p->tok.len;
			parser_advance(p);
		}
	}
	if (!e->pretty ||
	    (!parser_at(p, TOK_ARROW) && !parser_at(p, TOK_LBRACKET)))
		return true;
	diag_error(p->l->diag, p->tok.loc, PRETTY_STEP);
	return false;
}

static struct ast_expr *make_autocast(struct parser *p, struct ast_expr *a)
{
	struct ast_expr *e = expr_new(p, AST_AUTOCAST, a->loc);

	e->a = expr_adopt(e, a);
	return e;
}

struct ast_expr *parse_value(struct parser *p)
{
	bool addressof = p->has_autocast && parser_accept(p, TOK_AMP);
	bool in_parens = parser_at(p, TOK_LPAREN);
	struct ast_expr *e = parse_primary(p);

	if (!e || !p->has_autocast)
		return e;
	if ((in_parens || !expr_is_target(e)) && (addressof || at_step(p))) {
		e = make_autocast(p, e);
		if (!parse_steps(p, e))
			return NULL;
	}
	e->addressof |= addressof;
	return e;
}

/* --- names --- */

static struct ast_expr *parse_target(struct parser *p)
{
	struct ast_expr *e = expr_new(p, AST_TARGET, p->tok.loc);
	size_t len = p->tok.len;

	e->pretty = (uint8_t)pretty_suffix(p->tok.str, &len);
	e->name = e->pretty ? intern_bytes(p->l->names, p->tok.str, len)
			    : p->tok.str;
	parser_advance(p);
	return parse_steps(p, e) ? e : NULL;
}

/* The arguments of a call up to ')'; the '(' is consumed. */
static struct ast_expr *parse_call(struct parser *p, struct ast_expr *e)
{
	bool ok = true;

	e->kind = AST_CALL;
	if (parser_accept(p, TOK_RPAREN))
		return e;
	do {
		struct ast_expr *arg = parse_expr(p);

		if (!arg)
			return NULL;
		expr_push(p, e, arg);
	} while (parser_more(p, TOK_RPAREN, &ok));
	return ok ? e : NULL;
}

static struct ast_expr *parse_name(struct parser *p)
{
	const struct print_word *word = print_word(p->tok.str);
	bool wildcards = p->wildcard_at == p->n_taken;
	struct ast_expr *e;

	if (word)
		return parse_print(p, word);
	if (p->tok.str[0] == '$')
		return parse_target(p);
	e = expr_new(p, AST_NAME, p->tok.loc);
	e->name = p->tok.str;
	parser_advance(p);
	if (parser_accept(p, TOK_LPAREN))
		return parse_call(p, e);
	if (!parser_accept(p, TOK_LBRACKET))
		return e;
	e->kind = AST_INDEX;
	return parse_index_list(p, e, &e->list, wildcards) ? e : NULL;
}

/* --- primaries --- */

static struct ast_expr *parse_number(struct parser *p)
{
	struct ast_expr *e = expr_new(p, AST_NUMBER, p->tok.loc);

	e->num = (int64_t)p->tok.num;
	parser_advance(p);
	return e;
}

static struct ast_expr *parse_text(struct parser *p)
{
	struct ast_expr *e = expr_new(p, AST_STRING, p->tok.loc);

	return parser_string(p, &e->str, &e->len) ? e : NULL;
}

static struct ast_expr *parse_parens(struct parser *p)
{
	struct ast_expr *e;

	parser_advance(p);
	e = parse_expr(p);
	return e && parser_expect(p, TOK_RPAREN) ? e : NULL;
}

static struct ast_expr *parse_embedded_value(struct parser *p)
{
	struct ast_expr *e;

	if (!parser_may_embed(p))
		return NULL;
	e = expr_new(p, AST_EMBED, p->tok.loc);
	e->str = p->tok.str;
	e->len = p->tok.len;
	parser_advance(p);
	return e;
}

struct ast_expr *parse_primary(struct parser *p)
{
	if (parser_at(p, TOK_IDENT) && !at_pretty(p))
		return parse_name(p);
	if (parser_at(p, TOK_NUMBER))
		return parse_number(p);
	if (parser_at(p, TOK_STRING))
		return parse_text(p);
	if (parser_at(p, TOK_LPAREN))
		return parse_parens(p);
	if (parser_at(p, TOK_AT))
		return parse_at_operator(p);
	if (parser_at(p, TOK_EMBED))
		return parse_embedded_value(p);
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_LITERAL);
	return NULL;
}
