/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IR program to text (doc/ir.md). The text holds the whole program: ir_parse()
 * gives the same one back, except that string constants are renumbered in the
 * order of their use. Works on any program that passes ir_check().
 */
#include "ir/ir.h"

#include "ir/ir_text.h"

#include <inttypes.h>
#include <string.h>

const char *const ir_text_cond[6] = { "eq", "ne", "lt", "le", "gt", "ge" };
const char *const ir_text_mem[MEM_END] = {
	"kernel.u8", "kernel.u16", "kernel.u32", "kernel.u64",
	"kernel.s8", "kernel.s16", "kernel.s32", "kernel.s64",
	"user.u8",   "user.u16",   "user.u32",   "user.u64",
	"user.s8",   "user.s16",   "user.s32",   "user.s64",
};

const char *const ir_text_stat[IR_STAT_OPS] = {
	"count", "sum", "min", "max", "avg", "variance"
};

static void add_quoted(struct strbuf *out, const char *text, size_t len)
{
	strbuf_addch(out, '"');
	strbuf_add_escaped(out, text, len);
	strbuf_addch(out, '"');
}

/* A name: bare if it scans as one word, else quoted. */
static void add_name(struct strbuf *out, const char *name)
{
	const char *s = name;

	if (ir_text_is_word_start(*s))
		while (ir_text_is_word(*s))
			s++;
	if (s != name && !*s)
		strbuf_addstr(out, name);
	else
		add_quoted(out, name, strlen(name));
}

/* Decimal numbers are most of the text; printf would dominate the cost. */
static void add_number(struct strbuf *out, int64_t n)
{
	char digits[24], *d = digits + sizeof(digits);
	uint64_t u = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do
		*--d = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0)
		*--d = '-';
	strbuf_add(out, d, (size_t)(digits + sizeof(digits) - d));
}

static void add_id(struct strbuf *out, char sigil, uint32_t id)
{
	strbuf_addch(out, sigil);
	add_number(out, id);
}

static void add_type(struct strbuf *out, enum ir_type type, uint32_t bound)
{
	if (type == IR_I64) {
		strbuf_addstr(out, "i64");
		return;
	}
	strbuf_addstr(out, "str[");
	add_number(out, bound);
	strbuf_addch(out, ']');
}

/* stat [sum] [min] [max] [variance SHIFT] [log | linear LO HI STEP] */
static void add_stat(struct strbuf *out, const struct ir_stat *s)
{
	strbuf_addstr(out, "stat");
	if (s->fields & IR_KEEP_SUM)
		strbuf_addstr(out, " sum");
	if (s->fields & IR_KEEP_MIN)
		strbuf_addstr(out, " min");
	if (s->fields & IR_KEEP_MAX)
		strbuf_addstr(out, " max");
	if (s->fields & IR_KEEP_VARIANCE)
		strbuf_addf(out, " variance %u", s->shift);
	if (s->hist.kind == HIST_LOG)
		strbuf_addstr(out, " log");
	else if (s->hist.kind == HIST_LINEAR)
		strbuf_addf(out,
			    " linear %" PRId64 " %" PRId64 " %" PRId64,
			    s->hist.lo, s->hist.hi, s->hist.step);
}

static void add_global_ref(struct strbuf *out, const struct ir_prog *p,
			   uint64_t id)
{
	strbuf_addch(out, '@');
	add_name(out, p->globals.at[id].name);
}

static void print_limits(const struct ir_prog *p, struct strbuf *out)
{
	struct limits dflt;

	limits_init(&dflt);
#define LIMIT(field, name, dflt_value, lo, hi)                                \
	if (p->limits.field != dflt.field)                                    \
		strbuf_addf(out, "limit " #field " %" PRIu32 "\n",            \
			    p->limits.field);
#include "proto/limits.def"
#undef LIMIT
}

static void print_global(const struct ir_prog *p, uint32_t id,
			 struct strbuf *out)
{
	const struct ir_global *g = &p->globals.at[id];
	uint32_t i;

	strbuf_addstr(out, "global ");
	add_global_ref(out, p, id);
	for (i = 0; i < g->n_keys; i++) {
		strbuf_addstr(out, i ? ", " : "[");
		add_type(out, g->key_type[i], g->key_bound[i]);
	}
	strbuf_addstr(out, g->n_keys ? "]: " : ": ");
	if (g->type == IR_STAT)
		add_stat(out, &g->stat);
	else
		add_type(out, g->type, g->bound);
	if (g->kind == IR_MAP) {
		strbuf_addstr(out, " size ");
		add_number(out, g->size);
	}
	if (g->sized)
		strbuf_addstr(out, " sized");
	if (g->wrap)
		strbuf_addstr(out, " wrap");
	if (g->init_str) {
		strbuf_addstr(out, " = ");
		add_quoted(out, g->init_str, strlen(g->init_str));
	} else if (g->init_num) {
		strbuf_addstr(out, " = ");
		add_number(out, g->init_num);
	}
	strbuf_addch(out, '\n');
}

static void print_probe_number(struct strbuf *out, const char *key, int64_t n)
{
	if (!n)
		return;
	strbuf_addstr(out, key);
	add_number(out, n);
}

static void print_probe_string(struct strbuf *out, const char *key,
			       const char *s)
{
	if (!s)
		return;
	strbuf_addstr(out, key);
	add_quoted(out, s, strlen(s));
}

static void print_probe(const struct ir_prog *p, const struct ir_probe *pr,
			struct strbuf *out)
{
	strbuf_addf(out, "probe %s ", attach_kind_text[pr->attach]);
	add_name(out, p->fns.at[pr->fn]->name);
	strbuf_addch(out, ' ');
	add_quoted(out, pr->point, strlen(pr->point));
	print_probe_string(out, " pn=", pr->pn);
	print_probe_string(out, " s0=", pr->s0);
	print_probe_string(out, " s1=", pr->s1);
	print_probe_number(out, " n0=", pr->n0);
	print_probe_number(out, " n1=", pr->n1);
	print_probe_number(out, " n2=", pr->n2);
	if (pr->target_only)
		strbuf_addstr(out, " target");
	strbuf_addch(out, '\n');
}

static void print_tables(const struct ir_prog *p, struct strbuf *out)
{
	const struct ir_format *f;
	const struct ir_regex *re;
	const struct ir_probe *pr;
	uint32_t i;

	for (i = 0; i < p->globals.len; i++)
		print_global(p, i, out);
	vec_foreach(f, &p->formats) {
		strbuf_addstr(out, "format ");
		add_quoted(out, f->text, f->len);
		strbuf_addch(out, '\n');
	}
	vec_foreach(re, &p->regexes) {
		strbuf_addstr(out, "regex ");
		add_quoted(out, re->text, strlen(re->text));
		strbuf_addch(out, '\n');
	}
	for (i = 0; i < p->locs.len; i++) {
		strbuf_addf(out, "loc !%" PRIu32 " ", i);
		add_quoted(out, p->locs.at[i], strlen(p->locs.at[i]));
		strbuf_addch(out, '\n');
	}
	vec_foreach(pr, &p->probes)
		print_probe(p, pr, out);
}

static void print_var(const struct ir_fn *f, uint32_t r, struct strbuf *out)
{
	const struct ir_var *v = &f->regs.at[r];

	add_id(out, 'r', r);
	strbuf_addch(out, ':');
	add_type(out, v->type, v->bound);
	if (v->name) {
		strbuf_addch(out, ' ');
		add_name(out, v->name);
	}
}

static void print_regs(const struct ir_fn *f, struct strbuf *out)
{
	size_t start = out->len;
	uint32_t r;

	for (r = f->n_params; r < f->regs.len; r++) {
		if (r == f->n_params || out->len - start > 64) {
			if (r > f->n_params)
				strbuf_addch(out, '\n');
			start = out->len;
			strbuf_addstr(out, "  reg ");
		} else {
			strbuf_addstr(out, ", ");
		}
		print_var(f, r, out);
	}
	if (r > f->n_params)
		strbuf_addch(out, '\n');
}

static void print_iters(const struct ir_prog *p, const struct ir_fn *f,
			struct strbuf *out)
{
	uint32_t i;

	for (i = 0; i < f->iters.len; i++) {
		const struct ir_iter *it = &f->iters.at[i];

		strbuf_addf(out, "  iter i%" PRIu32 " ", i);
		add_global_ref(out, p, it->global);
		if (it->direction) {
			strbuf_addstr(out, it->direction > 0 ? " up" : " down");
			if (it->column)
				strbuf_addf(out, " key %" PRIu32, it->column);
			else if (p->globals.at[it->global].type == IR_STAT)
				strbuf_addf(out, " %s", ir_text_stat[it->stat]);
			else
				strbuf_addstr(out, " value");
		}
		strbuf_addch(out, '\n');
	}
}

/* The immediate; true if operands behind it need a comma. */
static bool print_imm(const struct ir_prog *p, const struct ir_insn *in,
		      char kind, struct strbuf *out)
{
	const struct ir_format *f;

	strbuf_addch(out, ' ');
	switch (kind) {
	case 'n':
		add_number(out, in->imm);
		break;
	case 'c':
		strbuf_addstr(out, ir_text_cond[in->imm]);
		strbuf_addch(out, ' ');
		return false;
	case 'S':
	case 'O':
		add_quoted(out, p->strings.at[in->imm],
			   strlen(p->strings.at[in->imm]));
		break;
	case 'G':
		add_global_ref(out, p, (uint64_t)in->imm);
		break;
	case 'F':
		f = &p->formats.at[in->imm];
		add_quoted(out, f->text, f->len);
		break;
	case 'R':
		add_quoted(out, p->regexes.at[in->imm].text,
			   strlen(p->regexes.at[in->imm].text));
		break;
	case 'M':
		strbuf_addstr(out, ir_text_mem[in->imm]);
		break;
	case 'I':
		strbuf_addstr(out, intrinsics[in->imm].script);
		break;
	case 'C':
		add_name(out, p->fns.at[in->imm]->name);
		break;
	case 'L':
		add_id(out, 'i', (uint32_t)in->imm);
		break;
	}
	return true;
}

static void print_insn(const struct ir_prog *p, const struct ir_insn *in,
		       struct strbuf *out)
{
	const struct ir_op_info *info = ir_op_info(in->op);
	const char *sep = " ";
	uint32_t i;

	strbuf_addstr(out, "  ");
	if (in->dst != IR_NONE) {
		add_id(out, 'r', in->dst);
		strbuf_addstr(out, " = ");
	}
	strbuf_addstr(out, info->text);
	if (info->imm != '-')
		sep = print_imm(p, in, info->imm, out) ? ", " : "";
	for (i = 0; i < in->n_args; i++, sep = ", ") {
		strbuf_addstr(out, sep);
		add_id(out, 'r', in->args[i]);
	}
	if (in->op == IR_OP_IKEY) {
		strbuf_addstr(out, ", ");
		add_number(out, in->aux);
	}
	if (in->op == IR_OP_SGET)
		strbuf_addf(out, ", %s", ir_text_stat[in->aux]);
	if (in->op == IR_OP_HGET && in->aux)
		strbuf_addstr(out, ", empty");
	if (in->t != IR_NONE) {
		strbuf_addstr(out, sep);
		add_id(out, 'b', in->t);
	}
	if (in->e != IR_NONE) {
		strbuf_addstr(out, in->t != IR_NONE ? ", " : " err ");
		add_id(out, 'b', in->e);
	}
	if (in->loc != IR_NONE) {
		strbuf_addstr(out, " ");
		add_id(out, '!', in->loc);
	}
	strbuf_addch(out, '\n');
}

static void print_fn(const struct ir_prog *p, const struct ir_fn *f,
		     struct strbuf *out)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	uint32_t i;

	strbuf_addstr(out,
		      f->kind == IR_FN_HANDLER ? "\nhandler " : "\nfunction ");
	add_name(out, f->name);
	if (f->kind == IR_FN_FUNCTION) {
		strbuf_addch(out, '(');
		for (i = 0; i < f->n_params; i++) {
			strbuf_addstr(out, i ? ", " : "");
			print_var(f, i, out);
		}
		strbuf_addch(out, ')');
	}
	if (f->ret != IR_VOID) {
		strbuf_addstr(out, ": ");
		add_type(out, f->ret, f->ret_bound);
	}
	strbuf_addch(out, '\n');
	print_regs(f, out);
	print_iters(p, f, out);
	vec_foreach(b, &f->blocks) {
		add_id(out, 'b', (uint32_t)(b - f->blocks.at));
		strbuf_addstr(out, ":\n");
		vec_foreach(in, &b->insns)
			print_insn(p, in, out);
	}
}

void ir_print(const struct ir_prog *p, struct strbuf *out)
{
	uint32_t i;

	strbuf_addf(out, "%s %d\n", IR_TEXT_MAGIC, IR_TEXT_VERSION);
	strbuf_addstr(out, "name ");
	add_quoted(out, p->name, strlen(p->name));
	strbuf_addch(out, '\n');
	print_limits(p, out);
	print_tables(p, out);
	for (i = 0; i < p->fns.len; i++)
		print_fn(p, p->fns.at[i], out);
}
