/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of .function and .statement. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/strbuf.h"
#include "symbols/spec.h"

static const char *read_spec(struct arena *a, const char *text)
{
	static const char *const kinds[] = { "", " lines", " after", " each" };
	struct strbuf out = STRBUF_INIT;
	const struct spec_range *r;
	const char *done;
	struct spec s;

	if (!spec_parse(a, text, &s))
		return "malformed";
	strbuf_addf(&out, "%s|%s|%s%s", s.scope ? s.scope : "", s.function,
		    s.file ? s.file : "", kinds[s.lines]);
	vec_foreach(r, &s.ranges)
		strbuf_addf(&out, " %d-%d", r->first, r->last);
	done = arena_strndup(a, out.buf, out.len);
	strbuf_release(&out);
	return done;
}

static void test_forms(void **state)
{
	static const char *const cases[][2] = {
		{ "f", "|f|" },
		{ "f*", "|f*|" },
		{ "a::f", "a|f|" },
		{ "a::b::f", "a::b|f|" },
		{ "f@x.c", "|f|x.c" },
		{ "f@dir/x.c:12", "|f|dir/x.c lines 12-12" },
		{ "*@x.c:5-7,9", "|*|x.c lines 5-7 9-9" },
		{ "f@x.c:*", "|f|x.c each" },
		{ "f@x.c+3", "|f|x.c after 3-3" },
		{ "f@g++.c+3", "|f|g++.c after 3-3" },
		{ "f@a:b.c", "|f|a:b.c" },
		{ "f@x-1", "|f|x-1" },
		{ "s::f@x.cc:1", "s|f|x.cc lines 1-1" },
		{ "", "malformed" },
		{ "@x.c", "malformed" },
		{ "f@", "malformed" },
		{ "f@:3", "malformed" },
		{ "f@x.c:", "|f|x.c:" },
		{ "f@x.c:7-5", "malformed" },
		{ "f@x.c:5,", "malformed" },
		{ "f@x.c+3-4", "malformed" },
		{ "f@x.c+*", "malformed" },
		{ "f@x.c:99999999999999999999", "malformed" },
		{ NULL, NULL },
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; cases[i][0]; i++)
		assert_string_equal(read_spec(&a, cases[i][0]), cases[i][1]);
	arena_release(&a);
}

static void test_files(void **state)
{
	struct spec s = { .function = "*", .file = "x.c" };

	(void)state;
	assert_true(spec_has_file(&s, "x.c"));
	assert_true(spec_has_file(&s, "/src/dir/x.c"));
	assert_false(spec_has_file(&s, "/src/dir/ax.c"));
	assert_false(spec_has_file(&s, NULL));
	s.file = "dir/*.c";
	assert_true(spec_has_file(&s, "/src/dir/x.c"));
	assert_false(spec_has_file(&s, "/src/other/x.c"));
	s.file = NULL;
	assert_true(spec_has_file(&s, "/any"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
