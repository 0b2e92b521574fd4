/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the program of a regular expression to a table (subset construction).
 *
 * A state is the set of instructions that a search may stand at; since a match
 * may start anywhere, each state but the first also holds the start. Only
 * instructions that wait for something are kept in a set. As soon as
 * REGEX_MATCH is in it the answer is yes, for good. Bytes that no set of the
 * expression tells apart share a class.
 */
#include "base/regex.h"

#include "base/hmap.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define MAX_STATES 65536u

enum { STATE_NO, STATE_YES, STATE_FIRST };

/* A state: a set of instructions, in ascending order. */
struct state {
	uint32_t *code;
	uint32_t n;
	bool yes_at_end;
};

struct builder {
	struct arena scratch;
	const struct regex *re;
	struct regex_dfa *dfa;
	uint64_t *in;            /* the set being made: a bit an instruction */
	uint32_t n_words;
	uint32_t *stack;
	uint32_t *restart, n_restart; /* the start, when not at it */
	VEC(struct state) states;
	struct hmap ids;         /* contents of a state to its id plus one */
	VEC(uint32_t) next;      /* rows of state ids */
	uint32_t *work;
	bool failed;
};

/* --- classes of bytes --- */

static void make_classes(const struct regex *re, struct regex_dfa *d)
{
	uint32_t n = 2, s, c;

	memset(d->class_of, 1, sizeof(d->class_of));
	d->class_of[0] = 0;
	for (s = 0; s < re->n_sets && n < 256; s++) {
		uint8_t moved[256] = { 0 };
		bool stays[256] = { false };

		for (c = 1; c < 256; c++)
			if (!regex_set_has(&re->sets[s], (unsigned char)c))
				stays[d->class_of[c]] = true;
		for (c = 1; c < 256; c++) {
			uint8_t *class = &d->class_of[c];

			if (!regex_set_has(&re->sets[s], (unsigned char)c) ||
			    !stays[*class])
				continue;
			if (!moved[*class])
				moved[*class] = (uint8_t)n++;
			*class = moved[*class];
		}
	}
	d->n_classes = n;
}

/* --- sets --- */

static bool has(const struct builder *b, uint32_t pc)
{
	return b->in[pc / 64] >> (pc % 64) & 1;
}

/* Put what can be reached from pc without a byte into the set. */
static void follow(struct builder *b, uint32_t pc, bool start, bool end)
{
	uint32_t depth = 0;

	b->stack[depth++] = pc;
	while (depth) {
		const struct regex_insn *in;

		pc = b->stack[--depth];
		if (has(b, pc))
			continue;
		b->in[pc / 64] |= UINT64_C(1) << (pc % 64);
		if (*b->work)
			--*b->work;
		in = &b->re->code[pc];
		switch ((enum regex_op)in->op) {
		case REGEX_SET:
		case REGEX_MATCH:
			break;
		case REGEX_SPLIT:
			b->stack[depth++] = in->y;
			b->stack[depth++] = in->x;
			break;
		case REGEX_JUMP:
			b->stack[depth++] = in->x;
			break;
		case REGEX_SAVE:
			b->stack[depth++] = pc + 1;
			break;
		case REGEX_BOL:
			if (start)
				b->stack[depth++] = pc + 1;
			break;
		case REGEX_EOL:
			if (end)
				b->stack[depth++] = pc + 1;
			break;
		}
	}
}

static bool waits(const struct regex_insn *in)
{
	return in->op == REGEX_SET || in->op == REGEX_EOL ||
	       in->op == REGEX_MATCH;
}

/* The set as a list, in memory of its own; the set is empty again. */
static struct state gather(struct builder *b)
{
	struct state s = { 0 };
	uint32_t n = 0, w, pc;
	uint64_t bits;

	for (w = 0; w < b->n_words; w++)
		n += (uint32_t)__builtin_popcountll(b->in[w]);
	s.code = arena_alloc(&b->scratch, n * sizeof(*s.code));
	for (w = 0; w < b->n_words; w++) {
		for (bits = b->in[w]; bits; bits &= bits - 1) {
			pc = w * 64 + (uint32_t)__builtin_ctzll(bits);
			if (waits(&b->re->code[pc]))
				s.code[s.n++] = pc;
		}
		b->in[w] = 0;
	}
	*b->work -= *b->work < b->n_words ? *b->work : b->n_words;
	return s;
}

/* Whether a match is there if the text ends in this state. */
static bool matches_at_end(struct builder *b, const struct state *s, bool start)
{
	bool yes;
	uint32_t i;

	for (i = 0; i < s->n; i++)
		follow(b, s->code[i], start, false);
	/* The $ themselves are in the set now: go on behind them. */
	for (i = 0; i < s->n; i++)
		if (b->re->code[s->code[i]].op == REGEX_EOL)
			follow(b, s->code[i] + 1, start, true);
	yes = has(b, b->re->n_code - 1);
	memset(b->in, 0, b->n_words * sizeof(*b->in));
	return yes;
}

/* --- states --- */

/* The id of a state; a new one's transitions are to be made. */
static uint32_t state_id(struct builder *b, struct state s, bool start)
{
	uint32_t last = b->re->n_code - 1;
	uintptr_t id;

	if (s.n && s.code[s.n - 1] == last)
		return STATE_YES;
	/* Where the text starts ^ may follow $: a state of its own. */
	if (!start) {
		if (!s.n)
			return STATE_NO;
		id = (uintptr_t)hmap_get(&b->ids, (const char *)s.code,
					 s.n * sizeof(*s.code));
		if (id)
			return (uint32_t)id - 1;
	}
	id = b->states.len;
	if (id == MAX_STATES || !*b->work) {
		b->failed = true;
		return STATE_NO;
	}
	s.yes_at_end = matches_at_end(b, &s, start);
	vec_push(&b->scratch, &b->states, s);
	if (!start)
		hmap_put(&b->ids, (const char *)s.code,
			 s.n * sizeof(*s.code), (void *)(id + 1));
	return (uint32_t)id;
}

/* Where a state goes with a byte. */
static uint32_t step(struct builder *b, uint32_t id, unsigned char c)
{
	const struct state *s = &b->states.at[id];
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		const struct regex_insn *in = &b->re->code[s->code[i]];

		if (in->op == REGEX_SET &&
		    regex_set_has(&b->re->sets[in->x], c))
			follow(b, s->code[i] + 1, false, false);
	}
	*b->work -= *b->work < s->n ? *b->work : s->n;
	for (i = 0; i < b->n_restart; i++)
		b->in[b->restart[i] / 64] |= UINT64_C(1)
					     << (b->restart[i] % 64);
	return state_id(b, gather(b), false);
}

static void make_row(struct builder *b, uint32_t id, const uint8_t *byte_of,
		     size_t max_cells)
{
	uint32_t n = b->dfa->n_classes, k;

	for (k = 0; k < n && !b->failed; k++) {
		uint32_t to = id;

		if (id >= STATE_FIRST && k)
			to = step(b, id, byte_of[k]);
		else if (id >= STATE_FIRST)
			to = b->states.at[id].yes_at_end;
		vec_push(&b->scratch, &b->next, to);
	}
	if (b->states.len * n > max_cells || !*b->work)
		b->failed = true;
}

static void make_states(struct builder *b, size_t max_cells)
{
	uint8_t byte_of[256];
	uint32_t id, i;
	struct state s;

	for (i = 256; i-- > 0;)
		byte_of[b->dfa->class_of[i]] = (uint8_t)i;
	vec_push(&b->scratch, &b->states, (struct state){ 0 });
	vec_push(&b->scratch, &b->states, (struct state){ 0 });
	follow(b, 0, false, false);
	s = gather(b);
	b->restart = s.code;
	b->n_restart = s.n;
	follow(b, 0, true, false);
	b->dfa->start = state_id(b, gather(b), true);
	for (id = 0; id < b->states.len && !b->failed; id++)
		make_row(b, id, byte_of, max_cells);
}

struct regex_dfa *regex_dfa_new(struct arena *arena, const struct regex *re,
				size_t max_cells, uint32_t *work)
{
	struct builder b = { .re = re, .work = work };
	struct regex_dfa *d = arena_new(arena, struct regex_dfa);
	size_t i;

	b.dfa = d;
	b.n_words = re->n_code / 64 + 1;
	b.in = arena_array(&b.scratch, uint64_t, b.n_words);
	b.stack = arena_array(&b.scratch, uint32_t, 2 * re->n_code + 2);
	make_classes(re, d);
	make_states(&b, max_cells);
	if (!b.failed) {
		d->n_states = (uint32_t)b.states.len;
		d->start *= d->n_classes;
		d->next = arena_array(arena, uint32_t, b.next.len);
		for (i = 0; i < b.next.len; i++)
			d->next[i] = b.next.at[i] * d->n_classes;
	}
	hmap_release(&b.ids);
	arena_release(&b.scratch);
	return b.failed ? NULL : d;
}
