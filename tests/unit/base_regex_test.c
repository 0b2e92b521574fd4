/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions: what is read, what matches, groups, bounds. */
#include "base/regex.h"

#include "base/bug.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The match and its groups as "0-3 1-2 -", or "no". The table and the program
 * must agree. */
static void find(const char *pattern, const char *text, struct strbuf *out)
{
	int32_t groups[2 * REGEX_MAX_GROUPS];
	uint32_t work = REGEX_DFA_WORK, i;
	struct arena arena = ARENA_INIT;
	struct regex_error err;
	struct regex_dfa *dfa;
	struct regex_run run;
	struct regex *re;
	bool found;

	strbuf_reset(out);
	re = regex_parse(&arena, pattern, strlen(pattern), &err);
	assert_non_null(re);
	dfa = regex_dfa_new(&arena, re, 1 << 18, &work);
	assert_non_null(dfa);
	regex_run_init(&run);
	regex_run_reserve(&run, re, true);
	found = regex_find(&run, re, text, strlen(text), groups);
	assert_int_equal(found, regex_dfa_test(dfa, text));
	assert_int_equal(found, regex_find(&run, re, text, strlen(text), NULL));
	if (!found)
		strbuf_addstr(out, "no");
	for (i = 0; found && i < re->n_groups; i++) {
		strbuf_addstr(out, i ? " " : "");
		if (groups[2 * i] < 0)
			strbuf_addch(out, '-');
		else
			strbuf_addf(out, "%d-%d", groups[2 * i],
				    groups[2 * i + 1]);
	}
	regex_run_release(&run);
	arena_release(&arena);
}

static void matches(void **state)
{
	static const char *const cases[][3] = {
		{ "", "", "0-0" },
		{ "", "abc", "0-0" },
		{ "wor", "hello world", "6-9" },
		{ "^hello$", "hello", "0-5" },
		{ "^ell", "hello", "no" },
		{ "b$", "a\nb", "2-3" },
		{ "^b", "a\nb", "no" },
		{ "a.b", "a\nb", "0-3" },
		{ "^$", "", "0-0" },
		{ "$^", "", "0-0" },
		{ "$^", "a", "no" },
		{ "a^", "a^", "no" },
		{ "x*$", "axx", "1-3" },
		{ "foo|foobar", "foobar", "0-6" },
		{ "a|aa|aaa", "xaaa", "1-4" },
		{ "a{3}", "aaaa", "0-3" },
		{ "^a{2,}$", "a", "no" },
		{ "^a{2,3}$", "aaaa", "no" },
		{ "a{0}b", "aab", "2-3" },
		{ "(a){0}b", "ab", "1-2 -" },
		{ "[]]", "]", "0-1" },
		{ "[^]a]", "a]b", "2-3" },
		{ "[a-]+", "b-a-", "1-4" },
		{ "[+--]", "-", "0-1" },
		{ "[\\]", "\\", "0-1" },
		{ "[[:digit:]x]+", "ax1x", "1-4" },
		{ "[[:alpha:]]", "\303\244", "no" },
		{ "[^a]", "\377", "0-1" },
		{ "\\(x\\)", "(x)", "0-3" },
		{ "\\d", "d", "0-1" },
		{ "a\\\\b", "a\\b", "0-3" },
		{ "a]b}", "a]b}", "0-4" },
		{ "(?:ab)", ":ab", "0-3 0-3" },
		{ "*a", "a", "0-1" },
		{ "a||b", "c", "0-0" },
		{ "()", "x", "0-0 0-0" },
		{ "(.*)X", "aXbXc", "0-4 0-3" },
		{ "(a)?(b)", "b", "0-1 - 0-1" },
		{ "((ab)(c|d))+", "abcabd", "0-6 3-6 3-5 5-6" },
		{ "(a*)*", "b", "0-0 -" },
		{ "(a*)+", "b", "0-0 0-0" },
		{ "(|a)+b", "aab", "0-3 1-2" },
		{ "(a|ab)(c|bcd)", "abcd", "0-4 0-1 1-4" },
		{ "a**", "aa", "0-2" },
		{ "(a{2}){2}", "aaaaa", "0-4 2-4" },
	};
	struct strbuf out = STRBUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		find(cases[i][0], cases[i][1], &out);
		if (strcmp(out.buf, cases[i][2]))
			print_message("'%s' on '%s': %s\n", cases[i][0],
				      cases[i][1], out.buf);
		assert_string_equal(out.buf, cases[i][2]);
	}
	strbuf_release(&out);
}

static void errors(void **state)
{
	static const struct {
		const char *pattern;
		size_t pos;
		const char *text;
	} cases[] = {
		{ "(", 1, "expected ), found end of regex" },
		{ "(ab", 3, "expected ), found end of regex" },
		{ "ab)", 2, "expected end of regex, found ')'" },
		{ "[ab", 3, "expected ], found end of regex" },
		{ "[]", 2, "expected ], found end of regex" },
		{ "[[:digit", 8, "expected :], found end of regex" },
		{ "[[:none:]]", 3, "unknown character class" },
		{ "[[.a.]]", 1,
		  "collating symbols and classes are not supported" },
		{ "[b-a]", 1, "range out of order" },
		{ "[a-[:digit:]]", 3, "a range needs a byte at its end" },
		{ "a{", 2, "expected a number, found end of regex" },
		{ "a{x}", 2, "expected a number, found 'x'" },
		{ "a{1;", 3, "expected }, found ';'" },
		{ "a{3,2}", 2, "repetition counts out of order" },
		{ "a{12345}", 2, "repetition count too large" },
		{ "a\\", 2, "expected a byte behind \\, found end of regex" },
		{ "a^*", 2, "an anchor cannot be repeated" },
		{ "a$+", 2, "an anchor cannot be repeated" },
		{ "(a{9999}){99}", 13, "expression is too large" },
	};
	struct arena arena = ARENA_INIT;
	struct regex_error err;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *p = cases[i].pattern;

		assert_null(regex_parse(&arena, p, strlen(p), &err));
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.pos, cases[i].pos);
	}
	arena_release(&arena);
}

/* n times piece. */
static const char *times(struct arena *arena, const char *piece, size_t n)
{
	size_t len = strlen(piece), i;
	char *s = arena_calloc(arena, 1, n * len + 1);

	for (i = 0; i < n; i++)
		memcpy(s + i * len, piece, len);
	return s;
}

/* Whatever the expression, reading it and making its table ends soon. */
static void hostile(void **state)
{
	static const struct {
		const char *piece;
		size_t n;
	} cases[] = {
		{ "(", 5000 }, { "()", 5000 }, { "{12344}", 2000 },
		{ "?{12344}{12344}{12344}", 1 }, { "*", 5000 }, { "|", 9000 },
		{ "(.*a", 200 }, { ".*a.{300}", 1 }, { "(a?){900}a{900}", 1 },
		{ "a{12344}", 1 }, { "(a{100}){100}", 1 }, { "[a-z]{0,99}", 99 },
		{ "((a*)*b)*", 1000 }, { "a{0,12344}", 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena arena = ARENA_INIT;
		uint32_t work = REGEX_DFA_WORK;
		struct regex_error err = { 0 };
		struct regex_run run;
		const char *p = times(&arena, cases[i].piece, cases[i].n);
		struct regex *re = regex_parse(&arena, p, strlen(p), &err);

		assert_true(re || err.text);
		if (re) {
			const char *text = times(&arena, "a", 511);

			regex_dfa_new(&arena, re, 1 << 18, &work);
			regex_run_init(&run);
			regex_run_reserve(&run, re, false);
			regex_find(&run, re, text, 511, NULL);
			regex_run_release(&run);
		}
		arena_release(&arena);
	}
}

/* A table that would grow too large is given up. */
static void given_up(void **state)
{
	const char *p = ".*a.{40}b";
	struct arena arena = ARENA_INIT;
	uint32_t work = REGEX_DFA_WORK;
	struct regex_error err;
	struct regex *re = regex_parse(&arena, p, strlen(p), &err);

	(void)state;
	assert_non_null(re);
	assert_null(regex_dfa_new(&arena, re, 1 << 12, &work));
	work = 100;
	assert_null(regex_dfa_new(&arena, re, 1 << 18, &work));
	assert_int_equal(work, 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(errors),
		cmocka_unit_test(hostile),
		cmocka_unit_test(given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
