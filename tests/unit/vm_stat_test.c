/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics: samples, extraction, and joining what several sides counted. */
#include "vm/stat.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

union room {
	struct stat_value v;
	char bytes[sizeof(struct stat_value) + 8 * sizeof(int64_t)];
};

static int64_t get(const struct ir_stat *s, const struct stat_value *v,
		   enum ir_stat_op op, bool element)
{
	int64_t n;

	assert_true(stat_get(s, v, op, element, &n));
	return n;
}

static void add_all(const struct ir_stat *s, struct stat_value *v,
		    const int64_t *x, size_t n)
{
	while (n--)
		stat_add(s, v, *x++);
}

static void test_empty(void **state)
{
	static const struct ir_stat s = { .fields = 15 };
	union room r = { 0 };
	int64_t n;

	(void)state;
	assert_true(stat_get(&s, &r.v, IR_STAT_COUNT, false, &n));
	assert_int_equal(n, 0);
	assert_true(stat_get(&s, &r.v, IR_STAT_SUM, false, &n));
	assert_int_equal(n, 0);
	assert_false(stat_get(&s, &r.v, IR_STAT_MIN, false, &n));
	assert_false(stat_get(&s, &r.v, IR_STAT_MAX, false, &n));
	assert_false(stat_get(&s, &r.v, IR_STAT_AVG, true, &n));
	assert_false(stat_get(&s, &r.v, IR_STAT_VARIANCE, false, &n));
}

static void test_values(void **state)
{
	static const struct ir_stat s = { .fields = 15 };
	static const int64_t x[] = { -5, -6 };
	union room r = { 0 };

	(void)state;
	add_all(&s, &r.v, x, ARRAY_SIZE(x));
	assert_int_equal(get(&s, &r.v, IR_STAT_COUNT, false), 2);
	assert_int_equal(get(&s, &r.v, IR_STAT_SUM, false), -11);
	assert_int_equal(get(&s, &r.v, IR_STAT_MIN, false), -6);
	assert_int_equal(get(&s, &r.v, IR_STAT_MAX, false), -5);
	assert_int_equal(get(&s, &r.v, IR_STAT_AVG, false), -5);
	stat_add(&s, &r.v, INT64_MIN);
	stat_add(&s, &r.v, INT64_MIN);
	assert_int_equal(get(&s, &r.v, IR_STAT_SUM, false), -11);
	assert_int_equal(get(&s, &r.v, IR_STAT_MIN, false), INT64_MIN);
}

/* Results of the reference. */
static void test_variance(void **state)
{
	static const int64_t x[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	static const int64_t up[] = { 1, 2, 3, 4, 5, 6 };
	static const int64_t ends[] = { INT64_MIN, INT64_MAX, 0, INT64_MIN };
	struct ir_stat s = { .fields = IR_KEEP_SUM | IR_KEEP_VARIANCE };
	union room r = { 0 };

	(void)state;
	add_all(&s, &r.v, x, 1);
	assert_int_equal(get(&s, &r.v, IR_STAT_VARIANCE, false), 0);
	add_all(&s, &r.v, x + 1, ARRAY_SIZE(x) - 1);
	assert_int_equal(get(&s, &r.v, IR_STAT_VARIANCE, false), 13);
	memset(&r, 0, sizeof(r));
	add_all(&s, &r.v, up, 3);
	assert_int_equal(get(&s, &r.v, IR_STAT_VARIANCE, true), 2);
	assert_int_equal(get(&s, &r.v, IR_STAT_VARIANCE, false), 3);
	memset(&r, 0, sizeof(r));
	s.shift = 4;
	add_all(&s, &r.v, up, ARRAY_SIZE(up));
	assert_int_equal(get(&s, &r.v, IR_STAT_VARIANCE, false), 3);
	/* What overflows gives a number, whichever, and no more. */
	for (s.shift = 0; s.shift <= 62; s.shift++) {
		memset(&r, 0, sizeof(r));
		add_all(&s, &r.v, ends, ARRAY_SIZE(ends));
		get(&s, &r.v, IR_STAT_VARIANCE, false);
		get(&s, &r.v, IR_STAT_VARIANCE, true);
	}
}

static void test_merge(void **state)
{
	static const struct ir_stat s = {
		.fields = IR_KEEP_SUM | IR_KEEP_MIN | IR_KEEP_MAX,
		.hist = { HIST_LINEAR, 0, 10, 5 },
	};
	static const int64_t a[] = { 3, 7, 12 }, b[] = { -4, 3 };
	union room all = { 0 }, ra = { 0 }, rb = { 0 }, none = { 0 };
	union room joined = { 0 };

	(void)state;
	add_all(&s, &ra.v, a, ARRAY_SIZE(a));
	add_all(&s, &rb.v, b, ARRAY_SIZE(b));
	add_all(&s, &all.v, a, ARRAY_SIZE(a));
	add_all(&s, &all.v, b, ARRAY_SIZE(b));
	stat_merge(&s, &joined.v, &none.v);
	stat_merge(&s, &joined.v, &ra.v);
	stat_merge(&s, &joined.v, &none.v);
	stat_merge(&s, &joined.v, &rb.v);
	assert_memory_equal(&joined, &all, sizeof(all));
	assert_int_equal(joined.v.min, -4);
	assert_int_equal(joined.v.buckets[1], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_variance),
		cmocka_unit_test(test_merge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
