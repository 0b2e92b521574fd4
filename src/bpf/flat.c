/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inlining of calls, and the order, liveness and constants of the result; see
 * flat.h. Functions are copied for each call: BPF's own calls share 512 bytes
 * of stack and cannot return strings, and tapset functions are small.
 */
#include "bpf/flat.h"

#include "base/bug.h"

#include <errno.h>
#include <string.h>

struct inliner {
	struct arena *arena;
	const struct ir_prog *p;
	struct ir_fn *out;
	struct strbuf *err;
	size_t n_insns;
	uint32_t depth;
};

/* Where a copy of a function lands in the result. */
struct landing {
	uint32_t reg_base, block_base, iter_base;
	ir_reg ret;       /* or IR_NONE */
	ir_block_id cont; /* after a return; IR_NONE in the handler itself */
	ir_block_id fail; /* for errors that leave it; IR_NONE likewise */
};

static ir_block_id new_block(struct inliner *in)
{
	vec_push(in->arena, &in->out->blocks, (struct ir_block){ 0 });
	return (ir_block_id)(in->out->blocks.len - 1);
}

static struct ir_insn *emit(struct inliner *in, ir_block_id b, enum ir_op op)
{
	struct ir_insn i = { .op = (uint8_t)op,
			     .dst = IR_NONE,
			     .t = IR_NONE,
			     .e = IR_NONE,
			     .loc = IR_NONE };
	struct ir_block *blk = &in->out->blocks.at[b];

	in->n_insns++;
	vec_push(in->arena, &blk->insns, i);
	return &vec_last(&blk->insns);
}

static void emit_mov(struct inliner *in, ir_block_id b, ir_reg dst, ir_reg src)
{
	struct ir_insn *i = emit(in, b, IR_OP_MOV);

	i->dst = dst;
	i->n_args = 1;
	i->args = arena_array(in->arena, ir_reg, 1);
	i->args[0] = src;
}

static void emit_jump(struct inliner *in, ir_block_id b, ir_block_id to)
{
	emit(in, b, IR_OP_JMP)->t = to;
}

/* The registers of a function read as 0 or "" at the start of each call. */
static void emit_defaults(struct inliner *in, const struct ir_fn *f,
			  const struct landing *at)
{
	for (uint32_t r = f->n_params; r < f->regs.len; r++) {
		bool str = f->regs.at[r].type == IR_STR;
		struct ir_insn *i =
			emit(in, at->block_base, str ? IR_OP_STR : IR_OP_CONST);

		i->dst = at->reg_base + r;
		i->imm = str ? FLAT_EMPTY : 0;
	}
}

static int inline_fn(struct inliner *in, uint32_t fn, const ir_reg *args,
		     uint32_t n_args, ir_block_id from, struct landing at);

static ir_block_id map_block(const struct landing *at, ir_block_id b)
{
	return b == IR_NONE ? IR_NONE : at->block_base + b;
}

/* Copy one instruction that stays as it is, apart from numbers. */
static void copy_insn(struct inliner *in, const struct ir_insn *i,
		      const struct landing *at, ir_block_id to)
{
	struct ir_insn *c = emit(in, to, (enum ir_op)i->op);
	bool faults = ir_op_info((enum ir_op)i->op)->flags & IR_FAULT ||
		      i->op == IR_OP_RAISE;

	c->imm = i->imm;
	if (ir_op_info((enum ir_op)i->op)->imm == 'L')
		c->imm += at->iter_base;
	c->aux = i->aux;
	c->loc = i->loc;
	c->t = map_block(at, i->t);
	c->e = map_block(at, i->e);
	if (faults && c->e == IR_NONE)
		c->e = at->fail;
	if (i->dst != IR_NONE)
		c->dst = at->reg_base + i->dst;
	c->n_args = i->n_args;
	c->args = arena_array(in->arena, ir_reg, i->n_args);
	for (unsigned a = 0; a < i->n_args; a++)
		c->args[a] = at->reg_base + i->args[a];
}

/* Functions that call themselves are put in place again and again, until the
 * depth is that of MAXNESTING: there is a raise without a text. */
static int copy_call(struct inliner *in, const struct ir_insn *i,
		     const struct landing *at, ir_block_id *cur)
{
	ir_reg *args = arena_array(in->arena, ir_reg, i->n_args);
	ir_block_id cont = new_block(in);
	struct landing to = {
		.ret = i->dst == IR_NONE ? IR_NONE : at->reg_base + i->dst,
		.cont = cont,
		.fail = i->e == IR_NONE ? at->fail : map_block(at, i->e),
	};
	int rc;

	if (in->depth > in->p->limits.maxnesting) {
		struct ir_insn *raise = emit(in, *cur, IR_OP_RAISE);

		raise->loc = i->loc;
		raise->e = to.fail;
		*cur = cont; /* nothing gets there */
		return 0;
	}
	for (unsigned a = 0; a < i->n_args; a++)
		args[a] = at->reg_base + i->args[a];
	rc = inline_fn(in, (uint32_t)i->imm, args, i->n_args, *cur, to);
	*cur = cont;
	return rc;
}

static void copy_return(struct inliner *in, const struct ir_insn *i,
			const struct landing *at, ir_block_id cur)
{
	if (i->n_args && at->ret != IR_NONE)
		emit_mov(in, cur, at->ret, at->reg_base + i->args[0]);
	emit_jump(in, cur, at->cont);
}

static int copy_block(struct inliner *in, const struct ir_block *b,
		      const struct landing *at, ir_block_id cur)
{
	const struct ir_insn *i;
	int rc;

	vec_foreach(i, &b->insns) {
		if (in->n_insns > FLAT_MAX_INSNS) {
			strbuf_addstr(in->err, "is too big for BPF once its "
					       "functions are put in place");
			return -E2BIG;
		}
		if (i->op == IR_OP_CALL) {
			rc = copy_call(in, i, at, &cur);
			if (rc)
				return rc;
		} else if (i->op == IR_OP_RET && at->cont != IR_NONE) {
			copy_return(in, i, at, cur);
		} else if (i->op == IR_OP_FAIL && at->fail != IR_NONE) {
			emit_jump(in, cur, at->fail);
		} else {
			copy_insn(in, i, at, cur);
		}
	}
	return 0;
}

static int inline_fn(struct inliner *in, uint32_t fn, const ir_reg *args,
		     uint32_t n_args, ir_block_id from, struct landing at)
{
	const struct ir_fn *f = in->p->fns.at[fn];
	int rc = 0;

	in->depth++;
	at.reg_base = (uint32_t)in->out->regs.len;
	for (size_t r = 0; r < f->regs.len; r++)
		vec_push(in->arena, &in->out->regs, f->regs.at[r]);
	at.iter_base = (uint32_t)in->out->iters.len;
	for (size_t k = 0; k < f->iters.len; k++)
		vec_push(in->arena, &in->out->iters, f->iters.at[k]);
	at.block_base = (uint32_t)in->out->blocks.len;
	for (size_t b = 0; b < f->blocks.len; b++)
		new_block(in);
	/* Block 0 of a function may be the target of a loop; defaults are set
	 * before it is entered. */
	if (from != IR_NONE) {
		struct landing pre = at;

		pre.block_base = from;
		for (uint32_t a = 0; a < n_args; a++)
			emit_mov(in, from, at.reg_base + a, args[a]);
		emit_defaults(in, f, &pre);
		emit_jump(in, from, at.block_base);
	}
	for (size_t b = 0; b < f->blocks.len && !rc; b++)
		rc = copy_block(in, &f->blocks.at[b], &at,
				at.block_base + (uint32_t)b);
	in->depth--;
	return rc;
}

int flat_build(struct flat *f, struct arena *arena, const struct ir_prog *p,
	       uint32_t fn, struct strbuf *err)
{
	struct inliner in = {
		.arena = arena,
		.p = p,
		.out = &f->fn,
		.err = err,
	};
	struct landing at = { .ret = IR_NONE,
			      .cont = IR_NONE,
			      .fail = IR_NONE };
	ir_block_id entry;
	int rc;

	*f = (struct flat){ 0 };
	f->fn.name = p->fns.at[fn]->name;
	f->fn.kind = IR_FN_HANDLER;
	entry = new_block(&in);
	rc = inline_fn(&in, fn, NULL, 0, entry, at);
	if (!rc)
		flat_analyse(f, arena);
	return rc;
}
