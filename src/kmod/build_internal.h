/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the builder. */
#ifndef SPILE_KMOD_BUILD_INTERNAL_H
#define SPILE_KMOD_BUILD_INTERNAL_H

#include "base/arena.h"
#include "base/subproc.h"
#include "base/vec.h"
#include "kmod/build.h"
#include "kmod/cache.h"
#include "kmod/modinfo.h"

typedef VEC(const char *) kmod_words;

struct kmod {
	const struct kmod_options *o;
	struct arena arena;
	const char *release;
	const char *tree;        /* the kernel's build tree */
	const char *cc;          /* path of the compiler */
	const char *shared;      /* folder of proto/, whose headers it shares */
	const char *env_path;    /* "PATH=…" for programs */
	kmod_words sources;      /* of the runtime: paths of .c files */
	kmod_words headers;      /* and of .h files */
	bool loads_modules;
	char key[CACHE_HASH_DIGITS + 1];
	struct subproc_guard guard;
	const char *tmp;         /* temporary folder of this build */
	bool kbuild_failed;      /* there is no point in trying it again */
};

/* How to make a module of this kernel: the file "recipe" beside "runtime.o". */
struct kmod_recipe {
	const char *folder;      /* runtime.o, module.lds */
	kmod_words cc;           /* compiler and its flags */
	kmod_words objtool;      /* or empty */
	kmod_words ld;           /* linker and its flags */
	bool script;             /* there is a module.lds */
	struct modinfo_layout layout;
};

/* --- build_find.c: what there is on this machine --- */

/* Fill in the kernel, tree, compiler, sources and key. */
int kmod_find(struct kmod *k, struct strbuf *err);
/* Whether a path can be given to kbuild as it is. */
bool kmod_path_ok(const char *path);

/* --- build_run.c: programs --- */

/* Run a program in dir with a clean environment. Non-zero exits become -EIO;
 * what it printed and one sentence are in err then. */
int kmod_run(struct kmod *k, const kmod_words *argv, const char *dir,
	     struct strbuf *err);
/* Append a path in the temporary folder; lives in the arena. */
const char *kmod_tmp(struct kmod *k, const char *name);
/* Name without ending of the object kbuild makes of the runtime's sources. */
#define KMOD_ALL "sp-all"
/* Run kbuild on the runtime's sources and perhaps script.c, to a module of that
 * name in the temporary folder. Undefined symbols are no error if it is the
 * runtime alone. dropped: compiler flags of the kernel's that this compiler
 * does not know are added. */
int kmod_kbuild(struct kmod *k, const char *name, const char *script,
		kmod_words *dropped, struct strbuf *err);

/* --- build_recipe.c --- */

/* Split a command of kbuild's at spaces, quotes removed. */
void kmod_split(struct arena *a, const char *text, size_t len, kmod_words *out);
/* Of the compiler's flags, keep what matters to code without headers. */
void kmod_take_flags(struct arena *a, const kmod_words *command,
		     const kmod_words *dropped, kmod_words *out);
/* Learn the recipe from what kbuild left of module `name`. *script_path is the
 * linker script's path in the build tree, or NULL. */
int kmod_learn(struct kmod *k, const char *name, const char *source,
	       const kmod_words *dropped, struct kmod_recipe *r,
	       const char **script_path, struct strbuf *err);
/* Write to text and read from it. Read: -EINVAL for one that is broken. */
void kmod_recipe_write(const struct kmod_recipe *r, struct strbuf *out);
int kmod_recipe_read(struct arena *a, struct kmod_recipe *r, const char *text,
		     size_t len);

/* --- build_runtime.c --- */

/* Have the runtime object: from the cache or built now. */
int kmod_runtime(struct kmod *k, struct kmod_recipe *r, struct strbuf *err);

#endif
