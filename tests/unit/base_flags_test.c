/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of flags. */
#include "base/flags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *table, uint64_t value, const char *text)
{
	struct strbuf out = STRBUF_INIT;

	flags_text(table, value, &out);
	assert_string_equal(out.buf, text);
	strbuf_release(&out);
}

static void test_flags(void **state)
{
	static const char table[] = "3/0:NONE,3/3:BOTH,1:ONE,2:TWO,30:WIDE,10:X,";

	(void)state;
	expect(table, 0, "NONE");
	expect(table, 3, "BOTH");
	expect(table, 0x12, "TWO|X");
	expect(table, 0x31, "ONE|WIDE");
	expect(table, 0x101, "ONE|0x100");
	expect("4:FOUR,", 0, "0x0");
	expect("4:FOUR,", 8, "0x8");
	expect("04:FOUR,", 0444, "FOUR|0440");
	expect("8000000000000000:TOP,", 1ull << 63, "TOP");
}

static void test_values(void **state)
{
	(void)state;
	expect("=0:ZERO,1:ONE,2:TWO,", 0, "ZERO");
	expect("=0:ZERO,1:ONE,2:TWO,", 2, "TWO");
	expect("=0:ZERO,1:ONE,2:TWO,", 3, "0x3");
	assert_int_equal(flags_value("=0:ZERO,1:ONE,", "ONE", 3), 1);
	assert_int_equal(flags_value("=0:ZERO,1:ONE,", "ON", 2), -1);
	assert_int_equal(flags_value("10:X,20:Y,", "Y", 1), 0x20);
}

/* Broken tables end early. */
static void test_broken(void **state)
{
	(void)state;
	expect("", 5, "0x5");
	expect("1", 1, "0x1");
	expect("1:", 1, "0x1");
	expect("1:A", 1, "0x1");
	expect("z:A,1:B,", 1, "0x1");
	expect("1/:A,", 1, "0x1");
}

static void test_built_in(void **state)
{
	const char *open = flags_table("open");

	(void)state;
	assert_non_null(open);
	assert_null(flags_table("no such table"));
	expect(open, 0, "O_RDONLY");
	expect(open, 1, "O_WRONLY");
	assert_true(flags_value(flags_table("syscall"), "openat", 6) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_built_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
