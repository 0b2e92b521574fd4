/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions and handlers of the C text: numbers in local variables r0, r1, …,
 * strings in a struct f; a label a block. All ways out lead to the label end,
 * or out for a function that returns.
 */
#include "kmod/emit_internal.h"

#define PER_LINE 7 /* declarations */

static uint32_t str_bytes(uint32_t bound)
{
	return (uint32_t)((sizeof(uint32_t) + bound + 3) & ~3u);
}

/* By register: whether any instruction names it. */
static bool *find_used(struct arena *arena, const struct ir_fn *f)
{
	bool *used = arena_array(arena, bool, f->regs.len);
	const struct ir_block *b;
	const struct ir_insn *in;
	uint32_t i;

	for (i = 0; i < f->n_params; i++)
		used[i] = true;
	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			for (i = 0; i < in->n_args; i++)
				used[in->args[i]] = true;
			if (in->dst != IR_NONE)
				used[in->dst] = true;
		}
	}
	return used;
}

uint32_t kc_frame_bytes(struct kc *k, const struct ir_fn *f)
{
	const bool *used = find_used(&k->arena, f);
	uint32_t bytes = 0, r;

	for (r = 0; r < f->regs.len; r++)
		if (used[r] && f->regs.at[r].type == IR_STR)
			bytes += str_bytes(f->regs.at[r].bound);
	return (bytes + 7) & ~7u;
}

/* By register: it may be read in some block before it is set there. */
static bool *find_unset(struct kc *k)
{
	uint32_t n = (uint32_t)k->f->regs.len, b, i;
	bool *unset = arena_array(&k->arena, bool, n);
	uint32_t *set_in = arena_array(&k->arena, uint32_t, n);
	const struct ir_insn *in;

	for (b = 0; b < k->f->blocks.len; b++) {
		vec_foreach(in, &k->f->blocks.at[b].insns) {
			for (i = 0; i < in->n_args; i++)
				if (set_in[in->args[i]] != b + 1)
					unset[in->args[i]] = true;
			if (in->dst != IR_NONE)
				set_in[in->dst] = b + 1;
		}
	}
	return unset;
}

/* --- head --- */

static void add_params(struct kc *k, const struct ir_fn *f)
{
	uint32_t i;

	for (i = 0; i < f->n_params; i++) {
		if (f->regs.at[i].type == IR_STR)
			strbuf_addf(k->out, ", const struct sp_str *a%u", i);
		else
			strbuf_addf(k->out, ", s64 r%u", i);
	}
}

void kc_fn_head(struct kc *k, uint32_t fn)
{
	const struct ir_fn *f = k->p->fns.at[fn];

	if (f->kind == IR_FN_HANDLER) {
		strbuf_addf(k->out, "static void %s(struct sp_ctx *c)",
			    k->fn_name[fn]);
		return;
	}
	strbuf_addf(k->out, "static int %s(struct sp_ctx *c", k->fn_name[fn]);
	if (f->ret == IR_I64)
		strbuf_addstr(k->out, ", s64 *ret");
	else if (f->ret == IR_STR)
		strbuf_addstr(k->out, ", struct sp_str *ret, u32 ret_bound");
	add_params(k, f);
	strbuf_addch(k->out, ')');
}

/* --- variables --- */

/* What the script calls it, for people. */
static void add_note(struct kc *k, const struct ir_var *v)
{
	if (v->name)
		strbuf_addf(k->out, " /* %s */", v->name);
	strbuf_addch(k->out, '\n');
}

static void declare_strings(struct kc *k)
{
	uint32_t bytes = k->frame_bytes[k->fn], r;

	if (!bytes)
		return;
	strbuf_addstr(k->out, "\tstruct {\n");
	for (r = 0; r < k->f->regs.len; r++) {
		const struct ir_var *v = &k->f->regs.at[r];

		if (v->type != IR_STR || !k->used[r])
			continue;
		strbuf_addf(k->out, "\t\tSP_STR(%u) r%u;", v->bound, r);
		add_note(k, v);
	}
	strbuf_addf(k->out, "\t} *f = %s;\n",
		    k->f->kind == IR_FN_HANDLER ? "SP_FRAME(c)" : "0");
	if (k->f->kind == IR_FN_FUNCTION)
		return;
	/* Only functions take their frame by a call. */
	strbuf_addf(k->out, "\t_Static_assert(sizeof(*f) <= %u, \"\");\n",
		    bytes);
}

/* Those without a name share lines. */
static void declare_numbers(struct kc *k)
{
	uint32_t r, n = 0;

	for (r = 0; r < k->f->regs.len; r++) {
		const struct ir_var *v = &k->f->regs.at[r];

		if (v->type != IR_I64 || r < k->f->n_params || !k->used[r])
			continue;
		if (v->name) {
			strbuf_addf(k->out, "%s\ts64 r%u = 0;", n ? ";\n" : "",
				    r);
			add_note(k, v);
			n = 0;
			continue;
		}
		strbuf_addf(k->out, "%sr%u = 0",
			    !n ? "\ts64 " : n % PER_LINE ? ", " : ",\n\t    ",
			    r);
		n++;
	}
	if (n)
		strbuf_addstr(k->out, ";\n");
	for (r = 0; r < k->f->iters.len; r++)
		strbuf_addf(k->out, "\tstruct sp_iter *i%u = 0;\n", r);
}

/* Take the strings' memory and the arguments into it. */
static void add_prologue(struct kc *k)
{
	uint32_t bytes = k->frame_bytes[k->fn], r;
	bool handler = k->f->kind == IR_FN_HANDLER;
	bool *unset = find_unset(k);

	strbuf_addch(k->out, '\n');
	if (!handler) {
		strbuf_addf(k->out, "\tif (sp_call_begin(c, %u, %s))\n"
				    "\t\treturn 1;\n",
			    bytes, bytes ? "(void **)&f" : "0");
	} else if (bytes) {
		strbuf_addf(k->out, "\tc->frame += %u;\n", bytes);
	}
	for (r = 0; r < k->f->regs.len; r++) {
		const struct ir_var *v = &k->f->regs.at[r];

		if (v->type != IR_STR || !k->used[r])
			continue;
		if (r < k->f->n_params)
			strbuf_addf(k->out,
				    "\tsp_copy(SP_S(f->r%u), %u, a%u);\n", r,
				    v->bound, r);
		else if (unset[r])
			strbuf_addf(k->out,
				    "\tsp_set(SP_S(f->r%u), 1, \"\", 0);\n", r);
	}
}

/* --- the whole --- */

/* Blocks that need a label: all that something but the block above leads to. */
static bool *find_targets(struct kc *k)
{
	bool *target = arena_array(&k->arena, bool, k->f->blocks.len);
	const struct ir_insn *in;
	uint32_t b;

	for (b = 0; b < k->f->blocks.len; b++) {
		vec_foreach(in, &k->f->blocks.at[b].insns) {
			bool branch = in->op == IR_OP_BR ||
				      in->op == IR_OP_INEXT;

			if (in->t != IR_NONE && in->t != b + 1)
				target[in->t] = true;
			/* A branch falls through to e only if not to t. */
			if (in->e != IR_NONE && !(branch && in->t != b + 1 &&
						  in->e == b + 1))
				target[in->e] = true;
		}
	}
	return target;
}

/* A comment that names the points of a handler. */
static void add_points(struct kc *k)
{
	const struct ir_probe *pr;
	size_t i;

	vec_foreach(pr, &k->p->probes) {
		if (pr->fn != k->fn)
			continue;
		strbuf_addstr(k->out, "/* probe ");
		/* Nothing in it may end the comment, or look like one. */
		for (i = 0; pr->point[i]; i++)
			strbuf_addch(k->out, pr->point[i] == '*' ? '.' :
				     (unsigned char)pr->point[i] < ' ' ? ' ' :
				     pr->point[i]);
		strbuf_addstr(k->out, " */\n");
	}
}

void kc_fn(struct kc *k, uint32_t fn)
{
	const struct ir_insn *in;
	uint32_t b;

	k->fn = fn;
	k->f = k->p->fns.at[fn];
	k->target = find_targets(k);
	k->used = find_used(&k->arena, k->f);
	strbuf_addch(k->out, '\n');
	if (k->f->kind == IR_FN_HANDLER)
		add_points(k);
	kc_fn_head(k, fn);
	strbuf_addstr(k->out, "\n{\n");
	declare_strings(k);
	declare_numbers(k);
	if (k->f->kind == IR_FN_FUNCTION)
		strbuf_addstr(k->out, "\tint err = 0;\n");
	add_prologue(k);
	for (b = 0; b < k->f->blocks.len; b++) {
		if (k->target[b])
			strbuf_addf(k->out, "b%u:\n", b);
		vec_foreach(in, &k->f->blocks.at[b].insns)
			kc_insn(k, b, in);
	}
	if (k->f->kind == IR_FN_HANDLER)
		strbuf_addstr(k->out, "end:\n\treturn;\n}\n");
	else
		strbuf_addf(k->out, "end: __attribute__((unused));\n"
				    "\terr = 1;\n"
				    "out: __attribute__((unused));\n"
				    "\tsp_call_end(c, %u);\n"
				    "\treturn err;\n}\n",
			    k->frame_bytes[fn]);
}
