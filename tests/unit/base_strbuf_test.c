/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of growing byte buffers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"

static void adds(void **state)
{
	struct strbuf s = STRBUF_INIT;
	int i;

	(void)state;
	assert_string_equal(s.buf, "");
	strbuf_add(&s, "ab\0c", 4);
	strbuf_addch(&s, 'd');
	strbuf_addstr(&s, "");
	strbuf_addstr(&s, "ef");
	strbuf_fill(&s, '-', 3);
	strbuf_fill(&s, '-', 0);
	assert_int_equal(s.len, 10);
	assert_memory_equal(s.buf, "ab\0cdef---", 11);
	strbuf_reset(&s);
	assert_int_equal(s.len, 0);
	assert_string_equal(s.buf, "");
	for (i = 0; i < 1000; i++)
		strbuf_addch(&s, 'a' + i % 26);
	assert_int_equal(s.len, 1000);
	assert_int_equal(strlen(s.buf), 1000);
	assert_true(s.cap > s.len);
	assert_int_equal(s.buf[999], 'a' + 999 % 26);
	strbuf_release(&s);
	assert_string_equal(s.buf, "");
	strbuf_release(&s);
}

static void formats(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	strbuf_addf(&s, "%d %s", 5, "x");
	strbuf_addf(&s, "%s", "");
	assert_string_equal(s.buf, "5 x");
	/* just as long as the room there is, and one less and more */
	strbuf_reset(&s);
	strbuf_addf(&s, "%0*d", (int)s.cap - 1, 1);
	assert_int_equal(s.len, strlen(s.buf));
	strbuf_reset(&s);
	strbuf_addf(&s, "%0*d", (int)s.cap, 1);
	assert_int_equal(s.len, strlen(s.buf));
	strbuf_addf(&s, "%0100000d", 1);
	assert_int_equal(s.len, strlen(s.buf));
	strbuf_release(&s);
}

static void detaches(void **state)
{
	struct strbuf s = STRBUF_INIT;
	char *p = strbuf_detach(&s);

	(void)state;
	assert_string_equal(p, "");
	free(p);
	strbuf_addstr(&s, "abc");
	p = strbuf_detach(&s);
	assert_string_equal(p, "abc");
	assert_int_equal(s.len, 0);
	assert_string_equal(s.buf, "");
	free(p);
}

static void empty_after_reset(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	strbuf_reset(&s);
	strbuf_reserve(&s, 0);
	assert_int_equal(s.len, 0);
	assert_string_equal(s.buf, "");
	strbuf_release(&s);
}

static void escapes(void **state)
{
	struct strbuf s = STRBUF_INIT;

	(void)state;
	strbuf_add_escaped(&s, "a\"\\\a\b\t\n\v\f\r\0011\x7f\xff z\0", 17);
	assert_string_equal(s.buf, "a\\\"\\\\\\a\\b\\t\\n\\v\\f\\r\\0011"
				   "\\177\\377 z\\000");
	strbuf_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds),
		cmocka_unit_test(formats),
		cmocka_unit_test(detaches),
		cmocka_unit_test(empty_after_reset),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
