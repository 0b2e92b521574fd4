/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: operators, by the precedence table of language.md section 6.
 *
 * Binary levels 3 to 13 are one loop (parse_binary) over a table; recursion
 * goes only into right operands. The levels' numbers are those of the table in
 * the document, a greater number binds tighter.
 */
#include "lang/parser.h"

#include "base/bug.h"

enum level {
	LEVEL_LOR = 3,
	LEVEL_LAND,
	LEVEL_OR,
	LEVEL_XOR,
	LEVEL_AND,
	LEVEL_IN,
	LEVEL_COMPARE, /* and =~ !~ */
	LEVEL_SHIFT,
	LEVEL_CONCAT,
	LEVEL_ADD,
	LEVEL_MUL,
};

struct binary_op {
	uint8_t level; /* enum level; 0: no binary operator */
	uint8_t kind;  /* enum ast_expr_kind of the node */
};

static const struct binary_op binary_ops[] = {
	[TOK_LOR] = { LEVEL_LOR, AST_LOGIC },
	[TOK_LAND] = { LEVEL_LAND, AST_LOGIC },
	[TOK_PIPE] = { LEVEL_OR, AST_BINARY },
	[TOK_CARET] = { LEVEL_XOR, AST_BINARY },
	[TOK_AMP] = { LEVEL_AND, AST_BINARY },
	[TOK_IN] = { LEVEL_IN, AST_IN },
	[TOK_EQ] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_NE] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_LT] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_LE] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_GT] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_GE] = { LEVEL_COMPARE, AST_COMPARE },
	[TOK_MATCH] = { LEVEL_COMPARE, AST_REGEX },
	[TOK_NMATCH] = { LEVEL_COMPARE, AST_REGEX },
	[TOK_SHL] = { LEVEL_SHIFT, AST_BINARY },
	[TOK_SHR] = { LEVEL_SHIFT, AST_BINARY },
	[TOK_USHR] = { LEVEL_SHIFT, AST_BINARY },
	[TOK_DOT] = { LEVEL_CONCAT, AST_CONCAT },
	[TOK_PLUS] = { LEVEL_ADD, AST_BINARY },
	[TOK_MINUS] = { LEVEL_ADD, AST_BINARY },
	[TOK_STAR] = { LEVEL_MUL, AST_BINARY },
	[TOK_SLASH] = { LEVEL_MUL, AST_BINARY },
	[TOK_PERCENT] = { LEVEL_MUL, AST_BINARY },
};

static const bool assign_ops[] = {
	[TOK_ASSIGN] = true,     [TOK_AGGR] = true,
	[TOK_ADD_ASSIGN] = true, [TOK_SUB_ASSIGN] = true,
	[TOK_MUL_ASSIGN] = true, [TOK_DIV_ASSIGN] = true,
	[TOK_MOD_ASSIGN] = true, [TOK_SHL_ASSIGN] = true,
	[TOK_SHR_ASSIGN] = true, [TOK_AND_ASSIGN] = true,
	[TOK_XOR_ASSIGN] = true, [TOK_OR_ASSIGN] = true,
	[TOK_CAT_ASSIGN] = true,
};

static struct ast_expr *parse_binary(struct parser *p, unsigned min_level);

/* --- assignable places --- */

static bool check_lvalue(struct parser *p, const struct ast_expr *e)
{
	if (e->kind == AST_NAME || e->kind == AST_INDEX ||
	    (expr_is_target(e) && !e->addressof))
		return true;
	if (e->kind == AST_HIST_INDEX)
		diag_error(p->l->diag, e->loc, HIST_READONLY);
	else if (e->kind == AST_CONCAT)
		diag_error(p->l->diag, e->loc, LVALUE_DOT);
	else
		diag_error(p->l->diag, e->loc, LVALUE);
	return false;
}

/* --- levels 14 and 15 --- */

static struct ast_expr *parse_prefix(struct parser *p)
{
	struct ast_expr *e = expr_new(p, AST_PREFIX, p->tok.loc);

	e->op = (uint16_t)p->tok.kind;
	parser_advance(p);
	e->a = expr_adopt(e, parse_value(p));
	return e->a && check_lvalue(p, e->a) ? e : NULL;
}

static struct ast_expr *parse_postfix(struct parser *p)
{
	struct ast_expr *a = parse_value(p), *e;

	if (!a || (!parser_at(p, TOK_INC) && !parser_at(p, TOK_DEC)))
		return a;
	if (!check_lvalue(p, a))
		return NULL;
	e = expr_new(p, AST_POSTFIX, p->tok.loc);
	e->op = (uint16_t)p->tok.kind;
	e->a = expr_adopt(e, a);
	parser_advance(p);
	return e;
}

static struct ast_expr *parse_unary(struct parser *p)
{
	struct ast_expr *e;

	if (parser_at(p, TOK_INC) || parser_at(p, TOK_DEC))
		return parse_prefix(p);
	if (!parser_at(p, TOK_PLUS) && !parser_at(p, TOK_MINUS) &&
	    !parser_at(p, TOK_BANG) && !parser_at(p, TOK_TILDE))
		return parse_postfix(p);
	e = expr_new(p, AST_UNARY, p->tok.loc);
	e->op = (uint16_t)p->tok.kind;
	if (!parser_enter(p))
		return NULL;
	parser_advance(p);
	e->a = expr_adopt(e, parse_unary(p));
	parser_leave(p);
	return e->a ? e : NULL;
}

/* --- in, level 8 --- */

bool parse_index_list(struct parser *p, struct ast_expr *owner, ast_exprs *list,
		      bool wildcards)
{
	bool ok;

	do {
		struct ast_expr *e;

		if (parser_at(p, TOK_STAR)) {
			if (!wildcards) {
				diag_error(p->l->diag, p->tok.loc,
					   WILDCARD_INDEX);
				return false;
			}
			e = expr_new(p, AST_WILDCARD, p->tok.loc);
			parser_advance(p);
		} else {
			e = parse_expr(p);
		}
		if (!e)
			return false;
		if (owner)
			expr_adopt(owner, e);
		if (!list->cap)
			vec_reserve(p->l->arena, list, 2);
		vec_push(p->l->arena, list, e);
	} while (parser_more(p, TOK_RBRACKET, &ok));
	return ok;
}

struct ast_expr *parse_indexable(struct parser *p)
{
	struct ast_expr *e;
	bool ok;

	e = parse_hist(p, &ok);
	if (e || !ok)
		return e;
	e = expr_new(p, AST_NAME, p->tok.loc);
	e->name = parser_identifier(p, &e->loc);
	return e->name ? e : NULL;
}

/* tok is in; the index list is e's. */
static struct ast_expr *parse_in(struct parser *p, struct ast_expr *e)
{
	e->loc = p->tok.loc;
	e->op = TOK_IN;
	parser_advance(p);
	e->a = expr_adopt(e, parse_indexable(p));
	return e->a ? e : NULL;
}

/* '[' list ']' in ARRAY, or just the only element of the list. */
static struct ast_expr *parse_bracketed(struct parser *p)
{
	struct ast_expr *e = expr_new(p, AST_IN, p->tok.loc);

	parser_advance(p);
	if (!parse_index_list(p, e, &e->list, true))
		return NULL;
	if (parser_at(p, TOK_IN))
		return parse_in(p, e);
	if (e->list.len > 1) {
		diag_error(p->l->diag, e->loc, COMMA_LIST);
		return NULL;
	}
	if (e->list.at[0]->kind == AST_WILDCARD) {
		diag_error(p->l->diag, e->list.at[0]->loc, WILDCARD_INDEX);
		return NULL;
	}
	return e->list.at[0];
}

/* --- levels 3 to 13 --- */

static struct ast_expr *parse_regex(struct parser *p, struct ast_expr *e)
{
	e->str_loc = p->tok.loc;
	return parser_string(p, &e->str, &e->len) ? e : NULL;
}

/* a . b . c is one node. A part in parentheses stays one of its own, hence the
 * caller says whether left was made here. */
static struct ast_expr *parse_concat(struct parser *p, struct ast_expr *left,
				     struct loc op)
{
	struct ast_expr *e = expr_new(p, AST_CONCAT, op);
	struct ast_expr *next;

	e->op = TOK_DOT;
	expr_push(p, e, left);
	do {
		next = parse_binary(p, LEVEL_CONCAT + 1);
		if (!next)
			return NULL;
		expr_push(p, e, next);
	} while (parser_accept(p, TOK_DOT));
	return e;
}

/* left and the operator that tok is. */
static struct ast_expr *parse_operator(struct parser *p, struct ast_expr *left,
				       const struct binary_op *op)
{
	struct loc loc = p->tok.loc;
	enum tok tok = p->tok.kind;
	struct ast_expr *e;

	if (op->kind == AST_IN) {
		e = expr_new(p, AST_IN, loc);
		expr_push(p, e, left);
		return parse_in(p, e);
	}
	parser_advance(p);
	if (op->kind == AST_CONCAT)
		return parse_concat(p, left, loc);
	e = expr_new(p, op->kind, loc);
	e->op = (uint16_t)tok;
	e->a = expr_adopt(e, left);
	if (op->kind == AST_REGEX)
		return parse_regex(p, e);
	e->b = expr_adopt(e, parse_binary(p, op->level + 1u));
	return e->b ? e : NULL;
}

/* A chain of left-associative operators is a tree as deep as the chain is
 * long. */
static bool check_depth(struct parser *p, const struct ast_expr *e)
{
	if (p->stmt_depth + e->depth <= PARSER_DEPTH_MAX)
		return true;
	diag_error(p->l->diag, e->loc, NESTING, PARSER_DEPTH_MAX);
	return false;
}

static const struct binary_op *peek_binary(const struct parser *p, unsigned min,
					   unsigned max)
{
	const struct binary_op *op;

	if (p->tok.kind >= ARRAY_SIZE(binary_ops))
		return NULL;
	op = &binary_ops[p->tok.kind];
	return op->level >= min && op->level <= max ? op : NULL;
}

static struct ast_expr *parse_chain(struct parser *p, unsigned min)
{
	/* in and =~ do not chain: what may follow them is looser. */
	unsigned max = LEVEL_MUL;
	const struct binary_op *op;
	struct ast_expr *e;

	if (min <= LEVEL_IN && parser_at(p, TOK_LBRACKET)) {
		e = parse_bracketed(p);
		max = LEVEL_IN - 1;
	} else {
		e = parse_unary(p);
	}
	while (e && (op = peek_binary(p, min, max))) {
		/* Nor does =~ take a comparison for its left side. */
		if (op->kind == AST_REGEX && max == LEVEL_COMPARE)
			break;
		e = parse_operator(p, e, op);
		if (e && !check_depth(p, e))
			return NULL;
		max = op->level;
		if (op->kind == AST_IN || op->kind == AST_REGEX)
			max--;
	}
	return e;
}

/* A right operand. */
static struct ast_expr *parse_binary(struct parser *p, unsigned min_level)
{
	struct ast_expr *e;

	if (!parser_enter(p))
		return NULL;
	e = parse_chain(p, min_level);
	parser_leave(p);
	return e;
}

/* --- levels 1 and 2 --- */

static struct ast_expr *parse_ternary(struct parser *p)
{
	struct ast_expr *a = parse_chain(p, LEVEL_LOR), *e;

	if (!a || !parser_at(p, TOK_QUESTION))
		return a;
	e = expr_new(p, AST_COND, p->tok.loc);
	e->a = expr_adopt(e, a);
	if (!parser_enter(p))
		return NULL;
	parser_advance(p);
	e->b = expr_adopt(e, parse_expr(p));
	if (!e->b || !parser_expect(p, TOK_COLON))
		return NULL;
	e->c = expr_adopt(e,
			  p->loose_ternary ? parse_expr(p) : parse_ternary(p));
	parser_leave(p);
	return e->c ? e : NULL;
}

static struct ast_expr *parse_assignment(struct parser *p)
{
	struct ast_expr *a = parse_ternary(p), *e;

	if (!a || p->tok.kind >= ARRAY_SIZE(assign_ops) ||
	    !assign_ops[p->tok.kind])
		return a;
	if (!check_lvalue(p, a))
		return NULL;
	e = expr_new(p, AST_ASSIGN, p->tok.loc);
	e->op = (uint16_t)p->tok.kind;
	e->a = expr_adopt(e, a);
	parser_advance(p);
	e->b = expr_adopt(e, parse_expr(p));
	return e->b ? e : NULL;
}

struct ast_expr *parse_expr(struct parser *p)
{
	struct ast_expr *e;

	if (!parser_enter(p))
		return NULL;
	e = parse_assignment(p);
	parser_leave(p);
	return e && check_depth(p, e) ? e : NULL;
}
