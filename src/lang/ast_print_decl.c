/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree as script text: statements and declarations. ast_print.c has the
 * rules and the expressions.
 */
#include "lang/ast_print.h"

#include <inttypes.h>

/* --- statements --- */

bool ast_ends_in_block(const struct ast_stmt *s)
{
	for (;;) {
		switch (s->kind) {
		case AST_BLOCK:
		case AST_TRY:
			return true;
		case AST_IF:
			s = s->otherwise ? s->otherwise : s->body;
			continue;
		case AST_WHILE:
		case AST_FOR:
		case AST_FOREACH:
			s = s->body;
			continue;
		case AST_EXPR_STMT:
		case AST_RETURN:
		case AST_DELETE:
		case AST_NEXT:
		case AST_BREAK:
		case AST_CONTINUE:
		case AST_EMPTY:
		case AST_EMBED_STMT:
			return false;
		}
	}
}

bool ast_ends_in_open_if(const struct ast_stmt *s)
{
	for (;;) {
		switch (s->kind) {
		case AST_IF:
			if (!s->otherwise)
				return true;
			s = s->otherwise;
			continue;
		case AST_WHILE:
		case AST_FOR:
		case AST_FOREACH:
			s = s->body;
			continue;
		case AST_BLOCK:
		case AST_TRY:
		case AST_EXPR_STMT:
		case AST_RETURN:
		case AST_DELETE:
		case AST_NEXT:
		case AST_BREAK:
		case AST_CONTINUE:
		case AST_EMPTY:
		case AST_EMBED_STMT:
			return false;
		}
	}
}

static void print_stmt(const struct ast_stmt *s, struct strbuf *out);

static void print_condition(const char *word, const struct ast_expr *e,
			    struct strbuf *out)
{
	strbuf_addf(out, "%s (", word);
	ast_print_expr(e, out);
	strbuf_addstr(out, ") ");
}

/* The branch in front of an else: what may not stand there bare gets braces,
 * what absorbs a ';' gets one. */
static void print_then(const struct ast_stmt *s, struct strbuf *out)
{
	if (ast_ends_in_open_if(s)) {
		strbuf_addstr(out, "{\n");
		print_stmt(s, out);
		strbuf_addstr(out, ";\n}");
	} else {
		print_stmt(s, out);
		if (!ast_ends_in_block(s))
			strbuf_addch(out, ';');
	}
	strbuf_addstr(out, "\nelse ");
}

static void print_if(const struct ast_stmt *s, struct strbuf *out)
{
	print_condition("if", s->expr, out);
	if (!s->otherwise) {
		print_stmt(s->body, out);
		return;
	}
	print_then(s->body, out);
	print_stmt(s->otherwise, out);
}

static void print_for(const struct ast_stmt *s, struct strbuf *out)
{
	strbuf_addstr(out, "for (");
	if (s->init)
		ast_print_expr(s->init, out);
	strbuf_addstr(out, "; ");
	if (s->expr)
		ast_print_expr(s->expr, out);
	strbuf_addstr(out, "; ");
	if (s->update)
		ast_print_expr(s->update, out);
	strbuf_addstr(out, ") ");
	print_stmt(s->body, out);
}

static void print_direction(const struct ast_foreach *f, size_t column,
			    struct strbuf *out)
{
	if (f->direction && f->sort_column == column)
		strbuf_addch(out, f->direction > 0 ? '+' : '-');
}

static void print_foreach(const struct ast_stmt *s, struct strbuf *out)
{
	const struct ast_foreach *f = s->foreach;
	size_t i;

	strbuf_addstr(out, "foreach (");
	if (f->value_name)
		strbuf_addf(out, "%s = ", f->value_name);
	strbuf_addch(out, '[');
	for (i = 0; i < f->keys.len; i++) {
		strbuf_addf(out, "%s%s", i ? ", " : "", f->keys.at[i]);
		print_direction(f, i + 1, out);
	}
	strbuf_addstr(out, "] in ");
	ast_print_expr(f->array, out);
	if (f->has_slice) {
		strbuf_addch(out, '[');
		ast_print_list(&f->slice, out);
		strbuf_addch(out, ']');
	}
	if (f->aggr != STAT_NONE)
		strbuf_addf(out, " @%s", ast_stat_name(f->aggr));
	print_direction(f, 0, out);
	if (f->limit) {
		strbuf_addstr(out, " limit ");
		ast_print_expr(f->limit, out);
	}
	strbuf_addstr(out, ") ");
	print_stmt(s->body, out);
}

static void print_try(const struct ast_stmt *s, struct strbuf *out)
{
	strbuf_addstr(out, "try ");
	print_stmt(s->body, out);
	strbuf_addstr(out, " catch ");
	if (s->name)
		strbuf_addf(out, "(%s) ", s->name);
	print_stmt(s->otherwise, out);
}

static void print_block(const struct ast_stmt *s, struct strbuf *out)
{
	struct ast_stmt **it;

	strbuf_addstr(out, "{\n");
	vec_foreach(it, &s->stmts) {
		print_stmt(*it, out);
		strbuf_addstr(out, ";\n");
	}
	strbuf_addch(out, '}');
}

/* The statement without the ';' that its block puts behind it. */
static void print_stmt(const struct ast_stmt *s, struct strbuf *out)
{
	switch (s->kind) {
	case AST_BLOCK:
		print_block(s, out);
		break;
	case AST_EXPR_STMT:
	case AST_EMBED_STMT:
		ast_print_expr(s->expr, out);
		break;
	case AST_IF:
		print_if(s, out);
		break;
	case AST_WHILE:
		print_condition("while", s->expr, out);
		print_stmt(s->body, out);
		break;
	case AST_FOR:
		print_for(s, out);
		break;
	case AST_FOREACH:
		print_foreach(s, out);
		break;
	case AST_RETURN:
		strbuf_addstr(out, s->expr ? "return " : "return");
		if (s->expr)
			ast_print_expr(s->expr, out);
		break;
	case AST_DELETE:
		strbuf_addstr(out, "delete ");
		ast_print_expr(s->expr, out);
		break;
	case AST_NEXT:
		strbuf_addstr(out, "next");
		break;
	case AST_BREAK:
		strbuf_addstr(out, "break");
		break;
	case AST_CONTINUE:
		strbuf_addstr(out, "continue");
		break;
	case AST_TRY:
		print_try(s, out);
		break;
	case AST_EMPTY:
		break;
	}
}

void ast_print_stmt(const struct ast_stmt *s, struct strbuf *out)
{
	print_stmt(s, out);
}

/* --- declarations --- */

static void print_global(const struct ast_global *g, struct strbuf *out)
{
	strbuf_addf(out, "%sglobal %s", g->is_private ? "private " : "",
		    g->name);
	if (g->wrap)
		strbuf_addch(out, '%');
	if (g->size)
		strbuf_addf(out, "[%" PRId64 "]", g->size);
	if (g->init) {
		strbuf_addstr(out, " = ");
		ast_print_literal(g->init, out);
	}
	strbuf_addch(out, '\n');
}

static void print_points(const ast_points *points, const char *between,
			 struct strbuf *out)
{
	size_t i;

	for (i = 0; i < points->len; i++) {
		if (i)
			strbuf_addstr(out, between);
		ast_print_point(points->at[i], out);
	}
}

static void print_probe(const struct ast_probe *p, struct strbuf *out)
{
	strbuf_addstr(out, "probe ");
	if (p->aliases.len) {
		print_points(&p->aliases, " = ", out);
		strbuf_addstr(out, p->epilogue ? " += " : " = ");
	}
	print_points(&p->points, ", ", out);
	print_stmt(p->body, out);
	if (p->epilogue_body) {
		strbuf_addstr(out, ", ");
		print_stmt(p->epilogue_body, out);
	}
	strbuf_addch(out, '\n');
}

static void print_function(const struct ast_function *f, struct strbuf *out)
{
	const struct ast_param *param;

	strbuf_addf(out, "%sfunction %s:%s (", f->is_private ? "private " : "",
		    f->name, ast_type_name(f->type));
	vec_foreach(param, &f->params)
		strbuf_addf(out, "%s%s:%s", param == f->params.at ? "" : ", ",
			    param->name, ast_type_name(param->type));
	strbuf_addch(out, ')');
	if (f->has_priority)
		strbuf_addf(out, ":%" PRId64, f->priority);
	strbuf_addch(out, '\n');
	if (f->embed)
		ast_print_embed(f->embed, f->embed_len, out);
	else
		print_stmt(f->body, out);
	strbuf_addch(out, '\n');
}

static void print_probes(const struct ast_file *f, bool aliases,
			 struct strbuf *out)
{
	struct ast_probe **it;

	vec_foreach(it, &f->probes)
		if (((*it)->aliases.len != 0) == aliases)
			print_probe(*it, out);
}

void ast_print_file(const struct ast_file *f, struct strbuf *out)
{
	struct ast_expr **embed;
	struct ast_global **global;
	struct ast_function **function;

	strbuf_addf(out, "# file %s\n", f->src->name);
	vec_foreach(embed, &f->embeds) {
		ast_print_expr(*embed, out);
		strbuf_addch(out, '\n');
	}
	vec_foreach(global, &f->globals)
		print_global(*global, out);
	print_probes(f, true, out);
	print_probes(f, false, out);
	vec_foreach(function, &f->functions)
		print_function(*function, out);
}
