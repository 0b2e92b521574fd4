/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of a kernel and its modules by name, from a list in the format of
 * /proc/kallsyms or System.map: "ADDRESS TYPE NAME [MODULE]" a line. The text is
 * not trusted.
 */
#ifndef SPILE_SYMBOLS_KFUNCS_H
#define SPILE_SYMBOLS_KFUNCS_H

#include "base/arena.h"
#include "base/vec.h"

#include <stddef.h>

struct kfunc {
	const char *name;
	const char *module; /* NULL: the kernel itself */
};

struct kfuncs {
	VEC(struct kfunc) list; /* by name, each of a module once */
};

/* Read a file into the arena; NULL: /proc/kallsyms. What compilers and the
 * kernel make for themselves (cold parts, padding) is left out. -errno;
 * -ENODATA if there is no function in it. */
int kfuncs_read(struct arena *a, const char *path, struct kfuncs *out);
/* The same from text. */
int kfuncs_from_text(struct arena *a, const char *text, size_t len,
		     struct kfuncs *out);

#endif
