/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passes: IR text in, IR text out; the result still passes the checker. */
#include "ir/ir.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "spile-ir 1\nname \"\"\n"

/* The text after the pass, in out. */
static void run_pass(int (*pass)(struct ir_prog *p), const char *text,
		     struct strbuf *out)
{
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_parse(&arena, text, strlen(text), out);

	assert_string_equal(out->buf, "");
	assert_non_null(p);
	assert_int_equal(pass(p), 0);
	ir_check(p, out);
	assert_string_equal(out->buf, "");
	ir_print(p, out);
	arena_release(&arena);
}

static void expect(int (*pass)(struct ir_prog *p), const char *before,
		   const char *after)
{
	struct strbuf out = STRBUF_INIT;

	run_pass(pass, before, &out);
	assert_string_equal(out.buf, after);
	strbuf_release(&out);
}

static void test_clean_blocks(void **state)
{
	(void)state;
	expect(ir_pass_clean,
	       HEAD "handler h\nreg r0:i64\n"
		    "b0:\njmp b3\n"
		    "b1:\nunlock\njmp b1\n"
		    "b2:\nr0 = intrin pid\nret\n"
		    "b3:\nlock\njmp b4\n"
		    "b4:\nunlock\nbr r0, b2, b5\n"
		    "b5:\nintrin exit\njmp b2\n",
	       HEAD "\nhandler h\n  reg r0:i64\n"
		    "b0:\n  lock\n  unlock\n  br r0, b1, b2\n"
		    "b1:\n  r0 = intrin pid\n  ret\n"
		    "b2:\n  intrin exit\n  jmp b1\n");
}

static void test_clean_jumps(void **state)
{
	(void)state;
	expect(ir_pass_clean,
	       HEAD "handler h\nreg r0:i64, r1:str\n"
		    "b0:\nbr r0, b1, b2\nb1:\njmp b3\nb2:\njmp b1\n"
		    "b3:\nintrin error, r1 err b4\njmp b6\n"
		    "b4:\njmp b5\nb5:\nfail\nb6:\nret\n",
	       HEAD "\nhandler h\n  reg r0:i64, r1:str[512]\n"
		    "b0:\n  intrin error, r1 err b1\n  ret\nb1:\n  fail\n");
}

static void test_clean_loops(void **state)
{
	(void)state;
	expect(ir_pass_clean, HEAD "handler h\nb0:\njmp b1\nb1:\njmp b0\n",
	       HEAD "\nhandler h\nb0:\n  jmp b0\n");
}

static void test_clean_unused(void **state)
{
	(void)state;
	expect(ir_pass_clean,
	       HEAD "global @n: i64\nhandler h\n"
		    "reg r0:i64, r1:i64, r2:i64, r3:str, r4:i64\n"
		    "b0:\nr0 = const 1\nr1 = add r0, r0\nr2 = neg r1\n"
		    "r3 = str \"x\"\nr4 = intrin pid\nr4 = gget @n\n"
		    "r0 = div r4, r4 err b1\nret\nb1:\nfail\n",
	       HEAD "global @n: i64\n\nhandler h\n"
		    "  reg r0:i64, r1:i64, r2:i64, r3:str[512], r4:i64\n"
		    "b0:\n  r4 = intrin pid\n  r4 = gget @n\n"
		    "  r0 = div r4, r4 err b1\n  ret\nb1:\n  fail\n");
}

static void test_clean_ticks(void **state)
{
	(void)state;
	/* straight: no run can use up the actions; the place goes too */
	expect(ir_pass_clean,
	       HEAD "loc !0 \"x\"\nloc !1 \"y\"\nhandler h\nreg r0:str\n"
		    "b0:\ntick 3 !0\nr0 = intrin execname\n"
		    "intrin error, r0 err b1 !1\nret\nb1:\ntick 7\nfail\n",
	       HEAD "loc !0 \"y\"\n\nhandler h\n  reg r0:str[512]\n"
		    "b0:\n  r0 = intrin execname\n"
		    "  intrin error, r0 err b1 !0\n  ret\nb1:\n  fail\n");
	/* the limit is small, there is a loop, there is a call */
	expect(ir_pass_clean,
	       HEAD "limit maxaction 2\nhandler h\nb0:\ntick 3\nret\n",
	       HEAD "limit maxaction 2\n\nhandler h\nb0:\n  tick 3\n  ret\n");
	expect(ir_pass_clean, HEAD "handler h\nb0:\ntick 3\njmp b0\n",
	       HEAD "\nhandler h\nb0:\n  tick 3\n  jmp b0\n");
	expect(ir_pass_clean,
	       HEAD "handler h\nreg r0:i64\nb0:\ntick 3\nr0 = intrin pid\n"
		    "br r0, b1, b2\nb1:\ntick 1\njmp b2\n"
		    "b2:\nr0 = intrin tid\nbr r0, b1, b3\nb3:\nret\n",
	       HEAD "\nhandler h\n  reg r0:i64\nb0:\n  tick 3\n"
		    "  r0 = intrin pid\n  br r0, b1, b2\n"
		    "b1:\n  tick 1\n  jmp b2\n"
		    "b2:\n  r0 = intrin tid\n  br r0, b1, b3\nb3:\n  ret\n");
	expect(ir_pass_clean,
	       HEAD "handler h\nb0:\ntick 3\ncall f err b1\nret\nb1:\nfail\n"
		    "function f()\nb0:\ntick 1\nret\n",
	       HEAD "\nhandler h\nb0:\n  tick 3\n  call f err b1\n  ret\n"
		    "b1:\n  fail\n\nfunction f()\nb0:\n  tick 1\n  ret\n");
}

/* The bounds of the str registers of the function named f after the pass, in
 * order; text is what follows the declarations. */
static void expect_bounds(const char *text, const char *bounds)
{
	struct strbuf err = STRBUF_INIT, got = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct ir_prog *p = ir_parse(&arena, text, strlen(text), &err);
	const struct ir_var *v;
	const struct ir_fn *f;
	uint32_t i;

	assert_string_equal(err.buf, "");
	assert_int_equal(ir_pass_bounds(p), 0);
	for (i = 0; i < p->globals.len; i++)
		if (p->globals.at[i].type == IR_STR)
			strbuf_addf(&got, "%s %u, ", p->globals.at[i].name,
				    p->globals.at[i].bound);
	f = p->fns.at[0];
	vec_foreach(v, &f->regs)
		if (v->type == IR_STR)
			strbuf_addf(&got, "%u ", v->bound);
	assert_string_equal(got.buf, bounds);
	ir_check(p, &err);
	assert_string_equal(err.buf, "");
	strbuf_release(&err);
	strbuf_release(&got);
	arena_release(&arena);
}

static void test_bounds_values(void **state)
{
	(void)state;
	/* literal, intrinsic, concatenation, copy, unset, error text */
	expect_bounds(HEAD "handler h\nreg r0:str, r1:str, r2:str, r3:str, "
			   "r4:str, r5:str, r6:i64\n"
			   "b0:\nr0 = str \"four\"\nr1 = intrin execname\n"
			   "r2 = cat r0, r1\nr3 = mov r2\n"
			   "r6 = div r6, r6 err b1\nret\n"
			   "b1:\nr5 = errmsg\nret\n",
		      "5 16 20 20 1 512 ");
	/* the longest of several; the cap */
	expect_bounds(HEAD "limit maxstringlen 10\n"
			   "handler h\nreg r0:str, r1:str\n"
			   "b0:\nr0 = str \"a\"\nr0 = str \"abc\"\n"
			   "r0 = str \"\"\nr1 = str \"0123456789abcdef\"\n"
			   "r1 = intrin execname\nret\n",
		      "4 10 ");
}

static void test_bounds_globals(void **state)
{
	(void)state;
	/* values and keys through arrays; scalars can be set from outside */
	expect_bounds(HEAD "global @s: str = \"abc\"\n"
			   "global @a[str, i64]: str size 1\n"
			   "handler h\nreg r0:str, r1:str, r2:str, r3:str, "
			   "r4:str, r5:str, r6:i64\niter i0 @a\n"
			   "b0:\nr0 = str \"four\"\nr1 = intrin execname\n"
			   "mset @a, r0, r1, r6 err b1\n"
			   "r2 = mget @a, r1, r6\nr3 = gget @s\n"
			   "ibegin i0 err b1\njmp b2\nb1:\nfail\n"
			   "b2:\ninext i0, b3, b4\n"
			   "b3:\nr4 = ikey i0, 0\nr5 = ival i0\njmp b2\n"
			   "b4:\niend i0\nret\n",
		      "s 512, a 5, 5 16 5 512 16 5 ");
	/* a key looked up is a key */
	expect_bounds(HEAD "global @a[str]: i64 size 1\n"
			   "handler h\nreg r0:str, r1:str, r2:str, r3:i64\n"
			   "iter i0 @a\n"
			   "b0:\nr0 = str \"a\"\nr1 = str \"abcdef\"\n"
			   "madd @a, r3, r0 err b1\nr3 = mhas @a, r1\n"
			   "ibegin i0 err b1\njmp b2\nb1:\nfail\n"
			   "b2:\ninext i0, b3, b4\n"
			   "b3:\nr2 = ikey i0, 0\njmp b2\n"
			   "b4:\niend i0\nret\n",
		      "2 7 7 ");
}

static void test_bounds_calls(void **state)
{
	(void)state;
	/* arguments in, results out, before the callee is seen */
	expect_bounds(HEAD "handler h\nreg r0:str, r1:str\n"
			   "b0:\nr0 = str \"four\"\nr1 = call f, r0 err b1\n"
			   "ret\nb1:\nfail\n"
			   "function f(r0:str s): str\nreg r1:str, r2:str\n"
			   "b0:\nr1 = str \"xy\"\nr2 = cat r0, r1\nret r2\n",
		      "5 7 ");
	/* text that grows by itself goes to the cap */
	expect_bounds(HEAD "handler h\nreg r0:str, r1:str\n"
			   "b0:\nr0 = str \"x\"\nr1 = cat r1, r0\njmp b0\n",
		      "2 512 ");
}

/* One sprint of this format; d and s arguments as the letters say. */
static void expect_sprint(const char *fmt, const char *args,
			  const char *bounds)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text,
		    HEAD "handler h\nreg r0:str, r1:str, r2:i64\n"
			 "b0:\nr0 = str \"four\"\nr1 = sprint \"%s\"", fmt);
	for (; *args; args++)
		strbuf_addstr(&text, *args == 's' ? ", r0" : ", r2");
	strbuf_addstr(&text, "\nret\n");
	expect_bounds(text.buf, bounds);
	strbuf_release(&text);
}

static void test_bounds_formats(void **state)
{
	(void)state;
	expect_sprint("abc%%", "", "5 5 ");
	expect_sprint("%d", "d", "5 21 ");
	expect_sprint("<%d>", "d", "5 23 ");
	expect_sprint("%30d", "d", "5 31 ");
	expect_sprint("%.40d", "d", "5 42 ");
	expect_sprint("%x", "d", "5 19 ");
	expect_sprint("%p", "d", "5 19 ");
	expect_sprint("%s.", "s", "5 7 ");
	expect_sprint("%.2s", "s", "5 4 ");
	expect_sprint("%.9s", "s", "5 6 ");
	expect_sprint("%9s", "s", "5 10 ");
	expect_sprint("%.*s", "ds", "5 6 ");
	expect_sprint("%*s", "ds", "5 512 ");
	expect_sprint("%.*d", "dd", "5 512 ");
	expect_sprint("%c", "d", "5 5 ");
	expect_sprint("%4294967295d%s", "ds", "5 512 ");
}

#define LATE_HEAD HEAD "format \"%s %d\"\nprobe syscall h \"p\" s0=\"read\"\n\n"

/* What only makes a printed text moves; a function of a print comes along. */
static void test_late(void **state)
{
	(void)state;
	expect(ir_pass_late,
	       LATE_HEAD
	       "function f(r0:i64): str\nreg r1:str\n"
	       "b0:\nr1 = intrin errno_str, r0\nret r1\n"
	       "handler h\nreg r0:i64, r1:str, r2:i64\n"
	       "b0:\nr0 = intrin pid\nr1 = call f, r0 err b1\n"
	       "r2 = intrin tid\nprint \"%s %d\", r1, r2\nret\n"
	       "b1:\nfail\n",
	       LATE_HEAD
	       "function f(r0:i64): str[512]\n  reg r1:str[512]\n"
	       "b0:\n  r1 = intrin errno_str, r0\n  ret r1\n\n"
	       "handler h\n  reg r0:i64, r1:str[512], r2:i64\n"
	       "b0:\n  r0 = intrin pid\n  r2 = intrin tid\n"
	       "  later later_2, r0, r2\n  ret\nb1:\n  fail\n\n"
	       "function later_2(r0:i64, r1:i64)\n  reg r2:str[512]\n"
	       "b0:\n  r2 = call f, r0 err b1\n  print \"%s %d\", r2, r1\n"
	       "  ret\nb1:\n  fail\n");
}

#define STAYS(regs, body)                                                     \
	LATE_HEAD "handler h\n  reg " regs "\n" body

static void expect_stays(const char *text)
{
	expect(ir_pass_late, text, text);
}

/* What is read elsewhere, or would read another value at the print, stays. */
static void test_late_stays(void **state)
{
	(void)state;
	expect_stays(STAYS("r0:i64, r1:str[512], r2:i64",
			   "b0:\n  r1 = intrin errno_str, r0\n"
			   "  r2 = intrin strlen, r1\n"
			   "  print \"%s %d\", r1, r2\n"
			   "  r0 = icmp eq r2, r0\n  br r0, b1, b1\n"
			   "b1:\n  ret\n"));
	expect_stays(STAYS("r0:i64, r1:str[512]",
			   "b0:\n  r0 = const 2\n"
			   "  r1 = intrin errno_str, r0\n"
			   "  r0 = intrin pid\n"
			   "  print \"%s %d\", r1, r0\n  ret\n"));
	expect_stays(STAYS("r0:i64, r1:str[512]",
			   "b0:\n  br r0, b1, b2\n"
			   "b1:\n  r1 = intrin errno_str, r0\n  jmp b2\n"
			   "b2:\n  print \"%s %d\", r1, r0\n  ret\n"));
	expect_stays(HEAD "format \"%s %d\"\nprobe begin h \"begin\"\n\n"
		     "handler h\n  reg r0:i64, r1:str[512]\n"
		     "b0:\n  r1 = intrin errno_str, r0\n"
		     "  print \"%s %d\", r1, r0\n  ret\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_blocks),
		cmocka_unit_test(test_clean_jumps),
		cmocka_unit_test(test_clean_loops),
		cmocka_unit_test(test_clean_unused),
		cmocka_unit_test(test_clean_ticks),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_late_stays),
		cmocka_unit_test(test_bounds_values),
		cmocka_unit_test(test_bounds_globals),
		cmocka_unit_test(test_bounds_calls),
		cmocka_unit_test(test_bounds_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
