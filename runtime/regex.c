/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Regular expressions: the table that the translator made says whether a text
 * matches; where there is none, and where groups are wanted of a text that
 * matches, the program of the expression is run as in src/base/regex_find.c.
 * The last match is remembered for one run of a handler.
 */
#include "core.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

enum regex_op { /* as in src/base/regex.h */
	REGEX_SET, REGEX_SPLIT, REGEX_JUMP, REGEX_SAVE, REGEX_BOL, REGEX_EOL,
	REGEX_MATCH,
};

struct ways {
	u32 n;
	u32 stamp; /* of the place the list is for */
	u32 *code; /* n instructions */
	u32 *seen; /* by instruction: stamp if it has been here */
	s32 *slots;
};

/* What is left to follow, or a slot to set back. */
struct todo {
	u32 pc;
	s32 slot; /* or -1 */
	s32 old;
};

struct sp_match {
	bool failed;  /* the last match did */
	u32 n_groups; /* of the last that succeeded; 0: none yet */
	s32 *at;      /* start and end of each group */
	struct sp_str *text;
	struct ways lists[2];
	struct todo *todo;
	s32 *slots;
	u32 n_code;
};

/* --- memory --- */

static void *get(size_t n, size_t size)
{
	return kvcalloc(n + 1, size, GFP_KERNEL);
}

static bool make_run(struct sp_match *m, u32 n_code, u32 n_groups)
{
	size_t slots = sp_program.groups ? (size_t)n_code * 2 * n_groups : 0;
	u32 i;

	m->n_code = n_code;
	for (i = 0; i < 2; i++) {
		m->lists[i].code = get(n_code, sizeof(u32));
		m->lists[i].seen = get(n_code, sizeof(u32));
		m->lists[i].slots = get(slots, sizeof(s32));
		if (!m->lists[i].code || !m->lists[i].seen ||
		    !m->lists[i].slots)
			return false;
	}
	m->todo = get((size_t)n_code * 3, sizeof(struct todo));
	m->slots = get(2 * n_groups, sizeof(s32));
	m->at = get(2 * n_groups, sizeof(s32));
	m->text = get(sizeof(struct sp_str) + sp_program.limits.maxstringlen,
		      1);
	return m->todo && m->slots && m->at && m->text;
}

int sp_match_init(struct sp_context *x)
{
	u32 n_code = 0, n_groups = 1, i;

	if (!sp_program.n_regexes)
		return 0;
	for (i = 0; i < sp_program.n_regexes; i++) {
		n_code = max(n_code, sp_program.regexes[i]->n_code);
		n_groups = max(n_groups, sp_program.regexes[i]->n_groups);
	}
	x->match = kzalloc(sizeof(*x->match), GFP_KERNEL);
	return x->match && make_run(x->match, n_code, n_groups) ? 0 : -ENOMEM;
}

void sp_match_free(struct sp_context *x)
{
	struct sp_match *m = x->match;
	u32 i;

	if (!m)
		return;
	for (i = 0; i < 2; i++) {
		kvfree(m->lists[i].code);
		kvfree(m->lists[i].seen);
		kvfree(m->lists[i].slots);
	}
	kvfree(m->todo);
	kvfree(m->slots);
	kvfree(m->at);
	kvfree(m->text);
	kfree(m);
}

void sp_match_reset(struct sp_context *x)
{
	x->match->failed = false;
	x->match->n_groups = 0;
}

/* --- running the program --- */

struct find {
	struct sp_match *m;
	const struct sp_regex *re;
	const struct sp_str *text;
	u32 n_slots;
};

static void ways_begin(const struct sp_match *m, struct ways *l)
{
	l->n = 0;
	if (++l->stamp)
		return;
	memset(l->seen, 0, m->n_code * sizeof(*l->seen));
	l->stamp = 1;
}

static void ways_add(const struct find *f, struct ways *l, u32 pc)
{
	memcpy(l->slots + (size_t)l->n * f->n_slots, f->m->slots,
	       f->n_slots * sizeof(*l->slots));
	l->code[l->n++] = pc;
}

static void push(const struct find *f, u32 pc, u32 *depth)
{
	f->m->todo[(*depth)++] = (struct todo){ .pc = pc, .slot = -1 };
}

/* Note a group's end; it is set back when all behind it has been followed. */
static void save(const struct find *f, u32 slot, s32 pos, u32 *depth)
{
	s32 *slots = f->m->slots;

	if (slot >= f->n_slots)
		return;
	f->m->todo[(*depth)++] = (struct todo){ .slot = slot,
						.old = slots[slot] };
	slots[slot] = pos;
}

/* Add what can be reached from pc without a byte; m->slots is the way's. */
static void follow(const struct find *f, struct ways *l, u32 pc, s32 pos)
{
	u32 depth = 0;

	push(f, pc, &depth);
	while (depth) {
		struct todo todo = f->m->todo[--depth];
		const struct sp_regex_insn *in = &f->re->code[todo.pc];

		if (todo.slot >= 0) {
			f->m->slots[todo.slot] = todo.old;
			continue;
		}
		if (l->seen[todo.pc] == l->stamp)
			continue;
		l->seen[todo.pc] = l->stamp;
		switch ((enum regex_op)in->op) {
		case REGEX_SET:
		case REGEX_MATCH:
			ways_add(f, l, todo.pc);
			break;
		case REGEX_SPLIT:
			push(f, in->y, &depth);
			push(f, in->x, &depth);
			break;
		case REGEX_JUMP:
			push(f, in->x, &depth);
			break;
		case REGEX_SAVE:
			save(f, in->x, pos, &depth);
			push(f, todo.pc + 1, &depth);
			break;
		case REGEX_BOL:
			if (!pos)
				push(f, todo.pc + 1, &depth);
			break;
		case REGEX_EOL:
			if (pos == f->text->len)
				push(f, todo.pc + 1, &depth);
			break;
		}
	}
}

static bool set_has(const u64 *set, unsigned char c)
{
	return set[c / 64] >> (c % 64) & 1;
}

/* Look at all ways that stand at pos; next gets those that go on. True if a
 * better match than that in m->at ends here. */
static bool step(const struct find *f, const struct ways *cur,
		 struct ways *next, s32 pos)
{
	s32 *groups = f->m->at;
	bool found = false;
	u32 i;

	for (i = 0; i < cur->n; i++) {
		const struct sp_regex_insn *in = &f->re->code[cur->code[i]];
		const s32 *slots = cur->slots + (size_t)i * f->n_slots;

		if (f->n_slots && groups[0] >= 0 && slots[0] > groups[0])
			break;
		if (in->op == REGEX_MATCH) {
			found = true;
			if (!f->n_slots)
				return true;
			memcpy(groups, slots, f->n_slots * sizeof(*slots));
			groups[1] = pos;
			continue;
		}
		if (pos == f->text->len ||
		    !set_has(f->re->sets[in->x], f->text->text[pos]))
			continue;
		memcpy(f->m->slots, slots, f->n_slots * sizeof(*slots));
		follow(f, next, cur->code[i] + 1, pos + 1);
	}
	return found;
}

/* The leftmost longest match, its groups in m->at if they are wanted. */
static bool run_program(struct sp_match *m, const struct sp_regex *re,
			const struct sp_str *text)
{
	struct find f = { .m = m, .re = re, .text = text };
	struct ways *cur = &m->lists[0], *next = &m->lists[1];
	bool found = false;
	s32 pos;

	if (sp_program.groups)
		f.n_slots = 2 * re->n_groups;
	m->at[0] = -1;
	ways_begin(m, cur);
	for (pos = 0; pos <= text->len; pos++) {
		if (!found) {
			memset(m->slots, 0xff, f.n_slots * sizeof(*m->slots));
			m->slots[0] = pos;
			follow(&f, cur, 0, pos);
		} else if (!cur->n) {
			break;
		}
		ways_begin(m, next);
		if (step(&f, cur, next, pos))
			found = true;
		if (found && !f.n_slots)
			break;
		swap(cur, next);
	}
	return found;
}

static bool run_table(const struct sp_regex *re, const struct sp_str *text)
{
	u32 at = re->start, stop = 2 * re->n_classes;
	const char *c = text->text;

	while (at >= stop)
		at = re->next[at + re->class_of[(unsigned char)*c++]];
	return at;
}

s64 sp_match(struct sp_ctx *c, const struct sp_regex *re,
	     const struct sp_str *text)
{
	struct sp_match *m = sp_context(c)->match;
	bool found = !re->next || run_table(re, text);

	if (found && re->code)
		found = run_program(m, re, text);
	if (found && sp_program.groups) {
		m->n_groups = re->n_groups;
		sp_copy(m->text, sp_program.limits.maxstringlen, text);
	}
	m->failed = !found;
	return found;
}

/* --- intrinsics --- */

int sp_do_matched(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
		  u32 loc)
{
	const struct sp_match *m = sp_context(c)->match;
	const s32 *at;

	if (m && m->failed) {
		sp_raisef(c, loc, "Attempted to get subexpression %lld from "
			  "failed match", n);
		return 1;
	}
	if (!m || n < 0 || n >= m->n_groups) {
		sp_raisef(c, loc, "Attempted to get nonexistent subexpression "
			  "%lld", n);
		return 1;
	}
	at = m->at + 2 * n;
	if (at[0] < 0)
		sp_set(to, bound, "", 0);
	else
		sp_set(to, bound, m->text->text + at[0], at[1] - at[0]);
	return 0;
}

int sp_do_matched_str(struct sp_ctx *c, struct sp_str *to, u32 bound, u32 loc)
{
	const struct sp_match *m = sp_context(c)->match;

	if (m && m->failed) {
		sp_raise(c, "Attempted to get matched string from failed match",
			 loc);
		return 1;
	}
	if (m && m->n_groups)
		sp_copy(to, bound, m->text);
	else
		sp_set(to, bound, "", 0);
	return 0;
}

int sp_do_ngroups(struct sp_ctx *c, s64 *to, u32 loc)
{
	const struct sp_match *m = sp_context(c)->match;

	if (m && m->failed) {
		sp_raise(c, "Attempted to get subexpression count from failed "
			 "match", loc);
		return 1;
	}
	*to = m ? m->n_groups : 0;
	return 0;
}
