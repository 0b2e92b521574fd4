/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/strbuf.h"

#include "base/bug.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shared by all empty buffers; never written (cap 0 forces an allocation). */
char strbuf_empty[1];

void strbuf_init(struct strbuf *s)
{
	s->buf = strbuf_empty;
	s->len = s->cap = 0;
}

void strbuf_release(struct strbuf *s)
{
	if (s->cap)
		free(s->buf);
	strbuf_init(s);
}

void strbuf_reset(struct strbuf *s)
{
	s->len = 0;
	if (s->cap)
		s->buf[0] = 0;
}

void strbuf_cut(struct strbuf *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->buf[len] = 0;
}

void strbuf_reserve(struct strbuf *s, size_t more)
{
	size_t want = s->len + more + 1, cap = s->cap ? s->cap : 64;

	BUG_ON(more > SIZE_MAX / 4 || want > SIZE_MAX / 2);
	if (want <= s->cap)
		return;
	while (cap < want)
		cap *= 2;
	s->buf = xrealloc(s->cap ? s->buf : NULL, cap);
	s->cap = cap;
	s->buf[s->len] = 0;
}

void strbuf_add(struct strbuf *s, const void *bytes, size_t len)
{
	if (!len)
		return;
	strbuf_reserve(s, len);
	memcpy(s->buf + s->len, bytes, len);
	s->len += len;
	s->buf[s->len] = 0;
}

void strbuf_addstr(struct strbuf *s, const char *text)
{
	strbuf_add(s, text, strlen(text));
}

void strbuf_addch(struct strbuf *s, int c)
{
	if (s->len + 1 >= s->cap)
		strbuf_reserve(s, 1);
	s->buf[s->len++] = (char)c;
	s->buf[s->len] = 0;
}

void strbuf_fill(struct strbuf *s, int c, size_t n)
{
	if (!n)
		return;
	strbuf_reserve(s, n);
	memset(s->buf + s->len, c, n);
	s->len += n;
	s->buf[s->len] = 0;
}

void strbuf_vaddf(struct strbuf *s, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	strbuf_reserve(s, 64);
	va_copy(again, ap);
	n = vsnprintf(s->buf + s->len, s->cap - s->len, fmt, ap);
	BUG_ON(n < 0);
	if ((size_t)n >= s->cap - s->len) {
		strbuf_reserve(s, (size_t)n);
		vsnprintf(s->buf + s->len, s->cap - s->len, fmt, again);
	}
	va_end(again);
	s->len += (size_t)n;
}

void strbuf_addf(struct strbuf *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(s, fmt, ap);
	va_end(ap);
}

char *strbuf_detach(struct strbuf *s)
{
	char *p;

	strbuf_reserve(s, 0);
	p = s->buf;
	strbuf_init(s);
	return p;
}

void strbuf_add_escaped(struct strbuf *s, const char *bytes, size_t len)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			strbuf_addf(s, "\\%c", c);
		else if (c >= 7 && c <= 13)
			strbuf_addf(s, "\\%c", letters[c - 7]);
		else if (c < 32 || c >= 127)
			strbuf_addf(s, "\\%03o", c);
		else
			strbuf_addch(s, c);
	}
}
