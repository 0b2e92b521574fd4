/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the C text: places, formats, regular expressions, globals. */
#include "base/flags.h"
#include "kmod/emit_internal.h"

#include <inttypes.h>
#include <string.h>

/* Entries of one table of a regular expression. A larger one would make the
 * text long to compile; its program is run instead. */
#define MAX_DFA_CELLS (1u << 14)
#define PER_LINE 16

void kc_quote(struct strbuf *out, const char *text, size_t len)
{
	strbuf_addch(out, '"');
	strbuf_add_escaped(out, text, len);
	strbuf_addch(out, '"');
}

void kc_locs(struct kc *k)
{
	const char **loc;

	if (!k->p->locs.len)
		return;
	strbuf_addstr(k->out, "static const char *const locs[] = {\n");
	vec_foreach(loc, &k->p->locs) {
		strbuf_addch(k->out, '\t');
		kc_quote(k->out, *loc, strlen(*loc));
		strbuf_addstr(k->out, ",\n");
	}
	strbuf_addstr(k->out, "};\n\n");
}

/* --- formats --- */

static const char *const conv_names[] = {
	[FMT_LITERAL] = "SP_LITERAL", [FMT_D] = "SP_FMT_D",
	[FMT_U] = "SP_FMT_U",         [FMT_O] = "SP_FMT_O",
	[FMT_X] = "SP_FMT_X",         [FMT_UPPER_X] = "SP_FMT_UPPER_X",
	[FMT_P] = "SP_FMT_P",         [FMT_S] = "SP_FMT_S",
	[FMT_C] = "SP_FMT_C",         [FMT_B] = "SP_FMT_B",
	[FMT_M] = "SP_FMT_M",         [FMT_UPPER_M] = "SP_FMT_UPPER_M",
};

static void add_size(struct strbuf *out, const char *name, enum fmt_size kind,
		     uint32_t size)
{
	switch (kind) {
	case FMT_SIZE_NONE:
		break;
	case FMT_SIZE_FIXED:
		strbuf_addf(out, ", .%s_kind = SP_SIZE_FIXED, .%s = %u", name,
			    name, size);
		break;
	case FMT_SIZE_ARG:
		strbuf_addf(out, ", .%s_kind = SP_SIZE_ARG", name);
		break;
	}
}

static void add_item(struct strbuf *out, const struct fmt_item *item)
{
	strbuf_addf(out, "\t{ .conv = %s", conv_names[item->conv]);
	if (item->conv == FMT_LITERAL) {
		strbuf_addf(out, ", .width = %zu, .text = ", item->len);
		kc_quote(out, item->text, item->len);
	}
	if (item->flag)
		strbuf_addf(out, ", .flag = '%c'", item->flag);
	add_size(out, "width", item->width_kind, item->width);
	add_size(out, "prec", item->prec_kind, item->prec);
	strbuf_addstr(out, " },\n");
}

void kc_formats(struct kc *k)
{
	size_t i;

	for (i = 0; i < k->p->formats.len; i++) {
		const struct ir_format *f = &k->p->formats.at[i];
		const struct fmt_item *item;

		strbuf_addf(k->out, "static const struct sp_item items_%zu[] "
				    "= {\n", i);
		vec_foreach(item, &f->fmt.items)
			add_item(k->out, item);
		/* A format may be empty, an array of C may not. */
		if (!f->fmt.items.len)
			strbuf_addstr(k->out, "\t{ .conv = SP_LITERAL },\n");
		strbuf_addf(k->out, "};\nstatic const struct sp_format "
				    "format_%zu = { items_%zu, %zu };\n\n",
			    i, i, f->fmt.items.len);
	}
}

/* --- names of flags --- */

/* Whether some function asks for an intrinsic. */
static bool uses_intrinsic(const struct ir_prog *p, enum intrinsic id)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	size_t i;

	for (i = 0; i < p->fns.len; i++) {
		vec_foreach(b, &p->fns.at[i]->blocks) {
			vec_foreach(in, &b->insns) {
				if (in->op == IR_OP_INTRIN && in->imm == id)
					return true;
			}
		}
	}
	return false;
}

static void add_flags(struct kc *k, const char *name, size_t *n)
{
	const char *text = flags_table(name);

	if (!text)
		return;
	if (!(*n)++)
		strbuf_addstr(k->out,
			      "static const struct sp_flags flags[] = {\n");
	strbuf_addstr(k->out, "\t{ ");
	kc_quote(k->out, name, strlen(name));
	strbuf_addstr(k->out, ", ");
	kc_quote(k->out, text, strlen(text));
	strbuf_addstr(k->out, " },\n");
}

/* Tables are named by texts of the program. */
size_t kc_flags(struct kc *k)
{
	const char **text;
	size_t n = 0;

	if (uses_intrinsic(k->p, INTRIN_FLAGS_TEXT) ||
	    uses_intrinsic(k->p, INTRIN_FLAGS_VALUE))
		vec_foreach(text, &k->p->strings)
			add_flags(k, *text, &n);
	if (uses_intrinsic(k->p, INTRIN_SYSCALL_NAME) ||
	    uses_intrinsic(k->p, INTRIN_SYSCALL_NUM))
		add_flags(k, "syscall", &n);
	if (n)
		strbuf_addstr(k->out, "};\n\n");
	return n;
}

/* --- regular expressions --- */

static void add_numbers(struct strbuf *out, const uint32_t *n, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		strbuf_addf(out, "%s%u,", i % PER_LINE ? " " : "\n\t", n[i]);
}

static void add_table(struct kc *k, size_t id, const struct regex_dfa *d)
{
	size_t i;

	strbuf_addf(k->out, "static const u8 regex_%zu_class[256] = {", id);
	for (i = 0; i < 256; i++)
		strbuf_addf(k->out, "%s%u,", i % PER_LINE ? " " : "\n\t",
			    d->class_of[i]);
	strbuf_addf(k->out, "\n};\nstatic const u32 regex_%zu_next[] = {", id);
	add_numbers(k->out, d->next, (size_t)d->n_states * d->n_classes);
	strbuf_addstr(k->out, "\n};\n");
}

static void add_code(struct kc *k, size_t id, const struct regex *re)
{
	uint32_t i;

	strbuf_addf(k->out, "static const struct sp_regex_insn "
			    "regex_%zu_code[] = {\n", id);
	for (i = 0; i < re->n_code; i++)
		strbuf_addf(k->out, "\t{ %u, %u, %u },\n", re->code[i].op,
			    re->code[i].x, re->code[i].y);
	strbuf_addf(k->out, "};\nstatic const u64 regex_%zu_sets[][4] = {\n",
		    id);
	for (i = 0; i < re->n_sets; i++)
		strbuf_addf(k->out,
			    "\t{ 0x%" PRIx64 "ull, 0x%" PRIx64
			    "ull, 0x%" PRIx64 "ull, 0x%" PRIx64 "ull },\n",
			    re->sets[i].bits[0], re->sets[i].bits[1],
			    re->sets[i].bits[2], re->sets[i].bits[3]);
	if (!re->n_sets)
		strbuf_addstr(k->out, "\t{ 0 },\n");
	strbuf_addstr(k->out, "};\n");
}

void kc_regexes(struct kc *k)
{
	uint32_t work = REGEX_DFA_WORK;
	size_t i;

	for (i = 0; i < k->p->regexes.len; i++) {
		const struct regex *re = k->p->regexes.at[i].re;
		const struct regex_dfa *d =
			regex_dfa_new(&k->arena, re, MAX_DFA_CELLS, &work);

		if (d)
			add_table(k, i, d);
		if (!d || k->groups)
			add_code(k, i, re);
		strbuf_addf(k->out, "static const struct sp_regex regex_%zu = "
				    "{\n", i);
		if (d)
			strbuf_addf(k->out,
				    "\t.next = regex_%zu_next, "
				    ".class_of = regex_%zu_class,\n"
				    "\t.start = %u, .n_classes = %u,\n",
				    i, i, d->start, d->n_classes);
		if (!d || k->groups)
			strbuf_addf(k->out,
				    "\t.code = regex_%zu_code, "
				    ".sets = regex_%zu_sets, "
				    ".n_code = %u,\n",
				    i, i, re->n_code);
		strbuf_addf(k->out, "\t.n_groups = %u,\n};\n\n",
			    re->n_groups);
	}
}

/* --- globals --- */

/* Most iterations over one array that the runtime keeps room for. */
#define MAX_ITERATIONS 8

/* Whether some foreach sorts the array; how many there are, which may all be
 * open at a time. */
static uint32_t count_iterations(const struct ir_prog *p, uint32_t id,
				 bool *sorted)
{
	uint32_t n = 0;
	size_t i, j;

	for (i = 0; i < p->fns.len; i++) {
		const struct ir_fn *f = p->fns.at[i];

		for (j = 0; j < f->iters.len; j++) {
			if (f->iters.at[j].global != id)
				continue;
			n++;
			*sorted |= f->iters.at[j].direction != 0;
		}
	}
	return n > MAX_ITERATIONS ? MAX_ITERATIONS : n;
}

static void add_number(struct strbuf *out, int64_t n)
{
	if (n == INT64_MIN)
		strbuf_addstr(out, "(-9223372036854775807ll - 1)");
	else
		strbuf_addf(out, "%" PRId64 "ll", n);
}

static void add_stat(struct kc *k, const struct ir_stat *s)
{
	static const char *const kinds[] = {
		[HIST_NONE] = "SP_HIST_NONE",
		[HIST_LOG] = "SP_HIST_LOG",
		[HIST_LINEAR] = "SP_HIST_LINEAR",
	};

	if (s->shift)
		strbuf_addf(k->out, "\t.shift = %u,\n", s->shift);
	if (s->hist.kind == HIST_NONE)
		return;
	strbuf_addf(k->out, "\t.hist = %s, .n_buckets = %u,\n",
		    kinds[s->hist.kind], hist_buckets(&s->hist));
	if (s->hist.kind == HIST_LOG)
		return;
	strbuf_addstr(k->out, "\t.lo = ");
	add_number(k->out, s->hist.lo);
	strbuf_addstr(k->out, ", .hi = ");
	add_number(k->out, s->hist.hi);
	strbuf_addstr(k->out, ", .step = ");
	add_number(k->out, s->hist.step);
	strbuf_addstr(k->out, ",\n");
}

static const char *const type_names[] = {
	[IR_VOID] = "SP_LONG", [IR_I64] = "SP_LONG",
	[IR_STR] = "SP_TEXT",  [IR_STAT] = "SP_STAT",
};

static void add_array(struct kc *k, uint32_t id)
{
	const struct ir_global *g = &k->p->globals.at[id];
	bool sorted = false;
	uint32_t iterations = count_iterations(k->p, id, &sorted), i;

	strbuf_addf(k->out, "static struct sp_array %s = {\n\t.name = ",
		    k->global_name[id]);
	kc_quote(k->out, g->name, strlen(g->name));
	strbuf_addf(k->out, ", .type = %s, .bound = %u,\n",
		    type_names[g->type], g->type == IR_STR ? g->bound : 0);
	if (g->kind == IR_MAP) {
		strbuf_addf(k->out, "\t.n_keys = %u, .key_bound = {",
			    g->n_keys);
		for (i = 0; i < g->n_keys; i++)
			strbuf_addf(k->out, " %u,",
				    g->key_type[i] == IR_STR ? g->key_bound[i]
							     : 0);
		strbuf_addf(k->out, " },\n\t.size = %u, .iterations = %u,\n",
			    g->size, iterations);
	}
	strbuf_addf(k->out, "\t.flags = 0%s%s%s%s%s,\n",
		    g->sized ? " | SP_SIZED" : "", g->wrap ? " | SP_WRAP" : "",
		    g->stat.fields & IR_KEEP_VARIANCE ? " | SP_KEEP_VARIANCE"
						      : "",
		    g->kind == IR_MAP ? "" : " | SP_SCALAR",
		    sorted ? " | SP_SORTED" : "");
	if (g->type == IR_STAT)
		add_stat(k, &g->stat);
	strbuf_addstr(k->out, "};\n\n");
}

/* A scalar is a variable, and a parameter of the module. */
static void add_scalar(struct kc *k, uint32_t id)
{
	const struct ir_global *g = &k->p->globals.at[id];
	const char *text = g->init_str ? g->init_str : "";
	const char *name = k->global_name[id];
	size_t len = strnlen(text, g->bound - 1u);
	bool str = g->type == IR_STR;
	struct strbuf type = STRBUF_INIT;

	if (str) {
		strbuf_addf(k->out, "static SP_STR(%u) %s = { %zu, ", g->bound,
			    name, len);
		kc_quote(k->out, text, len);
		strbuf_addf(k->out,
			    " };\n"
			    "static const struct sp_param_text %s_text = "
			    "{ %u, %s.text };\n",
			    name, g->bound, name);
	} else {
		strbuf_addf(k->out, "static s64 %s = ", name);
		add_number(k->out, g->init_num);
		strbuf_addstr(k->out, ";\n");
	}
	strbuf_addf(k->out, "static const struct sp_param %s_param SP_PARAM = "
			    "{\n\t.name = ", name);
	kc_quote(k->out, g->name, strlen(g->name));
	strbuf_addf(k->out,
		    ", .module = &__this_module, .level = -1,\n"
		    "\t.ops = &sp_param_ops_%s, .arg = SP_ARG(&%s%s),\n};\n",
		    str ? "str" : "long", name, str ? "_text" : "");
	strbuf_addf(k->out, "static const char %s_type[] SP_PARAM_TYPE = ",
		    name);
	strbuf_addf(&type, "parmtype=%s:%s", g->name,
		    str ? "string" : "int64_t");
	kc_quote(k->out, type.buf, type.len);
	strbuf_addstr(k->out, ";\n\n");
	strbuf_release(&type);
}

void kc_globals(struct kc *k)
{
	uint32_t n = (uint32_t)k->p->globals.len, i;

	for (i = 0; i < n; i++) {
		const struct ir_global *g = &k->p->globals.at[i];

		if (g->kind == IR_MAP || g->type == IR_STAT)
			add_array(k, i);
		else
			add_scalar(k, i);
	}
	if (!n)
		return;
	strbuf_addstr(k->out, "static const struct sp_global globals[] = {\n");
	for (i = 0; i < n; i++) {
		const struct ir_global *g = &k->p->globals.at[i];
		bool array = g->kind == IR_MAP || g->type == IR_STAT;

		strbuf_addstr(k->out, "\t{ .name = ");
		kc_quote(k->out, g->name, strlen(g->name));
		strbuf_addf(k->out, ", .type = %s", type_names[g->type]);
		if (!array && g->type == IR_STR)
			strbuf_addf(k->out, ", .bound = %u", g->bound);
		strbuf_addf(k->out, ", .data = &%s%s },\n", k->global_name[i],
			    array ? ", .array = 1" : "");
	}
	strbuf_addstr(k->out, "};\n\n");
}
