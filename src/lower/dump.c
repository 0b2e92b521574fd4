/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: %m and %M, dumps of memory (language.md section 18.1).
 *
 * Executors print numbers and texts only. So the bytes are read by loads, all of
 * them before anything is printed, and shown by other conversions: %c for raw
 * bytes, %02x for digits. A short dump becomes part of the call's one format; a
 * long one, or one of a length known only at run time, is printed by a loop.
 */
#include "base/bug.h"
#include "base/memory.h"
#include "lower/internal.h"

#include <inttypes.h>

#define DUMP_MOST  4096 /* a page, as in the reference */
#define DUMP_SHORT 16   /* bytes that are kept in registers */

/* One dump on its way. */
struct dump {
	ir_reg address;
	ir_reg len;           /* if not known now, else IR_NONE */
	int64_t n;            /* bytes, if known */
	ir_reg byte[DUMP_SHORT];
};

/* What is to be printed next, and the text so far of a call that gives one. */
struct dump_out {
	struct lower *c;
	bool to_string;
	struct strbuf format;
	ir_reg args[IR_MAX_ARGS];
	unsigned n_args;
	ir_reg text;
};

static void flush(struct dump_out *o)
{
	struct lower *c = o->c;
	ir_reg part = IR_NONE, all;
	uint32_t format;

	if (!o->format.len)
		return;
	format = ir_format(c->p, o->format.buf, o->format.len);
	BUG_ON(format == IR_NONE);
	if (o->to_string)
		part = lower_temp(c, IR_STR);
	lower_emit(c, o->to_string ? IR_OP_SPRINT : IR_OP_PRINT, part, o->args,
		   o->n_args)->imm = format;
	strbuf_reset(&o->format);
	o->n_args = 0;
	if (!o->to_string)
		return;
	all = lower_temp(c, IR_STR);
	lower_emit2(c, IR_OP_CAT, all, o->text, part);
	o->text = all;
}

static void add_arg(struct dump_out *o, ir_reg r)
{
	BUG_ON(o->n_args >= IR_MAX_ARGS);
	o->args[o->n_args++] = r;
}

/* --- reading --- */

static bool is_dump(const struct fmt_item *it)
{
	return it->conv == FMT_M || it->conv == FMT_UPPER_M;
}

static unsigned access_of(const struct fmt_item *it)
{
	return MEM_8 | (it->flag == '#' ? MEM_USER : 0);
}

/* The byte at address + i. */
static ir_reg load_byte(struct lower *c, const struct fmt_item *it,
			ir_reg address, ir_reg i, struct loc loc)
{
	ir_reg at = lower_temp(c, IR_I64), byte = lower_temp(c, IR_I64);
	struct ir_insn *in;

	lower_emit2(c, IR_OP_ADD, at, address, i);
	in = lower_emit1(c, IR_OP_LOAD, byte, at);
	in->imm = access_of(it);
	lower_may_fault(c, in, loc);
	return byte;
}

/* for (i = 0; i < len; i++): returns i; the loop's ends are in blocks. */
static ir_reg begin_loop(struct lower *c, ir_reg len, ir_block_id *head,
			 ir_block_id *done)
{
	ir_reg i = lower_const(c, 0, IR_NONE), more;
	ir_block_id body = lower_block(c);

	*head = lower_block(c);
	*done = lower_block(c);
	lower_jump(c, *head);
	lower_continue_in(c, *head);
	more = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_ICMP, more, i, len)->imm = IR_LT;
	lower_branch_on(c, more, body, *done);
	lower_continue_in(c, body);
	return i;
}

static void end_loop(struct lower *c, ir_reg i, ir_block_id head,
		     ir_block_id done)
{
	lower_emit2(c, IR_OP_ADD, i, i, lower_const(c, 1, IR_NONE));
	lower_jump(c, head);
	lower_continue_in(c, done);
}

/* Raise if the length is more than a page; below 0 there is nothing to do. */
static void check_length(struct lower *c, ir_reg len, struct loc loc)
{
	static const char text[] = "%d is too many bytes for a memory dump";
	ir_block_id bad = lower_block(c), good = lower_block(c);
	ir_reg over = lower_temp(c, IR_I64), message;
	struct ir_insn *in;

	lower_emit2(c, IR_OP_ICMP, over, len,
		    lower_const(c, DUMP_MOST, IR_NONE))->imm = IR_GT;
	lower_branch_on(c, over, bad, good);
	lower_continue_in(c, bad);
	message = lower_temp(c, IR_STR);
	lower_emit1(c, IR_OP_SPRINT, message, len)->imm =
		ir_format(c->p, text, sizeof(text) - 1);
	in = lower_emit1(c, IR_OP_RAISE, IR_NONE, message);
	lower_may_fault(c, in, loc);
	lower_continue_in(c, good);
}

/* See that all of the memory can be read; keep the bytes if they are few. */
static void read_dump(struct lower *c, const struct fmt_item *it,
		      struct dump *d, struct loc loc)
{
	ir_block_id head, done;
	ir_reg i;

	if (d->len == IR_NONE && d->n <= DUMP_SHORT) {
		for (int64_t k = 0; k < d->n; k++)
			d->byte[k] = load_byte(c, it, d->address,
					       lower_const(c, k, IR_NONE),
					       loc);
		return;
	}
	if (d->len == IR_NONE)
		d->len = lower_const(c, d->n, IR_NONE);
	check_length(c, d->len, loc);
	i = begin_loop(c, d->len, &head, &done);
	load_byte(c, it, d->address, i, loc);
	end_loop(c, i, head, done);
}

/* --- printing --- */

static void add_byte(struct dump_out *o, const struct fmt_item *it, ir_reg byte)
{
	if (o->n_args >= IR_MAX_ARGS)
		flush(o);
	strbuf_addstr(&o->format, it->conv == FMT_M ? "%c" : "%02x");
	add_arg(o, byte);
}

/* The blanks that a width asks for beside the dump. */
static void add_padding(struct dump_out *o, const struct fmt_item *it,
			const struct dump *d, ir_reg width)
{
	unsigned each = it->conv == FMT_M ? 1 : 2;
	struct lower *c = o->c;
	ir_reg used, left;

	if (it->width_kind == FMT_SIZE_NONE)
		return;
	if (o->n_args + 2 > IR_MAX_ARGS)
		flush(o);
	used = lower_const(c, d->n * each, IR_NONE);
	if (d->len != IR_NONE) {
		used = lower_temp(c, IR_I64);
		lower_emit2(c, IR_OP_MUL, used, d->len,
			    lower_const(c, each, IR_NONE));
	}
	left = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_SUB, left, width, used);
	strbuf_addstr(&o->format, "%*s");
	add_arg(o, left);
	add_arg(o, lower_text(c, "", IR_NONE));
}

static void add_dump(struct dump_out *o, const struct fmt_item *it,
		     const struct dump *d, ir_reg width, struct loc loc)
{
	struct lower *c = o->c;
	ir_block_id head, done;
	ir_reg i, all;

	if (it->flag != '-')
		add_padding(o, it, d, width);
	if (d->len == IR_NONE) {
		for (int64_t k = 0; k < d->n; k++)
			add_byte(o, it, d->byte[k]);
	} else {
		flush(o);
		all = o->text;
		if (o->to_string) {
			o->text = lower_temp(c, IR_STR);
			lower_emit1(c, IR_OP_MOV, o->text, all);
			all = o->text;
		}
		i = begin_loop(c, d->len, &head, &done);
		add_byte(o, it, load_byte(c, it, d->address, i, loc));
		flush(o);
		if (o->to_string)
			lower_emit1(c, IR_OP_MOV, all, o->text);
		o->text = all;
		end_loop(c, i, head, done);
	}
	if (it->flag == '-')
		add_padding(o, it, d, width);
}

/* Any other item as the format's text has it, with its arguments. */
static const ir_reg *add_item(struct dump_out *o, const struct fmt_item *it,
			      const ir_reg *args)
{
	static const char letters[] = {
		[FMT_D] = 'd', [FMT_U] = 'u',       [FMT_O] = 'o',
		[FMT_X] = 'x', [FMT_UPPER_X] = 'X', [FMT_P] = 'p',
		[FMT_S] = 's', [FMT_C] = 'c',       [FMT_B] = 'b',
	};

	if (o->n_args + 3 > IR_MAX_ARGS)
		flush(o);
	if (it->conv == FMT_LITERAL) {
		for (size_t i = 0; i < it->len; i++) {
			if (it->text[i] == '%')
				strbuf_addch(&o->format, '%');
			strbuf_addch(&o->format, it->text[i]);
		}
		return args;
	}
	strbuf_addch(&o->format, '%');
	if (it->flag)
		strbuf_addch(&o->format, it->flag);
	if (it->width_kind == FMT_SIZE_FIXED)
		strbuf_addf(&o->format, "%" PRIu32, it->width);
	if (it->width_kind == FMT_SIZE_ARG)
		strbuf_addch(&o->format, '*');
	if (it->prec_kind == FMT_SIZE_FIXED)
		strbuf_addf(&o->format, ".%" PRIu32, it->prec);
	if (it->prec_kind == FMT_SIZE_ARG)
		strbuf_addstr(&o->format, ".*");
	strbuf_addch(&o->format, letters[it->conv]);
	if (it->width_kind == FMT_SIZE_ARG)
		add_arg(o, *args++);
	if (it->prec_kind == FMT_SIZE_ARG)
		add_arg(o, *args++);
	add_arg(o, *args++);
	return args;
}

/* How many arguments an item takes. */
static unsigned args_of(const struct fmt_item *it)
{
	return (it->conv != FMT_LITERAL) + (it->width_kind == FMT_SIZE_ARG) +
	       (it->prec_kind == FMT_SIZE_ARG);
}

static void note_dump(const struct fmt_item *it, const ir_reg *args,
		      struct dump *d)
{
	d->len = IR_NONE;
	d->n = 1;
	args += it->width_kind == FMT_SIZE_ARG;
	if (it->prec_kind == FMT_SIZE_FIXED)
		d->n = it->prec;
	if (it->prec_kind == FMT_SIZE_ARG)
		d->len = *args++;
	d->address = *args;
}

/* The length of a dump counts as 0 below that. */
static void clamp_length(struct lower *c, struct dump *d)
{
	ir_reg positive, len;

	if (d->len == IR_NONE)
		return;
	positive = lower_temp(c, IR_I64);
	len = lower_temp(c, IR_I64);
	lower_emit2(c, IR_OP_ICMP, positive, d->len,
		    lower_const(c, 0, IR_NONE))->imm = IR_GT;
	lower_emit2(c, IR_OP_MUL, len, d->len, positive);
	d->len = len;
}

static ir_reg width_of(struct lower *c, const struct fmt_item *it,
		       const ir_reg *args)
{
	if (it->width_kind == FMT_SIZE_ARG)
		return args[0];
	return lower_const(c, it->width, IR_NONE);
}

ir_reg lower_dumps(struct lower *c, const struct fmt *f, const ir_reg *args,
		   const struct ast_expr *e, ir_reg dst)
{
	struct dump_out o = { .c = c,
			      .to_string = e->to_string,
			      .format = STRBUF_INIT,
			      .text = IR_NONE };
	struct dump *dumps = arena_array(c->arena, struct dump, f->items.len);
	const struct fmt_item *it;
	const ir_reg *at = args;
	size_t i = 0;

	vec_foreach (it, &f->items) {
		if (is_dump(it)) {
			note_dump(it, at, &dumps[i]);
			clamp_length(c, &dumps[i]);
			read_dump(c, it, &dumps[i++], e->loc);
		}
		at += args_of(it);
	}
	if (o.to_string)
		o.text = lower_text(c, "", IR_NONE);
	i = 0;
	at = args;
	vec_foreach (it, &f->items) {
		if (is_dump(it)) {
			add_dump(&o, it, &dumps[i++], width_of(c, it, at),
				 e->loc);
			at += args_of(it);
		} else {
			at = add_item(&o, it, at);
		}
	}
	flush(&o);
	strbuf_release(&o.format);
	if (o.to_string)
		lower_emit1(c, IR_OP_MOV, dst, o.text);
	return dst;
}
