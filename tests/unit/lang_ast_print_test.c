/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the tree printer: what it prints parses again and prints the same.
 */
#include "parser_fixture.h"

/* Parse, print, parse that, print: the second text is the first. */
static void check_fixpoint(struct fixture *f, const char *text)
{
	struct strbuf once = STRBUF_INIT;

	strbuf_addstr(&once, fx_parse(f, text));
	assert_int_equal(f->diag.out.len, 0);
	assert_string_equal(fx_parse(f, once.buf), once.buf);
	strbuf_release(&once);
}

static void everything(void **state)
{
	static const char *const scripts[] = {
		"global a, b%[100], c = -5, d = \"x\\ty\\\"\\\\\\377\";"
		"private e; private global f = -9223372036854775808",
		"%{ #include <x.h>\n#define A \"%%\" %} probe begin { }",
		"function f:string (a:string, b, c:long,):2 { if (a) return; "
		"else return \"x\" . \"y\" . (b . c) }"
		"function g() %{ /* pure */ STAP_RETVALUE = 0; %}"
		"private function string(x) { return x + 1 * 2 << 3 . x }"
		"function long:long () { return -1 }",
		"probe al.{x,y.z} = blah = kernel.{function, statement}"
		"(\"f*@b.c:*\")?, end if (c > 1) { x = 1 }, { y = 2; }"
		"probe e2 += begin(-1), foo.**.b*c.delete! if (g) { z++ }",
		"probe begin { if (a) b; else c if (d) { e } else if (f) { g }"
		" else { h }; if (a) if (b) ; else ; while (1) ; while (1) { }"
		" for (;;) { } for (a = 1; a; a++) if (b) break; else continue"
		" try { x } catch { } try { try { } catch (e) { } } catch (f)"
		" { next } ;; { ; } delete a[*, 1] delete b }",
		"probe begin { foreach (v = [k+] in c[*, 1] limit 5) a;"
		" foreach (k in @hist_log(s)) ; foreach (k- in a) { }"
		" foreach ([k, l] in a @variance- limit a . b) if (x) y }",
		"probe begin { $x->y[3]->z$ = 5; &$foo->bar;"
		" p = $$vars$ . $$parms$$ . (p)$ . f(x)$$; &(p)->q[1];"
		" @cast(p, \"struct foo\", \"kernel<a.h>\")->x->y$$;"
		" @var(\"foo@bar.c\")[1] = @var(\"x\", \"m\"); f(x)->b[2] }",
		"probe begin { x = a == b < c ? -a++ : !-~+b;"
		" y = a in arr || [b, *] in arr && [c] in @hist_log(s);"
		" (s =~ \"re.*\\\\.\") ? 1 : 0 ? 2 : 3; %{ printk(\"x\") %}"
		" z = %{ 5 %} + 1 a += b -= c *= d /= e %= f <<= g >>= h &= i"
		" ^= j |= k; s .= \"t\" u <<< v >>> w; ++a - --b;"
		" -9223372036854775808 + 0xffffffffffffffff }",
		"probe begin { print(@hist_log(x)); print(@hist_log(x)[1] + 2)"
		" println(@hist_linear(x[1], 0, -10, 1)) println() print(1)"
		" printf(\"%d %s\\n\" \"%%\", 1, \"a\") printf(\"\")"
		" printd(\"|\", 1, a . b) printdln(\"\", 1, 2) print_char(65)"
		" s = sprint(1) . sprintf(\"%*d\", 1, 2) . sprintln()"
		" . sprintd(\",\", 1, 2) . sprintdln(\",\", 1, 2) }",
		"probe begin { @count(x) + @sum(a[1]) + @min(x) + @max(x)"
		" + @avg(x) + @variance(y, 3) + @variance(x); @const(\"FOO\")"
		" @defined($x) ? @entry($y) : @probewrite(z); @kregister(5)"
		" + @uregister(6) + @uderef(8, $x) + @kderef(1, &$x->y);"
		" @enumname($x, \"T\", \"M\") @enumname(a, \"T\")"
		" @enumname(1) @enum(\"foo\") @perf(\"z\") }",
	};
	struct fixture f;
	size_t i;

	(void)state;
	fx_init(&f, NULL, NULL);
	f.env.guru = true;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		check_fixpoint(&f, scripts[i]);
	fx_release(&f);
}

/* Trees as deep as the parser takes them print to what it takes. */
static void deepest(void **state)
{
	static const char *const openers[] = { "-(", "1 - (", "a ? b : (" };
	struct fixture f;
	size_t i;

	(void)state;
	fx_init(&f, NULL, NULL);
	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		struct strbuf script = STRBUF_INIT;
		int n;

		strbuf_addstr(&script, "probe begin { ");
		for (n = 0; n < 990; n++)
			strbuf_addstr(&script, openers[i]);
		strbuf_addstr(&script, "1");
		strbuf_fill(&script, ')', 990);
		strbuf_addstr(&script, " }");
		check_fixpoint(&f, script.buf);
		strbuf_release(&script);
	}
	fx_release(&f);
}

static void order_of_declarations(void **state)
{
	static const struct parser_row rows[] = {
		{ "function f() { } probe p { } probe a = p { } global g "
		  "%{ c %} probe q { } global h",
		  "%{ c %}\nglobal g\nglobal h\nprobe a = p{\n}\n"
		  "probe p{\n}\nprobe q{\n}\n"
		  "function f:unknown ()\n{\n}\n" },
	};

	(void)state;
	FX_CHECK(fx_parse, rows);
}

static void script_arguments(void **state)
{
	char word[] = "foo", *args[] = { word, NULL };
	struct fixture f;

	(void)state;
	fx_init(&f, args, NULL);
	assert_string_equal(fx_body(&f, "println($#, @1)"),
			    "println(1, \"foo\");\n");
	fx_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),
		cmocka_unit_test(deepest),
		cmocka_unit_test(order_of_declarations),
		cmocka_unit_test(script_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
