/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/spec.h"

#include "base/glob.h"

#include <string.h>

#define MAX_RANGES 1024u
#define MAX_LINE   100000000

static bool scan_number(const char **at, int *out)
{
	const char *p = *at;
	long n = 0;

	for (; *p >= '0' && *p <= '9' && n <= MAX_LINE; p++)
		n = n * 10 + (*p - '0');
	if (p == *at || n > MAX_LINE)
		return false;
	*at = p;
	*out = (int)n;
	return true;
}

static bool scan_ranges(struct arena *a, const char *p, struct spec *out)
{
	for (;;) {
		struct spec_range r;

		if (!scan_number(&p, &r.first))
			return false;
		r.last = r.first;
		if (*p == '-') {
			p++;
			if (!scan_number(&p, &r.last) || r.last < r.first)
				return false;
		}
		vec_push(a, &out->ranges, r);
		if (!*p)
			return true;
		if (*p++ != ',' || out->ranges.len >= MAX_RANGES)
			return false;
	}
}

/* What stands behind the file's name. */
static bool scan_lines(struct arena *a, const char *p, struct spec *out)
{
	if (!*p)
		return true;
	if (!strcmp(p, ":*")) {
		out->lines = SPEC_EACH;
		return true;
	}
	out->lines = *p == '+' ? SPEC_AFTER : SPEC_LINES;
	if (!scan_ranges(a, p + 1, out))
		return false;
	return out->lines == SPEC_LINES ||
	       (out->ranges.len == 1 &&
		out->ranges.at[0].first == out->ranges.at[0].last);
}

/* Where the lines start: at a ':' or '+' with nothing but lines behind it. */
static size_t file_length(const char *text)
{
	const char *p = text + strlen(text);

	while (p > text && strchr("0123456789,-*", p[-1]))
		p--;
	if (p > text && *p && (p[-1] == ':' || p[-1] == '+'))
		return (size_t)(p - 1 - text);
	return strlen(text);
}

bool spec_parse(struct arena *a, const char *text, struct spec *out)
{
	const char *at = strchr(text, '@');
	size_t len = at ? (size_t)(at - text) : strlen(text), i, n;

	*out = (struct spec){ 0 };
	/* The last "::" outside a template's arguments divides. */
	for (i = len; i > 1; i--)
		if (text[i - 1] == ':' && text[i - 2] == ':')
			break;
	if (i > 1) {
		out->scope = arena_strndup(a, text, i - 2);
		text += i;
		len -= i;
	}
	if (!len || (at && !at[1]))
		return false;
	out->function = arena_strndup(a, text, len);
	if (!at)
		return true;
	n = file_length(at + 1);
	if (!n)
		return false;
	out->file = arena_strndup(a, at + 1, n);
	return scan_lines(a, at + 1 + n, out);
}

bool spec_has_file(const struct spec *s, const char *path)
{
	const char *p;

	if (!s->file)
		return true;
	if (!path)
		return false;
	if (glob_match(s->file, path))
		return true;
	for (p = strchr(path, '/'); p; p = strchr(p + 1, '/'))
		if (glob_match(s->file, p + 1))
			return true;
	return false;
}

bool spec_has_line(const struct spec *s, int line)
{
	const struct spec_range *r;

	if (s->lines != SPEC_LINES)
		return true;
	vec_foreach(r, &s->ranges)
		if (line >= r->first && line <= r->last)
			return true;
	return false;
}
