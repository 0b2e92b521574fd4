/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the lexer: tokens, places, script arguments.
 */
#include "lang_fixture.h"

/* What each row's text must lex to. */
struct row {
	const char *text, *tokens;
};

static void check(const struct row *rows, size_t n, char **args,
		  const char *compatible)
{
	struct fixture f;
	size_t i;

	fx_init(&f, args, compatible);
	for (i = 0; i < n; i++)
		assert_string_equal(fx_lex(&f, rows[i].text), rows[i].tokens);
	fx_release(&f);
}

#define CHECK(rows, args, compatible)                                         \
	check((rows), sizeof(rows) / sizeof((rows)[0]), (args), (compatible))

static void names_and_keywords(void **state)
{
	static const struct row rows[] = {
		{ "probe x", "+k:probe i:x" },
		{ "string long", "+k:string k:long" },
		{ "probes prob _a$b a1", "+i:probes i:prob i:_a$b i:a1" },
		{ "$x $$vars$ $ @ @count @a$", "+i:$x i:$$vars$ i:$ @ @count @a$" },
		{ "x@y", "+i:x +@y" },
		{ "private", "+k:private" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void every_keyword(void **state)
{
	struct fixture f;
	enum tok k;

	(void)state;
	fx_init(&f, NULL, NULL);
	for (k = TOK_PROBE; k <= TOK_CATCH; k++) {
		char want[32];

		snprintf(want, sizeof(want), "+k:%s", tok_text(k));
		assert_string_equal(fx_lex(&f, tok_text(k)), want);
	}
	fx_release(&f);
}

static void every_operator(void **state)
{
	struct fixture f;
	enum tok k;

	(void)state;
	fx_init(&f, NULL, NULL);
	for (k = TOK_AGGR; k <= TOK_ASSIGN; k++) {
		char want[32];

		snprintf(want, sizeof(want), "+%s", tok_text(k));
		assert_string_equal(fx_lex(&f, tok_text(k)), want);
	}
	fx_release(&f);
}

static void longest_operator(void **state)
{
	static const struct row rows[] = {
		{ ">>>=", "+>>> +=" },
		{ "<<=<<", "+<<= +<<" },
		{ "a<<<1", "+i:a +<<< +1" },
		{ "a->b", "+i:a +-> +i:b" },
		{ "a- >b", "+i:a +- > +i:b" },
		{ "%(%?%:%)%", "+%( +%? +%: +%) +%" },
		{ "a=~\"x\"", "+i:a +=~ +\"x\"" },
		{ "!~ !=~", "+!~ != +~" },
		{ "***", "+* +* +*" },
		{ "===", "+== +=" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void numbers(void **state)
{
	static const struct row rows[] = {
		{ "0 7 010 0x1F 0Xff 0b11", "+0 7 8 31 255 3" },
		{ "18446744073709551615", "+18446744073709551615" },
		{ "0xffffffffffffffff", "+18446744073709551615" },
		{ "18446744073709551616", "+0!" },
		{ "12A3 08 0x 0b2 0xg 00", "+0! 0! 0! 0! 0! 0" },
		{ "1_0", "+1 +i:_0" },
		{ "5.6", "+5 +. +6" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void strings(void **state)
{
	static const struct row rows[] = {
		{ "\"a b\"", "+\"a b\"" },
		{ "\"\"", "+\"\"" },
		{ "\"a\\\"b\\q\\n\\\\\\101\"", "+\"a\"bq\\n\\\\\\101\"" },
		{ "\"\\x41\"", "+\"\\x41\"" },
		{ "\"a\\\nb\"", "+\"a\nb\"" },
		{ "\"a\nb", "+\"a\"! i:b" },
		{ "\"abc", "+\"abc\"!" },
		{ "\"abc\\", "+\"abc\\\"!" },
		{ "\"a\"\"b\"", "+\"a\" +\"b\"" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void old_compatibility(void **state)
{
	static const struct row rows[] = {
		{ "private", "+i:private" },
		{ "\"\\x41\"", "+\"x41\"" },
	};

	(void)state;
	CHECK(rows, NULL, "1.8");
}

static void blanks_and_comments(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ " \t\r\n\f\v", "" },
		{ "a#b\nc", "+i:a i:c" },
		{ "a//b\nc", "+i:a i:c" },
		{ "a/*b\n*/c", "+i:a i:c" },
		{ "a/**/b/***/c", "+i:a i:b i:c" },
		{ "a/*/b*/c", "+i:a i:c" },
		{ "a/*b", "+i:a" },
		{ "a/ /b", "+i:a +/ / +i:b" },
		{ "a#", "+i:a" },
		{ "a #$1", "+i:a" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void embedded_code(void **state)
{
	static const struct row rows[] = {
		{ "%{ a \" %}b", "+%{ a \" %} +i:b" },
		{ "%{%}", "+%{%}" },
		{ "%{ %", "+%{ %%}!" },
		{ "%{ }% %}", "+%{ }% %}!" },
		{ "%{ }%}", "+%{ }%}" },
		{ "%{a", "+%{a%}!" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

static void junk(void **state)
{
	static const struct row rows[] = {
		{ "a\x80" "b", "+i:a +?junk +i:b" },
		{ "\\ ` '", "+?junk ?junk ?junk" },
		{ "\x01", "+?junk" },
	};

	(void)state;
	CHECK(rows, NULL, NULL);
}

/* A NUL is a byte like others, not the end. */
static void nul_bytes(void **state)
{
	static const char text[] = "a\0b \"c\0d\" # \0\ne";
	struct fixture f;
	struct lexer lx;
	struct token t;

	(void)state;
	fx_init(&f, NULL, NULL);
	lexer_init(&lx, &f.l,
		   source_add(&f.srcs, "t", text, sizeof(text) - 1, true),
		   LANG_USER);
	lexer_next(&lx, &t);
	lexer_next(&lx, &t);
	assert_int_equal(t.kind, TOK_JUNK);
	lexer_next(&lx, &t);
	assert_string_equal(t.str, "b");
	lexer_next(&lx, &t);
	assert_int_equal(t.kind, TOK_STRING);
	assert_int_equal(t.len, 3);
	lexer_next(&lx, &t);
	assert_string_equal(t.str, "e");
	lexer_next(&lx, &t);
	assert_int_equal(t.kind, TOK_EOF);
	fx_release(&f);
}

static void places(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct fixture f;
	struct lexer lx;
	struct token t;

	(void)state;
	fx_init(&f, NULL, NULL);
	lexer_init(&lx, &f.l, fx_source(&f, "ab\n  \"c d\" <<<\n"), LANG_USER);
	for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t)) {
		loc_add_token_at(&f.srcs, t.loc, &b);
		strbuf_addch(&b, '\n');
	}
	loc_add_token_at(&f.srcs, t.loc, &b);
	assert_string_equal(b.buf, "identifier 'ab' at t.stp:1:1\n"
				   "string 'c d' at t.stp:2:3\n"
				   "operator '<<<' at t.stp:2:9\n"
				   "t.stp EOF");
	strbuf_release(&b);
	fx_release(&f);
}

static void arguments(void **state)
{
	static char a1[] = "begin", a2[] = "1 + 2", a3[] = "a\"\\\nb", a4[] = "",
		    a5[] = "x # y";
	static char *args[] = { a1, a2, a3, a4, a5, NULL };
	static const struct row rows[] = {
		{ "probe $1 {}", "+k:probe i:begin { +}" },
		{ "$2*3", "+1 + 2 +* +3" },
		{ "@1@2", "+\"begin\" +\"1 + 2\"" },
		{ "@3", "+\"a\"\\\\\\nb\"" },
		{ "$# @#", "+5 \"5\"" },
		{ "foo$1", "+i:foo$1" },
		{ "a.$1", "+i:a +. +i:begin" },
		{ "a $4 b", "+i:a i:b" },
		{ "a.$4b", "+i:a +. +i:b" },
		{ "@4", "+\"\"" },
		{ "$5 z\nb", "+i:x i:b" },
		{ "$9 @9 $0 b", "+0! \"\"! 0! i:b" },
		{ "$99999999999999999999999", "+0!" },
		{ "\"$1\" /* $9 */", "+\"$1\"" },
		{ "$1", "+i:begin" },
	};

	(void)state;
	CHECK(rows, args, NULL);
}

/* What stands behind an argument may make its last token longer. */
static void argument_seams(void **state)
{
	static char a1[] = "be", a2[] = "1 <", a3[] = "\"a", a4[] = "x /",
		    a5[] = "/* c", a6[] = "%{ c", a7[] = "$1", a8[] = "a $";
	static char *args[] = { a1, a2, a3, a4, a5, a6, a7, a8, NULL };
	static const struct row rows[] = {
		{ "$1gin x", "+i:begin i:x" },
		{ "$1 gin", "+i:be i:gin" },
		{ "$1$2", "+i:be$2" },
		{ "$2< 2", "+1 << 2" },
		{ "$2<<a", "+1 <<< +i:a" },
		{ "$2b", "+1 < +i:b" },
		{ "$3 b\" c", "+\"a b\" i:c" },
		{ "$3 b\nc", "+\"a b\"! i:c" },
		{ "$4/ b\nc", "+i:x i:c" },
		{ "$4* b\n*/c", "+i:x i:c" },
		{ "$4b", "+i:x / +i:b" },
		{ "$5 d */ e", "i:e" },
		{ "$6 d %} e", "+%{ c d %} i:e" },
		{ "$6 d", "+%{ c d%}!" },
		{ "$7 e", "+0! i:e" },
		{ "$81 e", "+0! i:e" },
		{ "$8b e", "+i:a i:$b i:e" },
	};
	struct fixture f;
	size_t i;

	(void)state;
	fx_init(&f, args, NULL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(fx_lex(&f, rows[i].text), rows[i].tokens);
	fx_release(&f);
}

/* A message about pasted text stands where the $N is, with the text's words. */
static void argument_places(void **state)
{
	static char a1[] = "b c";
	static char *args[] = { a1, NULL };
	struct strbuf b = STRBUF_INIT;
	struct fixture f;
	struct lexer lx;
	struct token t;

	(void)state;
	fx_init(&f, args, NULL);
	lexer_init(&lx, &f.l, fx_source(&f, "a\n  $1d @1"), LANG_USER);
	for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t)) {
		loc_add_token_at(&f.srcs, t.loc, &b);
		strbuf_addch(&b, '\n');
	}
	assert_string_equal(b.buf, "identifier 'a' at t.stp:1:1\n"
				   "identifier 'b' at t.stp:2:3\n"
				   "identifier 'cd' at t.stp:2:3\n"
				   "string 'b c' at t.stp:2:7\n");
	strbuf_release(&b);
	fx_release(&f);
}

/* Many pastes must not use up the sources of a run. */
static void many_pastes(void **state)
{
	static char a1[] = "x";
	static char *args[] = { a1, NULL };
	struct strbuf text = STRBUF_INIT, b = STRBUF_INIT;
	struct fixture f;
	struct lexer lx;
	struct token t, last = { 0 };
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < 100000; i++)
		strbuf_addstr(&text, "$1 ");
	fx_init(&f, args, NULL);
	lexer_init(&lx, &f.l, fx_source(&f, text.buf), LANG_USER);
	for (lexer_next(&lx, &t); t.kind != TOK_EOF; lexer_next(&lx, &t)) {
		assert_int_equal(t.kind, TOK_IDENT);
		assert_string_equal(t.str, "x");
		last = t;
		n++;
	}
	assert_int_equal(n, 100000);
	assert_true(f.srcs.list.len < 10000);
	loc_add_token_at(&f.srcs, last.loc, &b);
	assert_string_equal(b.buf, "identifier '$1' at t.stp:1:299998");
	strbuf_release(&b);
	strbuf_release(&text);
	fx_release(&f);
}

static void library_has_no_arguments(void **state)
{
	static char a1[] = "x";
	static char *args[] = { a1, NULL };
	struct fixture f;
	struct lexer lx;
	struct token t;

	(void)state;
	fx_init(&f, args, NULL);
	lexer_init(&lx, &f.l, fx_source(&f, "$1"), LANG_LIBRARY);
	lexer_next(&lx, &t);
	assert_int_equal(t.kind, TOK_IDENT);
	assert_string_equal(t.str, "$1");
	assert_false(f.l.args_used[0]);
	fx_release(&f);
}

static void unused_arguments(void **state)
{
	static char a1[] = "x", a2[] = "y", a3[] = "z";
	static char *args[] = { a1, a2, a3, NULL };
	struct fixture f;

	(void)state;
	fx_init(&f, args, NULL);
	fx_lex(&f, "$2 @9");
	lang_warn_unused_args(&f.l);
	assert_string_equal(f.diag.out.buf,
			    "WARNING: unused command line option $1/@1\n"
			    "WARNING: unused command line option $3/@3\n");
	assert_int_equal(f.diag.errors, 0);
	fx_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_keywords),
		cmocka_unit_test(every_keyword),
		cmocka_unit_test(every_operator),
		cmocka_unit_test(longest_operator),
		cmocka_unit_test(numbers),
		cmocka_unit_test(strings),
		cmocka_unit_test(old_compatibility),
		cmocka_unit_test(blanks_and_comments),
		cmocka_unit_test(embedded_code),
		cmocka_unit_test(junk),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(places),
		cmocka_unit_test(arguments),
		cmocka_unit_test(argument_seams),
		cmocka_unit_test(argument_places),
		cmocka_unit_test(many_pastes),
		cmocka_unit_test(library_has_no_arguments),
		cmocka_unit_test(unused_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
