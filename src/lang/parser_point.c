/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: probe points (language.md section 5.3). Brace alternatives are
 * expanded here, left to right: a.{b,c.d}.e gives a.b.e and a.c.d.e.
 */
#include "lang/parser.h"

/* Points that one specification may expand to, and all braces of a file; and
 * the components that one specification may come to, which bounds the copying
 * behind long chains of alternatives. */
#define POINTS_MAX      10000u
#define POINTS_FILE_MAX 200000u
#define COMPONENTS_MAX  200000u

/* A specification on the way: what its braces have expanded to so far. */
struct point_list {
	ast_points at;
	size_t n_comps; /* components of all of them */
};

static bool starts_component(const struct token *t)
{
	return t->kind == TOK_IDENT || t->kind == TOK_STAR ||
	       tok_is_keyword(t->kind);
}

/* A component's name: parts that touch each other. */
static const char *parse_component_name(struct parser *p)
{
	struct strbuf name = STRBUF_INIT;
	const char *first = NULL;
	unsigned n = 0;

	for (;;) {
		const char *part = p->tok.str;

		if (parser_at(p, TOK_STAR))
			part = "*";
		if (n == 1)
			strbuf_addstr(&name, first);
		if (n++)
			strbuf_addstr(&name, part);
		else
			first = part;
		parser_advance(p);
		if (!p->tok.glued || !starts_component(&p->tok))
			break;
	}
	first = n == 1 ? intern_str(p->l->names, first)
		       : intern_bytes(p->l->names, name.buf, name.len);
	strbuf_release(&name);
	return first;
}

static struct ast_point *point_new(struct parser *p, struct loc loc)
{
	struct ast_point *pt = arena_new(p->l->arena, struct ast_point);

	pt->loc = loc;
	return pt;
}

/* What ?, ! and if say must be the last thing of a point. */
static bool check_no_suffix(struct parser *p, const struct point_list *list)
{
	struct ast_point **it;

	vec_foreach(it, &list->at) {
		if (!(*it)->optional && !(*it)->condition)
			continue;
		diag_error(p->l->diag, (*it)->loc, POINT_SUFFIX_ONLY);
		return false;
	}
	return true;
}

static bool append_name(struct parser *p, struct point_list *list)
{
	struct ast_component c = { .loc = p->tok.loc };
	struct ast_point **it;

	c.name = parse_component_name(p);
	vec_foreach(it, &list->at) {
		struct ast_point *pt = *it;

		if (!pt->comps.cap)
			vec_reserve(p->l->arena, &pt->comps, 3);
		vec_push(p->l->arena, &pt->comps, c);
	}
	list->n_comps += list->at.len;
	return true;
}

static bool too_many_points(struct parser *p, struct loc loc, unsigned limit)
{
	diag_error(p->l->diag, loc, POINT_BRACES_TOO_MANY, limit);
	return false;
}

/* The point a followed by b; b's suffix becomes its. */
static struct ast_point *join_points(struct parser *p,
				     const struct ast_point *a,
				     const struct ast_point *b)
{
	struct ast_point *pt;
	struct ast_component *c;

	pt = point_new(p, a->comps.len ? a->loc : b->loc);
	vec_reserve(p->l->arena, &pt->comps, a->comps.len + b->comps.len);
	vec_foreach(c, &a->comps)
		vec_push(p->l->arena, &pt->comps, *c);
	vec_foreach(c, &b->comps)
		vec_push(p->l->arena, &pt->comps, *c);
	pt->optional = b->optional;
	pt->sufficient = b->sufficient;
	pt->condition = b->condition;
	return pt;
}

/* Every point of the list with every alternative behind it. */
static bool multiply(struct parser *p, struct loc loc, struct point_list *list,
		     const ast_points *alts)
{
	size_t n = list->at.len * alts->len, n_comps = 0;
	ast_points product = { 0 };
	struct ast_point **a, **b;

	if (n > POINTS_MAX)
		return too_many_points(p, loc, POINTS_MAX);
	p->n_expanded += n;
	if (p->n_expanded > POINTS_FILE_MAX)
		return too_many_points(p, loc, POINTS_FILE_MAX);
	vec_foreach(b, alts)
		n_comps += (*b)->comps.len * list->at.len;
	n_comps += list->n_comps * alts->len;
	if (n_comps > COMPONENTS_MAX)
		return too_many_points(p, loc, POINTS_MAX);
	vec_reserve(p->l->arena, &product, n);
	vec_foreach(a, &list->at)
		vec_foreach(b, alts)
			vec_push(p->l->arena, &product, join_points(p, *a, *b));
	list->at = product;
	list->n_comps = n_comps;
	return true;
}

static bool append_braces(struct parser *p, struct point_list *list)
{
	struct loc loc = p->tok.loc;
	ast_points alts = { 0 };
	bool ok;

	parser_advance(p);
	if (!parser_enter(p))
		return false;
	do {
		if (!parse_point(p, &alts))
			return false;
		if (alts.len > POINTS_MAX)
			return too_many_points(p, loc, POINTS_MAX);
	} while (parser_more(p, TOK_RBRACE, &ok));
	parser_leave(p);
	return ok && multiply(p, loc, list, &alts);
}

/* '(' literal ')' behind a component. */
static bool append_argument(struct parser *p, struct point_list *list)
{
	struct ast_point **it;
	struct ast_expr *arg;

	vec_foreach(it, &list->at) {
		if (!vec_last(&(*it)->comps).arg)
			continue;
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_AFTER_POINT);
		return false;
	}
	parser_advance(p);
	arg = parser_literal(p);
	if (!arg)
		return false;
	vec_foreach(it, &list->at)
		vec_last(&(*it)->comps).arg = arg;
	return parser_expect(p, TOK_RPAREN);
}

static bool append_component(struct parser *p, struct point_list *list)
{
	bool braces = parser_at(p, TOK_LBRACE);

	if (!braces && !starts_component(&p->tok)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_PROBE_POINT);
		return false;
	}
	if (!check_no_suffix(p, list))
		return false;
	if (braces ? !append_braces(p, list) : !append_name(p, list))
		return false;
	if (!parser_at(p, TOK_LPAREN))
		return true;
	return check_no_suffix(p, list) && append_argument(p, list);
}

static bool parse_optional(struct parser *p, struct point_list *list)
{
	bool seen = false;

	while (parser_at(p, TOK_QUESTION) || parser_at(p, TOK_BANG)) {
		struct ast_point **it;

		vec_foreach(it, &list->at)
			seen |= (*it)->optional;
		if (seen) {
			diag_error(p->l->diag, p->tok.loc, POINT_RESPECIFIED);
			return false;
		}
		vec_foreach(it, &list->at) {
			(*it)->optional = true;
			(*it)->sufficient = parser_at(p, TOK_BANG);
		}
		parser_advance(p);
	}
	return true;
}

static bool parse_condition(struct parser *p, struct point_list *list)
{
	while (parser_at(p, TOK_IF)) {
		struct ast_expr *condition;
		struct ast_point **it;

		vec_foreach(it, &list->at) {
			if (!(*it)->condition)
				continue;
			diag_error(p->l->diag, p->tok.loc,
				   CONDITION_RESPECIFIED);
			return false;
		}
		parser_advance(p);
		if (!parser_expect(p, TOK_LPAREN))
			return false;
		condition = parse_expr(p);
		if (!condition || !parser_expect(p, TOK_RPAREN))
			return false;
		vec_foreach(it, &list->at)
			(*it)->condition = condition;
	}
	return true;
}

static bool may_follow_point(const struct parser *p)
{
	return parser_at(p, TOK_COMMA) || parser_at(p, TOK_LBRACE) ||
	       parser_at(p, TOK_RBRACE) || parser_at(p, TOK_ASSIGN) ||
	       parser_at(p, TOK_ADD_ASSIGN) ||
	       (p->pattern && parser_at(p, TOK_EOF));
}

bool parse_point(struct parser *p, ast_points *out)
{
	struct point_list list = { 0 };
	struct ast_point **it;

	vec_push(p->l->arena, &list.at, point_new(p, p->tok.loc));
	do {
		if (!append_component(p, &list))
			return false;
	} while (parser_accept(p, TOK_DOT));
	if (!parse_optional(p, &list) || !parse_condition(p, &list))
		return false;
	if (!may_follow_point(p)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_AFTER_POINT);
		return false;
	}
	vec_foreach(it, &list.at)
		vec_push(p->l->arena, out, *it);
	return true;
}
