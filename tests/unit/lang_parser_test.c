/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the parser: what belongs to what, shown by the printed tree, which
 * puts every operand in parentheses.
 */
#include "parser_fixture.h"

static void precedence(void **state)
{
	static const struct parser_row rows[] = {
		{ "a . b + c*d << 2", "((a . ((b) + ((c) * (d))))) << (2)" },
		{ "a < b in c", "[(a) < (b)] in c" },
		{ "a & b == c", "(a) & ((b) == (c))" },
		{ "-a++", "-((a)++)" },
		{ "a == b < c", "((a) == (b)) < (c)" },
		{ "a - b - c", "((a) - (b)) - (c)" },
		{ "a = b = c", "(a) = ((b) = (c))" },
		{ "a += b <<= c", "(a) += ((b) <<= (c))" },
		{ "s <<< x + 1", "(s) <<< ((x) + (1))" },
		{ "a || b && c | d ^ e & f",
		  "(a) || ((b) && ((c) | ((d) ^ ((e) & (f)))))" },
		{ "a && b || c", "((a) && (b)) || (c)" },
		{ "a ? b : c ? d : e", "(a) ? (b) : ((c) ? (d) : (e))" },
		{ "a ? b = c : d", "(a) ? ((b) = (c)) : (d)" },
		{ "a = b || c ? d : e", "(a) = (((b) || (c)) ? (d) : (e))" },
		{ "!-a", "!(-(a))" },
		{ "~-+a", "~(-(+(a)))" },
		{ "-a * b", "(-(a)) * (b)" },
		{ "++a + b--", "(++(a)) + ((b)--)" },
		{ "- --a", "-(--(a))" },
		{ "a >>> b >> c", "((a) >>> (b)) >> (c)" },
		{ "a % b / c", "((a) % (b)) / (c)" },
		{ "a . b . c", "(a . b . c)" },
		{ "(a . b) . c", "((a . b) . c)" },
		{ "a . -b", "(a . (-(b)))" },
		{ "s =~ \"x\" \"y\" && t !~ \"z\"",
		  "((s) =~ \"xy\") && ((t) !~ \"z\")" },
		{ "a . b =~ \"x\"", "((a . b)) =~ \"x\"" },
		{ "(a =~ \"x\") == b", "((a) =~ \"x\") == (b)" },
		{ "(a)", "a" },
	};

	(void)state;
	FX_CHECK(fx_expr, rows);
}

static void membership(void **state)
{
	static const struct parser_row rows[] = {
		{ "a in b", "[a] in b" },
		{ "[a] in b", "[a] in b" },
		{ "[a, *, c + 1] in b", "[a, *, (c) + (1)] in b" },
		{ "[a]", "a" },
		{ "x & [a, b] in c", "(x) & ([a, b] in c)" },
		{ "x && [a, b] in c || d", "((x) && ([a, b] in c)) || (d)" },
		{ "!a in b", "[!(a)] in b" },
		{ "a in b & c", "([a] in b) & (c)" },
		{ "s =~ \"x\" in c", "[(s) =~ \"x\"] in c" },
		{ "a in @hist_log(s)", "[a] in @hist_log(s)" },
	};

	(void)state;
	FX_CHECK(fx_expr, rows);
}

static void primaries(void **state)
{
	static const struct parser_row rows[] = {
		{ "0x10 + 010", "(16) + (8)" },
		{ "18446744073709551615", "0xffffffffffffffff" },
		{ "\"a\\tb\" \"\\x41\\\"\" \"\\q\"", "\"a\\tbA\\\"q\"" },
		{ "f()", "f()" },
		{ "f(a, b = c, \"s\")", "f(a, (b) = (c), \"s\")" },
		{ "a[1]", "a[1]" },
		{ "a[i++, \"k\"]", "a[(i)++, \"k\"]" },
		{ "%{ 1 %} + 2", "(%{ 1 %}) + (2)" },
		{ "$x", "$x" },
		{ "$x->a->b[i]->in", "$x->a->b[i]->in" },
		{ "$$vars", "$$vars" },
		{ "$$vars$", "$$vars$" },
		{ "$x$", "$x$" },
		{ "$x$$", "$x$$" },
		{ "$x $$", "$x$$" },
		{ "$x->m$", "$x->m$" },
		{ "$x[0]$$", "$x[0]$$" },
		{ "&$x->m", "&$x->m" },
		{ "a & &$x", "(a) & (&$x)" },
		{ "p->m", "(p)->m" },
		{ "p->m$", "(p)->m$" },
		{ "p $", "(p)$" },
		{ "p$", "p$" },
		{ "(p)$$", "(p)$$" },
		{ "f(x)[i]->m", "(f(x))[i]->m" },
		{ "(e)[i]", "(e)[i]" },
		{ "a[1][2]", "(a[1])[2]" },
		{ "&p->m", "&(p)->m" },
		{ "($x)->m", "($x)->m" },
		{ "@cast(p, \"t\")->m", "@cast(p, \"t\")->m" },
		{ "@cast(p, \"t\", \"m\")[1]$", "@cast(p, \"t\", \"m\")[1]$" },
		{ "@var(\"v@f.c\", \"m\")->x", "@var(\"v@f.c\", \"m\")->x" },
		{ "@entry($x)->y", "(@entry($x))->y" },
	};

	(void)state;
	FX_CHECK(fx_expr, rows);
}

static void at_operators(void **state)
{
	static const struct parser_row rows[] = {
		{ "@defined(@var(\"v\"))", "@defined(@var(\"v\"))" },
		{ "@probewrite(v)", "@probewrite(v)" },
		{ "@probewrite($v)", "@probewrite($v)" },
		{ "@entry(a + b)", "@entry((a) + (b))" },
		{ "@perf(\"p\")", "@perf(\"p\")" },
		{ "@const(\"C\")", "@const(\"C\")" },
		{ "@enum(\"E\")", "@enum(\"E\")" },
		{ "@enumname(e)", "@enumname(e)" },
		{ "@enumname(e, \"T\")", "@enumname(e, \"T\")" },
		{ "@enumname(e, \"T\", \"M\")", "@enumname(e, \"T\", \"M\")" },
		{ "@kregister(7)", "@kregister(7)" },
		{ "@uregister(0x10)", "@uregister(16)" },
		{ "@kderef(8, p)", "@kderef(8, p)" },
		{ "@uderef(1, p + 1)", "@uderef(1, (p) + (1))" },
		{ "@count(s)", "@count(s)" },
		{ "@sum(a[1]) + @min(s)", "(@sum(a[1])) + (@min(s))" },
		{ "@max(s) . @avg(s)", "(@max(s) . @avg(s))" },
		{ "@variance(s)", "@variance(s)" },
		{ "@variance(s, 4)", "@variance(s, 4)" },
		{ "@hist_log(s)[1]", "@hist_log(s)[1]" },
		{ "@hist_linear(s, -5, 10, 2)[i]",
		  "@hist_linear(s, -5, 10, 2)[i]" },
	};

	(void)state;
	FX_CHECK(fx_expr, rows);
}

static void print_family(void **state)
{
	static const struct parser_row rows[] = {
		{ "print(1)", "print(1)" },
		{ "println()", "println()" },
		{ "println(1, \"a\", b)", "println(1, \"a\", b)" },
		{ "printd(\",\", 1, 2)", "printd(\",\", 1, 2)" },
		{ "printdln(\"\" \"-\", 1, 2, 3)", "printdln(\"-\", 1, 2, 3)" },
		{ "printf(\"%d%%\" \"%s\\n\", 1, \"s\")",
		  "printf(\"%d%%%s\\n\", 1, \"s\")" },
		{ "printf(\"x\")", "printf(\"x\")" },
		{ "print_char(65)", "print_char(65)" },
		{ "sprint(1) . sprintln() . sprintd(\"\", 1, 2)",
		  "(sprint(1) . sprintln() . sprintd(\"\", 1, 2))" },
		{ "sprintdln(\"\", 1, 2) . sprintf(\"%*d\", 1, 2)",
		  "(sprintdln(\"\", 1, 2) . sprintf(\"%*d\", 1, 2))" },
		{ "print(@hist_log(s))", "print(@hist_log(s))" },
		{ "println(@hist_linear(a[1], 0, 9, 1))",
		  "println(@hist_linear(a[1], 0, 9, 1))" },
		{ "print(@hist_log(s)[0] + 1)",
		  "print((@hist_log(s)[0]) + (1))" },
		{ "printed(1)", "printed(1)" },
		{ "sprint_char", "sprint_char" },
	};

	(void)state;
	FX_CHECK(fx_expr, rows);
}

static void statements(void **state)
{
	static const struct parser_row rows[] = {
		{ "", "" },
		{ ";", ";\n" },
		{ "a\n-b", "(a) - (b);\n" },
		{ "a\n(b)", "a(b);\n" },
		{ "a b; c", "a;\nb;\nc;\n" },
		{ "{ a } ; b", "{\na;\n};\nb;\n" },
		{ "if (a) b; else c", "if (a) b;\nelse c;\n" },
		{ "if (a) { b } else c", "if (a) {\nb;\n}\nelse c;\n" },
		{ "if (a) if (b) c; else d", "if (a) if (b) c;\nelse d;\n" },
		{ "if (a) ; else ;", "if (a) ;\nelse ;\n" },
		{ "while (a) ;", "while (a) ;\n" },
		{ "while (a) { b };", "while (a) {\nb;\n};\n" },
		{ "for (;;) break", "for (; ; ) break;\n" },
		{ "for (i = 0; i < 5; i++) continue",
		  "for ((i) = (0); (i) < (5); (i)++) continue;\n" },
		{ "next", "next;\n" },
		{ "delete a[1, *]; delete b", "delete a[1, *];\ndelete b;\n" },
		{ "try { a } catch (m) { b }",
		  "try {\na;\n} catch (m) {\nb;\n};\n" },
		{ "try { } catch { }", "try {\n} catch {\n};\n" },
		{ "%{ code; %} a", "%{ code; %};\na;\n" },
	};

	(void)state;
	FX_CHECK(fx_body, rows);
}

static void foreach_heads(void **state)
{
	static const struct parser_row rows[] = {
		{ "foreach (k in a) b", "foreach ([k] in a) b;\n" },
		{ "foreach ([k] in a) b", "foreach ([k] in a) b;\n" },
		{ "foreach (v = [a+] in c[*, 1] limit 5) d",
		  "foreach (v = [a+] in c[*, 1] limit 5) d;\n" },
		{ "foreach (v = k in a) b", "foreach (v = [k] in a) b;\n" },
		{ "foreach (v- = k in a) b", "foreach (v = [k] in a-) b;\n" },
		{ "foreach ([a, b-] in c) d", "foreach ([a, b-] in c) d;\n" },
		{ "foreach (k in a-) b", "foreach ([k] in a-) b;\n" },
		{ "foreach (k in a @sum+ limit 2 + 1) b",
		  "foreach ([k] in a @sum+ limit (2) + (1)) b;\n" },
		{ "foreach (b in @hist_log(s)) c",
		  "foreach ([b] in @hist_log(s)) c;\n" },
	};

	(void)state;
	FX_CHECK(fx_body, rows);
}

static void declarations(void **state)
{
	static const struct parser_row rows[] = {
		{ "global a, b%[10], c = -5 global d = \"x\";",
		  "global a\nglobal b%[10]\nglobal c = -5\n"
		  "global d = \"x\"\n" },
		{ "private a, b = 1; private global c",
		  "private global a\nprivate global b = 1\n"
		  "private global c\n" },
		{ "function f(a, b:long,):3 { return a; }",
		  "function f:unknown (a:unknown, b:long):3\n"
		  "{\nreturn a;\n}\n" },
		{ "private function string:string () %{ x %}",
		  "private function string:string ()\n%{ x %}\n" },
		{ "function f() { return }",
		  "function f:unknown ()\n{\nreturn;\n}\n" },
		{ "probe end { } %{ y %} probe a = end { } global g",
		  "%{ y %}\nglobal g\nprobe a = end{\n}\nprobe end{\n}\n" },
		{ "probe a = b = end { x }, { y }",
		  "probe a = b = end{\nx;\n}, {\ny;\n}\n" },
		{ "probe a += b = end, begin { x }",
		  "probe a = b += end, begin{\nx;\n}\n" },
	};

	(void)state;
	FX_CHECK(fx_parse, rows);
}

/* The points of a pattern, one after the other. */
static const char *points(struct fixture *f, const char *text)
{
	unsigned errors = f->diag.errors;
	struct ast_file *file;
	size_t i;

	strbuf_reset(&f->out);
	strbuf_reset(&f->diag.out);
	file = lang_parse_points(&f->l, fx_source(f, text));
	if (f->diag.errors != errors)
		return f->diag.out.buf;
	for (i = 0; i < file->probes.at[0]->points.len; i++) {
		if (i)
			strbuf_addstr(&f->out, ", ");
		ast_print_point(file->probes.at[0]->points.at[i], &f->out);
	}
	return f->out.buf;
}

static void probe_points(void **state)
{
	static const struct parser_row rows[] = {
		{ "begin", "begin" },
		{ "timer.s(5), begin(-1)", "timer.s(5), begin(-1)" },
		{ "kernel.function(\"a\" \"b\").call?",
		  "kernel.function(\"ab\").call?" },
		{ "a.foo*bar.**.*x", "a.foo*bar.**.*x" },
		{ "syscall.delete, python.return, probe.if",
		  "syscall.delete, python.return, probe.if" },
		{ "a!", "a!" },
		{ "a? if (g > 1)", "a? if ((g) > (1))" },
		{ "a.{b,c.d}.e", "a.b.e, a.c.d.e" },
		{ "{a,b}.{c,d}", "a.c, a.d, b.c, b.d" },
		{ "a.{b.{c,d},e}.f", "a.b.c.f, a.b.d.f, a.e.f" },
		{ "a.{b?, c!, d}", "a.b?, a.c!, a.d" },
		{ "a.{b, c if (g)}", "a.b, a.c if (g)" },
		{ "a.{b,c}(5)?", "a.b(5)?, a.c(5)?" },
		{ "a . b", "a.b" },
	};

	(void)state;
	FX_CHECK(points, rows);
}

static void old_language(void **state)
{
	static const struct parser_row rows[] = {
		{ "a = b ? 1 : c = 2", "(a) = ((b) ? (1) : ((c) = (2)))" },
		{ "a[1]", "a[1]" },
	};

	(void)state;
	FX_CHECK_OLD(fx_expr, rows, "3.3");
}

/* What the tree holds beside its text. */
static void tree(void **state)
{
	const struct ast_file *file;
	const struct ast_stmt *s;
	struct fixture f;

	(void)state;
	fx_init(&f, NULL, NULL);
	file = lang_parse(&f.l,
			  fx_source(&f, "probe begin {\n  x = \"a\" . 5 }"),
			  LANG_USER);
	assert_int_equal(file->probes.len, 1);
	s = file->probes.at[0]->body->stmts.at[0];
	assert_int_equal(s->kind, AST_EXPR_STMT);
	assert_int_equal(s->loc.off, 16);
	assert_int_equal(s->expr->kind, AST_ASSIGN);
	assert_int_equal(s->expr->op, TOK_ASSIGN);
	assert_int_equal(s->expr->loc.off, 18);
	assert_ptr_equal(s->expr->a->name, intern_str(&f.names, "x"));
	assert_int_equal(s->expr->b->kind, AST_CONCAT);
	assert_int_equal(s->expr->b->list.at[1]->num, 5);
	assert_int_equal(s->expr->depth, 2);
	fx_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precedence),    cmocka_unit_test(membership),
		cmocka_unit_test(primaries),     cmocka_unit_test(at_operators),
		cmocka_unit_test(print_family),  cmocka_unit_test(statements),
		cmocka_unit_test(foreach_heads), cmocka_unit_test(declarations),
		cmocka_unit_test(probe_points),  cmocka_unit_test(old_language),
		cmocka_unit_test(tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
