/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: calls of the print family (language.md section 18).
 */
#include "lang/parser.h"

#include "base/fmt.h"

#include <string.h>

struct print_word {
	const char *name;
	enum ast_print kind;
	bool to_string;
	uint8_t min_args; /* without the format or delimiter */
};

static const struct print_word words[] = {
	{ "print", PRINT_PRINT, false, 1 },
	{ "println", PRINT_PRINTLN, false, 0 },
	{ "printd", PRINT_PRINTD, false, 2 },
	{ "printdln", PRINT_PRINTDLN, false, 2 },
	{ "printf", PRINT_PRINTF, false, 0 },
	{ "print_char", PRINT_CHAR, false, 1 },
	{ "sprint", PRINT_PRINT, true, 1 },
	{ "sprintln", PRINT_PRINTLN, true, 0 },
	{ "sprintd", PRINT_PRINTD, true, 2 },
	{ "sprintdln", PRINT_PRINTDLN, true, 2 },
	{ "sprintf", PRINT_PRINTF, true, 0 },
};

const struct print_word *print_word(const char *name)
{
	size_t i;

	/* Nearly all names are none of them. */
	if (strncmp(name + (name[0] == 's'), "print", 5) != 0)
		return NULL;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(name, words[i].name))
			return &words[i];
	return NULL;
}

/* The format must parse and want as many arguments as there are. */
static bool check_format(struct parser *p, const struct ast_expr *e,
			 struct loc loc)
{
	struct arena scratch = ARENA_INIT;
	struct fmt fmt;
	size_t off;
	bool ok = false;

	switch (fmt_parse(&scratch, e->str, e->len, &fmt, &off)) {
	case FMT_OK:
		ok = fmt.n_args == e->list.len;
		if (!ok)
			diag_error(p->l->diag, e->loc, FORMAT_ARGS);
		break;
	case FMT_BAD_CONVERSION:
		diag_error(p->l->diag, loc, FORMAT_CONVERSION);
		break;
	case FMT_TRAILING:
		diag_error(p->l->diag, loc, FORMAT_TRAILING);
		break;
	}
	arena_release(&scratch);
	return ok;
}

/* Values up to ')'. A histogram may be the only one. */
static bool parse_values(struct parser *p, struct ast_expr *e)
{
	bool ok = true;

	if (parser_accept(p, TOK_RPAREN))
		return true;
	if (e->print == PRINT_PRINT || e->print == PRINT_PRINTLN)
		p->hist_at = p->n_taken;
	do {
		struct ast_expr *arg = parse_expr(p);

		if (!arg)
			return false;
		expr_push(p, e, arg);
	} while (parser_more(p, TOK_RPAREN, &ok));
	return ok;
}

/* The literal that comes first in printf and printd, and the ',' behind it if
 * there are values. */
static bool parse_lead(struct parser *p, struct ast_expr *e)
{
	if (!parser_string(p, &e->str, &e->len))
		return false;
	if (parser_at(p, TOK_RPAREN) || parser_accept(p, TOK_COMMA))
		return true;
	diag_error_saw(p->l->diag, p->tok.loc, EXPECT_EITHER, ",", ")");
	return false;
}

struct ast_expr *parse_print(struct parser *p, const struct print_word *w)
{
	struct ast_expr *e = expr_new(p, AST_PRINT, p->tok.loc);
	bool lead = w->kind == PRINT_PRINTF || w->kind == PRINT_PRINTD ||
		    w->kind == PRINT_PRINTDLN;
	struct loc lead_loc;

	e->print = (uint8_t)w->kind;
	e->to_string = w->to_string;
	e->name = p->tok.str;
	parser_advance(p);
	if (!parser_expect(p, TOK_LPAREN))
		return NULL;
	lead_loc = p->tok.loc;
	if (lead && !parse_lead(p, e))
		return NULL;
	if (!parse_values(p, e))
		return NULL;
	if (w->kind == PRINT_PRINTF)
		return check_format(p, e, lead_loc) ? e : NULL;
	if (e->list.len < w->min_args) {
		diag_error(p->l->diag, e->loc, PRINT_ARGS_FEW, e->name);
		return NULL;
	}
	if (w->kind == PRINT_CHAR && e->list.len > 1) {
		diag_error(p->l->diag, e->loc, PRINT_ARGS_MANY, e->name);
		return NULL;
	}
	return e;
}
