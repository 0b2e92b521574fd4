/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a member's offset, the immediate of OFFSET; see ir.h. */
#include "ir/ir_offset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Take a name of C up to one of the stops. */
static const char *take_name(const char *s, const char *stops, char *to,
			     size_t room)
{
	size_t n = strcspn(s, stops), i;

	if (!n || n >= room)
		return NULL;
	for (i = 0; i < n; i++) {
		char c = s[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '_')
			return NULL;
	}
	memcpy(to, s, n);
	to[n] = 0;
	return s + n;
}

static const char *take_tag(const char *s, char *tag)
{
	static const char *const words[] = { "struct ", "union ", "typedef " };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (strncmp(s, words[i], n))
			continue;
		*tag = words[i][0];
		return s + n;
	}
	return NULL;
}

bool ir_offset_parse(const char *text, struct ir_offset *out)
{
	char *end;
	size_t dims;

	errno = 0;
	out->bytes = strtoll(text, &end, 10);
	if (end == text || errno || *end != ' ')
		return false;
	text = take_tag(end + 1, &out->tag);
	if (text)
		text = take_name(text, ".", out->root, sizeof(out->root));
	for (out->n = 0; text && *text == '.' && out->n < IR_OFFSET_MEMBERS;
	     out->n++) {
		text = take_name(text + 1, ":", out->member[out->n].name,
				 sizeof(out->member[0].name));
		if (!text || *text++ != ':')
			return false;
		dims = strspn(text, "a");
		text += dims;
		if (dims > 8 || !*text || !strchr("iefpsu", *text))
			return false;
		out->member[out->n].arrays = (uint8_t)dims;
		out->member[out->n].kind = *text++;
	}
	return text && !*text && out->n;
}
