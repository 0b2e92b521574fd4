/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stap -t: handlers measure themselves, and a last handler prints what came out
 * (language.md 22.3).
 *
 * The times are ordinary statistics by probe point and handler, so that every
 * executor can keep them. Their variance is not asked of the statistics, which
 * kernel handlers cannot keep, but follows from the sum of squares.
 */
#include "base/bug.h"
#include "lower/internal.h"

#include <string.h>

/* Bytes of a point that tell it from others; keys of BPF maps are short. */
#define POINT_BYTES 256

/* --- the statistics --- */

static uint32_t add_global(struct lower *c, const char *name, uint8_t fields)
{
	uint32_t most = c->opt->limits.maxstringlen;
	struct ir_global g = {
		.name = name,
		.kind = IR_MAP,
		.type = IR_STAT,
		.n_keys = 2,
		.key_type = { IR_STR, IR_I64 },
		.key_bound = { most < POINT_BYTES ? most : POINT_BYTES },
		.size = (uint32_t)c->sp->probes.len + 1,
		.sized = true,
		.stat = { .fields = fields },
	};

	vec_push(c->p->arena, &c->p->globals, g);
	return (uint32_t)c->p->globals.len - 1;
}

void lower_timing_globals(struct lower *c)
{
	c->times = add_global(c, "_times",
			      IR_KEEP_SUM | IR_KEEP_MIN | IR_KEEP_MAX);
	c->squares = add_global(c, "_squares", IR_KEEP_SUM);
}

/* --- handlers --- */

static ir_reg now(struct lower *c)
{
	ir_reg r = lower_temp(c, IR_I64);

	lower_emit0(c, IR_OP_INTRIN, r)->imm = INTRIN_KTIME_GET_NS;
	return r;
}

ir_reg lower_timing_begin(struct lower *c)
{
	return now(c);
}

static void add_time(struct lower *c, uint32_t global, ir_reg value,
		     ir_reg point, ir_reg id, ir_block_id err)
{
	const ir_reg args[] = { value, point, id };
	struct ir_insn *in = lower_emit(c, IR_OP_SADD, IR_NONE, args, 3);

	in->imm = global;
	in->e = err;
}

/* Note the time in front of the end of a block. The statistics have room for
 * all there is, so that err is never gone to. */
static void note_time(struct lower *c, ir_block_id block, ir_reg start,
		      int64_t handler, ir_block_id err)
{
	struct ir_insn end = vec_last(&c->f->blocks.at[block].insns);
	ir_reg stop, time, square, point, id;

	c->f->blocks.at[block].insns.len--;
	c->cur = block;
	stop = now(c);
	time = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_SUB, time, stop, start);
	square = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_MUL, square, time, time);
	point = lower_temp(c, IR_STR);
	lower_emit0(c, IR_OP_INTRIN, point)->imm = INTRIN_PP;
	id = lower_const(c, handler, IR_NONE);
	add_time(c, c->times, time, point, id, err);
	add_time(c, c->squares, square, point, id, err);
	vec_push(c->p->arena, &c->f->blocks.at[block].insns, end);
}

void lower_timing_end(struct lower *c, const struct handler *h, ir_reg start,
		      ir_block_id unmet)
{
	size_t n = c->f->blocks.len, b;
	ir_block_id err = lower_block(c);

	ir_emit(c->p, c->f, err, IR_OP_FAIL, IR_NONE, NULL, 0);
	for (b = 0; b < n; b++) {
		const struct ir_block *block = &c->f->blocks.at[b];

		if (b == unmet || !block->insns.len)
			continue;
		if (vec_last(&block->insns).op == IR_OP_RET ||
		    vec_last(&block->insns).op == IR_OP_FAIL)
			note_time(c, (ir_block_id)b, start, h->id, err);
	}
	c->cur = err;
}

/* --- the report --- */

static ir_reg get(struct lower *c, uint32_t global, enum ir_stat_op op,
		  ir_reg point, ir_reg id)
{
	const ir_reg keys[] = { point, id };
	ir_reg dst = lower_temp(c, IR_I64);
	struct ir_insn *in = lower_emit(c, IR_OP_SGET, dst, keys, 2);

	in->imm = global;
	in->aux = op;
	in->e = lower_err_block(c);
	return dst;
}

static ir_reg compute(struct lower *c, enum ir_op op, ir_reg a, ir_reg b)
{
	ir_reg dst = lower_temp(c, IR_I64);

	lower_emit2(c, op, dst, a, b);
	return dst;
}

/* The sum of squares less what the mean, cut to a whole number a, explains:
 * sq - 2 a sum + n a a, over n - 1, or 1 for a single time. It wraps back. */
static ir_reg variance(struct lower *c, ir_reg n, ir_reg sum, ir_reg a,
		       ir_reg squares)
{
	ir_reg one = lower_const(c, 1, IR_NONE), less, many, by, dst;
	struct ir_insn *in;

	less = compute(c, IR_OP_MUL, a, sum);
	less = compute(c, IR_OP_ADD, less, less);
	many = compute(c, IR_OP_MUL, n, compute(c, IR_OP_MUL, a, a));
	squares = compute(c, IR_OP_SUB, squares, less);
	squares = compute(c, IR_OP_ADD, squares, many);
	by = compute(c, IR_OP_SUB, n, one);
	less = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_ICMP, less, n, one)->imm = IR_EQ;
	by = compute(c, IR_OP_ADD, by, less);
	dst = lower_temp(c, IR_I64);
	in = lower_emit2(c, IR_OP_DIV, dst, squares, by);
	in->e = lower_err_block(c);
	return dst;
}

/* Text that is to stand in a format. */
static void add_text(struct strbuf *format, const char *text)
{
	for (; *text; text++) {
		if (*text == '%')
			strbuf_addch(format, '%');
		strbuf_addch(format, *text);
	}
}

static uint32_t line_format(struct lower *c, const struct sema_probe *sp,
			    size_t index)
{
	struct strbuf format = STRBUF_INIT, place = STRBUF_INIT;
	const char *chain = sp->at->chain ? sp->at->chain : "";
	uint32_t id;

	if (!strncmp(chain, "<- ", 3))
		chain += 3;
	if (loc_is_set(sp->handler->loc))
		loc_add_place(c->diag->srcs, sp->handler->loc, &place);
	strbuf_addstr(&place, "");
	add_text(&format, sp->at->point);
	strbuf_addstr(&format, ", (");
	add_text(&format, place.buf);
	strbuf_addstr(&format, "), hits: %d, cycles: %dmin/%davg/%dmax, "
			       "variance: %d, from: ");
	add_text(&format, chain);
	strbuf_addf(&format, ", index: %zu\n", index);
	id = ir_format(c->p, format.buf, format.len);
	BUG_ON(id == IR_NONE);
	strbuf_release(&format);
	strbuf_release(&place);
	return id;
}

static void report_probe(struct lower *c, size_t index)
{
	const struct sema_probe *sp = &c->sp->probes.at[index];
	ir_reg point = lower_text(c, sp->at->point, IR_NONE);
	ir_reg id = lower_const(c, sp->handler->id, IR_NONE);
	ir_reg n = get(c, c->times, IR_STAT_COUNT, point, id);
	ir_reg squares = get(c, c->squares, IR_STAT_SUM, point, id);
	ir_block_id hit = lower_block(c), next = lower_block(c);
	ir_reg line[5], sum;

	lower_branch_on(c, n, hit, next);
	lower_continue_in(c, hit);
	sum = get(c, c->times, IR_STAT_SUM, point, id);
	line[0] = n;
	line[1] = get(c, c->times, IR_STAT_MIN, point, id);
	line[2] = get(c, c->times, IR_STAT_AVG, point, id);
	line[3] = get(c, c->times, IR_STAT_MAX, point, id);
	line[4] = variance(c, n, sum, line[2], squares);
	lower_emit(c, IR_OP_PRINT, IR_NONE, line, 5)->imm =
		line_format(c, sp, index);
	lower_jump(c, next);
	lower_continue_in(c, next);
}

/* Last of all: behind the end handlers, or those of an error. */
void lower_timing_report(struct lower *c, uint32_t fn)
{
	static const char head[] = "----- probe hit report: \n";
	struct ir_probe pr = { .attach = ATTACH_END,
			       .fn = fn,
			       .point = "end(0x7fffffffffffffff)",
			       .n0 = INT64_MAX };
	size_t i;

	lower_emit0(c, IR_OP_PRINT, IR_NONE)->imm =
		ir_format(c->p, head, sizeof(head) - 1);
	for (i = 0; i < c->sp->probes.len; i++)
		report_probe(c, i);
	lower_leave(c, IR_NONE);
	vec_push(c->p->arena, &c->p->probes, pr);
	pr.attach = ATTACH_ERROR;
	pr.point = "error(0x7fffffffffffffff)";
	vec_push(c->p->arena, &c->p->probes, pr);
}
