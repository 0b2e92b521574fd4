/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/glob.h"

#include <stddef.h>
#include <string.h>

bool glob_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* Match one byte against the set behind '['. Returns the byte behind ']', or
 * NULL when the set is not closed: then '[' stands for itself. */
static const char *match_set(const char *p, unsigned char c, bool *hit)
{
	bool negate = *p == '!' || *p == '^', found = false;
	const char *first;

	p += negate;
	for (first = p; *p && (*p != ']' || p == first); p++) {
		unsigned char lo = (unsigned char)*p, hi = lo;

		if (p[1] == '-' && p[2] && p[2] != ']') {
			hi = (unsigned char)p[2];
			p += 2;
		}
		found |= lo <= c && c <= hi;
	}
	if (!*p)
		return NULL;
	*hit = found != negate;
	return p + 1;
}

/* Match one byte; returns the pattern behind it, or NULL. */
static const char *match_one(const char *p, char c)
{
	const char *behind;
	bool hit;

	switch (*p) {
	case '\0':
		return NULL;
	case '?':
		return p + 1;
	case '[':
		behind = match_set(p + 1, (unsigned char)c, &hit);
		if (behind)
			return hit ? behind : NULL;
		break;
	case '\\':
		if (p[1])
			p++;
		break;
	default:
		break;
	}
	return *p == c ? p + 1 : NULL;
}

bool glob_match(const char *pattern, const char *name)
{
	/* Going back to the last star is enough: what an earlier one could
	 * take more of, the last can take instead. */
	const char *star = NULL, *retry = NULL, *next;

	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (!*name) {
			return !*pattern;
		} else if ((next = match_one(pattern, *name)) != NULL) {
			pattern = next;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
		if (star && !*name) {
			while (*pattern == '*')
				pattern++;
			return !*pattern;
		}
	}
}
