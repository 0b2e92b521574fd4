/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLOR_DEFAULT                                                         \
	"error=01;31:warning=00;33:source=00;34:caret=01:token=01"

bool color_parse_when(const char *text, enum color_when *when)
{
	if (!strcmp(text, "auto"))
		*when = COLOR_WHEN_AUTO;
	else if (!strcmp(text, "always"))
		*when = COLOR_WHEN_ALWAYS;
	else if (!strcmp(text, "never"))
		*when = COLOR_WHEN_NEVER;
	else
		return false;
	return true;
}

bool color_wanted(enum color_when when, int fd)
{
	const char *term;

	if (when != COLOR_WHEN_AUTO)
		return when == COLOR_WHEN_ALWAYS;
	term = getenv("TERM");
	return isatty(fd) && term && strcmp(term, "dumb");
}

static bool known_key(const char *key, size_t len)
{
	static const char *const keys[] = { "error", "warning", "source",
					    "caret", "token" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strlen(keys[i]) == len && !memcmp(keys[i], key, len))
			return true;
	return false;
}

const char *color_find(const char *colors, const char *kind, size_t *len)
{
	const char *p = colors ? colors : COLOR_DEFAULT;

	while (*p) {
		size_t key = strcspn(p, "=:");
		const char *value = p + key + 1;

		if (p[key] != '=' || !known_key(p, key))
			return NULL;
		*len = strspn(value, "0123456789;");
		if (!*len || (value[*len] && value[*len] != ':'))
			return NULL;
		if (strlen(kind) == key && !memcmp(kind, p, key))
			return value;
		p = value + *len;
		p += *p == ':';
	}
	return NULL;
}
