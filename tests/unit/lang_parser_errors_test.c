/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the parser's messages: text, place, and how it goes on.
 */
#include "parser_fixture.h"

/* The message and the first line below it, without "parse error: " and with
 * one blank between them: "expected '(' saw: identifier 'x' at t.stp:1:7". */
static const char *first_error(struct fixture *f, const char *text)
{
	static const char head[] = "parse error: ";
	const char *msg = fx_parse(f, text), *place, *end;
	struct strbuf line = STRBUF_INIT;

	assert_int_equal(strncmp(msg, head, strlen(head)), 0);
	msg += strlen(head);
	place = strchr(msg, '\n');
	assert_non_null(place);
	end = strchr(place + 1, '\n');
	assert_non_null(end);
	strbuf_add(&line, msg, (size_t)(place - msg));
	place += 1 + strspn(place + 1, " ");
	strbuf_addch(&line, ' ');
	strbuf_add(&line, place, (size_t)(end - place));
	strbuf_reset(&f->out);
	strbuf_addstr(&f->out, line.buf);
	strbuf_release(&line);
	return f->out.buf;
}

/* The same for the body of a probe, which starts in column 15. */
static const char *body_error(struct fixture *f, const char *body)
{
	struct strbuf script = STRBUF_INIT;
	const char *text;

	strbuf_addf(&script, "probe begin { %s }", body);
	text = first_error(f, script.buf);
	strbuf_release(&script);
	return text;
}

static void declarations(void **state)
{
	static const struct parser_row rows[] = {
		{ "x", "expected 'probe', 'global', 'private', 'function', "
		       "or '%{' saw: identifier 'x' at t.stp:1:1" },
		{ "private 5",
		  "expected 'function' or identifier saw: number '5' at "
		  "t.stp:1:9" },
		{ "global 5", "expected identifier saw: number '5' at "
			      "t.stp:1:8" },
		{ "global a,", "expected identifier saw: t.stp EOF" },
		{ "global a[5] = 1", "only scalar globals can be initialized "
				     "at: operator '=' at t.stp:1:13" },
		{ "global a[0]", "array size out of range at: number '0' at "
				 "t.stp:1:10" },
		{ "global a[2147483648]", "array size out of range at: number "
					  "'2147483648' at t.stp:1:10" },
		{ "global a = b", "expected literal string or number saw: "
				  "identifier 'b' at t.stp:1:12" },
		{ "global a = -\"x\"", "expected number saw: string 'x' at "
				       "t.stp:1:13" },
		{ "global a = 9223372036854775809",
		  "number invalid or out of range at: number "
		  "'9223372036854775809' at t.stp:1:12" },
		{ "global a, a", "duplicate global name at: identifier 'a' at "
				 "t.stp:1:11" },
		{ "global a private a",
		  "global versus private variable declaration conflict at: "
		  "identifier 'a' at t.stp:1:18" },
		{ "function f() { } private function f() { }",
		  "global versus private function declaration conflict at: "
		  "identifier 'f' at t.stp:1:35" },
		{ "function f(a, a) { }", "duplicate parameter names at: "
					  "identifier 'a' at t.stp:1:15" },
		{ "function f():0 { }", "specified priority must be > 0 at: "
					"number '0' at t.stp:1:14" },
		{ "function f:int() { }", "expected 'string' or 'long' saw: "
					  "identifier 'int' at t.stp:1:12" },
		{ "function f { }", "expected '(' saw: operator '{' at "
				    "t.stp:1:12" },
		{ "function f() x", "expected '{' saw: identifier 'x' at "
				    "t.stp:1:14" },
		{ "function f(a b) { }", "expected ',' or ')' saw: identifier "
					 "'b' at t.stp:1:14" },
	};

	(void)state;
	FX_CHECK(first_error, rows);
}

static void probe_points(void **state)
{
	static const struct parser_row rows[] = {
		{ "probe { }", "expected probe point specifier saw: operator "
			       "'}' at t.stp:1:9" },
		{ "probe a. { }", "expected probe point specifier saw: "
				  "operator '}' at t.stp:1:12" },
		{ "probe a *b { }", "expected one of ', { } = +=' saw: "
				    "operator '*' at t.stp:1:9" },
		{ "probe a??{ }", "'?' or '!' respecified at: operator '?' "
				  "at t.stp:1:9" },
		{ "probe a.{b!,c}? { }", "'?' or '!' respecified at: operator "
					 "'?' at t.stp:1:15" },
		{ "probe a if (1) if (2) { }",
		  "condition respecified at: keyword at t.stp:1:16" },
		{ "probe a if (1) ? { }", "expected one of ', { } = +=' saw: "
					  "operator '?' at t.stp:1:16" },
		{ "probe a.{b?,c}.d { }",
		  "'?', '!' or condition must only be specified in suffix at: "
		  "identifier 'a' at t.stp:1:7" },
		{ "probe a.{} { }", "expected probe point specifier saw: "
				    "operator '}' at t.stp:1:10" },
		{ "probe a(b) { }", "expected literal string or number saw: "
				    "identifier 'b' at t.stp:1:9" },
		{ "probe a, b = c { }", "expected probe point specifier saw: "
					"operator '=' at t.stp:1:12" },
		{ "probe a? = c { }",
		  "probe point alias name cannot be optional nor sufficient "
		  "at: identifier 'a' at t.stp:1:7" },
		{ "probe a.b(1) = c { }",
		  "alias component b contains illegal parameter at: "
		  "identifier 'b' at t.stp:1:9" },
		{ "probe a += b { }, { }",
		  "Combined prologue and epilogue cannot be defined with '+=' "
		  "at: operator ',' at t.stp:1:17" },
		{ "probe a", "expected one of ', { } = +=' saw: t.stp EOF" },
	};

	(void)state;
	FX_CHECK(first_error, rows);
}

static void too_many_points(void **state)
{
	static const char tens[] = "{a,b,c,d,e,f,g,h,i,j}";
	struct strbuf script = STRBUF_INIT;
	struct fixture f;
	int i;

	(void)state;
	fx_init(&f, NULL, NULL);
	strbuf_addstr(&script, "probe a");
	for (i = 0; i < 4; i++)
		strbuf_addf(&script, ".%s", tens);
	strbuf_addstr(&script, " { }");
	assert_int_equal(
		strncmp(fx_parse(&f, script.buf), "probe a.a.a.a.a, ", 17), 0);
	script.len -= 4;
	strbuf_addf(&script, ".%s { }", tens);
	assert_non_null(strstr(fx_parse(&f, script.buf),
			       "too many probe points in one specification "
			       "(more than 10000)"));
	strbuf_release(&script);
	fx_release(&f);
}

static void statements(void **state)
{
	static const struct parser_row rows[] = {
		{ "return 1", "found 'return' not in function context at: "
			      "keyword at t.stp:1:15" },
		{ "else", "expected statement saw: keyword at t.stp:1:15" },
		{ "if a", "expected '(' saw: identifier 'a' at t.stp:1:18" },
		{ "if (a) { b }; else c",
		  "expected statement saw: keyword at t.stp:1:29" },
		{ "try a", "expected '{' saw: identifier 'a' at t.stp:1:19" },
		{ "try { } a", "expected 'catch' saw: identifier 'a' at "
			       "t.stp:1:23" },
		{ "try { } catch (5) { }", "expected identifier saw: number "
					   "'5' at t.stp:1:30" },
		{ "for (a b;) c", "expected ';' saw: identifier 'b' at "
				  "t.stp:1:22" },
		{ "x = ", "expected literal string or number saw: operator "
			  "'}' at t.stp:1:20" },
		{ "delete 5", "Expecting symbol or array index expression at: "
			      "number '5' at t.stp:1:22" },
		{ "delete @hist_log(s)[1]",
		  "cannot delete histogram bucket entries at: operator "
		  "'@hist_log' at t.stp:1:22" },
		{ "foreach ([a+, b-] in c) d",
		  "multiple sort directives at: operator '-' at t.stp:1:30" },
		{ "foreach (v- = a+ in c) d",
		  "multiple sort directives at: operator '+' at t.stp:1:30" },
		{ "foreach (a in c @sum) d", "expected sort directive saw: "
					     "operator ')' at t.stp:1:35" },
		{ "foreach (a in c @cast-) d",
		  "expected statistical operation at: operator '@cast' at "
		  "t.stp:1:31" },
		{ "foreach (a = b) c", "expected 'in' saw: operator ')' at "
				       "t.stp:1:29" },
		{ "foreach (5 in c) d", "expected identifier saw: number '5' "
					"at t.stp:1:24" },
	};

	(void)state;
	FX_CHECK(body_error, rows);
}

static void expressions(void **state)
{
	static const struct parser_row rows[] = {
		{ "a = b ? 1 : c = 2", "Expecting lvalue for assignment at: "
				       "operator '?' at t.stp:1:21" },
		{ "a.b = 1", "Expecting lvalue for assignment, try -> instead "
			     "at: operator '.' at t.stp:1:16" },
		{ "5++", "Expecting lvalue for assignment at: number '5' at "
			 "t.stp:1:15" },
		{ "--f(x)", "Expecting lvalue for assignment at: identifier "
			    "'f' at t.stp:1:17" },
		{ "@hist_log(s)[1] = 2",
		  "Assignment to read-only histogram bucket at: operator "
		  "'@hist_log' at t.stp:1:15" },
		{ "[a, b]", "unexpected comma-separated expression list at: "
			    "operator '[' at t.stp:1:15" },
		{ "[*]", "wildcard not allowed in array index at: operator "
			 "'*' at t.stp:1:16" },
		{ "x = a[*]", "wildcard not allowed in array index at: "
			      "operator '*' at t.stp:1:21" },
		{ "delete a[b[*]]", "wildcard not allowed in array index at: "
				    "operator '*' at t.stp:1:26" },
		{ "a in b in c", "expected statement saw: keyword at "
				 "t.stp:1:22" },
		{ "a in 5", "expected identifier saw: number '5' at "
			    "t.stp:1:20" },
		{ "a == b =~ \"c\"", "expected literal string or number saw: "
				     "operator '=~' at t.stp:1:22" },
		{ "a =~ \"b\" == c", "expected literal string or number saw: "
				     "operator '==' at t.stp:1:24" },
		{ "a =~ b", "expected string literal saw: identifier 'b' at "
			    "t.stp:1:20" },
		{ "(a", "expected ')' saw: operator '}' at t.stp:1:18" },
		{ "a ? b", "expected ':' saw: operator '}' at t.stp:1:21" },
		{ "f(a b)", "expected ',' or ')' saw: identifier 'b' at "
			    "t.stp:1:19" },
		{ "$x$->y", "-> and [ are not accepted for a pretty-printing "
			    "variable at: operator '->' at t.stp:1:18" },
		{ "p->y$$[1]", "-> and [ are not accepted for a "
			       "pretty-printing variable at: operator '[' at "
			       "t.stp:1:21" },
		{ "$x->5", "expected identifier saw: number '5' at "
			   "t.stp:1:19" },
		{ "$", "expected literal string or number saw: identifier "
		       "'$' at t.stp:1:15" },
		{ "\"\\x\"", "escape sequence out of range at: string '\\x' "
			     "at t.stp:1:15" },
	};

	(void)state;
	FX_CHECK(body_error, rows);
}

static void operators_and_prints(void **state)
{
	static const struct parser_row rows[] = {
		{ "@foo(1)", "unknown operator @foo at: operator '@foo' at "
			     "t.stp:1:15" },
		{ "@count s", "expected '(' saw: identifier 's' at "
			      "t.stp:1:22" },
		{ "@hist_log(s)", "base histogram operator where expression "
				  "expected at: operator '@hist_log' at "
				  "t.stp:1:15" },
		{ "print(@hist_log(s), 1)",
		  "base histogram operator where expression expected at: "
		  "operator '@hist_log' at t.stp:1:21" },
		{ "printd(\"\", @hist_log(s), 1)",
		  "base histogram operator where expression expected at: "
		  "operator '@hist_log' at t.stp:1:26" },
		{ "print((@hist_log(s)))",
		  "base histogram operator where expression expected at: "
		  "operator '@hist_log' at t.stp:1:22" },
		{ "@hist_linear(s, 1, x, 1)[0]",
		  "expected number saw: identifier 'x' at t.stp:1:34" },
		{ "@kderef(3, x)", "invalid size 3 at: number '3' at "
				   "t.stp:1:23" },
		{ "@uregister(x)", "expected literal number saw: identifier "
				   "'x' at t.stp:1:26" },
		{ "@probewrite(x[1])", "expected identifier at: identifier "
				       "'x' at t.stp:1:27" },
		{ "@cast(x)", "expected ',' saw: operator ')' at "
			      "t.stp:1:22" },
		{ "print", "expected '(' saw: operator '}' at t.stp:1:21" },
		{ "print()", "too few arguments to print at: identifier "
			     "'print' at t.stp:1:15" },
		{ "sprintd(\",\", 1)", "too few arguments to sprintd at: "
				       "identifier 'sprintd' at t.stp:1:15" },
		{ "print_char(1, 2)", "too many arguments to print_char at: "
				      "identifier 'print_char' at "
				      "t.stp:1:15" },
		{ "printf(x)", "expected string literal saw: identifier 'x' "
			       "at t.stp:1:22" },
		{ "printf(\"%d\")", "Wrong number of args to formatted print "
				    "operator at: identifier 'printf' at "
				    "t.stp:1:15" },
		{ "printf(\"%d\", 1, 2)",
		  "Wrong number of args to formatted print operator at: "
		  "identifier 'printf' at t.stp:1:15" },
		{ "printf(\"%lld\", 1)",
		  "invalid or missing conversion specifier at: string '%lld' "
		  "at t.stp:1:22" },
		{ "printf(\"%5\", 1)",
		  "trailing incomplete print format conversion at: string "
		  "'%5' at t.stp:1:22" },
	};

	(void)state;
	FX_CHECK(body_error, rows);
}

static void unprivileged(void **state)
{
	static const struct parser_row rows[] = {
		{ "%{ x %}", "embedded code in unprivileged script; need stap "
			     "-g at: embedded-code at t.stp:1:1" },
		{ "function f() %{ x %}",
		  "embedded code in unprivileged script; need stap -g at: "
		  "embedded-code at t.stp:1:14" },
		{ "probe a { x = %{ 1 %} }",
		  "embedded code in unprivileged script; need stap -g at: "
		  "embedded-code at t.stp:1:15" },
		{ "probe a { @const(\"C\") }",
		  "@const in unprivileged script; need stap -g at: operator "
		  "'@const' at t.stp:1:11" },
	};
	struct fixture f;
	size_t i;

	(void)state;
	fx_init(&f, NULL, NULL);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned before = f.diag.errors;

		assert_string_equal(first_error(&f, rows[i].text),
				    rows[i].want);
		assert_int_equal(f.diag.errors - before, 1);
	}
	lang_parse(&f.l, fx_source(&f, "%{ x %}"), LANG_LIBRARY);
	assert_int_equal(f.diag.errors, 4);
	fx_release(&f);
}

/* Operators and forms that an older language does not have. */
static void old_language(void **state)
{
	static const struct parser_row rows[] = {
		{ "@variance(s)", "unknown operator @variance at: operator "
				  "'@variance' at t.stp:1:15" },
		{ "@uderef(1, s)", "unknown operator @uderef at: operator "
				   "'@uderef' at t.stp:1:15" },
		{ "@enum(\"E\")", "unknown operator @enum at: operator "
				  "'@enum' at t.stp:1:15" },
		{ "p->m", "expected literal string or number saw: operator "
			  "'->' at t.stp:1:16" },
	};

	(void)state;
	FX_CHECK_OLD(body_error, rows, "2.5");
}

/* One error a declaration, and the others are there. */
static void recovery(void **state)
{
	static const char text[] =
		"probe a { x = ; y = } global g\n"
		"probe kernel.. function(\"x\") { } %{ x %}\n"
		"global h junk junk function f() { return 1 }\n"
		"global 5 probe b { %{ y %} ) } private p probe end { }";
	const struct ast_file *file;
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, NULL);
	f.env.guru = true;
	file = lang_parse(&f.l, fx_source(&f, text), LANG_USER);
	assert_int_equal(f.diag.errors, 5);
	assert_int_equal(file->globals.len, 3);
	assert_int_equal(file->functions.len, 1);
	assert_int_equal(file->probes.len, 1);
	fx_release(&f);
}

/* Nesting of every kind ends in one message. */
static void nesting(void **state)
{
	static const char *const openers[] = {
		"(",
		"- ",
		"[",
		"f(",
		"a[",
		"{",
		"a ? b : ",
		"a = ",
		"1+",
		"if (a) b; else ",
		"@defined(",
		"$x[",
		"print(",
		"while (a) ",
		"1 || 1 && 1 | 1 ^ 1 & 1 == 1 << 1 . 1 + 1 * (",
	};
	struct fixture f;
	size_t i;

	(void)state;
	fx_init(&f, NULL, NULL);
	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct strbuf script = STRBUF_INIT;
		unsigned before = f.diag.errors;
		int n;

		strbuf_addstr(&script, "probe begin { ");
		for (n = 0; n < 20000; n++)
			strbuf_addstr(&script, openers[i]);
		strbuf_addstr(&script, "1 }");
		if (!strstr(fx_parse(&f, script.buf), "nested too deeply"))
			fail_msg("%s: %s", openers[i], f.diag.out.buf);
		assert_int_equal(f.diag.errors - before, 1);
		strbuf_release(&script);
	}
	fx_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declarations),
		cmocka_unit_test(probe_points),
		cmocka_unit_test(too_many_points),
		cmocka_unit_test(statements),
		cmocka_unit_test(expressions),
		cmocka_unit_test(operators_and_prints),
		cmocka_unit_test(unprivileged),
		cmocka_unit_test(old_language),
		cmocka_unit_test(recovery),
		cmocka_unit_test(nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
