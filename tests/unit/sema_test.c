/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, types and checks of pass 2. */
#include "sema_fixture.h"

#define E "semantic error: "

static void test_print(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_print(&s,
			 "global x = 5, a%[100], s, unused\n"
			 "function f(a, b) { t = b . \"\"; return a + 1 }\n"
			 "probe begin { n = f(x, s); s = \"q\"; "
			 "a[n, s] = n; println(a[1, \"\"]) }",
			 false),
		"# globals\nx:long\na%[100]:long [long, string]\ns:string\n"
		"# functions\nf:long (a:long, b:string)\n"
		"  # locals\n  t:string\n"
		"# probes\nbegin /*  <- begin */ \n  # locals\n  n:long\n");
	assert_string_equal(
		sx_print(&s,
			 "private global p = -3\n"
			 "private function g() { return p }\n"
			 "probe begin { println(g()) }",
			 true),
		"# globals\np:long = -3\n# functions\ng:long ()\n"
		"{\nreturn __private_t_stp_p;\n}\n"
		"# probes\nbegin /*  <- begin */ \n"
		"{\nprintln(__private_t_stp_g__overload_0());\n}\n");
	sx_release(&s);
}

/* Types travel through assignments, calls, arrays, loops and results. */
static void test_inference(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_print(&s,
			 "global arr\n"
			 "function id(v) { return v }\n"
			 "probe begin { a = b; b = c; c = id(d); d = e; "
			 "e = \"x\"; foreach (k in arr) println(k, arr[k]); "
			 "try { arr[a] = 1 } catch (m) { } "
			 "q = 1 ? z : y; y = z; println(-q, m) }",
			 false),
		"# globals\narr:long [string]\n"
		"# functions\nid:string (v:string)\n"
		"# probes\nbegin /*  <- begin */ \n  # locals\n"
		"  a:string\n  b:string\n  c:string\n  d:string\n  e:string\n"
		"  k:string\n  m:string\n  q:long\n  z:long\n  y:long\n");
	sx_release(&s);
}

static void test_type_errors(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(sx_messages(&s, "probe begin { x = 1; x = \"s\" }"),
			    E "type mismatch: left and right sides don't agree "
			      "(long vs string): operator '=' at t.stp:1:24\n");
	assert_string_equal(
		sx_messages(&s, "probe begin { x = \"s\"; println(x + 1) }"),
		E "type mismatch (long): identifier 'x' at t.stp:1:32\n" E
		  "type was first inferred here (string): identifier 'x' at "
		  "t.stp:1:15\n");
	assert_string_equal(
		sx_messages(&s, "probe begin { println(1 . \"s\") }"),
		E "type mismatch: expected string but found long: number '1' "
		  "at t.stp:1:23\n");
	assert_string_equal(
		sx_messages(&s, "global a probe begin { a[1] = 2; "
				"println(a[\"k\"]) }"),
		E "index 1 type mismatch (string): string 'k' at t.stp:1:44\n" E
		  "type was first inferred here (long): number '1' at "
		  "t.stp:1:26\n");
	assert_string_equal(
		sx_messages(&s, "function f(v:long) { return v } "
				"probe begin { f(\"s\") }"),
		E "type mismatch (string): string 's' at t.stp:1:49\n" E
		  "type was first inferred here (long): identifier 'v' at "
		  "t.stp:1:12\n");
	assert_string_equal(
		sx_messages(&s, "probe begin { printf(\"%s %d\", 1, \"\") }"),
		E "type mismatch: expected string but found long: number '1' "
		  "at t.stp:1:31\n" E
		  "type mismatch: expected long but found string: string '' "
		  "at t.stp:1:34\n");
	assert_string_equal(sx_messages(&s, "probe begin { print(x) }"),
			    E "unresolved type : identifier 'x' at "
			      "t.stp:1:21\n"
			      "WARNING: never-assigned local variable 'x': "
			      "identifier 'x' at t.stp:1:21\n");
	assert_string_equal(
		sx_messages(&s, "function f() { } probe begin { x = f() }"),
		E "unresolved type : identifier 'x' at t.stp:1:32\n" E
		  "unresolved type : identifier 'f' at t.stp:1:36\n");
	sx_release(&s);
}

static void test_arrays(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_messages(&s, "global a probe begin { a[1] = 1; a[1, 2] = 1 "
				"}"),
		E "inconsistent arity (1 vs 2): identifier 'a' at "
		  "t.stp:1:34\n" E
		  "arity 1 first inferred here: identifier 'a' at "
		  "t.stp:1:24\n");
	assert_string_equal(sx_messages(&s, "probe begin { a[1] = 1 }"), E
			    "unresolved arity-1 global array a, missing global "
			    "declaration?: identifier 'a' at t.stp:1:15\n");
	assert_string_equal(
		sx_messages(&s, "probe begin { a = 1; println(a[1]) }"),
		E "array locals not supported, missing global declaration? : "
		  "identifier 'a' at t.stp:1:30\n");
	assert_string_equal(
		sx_messages(&s, "global a% probe begin { a = 1 }"),
		E "wrapping not supported for scalars: identifier 'a' at "
		  "t.stp:1:8\n");
	assert_string_equal(
		sx_messages(&s, "global a probe begin { foreach (k in a) { "
				"a[k] = 1 } }"),
		E "variable 'a' modified during 'foreach' iteration: "
		  "identifier 'a' at t.stp:1:43\n");
	assert_string_equal(
		sx_messages(&s, "global a function g(k) { delete a[k] } "
				"function f(k) { g(k) } probe begin { a[1] = 1 "
				"foreach (k in a) f(k) }"),
		E "function call modifies var 'a' during 'foreach' iteration: "
		  "identifier 'f' at t.stp:1:103\n");
	/* Other arrays, and this one outside the loop, may be written. */
	assert_string_equal(
		sx_messages(&s, "global a, b probe begin { foreach (k in a) "
				"b[k] = a[k]; a[1] = 2; println(b[2]) }"),
		"");
	sx_release(&s);
}

static void test_functions(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_non_null(strstr(
		sx_messages(&s, "function longish(a) { return a } "
				"probe begin { println(longis(1)) }"),
		E "unresolved function longis (similar: longish, log, "));
	assert_string_equal(sx_messages(&s, "function f(a) { return a } "
					    "probe begin { println(f(1, 2)) }"),
			    E
			    "arity mismatch found (function 'f' takes 1 args): "
			    "identifier 'f' at t.stp:1:50\n");
	/* By arity; a script's function comes before an intrinsic. */
	sx_run(&s, "function f() { return 1 } function f(x) { return x . \"\" "
		   "} function exit() { println(f(), f(\"\")) } "
		   "probe begin { exit() }");
	assert_int_equal(s.f.diag.errors, 0);
	assert_int_equal(s.prog->functions.len, 3);
	assert_string_equal(s.prog->functions.at[0]->name, "exit");
	/* What nothing calls is left out. */
	sx_run(&s, "function f() { return nosuch() } probe begin { }");
	assert_int_equal(s.f.diag.errors, 0);
	assert_int_equal(s.prog->functions.len, 0);
	sx_release(&s);
}

static void test_overloads(void **state)
{
	struct sema_fixture s;
	const struct function *f;

	(void)state;
	sx_init(&s);
	sx_run(&s, "function f(x) :3 { println(x); return \"last\" }\n"
		   "function f(x) :2 { if (x) next; return \"mid\" }\n"
		   "function f(x) { next }\n"
		   "function f(x) :4 { return \"hidden\" }\n"
		   "probe begin { println(f(1)) }");
	assert_int_equal(s.f.diag.errors, 0);
	assert_int_equal(s.prog->functions.len, 3);
	f = s.prog->functions.at[0];
	assert_int_equal(f->ast->priority, 0);
	assert_int_equal(f->next->ast->priority, 2);
	assert_int_equal(f->next->next->ast->priority, 3);
	assert_null(f->next->next->next);
	/* They agree in types, also where only one says which. */
	assert_int_equal(f->type, TY_STRING);
	assert_int_equal(f->param_types[0], TY_LONG);
	assert_int_equal(f->next->next->param_types[0], TY_LONG);
	sx_release(&s);
}

static void test_scopes(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	/* An alias and its user share locals; two users of it do not. */
	assert_string_equal(
		sx_print(&s,
			 "probe a = begin { v = 1 }\n"
			 "probe a { println(v) }\n"
			 "probe a { v = 2; w = v; println(w) }",
			 false),
		"# probes\nbegin /*  <- begin <- a */ \n  # locals\n"
		"  v:long\n"
		"begin /*  <- begin <- a */ \n  # locals\n"
		"  v:long\n  w:long\n");
	assert_ptr_not_equal(s.prog->handlers.at[0]->locals.at[0],
			     s.prog->handlers.at[1]->locals.at[0]);
	/* A parameter hides a global. */
	assert_string_equal(sx_print(&s,
				     "global g = \"s\"\n"
				     "function f(g) { return g + 1 }\n"
				     "probe begin { println(g, f(2)) }",
				     false),
			    "# globals\ng:string\n# functions\n"
			    "f:long (g:long)\n"
			    "# probes\nbegin /*  <- begin */ \n");
	sx_release(&s);
}

static void test_conditions(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_messages(&s, "function f() { return 1 } "
				"probe begin if (f()) {}"),
		E "probe condition must not reference function: identifier "
		  "'f' at t.stp:1:43\n");
	assert_string_equal(
		sx_messages(&s, "probe begin if (1 + l) {}"),
		E "probe condition must not reference undeclared global: "
		  "identifier 'l' at t.stp:1:21\n");
	assert_string_equal(
		sx_messages(&s, "global g probe begin if (g++) {}"),
		E "probe condition must not modify any variables: operator "
		  "'++' at t.stp:1:27\n");
	sx_release(&s);
}

static void test_defined(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_print(&s,
			 "probe begin { if (@defined($x)) println($x) else "
			 "println(1); println(@defined($y) ? $y->z : 2, "
			 "@defined($a) && $a, !@defined($b), @defined(3)) }",
			 true),
		"# probes\nbegin /*  <- begin */ \n"
		"{\nprintln(1);\nprintln(2, 0, 1, 1);\n}\n");
	sx_release(&s);
}

static void test_unsupported(void **state)
{
	static const char *const cases[][2] = {
		{ "foreach (b- in @hist_log(s)) n++",
		  "sorting the buckets of a histogram" },
		{ "foreach (b in @hist_log(s)[1]) n++",
		  "a slice of a histogram" },
	};
	struct sema_fixture s;
	struct strbuf script = STRBUF_INIT, want = STRBUF_INIT;
	size_t i;

	(void)state;
	sx_init(&s);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_reset(&script);
		strbuf_reset(&want);
		strbuf_addf(&script, "global s probe begin { %s }",
			    cases[i][0]);
		strbuf_addf(&want, E "%s is not supported by this version: ",
			    cases[i][1]);
		sx_messages(&s, script.buf);
		assert_non_null(strstr(s.f.out.buf, want.buf));
	}
	strbuf_release(&script);
	strbuf_release(&want);
	sx_release(&s);
}

/* Globals that nothing reads are shown, in order of first use. */
static void test_display(void **state)
{
	struct sema_fixture s;
	const char *script = "global t, a, n, r, never\n"
			     "probe begin { n++; a[n, \"k\"] += 2; t = \"x\"; "
			     "r = 1; println(r) }";

	(void)state;
	sx_init(&s);
	sx_run(&s, script);
	assert_int_equal(s.f.diag.errors, 0);
	assert_string_equal(
		sx_print(&s, script, true) +
			strlen("# globals\nt:string\na:long [long, string]\n"
			       "n:long\nr:long\n# probes\n"
			       "begin /*  <- begin */ \n"),
		"{\n(__global_n)++;\n(__global_a[__global_n, \"k\"]) += (2);\n"
		"(__global_t) = (\"x\");\n(__global_r) = (1);\n"
		"println(__global_r);\n}\n"
		"end /*  <- end */ \n"
		"  # locals\n  key0:long\n  key1:string\n  value:long\n"
		"{\nforeach (value = [key0, key1] in __global_a-) "
		"printf(\"a[%d,\\\"%s\\\"]=%d\\n\", key0, key1, value);\n}\n"
		"end /*  <- end */ \n"
		"{\nprintf(\"t=\\\"%s\\\"\\n\", __global_t);\n}\n");
	s.env.no_global_display = true;
	sx_run(&s, script);
	assert_int_equal(s.prog->probes.len, 1);
	sx_release(&s);
}

/* What -l and -L say: aliases stay aliases, variables are common ones. */
static void test_list(void **state)
{
	const char *script = "probe a.x = begin { n = 1; s = \"\" }\n"
			     "probe a.x = end { s = \"\"; n = \"\" }\n"
			     "probe a.y = timer.ms(7), timer.s(7) { k = 2 }\n"
			     "probe a.*, end, begin, end, nosuch.point { }";
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	s.env.listing = true;
	s.env.no_global_display = true;
	sx_run(&s, script);
	strbuf_reset(&s.f.out);
	assert_int_equal(sema_list(s.prog, false, &s.f.out), 4);
	assert_string_equal(s.f.out.buf, "a.x\na.y\nbegin\nend\n");
	sx_run(&s, "probe a.x = begin { n = 1; s = \"\" }\n"
		   "probe a.x = end { s = \"\"; n = \"\" }\n"
		   "probe a.y = begin { k = 2 }\n"
		   "probe a.*, end { }");
	strbuf_reset(&s.f.out);
	assert_int_equal(sema_list(s.prog, true, &s.f.out), 3);
	assert_string_equal(s.f.out.buf, "a.x s:string\na.y k:long\nend\n");
	sx_run(&s, "probe tp_syscall(\"*\") { }");
	strbuf_reset(&s.f.out);
	assert_true(sema_list(s.prog, false, &s.f.out) > 100);
	assert_non_null(strstr(s.f.out.buf, "\ntp_syscall(\"read\")\n"));
	sx_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_inference),
		cmocka_unit_test(test_type_errors),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_overloads),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_defined),
		cmocka_unit_test(test_unsupported),
		cmocka_unit_test(test_display),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
