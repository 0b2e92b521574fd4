/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the arena.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static void blocks(void **state)
{
	struct arena a = ARENA_INIT;
	char *last = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		char *p = arena_alloc(&a, i % 37);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_ptr_not_equal(p, last);
		memset(p, 0x5a, i % 37);
		last = p;
	}
	assert_true(a.total_bytes >= 5000 * 16);
	arena_release(&a);
	assert_int_equal(a.total_bytes, 0);
	assert_non_null(arena_alloc(&a, 1));
	arena_release(&a);
}

static void zeroed(void **state)
{
	struct arena a = ARENA_INIT;
	unsigned char *p;
	size_t i;

	(void)state;
	memset(arena_alloc(&a, 100), 0xff, 100);
	arena_release(&a);
	p = arena_zalloc(&a, 100);
	for (i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	p = arena_array(&a, unsigned char, 0);
	assert_non_null(p);
	arena_release(&a);
}

/* A large block in between does not cost the rest of the chunk. */
static void large_blocks(void **state)
{
	struct arena a = ARENA_INIT;
	char *small, *large, *next;

	(void)state;
	large = arena_alloc(&a, 1 << 20);
	memset(large, 1, 1 << 20);
	small = arena_alloc(&a, 16);
	large = arena_alloc(&a, 1 << 20);
	memset(large, 2, 1 << 20);
	next = arena_alloc(&a, 16);
	assert_ptr_equal(next, small + 16);
	arena_release(&a);
}

static void grows(void **state)
{
	struct arena a = ARENA_INIT;
	char *p = arena_alloc(&a, 10), *q;
	size_t n;

	(void)state;
	memcpy(p, "123456789", 10);
	/* the last block grows in place */
	q = arena_grow(&a, p, 10, 100);
	assert_ptr_equal(p, q);
	/* another does not, and keeps its bytes */
	arena_alloc(&a, 1);
	q = arena_grow(&a, p, 100, 200);
	assert_ptr_not_equal(p, q);
	assert_string_equal(q, "123456789");
	assert_string_equal(p, "123456789");
	for (n = 200; n < 1 << 20; n *= 2) {
		q = arena_grow(&a, q, n, n * 2);
		memset(q + n, 'x', n);
		assert_string_equal(p, "123456789");
		assert_memory_equal(q, "123456789", 10);
	}
	q = arena_grow(&a, NULL, 0, 8);
	assert_non_null(q);
	arena_release(&a);
}

static void strings(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(arena_strndup(&a, "abc", 2), "ab");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_memory_equal(arena_strndup(&a, "a\0b", 3), "a\0b", 4);
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	assert_int_equal(strlen(arena_printf(&a, "%70000d", 1)), 70000);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),	cmocka_unit_test(zeroed),
		cmocka_unit_test(large_blocks), cmocka_unit_test(grows),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
