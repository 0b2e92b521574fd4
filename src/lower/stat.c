/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: statistics and their histograms (language.md section 12).
 */
#include "lower/internal.h"

#include "base/bug.h"

/* The operations of the IR are those of the language. */
static_assert((int)IR_STAT_COUNT == (int)STAT_COUNT &&
		      (int)IR_STAT_SUM == (int)STAT_SUM &&
		      (int)IR_STAT_MIN == (int)STAT_MIN &&
		      (int)IR_STAT_MAX == (int)STAT_MAX &&
		      (int)IR_STAT_AVG == (int)STAT_AVG &&
		      (int)IR_STAT_VARIANCE == (int)STAT_VARIANCE,
	      "one numbering");

static struct hist shape(const struct ast_expr *e)
{
	if (!e)
		return (struct hist){ .kind = HIST_NONE };
	if (!e->hist.linear)
		return (struct hist){ .kind = HIST_LOG };
	return (struct hist){ HIST_LINEAR, e->hist.lo, e->hist.hi,
			      e->hist.step };
}

struct ir_stat lower_stat_kept(const struct symbol *sym)
{
	unsigned asked = sym->stat.asked, fields = 0;

	if (asked & (1u << STAT_SUM | 1u << STAT_AVG | 1u << STAT_VARIANCE))
		fields |= IR_KEEP_SUM;
	if (asked & 1u << STAT_MIN)
		fields |= IR_KEEP_MIN;
	if (asked & 1u << STAT_MAX)
		fields |= IR_KEEP_MAX;
	if (asked & 1u << STAT_VARIANCE)
		fields |= IR_KEEP_VARIANCE;
	return (struct ir_stat){
		.fields = (uint8_t)fields,
		.shift = (uint8_t)sym->stat.shift,
		.hist = shape(sym->stat.hist),
	};
}

/* The last instruction is about a statistic and may raise. */
static struct ir_insn *about(struct lower *c, struct ir_insn *in,
			     const struct symbol *sym, struct loc loc)
{
	in->imm = sym->id;
	lower_may_fault(c, in, loc);
	return in;
}

ir_reg lower_stat(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	ir_reg *keys = lower_list(c, &e->a->list, NULL);
	ir_reg dst = lower_dst(c, want, IR_I64);
	struct ir_insn *in = lower_emit(c, IR_OP_SGET, dst, keys,
					(unsigned)e->a->list.len);

	about(c, in, e->a->sym, e->loc)->aux = e->stat;
	return dst;
}

/* hget: the bucket's number, then the keys of the statistic. */
static ir_reg emit_bucket(struct lower *c, const struct ast_expr *hist,
			  const ir_reg *keys, ir_reg bucket, bool empty_ok,
			  ir_reg want)
{
	unsigned i, n = (unsigned)hist->a->list.len;
	ir_reg args[1 + IR_MAX_KEYS], dst;

	BUG_ON(n > IR_MAX_KEYS);
	args[0] = bucket;
	for (i = 0; i < n; i++)
		args[1 + i] = keys[i];
	dst = lower_dst(c, want, IR_I64);
	about(c, lower_emit(c, IR_OP_HGET, dst, args, 1 + n), hist->a->sym,
	      hist->loc)->aux = empty_ok;
	return dst;
}

ir_reg lower_bucket(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	const struct ast_expr *hist = e->a;
	bool in = e->kind == AST_IN;
	const struct ast_expr *number = in ? e->list.at[0] : e->b;
	ir_reg *keys, bucket;

	keys = lower_list(c, &hist->a->list, number);
	bucket = lower_value(c, number, IR_NONE);
	return emit_bucket(c, hist, keys, bucket, in, want);
}

ir_reg lower_hist_print(struct lower *c, const struct ast_expr *e, ir_reg want)
{
	const struct ast_expr *of = e->list.at[0]->a;
	ir_reg *keys = lower_list(c, &of->list, NULL);
	ir_reg dst = IR_NONE;

	if (e->to_string)
		dst = lower_dst(c, want, IR_STR);
	about(c, lower_emit(c, e->to_string ? IR_OP_HTEXT : IR_OP_HPRINT, dst,
			    keys, (unsigned)of->list.len), of->sym, e->loc);
	return dst;
}

/* A copy that the body of a loop cannot change. */
static ir_reg fixed(struct lower *c, ir_reg r)
{
	ir_reg copy;

	if (r >= c->n_vars)
		return r;
	copy = lower_temp(c, c->f->regs.at[r].type);
	lower_emit1(c, IR_OP_MOV, copy, r);
	return copy;
}

/* The keys of the statistic, evaluated once, and how many buckets to visit. */
static ir_reg *walk_operands(struct lower *c, const struct ast_foreach *fe,
			     ir_reg *end)
{
	const struct ast_expr *of = fe->array->a;
	struct hist h = shape(of->sym->stat.hist);
	ir_reg *keys, limit = IR_NONE, few;
	size_t i;

	if (fe->limit)
		limit = fixed(c, lower_value(c, fe->limit, IR_NONE));
	keys = lower_list(c, &of->list, NULL);
	for (i = 0; i < of->list.len; i++)
		keys[i] = fixed(c, keys[i]);
	*end = lower_const(c, hist_buckets(&h), IR_NONE);
	if (limit != IR_NONE) {
		ir_block_id less = lower_block(c), go = lower_block(c);

		few = lower_temp(c, IR_I64);
		lower_emit2(c, IR_OP_ICMP, few, limit, *end)->imm = IR_LT;
		lower_branch_on(c, few, less, go);
		lower_continue_in(c, less);
		lower_emit1(c, IR_OP_MOV, *end, limit);
		lower_jump(c, go);
		lower_continue_in(c, go);
	}
	return keys;
}

void lower_foreach_hist(struct lower *c, const struct ast_stmt *s)
{
	const struct ast_foreach *fe = s->foreach;
	ir_block_id head, body, next, done;
	struct scope loop = { .kind = SCOPE_LOOP };
	ir_reg end, *keys, at, more;

	lower_charge(c, 0, s->loc);
	keys = walk_operands(c, fe, &end);
	head = lower_block(c);
	body = lower_block(c);
	next = lower_block(c);
	done = lower_block(c);
	at = lower_const(c, 0, IR_NONE);
	lower_jump(c, head);
	lower_continue_in(c, head);
	more = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_ICMP, more, at, end)->imm = IR_LT;
	lower_branch_on(c, more, body, done);
	lower_continue_in(c, body);
	lower_store(c, fe->key_syms.at[0], at);
	if (fe->value)
		lower_store(c, fe->value,
			    emit_bucket(c, fe->array, keys, at, true,
					IR_NONE));
	loop.outer = c->scope;
	loop.on_break = done;
	loop.on_continue = next;
	c->scope = &loop;
	lower_owe(c, 1, s->loc);
	lower_stmt(c, s->body);
	lower_settle(c);
	c->scope = loop.outer;
	lower_jump(c, next);
	lower_continue_in(c, next);
	lower_emit2(c, IR_OP_ADD, at, at, lower_const(c, 1, IR_NONE));
	lower_jump(c, head);
	lower_continue_in(c, done);
}
