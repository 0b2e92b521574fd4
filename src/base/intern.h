/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned strings: equal bytes give the same pointer, so names compare by
 * pointer. The strings live in the arena given at init.
 */
#ifndef SPILE_BASE_INTERN_H
#define SPILE_BASE_INTERN_H

#include "base/arena.h"
#include "base/hmap.h"

struct intern {
	struct arena *arena;
	struct hmap map;
};

/* Empty; strings go to the arena, the table to the heap until release. */
void intern_init(struct intern *in, struct arena *arena);
void intern_release(struct intern *in);
/* The one copy of these bytes, NUL-terminated. Never NULL. */
const char *intern_bytes(struct intern *in, const char *s, size_t len);
const char *intern_str(struct intern *in, const char *s);

#endif
