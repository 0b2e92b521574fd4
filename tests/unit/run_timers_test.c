/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of handlers, their order, and when timers are due. */
#include "run/groups.h"
#include "run/timers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MS 1000000ll

static void add_probe(struct ir_prog *p, enum attach_kind kind,
		      const char *point, int64_t n0, int64_t n1)
{
	struct ir_probe pr = { .attach = kind,
			       .point = point,
			       .n0 = n0,
			       .n1 = n1 };

	vec_push(p->arena, &p->probes, pr);
}

static void groups_by_point(void **state)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_prog_new(&arena);
	struct probe_groups g;

	(void)state;
	add_probe(p, ATTACH_BEGIN, "begin(5)", 5, 0);     /* 0 */
	add_probe(p, ATTACH_BEGIN, "begin", 0, 0);        /* 1 */
	add_probe(p, ATTACH_END, "end", 0, 0);            /* 2 */
	add_probe(p, ATTACH_BEGIN, "begin(0)", 0, 0);     /* 3 */
	add_probe(p, ATTACH_BEGIN, "begin(-1)", -1, 0);   /* 4 */
	add_probe(p, ATTACH_BEGIN, "begin", 0, 0);        /* 5 */
	groups_collect(&g, p, ATTACH_BEGIN, &arena);
	groups_sort(&g, p);
	assert_int_equal(g.list.len, 4);
	assert_int_equal(g.list.at[0].first, 4);
	assert_int_equal(g.list.at[1].first, 1);
	assert_int_equal(g.list.at[1].probes.len, 2);
	assert_int_equal(g.list.at[1].probes.at[1], 5);
	assert_int_equal(g.list.at[2].first, 3);
	assert_int_equal(g.list.at[3].first, 0);
	groups_collect(&g, p, ATTACH_ERROR, &arena);
	groups_sort(&g, p);
	assert_int_equal(g.list.len, 0);
	arena_release(&arena);
}

/* Take everything due up to now; the number of times each probe came. */
static void take_all(struct timers *t, int64_t now, unsigned *count)
{
	const struct probe_group *g;

	while ((g = timers_take(t, now)))
		count[g->first]++;
}

static void timers_in_order(void **state)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_prog_new(&arena);
	const struct probe_group *g;
	struct timers t = { 0 };
	struct probe_groups groups;

	(void)state;
	assert_true(timers_next(&t) == INT64_MAX);
	assert_null(timers_take(&t, INT64_MAX));
	add_probe(p, ATTACH_TIMER, "timer.ms(20)", 20 * MS, 0);
	add_probe(p, ATTACH_TIMER, "timer.ms(10)", 10 * MS, 0);
	groups_collect(&groups, p, ATTACH_TIMER, &arena);
	timers_add(&t, p, &groups, 1, 1000 * MS, &arena);
	assert_true(timers_next(&t) == 1010 * MS);
	assert_null(timers_take(&t, 1010 * MS - 1));
	g = timers_take(&t, 1010 * MS);
	assert_int_equal(g->first, 1);
	assert_null(timers_take(&t, 1010 * MS));
	/* Both due at 1020: the one added first comes first. */
	assert_int_equal(timers_take(&t, 1025 * MS)->first, 0);
	assert_int_equal(timers_take(&t, 1025 * MS)->first, 1);
	assert_null(timers_take(&t, 1025 * MS));
	assert_true(timers_next(&t) == 1030 * MS);
	arena_release(&arena);
}

static void timers_catch_up(void **state)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_prog_new(&arena);
	struct timers t = { 0 };
	struct probe_groups groups;
	unsigned count[1] = { 0 };

	(void)state;
	add_probe(p, ATTACH_TIMER, "timer.ms(1)", MS, 0);
	groups_collect(&groups, p, ATTACH_TIMER, &arena);
	timers_add(&t, p, &groups, 1, 0, &arena);
	take_all(&t, 50 * MS, count);
	assert_int_equal(count[0], 50);
	/* A minute asleep: not sixty thousand runs at once. */
	take_all(&t, 60050 * MS, count);
	assert_in_range(count[0], 51, 152);
	assert_true(timers_next(&t) > 60050 * MS);
	arena_release(&arena);
}

static void timers_jitter(void **state)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_prog_new(&arena);
	struct timers t = { .random = 42 };
	struct probe_groups groups;
	int64_t at = 0, least = INT64_MAX, most = 0;
	int i;

	(void)state;
	/* Jiffies of 4 ms: 10 ± 5 of them. */
	add_probe(p, ATTACH_JIFFIES, "timer.jiffies(10)", 10, 5);
	groups_collect(&groups, p, ATTACH_JIFFIES, &arena);
	timers_add(&t, p, &groups, 4 * MS, 0, &arena);
	for (i = 0; i < 1000; i++) {
		int64_t next = timers_next(&t), period = next - at;

		assert_non_null(timers_take(&t, next));
		least = period < least ? period : least;
		most = period > most ? period : most;
		at = next;
	}
	assert_true(least >= 20 * MS && least < 21 * MS);
	assert_true(most <= 60 * MS && most > 59 * MS);
	arena_release(&arena);
}

static void timers_survive_nonsense(void **state)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_prog_new(&arena);
	struct timers t = { 0 };
	struct probe_groups groups;

	(void)state;
	add_probe(p, ATTACH_JIFFIES, "a", INT64_MAX, INT64_MAX);
	add_probe(p, ATTACH_JIFFIES, "b", -1, INT64_MIN);
	groups_collect(&groups, p, ATTACH_JIFFIES, &arena);
	timers_add(&t, p, &groups, 10 * MS, 0, &arena);
	assert_true(timers_next(&t) > 0);
	assert_non_null(timers_take(&t, 1));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_by_point),
		cmocka_unit_test(timers_in_order),
		cmocka_unit_test(timers_catch_up),
		cmocka_unit_test(timers_jitter),
		cmocka_unit_test(timers_survive_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
