/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checker: what executors and passes may take for granted.
 *
 * This file looks at declarations and at each instruction alone: ids in range,
 * types as ops.def says, edges where they belong, a terminator at the end of
 * each block and only there. ir_flow.c follows the ways through a function.
 * doc/ir.md lists the rules.
 */
#include "ir/ir_check.h"

#include "base/bug.h"
#include "base/hmap.h"
#include "ir/ir_offset.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define MAX_TICK 2000000000

bool ir_check_fail(struct ir_check *c, const char *fmt, ...)
{
	va_list ap;

	if (c->f)
		strbuf_addf(c->err, "Function '%.200s'%s", c->f->name,
			    c->in ? ", " : ": ");
	if (c->in)
		strbuf_addf(c->err, "block b%" PRIu32 ", instruction %" PRIu32
			    " (%s): ", c->block, c->index,
			    c->in->op < ir_op_count ?
				    ir_op_info(c->in->op)->text : "?");
	va_start(ap, fmt);
	strbuf_vaddf(c->err, fmt, ap);
	va_end(ap);
	strbuf_addch(c->err, '.');
	return false;
}

#define fail ir_check_fail

static const char *type_text(enum ir_type t)
{
	static const char *const text[] = { "nothing", "i64", "str", "stat" };

	return text[t];
}

/* A type that a register or global can have, with its bound. */
static bool check_type(struct ir_check *c, enum ir_type t, uint32_t bound,
		       const char *what, const char *name)
{
	if (t == IR_I64)
		return true;
	if (t != IR_STR)
		return fail(c, "%s %.200s has no type", what, name);
	if (!bound || bound > c->p->limits.maxstringlen)
		return fail(c, "%s %.200s has a bound outside 1 … %" PRIu32,
			    what, name, c->p->limits.maxstringlen);
	return true;
}

/* --- declarations --- */

static bool check_limits(struct ir_check *c)
{
#define LIMIT(field, name, dflt, lo, hi)                                      \
	if (c->p->limits.field > (hi) ||                                      \
	    (int64_t)c->p->limits.field < (int64_t)(lo))                      \
		return fail(c, "Limit %s is outside %d … %d", name, lo, hi);
#include "proto/limits.def"
#undef LIMIT
	return true;
}

static bool check_stat(struct ir_check *c, const struct ir_global *g)
{
	const struct ir_stat *s = &g->stat;

	if (s->shift > 62 || (s->shift && !(s->fields & IR_KEEP_VARIANCE)) ||
	    s->fields > 2 * IR_KEEP_VARIANCE - 1)
		return fail(c, "Global %.200s keeps what cannot be kept",
			    g->name);
	if (s->hist.kind != HIST_NONE && !hist_buckets(&s->hist))
		return fail(c, "Global %.200s has a histogram with less than "
			    "%d or more than %d buckets", g->name,
			    HIST_MIN_BUCKETS, HIST_MAX_BUCKETS);
	if (g->init_num || g->init_str)
		return fail(c, "Global %.200s has an initial value of the "
			    "other type", g->name);
	return true;
}

static bool check_global(struct ir_check *c, const struct ir_global *g)
{
	uint32_t i;

	if (g->type == IR_STAT ? !check_stat(c, g) :
				 !check_type(c, g->type, g->bound, "Global",
					     g->name))
		return false;
	if (g->kind == IR_SCALAR) {
		if (g->n_keys || g->size || g->sized || g->wrap)
			return fail(c, "Scalar global %.200s has traits of an "
				    "array", g->name);
		if (g->type == IR_STR ? g->init_num != 0 : !!g->init_str)
			return fail(c, "Global %.200s has an initial value of "
				    "the other type", g->name);
		return true;
	}
	if (!g->n_keys || g->n_keys > IR_MAX_KEYS)
		return fail(c, "Global %.200s has %" PRIu32 " keys", g->name,
			    g->n_keys);
	for (i = 0; i < g->n_keys; i++)
		if (!check_type(c, g->key_type[i], g->key_bound[i],
				"A key of global", g->name))
			return false;
	if (!g->size || g->size > INT32_MAX)
		return fail(c, "Global %.200s has no usable size", g->name);
	if (g->init_num || g->init_str)
		return fail(c, "Array global %.200s has an initial value",
			    g->name);
	return true;
}

static bool check_globals(struct ir_check *c, struct hmap *seen)
{
	const struct ir_global *g;

	vec_foreach(g, &c->p->globals) {
		if (!g->name || !*g->name)
			return fail(c, "A global has no name");
		if (hmap_puts(seen, g->name, seen))
			return fail(c, "Two globals are named '%.200s'",
				    g->name);
		if (!check_global(c, g))
			return false;
	}
	return true;
}

static bool check_probe(struct ir_check *c, const struct ir_probe *pr)
{
	if ((unsigned)pr->attach >= attach_kind_count)
		return fail(c, "A probe has an unknown attach kind");
	if (!pr->point)
		return fail(c, "A probe has no point");
	if (pr->fn >= c->p->fns.len ||
	    c->p->fns.at[pr->fn]->kind != IR_FN_HANDLER)
		return fail(c, "Probe '%.200s' has no handler", pr->point);
	return true;
}

/* --- instructions --- */

/* The global of an instruction that names one, itself or by its iteration. */
static const struct ir_global *insn_global(struct ir_check *c)
{
	uint64_t id = (uint64_t)c->in->imm;

	if (ir_op_info(c->in->op)->imm == 'L')
		id = c->f->iters.at[id].global;
	return &c->p->globals.at[id];
}

static bool is_type(struct ir_check *c, ir_reg r, enum ir_type t)
{
	enum ir_type have = c->f->regs.at[r].type;

	return have == t || fail(c, "r%" PRIu32 " is %s, not %s", r,
				 type_text(have), type_text(t));
}

static bool check_dst(struct ir_check *c, char kind)
{
	ir_reg dst = c->in->dst;

	if (dst == IR_NONE)
		return kind == '-' || kind == '?' ||
		       fail(c, "the result goes nowhere");
	if (kind == '-')
		return fail(c, "it has no result");
	if (dst >= c->f->regs.len)
		return fail(c, "there is no r%" PRIu32, dst);
	if (kind == 'i' || kind == 's')
		return is_type(c, dst, kind == 'i' ? IR_I64 : IR_STR);
	return true;
}

static bool check_args(struct ir_check *c, const char *pattern)
{
	const struct ir_insn *in = c->in;
	uint32_t i;

	for (i = 0; i < in->n_args; i++) {
		if (in->args[i] >= c->f->regs.len)
			return fail(c, "there is no r%" PRIu32, in->args[i]);
		if (*pattern == 'i' && !is_type(c, in->args[i], IR_I64))
			return false;
		if (*pattern == 's' && !is_type(c, in->args[i], IR_STR))
			return false;
		if (!*pattern)
			return fail(c, "too many arguments");
		if (*pattern != '*')
			pattern++;
	}
	return !*pattern || *pattern == '*' || fail(c, "too few arguments");
}

/* Arguments from number first on against the keys of the array. */
static bool check_keys(struct ir_check *c, const struct ir_global *g,
		       uint32_t first)
{
	uint32_t i;

	if (g->kind != IR_MAP)
		return fail(c, "global %.200s is no array", g->name);
	if (c->in->n_args - first != g->n_keys)
		return fail(c, "global %.200s has %" PRIu32 " keys", g->name,
			    g->n_keys);
	for (i = 0; i < g->n_keys; i++)
		if (!is_type(c, c->in->args[first + i], g->key_type[i]))
			return false;
	return true;
}

/* A statistics global, the keys of its element from argument first on. */
static bool check_stat_keys(struct ir_check *c, uint32_t first)
{
	const struct ir_global *g = insn_global(c);

	if (g->type != IR_STAT)
		return fail(c, "global %.200s holds no statistics", g->name);
	if (g->kind == IR_MAP)
		return check_keys(c, g, first);
	return c->in->n_args == first || fail(c, "too many arguments");
}

static bool check_stat_get(struct ir_check *c)
{
	static const uint8_t needs[IR_STAT_OPS] = {
		0, IR_KEEP_SUM, IR_KEEP_MIN, IR_KEEP_MAX, IR_KEEP_SUM,
		IR_KEEP_VARIANCE
	};

	if (!check_stat_keys(c, 0))
		return false;
	if (c->in->aux >= IR_STAT_OPS)
		return fail(c, "it extracts nothing");
	return !(needs[c->in->aux] & ~insn_global(c)->stat.fields) ||
	       fail(c, "global %.200s does not keep that",
		    insn_global(c)->name);
}

static bool check_hist(struct ir_check *c, uint32_t first)
{
	if (!check_stat_keys(c, first))
		return false;
	if (c->in->aux > 1)
		return fail(c, "it has no key number");
	return insn_global(c)->stat.hist.kind != HIST_NONE ||
	       fail(c, "global %.200s has no histogram",
		    insn_global(c)->name);
}

static bool check_scalar(struct ir_check *c, const struct ir_global *g,
			 ir_reg r)
{
	if (g->kind != IR_SCALAR)
		return fail(c, "global %.200s is an array", g->name);
	return is_type(c, r, g->type);
}

static bool check_format(struct ir_check *c)
{
	const struct fmt *f = &c->p->formats.at[c->in->imm].fmt;
	uint32_t i;

	if (f->n_args != c->in->n_args)
		return fail(c, "the format takes %zu arguments", f->n_args);
	for (i = 0; i < c->in->n_args; i++)
		if (!is_type(c, c->in->args[i],
			     fmt_arg_type(f, i) == 's' ? IR_STR : IR_I64))
			return false;
	return true;
}

static bool check_result(struct ir_check *c, enum ir_type t)
{
	if (c->in->dst == IR_NONE)
		return true;
	if (t == IR_VOID)
		return fail(c, "it has no result");
	return is_type(c, c->in->dst, t);
}

static bool check_intrinsic(struct ir_check *c)
{
	const struct intrinsic_info *info = &intrinsics[c->in->imm];
	enum ir_type ret = IR_VOID;

	if (info->result == 'i')
		ret = IR_I64;
	else if (info->result == 's')
		ret = IR_STR;
	return check_args(c, info->args) && check_result(c, ret);
}

static bool check_call(struct ir_check *c)
{
	const struct ir_fn *to = c->p->fns.at[c->in->imm];
	uint32_t i;

	if (to->kind != IR_FN_FUNCTION)
		return fail(c, "'%.200s' is a handler", to->name);
	if (to->n_params != c->in->n_args)
		return fail(c, "'%.200s' takes %" PRIu32 " arguments",
			    to->name, to->n_params);
	for (i = 0; i < to->n_params; i++)
		if (!is_type(c, c->in->args[i], to->regs.at[i].type))
			return false;
	return check_result(c, to->ret);
}

static bool check_later(struct ir_check *c)
{
	const struct ir_fn *to = c->p->fns.at[c->in->imm];

	if (to->ret != IR_VOID)
		return fail(c, "'%.200s' gives a value", to->name);
	return check_call(c);
}

static bool check_ret(struct ir_check *c)
{
	bool value = c->f->ret != IR_VOID;

	if (c->in->n_args != value)
		return fail(c, value ? "a value is missing" :
				       "there is nothing to return");
	return !value || is_type(c, c->in->args[0], c->f->ret);
}

static bool check_limit_arg(struct ir_check *c)
{
	if (c->in->n_args > 1)
		return fail(c, "too many arguments");
	return !c->in->n_args || is_type(c, c->in->args[0], IR_I64);
}

static bool check_key_number(struct ir_check *c)
{
	const struct ir_global *g = insn_global(c);

	if (c->in->aux >= g->n_keys)
		return fail(c, "global %.200s has %" PRIu32 " keys", g->name,
			    g->n_keys);
	return is_type(c, c->in->dst, g->key_type[c->in->aux]);
}

static bool check_map_value(struct ir_check *c, enum ir_type t)
{
	const struct ir_global *g = insn_global(c);

	if (g->type != t)
		return fail(c, "global %.200s holds %s, not %s", g->name,
			    type_text(g->type), type_text(t));
	return true;
}

/* What only this operation asks; its ids are in range and its fixed arguments
 * are right. */
static bool check_op(struct ir_check *c)
{
	const struct ir_insn *in = c->in;
	const struct ir_var *regs = c->f->regs.at;
	struct ir_offset offset;

	switch ((enum ir_op)in->op) {
	case IR_OP_MOV:
		return is_type(c, in->dst, regs[in->args[0]].type);
	case IR_OP_GGET:
		return check_scalar(c, insn_global(c), in->dst);
	case IR_OP_GSET:
	case IR_OP_GADD:
		return check_scalar(c, insn_global(c), in->args[0]);
	case IR_OP_MGET:
		return check_map_value(c, regs[in->dst].type) &&
		       check_keys(c, insn_global(c), 0);
	case IR_OP_MSET:
	case IR_OP_MADD:
		return check_map_value(c, regs[in->args[0]].type) &&
		       check_keys(c, insn_global(c), 1);
	case IR_OP_MHAS:
	case IR_OP_MDEL:
		return check_keys(c, insn_global(c), 0);
	case IR_OP_MCLEAR:
		return insn_global(c)->kind == IR_MAP ||
		       fail(c, "the global is no array");
	case IR_OP_SADD:
		return check_stat_keys(c, 1);
	case IR_OP_SGET:
		return check_stat_get(c);
	case IR_OP_SCLEAR:
		return (insn_global(c)->kind == IR_SCALAR ||
			fail(c, "the global is an array")) &&
		       check_stat_keys(c, 0);
	case IR_OP_HGET:
		return check_hist(c, 1);
	case IR_OP_HPRINT:
	case IR_OP_HTEXT:
		return check_hist(c, 0);
	case IR_OP_IBEGIN:
		return check_limit_arg(c);
	case IR_OP_IKEY:
		return check_key_number(c);
	case IR_OP_IVAL:
		return check_map_value(c, regs[in->dst].type);
	case IR_OP_SPRINT:
	case IR_OP_PRINT:
		return check_format(c);
	case IR_OP_INTRIN:
		return check_intrinsic(c);
	case IR_OP_CALL:
		return check_call(c);
	case IR_OP_LATER:
		return check_later(c);
	case IR_OP_RET:
		return check_ret(c);
	case IR_OP_TICK:
		return (in->imm > 0 && in->imm <= MAX_TICK) ||
		       fail(c, "the count is outside 1 … %d", MAX_TICK);
	case IR_OP_LOCK:
	case IR_OP_UNLOCK:
		return c->f->kind == IR_FN_HANDLER ||
		       fail(c, "only handlers lock");
	case IR_OP_ARG:
		return (uint64_t)in->imm < IR_MAX_RAW_ARGS ||
		       fail(c, "there is no such argument");
	case IR_OP_REG:
		return (uint64_t)in->imm <= IR_MAX_DWARF_REG ||
		       fail(c, "there is no such register");
	case IR_OP_OFFSET:
		return ir_offset_parse(c->p->strings.at[in->imm], &offset) ||
		       fail(c, "it names no member");
	case IR_OP_RETVAL: case IR_OP_PEEK: case IR_OP_READABLE: case IR_OP_LOAD: case IR_OP_STORE:
	case IR_OP_CONST: case IR_OP_STR: case IR_OP_NEG: case IR_OP_NOT:
	case IR_OP_ADD: case IR_OP_SUB: case IR_OP_MUL: case IR_OP_DIV:
	case IR_OP_MOD: case IR_OP_AND: case IR_OP_OR: case IR_OP_XOR:
	case IR_OP_SHL: case IR_OP_SAR: case IR_OP_SHR: case IR_OP_ICMP:
	case IR_OP_SCMP: case IR_OP_CAT: case IR_OP_MATCH: case IR_OP_INEXT: case IR_OP_IEND:
	case IR_OP_ERRMSG: case IR_OP_JMP: case IR_OP_BR: case IR_OP_RAISE:
	case IR_OP_FAIL:
		return true;
	}
	return fail(c, "unknown operation");
}

/* How many values an id of this kind can have. */
static uint64_t imm_end(const struct ir_check *c, char kind)
{
	switch (kind) {
	case 'c':
		return IR_GE + 1;
	case 'S':
	case 'O':
		return c->p->strings.len;
	case 'M':
		return MEM_END;
	case 'G':
		return c->p->globals.len;
	case 'F':
		return c->p->formats.len;
	case 'R':
		return c->p->regexes.len;
	case 'I':
		return intrinsic_count;
	case 'C':
		return c->p->fns.len;
	case 'L':
		return c->f->iters.len;
	default:
		return UINT64_MAX; /* 'n', '-' */
	}
}

static bool check_target(struct ir_check *c, ir_block_id b, bool wanted,
			 const char *what)
{
	if (!wanted)
		return b == IR_NONE || fail(c, "it has no %s block", what);
	if (b == IR_NONE)
		return fail(c, "the %s block is missing", what);
	return b < c->f->blocks.len || fail(c, "there is no b%" PRIu32, b);
}

static bool check_edges(struct ir_check *c, unsigned flags)
{
	const struct ir_insn *in = c->in;
	bool two = in->op == IR_OP_BR || in->op == IR_OP_INEXT;
	bool err = flags & IR_FAULT || in->op == IR_OP_RAISE;

	if (in->op == IR_OP_INTRIN)
		err = intrinsics[in->imm].flags & INTRIN_FAULTS;
	return check_target(c, in->t, two || in->op == IR_OP_JMP, "target") &&
	       check_target(c, in->e, two || err, two ? "second" : "err");
}

static bool check_insn(struct ir_check *c, bool last)
{
	const struct ir_insn *in = c->in;
	const struct ir_op_info *info;

	if (in->op >= ir_op_count)
		return fail(c, "unknown operation");
	info = ir_op_info(in->op);
	if (!!(info->flags & IR_TERM) != last)
		return fail(c, last ? "the block does not end" :
				      "it ends the block too early");
	if ((uint64_t)in->imm >= imm_end(c, info->imm) && info->imm != 'n')
		return fail(c, "its id is out of range");
	if (in->n_args > IR_MAX_ARGS)
		return fail(c, "too many arguments");
	if (in->loc != IR_NONE && in->loc >= c->p->locs.len)
		return fail(c, "its location is out of range");
	if (in->aux && in->op != IR_OP_IKEY && in->op != IR_OP_SGET &&
	    in->op != IR_OP_HGET)
		return fail(c, "it has no key number");
	return check_dst(c, info->dst) && check_args(c, info->args) &&
	       check_edges(c, info->flags) && check_op(c);
}

/* --- functions --- */

static bool check_head(struct ir_check *c)
{
	const struct ir_fn *f = c->f;
	const struct ir_iter *it;
	const struct ir_var *v;

	if (f->n_params > f->regs.len)
		return fail(c, "it has fewer registers than parameters");
	if (f->kind == IR_FN_HANDLER && (f->n_params || f->ret != IR_VOID))
		return fail(c, "a handler takes and returns nothing");
	if (f->ret != IR_VOID &&
	    !check_type(c, f->ret, f->ret_bound, "the", "result"))
		return false;
	vec_foreach(v, &f->regs)
		if (!check_type(c, v->type, v->bound, "register",
				v->name ? v->name : "(temporary)"))
			return false;
	vec_foreach(it, &f->iters) {
		if (it->global >= c->p->globals.len ||
		    c->p->globals.at[it->global].kind != IR_MAP)
			return fail(c, "an iteration has no array");
		if (it->column > c->p->globals.at[it->global].n_keys ||
		    it->direction < -1 || it->direction > 1 ||
		    (it->column && !it->direction) ||
		    (unsigned)it->stat >= IR_STAT_OPS)
			return fail(c, "an iteration is sorted by nothing");
	}
	return f->blocks.len || fail(c, "it has no block");
}

static bool check_fn(struct ir_check *c)
{
	const struct ir_fn *f = c->f;

	if (!check_head(c))
		return false;
	for (c->block = 0; c->block < f->blocks.len; c->block++) {
		const struct ir_block *b = &f->blocks.at[c->block];

		if (!b->insns.len)
			return fail(c, "block b%" PRIu32 " is empty",
				    c->block);
		for (c->index = 0; c->index < b->insns.len; c->index++) {
			c->in = &b->insns.at[c->index];
			if (!check_insn(c, c->index + 1 == b->insns.len))
				return false;
		}
		c->in = NULL;
	}
	return ir_check_flow(c);
}

static bool check_fn_names(struct ir_check *c, struct hmap *seen)
{
	uint32_t i;

	for (i = 0; i < c->p->fns.len; i++) {
		const char *name = c->p->fns.at[i]->name;

		if (!name || !*name)
			return fail(c, "A function has no name");
		if (hmap_puts(seen, name, seen))
			return fail(c, "Two functions are named '%.200s'",
				    name);
	}
	return true;
}

int ir_check(const struct ir_prog *p, struct strbuf *err)
{
	struct ir_check c = { .p = p, .err = err };
	struct hmap globals = { 0 }, fns = { 0 };
	const struct ir_probe *pr;
	uint32_t i;
	bool ok;

	ok = check_limits(&c) && check_globals(&c, &globals) &&
	     check_fn_names(&c, &fns);
	hmap_release(&globals);
	hmap_release(&fns);
	if (!ok)
		return -EINVAL;
	vec_foreach(pr, &p->probes)
		if (!check_probe(&c, pr))
			return -EINVAL;
	for (i = 0; i < p->fns.len; i++) {
		c.f = p->fns.at[i];
		c.in = NULL;
		if (!check_fn(&c))
			return -EINVAL;
	}
	return 0;
}
