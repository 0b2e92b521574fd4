/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the preprocessor's conditionals.
 */
#include "lang_fixture.h"

struct row {
	const char *condition;
	char result; /* 't', 'f', or 'e' with the message */
	const char *message;
};

static void check_row(const struct row *row)
{
	struct strbuf text = STRBUF_INIT;
	struct fixture f;
	const char *want = row->result == 't' ? "i:a i:z" :
			   row->result == 'f' ? "i:b i:z" :
						"i:z";

	fx_init(&f, NULL, NULL);
	strbuf_addf(&text, "%%( %s %%? a %%: b %%) z", row->condition);
	assert_string_equal(fx_pp(&f, text.buf), want);
	if (row->message) {
		char *nl = strchr(f.diag.out.buf, '\n');

		assert_non_null(nl);
		*nl = 0;
		assert_string_equal(f.diag.out.buf, row->message);
	} else {
		assert_string_equal(f.diag.out.buf, "");
	}
	assert_int_equal(f.diag.errors, row->result == 'e');
	strbuf_release(&text);
	fx_release(&f);
}

#define CHECK(rows)                                                           \
	do {                                                                  \
		size_t check_i;                                               \
		for (check_i = 0; check_i < sizeof(rows) / sizeof((rows)[0]); \
		     check_i++)                                               \
			check_row(&(rows)[check_i]);                          \
	} while (0)

static void versions(void **state)
{
	static const struct row rows[] = {
		{ "kernel_v == \"6.1.0\"", 't', NULL },
		{ "kernel_v >= \"5.10\"", 't', NULL },
		{ "kernel_v < \"6.1\"", 'f', NULL },
		{ "kernel_v > \"6.1.0\"", 'f', NULL },
		{ "kernel_v <= \"6.1.0\"", 't', NULL },
		{ "kernel_v != \"6.*\"", 'f', NULL },
		{ "kernel_v == \"[56].*\"", 't', NULL },
		{ "kernel_vr == \"6.1.0-30-amd64\"", 't', NULL },
		{ "kernel_vr == \"*amd64\"", 't', NULL },
		{ "systemtap_v >= \"4.0\"", 't', NULL },
		{ "systemtap_v < \"5.10\"", 't', NULL },
		{ "kernel_v < \"6.*\"", 'e',
		  "parse error: wildcard not allowed with order comparison "
		  "operators" },
		{ "kernel_v == 6", 'e', "parse error: expected string literal" },
	};

	(void)state;
	CHECK(rows);
}

static void facts(void **state)
{
	static const struct row rows[] = {
		{ "arch == \"x86_64\"", 't', NULL },
		{ "arch != \"x86*\"", 'f', NULL },
		{ "arch == \"i?86\"", 'f', NULL },
		{ "arch < \"x\"", 'e', "parse error: expected '==' or '!='" },
		{ "runtime == \"bpf\"", 't', NULL },
		{ "runtime != \"kernel\"", 't', NULL },
		{ "systemtap_privilege == \"stapdev\"", 't', NULL },
		{ "systemtap_privilege == \"stap*\"", 'f', NULL },
		{ "systemtap_privilege > \"stapusr\"", 'e',
		  "parse error: expected '==' or '!='" },
		{ "guru_mode == 0", 't', NULL },
		{ "guru_mode != 0", 'f', NULL },
		{ "guru_mode == 2", 'e', "parse error: expected 0 or 1" },
		{ "guru_mode == \"1\"", 'e', "parse error: expected 0 or 1" },
		{ "guru_mode > 0", 'e', "parse error: expected '==' or '!='" },
	};

	(void)state;
	CHECK(rows);
}

static void kernel_options(void **state)
{
	static const struct row rows[] = {
		{ "CONFIG_SMP == \"y\"", 't', NULL },
		{ "CONFIG_NONE == \"\"", 't', NULL },
		{ "CONFIG_NONE == \"y\"", 'f', NULL },
		{ "CONFIG_CC == \"g*\"", 't', NULL },
		{ "CONFIG_CC >= \"gbb\"", 't', NULL },
		{ "CONFIG_CC > \"g*\"", 'e',
		  "parse error: wildcard not allowed with order comparison "
		  "operators" },
		{ "CONFIG_HZ == 250", 't', NULL },
		{ "CONFIG_HZ < 1000", 't', NULL },
		{ "CONFIG_BASE == 255", 't', NULL },
		{ "CONFIG_NONE == 0", 't', NULL },
		{ "CONFIG_SMP == 1", 'e',
		  "parse error: Config option value not a number" },
		{ "CONFIG_HZ < CONFIG_NR_CPUS", 't', NULL },
		{ "CONFIG_HZ > CONFIG_CC", 'f', NULL },
		{ "CONFIG_SMP == CONFIG_SMP", 't', NULL },
		{ "CONFIG_HZ == foo", 'e',
		  "parse error: expected string, number literal or other "
		  "CONFIG_... as right side operand" },
	};

	(void)state;
	CHECK(rows);
}

static void literals(void **state)
{
	static const struct row rows[] = {
		{ "1 == 1", 't', NULL },
		{ "1 != 1", 'f', NULL },
		{ "2 < 10", 't', NULL },
		{ "0xffffffffffffffff < 0", 't', NULL },
		{ "\"2\" < \"10\"", 'f', NULL },
		{ "\"a\" == \"a\"", 't', NULL },
		{ "\"a\" < \"ab\"", 't', NULL },
		{ "\"ab\" == \"a*\"", 'f', NULL },
		{ "1 == \"1\"", 'e',
		  "parse error: expected number literal as right value" },
		{ "\"1\" == 1", 'e',
		  "parse error: expected string literal as right value" },
	};

	(void)state;
	CHECK(rows);
}

static void logic(void **state)
{
	static const struct row rows[] = {
		{ "1 == 1 && 2 == 2", 't', NULL },
		{ "1 == 1 && 2 == 3", 'f', NULL },
		{ "1 == 2 || 2 == 2", 't', NULL },
		{ "1 == 2 && 1 == 1 || 2 == 2", 't', NULL },
		{ "2 == 2 || 1 == 1 && 1 == 2", 't', NULL },
		{ "1 == 2 || 1 == 1 && 1 == 2", 'f', NULL },
	};

	(void)state;
	CHECK(rows);
}

static void bad_conditions(void **state)
{
	static const struct row rows[] = {
		{ "foo == 1", 'e',
		  "parse error: expected 'arch', 'kernel_v', 'kernel_vr', "
		  "'systemtap_v'," },
		{ "kernel_v + \"1\"", 'e',
		  "parse error: expected comparison operator" },
		{ "kernel_v", 'e', "parse error: expected comparison operator" },
		{ "kernel_v ==", 'e', "parse error: expected string literal" },
		{ "", 'e', "parse error: incomplete condition after '%('" },
		{ "1 == 1 x", 'e',
		  "parse error: expected '%?' marker for conditional" },
		{ "1 == 1 %( 1 == 1 %? c %)", 'e',
		  "parse error: expected '%?' marker for conditional" },
	};

	(void)state;
	CHECK(rows);
}

struct stream {
	const char *text, *tokens, *message;
	unsigned errors;
};

static void branches(void **state)
{
	static const struct stream rows[] = {
		{ "a %( 1 == 1 %? b %) c", "i:a i:b i:c", NULL, 0 },
		{ "a %( 1 == 2 %? b %) c", "i:a i:c", NULL, 0 },
		{ "%( 1 == 1 %? %( 1 == 2 %? a %: b %) %: c %) d", "i:b i:d",
		  NULL, 0 },
		{ "%( 1 == 2 %? %( 1 == 2 %? a %: b %) %: c %) d", "i:c i:d",
		  NULL, 0 },
		{ "%( 1 == 2 %? %( bad %: x %: y %? %) %: c %)", "i:c", NULL,
		  0 },
		{ "@define c %( 1 == 1 %) %( @c %? a %: b %)", "i:a", NULL, 0 },
		{ "@define v %( kernel_v %) %( @v > \"2\" %? a %: b %)", "i:a",
		  NULL, 0 },
		{ "%( 1 == 2 %? @define m %( x %) %: @define m %( y %) %) @m",
		  "i:y", NULL, 0 },
		{ "%( 1 == 1 %? a %: b %: c %) d", "i:a i:d",
		  "parse error: invalid conditional - duplicate '%:'", 1 },
		{ "%( 1 == 2 %? a %: b %: c %) d", "i:b i:d",
		  "parse error: invalid conditional - duplicate '%:'", 1 },
		{ "a %) b", "i:a i:b",
		  "parse error: incomplete conditional - missing '%('", 1 },
		{ "a %: b", "i:a i:b",
		  "parse error: incomplete conditional - missing '%('", 1 },
		{ "%( 1 == 1 %? a", "i:a",
		  "parse error: incomplete conditional at end of file", 1 },
		{ "%( 1 == 2 %? a", "",
		  "parse error: incomplete conditional at end of file", 1 },
		{ "%( 1 == 2 %? a %: b", "i:b",
		  "parse error: incomplete conditional at end of file", 1 },
		{ "%( 1 == 1 %? %( 1 == 1 %? a %) ", "i:a",
		  "parse error: incomplete conditional at end of file", 1 },
		{ "%( 1 == 1 %? %( 1 == 2 %? a", "",
		  "parse error: incomplete conditional at end of file", 1 },
		{ "%( 1 ==", "",
		  "parse error: incomplete condition after '%('", 1 },
		{ "%(", "", "parse error: incomplete condition after '%('", 1 },
		{ "%( 1 == 1", "",
		  "parse error: incomplete condition after '%('", 1 },
		{ "%( 1 == 1 %? %( x", "",
		  "parse error: incomplete condition after '%('", 1 },
		{ "%( 08 == 0 %? a %: b %)", "i:a",
		  "parse error: number invalid or out of range", 1 },
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fx_init(&f, NULL, NULL);
		assert_string_equal(fx_pp(&f, rows[i].text), rows[i].tokens);
		assert_int_equal(f.diag.errors, rows[i].errors);
		if (rows[i].message)
			assert_memory_equal(f.diag.out.buf, rows[i].message,
					    strlen(rows[i].message));
		fx_release(&f);
	}
}

static void depth_is_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct fixture f;
	int i, n;

	(void)state;
	for (n = 200; n <= 201; n++) {
		strbuf_reset(&text);
		for (i = 0; i < n; i++)
			strbuf_addstr(&text, "%( 1 == 1 %? ");
		strbuf_addstr(&text, "x");
		for (i = 0; i < n; i++)
			strbuf_addstr(&text, " %)");
		strbuf_addstr(&text, " z");
		fx_init(&f, NULL, NULL);
		assert_string_equal(fx_pp(&f, text.buf),
				    n == 200 ? "i:x i:z" : "i:z");
		assert_int_equal(f.diag.errors, n - 200);
		fx_release(&f);
	}
	/* one message, even if none of them is closed */
	strbuf_reset(&text);
	for (i = 0; i < 1000; i++)
		strbuf_addstr(&text, "%( 1 == 1 %? ");
	fx_init(&f, NULL, NULL);
	assert_string_equal(fx_pp(&f, text.buf), "");
	assert_int_equal(f.diag.errors, 1);
	fx_release(&f);
	strbuf_release(&text);
}

static void unset_config(void **state)
{
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, NULL);
	f.env.config = NULL;
	assert_string_equal(fx_pp(&f, "%( CONFIG_SMP == \"\" %? a %)"), "i:a");
	fx_release(&f);
}

static void compat(void **state)
{
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, "4.10");
	assert_true(lang_compat_at_least(&f.l, "4.9"));
	assert_true(lang_compat_at_least(&f.l, "4.10"));
	assert_false(lang_compat_at_least(&f.l, "5.0"));
	fx_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(facts),
		cmocka_unit_test(kernel_options),
		cmocka_unit_test(literals),
		cmocka_unit_test(logic),
		cmocka_unit_test(bad_conditions),
		cmocka_unit_test(branches),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(unset_config),
		cmocka_unit_test(compat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
