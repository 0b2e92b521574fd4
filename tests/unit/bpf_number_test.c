/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, branches, calls, scalars in BPF programs, against the vm. */
#include "bpf_case.h"

#include <inttypes.h>

/* a OP b: of registers, and with either or both constant. */
static void binary(const char *op, int64_t a, int64_t b, int64_t want)
{
	char text[2048], expect[128];

	snprintf(
		text, sizeof(text),
		"global @a: i64 = %" PRId64 "\nglobal @b: i64 = %" PRId64 "\n"
		"handler h\n"
		"  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64, r5:i64\n"
		"  reg r6:i64, r7:i64, r8:i64\n"
		"b0:\n"
		"  r0 = gget @a\n  r1 = gget @b\n"
		"  r2 = %s r0, r1\n"
		"  r3 = const %" PRId64 "\n"
		"  r4 = %s r0, r3\n"
		"  r5 = const %" PRId64 "\n"
		"  r6 = %s r5, r1\n"
		"  r7 = %s r5, r3\n"
		"  r8 = mov r0\n  r8 = %s r8, r1\n  r1 = %s r0, r1\n"
		"  print \"%%d %%d %%d %%d %%d %%d\\n\", r2, r4, r6, r7, r8, r1\n"
		"  ret\n",
		a, b, op, b, op, a, op, op, op, op);
	snprintf(expect, sizeof(expect),
		 "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
		 " %" PRId64 "\n",
		 want, want, want, want, want, want);
	both_say(text, expect, "");
}

static void arithmetic_wraps(void **state)
{
	(void)state;
	binary("add", INT64_MAX, 1, INT64_MIN);
	binary("add", 40, 2, 42);
	binary("sub", INT64_MIN, 1, INT64_MAX);
	binary("sub", 5, INT32_MIN, 5 + (int64_t)INT32_MAX + 1);
	binary("add", 5, (int64_t)INT32_MAX + 1, 2147483653);
	binary("mul", INT64_MAX, 2, -2);
	binary("and", 12, 10, 8);
	binary("or", 12, 10, 14);
	binary("xor", 12, 10, 6);
	binary("shl", 1, 63, INT64_MIN);
	binary("shl", 3, 65, 6);
	binary("shl", 1, -1, INT64_MIN);
	binary("sar", -8, 1, -4);
	binary("sar", -8, 64, -8);
	binary("shr", -8, 1, INT64_MAX - 3);
	binary("shr", -1, -1, 1);
}

static void comparisons(void **state)
{
	static const char *const conds[] = { "icmp eq", "icmp ne", "icmp lt",
					     "icmp le", "icmp gt", "icmp ge" };
	static const int64_t values[] = { -1, 0, 1, INT64_MIN, INT64_MAX };

	(void)state;
	for (int c = 0; c < 6; c++) {
		for (int i = 0; i < 5; i += 2) {
			for (int k = 0; k < 5; k++) {
				int64_t a = values[i], b = values[k];
				int r[] = { a == b, a != b, a<b, a <= b, a> b,
					    a >= b };

				binary(conds[c], a, b, r[c]);
			}
		}
	}
}

/* Like binary() for operations that raise. */
static void division(const char *op, int64_t a, int64_t b, int64_t want)
{
	char text[1024], expect[128];

	snprintf(text, sizeof(text),
		 "global @a: i64 = %" PRId64 "\nglobal @b: i64 = %" PRId64 "\n"
		 "handler h\n"
		 "  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64\n"
		 "b0:\n"
		 "  r0 = gget @a\n  r1 = gget @b\n"
		 "  r2 = %s r0, r1 err b1\n"
		 "  r3 = const %" PRId64 "\n"
		 "  r4 = %s r0, r3 err b1\n"
		 "  print \"%%d %%d\\n\", r2, r4\n"
		 "  ret\n"
		 "b1:\n  fail\n",
		 a, b, op, b, op);
	snprintf(expect, sizeof(expect), "%" PRId64 " %" PRId64 "\n", want,
		 want);
	both_say(text, expect, "");
}

static void divisions(void **state)
{
	static const int64_t v[] = { 7,  -7,        2,          -2, 1,
				     -1, INT64_MAX, 1000000007, -3 };

	(void)state;
	for (size_t i = 0; i < 9; i += 2) {
		for (size_t k = 1; k < 9; k++) {
			division("div", v[i], v[k], v[i] / v[k]);
			division("mod", v[i], v[k], v[i] % v[k]);
		}
	}
	division("div", INT64_MIN, -1, INT64_MIN);
	division("mod", INT64_MIN, -1, 0);
	division("div", INT64_MIN, INT64_MIN, 1);
	division("div", INT64_MIN, 3, INT64_MIN / 3);
	division("mod", INT64_MIN, 10, INT64_MIN % 10);
}

static void division_by_zero(void **state)
{
	(void)state;
	both_say("global @z: i64\n"
		 "loc !0 \"operator '/' at s.stp:3:4\"\n"
		 "handler h\n  reg r0:i64, r1:i64\n"
		 "b0:\n  print \"first\\n\"\n  r0 = gget @z\n"
		 "  r1 = div r0, r0 err b1 !0\n  print \"no\\n\"\n  ret\n"
		 "b1:\n  fail\n",
		 "first\n", "division by 0 near operator '/' at s.stp:3:4");
	both_say("handler h\n  reg r0:i64, r1:i64\n"
		 "b0:\n  r0 = const 0\n"
		 "  r1 = mod r1, r0 err b1\n  print \"no\\n\"\n  ret\n"
		 "b1:\n  fail\n",
		 "", "division by 0");
}

/* The result of a failed division keeps its old value; the error is caught. */
static void caught(void **state)
{
	(void)state;
	both_say("global @z: i64\n"
		 "handler h\n  reg r0:i64, r1:i64, r2:str[64]\n"
		 "b0:\n  r0 = gget @z\n  r1 = const 5\n"
		 "  r1 = div r1, r0 err b1\n  print \"no\\n\"\n  ret\n"
		 "b1:\n  r2 = errmsg\n  print \"%s %d\\n\", r2, r1\n"
		 "  print \"again\\n\"\n  ret\n",
		 "division by 0 5\nagain\n", "");
	both_say("handler h\n  reg r0:str[32], r1:str[64]\n"
		 "b0:\n  r0 = str \"my own\"\n  raise r0 err b1\n"
		 "b1:\n  r1 = errmsg\n  print \"<%s>\\n\", r1\n"
		 "  r0 = str \"a second one\"\n  raise r0 err b2\n"
		 "b2:\n  fail\n",
		 "<my own>\n", "a second one");
	both_say("handler h\n  reg r0:str[32], r1:i64\n"
		 "b0:\n  r1 = const 0\n  r0 = str \"kept\"\n"
		 "  raise r0 err b1\n"
		 "b1:\n  br r1, b2, b3\n"
		 "b2:\n  ret\n"
		 "b3:\n  fail\n",
		 "", "kept");
}

static void calls(void **state)
{
	(void)state;
	both_say(
		"handler h\n  reg r0:i64, r1:i64, r2:i64, r3:str[32]\n"
		"b0:\n  r0 = const 20\n  r1 = const 1\n"
		"  r2 = call f, r0, r1 err b1\n"
		"  r0 = call f, r2, r2 err b1\n"
		"  r3 = call g, r0 err b1\n"
		"  print \"%d %d %s\\n\", r2, r0, r3\n  ret\n"
		"b1:\n  fail\n"
		"function f(r0:i64, r1:i64): i64\n  reg r2:i64, r3:i64\n"
		"b0:\n  r3 = add r3, r0\n  r3 = add r3, r3\n"
		"  r2 = add r3, r1\n  ret r2\n"
		"function g(r0:i64): str[32]\n  reg r1:str[32], r2:i64, r3:i64\n"
		"b0:\n  r2 = const 100\n  r3 = icmp gt r0, r2\n"
		"  br r3, b1, b2\n"
		"b1:\n  r1 = str \"large\"\n  ret r1\n"
		"b2:\n  ret r1\n",
		"41 123 large\n", "");
	/* An error leaves two functions; the handler catches it. */
	both_say("handler h\n  reg r0:i64, r1:str[64]\n"
		 "b0:\n  call f, r0 err b1\n  ret\n"
		 "b1:\n  r1 = errmsg\n  print \"got %s\\n\", r1\n  ret\n"
		 "function f(r0:i64)\n"
		 "b0:\n  call g, r0 err b1\n  print \"no\\n\"\n  ret\n"
		 "b1:\n  print \"via f\\n\"\n  fail\n"
		 "function g(r0:i64)\n"
		 "b0:\n  r0 = div r0, r0 err b1\n  ret\n"
		 "b1:\n  fail\n",
		 "via f\ngot division by 0\n", "");
}

/* More registers than BPF has, all alive at once. */
static void many_registers(void **state)
{
	struct strbuf t = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&t, "global @s: i64 = 3\nhandler h\n  reg r0:i64");
	for (int r = 1; r < 42; r++)
		strbuf_addf(&t, ", r%d:i64", r);
	strbuf_addstr(&t, "\nb0:\n  r0 = gget @s\n");
	for (int r = 1; r < 41; r++)
		strbuf_addf(&t, "  r%d = add r%d, r0\n", r, r - 1);
	for (int r = 0; r < 41; r++)
		strbuf_addf(&t, "  r41 = add r41, r%d\n", r);
	strbuf_addstr(&t, "  gset @s, r41\n  r0 = gget @s\n"
			  "  print \"%d\\n\", r0\n  ret\n");
	both_say(t.buf, "2583\n", "");
	strbuf_release(&t);
}

static void loops(void **state)
{
	(void)state;
	both_say("handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64\n"
		 "b0:\n  r1 = const 1\n  r2 = const 100\n  jmp b1\n"
		 "b1:\n  r3 = icmp lt r0, r2\n  br r3, b2, b3\n"
		 "b2:\n  tick 1\n  r0 = add r0, r1\n  jmp b1\n"
		 "b3:\n  print \"%d\\n\", r0\n  ret\n",
		 "100\n", "");
	/* A bound that is not known when loading. */
	both_say("global @n: i64 = 77\n"
		 "handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64\n"
		 "b0:\n  r1 = const 1\n  r2 = gget @n\n  jmp b1\n"
		 "b1:\n  r3 = icmp lt r0, r2\n  br r3, b2, b3\n"
		 "b2:\n  tick 1\n  r0 = add r0, r1\n  jmp b1\n"
		 "b3:\n  print \"%d\\n\", r0\n  ret\n",
		 "77\n", "");
}

static void too_many_actions(void **state)
{
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, BPF_BEGIN
		      "global @n: i64\nloc !0 \"keyword at s.stp:1:2\"\n"
		      "handler h\n  reg r0:i64\n"
		      "b0:\n  r0 = const 1\n  jmp b1\n"
		      "b1:\n  gadd @n, r0\n  tick 1 !0\n  jmp b1\n");
	bpf_case_run(&b);
	assert_string_equal(b.c.errors.buf,
			    "MAXACTION exceeded near keyword at s.stp:1:2 in "
			    "probe kernel.trace(\"sys_enter\")\n");
	assert_int_equal(((int64_t *)(void *)(b.session + 1))[0], 1001);
	assert_int_equal(b.session->state, SESSION_ERROR);
	bpf_case_end(&b);
}

static void scalars(void **state)
{
	(void)state;
	both_say(
		"global @n: i64 = 7\nglobal @s: str[20] = \"start\"\n"
		"global @t: str[9]\n"
		"handler h\n  reg r0:i64, r1:str[40], r2:str[20], r3:str[5]\n"
		"b0:\n  r0 = const 3\n  gadd @n, r0\n  gadd @n, r0\n"
		"  r0 = gget @n\n  r2 = gget @s\n  print \"%d %s\\n\", r0, r2\n"
		"  r1 = str \"a text that is too long for s\"\n"
		"  gset @s, r1\n  gset @t, r1\n"
		"  r2 = gget @s\n  r3 = gget @s\n  print \"%s|%s\\n\", r2, r3\n"
		"  r2 = gget @t\n  print \"%s|\\n\", r2\n  ret\n",
		"13 start\na text that is too |a te\na text t|\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic_wraps),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(divisions),
		cmocka_unit_test(division_by_zero),
		cmocka_unit_test(caught),
		cmocka_unit_test(calls),
		cmocka_unit_test(many_registers),
		cmocka_unit_test(loops),
		cmocka_unit_test(too_many_actions),
		cmocka_unit_test(scalars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
