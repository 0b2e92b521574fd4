/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats: what fmt_parse takes and refuses, and the text fmt_render makes. The
 * expected texts were printed by the reference.
 */
#include "base/fmt.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Render with numbers, or with one string where str is set. */
struct row {
	const char *fmt, *want, *str;
	int64_t num[3];
};

static void check_row(const struct row *row)
{
	struct arena arena = ARENA_INIT;
	struct strbuf out = STRBUF_INIT;
	struct fmt_arg args[3] = { 0 };
	struct fmt f;
	size_t off, i;

	assert_int_equal(fmt_parse(&arena, row->fmt, strlen(row->fmt), &f,
				   &off), FMT_OK);
	assert_in_range(f.n_args, 0, ARRAY_SIZE(args));
	for (i = 0; i < f.n_args; i++) {
		args[i].num = row->num[i];
		if (fmt_arg_type(&f, i) == 's') {
			args[i].str = row->str;
			args[i].len = strlen(row->str);
		}
	}
	fmt_render(&f, args, &out);
	assert_string_equal(out.buf, row->want);
	strbuf_release(&out);
	arena_release(&arena);
}

static void check_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		check_row(&rows[i]);
}

static void test_signed(void **state)
{
	static const struct row rows[] = {
		{ "[%d]", "[42]", .num = { 42 } },
		{ "[%i]", "[-42]", .num = { -42 } },
		{ "[%5d]", "[  -42]", .num = { -42 } },
		{ "[%-5d]", "[42   ]", .num = { 42 } },
		{ "[%05d]", "[-0042]", .num = { -42 } },
		{ "[%+d]", "[+42]", .num = { 42 } },
		{ "[%+d]", "[-42]", .num = { -42 } },
		{ "[% d]", "[ 42]", .num = { 42 } },
		{ "[%.4d]", "[0042]", .num = { 42 } },
		{ "[%8.4d]", "[    0042]", .num = { 42 } },
		{ "[%-8.4d]", "[0042    ]", .num = { 42 } },
		{ "[%06.3d]", "[000007]", .num = { 7 } },
		{ "[%.0d]", "[0]", .num = { 0 } },
		{ "[%3d]", "[123456]", .num = { 123456 } },
		{ "[%8ld]", "[       9]", .num = { 9 } },
		{ "[%#d]", "[9]", .num = { 9 } },
		{ "[%d]", "[-9223372036854775808]", .num = { INT64_MIN } },
		{ "[%25.20d]", "[     00000000000000012345]",
		  .num = { 12345 } },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_unsigned(void **state)
{
	static const struct row rows[] = {
		{ "[%u]", "[18446744073709551615]", .num = { -1 } },
		{ "[%08u]", "[00000077]", .num = { 77 } },
		{ "[%+u]", "[77]", .num = { 77 } },
		{ "[% u]", "[77]", .num = { 77 } },
		{ "[%#u]", "[77]", .num = { 77 } },
		{ "[%x]", "[ffffffffffffffff]", .num = { -1 } },
		{ "[%X]", "[BEEF]", .num = { 0xbeef } },
		{ "[%#x]", "[0x0]", .num = { 0 } },
		{ "[%#X]", "[0XBEEF]", .num = { 0xbeef } },
		{ "[%#10x]", "[      0xab]", .num = { 0xab } },
		{ "[%#.6x]", "[0x0000ab]", .num = { 0xab } },
		{ "[%o]", "[1777777777777777777777]", .num = { -1 } },
		{ "[%#o]", "[00]", .num = { 0 } },
		{ "[%#6o]", "[  0100]", .num = { 64 } },
		{ "[%#.5o]", "[000100]", .num = { 64 } },
		{ "[%p]", "[0xffff888000001000]",
		  .num = { (int64_t)0xffff888000001000 } },
		{ "[%p]", "[0x0]", .num = { 0 } },
		{ "[%14p]", "[         0xabc]", .num = { 0xabc } },
		{ "[%-14p]", "[0xabc         ]", .num = { 0xabc } },
		{ "[%014p]", "[0x000000000abc]", .num = { 0xabc } },
		{ "[%+p]", "[0xabc]", .num = { 0xabc } },
		{ "[%.6p]", "[0x000abc]", .num = { 0xabc } },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_string(void **state)
{
	static const struct row rows[] = {
		{ "[%s]", "[word]", "word", { 0 } },
		{ "[%8s]", "[    word]", "word", { 0 } },
		{ "[%-8s]", "[word    ]", "word", { 0 } },
		{ "[%8.2s]", "[      wo]", "word", { 0 } },
		{ "[%-8.2s]", "[wo      ]", "word", { 0 } },
		{ "[%.0s]", "[]", "word", { 0 } },
		{ "[%.9s]", "[word]", "word", { 0 } },
		{ "[%2s]", "[longer]", "longer", { 0 } },
		{ "[%-5s]", "[     ]", "", { 0 } },
		{ "[%#s%%]", "[alt%]", "alt", { 0 } },
		{ "[%*.*s]", "[   wor]", "word", { 6, 3 } },
		{ "[%.*s]", "[]", "word", { -6 } },
		{ "[%*s]", "[word]", "word", { -6 } },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_char(void **state)
{
	static const struct row rows[] = {
		{ "[%4c]", "[   A]", .num = { 65 } },
		{ "[%-4c]", "[A   ]", .num = { 65 } },
		{ "[%04c]", "[   A]", .num = { 65 } },
		{ "[%.3c]", "[A]", .num = { 65 } },
		{ "[%c]", "[B]", .num = { 256 + 66 } },
		{ "%#c%#c%#c", "\\a\\b\\t", .num = { 7, 8, 9 } },
		{ "%#c%#c%#c", "\\n\\v\\f", .num = { 10, 11, 12 } },
		{ "%#c%#c%#c", "\\r\\'\"", .num = { 13, 39, 34 } },
		{ "%#c%#c%#c", "\\\\\\000\\310", .num = { 92, 0, 200 } },
		{ "[%#5c]", "[   \\n]", .num = { 10 } },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_dynamic(void **state)
{
	static const struct row rows[] = {
		{ "[%*d]", "[    42]", .num = { 6, 42 } },
		{ "[%-*d]", "[42    ]", .num = { 6, 42 } },
		{ "[%0*d]", "[000042]", .num = { 6, 42 } },
		{ "[%*d]", "[42]", .num = { -6, 42 } },
		{ "[%.*d]", "[42]", .num = { -6, 42 } },
		{ "[%.*x]", "[ff]", .num = { -6, 255 } },
		{ "no args", "no args", .num = { 0 } },
		{ "", "", .num = { 0 } },
		{ "100%% [%d%%] %%s", "100% [5%] %s", .num = { 5 } },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Bytes that are no C string: NULs, raw integers, memory dumps. */
static void check_bytes(const char *fmt, struct fmt_arg arg, const char *want,
			size_t len)
{
	struct arena arena = ARENA_INIT;
	struct strbuf out = STRBUF_INIT;
	struct fmt f;
	size_t off;

	assert_int_equal(fmt_parse(&arena, fmt, strlen(fmt), &f, &off),
			 FMT_OK);
	assert_int_equal(f.n_args, 1);
	fmt_render(&f, &arg, &out);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.buf, want, len);
	strbuf_release(&out);
	arena_release(&arena);
}

static void test_bytes(void **state)
{
	struct fmt_arg num = { .num = 0x1122334455667788 };
	struct fmt_arg mem = { .str = "\1\xfe\0z", .len = 4 };
	struct fmt_arg text = { .str = "ab", .len = 2 };

	(void)state;
	check_bytes("%b", num, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	check_bytes("%4b", num, "\x88\x77\x66\x55", 4);
	check_bytes("%2b", num, "\x88\x77", 2);
	check_bytes("%1b", num, "\x88", 1);
	check_bytes("%3b", num, "\x88\x77\x66\x55\x44\x33\x22\x11", 8);
	check_bytes("%c", (struct fmt_arg){ 0 }, "\0", 1);
	check_bytes("%m", mem, "\1", 1);
	check_bytes("%.4m", mem, "\1\xfe\0z", 4);
	check_bytes("%.9M", mem, "01fe007a", 8);
	check_bytes("%6.2M", mem, "  01fe", 6);
	check_bytes("%#.0M", mem, "", 0);
	check_bytes("%04s", text, "  ab\0", 5);
}

static void check_error(const char *fmt, enum fmt_error want, size_t want_off)
{
	struct arena arena = ARENA_INIT;
	struct fmt f;
	size_t off = 99;

	assert_int_equal(fmt_parse(&arena, fmt, strlen(fmt), &f, &off), want);
	assert_int_equal(off, want_off);
	arena_release(&arena);
}

static void test_errors(void **state)
{
	static const char *const bad[] = { "%lld", "%-0d", "%", "%f", "%00d",
					   "%5%", "%.d", "%hd", "%\n", "%+-d" };
	static const char *const trailing[] = { "%5", "%-", "%.", "%.3", "%*",
						"%l", "%0" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		check_error(bad[i], FMT_BAD_CONVERSION, 0);
	for (i = 0; i < ARRAY_SIZE(trailing); i++)
		check_error(trailing[i], FMT_TRAILING, 0);
	check_error("a%%b%d%q", FMT_BAD_CONVERSION, 6);
}

static void test_arguments(void **state)
{
	static const char text[] = "%s x %*.*s %% %-*d %.*c";
	struct arena arena = ARENA_INIT;
	char types[16] = { 0 };
	struct fmt f;
	size_t off, i;

	(void)state;
	assert_int_equal(fmt_parse(&arena, text, strlen(text), &f, &off),
			 FMT_OK);
	assert_int_equal(f.n_args, 8);
	for (i = 0; i < f.n_args; i++)
		types[i] = fmt_arg_type(&f, i);
	assert_string_equal(types, "sddsdddd");
	arena_release(&arena);
}

/* No width makes more than FMT_SIZE_MAX bytes. */
static void test_huge(void **state)
{
	static const char text[] = "%99999999999999999999d%.*d";
	struct fmt_arg args[] = { { .num = 1 },
				  { .num = INT64_MAX },
				  { .num = 1 } };
	struct arena arena = ARENA_INIT;
	struct strbuf out = STRBUF_INIT;
	struct fmt f;
	size_t off;

	(void)state;
	assert_int_equal(fmt_parse(&arena, text, strlen(text), &f, &off),
			 FMT_OK);
	fmt_render(&f, args, &out);
	assert_int_equal(out.len, 2 * FMT_SIZE_MAX);
	strbuf_release(&out);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_unsigned),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_char),
		cmocka_unit_test(test_dynamic),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_huge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
