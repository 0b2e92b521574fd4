/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: the print family. Every form becomes one format; literal arguments
 * become part of its text.
 */
#include "base/bug.h"
#include "lower/internal.h"

#include <inttypes.h>
#include <string.h>

#define PRINT_MAX 32 /* as in the reference */

struct print {
	struct strbuf format;
	ir_reg args[PRINT_MAX];
	unsigned n_args;
};

/* Text that prints as itself, up to its first NUL. */
static void add_literal(struct print *pr, const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			strbuf_addch(&pr->format, '%');
		strbuf_addch(&pr->format, *text);
	}
}

static void add_argument(struct lower *c, struct print *pr,
			 const struct ast_expr *e, ir_reg r)
{
	if (e->kind == AST_STRING) {
		add_literal(pr, e->str);
	} else if (e->kind == AST_NUMBER) {
		strbuf_addf(&pr->format, "%" PRId64, e->num);
	} else {
		strbuf_addstr(&pr->format,
			      c->f->regs.at[r].type == IR_STR ? "%s" : "%d");
		pr->args[pr->n_args++] = r;
	}
}

/* The values of the arguments; literals of the plain forms have none. */
static ir_reg *eval_arguments(struct lower *c, const struct ast_expr *e)
{
	ast_exprs rest = { .len = 0 };
	ir_reg *regs, *all;
	size_t i, n = 0;

	if (e->print == PRINT_PRINTF || e->print == PRINT_CHAR)
		return lower_list(c, &e->list, NULL);
	for (i = 0; i < e->list.len; i++)
		if (e->list.at[i]->kind != AST_STRING &&
		    e->list.at[i]->kind != AST_NUMBER)
			vec_push(c->arena, &rest, e->list.at[i]);
	regs = lower_list(c, &rest, NULL);
	all = arena_array(c->arena, ir_reg, e->list.len);
	for (i = 0; i < e->list.len; i++) {
		all[i] = IR_NONE;
		if (n < rest.len && rest.at[n] == e->list.at[i])
			all[i] = regs[n++];
	}
	return all;
}

/* The format of print, println, printd, printdln. */
static void make_plain(struct lower *c, struct print *pr,
		       const struct ast_expr *e, const ir_reg *regs)
{
	bool delimited = e->print == PRINT_PRINTD || e->print == PRINT_PRINTDLN;
	size_t i;

	for (i = 0; i < e->list.len; i++) {
		if (i && delimited)
			add_literal(pr, e->str);
		add_argument(c, pr, e->list.at[i], regs[i]);
	}
	if (e->print == PRINT_PRINTLN || e->print == PRINT_PRINTDLN)
		add_literal(pr, "\n");
}

static void make_format(struct lower *c, struct print *pr,
			const struct ast_expr *e)
{
	const ir_reg *regs = eval_arguments(c, e);

	if (e->print != PRINT_PRINTF && e->print != PRINT_CHAR) {
		make_plain(c, pr, e, regs);
		return;
	}
	if (e->print == PRINT_PRINTF)
		strbuf_add(&pr->format, e->str, e->len);
	else
		strbuf_addstr(&pr->format, "%c");
	pr->n_args = (unsigned)e->list.len;
	if (pr->n_args)
		memcpy(pr->args, regs, pr->n_args * sizeof(*regs));
}

/* Whether the format dumps memory. */
static bool dumps_memory(const struct fmt *f)
{
	const struct fmt_item *it;

	vec_foreach (it, &f->items)
		if (it->conv == FMT_M || it->conv == FMT_UPPER_M)
			return true;
	return false;
}

ir_reg lower_print(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	struct print pr = { .format = STRBUF_INIT };
	ir_reg dst = IR_NONE;
	struct fmt fmt;
	uint32_t format;

	if (e->to_string)
		dst = lower_dst(c, want, IR_STR);
	if (e->list.len > PRINT_MAX) {
		diag_error(c->diag, e->loc, PRINT_ARGS_MAX, e->list.len);
		return dst;
	}
	make_format(c, &pr, e);
	format = ir_format(c->p, pr.format.buf, pr.format.len);
	if (format == IR_NONE)
		BUG("format '%s' made of a print call", pr.format.buf);
	fmt = c->p->formats.at[format].fmt;
	if (dumps_memory(&fmt))
		dst = lower_dumps(c, &fmt, pr.args, e, dst);
	else if (e->to_string || pr.format.len)
		lower_emit(c, e->to_string ? IR_OP_SPRINT : IR_OP_PRINT, dst,
			   pr.args, pr.n_args)->imm = format;
	strbuf_release(&pr.format);
	return dst;
}
