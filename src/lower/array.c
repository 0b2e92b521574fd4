/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: what walks over arrays: foreach, and in and delete with wildcards.
 */
#include "lower/internal.h"

/* A walk that is open: its iteration and where it goes on. */
struct walk {
	struct scope scope;
	const struct symbol *sym;
	ir_block_id head, done;
};

bool lower_has_wildcard(const ast_exprs *list)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (list->at[i]->kind == AST_WILDCARD)
			return true;
	return false;
}

/* Open an iteration; what raises from here on closes it. */
static void walk_begin(struct lower *c, struct walk *w, struct ir_iter it,
		       ir_reg limit, struct loc loc)
{
	struct ir_insn *in;

	if (c->n_open++ == IR_MAX_NESTING)
		lower_unsupported(c, loc, "a foreach within so many others");
	w->sym = c->sp->globals.at[it.global];
	w->scope = (struct scope){
		.kind = SCOPE_ITER,
		.outer = c->scope,
		.iter = (uint32_t)c->f->iters.len,
		.err = IR_NONE,
	};
	vec_push(c->p->arena, &c->f->iters, it);
	in = lower_emit(c, IR_OP_IBEGIN, IR_NONE, &limit, limit != IR_NONE);
	in->imm = w->scope.iter;
	lower_may_fault(c, in, loc);
	c->scope = &w->scope;
}

/* Start of each turn: the current block continues with an element. */
static void walk_next(struct lower *c, struct walk *w)
{
	ir_block_id body = lower_block(c);
	struct ir_insn *in;

	w->head = lower_block(c);
	w->done = lower_block(c);
	lower_jump(c, w->head);
	lower_continue_in(c, w->head);
	in = lower_emit0(c, IR_OP_INEXT, IR_NONE);
	in->imm = w->scope.iter;
	in->t = body;
	in->e = w->done;
	lower_continue_in(c, body);
}

/* End of each turn; the current block continues behind the walk. */
static void walk_end(struct lower *c, struct walk *w)
{
	lower_jump(c, w->head);
	lower_continue_in(c, w->done);
	lower_emit0(c, IR_OP_IEND, IR_NONE)->imm = w->scope.iter;
	c->scope = w->scope.outer;
	c->n_open--;
}

static ir_reg walk_key(struct lower *c, const struct walk *w, uint32_t i,
		       ir_reg want)
{
	ir_reg dst = lower_dst(c, want, lower_type(w->sym->key_type[i]));
	struct ir_insn *in = lower_emit0(c, IR_OP_IKEY, dst);

	in->imm = w->scope.iter;
	in->aux = i;
	return dst;
}

/* Go on with the next element unless the keys match; wildcards (IR_NONE)
 * match all. keys gets the element's own ones if it is not NULL. */
static void walk_match(struct lower *c, const struct walk *w,
		       const ir_reg *slice, ir_reg *keys)
{
	uint32_t i, n = (uint32_t)w->sym->n_keys;

	for (i = 0; i < n; i++) {
		ir_block_id yes;
		ir_reg key, same;
		bool text = lower_type(w->sym->key_type[i]) == IR_STR;

		if (slice[i] == IR_NONE && !keys)
			continue;
		key = walk_key(c, w, i, IR_NONE);
		if (keys)
			keys[i] = key;
		if (slice[i] == IR_NONE)
			continue;
		yes = lower_block(c);
		same = lower_temp(c, IR_I64);
		lower_emit2(c, text ? IR_OP_SCMP : IR_OP_ICMP, same, key,
			    slice[i])->imm = IR_EQ;
		lower_branch_on(c, same, yes, w->head);
		lower_continue_in(c, yes);
	}
}

/* --- foreach --- */

static void set_variable(struct lower *c, const struct symbol *sym,
			 ir_reg (*get)(struct lower *c, const struct walk *w,
				       uint32_t i, ir_reg want),
			 const struct walk *w, uint32_t i)
{
	if (sym->kind == SYM_GLOBAL)
		lower_store(c, sym, get(c, w, i, IR_NONE));
	else
		get(c, w, i, lower_var(c, sym));
}

static ir_reg walk_value(struct lower *c, const struct walk *w, uint32_t i,
			 ir_reg want)
{
	ir_reg dst = lower_dst(c, want, lower_type(w->sym->type));

	(void)i;
	lower_emit0(c, IR_OP_IVAL, dst)->imm = w->scope.iter;
	return dst;
}

/* The slice's values, which the body must not be able to change. */
static ir_reg *slice_values(struct lower *c, const struct ast_foreach *fe)
{
	ir_reg *slice = lower_list(c, &fe->slice, NULL);
	size_t i;

	for (i = 0; i < fe->slice.len; i++) {
		ir_reg copy;

		if (slice[i] >= c->n_vars)
			continue;
		copy = lower_temp(c, c->f->regs.at[slice[i]].type);
		lower_emit1(c, IR_OP_MOV, copy, slice[i]);
		slice[i] = copy;
	}
	return slice;
}

static void lower_foreach_array(struct lower *c, const struct ast_stmt *s)
{
	const struct ast_foreach *fe = s->foreach;
	struct ir_iter it = {
		.global = fe->array->sym->id,
		.direction = fe->direction,
		.column = fe->direction ? fe->sort_column : 0,
		.stat = fe->aggr == STAT_NONE ? IR_STAT_COUNT :
						(enum ir_stat_op)fe->aggr,
	};
	ir_reg limit = IR_NONE, *slice = NULL;
	struct scope loop = { .kind = SCOPE_LOOP };
	struct walk w;
	uint32_t i;

	lower_charge(c, 0, s->loc);
	if (fe->limit)
		limit = lower_value(c, fe->limit, IR_NONE);
	walk_begin(c, &w, it, limit, fe->array->loc);
	if (fe->has_slice)
		slice = slice_values(c, fe);
	walk_next(c, &w);
	if (slice)
		walk_match(c, &w, slice, NULL);
	for (i = 0; i < fe->key_syms.len; i++)
		set_variable(c, fe->key_syms.at[i], walk_key, &w, i);
	if (fe->value)
		set_variable(c, fe->value, walk_value, &w, 0);
	loop.outer = c->scope;
	loop.on_break = w.done;
	loop.on_continue = w.head;
	c->scope = &loop;
	lower_owe(c, 1, s->loc);
	lower_stmt(c, s->body);
	lower_settle(c);
	c->scope = loop.outer;
	walk_end(c, &w);
}

void lower_foreach(struct lower *c, const struct ast_stmt *s)
{
	if (s->foreach->array->kind == AST_HIST)
		lower_foreach_hist(c, s);
	else
		lower_foreach_array(c, s);
}

/* --- in, delete --- */

static struct ir_iter unsorted(const struct symbol *sym)
{
	return (struct ir_iter){ .global = sym->id };
}

ir_reg lower_in(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	const struct symbol *sym = e->a->sym;
	ir_reg *keys = lower_list(c, &e->list, NULL), found;
	struct walk w;

	if (!lower_has_wildcard(&e->list)) {
		found = lower_dst(c, want, IR_I64);
		lower_emit(c, IR_OP_MHAS, found, keys, (unsigned)e->list.len)
			->imm = sym->id;
		return found;
	}
	found = lower_const(c, 0, IR_NONE);
	walk_begin(c, &w, unsorted(sym), IR_NONE, e->a->loc);
	walk_next(c, &w);
	walk_match(c, &w, keys, NULL);
	lower_const(c, 1, found);
	lower_jump(c, w.done);
	walk_end(c, &w);
	return found;
}

static void delete_matching(struct lower *c, const struct ast_expr *e)
{
	ir_reg *slice = lower_list(c, &e->list, NULL);
	ir_reg *keys = arena_array(c->arena, ir_reg, e->list.len);
	struct walk w;

	walk_begin(c, &w, unsorted(e->sym), IR_NONE, e->loc);
	walk_next(c, &w);
	walk_match(c, &w, slice, keys);
	lower_emit(c, IR_OP_MDEL, IR_NONE, keys, (unsigned)e->list.len)->imm =
		e->sym->id;
	walk_end(c, &w);
}

void lower_delete(struct lower *c, const struct ast_expr *e)
{
	const struct symbol *sym = e->sym;
	ir_reg *keys;

	if (e->kind == AST_INDEX) {
		if (lower_has_wildcard(&e->list)) {
			delete_matching(c, e);
			return;
		}
		keys = lower_list(c, &e->list, NULL);
		lower_emit(c, IR_OP_MDEL, IR_NONE, keys, (unsigned)e->list.len)
			->imm = sym->id;
	} else if (sym->kind == SYM_GLOBAL && sym->n_keys > 0) {
		lower_emit0(c, IR_OP_MCLEAR, IR_NONE)->imm = sym->id;
	} else if (sym->type == TY_STATS) {
		lower_emit0(c, IR_OP_SCLEAR, IR_NONE)->imm = sym->id;
	} else if (lower_type(sym->type) == IR_STR) {
		lower_store(c, sym, lower_text(c, "", IR_NONE));
	} else {
		lower_store(c, sym, lower_const(c, 0, IR_NONE));
	}
}
