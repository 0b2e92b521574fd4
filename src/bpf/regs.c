/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register assignment; see regs.h.
 *
 * Every IR register gets one interval of positions that covers all its uses
 * (liveness widens it over loops) and a weight by how often it is used. In order
 * of weight each takes the first BPF register that is free over its interval,
 * else a stack slot likewise, else room in the scratch area. Handlers are short;
 * splitting intervals is not worth its code.
 *
 * Positions: instruction number p reads at 2p and writes at 2p + 1, so that a
 * result may take the place of an operand that ends there. Strings are written
 * at 2p, because operations on them write before they have read everything.
 */
#include "bpf/regs.h"

#include <stdlib.h>

/* Numbers and strings that spill take at most this much stack each; the rest
 * of it is for keys, values and addresses in use. */
#define STACK_NUMBERS    112u
#define STACK_STRINGS    96u
#define STACK_STRING_MAX 32u
#define N_POOL           4

struct interval {
	ir_reg reg;
	uint32_t start, end; /* inclusive */
	uint64_t weight;
	bool str;
	uint32_t bytes;
};

struct slot {
	struct place place;
	uint32_t bytes;
	VEC(const struct interval *) users;
};

struct assigner {
	struct arena *arena;
	const struct flat *f;
	struct regs *r;
	struct interval *all; /* by IR register; end < start: unused */
	struct slot pool[N_POOL];
	unsigned n_pool;
	VEC(struct slot) numbers, strings, scratch;
};

int32_t frame_stack(struct frame *f, uint32_t bytes)
{
	f->stack += (bytes + 7) & ~7u;
	return -(int32_t)f->stack;
}

int32_t frame_scratch(struct frame *f, uint32_t bytes)
{
	int32_t at = (int32_t)(SCRATCH_HEAD + f->scratch);

	f->scratch += (bytes + 7) & ~7u;
	return at;
}

bool frame_fits(const struct frame *f)
{
	return f->stack <= FRAME_STACK &&
	       f->scratch + SCRATCH_HEAD <= SCRATCH_MAX;
}

/* --- intervals --- */

static void widen(struct interval *v, uint32_t at)
{
	if (v->end < v->start) {
		v->start = v->end = at;
		return;
	}
	if (at < v->start)
		v->start = at;
	if (at > v->end)
		v->end = at;
}

static void widen_set(struct assigner *a, const uint64_t *set, uint32_t at)
{
	for (size_t w = 0; w < a->f->words; w++) {
		uint64_t bits = set[w];

		while (bits) {
			unsigned b = (unsigned)__builtin_ctzll(bits);

			widen(&a->all[w * 64 + b], at);
			bits &= bits - 1;
		}
	}
}

static void scan_insn(struct assigner *a, const struct ir_insn *i, uint32_t p,
		      uint64_t weight)
{
	for (unsigned k = 0; k < i->n_args; k++) {
		widen(&a->all[i->args[k]], 2 * p);
		a->all[i->args[k]].weight += weight;
	}
	if (i->dst != IR_NONE) {
		struct interval *v = &a->all[i->dst];

		widen(v, 2 * p + !v->str);
		v->weight += weight;
	}
	if (i->t != IR_NONE)
		widen_set(a, a->f->live_in[i->t], 2 * p + 1);
	if (i->e != IR_NONE)
		widen_set(a, a->f->live_in[i->e], 2 * p + 1);
}

static void find_intervals(struct assigner *a)
{
	uint32_t p = 0;

	for (uint32_t r = 0; r < a->f->fn.regs.len; r++) {
		a->all[r].reg = r;
		a->all[r].start = 1;
		a->all[r].str = a->f->fn.regs.at[r].type == IR_STR;
	}
	for (size_t k = 0; k < a->f->n_order; k++) {
		uint32_t b = a->f->order[k];
		uint32_t depth = a->f->depth[b];
		uint64_t weight = 1;
		const struct ir_insn *i;

		for (uint32_t d = 0; d < depth && d < 6; d++)
			weight *= 10;
		widen_set(a, a->f->live_in[b], 2 * p);
		vec_foreach(i, &a->f->fn.blocks.at[b].insns)
			scan_insn(a, i, p++, weight);
	}
}

/* --- slots --- */

static bool overlaps(const struct slot *s, const struct interval *v)
{
	for (size_t i = 0; i < s->users.len; i++) {
		const struct interval *u = s->users.at[i];

		if (u->start <= v->end && v->start <= u->end)
			return true;
	}
	return false;
}

static void use_slot(struct assigner *a, struct slot *s,
		     const struct interval *v)
{
	vec_push(a->arena, &s->users, v);
	a->r->places[v->reg] = s->place;
}

static bool reuse(struct assigner *a, struct slot *slots, size_t n,
		  const struct interval *v)
{
	for (size_t i = 0; i < n; i++) {
		if (slots[i].bytes >= v->bytes && !overlaps(&slots[i], v)) {
			use_slot(a, &slots[i], v);
			return true;
		}
	}
	return false;
}

static uint32_t slots_bytes(const struct slot *slots, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += slots[i].bytes;
	return sum;
}

static void to_scratch(struct assigner *a, const struct interval *v)
{
	struct slot s = { .bytes = v->bytes };

	if (reuse(a, a->scratch.at, a->scratch.len, v))
		return;
	s.place.kind = PLACE_SCRATCH;
	s.place.off = frame_scratch(&a->r->frame, v->bytes);
	vec_push(a->arena, &a->scratch, s);
	use_slot(a, &vec_last(&a->scratch), v);
}

static void to_stack(struct assigner *a, const struct interval *v)
{
	struct slot s = { .bytes = v->bytes };
	uint32_t used;

	if (v->str) {
		if (reuse(a, a->strings.at, a->strings.len, v))
			return;
		used = slots_bytes(a->strings.at, a->strings.len);
		if (v->bytes > STACK_STRING_MAX ||
		    used + v->bytes > STACK_STRINGS) {
			to_scratch(a, v);
			return;
		}
	} else {
		if (reuse(a, a->numbers.at, a->numbers.len, v))
			return;
		used = slots_bytes(a->numbers.at, a->numbers.len);
		if (used + v->bytes > STACK_NUMBERS) {
			to_scratch(a, v);
			return;
		}
	}
	s.place.kind = PLACE_STACK;
	s.place.off = frame_stack(&a->r->frame, v->bytes);
	if (v->str) {
		vec_push(a->arena, &a->strings, s);
		use_slot(a, &vec_last(&a->strings), v);
	} else {
		vec_push(a->arena, &a->numbers, s);
		use_slot(a, &vec_last(&a->numbers), v);
	}
}

/* --- comparisons that a branch takes up --- */

static void find_fused(struct assigner *a)
{
	uint32_t *uses = arena_array(a->arena, uint32_t, a->f->fn.regs.len);
	const struct ir_insn *i;

	for (size_t k = 0; k < a->f->n_order; k++) {
		vec_foreach(i, &a->f->fn.blocks.at[a->f->order[k]].insns) {
			for (unsigned n = 0; n < i->n_args; n++)
				uses[i->args[n]]++;
		}
	}
	for (size_t k = 0; k < a->f->n_order; k++) {
		vec_foreach(i, &a->f->fn.blocks.at[a->f->order[k]].insns) {
			const struct ir_insn *br = i + 1;

			if (i->op != IR_OP_ICMP && i->op != IR_OP_SCMP)
				continue;
			if (br->op == IR_OP_BR && br->args[0] == i->dst &&
			    uses[i->dst] == 1)
				a->r->fused[i->dst] = true;
		}
	}
}

static int by_weight(const void *x, const void *y)
{
	const struct interval *a = *(struct interval *const *)x;
	const struct interval *b = *(struct interval *const *)y;

	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return a->reg < b->reg ? -1 : a->reg > b->reg;
}

static void place_all(struct assigner *a, struct interval **list, size_t n,
		      const uint32_t *span, const uint64_t *carried)
{
	for (size_t i = 0; i < n; i++) {
		struct interval *v = list[i];
		uint32_t want = v->str ? span[v->reg] : 0;
		bool memory = carried && flat_has(carried, v->reg);

		v->bytes = 8;
		if (v->str)
			v->bytes = (a->f->fn.regs.at[v->reg].bound + 7) & ~7u;
		if (want)
			v->bytes = (want + 7) & ~7u;
		if (want || memory) {
			to_scratch(a, v);
		} else if (v->str || !reuse(a, a->pool, a->n_pool, v)) {
			to_stack(a, v);
		}
	}
}

static bool try_assign(struct regs *r, struct arena *arena,
		       const struct flat *f, bool scratch, const uint32_t *span,
		       const uint64_t *carried)
{
	size_t n = f->fn.regs.len, n_list = 0;
	struct assigner a = { .arena = arena, .f = f, .r = r };
	struct interval **list = arena_array(arena, struct interval *, n);

	*r = (struct regs){
		.places = arena_array(arena, struct place, n),
		.fused = arena_array(arena, bool, n),
		.scratch = scratch,
	};
	a.all = arena_array(arena, struct interval, n);
	a.n_pool = scratch ? N_POOL - 1 : N_POOL;
	for (unsigned i = 0; i < N_POOL; i++) {
		a.pool[i].place.kind = PLACE_REG;
		a.pool[i].place.off = (int32_t)(6 + i);
		a.pool[i].bytes = 8;
	}
	find_fused(&a);
	find_intervals(&a);
	for (uint32_t v = 0; v < n; v++) {
		if (f->constant[v])
			r->places[v].kind = PLACE_CONST;
		else if (!r->fused[v] && a.all[v].end >= a.all[v].start)
			list[n_list++] = &a.all[v];
	}
	if (n_list)
		qsort(list, n_list, sizeof(*list), by_weight);
	place_all(&a, list, n_list, span, carried);
	return scratch || !r->frame.scratch;
}

void regs_assign(struct regs *r, struct arena *arena, const struct flat *f,
		 bool need_scratch, const uint32_t *span,
		 const uint64_t *carried)
{
	if (need_scratch || !try_assign(r, arena, f, false, span, carried))
		try_assign(r, arena, f, true, span, carried);
}
