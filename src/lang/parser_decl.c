/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: globals, functions, probes and aliases (language.md section 5).
 *
 * Names are checked against the declarations of the same file only; sema sees
 * all files.
 */
#include "lang/parser.h"

#define GLOBAL_SIZE_MAX INT32_MAX

/* --- globals --- */

static bool parse_global_size(struct parser *p, struct ast_global *g)
{
	uint64_t n = p->tok.num;

	if (!parser_at(p, TOK_NUMBER)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_NUMBER);
		return false;
	}
	if (n < 1 || n > GLOBAL_SIZE_MAX) {
		diag_error(p->l->diag, p->tok.loc, GLOBAL_SIZE);
		return false;
	}
	g->size = (int64_t)n;
	parser_advance(p);
	return parser_expect(p, TOK_RBRACKET);
}

static bool parse_global_init(struct parser *p, struct ast_global *g)
{
	if (g->size) {
		diag_error(p->l->diag, p->tok.loc, GLOBAL_INIT_ARRAY);
		return false;
	}
	parser_advance(p);
	g->init = parser_literal(p);
	return g->init != NULL;
}

static bool check_global_name(struct parser *p, const struct ast_global *g)
{
	const struct ast_global *old;

	old = hmap_gets(&p->globals, g->name);
	if (!old)
		return true;
	if (old->is_private != g->is_private)
		diag_error(p->l->diag, g->loc, GLOBAL_CONFLICT);
	else
		diag_error(p->l->diag, g->loc, GLOBAL_DUPLICATE);
	return false;
}

static bool parse_global(struct parser *p, bool is_private)
{
	struct ast_global *g = arena_new(p->l->arena, struct ast_global);

	g->is_private = is_private;
	g->file = p->file;
	g->name = parser_identifier(p, &g->loc);
	if (!g->name || !check_global_name(p, g))
		return false;
	g->wrap = parser_accept(p, TOK_PERCENT);
	if (parser_accept(p, TOK_LBRACKET) && !parse_global_size(p, g))
		return false;
	if (parser_at(p, TOK_ASSIGN) && !parse_global_init(p, g))
		return false;
	hmap_puts(&p->globals, g->name, g);
	vec_push(p->l->arena, &p->file->globals, g);
	return true;
}

bool parse_globals(struct parser *p, bool is_private)
{
	do {
		if (!parse_global(p, is_private))
			return false;
	} while (parser_accept(p, TOK_COMMA));
	parser_accept(p, TOK_SEMI);
	return true;
}

/* --- functions --- */

static bool parse_function_name(struct parser *p, struct ast_function *f)
{
	const struct ast_function *old;

	if (!parser_at(p, TOK_IDENT) && !parser_at(p, TOK_STRING_T) &&
	    !parser_at(p, TOK_LONG_T)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_IDENTIFIER);
		return false;
	}
	f->loc = p->tok.loc;
	f->name = p->tok.str;
	parser_advance(p);
	old = hmap_gets(&p->functions, f->name);
	if (old && old->is_private != f->is_private) {
		diag_error(p->l->diag, f->loc, FUNCTION_CONFLICT);
		return false;
	}
	return true;
}

/* seen is the set of names so far: a list of any length stays quick. */
static bool parse_param(struct parser *p, struct ast_function *f,
			struct hmap *seen)
{
	struct ast_param param = { .type = TY_UNKNOWN };

	param.name = parser_identifier(p, &param.loc);
	if (!param.name)
		return false;
	if (hmap_puts(seen, param.name, f)) {
		diag_error(p->l->diag, param.loc, PARAM_DUPLICATE);
		return false;
	}
	if (parser_accept(p, TOK_COLON) && !parser_type(p, &param.type))
		return false;
	vec_push(p->l->arena, &f->params, param);
	return true;
}

/* The list behind '('; a comma may stand before the ')'. */
static bool parse_params(struct parser *p, struct ast_function *f)
{
	struct hmap seen = { 0 };
	bool ok = true;

	while (ok && !parser_accept(p, TOK_RPAREN)) {
		ok = parse_param(p, f, &seen);
		if (ok && !parser_more(p, TOK_RPAREN, &ok))
			break;
	}
	hmap_release(&seen);
	return ok;
}

static bool parse_priority(struct parser *p, struct ast_function *f)
{
	struct loc loc = p->tok.loc;

	if (!parser_number(p, &f->priority))
		return false;
	f->has_priority = true;
	if (f->priority >= 1)
		return true;
	diag_error(p->l->diag, loc, PRIORITY_RANGE);
	return false;
}

static bool parse_function_body(struct parser *p, struct ast_function *f)
{
	if (!parser_at(p, TOK_EMBED)) {
		p->in_function = true;
		f->body = parse_block(p);
		return f->body != NULL;
	}
	if (!parser_may_embed(p))
		return false;
	f->embed = p->tok.str;
	f->embed_len = p->tok.len;
	f->embed_loc = p->tok.loc;
	parser_advance(p);
	return true;
}

bool parse_function(struct parser *p, bool is_private)
{
	struct ast_function *f = arena_new(p->l->arena, struct ast_function);

	parser_advance(p);
	f->is_private = is_private;
	f->file = p->file;
	if (!parse_function_name(p, f))
		return false;
	if (parser_accept(p, TOK_COLON) && !parser_type(p, &f->type))
		return false;
	if (!parser_expect(p, TOK_LPAREN) || !parse_params(p, f))
		return false;
	if (parser_accept(p, TOK_COLON) && !parse_priority(p, f))
		return false;
	if (!parse_function_body(p, f))
		return false;
	if (!hmap_gets(&p->functions, f->name))
		hmap_puts(&p->functions, f->name, f);
	vec_push(p->l->arena, &p->file->functions, f);
	return true;
}

/* --- probes --- */

/* The points just read stand before '=' or '+=': they are alias names. */
static bool add_alias_names(struct parser *p, struct ast_probe *probe,
			    const ast_points *names)
{
	struct ast_point **it;
	struct ast_component *c;

	vec_foreach(it, names) {
		if ((*it)->optional) {
			diag_error(p->l->diag, (*it)->loc, ALIAS_OPTIONAL);
			return false;
		}
		if ((*it)->condition) {
			diag_error(p->l->diag, (*it)->loc, ALIAS_CONDITION);
			return false;
		}
		vec_foreach(c, &(*it)->comps) {
			if (!c->arg)
				continue;
			diag_error(p->l->diag, c->loc, ALIAS_ARGUMENT, c->name);
			return false;
		}
		vec_push(p->l->arena, &probe->aliases, *it);
	}
	return true;
}

/* Names of an alias and its points, or plain points. */
static bool parse_probe_head(struct parser *p, struct ast_probe *probe)
{
	for (;;) {
		ast_points points = { 0 };
		struct ast_point **it;

		if (!parse_point(p, &points))
			return false;
		if (parser_at(p, TOK_ASSIGN) || parser_at(p, TOK_ADD_ASSIGN)) {
			if (probe->points.len) {
				diag_error_saw(p->l->diag, p->tok.loc,
					       EXPECT_PROBE_POINT);
				return false;
			}
			probe->epilogue |= parser_at(p, TOK_ADD_ASSIGN);
			if (!add_alias_names(p, probe, &points))
				return false;
			parser_advance(p);
			continue;
		}
		vec_foreach(it, &points)
			vec_push(p->l->arena, &probe->points, *it);
		if (!parser_accept(p, TOK_COMMA))
			return true;
	}
}

bool parse_probe(struct parser *p)
{
	struct ast_probe *probe = arena_new(p->l->arena, struct ast_probe);

	probe->loc = p->tok.loc;
	probe->file = p->file;
	parser_advance(p);
	if (!parse_probe_head(p, probe))
		return false;
	p->in_function = false;
	probe->body = parse_block(p);
	if (!probe->body)
		return false;
	if (probe->aliases.len && parser_at(p, TOK_COMMA)) {
		if (probe->epilogue) {
			diag_error(p->l->diag, p->tok.loc, ALIAS_EPILOGUE_BODY);
			return false;
		}
		parser_advance(p);
		probe->epilogue_body = parse_block(p);
		if (!probe->epilogue_body)
			return false;
	}
	vec_push(p->l->arena, &p->file->probes, probe);
	return true;
}
