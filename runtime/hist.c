/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Histograms: the rules of src/base/hist.c. */
#include "core.h"

#include <linux/bitops.h>

#define LOG_ZERO 64 /* the bucket of the value 0 */
#define WIDTH    50 /* most characters of a bar */
#define ELISION  2  /* empty rows kept around others */

static u32 log_bucket(s64 value)
{
	u64 size = value < 0 ? 0 - (u64)value : value;

	if (!value)
		return LOG_ZERO;
	return value < 0 ? LOG_ZERO - fls64(size) : LOG_ZERO + fls64(size);
}

u32 sp_hist_bucket(const struct sp_array *a, s64 value)
{
	u32 last = a->n_buckets - 1;
	u64 i;

	if (a->hist == SP_HIST_LOG)
		return log_bucket(value);
	if (value < a->lo)
		return 0;
	i = ((u64)value - (u64)a->lo) / (u64)a->step;
	return i < last - 1 ? i + 1 : last;
}

/* --- printing --- */

struct picture {
	const struct sp_array *a;
	const s64 *counts;
	u32 last;     /* bucket */
	u32 from, to; /* rows, inclusive */
	u64 max;      /* of all counts */
	u32 value_width, count_width;
};

/* The rows worth showing: from the first to the last count and two more. */
static void choose_rows(struct picture *p)
{
	bool log = p->a->hist == SP_HIST_LOG;
	u32 i;

	for (p->from = 0; p->from < p->last && !p->counts[p->from];)
		p->from++;
	for (p->to = p->last; p->to > p->from && !p->counts[p->to];)
		p->to--;
	for (i = 0; i < 2; i++) {
		if (p->from && !(log && p->from == LOG_ZERO))
			p->from--;
		if (p->to < p->last)
			p->to++;
	}
	if (log)
		return;
	if (!p->from && !p->counts[0])
		p->from++;
	if (p->to == p->last && !p->counts[p->last])
		p->to--;
}

/* The number in front of a row. */
static s64 label(const struct picture *p, u32 i)
{
	u64 lo = p->a->lo, step = p->a->step;

	if (p->a->hist == SP_HIST_LOG) {
		if (i == LOG_ZERO)
			return 0;
		if (i > LOG_ZERO)
			return 1ull << (i - LOG_ZERO - 1);
		return S64_MIN >> i;
	}
	if (!i)
		return lo;
	if (i == p->last)
		i--;
	return lo + (u64)(i - 1) * step;
}

static const char *prefix(const struct picture *p, u32 i)
{
	if (p->a->hist == SP_HIST_LOG)
		return "";
	return !i ? "<" : i == p->last ? ">" : "";
}

static u32 digits(s64 n)
{
	char text[24];

	return scnprintf(text, sizeof(text), "%lld", n);
}

static u32 label_width(const struct picture *p, u32 i)
{
	s64 n = label(p, i);

	if (p->a->hist == SP_HIST_LINEAR && i == p->to)
		n = (u64)p->a->lo + (u64)p->a->step * p->to;
	else if (p->a->hist == SP_HIST_LINEAR)
		n = p->a->lo;
	return digits(n) + (*prefix(p, i) != 0);
}

static void measure(struct picture *p)
{
	u32 i;

	p->value_width = max3(label_width(p, p->from), label_width(p, p->to),
			      (u32)5);
	for (i = 0; i <= p->last; i++)
		p->max = max_t(u64, p->max, p->counts[i]);
	p->count_width = digits(p->max);
}

/* Whether a row and those around it are empty. */
static bool elided(const struct picture *p, u32 i)
{
	u32 a = i > p->from + ELISION ? i - ELISION : p->from;
	u32 b = i + ELISION < p->to ? i + ELISION : p->to;

	for (; a <= b; a++)
		if (p->counts[a])
			return false;
	return true;
}

static void add_row(const struct picture *p, u32 i, struct sp_sink *s)
{
	s64 value = label(p, i);
	int left = (int)p->value_width - (int)digits(value);
	u64 scale = 1, bar;

	if (p->max > WIDTH)
		scale = (p->max + WIDTH - 1) / WIDTH;
	bar = (u64)p->counts[i] / scale;
	sp_putf(s, "%*s%lld |", left > 0 ? left : 0, prefix(p, i), value);
	sp_fill(s, '@', bar);
	sp_putf(s, "%*lld\n", (int)(WIDTH - bar + 1 + p->count_width),
		p->counts[i]);
}

void sp_hist_draw(const struct sp_array *a, const s64 *counts,
		  struct sp_sink *s)
{
	struct picture p = { .a = a, .counts = counts,
			     .last = a->n_buckets - 1 };
	bool gap = false;
	u32 i;

	choose_rows(&p);
	measure(&p);
	sp_putf(s, "%*s |", (int)p.value_width, "value");
	sp_fill(s, '-', WIDTH);
	sp_put(s, " count\n", 7);
	for (i = p.from; i <= p.to; i++) {
		if (elided(&p, i)) {
			gap = true;
			continue;
		}
		if (gap)
			sp_putf(s, "%*s ~\n", (int)p.value_width, "");
		gap = false;
		add_row(&p, i, s);
	}
	sp_put(s, "\n", 1);
}
