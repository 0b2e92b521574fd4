/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/intern.h"

#include <string.h>

void intern_init(struct intern *in, struct arena *arena)
{
	memset(in, 0, sizeof(*in));
	in->arena = arena;
}

void intern_release(struct intern *in)
{
	hmap_release(&in->map);
}

const char *intern_bytes(struct intern *in, const char *s, size_t len)
{
	char *copy = hmap_get(&in->map, s, len);

	if (copy)
		return copy;
	copy = arena_strndup(in->arena, s, len);
	hmap_put(&in->map, copy, len, copy);
	return copy;
}

const char *intern_str(struct intern *in, const char *s)
{
	return intern_bytes(in, s, strlen(s));
}
