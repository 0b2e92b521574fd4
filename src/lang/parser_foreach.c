/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: foreach (language.md section 5.2).
 *
 *   foreach ( [VALUE [dir] =] KEY [dir] in ARRAY [slice] [@aggr dir] [dir]
 *             [limit expr] ) statement
 */
#include "lang/parser.h"

/* A direction if there is one, of the given column (0: by value). */
static bool parse_direction(struct parser *p, struct ast_foreach *f,
			    size_t column)
{
	if (!parser_at(p, TOK_PLUS) && !parser_at(p, TOK_MINUS))
		return true;
	if (f->direction) {
		diag_error(p->l->diag, p->tok.loc, SORT_TWICE);
		return false;
	}
	f->direction = parser_at(p, TOK_PLUS) ? 1 : -1;
	f->sort_column = (unsigned)column;
	parser_advance(p);
	return true;
}

static bool add_key(struct parser *p, struct ast_foreach *f, const char *name,
		    struct loc loc)
{
	vec_push(p->l->arena, &f->keys, name);
	vec_push(p->l->arena, &f->key_locs, loc);
	return parse_direction(p, f, f->keys.len);
}

static bool parse_key(struct parser *p, struct ast_foreach *f)
{
	struct loc loc;
	const char *name = parser_identifier(p, &loc);

	return name && add_key(p, f, name, loc);
}

/* KEY or '[' KEY, … ']' */
static bool parse_keys(struct parser *p, struct ast_foreach *f)
{
	bool ok;

	if (!parser_accept(p, TOK_LBRACKET))
		return parse_key(p, f);
	do {
		if (!parse_key(p, f))
			return false;
	} while (parser_more(p, TOK_RBRACKET, &ok));
	return ok;
}

/* A single name may turn out to be the value's: VALUE [dir] = KEY. */
static bool parse_variables(struct parser *p, struct ast_foreach *f)
{
	const char *name = p->tok.str;
	struct loc loc = p->tok.loc;

	if (!parser_at(p, TOK_IDENT))
		return parse_keys(p, f);
	parser_advance(p);
	if (!add_key(p, f, name, loc))
		return false;
	if (!parser_accept(p, TOK_ASSIGN))
		return true;
	f->value_name = name;
	f->value_loc = loc;
	f->keys.len = f->key_locs.len = 0;
	f->sort_column = 0;
	return parse_keys(p, f);
}

/* [ '@' aggregate dir ] [ dir ] */
static bool parse_sorting(struct parser *p, struct ast_foreach *f)
{
	f->aggr = STAT_NONE;
	if (parser_at(p, TOK_AT)) {
		f->aggr = peek_stat(p);
		if (f->aggr == STAT_NONE) {
			diag_error(p->l->diag, p->tok.loc, EXPECT_STATOP);
			return false;
		}
		parser_advance(p);
		if (!parser_at(p, TOK_PLUS) && !parser_at(p, TOK_MINUS)) {
			diag_error_saw(p->l->diag, p->tok.loc, EXPECT_SORT);
			return false;
		}
	}
	return parse_direction(p, f, 0) && parse_direction(p, f, 0);
}

static bool parse_head(struct parser *p, struct ast_stmt *s)
{
	struct ast_foreach *f = s->foreach;

	if (!parse_variables(p, f) || !parser_expect(p, TOK_IN))
		return false;
	f->array = parse_indexable(p);
	if (!f->array)
		return false;
	if (parser_accept(p, TOK_LBRACKET)) {
		f->has_slice = true;
		if (!parse_index_list(p, NULL, &f->slice, true))
			return false;
	}
	if (!parse_sorting(p, f))
		return false;
	if (!parser_accept(p, TOK_LIMIT))
		return true;
	f->limit = parse_expr(p);
	return f->limit != NULL;
}

struct ast_stmt *parse_foreach(struct parser *p)
{
	struct ast_stmt *s = stmt_new(p, AST_FOREACH);

	s->foreach = arena_new(p->l->arena, struct ast_foreach);
	parser_advance(p);
	if (!parser_expect(p, TOK_LPAREN) || !parse_head(p, s) ||
	    !parser_expect(p, TOK_RPAREN))
		return NULL;
	s->body = parse_statement(p);
	return s->body ? s : NULL;
}
