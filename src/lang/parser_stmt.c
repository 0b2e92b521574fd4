/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: statements (language.md section 5.1).
 *
 * Nothing separates statements. A simple statement absorbs one ';' behind it;
 * one that ends in a block does not, or "if (a) {} ; else" would parse.
 */
#include "lang/ast_print.h"
#include "lang/parser.h"

struct ast_stmt *stmt_new(struct parser *p, enum ast_stmt_kind kind)
{
	struct ast_stmt *s = arena_new(p->l->arena, struct ast_stmt);

	s->kind = kind;
	s->loc = p->tok.loc;
	return s;
}

struct ast_stmt *parse_block(struct parser *p)
{
	struct ast_stmt *block = stmt_new(p, AST_BLOCK);

	if (!parser_at(p, TOK_LBRACE)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_BLOCK);
		return NULL;
	}
	parser_advance(p);
	while (!parser_accept(p, TOK_RBRACE)) {
		struct ast_stmt *s = parse_statement(p);

		if (!s)
			return NULL;
		vec_push(p->l->arena, &block->stmts, s);
		/* An empty statement behind a '}' means nothing, and the tree
		 * printer puts a ';' there. */
		if (ast_ends_in_block(s))
			parser_accept(p, TOK_SEMI);
	}
	return block;
}

/* '(' expr ')' */
static struct ast_expr *parse_condition(struct parser *p)
{
	struct ast_expr *e;

	if (!parser_expect(p, TOK_LPAREN))
		return NULL;
	e = parse_expr(p);
	return e && parser_expect(p, TOK_RPAREN) ? e : NULL;
}

static struct ast_stmt *parse_if(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_IF);

	parser_advance(p);
	s->expr = parse_condition(p);
	s->body = s->expr ? parse_statement(p) : NULL;
	if (!s->body)
		return NULL;
	if (!parser_accept(p, TOK_ELSE))
		return s;
	s->otherwise = parse_statement(p);
	return s->otherwise ? s : NULL;
}

static struct ast_stmt *parse_while(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_WHILE);

	parser_advance(p);
	s->expr = parse_condition(p);
	s->body = s->expr ? parse_statement(p) : NULL;
	return s->body ? s : NULL;
}

/* An expression that may be absent, and the token behind it. */
static bool parse_for_part(struct parser *p, enum tok end,
			   struct ast_expr **part)
{
	if (parser_accept(p, end))
		return true;
	*part = parse_expr(p);
	return *part && parser_expect(p, end);
}

static struct ast_stmt *parse_for(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_FOR);

	parser_advance(p);
	if (!parser_expect(p, TOK_LPAREN) ||
	    !parse_for_part(p, TOK_SEMI, &s->init) ||
	    !parse_for_part(p, TOK_SEMI, &s->expr) ||
	    !parse_for_part(p, TOK_RPAREN, &s->update))
		return NULL;
	s->body = parse_statement(p);
	return s->body ? s : NULL;
}

static struct ast_stmt *parse_try(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_TRY);

	parser_advance(p);
	s->body = parse_block(p);
	if (!s->body)
		return NULL;
	if (!parser_accept(p, TOK_CATCH)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_CATCH);
		return NULL;
	}
	if (parser_accept(p, TOK_LPAREN)) {
		s->name = parser_identifier(p, &s->name_loc);
		if (!s->name || !parser_expect(p, TOK_RPAREN))
			return NULL;
	}
	s->otherwise = parse_block(p);
	return s->otherwise ? s : NULL;
}

/* --- simple statements --- */

static struct ast_stmt *parse_return(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_RETURN);

	if (!p->in_function) {
		diag_error(p->l->diag, s->loc, RETURN_OUTSIDE);
		return NULL;
	}
	parser_advance(p);
	if (parser_at(p, TOK_SEMI) || parser_at(p, TOK_RBRACE))
		return s;
	s->expr = parse_expr(p);
	return s->expr ? s : NULL;
}

static struct ast_stmt *parse_delete(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_DELETE);

	parser_advance(p);
	p->wildcard_at = p->n_taken;
	s->expr = parse_expr(p);
	if (!s->expr)
		return NULL;
	if (s->expr->kind == AST_NAME || s->expr->kind == AST_INDEX)
		return s;
	if (s->expr->kind == AST_HIST_INDEX)
		diag_error(p->l->diag, s->expr->loc, HIST_DELETE);
	else
		diag_error(p->l->diag, s->expr->loc, LVALUE_DELETE);
	return NULL;
}

static struct ast_stmt *parse_word(struct parser *p, enum ast_stmt_kind kind)
{
	struct ast_stmt *s = stmt_new(p, kind);

	parser_advance(p);
	return s;
}

static struct ast_stmt *parse_expr_statement(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_EXPR_STMT);

	s->expr = parse_expr(p);
	if (s->expr && s->expr->kind == AST_EMBED)
		s->kind = AST_EMBED_STMT;
	return s->expr ? s : NULL;
}

static struct ast_stmt *parse_simple(struct parser *p)
{
	if (parser_at(p, TOK_RETURN))
		return parse_return(p);
	if (parser_at(p, TOK_DELETE))
		return parse_delete(p);
	if (parser_at(p, TOK_NEXT))
		return parse_word(p, AST_NEXT);
	if (parser_at(p, TOK_BREAK))
		return parse_word(p, AST_BREAK);
	if (parser_at(p, TOK_CONTINUE))
		return parse_word(p, AST_CONTINUE);
	if (!tok_is_keyword(p->tok.kind) && !parser_at(p, TOK_EOF) &&
	    !parser_at(p, TOK_JUNK))
		return parse_expr_statement(p);
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_STATEMENT);
	return NULL;
}

static struct ast_stmt *parse_any(struct parser *p)
{
	struct ast_stmt *s;

	if (parser_at(p, TOK_LBRACE))
		return parse_block(p);
	if (parser_at(p, TOK_IF))
		return parse_if(p);
	if (parser_at(p, TOK_WHILE))
		return parse_while(p);
	if (parser_at(p, TOK_FOR))
		return parse_for(p);
	if (parser_at(p, TOK_FOREACH))
		return parse_foreach(p);
	if (parser_at(p, TOK_TRY))
		return parse_try(p);
	if (parser_at(p, TOK_SEMI))
		return parse_word(p, AST_EMPTY);
	s = parse_simple(p);
	if (s)
		parser_accept(p, TOK_SEMI);
	return s;
}

struct ast_stmt *parse_statement(struct parser *p)
{
	struct ast_stmt *s;

	if (++p->stmt_depth > PARSER_DEPTH_MAX) {
		diag_error(p->l->diag, p->tok.loc, NESTING, PARSER_DEPTH_MAX);
		return NULL;
	}
	if (!parser_enter(p))
		return NULL;
	s = parse_any(p);
	parser_leave(p);
	p->stmt_depth--;
	return s;
}
