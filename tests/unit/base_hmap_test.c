/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of hash maps and interned strings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hmap.h"
#include "base/intern.h"

#include <stdio.h>

static void puts_and_gets(void **state)
{
	static int one, two;
	struct hmap m = { 0 };

	(void)state;
	assert_null(hmap_gets(&m, "a"));
	assert_null(hmap_puts(&m, "a", &one));
	assert_ptr_equal(hmap_gets(&m, "a"), &one);
	assert_ptr_equal(hmap_puts(&m, "a", &two), &one);
	assert_ptr_equal(hmap_gets(&m, "a"), &two);
	assert_int_equal(m.len, 1);
	/* a removed name stays, without a value */
	assert_ptr_equal(hmap_puts(&m, "a", NULL), &two);
	assert_null(hmap_gets(&m, "a"));
	assert_null(hmap_puts(&m, "a", &one));
	assert_int_equal(m.len, 1);
	hmap_release(&m);
	assert_null(hmap_gets(&m, "a"));
	hmap_release(&m);
}

static void keys_are_bytes(void **state)
{
	static int v[4];
	struct hmap m = { 0 };

	(void)state;
	hmap_put(&m, "a\0b", 3, &v[0]);
	hmap_put(&m, "a\0c", 3, &v[1]);
	hmap_put(&m, "a", 1, &v[2]);
	hmap_put(&m, "", 0, &v[3]);
	assert_ptr_equal(hmap_get(&m, "a\0b", 3), &v[0]);
	assert_ptr_equal(hmap_get(&m, "a\0c", 3), &v[1]);
	assert_ptr_equal(hmap_get(&m, "abc", 1), &v[2]);
	assert_ptr_equal(hmap_get(&m, "x", 0), &v[3]);
	assert_null(hmap_get(&m, "a\0", 2));
	hmap_release(&m);
}

static void many(void **state)
{
	static char keys[20000][24];
	struct hmap m = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
		assert_null(hmap_puts(&m, keys[i], keys[i]));
	}
	assert_int_equal(m.len, 20000);
	for (i = 0; i < 20000; i++) {
		char key[24];

		snprintf(key, sizeof(key), "k%zu", i);
		assert_ptr_equal(hmap_gets(&m, key), keys[i]);
		/* in the order they came */
		assert_ptr_equal(m.entries[i].value, keys[i]);
	}
	assert_null(hmap_gets(&m, "k20000"));
	hmap_release(&m);
}

static void hashes_spread(void **state)
{
	unsigned buckets[16] = { 0 }, i;
	char key[24];

	(void)state;
	for (i = 0; i < 1600; i++) {
		snprintf(key, sizeof(key), "v%u", i);
		buckets[hash_bytes(key, strlen(key)) % 16]++;
	}
	for (i = 0; i < 16; i++)
		assert_in_range(buckets[i], 50, 150);
	assert_int_equal(hash_bytes("abc", 3), hash_bytes("abcd", 3));
}

static void interned(void **state)
{
	struct arena a = ARENA_INIT;
	struct intern in;
	char bytes[] = "probe";
	const char *s, *t;

	(void)state;
	intern_init(&in, &a);
	s = intern_str(&in, bytes);
	assert_ptr_not_equal(s, bytes);
	bytes[0] = 'x';
	assert_string_equal(s, "probe");
	assert_ptr_equal(intern_bytes(&in, "probes", 5), s);
	t = intern_bytes(&in, "a\0b", 3);
	assert_memory_equal(t, "a\0b", 4);
	assert_ptr_not_equal(intern_str(&in, "a"), t);
	assert_ptr_equal(intern_bytes(&in, "a\0b", 3), t);
	assert_string_equal(intern_bytes(&in, "", 0), "");
	intern_release(&in);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_and_gets),
		cmocka_unit_test(keys_are_bytes),
		cmocka_unit_test(many),
		cmocka_unit_test(hashes_spread),
		cmocka_unit_test(interned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
