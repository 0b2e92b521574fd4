/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IR text to program (doc/ir.md). One pass over the lines; function names may
 * be used before their definition and are settled at the end. Time and memory
 * are proportional to the text, whatever it says: every id is either declared
 * in order or only a number until ir_check() has looked at it.
 */
#include "ir/ir.h"

#include "base/bug.h"
#include "base/hmap.h"
#include "ir/ir_scan.h"
#include "ir/ir_text.h"

#include <inttypes.h>
#include <string.h>

#define MAX_TEXT_BYTES ((size_t)16 << 20)

/* A function named by a call, a probe or its definition. */
struct fn_ref {
	const char *name;
	uint32_t id;   /* IR_NONE until defined */
	unsigned line; /* of the first use */
};

struct parse {
	struct scan s;
	struct arena *arena;
	struct ir_prog *p;
	struct ir_fn *fn;     /* being read, or NULL */
	struct hmap ops, intrins, globals, fns; /* to id plus one */
	VEC(struct fn_ref) refs;
};

static void map_put_id(struct hmap *m, const char *name, size_t len,
		       size_t id)
{
	hmap_put(m, name, len, (void *)(uintptr_t)(id + 1));
}

/* The id a name maps to, or IR_NONE. */
static uint32_t map_get_id(const struct hmap *m, struct scan_word w)
{
	uintptr_t v = (uintptr_t)hmap_get(m, w.s, w.len);

	return v ? (uint32_t)(v - 1) : IR_NONE;
}

static const char *keep(struct parse *c, struct scan_word w)
{
	return arena_strndup(c->arena, w.s, w.len);
}

static const char *keep_text(struct parse *c)
{
	return arena_strndup(c->arena, c->s.text.buf, c->s.text.len);
}

/* --- pieces --- */

static bool parse_type(struct parse *c, enum ir_type *type, uint32_t *bound)
{
	*bound = 0;
	if (scan_keyword(&c->s, "i64")) {
		*type = IR_I64;
		return true;
	}
	if (!scan_keyword(&c->s, "str"))
		return scan_fail(&c->s, "expected i64 or str");
	*type = IR_STR;
	*bound = c->p->limits.maxstringlen;
	if (!scan_take(&c->s, '['))
		return true;
	return scan_unsigned(&c->s, UINT32_MAX, bound) &&
	       scan_expect(&c->s, ']');
}

static bool parse_global_ref(struct parse *c, uint32_t *id)
{
	struct scan_word w;

	if (!scan_expect(&c->s, '@') || !scan_name(&c->s, &w))
		return false;
	*id = map_get_id(&c->globals, w);
	if (*id == IR_NONE)
		return scan_fail(&c->s, "there is no global '%.*s'",
				 (int)(w.len > 200 ? 200 : w.len), w.s);
	return true;
}

/* Index into refs of the function named next. */
static bool parse_fn_ref(struct parse *c, uint32_t *ref)
{
	struct scan_word w;
	struct fn_ref r = { .id = IR_NONE, .line = c->s.line };

	if (!scan_name(&c->s, &w))
		return false;
	*ref = map_get_id(&c->fns, w);
	if (*ref == IR_NONE) {
		r.name = keep(c, w);
		*ref = (uint32_t)c->refs.len;
		map_put_id(&c->fns, r.name, w.len, *ref);
		vec_push(c->arena, &c->refs, r);
	}
	return true;
}

static bool parse_var(struct parse *c)
{
	struct ir_fn *f = c->fn;
	struct ir_var v = { 0 };
	struct scan_word w;
	uint32_t id;

	if (!scan_id(&c->s, 'r', UINT32_MAX, "register", &id))
		return false;
	if (id != f->regs.len)
		return scan_fail(&c->s, "expected r%zu next", f->regs.len);
	if (!scan_expect(&c->s, ':') || !parse_type(c, &v.type, &v.bound))
		return false;
	if (ir_text_is_word_start(scan_peek(&c->s)) ||
	    scan_peek(&c->s) == '"') {
		if (!scan_name(&c->s, &w))
			return false;
		v.name = keep(c, w);
	}
	vec_push(c->arena, &f->regs, v);
	return true;
}

/* --- lines at the top level --- */

static bool line_name(struct parse *c)
{
	if (!scan_quoted(&c->s, false))
		return false;
	c->p->name = keep_text(c);
	return true;
}

static bool line_limit(struct parse *c)
{
	struct scan_word w;
	uint32_t n;

	if (!scan_word(&c->s, &w) || !scan_unsigned(&c->s, UINT32_MAX, &n))
		return false;
#define LIMIT(field, name, dflt, lo, hi)                                      \
	if (scan_word_is(w, #field)) {                                        \
		c->p->limits.field = n;                                       \
		return true;                                                  \
	}
#include "proto/limits.def"
#undef LIMIT
	return scan_fail(&c->s, "unknown limit");
}

static bool parse_keys(struct parse *c, struct ir_global *g)
{
	if (!scan_take(&c->s, '['))
		return !c->s.failed;
	g->kind = IR_MAP;
	do {
		if (g->n_keys == IR_MAX_KEYS)
			return scan_fail(&c->s, "more than %d keys",
					 IR_MAX_KEYS);
		if (!parse_type(c, &g->key_type[g->n_keys],
				&g->key_bound[g->n_keys]))
			return false;
		g->n_keys++;
	} while (scan_take(&c->s, ','));
	return scan_expect(&c->s, ']');
}

/* What follows "stat" (ir_print.c: add_stat()). */
static bool parse_stat(struct parse *c, struct ir_stat *s)
{
	struct scan *sc = &c->s;
	uint32_t shift = 0;

	if (scan_keyword(sc, "sum"))
		s->fields |= IR_KEEP_SUM;
	if (scan_keyword(sc, "min"))
		s->fields |= IR_KEEP_MIN;
	if (scan_keyword(sc, "max"))
		s->fields |= IR_KEEP_MAX;
	if (scan_keyword(sc, "variance")) {
		s->fields |= IR_KEEP_VARIANCE;
		if (!scan_unsigned(sc, 62, &shift))
			return false;
		s->shift = (uint8_t)shift;
	}
	if (scan_keyword(sc, "log"))
		s->hist.kind = HIST_LOG;
	if (s->hist.kind == HIST_LOG || !scan_keyword(sc, "linear"))
		return !sc->failed;
	s->hist.kind = HIST_LINEAR;
	return scan_number(sc, &s->hist.lo) && scan_number(sc, &s->hist.hi) &&
	       scan_number(sc, &s->hist.step);
}

static bool parse_global_type(struct parse *c, struct ir_global *g)
{
	if (!scan_keyword(&c->s, "stat"))
		return parse_type(c, &g->type, &g->bound);
	g->type = IR_STAT;
	return parse_stat(c, &g->stat);
}

static bool parse_init(struct parse *c, struct ir_global *g)
{
	if (g->type == IR_STAT || !scan_take(&c->s, '='))
		return !c->s.failed;
	if (g->type == IR_I64)
		return scan_number(&c->s, &g->init_num);
	if (!scan_quoted(&c->s, false))
		return false;
	g->init_str = keep_text(c);
	return true;
}

static bool line_global(struct parse *c)
{
	struct ir_global g = { 0 };
	struct scan_word w;

	if (!scan_expect(&c->s, '@') || !scan_name(&c->s, &w))
		return false;
	if (map_get_id(&c->globals, w) != IR_NONE)
		return scan_fail(&c->s, "a global is declared twice");
	g.name = keep(c, w);
	if (!parse_keys(c, &g) || !scan_expect(&c->s, ':') ||
	    !parse_global_type(c, &g))
		return false;
	if (g.kind == IR_MAP) {
		if (!scan_keyword(&c->s, "size"))
			return scan_fail(&c->s, "expected size");
		if (!scan_unsigned(&c->s, UINT32_MAX, &g.size))
			return false;
	}
	g.sized = scan_keyword(&c->s, "sized");
	g.wrap = scan_keyword(&c->s, "wrap");
	if (!parse_init(c, &g))
		return false;
	map_put_id(&c->globals, g.name, strlen(g.name), c->p->globals.len);
	vec_push(c->arena, &c->p->globals, g);
	return true;
}

/* The format in s.text. */
static bool format_id(struct parse *c, uint32_t *id)
{
	*id = ir_format(c->p, c->s.text.buf, c->s.text.len);
	return *id != IR_NONE || scan_fail(&c->s, "the format is not valid");
}

static bool line_format(struct parse *c)
{
	size_t had = c->p->formats.len;
	uint32_t id;

	if (!scan_quoted(&c->s, true) || !format_id(c, &id))
		return false;
	return id == had || scan_fail(&c->s, "a format is declared twice");
}

/* The regular expression in s.text. */
static bool regex_id(struct parse *c, uint32_t *id)
{
	*id = ir_regex(c->p, c->s.text.buf, c->s.text.len);
	return *id != IR_NONE ||
	       scan_fail(&c->s, "the regular expression is not valid");
}

static bool line_regex(struct parse *c)
{
	size_t had = c->p->regexes.len;
	uint32_t id;

	if (!scan_quoted(&c->s, false) || !regex_id(c, &id))
		return false;
	return id == had ||
	       scan_fail(&c->s, "a regular expression is declared twice");
}

static bool line_loc(struct parse *c)
{
	size_t had = c->p->locs.len;
	uint32_t id;

	if (!scan_id(&c->s, '!', UINT32_MAX, "location", &id))
		return false;
	if (id != had)
		return scan_fail(&c->s, "expected !%zu next", had);
	if (!scan_quoted(&c->s, false))
		return false;
	return ir_loc(c->p, c->s.text.buf) == had ||
	       scan_fail(&c->s, "a location is declared twice");
}

static bool parse_attach(struct parse *c, enum attach_kind *kind)
{
	struct scan_word w;
	unsigned i;

	if (!scan_word(&c->s, &w))
		return false;
	for (i = 0; i < attach_kind_count; i++) {
		if (!scan_word_is(w, attach_kind_text[i]))
			continue;
		*kind = (enum attach_kind)i;
		return true;
	}
	return scan_fail(&c->s, "unknown attach kind");
}

static bool parse_probe_string(struct parse *c, const char **s)
{
	if (!scan_expect(&c->s, '=') || !scan_quoted(&c->s, false))
		return false;
	*s = keep_text(c);
	return true;
}

static bool parse_probe_param(struct parse *c, struct ir_probe *pr)
{
	struct scan_word w;

	if (!scan_word(&c->s, &w))
		return false;
	if (scan_word_is(w, "target")) {
		pr->target_only = true;
		return true;
	}
	if (scan_word_is(w, "pn"))
		return parse_probe_string(c, &pr->pn);
	if (scan_word_is(w, "s0"))
		return parse_probe_string(c, &pr->s0);
	if (scan_word_is(w, "s1"))
		return parse_probe_string(c, &pr->s1);
	if (scan_word_is(w, "n0"))
		return scan_expect(&c->s, '=') && scan_number(&c->s, &pr->n0);
	if (scan_word_is(w, "n1"))
		return scan_expect(&c->s, '=') && scan_number(&c->s, &pr->n1);
	if (scan_word_is(w, "n2"))
		return scan_expect(&c->s, '=') && scan_number(&c->s, &pr->n2);
	return scan_fail(&c->s, "unknown probe parameter");
}

static bool line_probe(struct parse *c)
{
	struct ir_probe pr = { 0 };

	if (!parse_attach(c, &pr.attach) || !parse_fn_ref(c, &pr.fn) ||
	    !scan_quoted(&c->s, false))
		return false;
	pr.point = keep_text(c);
	while (scan_peek(&c->s))
		if (!parse_probe_param(c, &pr))
			return false;
	vec_push(c->arena, &c->p->probes, pr);
	return true;
}

static bool begin_fn(struct parse *c, enum ir_fn_kind kind)
{
	uint32_t ref;

	if (!parse_fn_ref(c, &ref))
		return false;
	if (c->refs.at[ref].id != IR_NONE)
		return scan_fail(&c->s, "a function is defined twice");
	c->refs.at[ref].id = (uint32_t)c->p->fns.len;
	c->fn = ir_fn_new(c->p, c->refs.at[ref].name, kind, IR_VOID);
	return true;
}

static bool line_handler(struct parse *c)
{
	return begin_fn(c, IR_FN_HANDLER);
}

static bool line_function(struct parse *c)
{
	struct ir_fn *f;

	if (!begin_fn(c, IR_FN_FUNCTION) || !scan_expect(&c->s, '('))
		return false;
	f = c->fn;
	if (scan_peek(&c->s) != ')')
		do
			if (!parse_var(c))
				return false;
		while (scan_take(&c->s, ','));
	f->n_params = (uint32_t)f->regs.len;
	if (!scan_expect(&c->s, ')'))
		return false;
	return !scan_take(&c->s, ':') ||
	       parse_type(c, &f->ret, &f->ret_bound);
}

/* --- lines of a function --- */

static bool line_reg(struct parse *c)
{
	if (c->fn->blocks.len)
		return scan_fail(&c->s, "a register declared behind a block");
	do
		if (!parse_var(c))
			return false;
	while (scan_take(&c->s, ','));
	return true;
}

/* A word of ir_text_stat if one is next. */
static bool take_stat_op(struct parse *c, uint32_t *op)
{
	uint32_t i;

	for (i = 0; i < IR_STAT_OPS; i++) {
		if (!scan_keyword(&c->s, ir_text_stat[i]))
			continue;
		*op = i;
		return true;
	}
	return false;
}

/* By what an iteration is sorted. */
static bool parse_order(struct parse *c, struct ir_iter *it)
{
	uint32_t op;

	if (scan_keyword(&c->s, "key")) {
		if (!scan_unsigned(&c->s, IR_MAX_KEYS, &it->column))
			return false;
		return it->column || scan_fail(&c->s, "keys count from 1");
	}
	if (c->p->globals.at[it->global].type != IR_STAT)
		return scan_keyword(&c->s, "value") ||
		       scan_fail(&c->s, "expected value or key");
	if (!take_stat_op(c, &op))
		return scan_fail(&c->s, "expected key or what to extract");
	it->stat = (enum ir_stat_op)op;
	return true;
}

static bool line_iter(struct parse *c)
{
	struct ir_iter it = { 0 };
	uint32_t id;

	if (!scan_id(&c->s, 'i', UINT32_MAX, "iteration", &id))
		return false;
	if (id != c->fn->iters.len)
		return scan_fail(&c->s, "expected i%zu next",
				 c->fn->iters.len);
	if (!parse_global_ref(c, &it.global))
		return false;
	if (scan_keyword(&c->s, "up"))
		it.direction = 1;
	else if (scan_keyword(&c->s, "down"))
		it.direction = -1;
	if (it.direction && !parse_order(c, &it))
		return false;
	vec_push(c->arena, &c->fn->iters, it);
	return true;
}

static bool line_block(struct parse *c)
{
	uint32_t id;

	if (!scan_id(&c->s, 'b', UINT32_MAX, "block", &id))
		return false;
	if (id != c->fn->blocks.len)
		return scan_fail(&c->s, "expected b%zu next",
				 c->fn->blocks.len);
	ir_block_new(c->p, c->fn);
	return scan_expect(&c->s, ':');
}

/* One of n words; its place among them. what it is called in messages. */
static bool parse_word_of(struct parse *c, const char *const *words, unsigned n,
			  const char *what, int64_t *imm)
{
	struct scan_word w;
	unsigned i;

	if (!scan_word(&c->s, &w))
		return false;
	for (i = 0; i < n; i++) {
		if (!scan_word_is(w, words[i]))
			continue;
		*imm = i;
		return true;
	}
	return scan_fail(&c->s, "unknown %s", what);
}

static bool parse_intrinsic(struct parse *c, uint32_t *id)
{
	struct scan_word w;
	unsigned i;

	if (!c->intrins.len)
		for (i = 0; i < intrinsic_count; i++)
			map_put_id(&c->intrins, intrinsics[i].script,
				   strlen(intrinsics[i].script), i);
	if (!scan_word(&c->s, &w))
		return false;
	*id = map_get_id(&c->intrins, w);
	return *id != IR_NONE || scan_fail(&c->s, "unknown intrinsic");
}

/* The immediate of an instruction. A call's is an index into refs until
 * resolve_fns(). */
static bool parse_imm(struct parse *c, char kind, int64_t *imm)
{
	uint32_t id = 0;
	bool ok;

	switch (kind) {
	case 'n':
		return scan_number(&c->s, imm);
	case 'c':
		return parse_word_of(c, ir_text_cond, ARRAY_SIZE(ir_text_cond),
				     "condition", imm);
	case 'M':
		return parse_word_of(c, ir_text_mem, ARRAY_SIZE(ir_text_mem),
				     "memory access", imm);
	case 'S':
	case 'O':
		ok = scan_quoted(&c->s, false);
		if (ok)
			id = ir_string(c->p, c->s.text.buf);
		break;
	case 'G':
		ok = parse_global_ref(c, &id);
		break;
	case 'F':
		ok = scan_quoted(&c->s, true) && format_id(c, &id);
		break;
	case 'R':
		ok = scan_quoted(&c->s, false) && regex_id(c, &id);
		break;
	case 'I':
		ok = parse_intrinsic(c, &id);
		break;
	case 'C':
		ok = parse_fn_ref(c, &id);
		break;
	case 'L':
		ok = scan_id(&c->s, 'i', (uint32_t)c->fn->iters.len,
			     "iteration", &id);
		break;
	default:
		return true;
	}
	*imm = id;
	return ok;
}

struct operands {
	ir_reg args[IR_MAX_ARGS];
	unsigned n_args, n_targets;
	ir_block_id targets[2];
	uint32_t aux;
};

static bool parse_operand(struct parse *c, const struct ir_op_info *info,
			  struct operands *o)
{
	char next = scan_peek(&c->s);

	if (next == 'b') {
		if (o->n_targets == 2)
			return scan_fail(&c->s, "too many blocks");
		return scan_id(&c->s, 'b', UINT32_MAX, "block",
			       &o->targets[o->n_targets++]);
	}
	if (next >= '0' && next <= '9' && info == ir_op_info(IR_OP_IKEY))
		return scan_unsigned(&c->s, IR_MAX_KEYS - 1, &o->aux);
	if (info == ir_op_info(IR_OP_SGET) && take_stat_op(c, &o->aux))
		return true;
	if (info == ir_op_info(IR_OP_HGET) && scan_keyword(&c->s, "empty")) {
		o->aux = 1;
		return true;
	}
	if (o->n_args == IR_MAX_ARGS)
		return scan_fail(&c->s, "more than %d arguments", IR_MAX_ARGS);
	return scan_id(&c->s, 'r', (uint32_t)c->fn->regs.len, "register",
		       &o->args[o->n_args++]);
}

/* What follows the operation's word up to "err" or "!". */
static bool parse_operands(struct parse *c, const struct ir_op_info *info,
			   int64_t *imm, struct operands *o)
{
	bool more;

	if (!parse_imm(c, info->imm, imm))
		return false;
	if (info->imm == '-' || info->imm == 'c') {
		more = scan_peek(&c->s) == 'r' || scan_peek(&c->s) == 'b';
	} else {
		more = scan_take(&c->s, ',');
	}
	for (; more; more = scan_take(&c->s, ','))
		if (!parse_operand(c, info, o))
			return false;
	return true;
}

static bool parse_insn(struct parse *c, ir_reg dst, struct scan_word op)
{
	uint32_t id = map_get_id(&c->ops, op);
	struct operands o = { .n_args = 0 };
	struct ir_insn *in;
	int64_t imm = 0;

	if (id == IR_NONE)
		return scan_fail(&c->s, "unknown operation '%.*s'",
				 (int)(op.len > 200 ? 200 : op.len), op.s);
	if (!c->fn->blocks.len)
		return scan_fail(&c->s, "an instruction outside a block");
	if (!parse_operands(c, ir_op_info(id), &imm, &o))
		return false;
	in = ir_emit(c->p, c->fn, (uint32_t)c->fn->blocks.len - 1, id, dst,
		     o.args, o.n_args);
	in->imm = imm;
	in->aux = o.aux;
	if (o.n_targets > 0)
		in->t = o.targets[0];
	if (o.n_targets > 1)
		in->e = o.targets[1];
	if (scan_keyword(&c->s, "err")) {
		if (in->e != IR_NONE)
			return scan_fail(&c->s, "too many blocks");
		if (!scan_id(&c->s, 'b', UINT32_MAX, "block", &in->e))
			return false;
	}
	if (scan_peek(&c->s) == '!')
		return scan_id(&c->s, '!', (uint32_t)c->p->locs.len,
			       "location", &in->loc);
	return true;
}

/* --- lines --- */

enum { AT_TOP = 1, IN_FN = 2 };

static const struct line_kind {
	const char *word;
	bool (*parse)(struct parse *c);
	unsigned where; /* AT_TOP: before the first function; IN_FN: in one */
} line_kinds[] = {
	{ "name", line_name, AT_TOP },
	{ "limit", line_limit, AT_TOP },
	{ "global", line_global, AT_TOP },
	{ "format", line_format, AT_TOP },
	{ "regex", line_regex, AT_TOP },
	{ "loc", line_loc, AT_TOP },
	{ "probe", line_probe, AT_TOP },
	{ "handler", line_handler, AT_TOP | IN_FN },
	{ "function", line_function, AT_TOP | IN_FN },
	{ "reg", line_reg, IN_FN },
	{ "iter", line_iter, IN_FN },
};

static bool parse_keyword_line(struct parse *c, struct scan_word w)
{
	unsigned here = c->fn ? IN_FN : AT_TOP;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(line_kinds); i++) {
		if (!scan_word_is(w, line_kinds[i].word))
			continue;
		if (!(line_kinds[i].where & here))
			return scan_fail(&c->s, "'%s' does not belong here",
					 line_kinds[i].word);
		return line_kinds[i].parse(c);
	}
	return scan_fail(&c->s, "unknown word '%.*s'",
			 (int)(w.len > 200 ? 200 : w.len), w.s);
}

/* Whether the line starts with this letter and a digit. */
static bool next_is_id(struct parse *c, char letter)
{
	return scan_peek(&c->s) == letter && c->s.end - c->s.at > 1 &&
	       c->s.at[1] >= '0' && c->s.at[1] <= '9';
}

static bool parse_line(struct parse *c)
{
	struct scan_word w;
	ir_reg dst;

	if (c->fn && next_is_id(c, 'b'))
		return line_block(c);
	if (c->fn && next_is_id(c, 'r'))
		return scan_id(&c->s, 'r', (uint32_t)c->fn->regs.len,
			       "register", &dst) &&
		       scan_expect(&c->s, '=') && scan_word(&c->s, &w) &&
		       parse_insn(c, dst, w);
	if (!scan_word(&c->s, &w))
		return false;
	if (c->fn && map_get_id(&c->ops, w) != IR_NONE)
		return parse_insn(c, IR_NONE, w);
	return parse_keyword_line(c, w);
}

/* Put function ids where indexes into refs stand. */
static bool resolve_fns(struct parse *c)
{
	const struct fn_ref *r;
	struct ir_probe *pr;
	struct ir_block *b;
	struct ir_insn *in;
	uint32_t i;

	vec_foreach(r, &c->refs) {
		c->s.line = r->line;
		if (r->id == IR_NONE)
			return scan_fail(&c->s, "there is no function '%.200s'",
					 r->name);
	}
	vec_foreach(pr, &c->p->probes)
		pr->fn = c->refs.at[pr->fn].id;
	for (i = 0; i < c->p->fns.len; i++)
		vec_foreach(b, &c->p->fns.at[i]->blocks)
			vec_foreach(in, &b->insns)
				if (ir_op_info(in->op)->imm == 'C')
					in->imm = c->refs.at[in->imm].id;
	return true;
}

static bool parse_header(struct parse *c)
{
	uint32_t version;

	/* The magic word holds a dash, so it is no bare word. */
	if (!scan_next_line(&c->s) || !scan_keyword(&c->s, "spile") ||
	    !scan_take(&c->s, '-') || !scan_keyword(&c->s, "ir"))
		return scan_fail(&c->s, "expected '%s %d'", IR_TEXT_MAGIC,
				 IR_TEXT_VERSION);
	if (!scan_unsigned(&c->s, UINT32_MAX, &version))
		return false;
	if (version != IR_TEXT_VERSION)
		return scan_fail(&c->s, "version %" PRIu32 " is unknown",
				 version);
	return scan_end_line(&c->s);
}

static bool parse_all(struct parse *c)
{
	unsigned i;

	for (i = 0; i < ir_op_count; i++)
		map_put_id(&c->ops, ir_op_info(i)->text,
			   strlen(ir_op_info(i)->text), i);
	if (!parse_header(c))
		return false;
	while (scan_next_line(&c->s))
		if (!parse_line(c) || !scan_end_line(&c->s))
			return false;
	return !c->s.failed && resolve_fns(c);
}

struct ir_prog *ir_parse(struct arena *arena, const char *text, size_t len,
			 struct strbuf *err)
{
	struct parse c = { .arena = arena };
	bool ok;

	if (len > MAX_TEXT_BYTES) {
		strbuf_addstr(err, "IR text is too large.");
		return NULL;
	}
	scan_init(&c.s, text, len, err);
	c.p = ir_prog_new(arena);
	ok = parse_all(&c) && !ir_check(c.p, err);
	scan_release(&c.s);
	hmap_release(&c.ops);
	hmap_release(&c.intrins);
	hmap_release(&c.globals);
	hmap_release(&c.fns);
	return ok ? c.p : NULL;
}
