/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What staprun must know of a kernel module before it inserts it, read from its
 * bytes in memory. They are untrusted: everything is checked.
 */
#ifndef SPILE_STAPRUN_KOFILE_H
#define SPILE_STAPRUN_KOFILE_H

#include "base/strbuf.h"
#include "proto/elfsec.h"

#include <stdbool.h>

/* Bytes of a module's name, NUL included. */
#define KOFILE_NAME 56

struct kofile {
	char name[KOFILE_NAME]; /* inside the kernel */
	size_t name_at;         /* where it is in the image, for renaming */
	struct elfsec modinfo;  /* NUL-terminated texts; in the image */
	bool own;               /* made by Spile, whose parameters are richer */
};

/* Look at a module's bytes. release is the running kernel's. path only names
 * it in messages. 0, or -ENOEXEC and one sentence: cut off, no module, not made
 * by stap, or made for another kernel. */
int kofile_check(struct kofile *k, const void *image, size_t size,
		 const char *path, const char *release, struct strbuf *err);

/* The type of the parameter whose name is the first len bytes of name, as
 * .modinfo has it ("int64_t", "string", …), or NULL if there is none. */
const char *kofile_param_type(const struct kofile *k, const char *name,
			      size_t len);

/* Give the module a name of the same length that ends in a number. The image
 * is changed. -ENAMETOOLONG: the old name is too short for it. */
int kofile_rename(struct kofile *k, void *image, unsigned long number);

/* Whether a text may be a module's name: letters, digits and _, not too long. */
bool kofile_is_name(const char *name);

#endif
