/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 4 for kernel modules: which kernel, and the module of a script. */
#ifndef SPILE_CMD_KERNEL_H
#define SPILE_CMD_KERNEL_H

#include "base/strbuf.h"
#include "cmd/options.h"
#include "ir/ir.h"

struct kernel;

/* Whether the kernel that runs here can load modules at all. */
bool kernel_loads_modules(void);

/* Find what modules are built with, by -r, -R and the environment. The options
 * are borrowed. NULL and one sentence in err if something is missing. */
struct kernel *kernel_open(const struct options *o, struct strbuf *err);
void kernel_close(struct kernel *k);

/* The release that modules are for, and whether it is the running kernel's. */
const char *kernel_release(const struct kernel *k);
bool kernel_is_running(const struct kernel *k);
/* Path of its list of symbols, NULL for the running kernel; there may be no such
 * file. */
const char *kernel_symbols(const struct kernel *k);
/* Whether that kernel loads modules. */
bool kernel_of_modules(const struct kernel *k);

/* "stap_<32 hex digits>_<length>": equal scripts for equal kernels, built in the
 * same way, have equal names. Lives in the arena. */
const char *kernel_module_name(const struct kernel *k,
			       const struct ir_prog *p, struct arena *arena);

/*
 * Have the module of a program that kmod_can_run() takes: from the cache (then
 * *cached is set) or built now. With -m it is NAME.ko in this folder, with -k
 * it stays in the temporary folder that is named then. Appends its absolute
 * path. -errno and one sentence, perhaps behind a compiler's messages.
 */
int kernel_module(struct kernel *k, const struct ir_prog *p,
		  struct strbuf *path, bool *cached, struct strbuf *err);

#endif
