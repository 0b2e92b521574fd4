/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree as script text: what stap -p1 prints (cli.md section 11).
 *
 * The text parses again to the same tree, and that prints the same text:
 *
 * - operands of operators stand in parentheses, whatever they are, so that no
 *   precedence is needed; parts of a concatenation only where they have to;
 * - every statement of a block is followed by ';', which the parser absorbs or,
 *   behind a '}', drops;
 * - strings are escaped, numbers decimal (hexadecimal from 2^63 on, since the
 *   sign of a literal would be an operator).
 */
#include "lang/ast_print.h"

#include "base/memory.h"
#include "lang/ast_context.h"
#include "lang/token.h"

#include <inttypes.h>
#include <string.h>

static const char *const stat_names[] = {
	[STAT_COUNT] = "count", [STAT_SUM] = "sum",
	[STAT_MIN] = "min",     [STAT_MAX] = "max",
	[STAT_AVG] = "avg",     [STAT_VARIANCE] = "variance",
};

static const char *const print_names[] = {
	[PRINT_PRINT] = "print",   [PRINT_PRINTLN] = "println",
	[PRINT_PRINTD] = "printd", [PRINT_PRINTDLN] = "printdln",
	[PRINT_PRINTF] = "printf", [PRINT_CHAR] = "print_char",
};

const char *ast_type_name(enum ast_type type)
{
	switch (type) {
	case TY_LONG:
		return "long";
	case TY_STRING:
		return "string";
	case TY_STATS:
		return "stats";
	case TY_UNKNOWN:
	case TY_VOID:
		break;
	}
	return "unknown";
}

const char *ast_stat_name(enum ast_stat stat)
{
	return stat_names[stat];
}

/* --- expressions --- */

static void print_text(const char *text, size_t len, struct strbuf *out)
{
	strbuf_addch(out, '"');
	strbuf_add_escaped(out, text, len);
	strbuf_addch(out, '"');
}

void ast_print_embed(const char *code, size_t len, struct strbuf *out)
{
	strbuf_addstr(out, "%{");
	strbuf_add(out, code, len);
	strbuf_addstr(out, "%}");
}

static void print_number(int64_t num, struct strbuf *out)
{
	if (num < 0)
		strbuf_addf(out, "0x%" PRIx64, (uint64_t)num);
	else
		strbuf_addf(out, "%" PRId64, num);
}

void ast_print_literal(const struct ast_expr *e, struct strbuf *out)
{
	if (e->kind == AST_NUMBER)
		strbuf_addf(out, "%" PRId64, e->num);
	else
		print_text(e->str, e->len, out);
}

static void print_parens(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addch(out, '(');
	ast_print_expr(e, out);
	strbuf_addch(out, ')');
}

void ast_print_list(const ast_exprs *list, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (i)
			strbuf_addstr(out, ", ");
		ast_print_expr(list->at[i], out);
	}
}

static void print_binary(const struct ast_expr *e, struct strbuf *out)
{
	print_parens(e->a, out);
	strbuf_addf(out, " %s ", tok_text(e->op));
	print_parens(e->b, out);
}

/* Whether it binds as tightly as a name and is no operator. */
static bool is_primary(const struct ast_expr *e)
{
	switch (e->kind) {
	case AST_NUMBER:
	case AST_STRING:
	case AST_EMBED:
	case AST_NAME:
	case AST_INDEX:
	case AST_WILDCARD:
	case AST_CONCAT: /* brings its own parentheses */
	case AST_CALL:
	case AST_PRINT:
	case AST_TARGET:
	case AST_ATVAR:
	case AST_CAST:
	case AST_AUTOCAST:
	case AST_ENTRY:
	case AST_DEFINED:
	case AST_PROBEWRITE:
	case AST_PERF:
	case AST_CONST:
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
	case AST_STAT:
	case AST_HIST:
	case AST_HIST_INDEX:
	case AST_CONTEXT:
		return true;
	case AST_IN:
	case AST_UNARY:
	case AST_PREFIX:
	case AST_POSTFIX:
	case AST_BINARY:
	case AST_COMPARE:
	case AST_LOGIC:
	case AST_REGEX:
	case AST_ASSIGN:
	case AST_COND:
		break;
	}
	return false;
}

static void print_concat(const struct ast_expr *e, struct strbuf *out)
{
	size_t i;

	strbuf_addch(out, '(');
	for (i = 0; i < e->list.len; i++) {
		if (i)
			strbuf_addstr(out, " . ");
		if (is_primary(e->list.at[i]))
			ast_print_expr(e->list.at[i], out);
		else
			print_parens(e->list.at[i], out);
	}
	strbuf_addch(out, ')');
}

static void print_call(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "%s(", e->name);
	ast_print_list(&e->list, out);
	strbuf_addch(out, ')');
}

static void print_print(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "%s%s(", e->to_string ? "s" : "",
		    print_names[e->print]);
	if (e->str) {
		print_text(e->str, e->len, out);
		if (e->list.len)
			strbuf_addstr(out, ", ");
	}
	ast_print_list(&e->list, out);
	strbuf_addch(out, ')');
}

/* The optional texts of @var, @cast and @enumname. */
static void print_texts(const struct ast_expr *e, bool comma,
			struct strbuf *out)
{
	if (e->str) {
		strbuf_addstr(out, comma ? ", " : "");
		print_text(e->str, e->len, out);
	}
	if (e->str2) {
		strbuf_addstr(out, ", ");
		print_text(e->str2, strlen(e->str2), out);
	}
	strbuf_addch(out, ')');
}

static void print_steps(const struct ast_expr *e, struct strbuf *out)
{
	const struct ast_step *step;

	vec_foreach(step, &e->steps) {
		if (step->kind == STEP_MEMBER) {
			strbuf_addf(out, "->%s", step->name);
		} else {
			strbuf_addch(out, '[');
			ast_print_expr(step->index, out);
			strbuf_addch(out, ']');
		}
	}
	strbuf_fill(out, '$', e->pretty);
}

static void print_target(const struct ast_expr *e, struct strbuf *out)
{
	if (e->addressof)
		strbuf_addch(out, '&');
	if (e->kind == AST_TARGET) {
		strbuf_addstr(out, e->name);
	} else if (e->kind == AST_AUTOCAST) {
		print_parens(e->a, out);
	} else if (e->kind == AST_ATVAR) {
		strbuf_addstr(out, "@var(");
		print_texts(e, false, out);
	} else {
		strbuf_addstr(out, "@cast(");
		ast_print_expr(e->a, out);
		print_texts(e, true, out);
	}
	print_steps(e, out);
}

static void print_stat(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "@%s(", stat_names[e->stat]);
	ast_print_expr(e->a, out);
	if (e->has_num)
		strbuf_addf(out, ", %" PRId64, e->num);
	strbuf_addch(out, ')');
}

static void print_hist(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "@hist_%s(", e->hist.linear ? "linear" : "log");
	ast_print_expr(e->a, out);
	if (e->hist.linear)
		strbuf_addf(out, ", %" PRId64 ", %" PRId64 ", %" PRId64,
			    e->hist.lo, e->hist.hi, e->hist.step);
	strbuf_addch(out, ')');
}

static void print_at_value(const char *op, const struct ast_expr *e,
			   struct strbuf *out)
{
	strbuf_addf(out, "@%s(", op);
	ast_print_expr(e->a, out);
	strbuf_addch(out, ')');
}

static void print_at_text(const char *op, const struct ast_expr *e,
			  struct strbuf *out)
{
	strbuf_addf(out, "@%s(", op);
	print_text(e->str, e->len, out);
	strbuf_addch(out, ')');
}

static void print_index(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "%s[", e->name);
	ast_print_list(&e->list, out);
	strbuf_addch(out, ']');
}

static void print_in(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addch(out, '[');
	ast_print_list(&e->list, out);
	strbuf_addstr(out, "] in ");
	ast_print_expr(e->a, out);
}

static void print_cond(const struct ast_expr *e, struct strbuf *out)
{
	print_parens(e->a, out);
	strbuf_addstr(out, " ? ");
	print_parens(e->b, out);
	strbuf_addstr(out, " : ");
	print_parens(e->c, out);
}

static void print_regex(const struct ast_expr *e, struct strbuf *out)
{
	print_parens(e->a, out);
	strbuf_addf(out, " %s ", tok_text(e->op));
	print_text(e->str, e->len, out);
}

static void print_enumname(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addstr(out, "@enumname(");
	ast_print_expr(e->a, out);
	print_texts(e, true, out);
}

static void print_register(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "@%cregister(", e->user ? 'u' : 'k');
	print_number(e->num, out);
	strbuf_addch(out, ')');
}

static void print_bucket(const struct ast_expr *e, struct strbuf *out)
{
	print_hist(e->a, out);
	strbuf_addch(out, '[');
	ast_print_expr(e->b, out);
	strbuf_addch(out, ']');
}

static void print_deref(const struct ast_expr *e, struct strbuf *out)
{
	strbuf_addf(out, "@%cderef(%" PRId64 ", ", e->user ? 'u' : 'k', e->num);
	ast_print_expr(e->a, out);
	strbuf_addch(out, ')');
}

/* An @ operator that is no target form. */
static void print_at(const struct ast_expr *e, struct strbuf *out)
{
	if (e->kind == AST_ENTRY)
		print_at_value("entry", e, out);
	else if (e->kind == AST_DEFINED)
		print_at_value("defined", e, out);
	else if (e->kind == AST_PROBEWRITE)
		print_at_value("probewrite", e, out);
	else if (e->kind == AST_PERF)
		print_at_text("perf", e, out);
	else if (e->kind == AST_CONST)
		print_at_text("const", e, out);
	else if (e->kind == AST_ENUM)
		print_at_text("enum", e, out);
	else if (e->kind == AST_ENUMNAME)
		print_enumname(e, out);
	else if (e->kind == AST_REGISTER)
		print_register(e, out);
	else
		print_deref(e, out);
}

/* No syntax of the language: only seen behind pass 2. */
static void print_context(const struct ast_expr *e, struct strbuf *out)
{
	switch ((enum ast_context)e->op) {
	case CONTEXT_ARG:
		strbuf_addf(out, "@raw_arg(%" PRId64 ")", e->num);
		break;
	case CONTEXT_RETVAL:
		strbuf_addstr(out, "@raw_return()");
		break;
	case CONTEXT_REGISTER:
		strbuf_addf(out, "@raw_register(%" PRId64 ")", e->num);
		break;
	case CONTEXT_OFFSET:
		print_at_text("raw_offset", e, out);
		break;
	case CONTEXT_READ:
	case CONTEXT_PEEK:
	case CONTEXT_READABLE:
		strbuf_addf(out, "@raw_%s(%u, %s%s, ",
			    e->op == CONTEXT_READ	? "read"
			    : e->op == CONTEXT_PEEK	? "peek"
							: "readable",
			    mem_bytes((unsigned)e->num),
			    e->num & MEM_USER ? "user" : "kernel",
			    e->num & MEM_SIGNED ? ", signed" : "");
		ast_print_expr(e->a, out);
		strbuf_addch(out, ')');
		break;
	}
}

void ast_print_expr(const struct ast_expr *e, struct strbuf *out)
{
	switch (e->kind) {
	case AST_NUMBER:
		print_number(e->num, out);
		break;
	case AST_STRING:
		print_text(e->str, e->len, out);
		break;
	case AST_EMBED:
		ast_print_embed(e->str, e->len, out);
		break;
	case AST_NAME:
		strbuf_addstr(out, e->name);
		break;
	case AST_INDEX:
		print_index(e, out);
		break;
	case AST_WILDCARD:
		strbuf_addch(out, '*');
		break;
	case AST_IN:
		print_in(e, out);
		break;
	case AST_UNARY:
	case AST_PREFIX:
		strbuf_addstr(out, tok_text(e->op));
		print_parens(e->a, out);
		break;
	case AST_POSTFIX:
		print_parens(e->a, out);
		strbuf_addstr(out, tok_text(e->op));
		break;
	case AST_BINARY:
	case AST_COMPARE:
	case AST_LOGIC:
	case AST_ASSIGN:
		print_binary(e, out);
		break;
	case AST_CONCAT:
		print_concat(e, out);
		break;
	case AST_REGEX:
		print_regex(e, out);
		break;
	case AST_COND:
		print_cond(e, out);
		break;
	case AST_CALL:
		print_call(e, out);
		break;
	case AST_PRINT:
		print_print(e, out);
		break;
	case AST_TARGET:
	case AST_ATVAR:
	case AST_CAST:
	case AST_AUTOCAST:
		print_target(e, out);
		break;
	case AST_ENTRY:
	case AST_DEFINED:
	case AST_PROBEWRITE:
	case AST_PERF:
	case AST_CONST:
	case AST_ENUM:
	case AST_ENUMNAME:
	case AST_REGISTER:
	case AST_DEREF:
		print_at(e, out);
		break;
	case AST_STAT:
		print_stat(e, out);
		break;
	case AST_HIST:
		print_hist(e, out);
		break;
	case AST_HIST_INDEX:
		print_bucket(e, out);
		break;
	case AST_CONTEXT:
		print_context(e, out);
		break;
	}
}

/* --- probe points --- */

void ast_print_point(const struct ast_point *p, struct strbuf *out)
{
	const struct ast_component *c;

	vec_foreach(c, &p->comps) {
		if (c != p->comps.at)
			strbuf_addch(out, '.');
		strbuf_addstr(out, c->name);
		if (c->arg) {
			strbuf_addch(out, '(');
			ast_print_literal(c->arg, out);
			strbuf_addch(out, ')');
		}
	}
	if (p->optional)
		strbuf_addch(out, p->sufficient ? '!' : '?');
	if (p->condition) {
		strbuf_addstr(out, " if ");
		print_parens(p->condition, out);
	}
}
