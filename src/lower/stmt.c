/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: statements, and what they cost (language.md 22.2). Each simple
 * statement, if, and step of a loop is one action; blocks and try are free;
 * entering a catch block is one.
 */
#include "base/bug.h"
#include "lower/internal.h"

static bool is_simple(const struct ast_stmt *s)
{
	switch (s->kind) {
	case AST_EXPR_STMT: case AST_RETURN: case AST_DELETE: case AST_NEXT:
	case AST_BREAK: case AST_CONTINUE: case AST_EMPTY: case AST_EMBED_STMT:
		return true;
	case AST_BLOCK: case AST_IF: case AST_WHILE: case AST_FOR:
	case AST_FOREACH: case AST_TRY:
		return false;
	}
	BUG("statement kind %d", (int)s->kind);
}

/* --- ways out --- */

static void lower_return(struct lower *c, const struct ast_stmt *s)
{
	enum ir_type ret = c->f->ret;
	ir_reg value = IR_NONE;

	if (s && s->expr)
		value = lower_value(c, s->expr, IR_NONE);
	if (ret == IR_VOID)
		value = IR_NONE;
	else if (value == IR_NONE && ret == IR_STR)
		value = lower_text(c, "", IR_NONE);
	else if (value == IR_NONE)
		value = lower_const(c, 0, IR_NONE);
	lower_leave(c, value);
}

/* next in a function: the next overload does the work with the arguments as
 * they came; behind the last one there is an error. Neither has a location: to
 * messages it is the call in the script that goes on, or fails. */
static void lower_next_overload(struct lower *c)
{
	const struct function *next = c->fn->next;
	struct ir_insn *in;
	ir_reg r = IR_NONE;

	if (!next) {
		r = lower_text(c, "all functions exhausted", IR_NONE);
		in = lower_emit1(c, IR_OP_RAISE, IR_NONE, r);
		in->e = lower_err_block(c);
		c->cur = lower_block(c);
		return;
	}
	if (c->f->ret != IR_VOID)
		r = lower_temp(c, c->f->ret);
	if (next->intrinsic < 0) {
		in = lower_emit(c, IR_OP_CALL, r, c->args_again,
				next->n_params);
		in->imm = next->id;
		in->e = lower_err_block(c);
	} else {
		in = lower_emit(c, IR_OP_INTRIN, r, c->args_again,
				next->n_params);
		in->imm = next->intrinsic;
		if (intrinsics[next->intrinsic].flags & INTRIN_FAULTS)
			in->e = lower_err_block(c);
	}
	lower_leave(c, r);
}

static void lower_next(struct lower *c)
{
	if (c->fn)
		lower_next_overload(c);
	else
		lower_leave(c, IR_NONE);
}

static void lower_loop_exit(struct lower *c, const struct ast_stmt *s)
{
	const struct scope *loop = c->scope;

	while (loop && loop->kind != SCOPE_LOOP)
		loop = loop->outer;
	if (!loop)
		BUG("break outside a loop");
	lower_close_to(c, loop);
	lower_jump(c, s->kind == AST_BREAK ? loop->on_break :
					     loop->on_continue);
}

/* --- simple statements, already counted --- */

static void lower_simple(struct lower *c, const struct ast_stmt *s)
{
	switch (s->kind) {
	case AST_EXPR_STMT:
		lower_effect(c, s->expr);
		return;
	case AST_RETURN:
		lower_return(c, s);
		return;
	case AST_DELETE:
		lower_delete(c, s->expr);
		return;
	case AST_NEXT:
		lower_next(c);
		return;
	case AST_BREAK:
	case AST_CONTINUE:
		lower_loop_exit(c, s);
		return;
	case AST_EMBED_STMT:
		lower_embed(c, s->expr);
		return;
	case AST_EMPTY:
	case AST_BLOCK: case AST_IF: case AST_WHILE: case AST_FOR:
	case AST_FOREACH: case AST_TRY:
		return;
	}
}

/* --- compound statements --- */

/* How many actions the straight-line statements from number i on are. */
static unsigned straight_actions(const ast_stmts *list, size_t i)
{
	unsigned n = 0;

	for (; i < list->len && is_simple(list->at[i]); i++) {
		const struct ast_stmt *s = list->at[i];

		n += s->kind != AST_EMPTY;
		if (s->kind == AST_RETURN || s->kind == AST_NEXT ||
		    s->kind == AST_BREAK || s->kind == AST_CONTINUE)
			break;
	}
	return n;
}

/* Statement number i of a block that starts at loc. */
static void lower_in_block(struct lower *c, const ast_stmts *list, size_t i,
			   struct loc loc)
{
	const struct ast_stmt *s = list->at[i];

	if (!is_simple(s)) {
		lower_stmt(c, s);
		return;
	}
	if (!i || !is_simple(list->at[i - 1]))
		lower_charge(c, straight_actions(list, i), i ? s->loc : loc);
	lower_simple(c, s);
}

static void lower_stmts(struct lower *c, const struct ast_stmt *block)
{
	size_t i;

	for (i = 0; i < block->stmts.len; i++)
		lower_in_block(c, &block->stmts, i, block->loc);
}

static void lower_if(struct lower *c, const struct ast_stmt *s)
{
	ir_block_id yes = lower_block(c), no = lower_block(c), after = no;

	lower_charge(c, 1, s->loc);
	lower_test(c, s->expr, yes, no);
	lower_continue_in(c, yes);
	lower_stmt(c, s->body);
	if (s->otherwise) {
		after = lower_block(c);
		lower_jump(c, after);
		lower_continue_in(c, no);
		lower_stmt(c, s->otherwise);
	}
	lower_jump(c, after);
	lower_continue_in(c, after);
}

/* while and for */
static void lower_loop(struct lower *c, const struct ast_stmt *s)
{
	ir_block_id head = lower_block(c), body = lower_block(c);
	ir_block_id step = s->update ? lower_block(c) : head;
	ir_block_id done = lower_block(c);
	struct scope loop = {
		.kind = SCOPE_LOOP,
		.outer = c->scope,
		.on_break = done,
		.on_continue = step,
	};

	lower_charge(c, 0, s->loc);
	if (s->init)
		lower_effect(c, s->init);
	lower_jump(c, head);
	lower_continue_in(c, head);
	if (s->expr)
		lower_test(c, s->expr, body, done);
	else
		lower_jump(c, body);
	lower_continue_in(c, body);
	c->scope = &loop;
	lower_owe(c, 1, s->loc);
	lower_stmt(c, s->body);
	lower_settle(c);
	c->scope = loop.outer;
	lower_jump(c, step);
	if (s->update) {
		lower_continue_in(c, step);
		lower_effect(c, s->update);
		lower_jump(c, head);
	}
	lower_continue_in(c, done);
}

/* The error becomes the text of the catch variable, or is forgotten. */
static void lower_caught(struct lower *c, const struct ast_stmt *s)
{
	ir_reg r;

	if (s->sym && s->sym->kind != SYM_GLOBAL) {
		lower_emit0(c, IR_OP_ERRMSG, lower_var(c, s->sym));
		return;
	}
	r = lower_temp(c, IR_STR);
	lower_emit0(c, IR_OP_ERRMSG, r);
	if (s->sym)
		lower_store(c, s->sym, r);
}

static void lower_try(struct lower *c, const struct ast_stmt *s)
{
	struct scope scope = {
		.kind = SCOPE_TRY,
		.outer = c->scope,
		.err = IR_NONE,
	};
	ir_block_id after = lower_block(c);

	c->scope = &scope;
	lower_stmts(c, s->body);
	lower_settle(c);
	c->scope = scope.outer;
	lower_jump(c, after);
	if (scope.err != IR_NONE) {
		lower_continue_in(c, scope.err);
		lower_caught(c, s);
		lower_owe(c, 1, s->otherwise->loc);
		lower_stmts(c, s->otherwise);
		lower_settle(c);
		lower_jump(c, after);
	}
	lower_continue_in(c, after);
}

void lower_stmt(struct lower *c, const struct ast_stmt *s)
{
	switch (s->kind) {
	case AST_BLOCK:
		lower_stmts(c, s);
		return;
	case AST_IF:
		lower_if(c, s);
		return;
	case AST_WHILE:
	case AST_FOR:
		lower_loop(c, s);
		return;
	case AST_FOREACH:
		lower_foreach(c, s);
		return;
	case AST_TRY:
		lower_try(c, s);
		return;
	case AST_EMPTY:
		return;
	case AST_EXPR_STMT: case AST_RETURN: case AST_DELETE: case AST_NEXT:
	case AST_BREAK: case AST_CONTINUE: case AST_EMBED_STMT:
		lower_charge(c, 1, s->loc);
		lower_simple(c, s);
		return;
	}
}

/* --- bodies --- */

void lower_body(struct lower *c, const struct ast_stmt *body)
{
	lower_stmt(c, body);
	lower_return(c, NULL);
}

/* The first and the last statement (counted through all bodies) that touch a
 * lockable global; false if there is none. */
static bool find_region(const struct lower *c, const struct handler *h,
			size_t *first, size_t *last)
{
	struct ast_stmt *const *body;
	bool found = false;
	size_t i, n = 0;

	vec_foreach (body, &h->bodies) {
		for (i = 0; i < (*body)->stmts.len; i++, n++) {
			if (!lower_touches(c, (*body)->stmts.at[i]))
				continue;
			if (!found)
				*first = n;
			*last = n;
			found = true;
		}
	}
	return found;
}

void lower_handler_bodies(struct lower *c, const struct handler *h)
{
	struct ast_stmt *const *body;
	size_t i, n = 0, first = 0, last = 0;
	bool locks = c->plan.handler_locks[h->id] &&
		     find_region(c, h, &first, &last);

	vec_foreach (body, &h->bodies) {
		const ast_stmts *list = &(*body)->stmts;

		for (i = 0; i < list->len; i++, n++) {
			if (locks && n == first) {
				lower_emit0(c, IR_OP_LOCK, IR_NONE);
				c->locked = true;
			}
			lower_in_block(c, list, i, (*body)->loc);
			if (!c->locked || n != last)
				continue;
			lower_emit0(c, IR_OP_UNLOCK, IR_NONE);
			c->locked = false;
		}
	}
	lower_leave(c, IR_NONE);
}
