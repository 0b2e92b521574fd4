/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes an object a kernel module: its struct module, ".modinfo" and
 * "__versions". kbuild is watched making one module for a kernel; from then on
 * this is written as C text, to be compiled with the rest.
 */
#ifndef SPILE_KMOD_MODINFO_H
#define SPILE_KMOD_MODINFO_H

#include "base/arena.h"
#include "kmod/elfobj.h"
#include "kmod/symvers.h"

#define MODINFO_NAME_SIZE 56 /* of struct module's name, NUL included */

/* struct module of a kernel, as far as a module has to fill it in. */
struct modinfo_layout {
	size_t size, align;
	size_t name_at;
	size_t init_at, exit_at; /* pointers to the functions */
	bool versions;           /* CONFIG_MODVERSIONS */
};

/* Learn from the object kbuild made of NAME.mod.c. 0, or -EINVAL and one
 * sentence if it holds something this file does not know how to write. */
int modinfo_learn(struct modinfo_layout *l, const struct elfobj *mod,
		  const char *name, struct strbuf *err);

/*
 * Append C text of what all modules of this kernel share: the strings of mod's
 * ".modinfo" but the name, the header of unwind data, and versions of all
 * symbols the runtime object leaves undefined plus those a compiler may call by
 * itself. symvers is the text of Module.symvers. Symbols starting with sp_ are
 * the script's. -ENOENT and one sentence if the kernel lacks one.
 */
int modinfo_emit_common(struct strbuf *c, const struct modinfo_layout *l,
			const struct elfobj *mod, const struct elfobj *runtime,
			const char *symvers, size_t symvers_len,
			struct strbuf *err);

/* Append C text of what one module has for itself. */
void modinfo_emit_module(struct strbuf *c, const struct modinfo_layout *l,
			 const char *name);

/* Whether each symbol that the finished module leaves undefined has a version
 * in it. -ENOENT with one sentence that names the first that has none. */
int modinfo_check(const struct elfobj *ko, struct strbuf *err);

#endif
