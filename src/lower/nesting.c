/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lowering: how deep calls may go when -D MAXNESTING does not say so
 * (language.md 22.2): the longest way through the calls that meets no function
 * twice, one more, and ten more if a function can reach itself. The repeated
 * function ends the way and counts.
 */
#include "lower/internal.h"

/* Scripts that call in circles through very many functions get no more thought
 * than this. */
#define MOST_STEPS 100000

#define FOR_RECURSION 10

struct search {
	const struct lower *c;
	bool *entered;      /* by function: on the way that is looked at */
	size_t *next;       /* by place on the way: what to look at next */
	size_t *way;        /* the functions on it */
	size_t len, longest;
	uint32_t overloads; /* most functions of one name and arity */
	bool recursive;
};

/* An overload that says next calls the one behind it, which costs a level that
 * the script does not see. */
static void count_overloads(struct search *s)
{
	const struct function *fn;
	size_t i;

	for (i = 0; i < s->c->sp->functions.len; i++) {
		uint32_t n = 1;

		fn = s->c->sp->functions.at[i];
		while (fn->next && n < LIMIT_MOST_maxnesting) {
			fn = fn->next;
			n++;
		}
		if (n > s->overloads)
			s->overloads = n;
	}
}

static void enter(struct search *s, size_t fn)
{
	s->entered[fn] = true;
	s->way[s->len] = fn;
	s->next[s->len++] = 0;
	if (s->len > s->longest)
		s->longest = s->len;
}

/* One step of the way on or back. */
static void step(struct search *s)
{
	size_t fn = s->way[s->len - 1];
	size_t *to = &s->next[s->len - 1];

	while (*to < s->c->sp->functions.len &&
	       !s->c->plan.fns[fn].calls[*to])
		++*to;
	if (*to == s->c->sp->functions.len) {
		s->entered[fn] = false;
		s->len--;
		return;
	}
	fn = (*to)++;
	if (!s->entered[fn]) {
		enter(s, fn);
		return;
	}
	s->recursive = true;
	if (s->len + 1 > s->longest)
		s->longest = s->len + 1;
}

uint32_t lower_nesting(const struct lower *c)
{
	size_t n = c->sp->functions.len, i, steps = 0, most;
	struct search s = {
		.c = c,
		.entered = arena_array(c->arena, bool, n + 1),
		.next = arena_array(c->arena, size_t, n + 1),
		.way = arena_array(c->arena, size_t, n + 1),
		.overloads = 1,
	};

	count_overloads(&s);
	for (i = 0; i < n; i++) {
		enter(&s, i);
		while (s.len && steps++ < MOST_STEPS)
			step(&s);
		while (s.len)
			s.entered[s.way[--s.len]] = false;
	}
	/* Not all ways were seen: no way is longer than this. */
	most = (steps >= MOST_STEPS ? n + 1 : s.longest) + 1;
	if (s.recursive)
		most += (size_t)FOR_RECURSION * s.overloads;
	else if (most < c->opt->limits.maxnesting)
		most = c->opt->limits.maxnesting; /* never met */
	return most > LIMIT_MOST_maxnesting ? LIMIT_MOST_maxnesting :
					      (uint32_t)most;
}
