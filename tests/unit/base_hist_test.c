/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histograms: buckets at their borders, and pictures. */
#include "base/hist.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct hist log_hist = { .kind = HIST_LOG };

static void test_log(void **state)
{
	unsigned k;

	(void)state;
	assert_int_equal(hist_buckets(&log_hist), 128);
	assert_int_equal(hist_bucket(&log_hist, 0), 64);
	assert_int_equal(hist_bucket(&log_hist, INT64_MIN), 0);
	assert_int_equal(hist_bucket(&log_hist, INT64_MAX), 127);
	/* 2^(k-1) is the first of bucket 64 + k, 2^k - 1 its last. */
	for (k = 1; k < 64; k++) {
		int64_t first = (int64_t)1 << (k - 1);
		int64_t last = first - 1 + first;

		assert_int_equal(hist_bucket(&log_hist, first), 64 + k);
		assert_int_equal(hist_bucket(&log_hist, last), 64 + k);
		assert_int_equal(hist_bucket(&log_hist, -first), 64 - k);
		assert_int_equal(hist_bucket(&log_hist, -last), 64 - k);
	}
}

static void test_linear(void **state)
{
	static const struct {
		struct hist h;
		uint32_t buckets;
		int64_t value;
		uint32_t bucket;
	} rows[] = {
		{ { HIST_LINEAR, 0, 100, 10 }, 13, -1, 0 },
		{ { HIST_LINEAR, 0, 100, 10 }, 13, 0, 1 },
		{ { HIST_LINEAR, 0, 100, 10 }, 13, 9, 1 },
		{ { HIST_LINEAR, 0, 100, 10 }, 13, 109, 11 },
		{ { HIST_LINEAR, 0, 100, 10 }, 13, 110, 12 },
		{ { HIST_LINEAR, 0, 10, 3 }, 6, 11, 4 },
		{ { HIST_LINEAR, 0, 10, 3 }, 6, 12, 5 },
		{ { HIST_LINEAR, 0, 125, 1 }, 128, INT64_MAX, 127 },
		{ { HIST_LINEAR, 5, 5, 1 }, 3, 5, 1 },
		{ { HIST_LINEAR, INT64_MIN, INT64_MAX, INT64_MAX }, 5, 0, 2 },
		{ { HIST_LINEAR, INT64_MIN, INT64_MIN + 9, 1 }, 12, INT64_MAX,
		  11 },
		{ { HIST_LINEAR, -9, -1, 2 }, 7, -10, 0 },
	};
	static const struct hist bad[] = {
		{ HIST_LINEAR, 0, 126, 1 },
		{ HIST_LINEAR, 0, 10, 0 },
		{ HIST_LINEAR, 0, 10, -1 },
		{ HIST_LINEAR, 1, 0, 1 },
		{ HIST_LINEAR, INT64_MIN, INT64_MAX, 1 },
		{ HIST_NONE, 0, 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(hist_buckets(&rows[i].h), rows[i].buckets);
		assert_int_equal(hist_bucket(&rows[i].h, rows[i].value),
				 rows[i].bucket);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(hist_buckets(&bad[i]), 0);
}

#define DASHES "--------------------------------------------------"
#define BLANKS "                                                  "
#define FIFTY  "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"

static void check_picture(const struct hist *h, const int64_t *counts,
			  const char *want)
{
	struct strbuf out = STRBUF_INIT;

	hist_render(h, counts, &out);
	assert_string_equal(out.buf, want);
	strbuf_release(&out);
}

static void test_pictures(void **state)
{
	static const struct hist h = { HIST_LINEAR, 0, 70, 10 };
	static const struct hist wide = { HIST_LINEAR, -900000, 100000,
					  1000000 };
	int64_t counts[128] = { 0 };

	(void)state;
	counts[1] = 101;
	counts[8] = 2;
	check_picture(&h, counts,
		      "value |" DASHES " count\n"
		      "    0 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@"
		      "                  101\n"
		      "   10 |                                     "
		      "                0\n"
		      "   20 |                                     "
		      "                0\n"
		      "      ~\n"
		      "   50 |                                     "
		      "                0\n"
		      "   60 |                                     "
		      "                0\n"
		      "   70 |                                     "
		      "                2\n\n");
	memset(counts, 0, sizeof(counts));
	counts[0] = 50;
	counts[3] = 50;
	check_picture(&wide, counts,
		      "   value |" DASHES " count\n"
		      "<-900000 |" FIFTY " 50\n"
		      " -900000 |" BLANKS "  0\n"
		      "  100000 |" BLANKS "  0\n"
		      " >100000 |" FIFTY " 50\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
