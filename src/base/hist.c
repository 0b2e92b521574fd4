/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hist.h"

#include <inttypes.h>
#include <stdio.h>

uint32_t hist_buckets(const struct hist *h)
{
	uint64_t span;

	switch (h->kind) {
	case HIST_NONE:
		return 0;
	case HIST_LOG:
		return HIST_LOG_BUCKETS;
	case HIST_LINEAR:
		break;
	}
	if (h->step <= 0 || h->hi < h->lo)
		return 0;
	span = ((uint64_t)h->hi - (uint64_t)h->lo) / (uint64_t)h->step;
	if (span > HIST_MAX_BUCKETS - 3)
		return 0;
	return (uint32_t)span + 3;
}

static uint32_t log_bucket(int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint32_t bits;

	if (!value)
		return HIST_LOG_ZERO;
	bits = 64 - (uint32_t)__builtin_clzll(size);
	return value < 0 ? HIST_LOG_ZERO - bits : HIST_LOG_ZERO + bits;
}

uint32_t hist_bucket(const struct hist *h, int64_t value)
{
	uint32_t last;
	uint64_t i;

	if (h->kind == HIST_LOG)
		return log_bucket(value);
	if (value < h->lo)
		return 0;
	last = hist_buckets(h) - 1;
	i = ((uint64_t)value - (uint64_t)h->lo) / (uint64_t)h->step;
	return i < last - 1 ? (uint32_t)i + 1 : last;
}

/* --- printing --- */

struct picture {
	const struct hist *h;
	const int64_t *counts;
	uint32_t last;     /* bucket */
	uint32_t from, to; /* rows, inclusive */
	uint64_t max;      /* of all counts */
	unsigned value_width, count_width;
	uint32_t width, elision;
};

/* The rows worth showing: from the first to the last count and two more. */
static void choose_rows(struct picture *p)
{
	bool log = p->h->kind == HIST_LOG;
	unsigned i;

	for (p->from = 0; p->from < p->last && !p->counts[p->from];)
		p->from++;
	for (p->to = p->last; p->to > p->from && !p->counts[p->to];)
		p->to--;
	for (i = 0; i < 2; i++) {
		if (p->from && !(log && p->from == HIST_LOG_ZERO))
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
static int64_t label(const struct picture *p, uint32_t i)
{
	uint64_t lo = (uint64_t)p->h->lo, step = (uint64_t)p->h->step;

	if (p->h->kind == HIST_LOG) {
		if (i == HIST_LOG_ZERO)
			return 0;
		if (i > HIST_LOG_ZERO)
			return (int64_t)((uint64_t)1
					 << (i - HIST_LOG_ZERO - 1));
		return INT64_MIN >> i;
	}
	if (!i)
		return (int64_t)lo;
	if (i == p->last)
		i--;
	return (int64_t)(lo + (uint64_t)(i - 1) * step);
}

static const char *prefix(const struct picture *p, uint32_t i)
{
	if (p->h->kind == HIST_LOG)
		return "";
	return !i ? "<" : i == p->last ? ">" : "";
}

static unsigned digits(int64_t n)
{
	char text[24];

	return (unsigned)snprintf(text, sizeof(text), "%" PRId64, n);
}

static unsigned label_width(const struct picture *p, uint32_t i)
{
	int64_t n = label(p, i);

	if (p->h->kind == HIST_LINEAR && i == p->to)
		n = (int64_t)((uint64_t)p->h->lo +
			      (uint64_t)p->h->step * p->to);
	else if (p->h->kind == HIST_LINEAR)
		n = p->h->lo;
	return digits(n) + (*prefix(p, i) != 0);
}

static void measure(struct picture *p)
{
	unsigned at_from = label_width(p, p->from);
	unsigned at_to = label_width(p, p->to);
	uint32_t i;

	p->value_width = at_from > at_to ? at_from : at_to;
	if (p->value_width < 5)
		p->value_width = 5;
	for (i = 0; i <= p->last; i++)
		if ((uint64_t)p->counts[i] > p->max)
			p->max = (uint64_t)p->counts[i];
	p->count_width = digits((int64_t)p->max);
}

/* Whether a row and those around it are empty. */
static bool elided(const struct picture *p, uint32_t i)
{
	uint32_t a = i > p->from + p->elision ? i - p->elision : p->from;
	uint32_t b = i + p->elision < p->to ? i + p->elision : p->to;

	for (; a <= b; a++)
		if (p->counts[a])
			return false;
	return true;
}

static void add_row(const struct picture *p, uint32_t i, struct strbuf *out)
{
	uint64_t scale = 1, bar, n;
	int64_t value = label(p, i);
	int left = (int)p->value_width - (int)digits(value);

	if (p->max > p->width)
		scale = (p->max - 1) / p->width + 1;
	bar = (uint64_t)p->counts[i] / scale;
	strbuf_addf(out, "%*s%" PRId64 " |", left > 0 ? left : 0,
		    prefix(p, i), value);
	for (n = 0; n < bar; n++)
		strbuf_addch(out, '@');
	strbuf_addf(out, "%*" PRId64 "\n",
		    (int)(p->width - bar + 1 + p->count_width),
		    p->counts[i]);
}

void hist_render(const struct hist *h, const int64_t *counts,
		 struct strbuf *out)
{
	hist_render_as(h, counts, HIST_WIDTH, HIST_ELISION, out);
}

void hist_render_as(const struct hist *h, const int64_t *counts,
		    uint32_t width, uint32_t elision, struct strbuf *out)
{
	struct picture p = { .h = h,
			     .counts = counts,
			     .width = width,
			     .elision = elision };
	bool gap = false;
	uint32_t i;

	p.last = hist_buckets(h) - 1;
	choose_rows(&p);
	measure(&p);
	strbuf_addf(out, "%*s |", (int)p.value_width, "value");
	for (i = 0; i < width; i++)
		strbuf_addch(out, '-');
	strbuf_addstr(out, " count\n");
	for (i = p.from; i <= p.to; i++) {
		if (elided(&p, i)) {
			gap = true;
			continue;
		}
		if (gap)
			strbuf_addf(out, "%*s ~\n", (int)p.value_width, "");
		gap = false;
		add_row(&p, i, out);
	}
	strbuf_addch(out, '\n');
}
