/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of the C text, in its order; and what it may hold.
 *
 * The strings of a function lie in a struct of its own in the context of the
 * CPU, not on the kernel's stack. How much such memory the deepest calls need
 * is worked out here, so that the runtime has it before anything runs.
 */
#include "kmod/emit_internal.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Strings of all activations of one run, at most. */
#define MAX_FRAMES (16u << 20)

/* --- what modules can do --- */

static bool can_insn(const struct ir_insn *in, struct strbuf *err)
{
	if (in->op != IR_OP_INTRIN ||
	    intrinsics[in->imm].flags & INTRIN_IN_KMOD)
		return true;
	strbuf_addf(err, "%s() does not work in kernel modules.",
		    intrinsics[in->imm].script);
	return false;
}

static bool can_fn(const struct ir_fn *f, struct strbuf *err)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (!can_insn(in, err))
				return false;
		}
	}
	return true;
}

int kmod_can_run(const struct ir_prog *p, struct strbuf *err)
{
	const struct ir_probe *pr;
	size_t i;

	vec_foreach(pr, &p->probes) {
		if (kc_has_kind(pr->attach))
			continue;
		strbuf_addf(err, "Kernel modules have no probes like %s.",
			    pr->point);
		return -ENOTSUP;
	}
	for (i = 0; i < p->fns.len; i++)
		if (!can_fn(p->fns.at[i], err))
			return -ENOTSUP;
	return 0;
}

/* --- names --- */

/* A name that C takes: one with other letters gets its number behind it. */
static const char *c_name(struct kc *k, const char *prefix, const char *name,
			  uint32_t id)
{
	char *copy = arena_strdup(&k->arena, name);
	bool plain = true;
	size_t i;

	for (i = 0; copy[i]; i++) {
		if (isalnum((unsigned char)copy[i]) || copy[i] == '_')
			continue;
		copy[i] = '_';
		plain = false;
	}
	if (plain)
		return arena_printf(&k->arena, "%s%s", prefix, copy);
	return arena_printf(&k->arena, "%s%s__%u", prefix, copy, id);
}

static bool asks_for_groups(const struct ir_fn *f)
{
	const struct ir_block *b;
	const struct ir_insn *in;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op == IR_OP_INTRIN &&
			    (in->imm == INTRIN_MATCHED ||
			     in->imm == INTRIN_MATCHED_STR ||
			     in->imm == INTRIN_NGROUPS))
				return true;
		}
	}
	return false;
}

static void prepare(struct kc *k)
{
	uint32_t n = (uint32_t)k->p->fns.len, i;

	k->fn_name = arena_array(&k->arena, const char *, n);
	k->frame_bytes = arena_array(&k->arena, uint32_t, n);
	for (i = 0; i < n; i++) {
		const struct ir_fn *f = k->p->fns.at[i];

		k->fn_name[i] = c_name(k, f->kind == IR_FN_HANDLER ? "" : "fn_",
				       f->name, i);
		k->frame_bytes[i] = kc_frame_bytes(k, f);
		k->groups |= asks_for_groups(f);
	}
	n = (uint32_t)k->p->globals.len;
	k->global_name = arena_array(&k->arena, const char *, n);
	for (i = 0; i < n; i++)
		k->global_name[i] = c_name(k, "g_", k->p->globals.at[i].name,
					   i);
}

/* --- how much the deepest calls need --- */

/* The most that calls out of f need, when each callee needs most[]. */
static uint64_t most_of_calls(const struct ir_fn *f, const uint64_t *most)
{
	const struct ir_block *b;
	const struct ir_insn *in;
	uint64_t result = 0;

	vec_foreach(b, &f->blocks) {
		vec_foreach(in, &b->insns) {
			if (in->op == IR_OP_CALL && most[in->imm] > result)
				result = most[in->imm];
		}
	}
	return result;
}

/* Bytes of strings of any handler and the calls it makes, maxnesting deep. */
static uint64_t most_frames(struct kc *k)
{
	uint32_t n = (uint32_t)k->p->fns.len, depth, i;
	uint64_t *most = arena_array(&k->arena, uint64_t, n);
	uint64_t *next = arena_array(&k->arena, uint64_t, n), *swap, result = 0;
	bool changed = true;

	for (depth = 0; changed && depth <= k->p->limits.maxnesting; depth++) {
		changed = false;
		for (i = 0; i < n; i++) {
			next[i] = k->frame_bytes[i] +
				  most_of_calls(k->p->fns.at[i], most);
			changed |= next[i] != most[i];
		}
		swap = most;
		most = next;
		next = swap;
	}
	for (i = 0; i < n; i++)
		if (most[i] > result)
			result = most[i];
	return result;
}

/* --- the text --- */

static void add_limits(struct kc *k)
{
	const struct limits *l = &k->p->limits;

	strbuf_addf(k->out,
		    "\t.limits = {\n"
		    "\t\t.maxstringlen = %u, .maxaction = %u,\n"
		    "\t\t.maxaction_interruptible = %u, .maxnesting = %u,\n"
		    "\t\t.maxerrors = %u, .maxskipped = %u,\n"
		    "\t\t.maxtrylock = %u, .trylockdelay = %u,\n"
		    "\t\t.interruptible = %u, .suppress_errors = %u,\n"
		    "\t},\n",
		    l->maxstringlen, l->maxaction, l->maxaction_interruptible,
		    l->maxnesting, l->maxerrors, l->maxskipped, l->maxtrylock,
		    l->trylockdelay, l->interruptible, l->suppress_errors);
}

static void add_program(struct kc *k, uint64_t frames)
{
	const struct ir_prog *p = k->p;
	size_t n_flags = kc_flags(k), i;

	if (p->regexes.len) {
		strbuf_addstr(k->out,
			      "static const struct sp_regex *const "
			      "regexes[] = {\n");
		for (i = 0; i < p->regexes.len; i++)
			strbuf_addf(k->out, "\t&regex_%zu,\n", i);
		strbuf_addstr(k->out, "};\n\n");
	}
	strbuf_addstr(k->out, "const struct sp_program sp_program = {\n"
			      "\t.name = ");
	kc_quote(k->out, p->name, strlen(p->name));
	strbuf_addstr(k->out, ",\n");
	add_limits(k);
	if (n_flags)
		strbuf_addf(k->out, "\t.flags = flags, .n_flags = %zu,\n",
			    n_flags);
	if (p->probes.len)
		strbuf_addf(k->out,
			    "\t.probes = probes, .n_probes = %zu,\n",
			    p->probes.len);
	if (p->globals.len)
		strbuf_addf(k->out, "\t.globals = globals, .n_globals = %zu,\n",
			    p->globals.len);
	if (p->locs.len)
		strbuf_addf(k->out, "\t.locs = locs, .n_locs = %zu,\n",
			    p->locs.len);
	if (p->regexes.len)
		strbuf_addf(k->out,
			    "\t.regexes = regexes, .n_regexes = %zu,\n"
			    "\t.groups = %d,\n",
			    p->regexes.len, k->groups);
	strbuf_addf(k->out, "\t.frame_bytes = %llu,\n};\n",
		    (unsigned long long)frames);
}

int kmod_emit(const struct ir_prog *p, struct strbuf *c_text,
	      struct strbuf *err)
{
	struct kc k = { .p = p, .out = c_text };
	uint32_t i, any = 0;
	uint64_t frames;

	prepare(&k);
	frames = most_frames(&k);
	if (frames > MAX_FRAMES) {
		strbuf_addf(err,
			    "Calls %u deep need %llu MiB for strings; lower "
			    "MAXNESTING or MAXSTRINGLEN.",
			    p->limits.maxnesting,
			    (unsigned long long)frames >> 20);
		arena_release(&k.arena);
		return -E2BIG;
	}
	strbuf_addf(c_text, "/* %s, made by stap */\n#include \"api.h\"\n\n",
		    p->name);
	kc_locs(&k);
	kc_formats(&k);
	kc_regexes(&k);
	kc_globals(&k);
	/* Each table ends in an empty line, each function begins with one. */
	c_text->buf[--c_text->len] = 0;
	for (i = 0; i < p->fns.len; i++) {
		if (p->fns.at[i]->kind != IR_FN_FUNCTION)
			continue;
		strbuf_addstr(c_text, any++ ? "" : "\n");
		kc_fn_head(&k, i);
		strbuf_addstr(c_text, ";\n");
	}
	for (i = 0; i < p->fns.len; i++)
		kc_fn(&k, i);
	kc_probes(&k);
	add_program(&k, frames);
	arena_release(&k.arena);
	return 0;
}
