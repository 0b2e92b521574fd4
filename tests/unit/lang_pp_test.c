/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the preprocessor: macros, and what goes wrong with them.
 */
#include "lang_fixture.h"

struct row {
	const char *text, *tokens, *messages;
};

/* Each row in a run of its own; messages are the first lines, one a message,
 * NULL for none. */
static void check_row(const struct row *row)
{
	struct strbuf first = STRBUF_INIT;
	const char *p, *nl;
	struct fixture f;

	fx_init(&f, NULL, NULL);
	fx_macros(&f, "lib.stpm",
		  "@define lib %( lib_body %)\n"
		  "@define lib_uses %( @own %)\n"
		  "@define lib_arg(x) %( < @x @own > %)\n");
	assert_string_equal(f.diag.out.buf, "");
	assert_string_equal(fx_pp(&f, row->text), row->tokens);
	for (p = f.diag.out.buf; (nl = strchr(p, '\n')); p = nl + 1)
		if (!strncmp(p, "parse error: ", 13) ||
		    !strncmp(p, "WARNING: ", 9))
			strbuf_addf(&first, "%.*s\n", (int)(nl - p), p);
	assert_string_equal(first.buf, row->messages ? row->messages : "");
	strbuf_release(&first);
	fx_release(&f);
}

#define CHECK(rows)                                                           \
	do {                                                                  \
		size_t check_i;                                               \
		for (check_i = 0; check_i < sizeof(rows) / sizeof((rows)[0]); \
		     check_i++)                                               \
			check_row(&(rows)[check_i]);                          \
	} while (0)

static void plain_macros(void **state)
{
	static const struct row rows[] = {
		{ "a @define m %( 1 + 2 %) b @m c", "i:a i:b 1 + 2 i:c", NULL },
		{ "@define m %( x %) @m(3)", "i:x ( 3 )", NULL },
		{ "@define e %( %) a @e b", "i:a i:b", NULL },
		{ "@m @define m %( x %)", "@m", NULL },
		{ "@define a %( 1 @b %) @define b %( 2 %) @a", "1 2", NULL },
		{ "@count(x)", "@count ( i:x )", NULL },
		{ "@define m %( %( 1 == 1 %? a %: b %) %) @m", "i:a", NULL },
		{ "@define m %( %( kernel_v < \"2\" %? a %: b %) %) @m @m",
		  "i:b i:b", NULL },
	};

	(void)state;
	CHECK(rows);
}

static void parameters(void **state)
{
	static const struct row rows[] = {
		{ "@define m(a,b) %( @b @a %) @m(1,2)", "2 1", NULL },
		{ "@define m(a) %( [@a] %) @m()", "[ ]", NULL },
		{ "@define m(a,b) %( [@a|@b] %) @m(,)", "[ | ]", NULL },
		{ "@define m(a,b) %( @a|@b %) @m(f(1,2),x[3,4])",
		  "i:f ( 1 , 2 ) | i:x [ 3 , 4 ]", NULL },
		{ "@define m(a) %( @a %) @m(@m(@m(7)))", "7", NULL },
		/* a parameter hides a macro; the body's macros stay */
		{ "@define x %( 1 %) @define m(x) %( @x %) @m(2) @x", "2 1",
		  NULL },
		/* arguments mean what they mean to the caller */
		{ "@define inner(a) %( @a %) @define out(a) %( @inner(@a + 1) %) "
		  "@out(5)",
		  "5 + 1", NULL },
		{ "@define inner(b) %( @b @a %) @define a %( A %) "
		  "@define out(a) %( @inner(@a) %) @out(5)",
		  "5 i:A", NULL },
		{ "@define m(a) %( @a @a %) @m(@m(1))", "1 1 1 1", NULL },
		/* what is in a conditional separates nothing */
		{ "@define m(a) %( @a %) @m(%( 1 == 1 %? 1, 2 %: ( %))",
		  "1 , 2", NULL },
		{ "@define m(a) %( %( @a == 1 %? one %: other %) %) "
		  "@m(1) @m(2)",
		  "i:one i:other", NULL },
		{ "@define m(a) %( k.f(@a \"x\") %) @m(\"p\")",
		  "i:k . i:f ( \"p\" \"x\" )", NULL },
	};

	(void)state;
	CHECK(rows);
}

static void library_macros(void **state)
{
	static const struct row rows[] = {
		{ "@lib", "i:lib_body", NULL },
		/* the user's own comes first, without a word */
		{ "@define lib %( mine %) @lib", "i:mine", NULL },
		/* but the library does not see it */
		{ "@define own %( mine %) @lib_uses", "@own", NULL },
		/* except in an argument */
		{ "@define own %( mine %) @lib_arg(@own)", "< i:mine @own >",
		  NULL },
	};

	(void)state;
	CHECK(rows);
}

static void bad_definitions(void **state)
{
	static const struct row rows[] = {
		{ "@define %( x %) a", "i:a",
		  "parse error: expected identifier\n" },
		{ "@define probe %( x %) a", "i:a",
		  "parse error: expected identifier\n" },
		{ "@define m() %( x %) a", "i:a",
		  "parse error: expected identifier\n" },
		{ "@define m(a b) %( x %) c", "i:c",
		  "parse error: expected ',' or ')'\n" },
		{ "@define m x", "",
		  "parse error: expected '%(' or '('\n" },
		{ "@define m(a) x y", "i:y", "parse error: expected '%('\n" },
		{ "@define m %( x", "",
		  "parse error: incomplete macro definition - missing '%)'\n" },
		{ "@define m %( @define n %( x %) %) a", "i:a",
		  "parse error: '@define' forbidden inside macro body\n" },
		{ "@define define %( x %) a", "i:a",
		  "parse error: attempt to redefine '@define'\n" },
		{ "@define m %( 1 %) @define m %( 2 %) @m", "1",
		  "parse error: attempt to redefine macro '@m' in the same "
		  "file\n"
		  "parse error: macro '@m' first defined here\n" },
		{ "@define count %( 1 %) @count", "1",
		  "WARNING: macro redefines built-in operator '@count': "
		  "identifier 'count' at t.stp:1:9\n" },
		{ "@define", "", "parse error: expected identifier\n" },
	};

	(void)state;
	CHECK(rows);
}

static void bad_calls(void **state)
{
	static const struct row rows[] = {
		{ "@define m(a,b) %( x %) @m(1) c", "i:c",
		  "parse error: too few parameters for macro '@m' "
		  "(expected 2)\n" },
		{ "@define m(a,b) %( x %) @m(1,2,3) c", "i:c",
		  "parse error: too many parameters for macro '@m' "
		  "(expected 2)\n" },
		{ "@define m(a) %( x %) @m c", "i:c",
		  "parse error: expected '(' in invocation of macro '@m' "
		  "taking 1 parameter\n" },
		{ "@define m(a,b) %( x %) @m", "",
		  "parse error: expected '(' in invocation of macro '@m' "
		  "taking 2 parameters\n" },
		{ "@define m(a) %( x %) @m(1", "",
		  "parse error: could not find end of macro invocation\n" },
		{ "@define m(a) %( x %) @define n %( @m( %) @n 1) c",
		  "1 ) i:c",
		  "parse error: could not find end of macro invocation\n" },
		{ "@define m(a) %( x %) @m(1] c", "] i:c",
		  "parse error: expected ',' or ')' after macro "
		  "parameter\n" },
		{ "@define m(a) %( x %) %( 1 == 1 %? @m(1 %) c", "i:c",
		  "parse error: expected ',' or ')' after macro "
		  "parameter\n" },
		{ "@define m(a) %( 1 %) @m(08 \x01) c", "1 i:c", NULL },
		{ "@define m(a) %( @a %) @m(08) c", "0 i:c",
		  "parse error: number invalid or out of range\n" },
	};

	(void)state;
	CHECK(rows);
}

static void without_end(void **state)
{
	static const struct row rows[] = {
		{ "@define m %( @m %) a @m b", "i:a i:b",
		  "parse error: macro expansions nested too deeply (more than "
		  "200)\n" },
		{ "@define m(a) %( @m(@a @a) %) a @m(1) b", "i:a i:b",
		  "parse error: macro expansions nested too deeply (more than "
		  "200)\n" },
		{ "@define m(a) %( %( 1 == 1 %? @m(@a) %) %) a @m(1) b",
		  "i:a i:b",
		  "parse error: macro expansions nested too deeply (more than "
		  "200)\n" },
	};

	(void)state;
	CHECK(rows);
}

/* Doubling forty times over stops with one message. */
static void growth_is_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT;
	unsigned n = 0, i;
	struct fixture f;
	struct token t;
	struct pp *p;

	(void)state;
	strbuf_addstr(&text, "@define m0 %( x %)\n");
	for (i = 1; i < 41; i++)
		strbuf_addf(&text, "@define m%u %%( @m%u @m%u %%)\n", i, i - 1,
			    i - 1);
	strbuf_addstr(&text, "@m40 y");
	fx_init(&f, NULL, NULL);
	p = pp_open(&f.l, fx_source(&f, text.buf), LANG_USER);
	for (pp_next(p, &t); t.kind != TOK_EOF; pp_next(p, &t))
		n++;
	assert_in_range(n, 10000, 1 << 20);
	assert_int_equal(f.diag.errors, 1);
	assert_non_null(strstr(f.diag.out.buf, "too many tokens"));
	strbuf_release(&text);
	fx_release(&f);
}

/* So does a call that never ends. */
static void calls_are_bounded(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct fixture f;
	int i;

	(void)state;
	strbuf_addstr(&text, "@define m(a) %( x %)\n@m(");
	for (i = 0; i < 1100000; i++)
		strbuf_addstr(&text, "y ");
	fx_init(&f, NULL, NULL);
	assert_string_equal(fx_pp(&f, text.buf), "");
	assert_int_equal(f.diag.errors, 1);
	assert_non_null(strstr(f.diag.out.buf, "too many tokens"));
	fx_release(&f);
	/* arguments that nobody wants are not kept */
	strbuf_reset(&text);
	strbuf_addstr(&text, "@define m(a) %( x %)\n@m(");
	for (i = 0; i < 1100000; i++)
		strbuf_addstr(&text, "y,");
	strbuf_addstr(&text, ") z");
	fx_init(&f, NULL, NULL);
	assert_string_equal(fx_pp(&f, text.buf), "i:z");
	assert_int_equal(f.diag.errors, 1);
	assert_non_null(strstr(f.diag.out.buf, "too many parameters"));
	fx_release(&f);
	strbuf_release(&text);
}

/* A message names the way through the macros. */
static void origins(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct fixture f;
	struct token t;
	struct pp *p;

	(void)state;
	fx_init(&f, NULL, NULL);
	p = pp_open(&f.l,
		    fx_source(&f, "@define inner(a) %( @a 08 %)\n"
				  "@define out %( @inner(09) %)\n"
				  "@out\n"),
		    LANG_USER);
	for (pp_next(p, &t); t.kind != TOK_EOF; pp_next(p, &t))
		continue;
	assert_string_equal(
		f.diag.out.buf,
		"parse error: number invalid or out of range\n"
		"         at: number '09' at t.stp:2:23\n"
		"     source: @define out %( @inner(09) %)\n"
		"                                   ^\n"
		"        in expansion of macro: operator '@inner' at t.stp:2:16\n"
		"        source: @define out %( @inner(09) %)\n"
		"                               ^\n"
		"        in expansion of macro: operator '@out' at t.stp:3:1\n"
		"        source: @out\n"
		"                ^\n"
		"parse error: number invalid or out of range\n"
		"         at: number '08' at t.stp:1:24\n"
		"     source: @define inner(a) %( @a 08 %)\n"
		"                                    ^\n"
		"        in expansion of macro: operator '@inner' at t.stp:2:16\n"
		"        source: @define out %( @inner(09) %)\n"
		"                               ^\n"
		"        in expansion of macro: operator '@out' at t.stp:3:1\n"
		"        source: @out\n"
		"                ^\n");
	strbuf_release(&b);
	fx_release(&f);
}

static void glue(void **state)
{
	static const char *const want[] = { "a", "b", "*", "c" };
	static const bool glued[] = { true, true, true, false };
	struct fixture f;
	struct token t;
	struct pp *p;
	size_t i;

	(void)state;
	fx_init(&f, NULL, NULL);
	p = pp_open(&f.l, fx_source(&f, "@define m %( b %)a@m* c"), LANG_USER);
	for (i = 0; i < 4; i++) {
		pp_next(p, &t);
		assert_string_equal(t.str ? t.str : tok_text(t.kind), want[i]);
		assert_int_equal(t.glued, glued[i]);
	}
	fx_release(&f);
}

/* One file does not see the macros of another. */
static void files_are_apart(void **state)
{
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, NULL);
	assert_string_equal(fx_pp(&f, "@define m %( 1 %) @m"), "1");
	assert_string_equal(fx_pp(&f, "@m"), "@m");
	assert_string_equal(fx_pp(&f, "@define m %( 2 %) @m"), "2");
	assert_int_equal(f.diag.errors, 0);
	fx_release(&f);
}

static void broken_library(void **state)
{
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, NULL);
	fx_macros(&f, "good.stpm", "@define good %( 1 %) "
				   "%( 1 == 2 %? @define bad %( 2 %) %)");
	assert_string_equal(f.diag.out.buf, "");
	fx_macros(&f, "bad.stpm", "@define bad %( 2 %) probe begin {}");
	assert_int_equal(f.diag.errors, 0);
	assert_string_equal(
		f.diag.out.buf,
		"parse error: unexpected token in library macro file "
		"'bad.stpm'\n"
		"         at: keyword at bad.stpm:1:21\n"
		"     source: @define bad %( 2 %) probe begin {}\n"
		"                                 ^\n"
		"WARNING: macro tapset \"bad.stpm\" has errors, and will be "
		"skipped.\n");
	strbuf_reset(&f.diag.out);
	assert_string_equal(fx_pp(&f, "@good @bad"), "1 @bad");
	/* the same name in two files is an error, and the first one stays */
	fx_macros(&f, "twice.stpm", "@define good %( 3 %) @define more %( 4 %)");
	assert_int_equal(f.diag.errors, 1);
	assert_non_null(strstr(f.diag.out.buf, "parse error: library macro "
					       "'@good' is defined twice\n"));
	assert_string_equal(fx_pp(&f, "@good @more"), "1 4");
	/* a file whose macros were forgotten can be read again */
	fx_macros(&f, "again.stpm", "@define bad %( 5 %)");
	assert_string_equal(fx_pp(&f, "@bad"), "5");
	fx_release(&f);
}

static void empty_files(void **state)
{
	static const struct row rows[] = {
		{ "", "", "parse error: Input file 't.stp' is empty.\n" },
		{ " # x\n", "", "parse error: Input file 't.stp' is empty.\n" },
		{ "%( 1 == 2 %? x %)", "",
		  "parse error: Input file 't.stp' is empty after "
		  "preprocessing.\n" },
		{ "@define m %( %) @m", "",
		  "parse error: Input file 't.stp' is empty after "
		  "preprocessing.\n" },
	};

	(void)state;
	CHECK(rows);
}

static void token_faults(void **state)
{
	static const struct row rows[] = {
		{ "\"abc\nx", "\"abc\" i:x",
		  "parse error: Could not find matching closing quote\n" },
		{ "%{ abc", "%{ abc%}",
		  "parse error: Could not find matching '%}' to close embedded "
		  "function block\n" },
		{ "%{ }% %}", "%{ }% %}",
		  "WARNING: possible erroneous closing '}%', use '%}'?: "
		  "embedded-code at t.stp:1:4\n" },
		{ "$1", "0",
		  "parse error: command line argument out of range [1-0]\n" },
		{ "%( $# > 1 %? $2 %: 0 %)", "0", NULL },
		{ "%( 1 == 2 %? 08 \"x\n ' \x01 @9 %) a", "i:a", NULL },
	};

	(void)state;
	CHECK(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_macros),
		cmocka_unit_test(parameters),
		cmocka_unit_test(library_macros),
		cmocka_unit_test(bad_definitions),
		cmocka_unit_test(bad_calls),
		cmocka_unit_test(without_end),
		cmocka_unit_test(growth_is_bounded),
		cmocka_unit_test(calls_are_bounded),
		cmocka_unit_test(origins),
		cmocka_unit_test(glue),
		cmocka_unit_test(files_are_apart),
		cmocka_unit_test(broken_library),
		cmocka_unit_test(empty_files),
		cmocka_unit_test(token_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
