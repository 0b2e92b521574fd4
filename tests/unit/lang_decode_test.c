/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the escapes in string literals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/decode.h"

static void decode(void **state)
{
	static const struct {
		const char *in, *out;
		bool good;
	} rows[] = {
		{ "", "", true },
		{ "abc", "abc", true },
		{ "\\a\\b\\t\\n\\v\\f\\r\\\\", "\a\b\t\n\v\f\r\\", true },
		{ "a\"b", "a\"b", true },
		{ "\\101\\7\\1018", "A\aA8", true },
		{ "\\377", "\377", true },
		{ "\\400x", "", false },
		{ "\\501x", "Ax", false },
		{ "\\x41", "A", true },
		{ "\\x4g", "\004g", true },
		{ "\\x4ab", "\253", false },
		{ "\\xg", "", false },
		{ "\\x", "", false },
		{ "a\\0b", "a", true },
		{ "a\\", "a\\", true },
		{ "\xc3\xa4", "\xc3\xa4", true },
	};
	struct arena arena = ARENA_INIT;
	const char *out;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(lang_decode_string(&arena, rows[i].in,
						    strlen(rows[i].in), &out,
						    &len),
				 rows[i].good);
		assert_string_equal(out, rows[i].out);
		assert_int_equal(len, strlen(rows[i].out));
	}
	arena_release(&arena);
}

/* A NUL ends the string, escaped or not. */
static void raw_nul(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *out;
	size_t len;

	(void)state;
	assert_true(lang_decode_string(&arena, "a\0b", 3, &out, &len));
	assert_string_equal(out, "a");
	assert_int_equal(len, 1);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(raw_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
