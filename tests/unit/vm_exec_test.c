/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values, scalars, output, calls and control flow of the executor. */
#include "vm_case.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* dst = a OP b of two registers that are no constants for the encoder, and of
 * two that are. */
static void binary(const char *op, int64_t a, int64_t b, int64_t want)
{
	char text[2048], expect[128];

	snprintf(text, sizeof(text),
		 "global @a: i64 = %" PRId64 "\nglobal @b: i64 = %" PRId64
		 "\n" CASE_BEGIN "handler h\n"
		 "  reg r0:i64, r1:i64, r2:i64\n"
		 "b0:\n"
		 "  r0 = gget @a\n  r1 = gget @b\n"
		 "  r2 = %s r0, r1\n  print \"%%d \", r2\n"
		 "  r1 = const %" PRId64 "\n"
		 "  r2 = %s r0, r1\n  print \"%%d \", r2\n"
		 "  r0 = const %" PRId64 "\n  r1 = gget @b\n"
		 "  r2 = %s r0, r1\n  print \"%%d\", r2\n"
		 "  ret\n",
		 a, b, op, b, op, a, op);
	snprintf(expect, sizeof(expect), "%" PRId64 " %" PRId64 " %" PRId64,
		 want, want, want);
	case_prints(text, expect);
}

static void arithmetic_wraps(void **state)
{
	(void)state;
	binary("add", INT64_MAX, 1, INT64_MIN);
	binary("add", 40, 2, 42);
	binary("sub", INT64_MIN, 1, INT64_MAX);
	binary("sub", 5, INT64_MIN, INT64_MIN + 5);
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
	static const char *const conds[] = {
		"eq", "ne", "lt", "le", "gt", "ge"
	};
	static const struct {
		int64_t a, b;
		int want[6];
	} rows[] = {
		{ 1, 1, { 1, 0, 0, 1, 0, 1 } },
		{ -1, 1, { 0, 1, 1, 1, 0, 0 } },
		{ INT64_MAX, INT64_MIN, { 0, 1, 0, 0, 1, 1 } },
	};
	char op[16];
	size_t i, c;

	(void)state;
	for (i = 0; i < 3; i++) {
		for (c = 0; c < 6; c++) {
			snprintf(op, sizeof(op), "icmp %s", conds[c]);
			binary(op, rows[i].a, rows[i].b, rows[i].want[c]);
		}
	}
}

/* The comparison whose result decides the branch behind it. */
static void branch_on(const char *cond, int64_t a, int64_t b, bool want,
		      bool constant)
{
	char text[1024], load[64];

	snprintf(load, sizeof(load),
		 constant ? "r1 = const %" PRId64 : "r1 = gget @b", b);
	snprintf(text, sizeof(text),
		 "global @a: i64 = %" PRId64 "\nglobal @b: i64 = %" PRId64
		 "\n" CASE_BEGIN "handler h\n  reg r0:i64, r1:i64, r2:i64\n"
		 "b0:\n  r0 = gget @a\n  %s\n  r2 = icmp %s r0, r1\n"
		 "  br r2, b1, b2\n"
		 "b1:\n  print \"yes %%d\", r2\n  ret\n"
		 "b2:\n  print \"no %%d\", r2\n  ret\n",
		 a, b, load, cond);
	case_prints(text, want ? "yes 1" : "no 0");
}

static void comparing_branches(void **state)
{
	int constant;

	(void)state;
	for (constant = 0; constant < 2; constant++) {
		branch_on("eq", 5, 5, true, constant);
		branch_on("eq", 5, 6, false, constant);
		branch_on("ne", 5, 6, true, constant);
		branch_on("ne", 5, 5, false, constant);
		branch_on("lt", -5, 5, true, constant);
		branch_on("lt", 5, 5, false, constant);
		branch_on("le", 5, 5, true, constant);
		branch_on("le", 6, 5, false, constant);
		branch_on("gt", 6, 5, true, constant);
		branch_on("gt", 5, 5, false, constant);
		branch_on("ge", 5, 5, true, constant);
		branch_on("ge", 5, (int64_t)1 << 40, false, constant);
	}
}

static void division(void **state)
{
	static const char text[] =
		"global @a: i64 = -7\nglobal @b: i64 = 2\n"
		"global @min: i64 = -9223372036854775808\n"
		"global @m1: i64 = -1\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64\n"
		"b0:\n"
		"  r0 = gget @a\n  r1 = gget @b\n"
		"  r2 = div r0, r1 err b1\n  print \"%d \", r2\n"
		"  r2 = mod r0, r1 err b1\n  print \"%d \", r2\n"
		"  r0 = gget @min\n  r1 = gget @m1\n"
		"  r2 = div r0, r1 err b1\n  print \"%d \", r2\n"
		"  r2 = mod r0, r1 err b1\n  print \"%d\", r2\n"
		"  ret\n"
		"b1:\n  fail\n";

	(void)state;
	case_prints(text, "-3 -1 -9223372036854775808 0");
}

/* A division by zero leaves the result alone and can be caught. */
static void division_by_zero(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n"
		"  reg r0:i64, r1:i64, r2:i64, r3:str[512], r4:str[5]\n"
		"b0:\n  r2 = const 77\n  r0 = const 5\n"
		"  r2 = div r0, r1 err b1\n  ret\n"
		"b1:\n  r3 = errmsg\n  print \"%d %s;\", r2, r3\n"
		"  r2 = mod r0, r1 err b2\n  ret\n"
		"b2:\n  r4 = errmsg\n  print \"%d %s\", r2, r4\n  ret\n";

	(void)state;
	case_prints(text, "77 division by 0;77 divi");
}

/* There is no context in user space, and offsets are as they were known. */
static void context_is_empty(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n"
		"  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:str[512]\n"
		"b0:\n  r0 = const 9\n  r1 = const 9\n  r2 = const 9\n"
		"  r0 = arg 3\n  r1 = retval\n  r2 = register 0\n"
		"  r3 = offset \"24 union u.m:p\"\n"
		"  print \"%d %d %d %d \", r0, r1, r2, r3\n"
		"  store user.u8, r3, r0 err b1\n  ret\n"
		"b1:\n  r4 = errmsg\n  print \"%s\", r4\n  ret\n";

	(void)state;
	case_prints(text,
		    "0 0 0 24 write fault [man error::fault] at 0x18");
}

static void unary_and_moves(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n"
		"  reg r0:i64, r1:i64, r2:str[8], r3:str[4], r4:str[512]\n"
		"b0:\n"
		"  r0 = const -9223372036854775808\n  r1 = neg r0\n"
		"  print \"%d \", r1\n"
		"  r0 = const 5\n  r1 = not r0\n  print \"%d \", r1\n"
		"  r1 = mov r0\n  r0 = const 6\n  print \"%d %d \", r0, r1\n"
		"  r2 = str \"abcdefghij\"\n  r3 = mov r2\n  r4 = mov r2\n"
		"  print \"%s %s %s \", r2, r3, r4\n"
		"  r2 = mov r2\n  r4 = str \"\"\n  print \"%s|%s|\", r2, r4\n"
		"  ret\n";

	(void)state;
	case_prints(text, "-9223372036854775808 -6 6 5 abcdefg abc abcdefg "
			  "abcdefg||");
}

static void concatenation(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n"
		"  reg r0:str[8], r1:str[8], r2:str[8], r3:str[20]\n"
		"b0:\n"
		"  r0 = str \"abc\"\n  r1 = str \"DE\"\n"
		"  r2 = cat r0, r1\n  print \"%s \", r2\n"
		"  r0 = cat r0, r1\n  print \"%s \", r0\n"
		"  r1 = cat r0, r1\n  print \"%s \", r1\n"
		"  r1 = cat r1, r1\n  print \"%s \", r1\n"
		"  r0 = str \"xy\"\n  r0 = cat r0, r0\n  print \"%s \", r0\n"
		"  r3 = cat r1, r0\n  print \"%s \", r3\n"
		"  r3 = cat r3, r3\n  print \"%s\", r3\n"
		"  ret\n";

	(void)state;
	case_prints(text, "abcDE abcDE abcDEDE abcDEDE xyxy abcDEDExyxy "
			  "abcDEDExyxyabcDEDEx");
}

static void string_comparison(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[8], r2:str[8], r3:str[8]\n"
		"b0:\n"
		"  r1 = str \"ab\"\n  r2 = str \"abc\"\n  r3 = str \"\\377\"\n"
		"  r0 = scmp eq r1, r1\n  print \"%d\", r0\n"
		"  r0 = scmp eq r1, r2\n  print \"%d\", r0\n"
		"  r0 = scmp ne r1, r2\n  print \"%d\", r0\n"
		"  r0 = scmp ne r1, r1\n  print \"%d\", r0\n"
		"  r0 = scmp lt r1, r2\n  print \"%d\", r0\n"
		"  r0 = scmp lt r3, r2\n  print \"%d\", r0\n"
		"  r0 = scmp le r1, r1\n  print \"%d\", r0\n"
		"  r0 = scmp gt r3, r2\n  print \"%d\", r0\n"
		"  r0 = scmp gt r1, r2\n  print \"%d\", r0\n"
		"  r0 = scmp ge r2, r2\n  print \"%d\", r0\n"
		"  r0 = scmp ge r1, r2\n  print \"%d\", r0\n"
		"  ret\n";

	(void)state;
	case_prints(text, "10101011010");
}

static void matching(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[16]\n"
		"b0:\n  r0 = match \"\", r1\n  print \"%d\", r0\n"
		"  r1 = str \"user=root\"\n"
		"  r0 = match \"(a)?=([a-z]+)$\", r1\n  print \"%d\", r0\n"
		"  r0 = match \"r=x|^root\", r1\n  print \"%d\", r0\n"
		"  ret\n";
	/* A table of this one would have more than 2^40 states. */
	static const char big[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[64]\n"
		"b0:\n  r1 = str \"xxaxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxb\"\n"
		"  r0 = match \"a.{40}b\", r1\n  print \"%d\", r0\n"
		"  r0 = match \"a.{39}b\", r1\n  print \"%d\", r0\n"
		"  ret\n";

	(void)state;
	case_prints(text, "110");
	case_prints(big, "10");
}

/* What the groups functions say: of the last match, if it was one. */
static void groups(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[16], r2:str[16], r3:i64\n"
		"b0:\n  r0 = intrin ngroups err b1\n  print \"%d,\", r0\n"
		"  r1 = str \"user=root\"\n"
		"  r0 = match \"(a)?=([a-z]+)$\", r1\n"
		"  r1 = str \"other\"\n"
		"  r0 = intrin ngroups err b1\n  print \"%d,\", r0\n"
		"  r3 = const 1\n  r2 = intrin matched, r3 err b1\n"
		"  print \"<%s>\", r2\n"
		"  r3 = const 2\n  r2 = intrin matched, r3 err b1\n"
		"  print \"<%s>\", r2\n"
		"  r2 = intrin matched_str err b1\n  print \"<%s>\", r2\n"
		"  r0 = match \"b\", r1\n"
		"  r2 = intrin matched_str err b2\n  ret\n"
		"b1:\n  fail\n"
		"b2:\n  r2 = errmsg\n  print \"%s\", r2\n  ret\n";

	(void)state;
	case_prints(text, "0,3,<><root><user=root>Attempted to ge");
}

/* The hard budget counts what large expressions cost. */
static void costly_matches(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[512]\n"
		"b0:\n  r1 = sprint \"%500s\", r1\n  jmp b1\n"
		"b1:\n  r0 = match \"a.{9999}b\", r1\n  jmp b1\n";

	(void)state;
	case_raises(text, "MAXACTION exceeded in probe begin\n");
}

static void sprint_cuts(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[6], r2:str[64], r3:str[64]\n"
		"b0:\n"
		"  r0 = const 12345678\n"
		"  r1 = sprint \"%d\", r0\n  print \"%s \", r1\n"
		"  r2 = sprint \"<%s|%5d>\", r1, r0\n  print \"%s \", r2\n"
		"  r0 = const 0\n"
		"  r2 = sprint \"A%cB\", r0\n  r1 = str \"C\"\n"
		"  r3 = cat r2, r1\n  print \"%s \", r3\n"
		"  r2 = sprint \"plain\"\n"
		"  r2 = sprint \"%s%s\", r2, r2\n  print \"%s\", r2\n"
		"  ret\n";

	(void)state;
	case_prints(text, "12345 <12345|12345678> AC plainplain");
}

static void scalars(void **state)
{
	static const char text[] =
		"global @n: i64 = 41\nglobal @s: str[6] = \"start\"\n"
		"global @e: str[6]\nglobal @z: i64\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[20], r2:str[3]\n"
		"b0:\n"
		"  r0 = gget @n\n  r1 = gget @s\n  r2 = gget @s\n"
		"  print \"%d %s %s\", r0, r1, r2\n"
		"  r0 = gget @z\n  r1 = gget @e\n  print \"%d%s \", r0, r1\n"
		"  r0 = const 1\n  gadd @n, r0\n  gset @z, r0\n"
		"  r1 = str \"longer text\"\n  gset @s, r1\n"
		"  r0 = gget @n\n  r1 = gget @s\n  print \"%d %s\", r0, r1\n"
		"  r0 = const 9223372036854775807\n  gadd @n, r0\n"
		"  r0 = gget @n\n  print \" %d\", r0\n"
		"  ret\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	vm_run(c.vm, 0);
	assert_string_equal(c.out.buf, "41 start st0 42 longe "
				       "-9223372036854775767");
	strbuf_reset(&c.out);
	vm_run(c.vm, 0);
	assert_memory_equal(c.out.buf, "-9223372036854775767 longe lo1 ", 31);
	case_end(&c);
}

/* Registers are fresh in each activation, whatever was there before. */
static void fresh_registers(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:str[16]\n"
		"b0:\n"
		"  r0 = const 3\n"
		"  r1 = call f, r0 err b1\n  print \"%d \", r1\n"
		"  r1 = call f, r0 err b1\n  print \"%d \", r1\n"
		"  r2 = call g err b1\n  print \"[%s]\", r2\n"
		"  r2 = call g err b1\n  print \"[%s]\", r2\n"
		"  ret\n"
		"b1:\n  fail\n"
		"function f(r0:i64): i64\n"
		"  reg r1:i64, r2:i64\n"
		"b0:\n  r2 = add r1, r0\n  r1 = const 100\n  jmp b1\n"
		"b1:\n  r1 = add r1, r2\n  ret r2\n"
		"function g(): str[16]\n  reg r0:str[16], r1:str[16]\n"
		"b0:\n  r1 = mov r0\n  r0 = str \"used\"\n  jmp b1\n"
		"b1:\n  r0 = cat r0, r0\n  ret r1\n";

	(void)state;
	case_prints(text, "3 3 [][]");
}

static void calls(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:str[32], r3:str[4]\n"
		"b0:\n"
		"  r0 = const 10\n"
		"  r1 = call fact, r0 err b1\n  print \"%d \", r1\n"
		"  r2 = str \"abcdefgh\"\n"
		"  r2 = call twice, r2 err b1\n  print \"%s \", r2\n"
		"  r3 = call twice, r2 err b1\n  print \"%s \", r3\n"
		"  call twice, r2 err b1\n  call none err b1\n"
		"  ret\n"
		"b1:\n  fail\n"
		"function fact(r0:i64): i64\n"
		"  reg r1:i64, r2:i64\n"
		"b0:\n  r1 = const 1\n  r2 = icmp le r0, r1\n"
		"  br r2, b1, b2\n"
		"b1:\n  ret r1\n"
		"b2:\n  r2 = sub r0, r1\n  r2 = call fact, r2 err b3\n"
		"  r1 = mul r0, r2\n  ret r1\n"
		"b3:\n  fail\n"
		"function twice(r0:str[5]): str[7]\n  reg r1:str[20]\n"
		"b0:\n  r1 = cat r0, r0\n  ret r1\n"
		"function none()\n"
		"b0:\n  print \"none\"\n  ret\n";

	(void)state;
	case_prints(text, "3628800 abcdab abc none");
}

static void loop(void **state)
{
	static const char text[] =
		CASE_BEGIN "handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64\n"
			   "b0:\n  r1 = const 100\n  jmp b1\n"
			   "b1:\n  r2 = icmp lt r0, r1\n  br r2, b2, b3\n"
			   "b2:\n  r3 = add r3, r0\n  r2 = const 1\n"
			   "  r0 = add r0, r2\n  jmp b1\n"
			   "b3:\n  print \"%d %d\", r3, r0\n  ret\n";

	(void)state;
	case_prints(text, "4950 100");
}

/* A constant that is folded in one place and read as itself in another. */
static void constants_in_place(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64\n"
		"b0:\n"
		"  r0 = const 7\n  r1 = add r3, r0\n  r1 = add r0, r1\n"
		"  r2 = sub r1, r0\n  print \"%d %d %d \", r0, r1, r2\n"
		"  r0 = add r0, r0\n  r1 = sub r0, r0\n"
		"  print \"%d %d \", r0, r1\n"
		"  r2 = const 1\n  jmp b1\n"
		"b1:\n  r3 = add r3, r2\n  print \"%d\", r3\n"
		"  r2 = const 3\n  br r2, b2, b2\n"
		"b2:\n  ret\n";

	(void)state;
	case_prints(text, "7 14 7 14 0 1");
}

static void printing(void **state)
{
	static const char text[] =
		CASE_BEGIN "probe end q \"end\" n0=0\n"
			   "handler h\n  reg r0:i64, r1:str[8]\n"
			   "b0:\n  r0 = const 255\n  r1 = str \"hi\"\n"
			   "  print \"%x %s %*d|%%\\n\", r0, r1, r0, r0\n"
			   "  intrin log, r1\n  intrin warn, r1\n"
			   "  print \"\"\n  print \"end\"\n  ret\n"
			   "handler q\nb0:\n  ret\n";
	char want[512];
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 0);
	snprintf(want, sizeof(want), "ff hi %255d|%%\nhi\nend", 255);
	assert_string_equal(c.out.buf, want);
	assert_string_equal(c.warnings.buf, "hi\n");
	assert_int_equal(c.pieces, 1);
	assert_int_equal(vm_run(c.vm, 1), 0);
	assert_int_equal(c.pieces, 1);
	case_end(&c);
}

/* Output that grows large goes out in parts; none of it is lost. */
static void large_output(void **state)
{
	static const char text[] = CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:str[16]\n"
		"b0:\n  r0 = const 10000\n  r2 = str \"0123456789abcde\"\n"
		"  jmp b1\n"
		"b1:\n  intrin log, r2\n  r1 = const 1\n  r0 = sub r0, r1\n"
		"  br r0, b1, b2\n"
		"b2:\n  ret\n";
	struct vm_case c;
	size_t i;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_int_equal(c.out.len, 160000);
	for (i = 0; i < c.out.len; i += 16)
		assert_memory_equal(c.out.buf + i, "0123456789abcde\n", 16);
	assert_true(c.pieces > 1 && c.pieces < 5);
	case_end(&c);
}

static void intrinsics_of_the_process(void **state)
{
	static const char text[] =
		CASE_BEGIN "handler h\n  reg r0:i64, r1:str[16], r2:str[64]\n"
			   "b0:\n"
			   "  r0 = intrin pid\n  print \"%d \", r0\n"
			   "  r0 = intrin tid\n  print \"%d \", r0\n"
			   "  r0 = intrin uid\n  print \"%d \", r0\n"
			   "  r0 = intrin target\n  print \"%d \", r0\n"
			   "  r1 = intrin execname\n  print \"%s \", r1\n"
			   "  r2 = intrin pp\n  print \"%s\", r2\n"
			   "  intrin pid\n"
			   "  ret\n";
	char want[256];

	(void)state;
	assert_int_equal(prctl(PR_SET_NAME, "vm-test", 0, 0, 0), 0);
	snprintf(want, sizeof(want), "%d %d %d 4321 vm-test begin", getpid(),
		 gettid(), getuid());
	case_prints(text, want);
}

static void times(void **state)
{
	static const char text[] =
		"global @s: i64\n" CASE_BEGIN "handler h\n  reg r0:i64\n"
		"b0:\n"
		"  r0 = intrin gettimeofday_s\n  print \"%d \", r0\n"
		"  r0 = intrin gettimeofday_ms\n  print \"%d \", r0\n"
		"  r0 = intrin gettimeofday_us\n  print \"%d \", r0\n"
		"  r0 = intrin gettimeofday_ns\n  print \"%d \", r0\n"
		"  r0 = intrin cpu\n  print \"%d\", r0\n"
		"  ret\n";
	long long before = time(NULL), s, ms, us, ns, cpu;
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_int_equal(sscanf(c.out.buf, "%lld %lld %lld %lld %lld", &s, &ms,
				&us, &ns, &cpu),
			 5);
	assert_true(s >= before && s <= time(NULL));
	assert_true(ms / 1000 >= s && ms / 1000 <= s + 1);
	assert_true(us / 1000 >= ms && us / 1000000 <= s + 1);
	assert_true(ns / 1000 >= us && ns / 1000000000 <= s + 1);
	assert_true(cpu >= 0 && cpu < sysconf(_SC_NPROCESSORS_CONF));
	case_end(&c);
}

/* exit() asks for the end; the handler goes on. The state never falls. */
static void exit_goes_on(void **state)
{
	static const char text[] =
		CASE_BEGIN "handler h\n"
			   "b0:\n  intrin exit\n  print \"on\"\n  ret\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_string_equal(c.out.buf, "on");
	assert_int_equal(vm_session(c.vm)->state, SESSION_STOPPING);
	vm_session(c.vm)->state = SESSION_ERROR;
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_int_equal(vm_session(c.vm)->state, SESSION_ERROR);
	assert_int_equal(vm_session(c.vm)->target, 4321);
	case_end(&c);
}

static int set(struct vm_case *c, const char *name, const char *value)
{
	return vm_set_global(c->vm, name, value);
}

static void numbers_from_outside(void **state)
{
	static const char text[] =
		"global @n: i64 = 3\n" CASE_BEGIN "handler h\n  reg r0:i64\n"
		"b0:\n  r0 = gget @n\n  print \"%d;\", r0\n  ret\n";
	static const char *const good[] = {
		"7",   "-0x10",  "00012",
		"5x",  "0",      "08",
		"0x",  "0X1f",   "18446744073709551617",
		"-1",  "\"12\"", "3 4",
		"-08",
	};
	static const char *const bad[] = { "",   "abc", "+5",   "-", "--5",
					   " 5", "-x",  "\"\"", "x5" };
	struct vm_case c;
	size_t i;

	(void)state;
	case_init(&c, text);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(set(&c, "n", good[i]), 0);
		vm_run(c.vm, 0);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(set(&c, "n", bad[i]), -EINVAL);
	vm_run(c.vm, 0);
	assert_string_equal(c.out.buf, "7;-16;10;5;0;0;0;31;1;-1;12;3;0;0;");
	case_end(&c);
}

static void strings_from_outside(void **state)
{
	static const char text[] =
		"global @s: str[12] = \"x\"\nglobal @a[i64]: i64 size 8\n" CASE_BEGIN
		"handler h\n  reg r0:str[12]\n"
		"b0:\n  r0 = gget @s\n  print \"<%s>\", r0\n  ret\n";
	static const char *const values[] = {
		"plain",
		"a,b;c'd\\e",
		"two words",
		"\"two words\"",
		"",
		"\"open",
		"longer than the bound",
		"longerthanthebound",
	};
	struct vm_case c;
	size_t i;

	(void)state;
	case_init(&c, text);
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(set(&c, "s", values[i]), 0);
		vm_run(c.vm, 0);
	}
	assert_string_equal(c.out.buf, "<plain><a,b;c'd\\e><two><two words><>"
				       "<open><longer><longerthant>");
	assert_int_equal(set(&c, "a", "1"), -ENOENT);
	assert_int_equal(set(&c, "none", "1"), -ENOENT);
	case_end(&c);
}

/* What the executor does not have is refused when it is made. */
static void refused(const char *text, const char *want)
{
	struct strbuf err = STRBUF_INIT;
	struct vm_case c;

	case_parse(&c, text);
	c.vm = vm_new(c.prog, NULL, &c.host, &err);
	assert_null(c.vm);
	assert_non_null(strstr(err.buf, want));
	strbuf_release(&err);
	case_end(&c);
}

static void refusals(void **state)
{
	struct strbuf text = STRBUF_INIT;
	int i;

	(void)state;
	refused(CASE_BEGIN "handler h\n  reg r0:i64\n"
			   "b0:\n  print \"%4m\", r0\n  ret\n",
		"memory dump");
	strbuf_addstr(&text, "limit maxnesting 1000\n"
			     "limit maxstringlen 16384\n" CASE_BEGIN
			     "handler h\nb0:\n  call f err b1\n  ret\n"
			     "b1:\n  fail\nfunction f()\n  reg r0:str[16384]");
	for (i = 1; i < 100; i++)
		strbuf_addf(&text, ", r%d:str[16384]", i);
	strbuf_addstr(&text, "\nb0:\n  ret\n");
	refused(text.buf, "lower MAXNESTING");
	strbuf_release(&text);
}

/* Functions that only kernel handlers reach are not even looked at. */
static void kernel_handlers_are_left_alone(void **state)
{
	static const char text[] =
		"probe raw_tp k \"kernel.trace(\\\"x\\\")\" s0=\"x\"\n" CASE_BEGIN
		"handler k\n  reg r0:i64\nb0:\n  print \"%m\", r0\n  ret\n"
		"handler h\nb0:\n  print \"user\"\n  ret\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 1), 0);
	assert_string_equal(c.out.buf, "user");
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arithmetic_wraps),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(comparing_branches),
		cmocka_unit_test(division),
		cmocka_unit_test(division_by_zero),
		cmocka_unit_test(context_is_empty),
		cmocka_unit_test(unary_and_moves),
		cmocka_unit_test(concatenation),
		cmocka_unit_test(string_comparison),
		cmocka_unit_test(matching),
		cmocka_unit_test(groups),
		cmocka_unit_test(costly_matches),
		cmocka_unit_test(sprint_cuts),
		cmocka_unit_test(scalars),
		cmocka_unit_test(fresh_registers),
		cmocka_unit_test(calls),
		cmocka_unit_test(loop),
		cmocka_unit_test(constants_in_place),
		cmocka_unit_test(printing),
		cmocka_unit_test(large_output),
		cmocka_unit_test(intrinsics_of_the_process),
		cmocka_unit_test(times),
		cmocka_unit_test(exit_goes_on),
		cmocka_unit_test(numbers_from_outside),
		cmocka_unit_test(strings_from_outside),
		cmocka_unit_test(refusals),
		cmocka_unit_test(kernel_handlers_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
