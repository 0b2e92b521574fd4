/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings. The place a result goes to may be one of the arguments. */
#include "core.h"

#include <linux/string.h>

void sp_set(struct sp_str *to, u32 bound, const char *text, u32 len)
{
	if (len >= bound)
		len = bound - 1;
	memmove(to->text, text, len);
	to->text[len] = 0;
	to->len = len;
}

void sp_copy(struct sp_str *to, u32 bound, const struct sp_str *from)
{
	sp_set(to, bound, from->text, from->len);
}

void sp_cat(struct sp_str *to, u32 bound, const struct sp_str *a,
	    const struct sp_str *b)
{
	u32 a_len = min(a->len, bound - 1);
	u32 b_len = min(b->len, bound - 1 - a_len);

	memmove(to->text + a_len, b->text, b_len);
	if (to != a)
		memcpy(to->text, a->text, a_len);
	to->len = a_len + b_len;
	to->text[to->len] = 0;
}

int sp_compare(const struct sp_str *a, const struct sp_str *b)
{
	int order = memcmp(a->text, b->text, min(a->len, b->len));

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

int sp_equal(const struct sp_str *a, const struct sp_str *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}
