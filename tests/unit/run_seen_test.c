/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what a handler has seen of an array. */
#include "run/seen.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void remembers_entries(void **state)
{
	struct seen s = { .key_size = 8 };
	uint64_t key = 7;

	(void)state;
	assert_null(seen_find(&s, &key));
	seen_reset(&s);
	assert_int_equal(seen_put(&s, &key, (struct seen_entry){ 1, 10, true }),
			 0);
	assert_int_equal(seen_find(&s, &key)->num, 10);
	assert_int_equal(seen_put(&s, &key, (struct seen_entry){ 1, 11, true }),
			 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(seen_find(&s, &key)->num, 11);
	key = 8;
	assert_null(seen_find(&s, &key));
	s.whole = true;
	seen_reset(&s);
	key = 7;
	assert_null(seen_find(&s, &key));
	assert_false(s.whole);
	seen_release(&s);
	assert_null(seen_find(&s, &key));
}

static void grows(void **state)
{
	enum { N = 20000 };
	struct seen s = { .key_size = 24 };
	uint64_t key[3] = { 0 }, i;

	(void)state;
	for (i = 0; i < N; i++) {
		key[1] = i;
		assert_int_equal(seen_put(&s, key,
					  (struct seen_entry){
						  i, (int64_t)i * 2, true }),
				 0);
	}
	assert_int_equal(s.n, N);
	for (i = 0; i < N; i++) {
		key[1] = i;
		assert_int_equal(seen_find(&s, key)->num, i * 2);
		assert_int_equal(seen_find(&s, key)->seq, i);
	}
	key[2] = 1;
	assert_null(seen_find(&s, key));
	seen_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers_entries),
		cmocka_unit_test(grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
