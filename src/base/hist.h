/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Histograms: which bucket a value falls into, and how one is printed
 * (language.md section 12). All executors count by these rules.
 *
 * Logarithmic: 128 buckets; number 64 counts the value 0, number 64 + k the
 * values 2^(k-1) … 2^k - 1, those below 64 mirrored. Linear: bucket 0 counts
 * what is below lo, the last one what lies behind the others.
 */
#ifndef SPILE_BASE_HIST_H
#define SPILE_BASE_HIST_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

#define HIST_LOG_BUCKETS 128
#define HIST_LOG_ZERO    64  /* the bucket of the value 0 */
#define HIST_MIN_BUCKETS 3
#define HIST_MAX_BUCKETS 128
#define HIST_WIDTH       50 /* most characters of a bar */
#define HIST_ELISION     2  /* empty rows kept around others */

enum hist_kind { HIST_NONE, HIST_LOG, HIST_LINEAR };

struct hist {
	enum hist_kind kind;
	int64_t lo, hi, step; /* linear only */
};

/* Number of buckets; 0 if there is no histogram, or if the parameters of a
 * linear one give less than HIST_MIN_BUCKETS or more than HIST_MAX_BUCKETS. */
uint32_t hist_buckets(const struct hist *h);
/* The bucket that counts a value; h is a histogram with buckets. */
uint32_t hist_bucket(const struct hist *h, int64_t value);
/* Append the picture of hist_buckets(h) counts, with the empty line that ends
 * it. */
void hist_render(const struct hist *h, const int64_t *counts,
		 struct strbuf *out);
/* The same with bars of at most width characters, and so many empty rows kept
 * around others. */
void hist_render_as(const struct hist *h, const int64_t *counts,
		    uint32_t width, uint32_t elision, struct strbuf *out);

#endif
