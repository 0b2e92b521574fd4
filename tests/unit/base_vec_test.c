/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of vectors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/vec.h"

struct pair {
	int a, b;
};

static void in_arena(void **state)
{
	struct arena a = ARENA_INIT;
	VEC(int) v = { 0 };
	VEC(struct pair) w = { 0 };
	struct pair *it;
	int i, sum = 0;

	(void)state;
	for (i = 0; i < 10000; i++) {
		vec_push(&a, &v, i);
		vec_push(&a, &w, (struct pair){ i, -i });
	}
	assert_int_equal(v.len, 10000);
	for (i = 0; i < 10000; i++)
		assert_int_equal(v.at[i], i);
	vec_foreach (it, &w)
		sum += it->a + it->b + 1;
	assert_int_equal(sum, 10000);
	assert_int_equal(vec_last(&v), 9999);
	arena_release(&a);
}

static void on_heap(void **state)
{
	VEC(char) v = { 0 };
	char *it;
	int n = 0;

	(void)state;
	vec_foreach (it, &v)
		n++;
	assert_int_equal(n, 0);
	vec_push(NULL, &v, 'a');
	vec_push(NULL, &v, v.at[0]);
	assert_int_equal(v.len, 2);
	assert_int_equal(v.at[1], 'a');
	vec_reserve(NULL, &v, 1000);
	assert_true(v.cap >= 1000);
	assert_int_equal(v.len, 2);
	vec_release(&v);
	assert_null(v.at);
	assert_int_equal(v.len + v.cap, 0);
	vec_push(NULL, &v, 'b');
	assert_int_equal(v.at[0], 'b');
	vec_release(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_arena),
		cmocka_unit_test(on_heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
