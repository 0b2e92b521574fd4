/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell patterns and "did you mean" lists. */
#include "base/glob.h"
#include "base/similar.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_match(void **state)
{
	(void)state;
	assert_true(glob_match("", ""));
	assert_false(glob_match("", "a"));
	assert_true(glob_match("*", ""));
	assert_true(glob_match("sys_*", "sys_read"));
	assert_true(glob_match("*_read", "sys_read"));
	assert_true(glob_match("s*_*d", "sys_read"));
	assert_false(glob_match("s*_*x", "sys_read"));
	assert_true(glob_match("?ys", "sys"));
	assert_false(glob_match("?", ""));
	assert_true(glob_match("a*b*", "axxbyyb"));
	assert_false(glob_match("a*b*c", "axxbyyb"));
}

static void test_sets(void **state)
{
	(void)state;
	assert_true(glob_match("x[abc]", "xb"));
	assert_false(glob_match("x[!abc]", "xb"));
	assert_true(glob_match("x[^abc]z", "xdz"));
	assert_true(glob_match("[a-f0-9]", "e"));
	assert_false(glob_match("[a-f0-9]", "g"));
	assert_true(glob_match("[]]", "]"));
	assert_true(glob_match("[a-]", "-"));
	/* A set that is not closed is text. */
	assert_true(glob_match("[ab", "[ab"));
	assert_true(glob_match("a\\*b", "a*b"));
	assert_false(glob_match("a\\*b", "axb"));
	assert_true(glob_match("a\\", "a\\"));
}

/* Takes for ever if each star is tried at each place. */
static void test_stars(void **state)
{
	char pattern[201], name[3001];

	(void)state;
	for (size_t i = 0; i < 200; i += 2)
		memcpy(pattern + i, "a*", 2);
	memcpy(pattern + 198, "b", 2);
	memset(name, 'a', 3000);
	name[3000] = '\0';
	assert_false(glob_match(pattern, name));
}

static void test_similar(void **state)
{
	struct similar s = { .want = "raed" };
	struct strbuf out = STRBUF_INIT;
	char longer[70];

	(void)state;
	assert_int_equal(similar_distance("", "abc"), 3);
	assert_int_equal(similar_distance("kitten", "sitting"), 3);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(similar_distance("a", longer), UINT_MAX);

	similar_offer(&s, "write");
	similar_offer(&s, "read");
	similar_offer(&s, "readv");
	similar_offer(&s, "read");
	similar_offer(&s, longer);
	similar_add(&s, &out);
	assert_string_equal(out.buf, "read, readv, write");
	strbuf_release(&out);
}

static void test_similar_keeps_nearest(void **state)
{
	struct similar s = { .want = "a" };
	struct strbuf out = STRBUF_INIT;

	(void)state;
	similar_offer(&s, "aaaaaa");
	similar_offer(&s, "aaaaa");
	similar_offer(&s, "aaaa");
	similar_offer(&s, "aaa");
	similar_offer(&s, "aa");
	similar_offer(&s, "ab");
	similar_offer(&s, "bbbbbbb");
	similar_add(&s, &out);
	assert_string_equal(out.buf, "aa, ab, aaa, aaaa, aaaaa");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_stars),
		cmocka_unit_test(test_similar),
		cmocka_unit_test(test_similar_keeps_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
