/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds kernel modules of C text that includes the runtime's interface header
 * and nothing else.
 *
 * The runtime is compiled once for each kernel, compiler and version of its
 * sources, by kbuild, and kept in the cache with what was learnt from kbuild on
 * the way (the recipe). A module then takes one run each of the compiler,
 * objtool where the kernel uses it, and the linker. What does not go that way
 * is built by kbuild altogether.
 */
#ifndef SPILE_KMOD_BUILD_H
#define SPILE_KMOD_BUILD_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

struct kmod_options {
	const char *release;     /* -r: release or, with a /, build tree; NULL:
				  * of the running kernel */
	const char *runtime;     /* folder of the runtime's sources */
	const char *const *defines; /* -D NAME[=VALUE], n_defines of them */
	size_t n_defines;
	const char *const *make_vars; /* -B NAME=VALUE for kbuild */
	size_t n_make_vars;
	bool cache;              /* keep the runtime object */
	bool keep;               /* leave the temporary folder */
	bool use_kbuild;         /* for text that needs kernel headers */
	unsigned verbose;        /* 1: say when kbuild is used, 2: all commands */
};

struct kmod;

/* Find the kernel's build tree, the compiler and the runtime's sources; builds
 * nothing. The options are borrowed. NULL and one sentence in err, which names
 * the package to install where one is missing. */
struct kmod *kmod_open(const struct kmod_options *o, struct strbuf *err);
void kmod_close(struct kmod *k);

/* The kernel the modules are for. */
const char *kmod_release(const struct kmod *k);
/* Its build tree. */
const char *kmod_tree(const struct kmod *k);
/* Whether it is configured to load modules. */
bool kmod_loads_modules(const struct kmod *k);
/* 32 hex digits that stand for everything but the C text that modules depend
 * on. */
const char *kmod_key(const struct kmod *k);

/*
 * Build module NAME of the C text and store it at path, whole or not at all;
 * with a NULL path it stays in the temporary folder that the option keep asks
 * for. The path is appended to ko_path. SIGINT and the like stop the build,
 * remove what it left and take their effect.
 *
 * 0, or -errno: err has one sentence, or a compiler's messages and then one.
 */
int kmod_build(struct kmod *k, const char *name, const char *c_text,
	       size_t len, const char *path, struct strbuf *ko_path,
	       struct strbuf *err);

#endif
