/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * String literals (see decode.h).
 */
#include "lang/decode.h"

#include <string.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value behind \x; above 255 it says so. Goes on at *s. */
static bool hex_escape(const char **s, const char *end, unsigned *value)
{
	const char *p = *s;
	bool good = p < end && hex_value(*p) >= 0;

	*value = 0;
	for (; p < end && hex_value(*p) >= 0; p++) {
		*value = *value * 16 + (unsigned)hex_value(*p);
		if (*value > 255) {
			good = false;
			*value &= 255;
		}
	}
	*s = p;
	return good;
}

static bool octal_escape(const char **s, const char *end, unsigned *value)
{
	const char *p = *s;
	int i;

	*value = 0;
	for (i = 0; i < 3 && p < end && *p >= '0' && *p <= '7'; i++)
		*value = *value * 8 + (unsigned)(*p++ - '0');
	*s = p;
	if (*value <= 255)
		return true;
	*value &= 255;
	return false;
}

/* One escape whose backslash is behind. */
static bool escape(const char **s, const char *end, unsigned *value)
{
	static const char letters[] = "abtnvfr"; /* bytes 7 to 13 */
	const char *letter;
	char c = **s;

	if (c >= '0' && c <= '7')
		return octal_escape(s, end, value);
	++*s;
	if (c == 'x')
		return hex_escape(s, end, value);
	letter = c ? strchr(letters, c) : NULL;
	*value = letter ? (unsigned)(letter - letters) + 7 : (unsigned char)c;
	return true;
}

bool lang_decode_string(struct arena *arena, const char *str, size_t len,
			const char **out, size_t *out_len)
{
	char *text = arena_alloc(arena, len + 1), *to = text;
	const char *s = str, *end = str + len;
	bool good = true;

	while (s < end) {
		unsigned value;

		if (*s == '\\' && s + 1 < end) {
			s++;
			good &= escape(&s, end, &value);
		} else {
			value = (unsigned char)*s++;
		}
		if (!value)
			break;
		*to++ = (char)value;
	}
	*to = 0;
	*out = text;
	*out_len = (size_t)(to - text);
	return good;
}
