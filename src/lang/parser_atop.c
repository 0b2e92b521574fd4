/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser: @-operators (language.md section 7). Each row of the table below is
 * one operator; its function reads what stands between the parentheses.
 */
#include "lang/parser.h"

#include <string.h>

struct at_op {
	const char *name;
	const char *since; /* compatible version that has it, or NULL */
	enum ast_expr_kind kind;
	uint8_t stat; /* AST_STAT: enum ast_stat */
	bool user;    /* AST_REGISTER, AST_DEREF */
	bool guru;    /* for privileged scripts */
	bool linear;  /* AST_HIST */
	bool (*args)(struct parser *p, struct ast_expr *e);
};

/* --- arguments --- */

/* One expression, a. */
static bool value_arg(struct parser *p, struct ast_expr *e)
{
	e->a = expr_adopt(e, parse_expr(p));
	return e->a != NULL;
}

/* One string, str. */
static bool text_arg(struct parser *p, struct ast_expr *e)
{
	return parser_string(p, &e->str, &e->len);
}

/* A second string, str2, if there is a comma. */
static bool text2_arg(struct parser *p, struct ast_expr *e)
{
	size_t len;

	return !parser_accept(p, TOK_COMMA) || parser_string(p, &e->str2, &len);
}

static bool atvar_args(struct parser *p, struct ast_expr *e)
{
	return text_arg(p, e) && text2_arg(p, e);
}

static bool cast_args(struct parser *p, struct ast_expr *e)
{
	return value_arg(p, e) && parser_expect(p, TOK_COMMA) &&
	       atvar_args(p, e);
}

static bool enumname_args(struct parser *p, struct ast_expr *e)
{
	if (!value_arg(p, e))
		return false;
	return !parser_accept(p, TOK_COMMA) || atvar_args(p, e);
}

/* A name or target variable. */
static bool probewrite_args(struct parser *p, struct ast_expr *e)
{
	if (!parser_at(p, TOK_IDENT)) {
		diag_error_saw(p->l->diag, p->tok.loc, EXPECT_IDENTIFIER);
		return false;
	}
	e->a = expr_adopt(e, parse_primary(p));
	if (!e->a)
		return false;
	if (e->a->kind == AST_NAME || e->a->kind == AST_TARGET)
		return true;
	diag_error(p->l->diag, e->a->loc, EXPECT_IDENTIFIER);
	return false;
}

static bool register_args(struct parser *p, struct ast_expr *e)
{
	e->num = (int64_t)p->tok.num;
	if (parser_accept(p, TOK_NUMBER))
		return true;
	diag_error_saw(p->l->diag, p->tok.loc, NEGATIVE_REGISTER);
	return false;
}

static bool deref_args(struct parser *p, struct ast_expr *e)
{
	struct loc loc = p->tok.loc;
	const char *text;
	size_t len;

	if (!register_args(p, e))
		return false;
	if (e->num != 1 && e->num != 2 && e->num != 4 && e->num != 8) {
		loc_text(p->l->srcs, loc, &text, &len);
		diag_error(p->l->diag, loc, DEREF_SIZE,
			   arena_strndup(p->l->arena, text, len));
		return false;
	}
	return parser_expect(p, TOK_COMMA) && value_arg(p, e);
}

static bool variance_args(struct parser *p, struct ast_expr *e)
{
	if (!value_arg(p, e))
		return false;
	e->has_num = parser_accept(p, TOK_COMMA);
	return !e->has_num || parser_number(p, &e->num);
}

static bool hist_args(struct parser *p, struct ast_expr *e)
{
	int64_t *const shape[] = { &e->hist.lo, &e->hist.hi, &e->hist.step };
	size_t i;

	if (!value_arg(p, e))
		return false;
	for (i = 0; e->hist.linear && i < 3; i++)
		if (!parser_expect(p, TOK_COMMA) || !parser_number(p, shape[i]))
			return false;
	return true;
}

/* --- the table --- */

static const struct at_op at_ops[] = {
	{ .name = "cast", .kind = AST_CAST, .args = cast_args },
	{ .name = "var", .kind = AST_ATVAR, .args = atvar_args },
	{ .name = "defined", .kind = AST_DEFINED, .args = value_arg },
	{ .name = "probewrite",
	  .kind = AST_PROBEWRITE,
	  .args = probewrite_args },
	{ .name = "entry", .kind = AST_ENTRY, .args = value_arg },
	{ .name = "perf", .kind = AST_PERF, .args = text_arg },
	{ .name = "count",
	  .kind = AST_STAT,
	  .stat = STAT_COUNT,
	  .args = value_arg },
	{ .name = "sum",
	  .kind = AST_STAT,
	  .stat = STAT_SUM,
	  .args = value_arg },
	{ .name = "min",
	  .kind = AST_STAT,
	  .stat = STAT_MIN,
	  .args = value_arg },
	{ .name = "max",
	  .kind = AST_STAT,
	  .stat = STAT_MAX,
	  .args = value_arg },
	{ .name = "avg",
	  .kind = AST_STAT,
	  .stat = STAT_AVG,
	  .args = value_arg },
	{ .name = "variance",
	  .since = "3.1",
	  .kind = AST_STAT,
	  .stat = STAT_VARIANCE,
	  .args = variance_args },
	{ .name = "hist_log", .kind = AST_HIST, .args = hist_args },
	{ .name = "hist_linear",
	  .kind = AST_HIST,
	  .linear = true,
	  .args = hist_args },
	{ .name = "const",
	  .since = "3.1",
	  .kind = AST_CONST,
	  .guru = true,
	  .args = text_arg },
	{ .name = "enum", .since = "5.5", .kind = AST_ENUM, .args = text_arg },
	{ .name = "enumname",
	  .since = "5.6",
	  .kind = AST_ENUMNAME,
	  .args = enumname_args },
	{ .name = "kregister",
	  .since = "4.0",
	  .kind = AST_REGISTER,
	  .guru = true,
	  .args = register_args },
	{ .name = "uregister",
	  .since = "4.0",
	  .kind = AST_REGISTER,
	  .user = true,
	  .args = register_args },
	{ .name = "kderef",
	  .since = "4.0",
	  .kind = AST_DEREF,
	  .guru = true,
	  .args = deref_args },
	{ .name = "uderef",
	  .since = "4.0",
	  .kind = AST_DEREF,
	  .user = true,
	  .args = deref_args },
};

/* The operator that tok, a TOK_AT, names; NULL if the language has none. */
static const struct at_op *peek_at_op(const struct parser *p)
{
	const struct token *t = &p->tok;
	const struct at_op *op = NULL;
	size_t i;

	for (i = 0; i < sizeof(at_ops) / sizeof(at_ops[0]); i++)
		if (strlen(at_ops[i].name) == t->len &&
		    !memcmp(at_ops[i].name, t->str, t->len))
			op = &at_ops[i];
	if (op && op->since && !lang_compat_at_least(p->l, op->since))
		return NULL;
	return op;
}

/* The operator and its arguments in parentheses. */
static struct ast_expr *parse_at_op(struct parser *p, const struct at_op *op)
{
	struct ast_expr *e = expr_new(p, op->kind, p->tok.loc);

	e->stat = op->stat;
	e->user = op->user;
	e->hist.linear = op->linear;
	if (op->guru && !p->privileged) {
		diag_error(p->l->diag, e->loc, OPERATOR_UNPRIVILEGED, op->name);
		return NULL;
	}
	parser_advance(p);
	if (!parser_expect(p, TOK_LPAREN) || !op->args(p, e) ||
	    !parser_expect(p, TOK_RPAREN))
		return NULL;
	return e;
}

enum ast_stat peek_stat(const struct parser *p)
{
	const struct at_op *op = peek_at_op(p);

	return op && op->kind == AST_STAT ? op->stat : STAT_NONE;
}

struct ast_expr *parse_hist(struct parser *p, bool *ok)
{
	const struct at_op *op;
	struct ast_expr *e;

	*ok = true;
	op = parser_at(p, TOK_AT) ? peek_at_op(p) : NULL;
	if (!op || op->kind != AST_HIST)
		return NULL;
	e = parse_at_op(p, op);
	*ok = e != NULL;
	return e;
}

/* A bucket, or where it is allowed the whole histogram. */
static struct ast_expr *finish_hist(struct parser *p, struct ast_expr *hist,
				    bool may_be_bare)
{
	struct ast_expr *e;

	if (may_be_bare && parser_at(p, TOK_RPAREN))
		return hist;
	if (!parser_accept(p, TOK_LBRACKET)) {
		diag_error(p->l->diag, hist->loc, HIST_BARE);
		return NULL;
	}
	e = expr_new(p, AST_HIST_INDEX, hist->loc);
	e->a = expr_adopt(e, hist);
	e->b = expr_adopt(e, parse_expr(p));
	return e->b && parser_expect(p, TOK_RBRACKET) ? e : NULL;
}

struct ast_expr *parse_at_operator(struct parser *p)
{
	const struct at_op *op = peek_at_op(p);
	bool may_be_bare = p->hist_at == p->n_taken;
	struct ast_expr *e;

	if (!op) {
		diag_error(p->l->diag, p->tok.loc, UNKNOWN_OPERATOR,
			   arena_printf(p->l->arena, "@%s", p->tok.str));
		return NULL;
	}
	e = parse_at_op(p, op);
	if (!e)
		return NULL;
	if (op->kind == AST_HIST)
		return finish_hist(p, e, may_be_bare);
	if (op->kind == AST_CAST || op->kind == AST_ATVAR)
		return parse_steps(p, e) ? e : NULL;
	return e;
}
