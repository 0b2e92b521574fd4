/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/kernel.h"

#include "base/bug.h"
#include "cmd/version.h"
#include "kmod/build.h"
#include "kmod/cache.h"
#include "kmod/emit.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct kernel {
	const struct options *o;
	struct kmod_options opt;
	struct kmod *kmod;
};

bool kernel_loads_modules(void)
{
	return !access("/proc/modules", F_OK);
}

/* A path without links in it, or NULL if there is no such thing. */
static const char *real_path(const struct options *o, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena_strdup(o->arena, real) : NULL;

	free(real);
	return copy;
}

/* Folder of the runtime's sources: named, beside the program when it runs in
 * place, or installed. */
static const char *runtime_folder(const struct options *o)
{
	const char *given = o->runtime_folder, *path = NULL;
	char self[PATH_MAX / 2];
	ssize_t n;

	if (!given)
		given = getenv("SYSTEMTAP_RUNTIME");
	if (given && given[0]) {
		path = real_path(o, given);
		return path ? path : given;
	}
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = 0;
		*strrchr(self, '/') = 0;
		path = real_path(o, arena_printf(o->arena, "%s/runtime", self));
	}
	return path ? path : SPILE_RUNTIMEDIR;
}

struct kernel *kernel_open(const struct options *o, struct strbuf *err)
{
	struct kernel *k = arena_new(o->arena, struct kernel);

	k->o = o;
	k->opt = (struct kmod_options){
		.release = o->release,
		.runtime = runtime_folder(o),
		.defines = o->defines.at,
		.n_defines = o->defines.len,
		.make_vars = o->make_vars.at,
		.n_make_vars = o->make_vars.len,
		.cache = !o->no_cache,
		.keep = o->keep,
		.verbose = o->verbose[3],
	};
	k->kmod = kmod_open(&k->opt, err);
	return k->kmod ? k : NULL;
}

void kernel_close(struct kernel *k)
{
	if (k)
		kmod_close(k->kmod);
}

const char *kernel_release(const struct kernel *k)
{
	return kmod_release(k->kmod);
}

bool kernel_is_running(const struct kernel *k)
{
	struct utsname uts;

	uname(&uts);
	return !strcmp(uts.release, kmod_release(k->kmod));
}

const char *kernel_symbols(const struct kernel *k)
{
	const char *path;

	if (kernel_is_running(k))
		return NULL;
	path = arena_printf(k->o->arena, "%s/System.map", kmod_tree(k->kmod));
	return access(path, R_OK) ? arena_printf(k->o->arena,
						 "/boot/System.map-%s",
						 kmod_release(k->kmod)) :
				    path;
}

bool kernel_of_modules(const struct kernel *k)
{
	return kmod_loads_modules(k->kmod);
}

const char *kernel_module_name(const struct kernel *k,
			       const struct ir_prog *p, struct arena *arena)
{
	char digits[CACHE_HASH_DIGITS + 1];
	struct strbuf text = STRBUF_INIT;
	const char *const *define, *name;
	struct cache_hash h;

	ir_print(p, &text);
	cache_hash_init(&h);
	cache_hash_word(&h, SPILE_VERSION);
	cache_hash_word(&h, kmod_key(k->kmod));
	vec_foreach(define, &k->o->defines)
		cache_hash_word(&h, *define);
	cache_hash_add(&h, text.buf, text.len);
	cache_hash_text(&h, digits);
	name = arena_printf(arena, "stap_%s_%zu", digits, text.len);
	strbuf_release(&text);
	return name;
}

/* Where the module goes: this folder, or the cache. */
static int destination(const struct kernel *k, const char *name,
		       struct strbuf *path, struct strbuf *err)
{
	char *cwd;

	if (!k->o->module_name)
		return cache_path(name, "ko", path, err);
	cwd = getcwd(NULL, 0);
	strbuf_addf(path, "%s/%s.ko", cwd ? cwd : ".", name);
	free(cwd);
	return 0;
}

int kernel_module(struct kernel *k, const struct ir_prog *p,
		  struct strbuf *path, bool *cached, struct strbuf *err)
{
	bool in_cache = !k->o->module_name && !k->o->keep;
	struct strbuf to = STRBUF_INIT, text = STRBUF_INIT;
	int rc = 0;

	*cached = false;
	if (in_cache || k->o->module_name)
		rc = destination(k, p->name, &to, err);
	if (!rc && in_cache && !k->o->no_cache && !k->o->poison_cache &&
	    cache_has(to.buf)) {
		strbuf_add(path, to.buf, to.len);
		*cached = true;
	} else if (!rc) {
		rc = kmod_emit(p, &text, err);
		if (!rc)
			rc = kmod_build(k->kmod, p->name, text.buf, text.len,
					to.len ? to.buf : NULL, path, err);
	}
	if (!rc && in_cache)
		cache_clean(false);
	strbuf_release(&to);
	strbuf_release(&text);
	return rc;
}
