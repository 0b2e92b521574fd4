/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors, limits and the lock of the executor (language.md section 22). */
#include "vm_case.h"

#include <stdio.h>

#define LOCS                                     \
 "loc !0 \"operator '%' at s.stp:3:12\"\n"       \
 "loc !1 \"identifier 'inner' at s.stp:5:28\"\n" \
 "loc !2 \"identifier 'outer' at s.stp:8:11\"\n"

/* Every active call is named, innermost first. */
static void places(void **state)
{
	static const char text[] = LOCS CASE_BEGIN
		"handler h\n  reg r0:i64\n"
		"b0:\n  r0 = call outer, r0 err b1 !2\n  ret\n"
		"b1:\n  fail\n"
		"function outer(r0:i64): i64\n"
		"b0:\n  r0 = call inner, r0 err b1 !1\n  ret r0\n"
		"b1:\n  fail\n"
		"function inner(r0:i64): i64\n"
		"b0:\n  r0 = mod r0, r0 err b1 !0\n  ret r0\n"
		"b1:\n  fail\n";

	(void)state;
	case_raises(text,
		    "division by 0 near operator '%' at s.stp:3:12 (called "
		    "from identifier 'inner' at s.stp:5:28) (called from "
		    "identifier 'outer' at s.stp:8:11) in probe begin\n");
}

/* error() and raise, with and without a place; output stays. */
static void raised_texts(void **state)
{
	static const char intrin[] = LOCS CASE_BEGIN
		"handler h\n  reg r0:str[32]\n"
		"b0:\n  print \"out\"\n  r0 = str \"100% wrong\"\n"
		"  intrin error, r0 err b1 !1\n  print \"unreached\"\n  ret\n"
		"b1:\n  fail\n";
	static const char raise[] =
		CASE_BEGIN "handler h\n  reg r0:str[32]\n"
			   "b0:\n  r0 = str \"all functions exhausted\"\n"
			   "  raise r0 err b1\n"
			   "b1:\n  fail\n";
	struct vm_case c;

	(void)state;
	case_init(&c, intrin);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.out.buf, "out");
	assert_string_equal(c.errors.buf,
			    "100% wrong near identifier 'inner' at s.stp:5:28 "
			    "in probe begin\n");
	assert_int_equal(vm_session(c.vm)->state, SESSION_ERROR);
	case_end(&c);
	case_raises(raise, "all functions exhausted in probe begin\n");
}

/* An error in a function reaches the nearest caller that catches it. */
static void catching(void **state)
{
	static const char text[] = LOCS CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[64], r2:str[5]\n"
		"b0:\n  r0 = const 7\n  r0 = call a err b1 !0\n  ret\n"
		"b1:\n  r1 = errmsg\n  print \"%s %d \", r1, r0\n"
		"  r1 = str \"second\"\n  raise r1 err b2 !2\n"
		"b2:\n  r2 = errmsg\n  print \"%s\", r2\n  ret\n"
		"function a(): i64\n  reg r0:i64\n"
		"b0:\n  call b err b1\n  ret r0\n"
		"b1:\n  fail\n"
		"function b()\n  reg r0:str[64]\n"
		"b0:\n  r0 = str \"deep\"\n  intrin error, r0 err b1\n  ret\n"
		"b1:\n  fail\n";

	(void)state;
	case_prints(text, "deep 7 seco");
}

/* An error in a catch block goes outward with its own place. */
static void error_in_catch(void **state)
{
	static const char text[] = LOCS CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[64]\n"
		"b0:\n  r0 = div r0, r0 err b1 !0\n  ret\n"
		"b1:\n  r1 = errmsg\n  r0 = mod r0, r0 err b2 !2\n  ret\n"
		"b2:\n  fail\n";

	(void)state;
	case_raises(text, "division by 0 near identifier 'outer' at s.stp:8:11 "
			  "in probe begin\n");
}

/* fail when a call in between has used up the pending error. */
static void pending_error_is_lost(void **state)
{
	static const char text[] =
		LOCS CASE_BEGIN "handler h\n  reg r0:i64\n"
				"b0:\n  r0 = div r0, r0 err b1 !0\n  ret\n"
				"b1:\n  call f err b2\n  fail\n"
				"b2:\n  fail\n"
				"function f()\n  reg r0:i64, r1:str[8]\n"
				"b0:\n  r0 = div r0, r0 err b1\n  ret\n"
				"b1:\n  r1 = errmsg\n  ret\n";

	(void)state;
	case_raises(text, " in probe begin\n");
}

static void repeat(char *to, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = (char)('a' + i % 26);
	to[n] = 0;
}

/* A whole line is cut at 383 bytes, with its prefix. */
static void long_lines(void **state)
{
	char body[400], text[1024];
	struct vm_case c;

	(void)state;
	repeat(body, sizeof(body) - 1);
	snprintf(text, sizeof(text),
		 CASE_BEGIN "handler h\n  reg r0:str[512]\n"
			    "b0:\n  r0 = str \"%s\"\n  intrin warn, r0\n"
			    "  intrin error, r0 err b1\n  ret\nb1:\n  fail\n",
		 body);
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_int_equal(c.errors.len, 383 - strlen("ERROR: ") + 1);
	assert_memory_equal(c.errors.buf, body, c.errors.len - 1);
	assert_int_equal(c.warnings.len, 383 - strlen("WARNING: ") + 1);
	assert_memory_equal(c.warnings.buf, body, c.warnings.len - 1);
	case_end(&c);
}

/* Error n in maxerrors is tolerated, the next one ends the session. */
static void maxerrors(void **state)
{
	static const char text[] =
		"limit maxerrors 2\n" CASE_BEGIN "handler h\n  reg r0:i64\n"
		"b0:\n  r0 = div r0, r0 err b1\n  ret\nb1:\n  fail\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	vm_session(c.vm)->state = SESSION_RUNNING;
	vm_run(c.vm, 0);
	vm_run(c.vm, 0);
	assert_int_equal(vm_session(c.vm)->state, SESSION_RUNNING);
	vm_run(c.vm, 0);
	assert_int_equal(vm_session(c.vm)->state, SESSION_ERROR);
	assert_int_equal(vm_session(c.vm)->errors, 3);
	case_end(&c);
}

/* Exactly the allowed actions run, and no catch block stops the end. */
static void maxaction(void **state)
{
	static const char text[] =
		"limit maxaction 5\nlimit maxaction_interruptible 10000\n"
		"global @n: i64\n" LOCS CASE_BEGIN "handler h\n  reg r0:i64\n"
		"b0:\n  call spin err b1 !1\n  ret\n"
		"b1:\n  print \"caught\"\n  ret\n"
		"function spin()\n  reg r0:i64, r1:str[8]\n"
		"b0:\n  jmp b1\n"
		"b1:\n  tick 2 !2\n  r0 = const 1\n  gadd @n, r0\n  jmp b1\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.out.buf, "");
	assert_string_equal(c.errors.buf,
			    "MAXACTION exceeded near identifier 'outer' at "
			    "s.stp:8:11 (called from identifier 'inner' at "
			    "s.stp:5:28) in probe begin\n");
	case_end(&c);
	case_prints("limit maxaction_interruptible 10000\n" CASE_BEGIN
		    "handler h\n  reg r0:i64, r1:i64\n"
		    "b0:\n  r0 = const 5000\n  jmp b1\n"
		    "b1:\n  tick 2\n  r1 = const 1\n  r0 = sub r0, r1\n"
		    "  br r0, b1, b2\n"
		    "b2:\n  print \"enough\"\n  ret\n",
		    "enough");
}

/* Without any tick the hard budget ends loops, also of calls and of errors. */
static void hard_budget(void **state)
{
	static const char *const bodies[] = {
		"b0:\n  jmp b0\n",
		"b0:\n  br r0, b0, b0\n",
		"b0:\n  jmp b1\nb1:\n  r0 = div r0, r0 err b0\n  jmp b1\n",
		"b0:\n  r1 = str \"x\"\n  jmp b1\n"
		"b1:\n  raise r1 err b1\n",
		"b0:\n  ibegin i0 err b2\n  jmp b1\n"
		"b1:\n  inext i0, b1, b1\nb2:\n  fail\n",
		"b0:\n  r0 = icmp eq r0, r0\n  br r0, b0, b0\n",
	};
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		snprintf(text, sizeof(text),
			 "limit maxaction_interruptible 10\n"
			 "global @a[i64]: i64 size 8\n" CASE_BEGIN
			 "handler h\n  reg r0:i64, r1:str[8]\n"
			 "  iter i0 @a\n%s",
			 bodies[i]);
		case_raises(text, "MAXACTION exceeded in probe begin\n");
	}
}

/* Calls that double at each level are as many as jumps may be. */
static void hard_budget_of_calls(void **state)
{
	struct strbuf text = STRBUF_INIT;
	int i;

	(void)state;
	strbuf_addstr(&text, "limit maxnesting 100\n" CASE_BEGIN
			     "handler h\nb0:\n  call f0 err b1\n  ret\n"
			     "b1:\n  fail\n");
	for (i = 0; i < 60; i++)
		strbuf_addf(&text,
			    "function f%d()\nb0:\n  call f%d err b1\n"
			    "  call f%d err b1\n  ret\nb1:\n  fail\n",
			    i, i + 1, i + 1);
	strbuf_addstr(&text, "function f60()\nb0:\n  ret\n");
	case_raises(text.buf, "MAXACTION exceeded in probe begin\n");
	strbuf_release(&text);
}

/* Text and the beginning of a foreach cost more than a jump. */
static void hard_budget_of_large_things(void **state)
{
	static const char text[] =
		"limit maxaction_interruptible 10\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[8]\n"
		"b0:\n  print \"%60000d\", r0\n  r1 = sprint \"%60000d\", r0\n"
		"  jmp b0\n";
	static const char loops[] =
		"limit maxaction_interruptible 100\n"
		"global @a[i64]: i64 size 4096\nglobal @n: i64\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64\n  iter i0 @a\n"
		"b0:\n  r0 = const 2560\n  jmp b1\n"
		"b1:\n  mset @a, r0, r0 err b9\n  r1 = const 1\n"
		"  r0 = sub r0, r1\n  br r0, b1, b2\n"
		"b2:\n  r1 = const 1\n  gadd @n, r1\n  r2 = gget @n\n"
		"  r1 = const 300\n  r1 = icmp ge r2, r1\n  br r1, b4, b3\n"
		"b3:\n  ibegin i0, r0 err b9\n  iend i0\n  jmp b2\n"
		"b4:\n  print \"too many\"\n  jmp b2\n"
		"b9:\n  fail\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.errors.buf,
			    "MAXACTION exceeded in probe begin\n");
	/* 4256 to spend, 58 for each text and 1 for the jump. */
	assert_int_equal(c.out.len, 60000 * (4256 / 117 + 1));
	case_end(&c);
	case_init(&c, loops);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.out.buf, "");
	case_end(&c);
}

#define SUM                                                     \
 "function sum(r0:i64): i64\n  reg r1:i64, r2:i64\n"            \
 "b0:\n  br r0, b1, b2\n"                                       \
 "b1:\n  r1 = const 1\n  r2 = sub r0, r1\n"                     \
 "  r2 = call sum, r2 err b3 !2\n  r0 = add r0, r2\n  ret r0\n" \
 "b2:\n  ret r0\nb3:\n  fail\n"

/* maxnesting activations are fine, one more is an error that can be caught. */
static void maxnesting(void **state)
{
	static const char text[] =
		"limit maxnesting 20\n" LOCS CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[64]\n"
		"b0:\n  r0 = const 19\n  r0 = call sum, r0 err b2\n"
		"  print \"%d \", r0\n"
		"  r0 = const 20\n  r0 = call sum, r0 err b1\n  ret\n"
		"b1:\n  r1 = errmsg\n  print \"%s\", r1\n  ret\n"
		"b2:\n  fail\n" SUM;
	static const char chain[] =
		"limit maxnesting 2\n" LOCS CASE_BEGIN
		"handler h\n  reg r0:i64\n"
		"b0:\n  r0 = const 50\n  r0 = call sum, r0 err b1 !1\n  ret\n"
		"b1:\n  fail\n" SUM;

	(void)state;
	case_prints(text, "190 MAXNESTING exceeded");
	case_raises(chain,
		    "MAXNESTING exceeded near identifier 'outer' at s.stp:8:11 "
		    "(called from identifier 'outer' at s.stp:8:11) (called "
		    "from identifier 'inner' at s.stp:5:28) in probe begin\n");
}

/* The lock is held between lock and unlock, and given back after errors. */
static void lock_is_given_back(void **state)
{
	static const char text[] = CASE_BEGIN
		"probe end e \"end\" n0=0\n"
		"handler h\n  reg r0:i64\n"
		"b0:\n  lock\n  r0 = div r0, r0 err b1\n  unlock\n  ret\n"
		"b1:\n  unlock\n  fail\n"
		"handler e\n"
		"b0:\n  lock\n  jmp b1\nb1:\n  tick 1\n  jmp b1\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_int_equal(vm_session(c.vm)->lock, 0);
	assert_int_equal(vm_run(c.vm, 1), 1);
	assert_int_equal(vm_session(c.vm)->lock, 0);
	case_end(&c);
}

/* When the lock is not to be had the handler ends there, without an error. */
static void lock_time_out(void **state)
{
	static const char text[] =
		"limit maxtrylock 3\nlimit trylockdelay 1\n" CASE_BEGIN
		"handler h\n"
		"b0:\n  print \"before\"\n  lock\n  print \"inside\"\n"
		"  unlock\n  ret\n";
	struct vm_case c;

	(void)state;
	case_init(&c, text);
	vm_session(c.vm)->lock = 1;
	assert_int_equal(vm_run(c.vm, 0), 2);
	assert_string_equal(c.out.buf, "before");
	assert_string_equal(c.errors.buf, "");
	assert_int_equal(vm_session(c.vm)->skipped, 1);
	assert_int_equal(vm_session(c.vm)->errors, 0);
	assert_int_equal(vm_session(c.vm)->lock, 1);
	vm_session(c.vm)->lock = 0;
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_string_equal(c.out.buf, "beforebeforeinside");
	assert_int_equal(vm_session(c.vm)->lock, 0);
	case_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(raised_texts),
		cmocka_unit_test(catching),
		cmocka_unit_test(error_in_catch),
		cmocka_unit_test(pending_error_is_lost),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(maxerrors),
		cmocka_unit_test(maxaction),
		cmocka_unit_test(hard_budget),
		cmocka_unit_test(hard_budget_of_calls),
		cmocka_unit_test(hard_budget_of_large_things),
		cmocka_unit_test(maxnesting),
		cmocka_unit_test(lock_is_given_back),
		cmocka_unit_test(lock_time_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
