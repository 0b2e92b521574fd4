/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ir/ir_scan.h"

#include "ir/ir_text.h"

#include <inttypes.h>
#include <string.h>

void scan_init(struct scan *s, const char *text, size_t len,
	       struct strbuf *err)
{
	*s = (struct scan){
		.at = text,
		.end = text + len,
		.line = 1,
		.err = err,
		.text = STRBUF_INIT,
	};
}

void scan_release(struct scan *s)
{
	strbuf_release(&s->text);
}

bool scan_fail(struct scan *s, const char *fmt, ...)
{
	va_list ap;

	if (s->failed)
		return false;
	s->failed = true;
	strbuf_addf(s->err, "IR text line %u: ", s->line);
	va_start(ap, fmt);
	strbuf_vaddf(s->err, fmt, ap);
	va_end(ap);
	strbuf_addch(s->err, '.');
	return false;
}

char scan_peek(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
	if (s->at < s->end && *s->at == '#')
		while (s->at < s->end && *s->at != '\n')
			s->at++;
	if (s->at == s->end || *s->at == '\n')
		return 0;
	return *s->at ? *s->at : '?';
}

bool scan_next_line(struct scan *s)
{
	while (!s->failed && !scan_peek(s)) {
		if (s->at == s->end)
			return false;
		s->at++;
		s->line++;
	}
	return !s->failed;
}

bool scan_end_line(struct scan *s)
{
	if (s->failed)
		return false;
	if (scan_peek(s))
		return scan_fail(s, "unexpected text at the end of the line");
	if (s->at < s->end) {
		s->at++;
		s->line++;
	}
	return true;
}

bool scan_take(struct scan *s, char c)
{
	if (s->failed || scan_peek(s) != c)
		return false;
	s->at++;
	return true;
}

bool scan_expect(struct scan *s, char c)
{
	return scan_take(s, c) || scan_fail(s, "expected '%c'", c);
}

bool scan_word(struct scan *s, struct scan_word *w)
{
	const char *p;

	if (s->failed)
		return false;
	if (!ir_text_is_word_start(scan_peek(s)))
		return scan_fail(s, "expected a word");
	for (p = s->at; p < s->end && ir_text_is_word(*p); p++)
		;
	*w = (struct scan_word){ s->at, (size_t)(p - s->at) };
	s->at = p;
	return true;
}

bool scan_keyword(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if (s->failed || scan_peek(s) != *word ||
	    (size_t)(s->end - s->at) < len || memcmp(s->at, word, len))
		return false;
	if ((size_t)(s->end - s->at) > len && ir_text_is_word(s->at[len]))
		return false;
	s->at += len;
	return true;
}

/* Digits at s->at; false if there are none or the value exceeds max. */
static bool scan_digits(struct scan *s, uint64_t max, uint64_t *n)
{
	const char *p = s->at;

	for (*n = 0; p < s->end && *p >= '0' && *p <= '9'; p++) {
		uint64_t d = (uint64_t)(*p - '0');

		if (*n > max / 10 || *n * 10 > max - d)
			return false;
		*n = *n * 10 + d;
	}
	if (p == s->at)
		return false;
	s->at = p;
	return true;
}

bool scan_number(struct scan *s, int64_t *n)
{
	bool minus = scan_take(s, '-');
	uint64_t u;

	if (s->failed)
		return false;
	scan_peek(s);
	if (!scan_digits(s, (uint64_t)INT64_MAX + minus, &u))
		return scan_fail(s, "expected a number of 64 bits");
	*n = (int64_t)(minus ? -u : u);
	return true;
}

bool scan_unsigned(struct scan *s, uint32_t max, uint32_t *n)
{
	uint64_t u;

	if (s->failed)
		return false;
	scan_peek(s);
	if (!scan_digits(s, max, &u))
		return scan_fail(s, "expected a number up to %" PRIu32, max);
	*n = (uint32_t)u;
	return true;
}

bool scan_id(struct scan *s, char letter, uint32_t max, const char *what,
	     uint32_t *id)
{
	uint64_t u;

	if (s->failed)
		return false;
	if (!scan_take(s, letter) || !scan_digits(s, UINT32_MAX, &u))
		return scan_fail(s, "expected a %s (%cN)", what, letter);
	if (u >= max)
		return scan_fail(s, "there is no %s %c%" PRIu64, what, letter,
				 u);
	*id = (uint32_t)u;
	return true;
}

static int octal(const struct scan *s, const char *p)
{
	return p < s->end && *p >= '0' && *p <= '7' ? *p - '0' : -1;
}

/* The escape behind a backslash at s->at; -1 if it is none. */
static int scan_escape(struct scan *s)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */
	const char *p = s->at;
	const char *l;

	if (p == s->end)
		return -1;
	if (*p == '"' || *p == '\\') {
		s->at++;
		return *p;
	}
	l = *p ? strchr(letters, *p) : NULL;
	if (l) {
		s->at++;
		return 7 + (int)(l - letters);
	}
	if (octal(s, p) < 0 || octal(s, p) > 3 || octal(s, p + 1) < 0 ||
	    octal(s, p + 2) < 0)
		return -1;
	s->at += 3;
	return octal(s, p) * 64 + octal(s, p + 1) * 8 + octal(s, p + 2);
}

bool scan_quoted(struct scan *s, bool nul_ok)
{
	const char *from;
	int c;

	strbuf_reset(&s->text);
	if (s->failed)
		return false;
	if (!scan_take(s, '"'))
		return scan_fail(s, "expected a quoted text");
	for (;;) {
		for (from = s->at; s->at < s->end; s->at++)
			if (*s->at == '"' || *s->at == '\\' ||
			    (unsigned char)*s->at < ' ')
				break;
		strbuf_add(&s->text, from, (size_t)(s->at - from));
		if (s->at == s->end || (*s->at != '"' && *s->at != '\\'))
			return scan_fail(s, "a quoted text does not end");
		if (*s->at++ == '"')
			return true;
		c = scan_escape(s);
		if (c < 0)
			return scan_fail(s, "unknown escape in a quoted text");
		if (!c && !nul_ok)
			return scan_fail(s, "a NUL where none may be");
		strbuf_addch(&s->text, c);
	}
}

bool scan_name(struct scan *s, struct scan_word *w)
{
	if (s->failed)
		return false;
	if (scan_peek(s) != '"')
		return scan_word(s, w);
	if (!scan_quoted(s, false))
		return false;
	*w = (struct scan_word){ s->text.buf, s->text.len };
	return w->len || scan_fail(s, "a name is empty");
}
