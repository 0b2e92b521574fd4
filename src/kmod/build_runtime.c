/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime object: cache/runtime/RELEASE-KEY/ with runtime.o, the recipe,
 * and the kernel's linker script for modules if it has one. It is made in a
 * folder of its own and renamed into place, under a lock, so that of two runs
 * that miss it one builds and the other waits.
 */
#include "kmod/build_internal.h"

#include "base/io.h"
#include "base/tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "spile_runtime" /* of the module kbuild makes for us to look at */
#define OBJECT_MAX (64u << 20)
#define LOCK_POLL_MS 20

/* The recipe in a folder; -ENOENT if the folder is not complete. */
static int read_recipe(struct kmod *k, const char *folder,
		       struct kmod_recipe *r)
{
	struct strbuf text = STRBUF_INIT;
	const char *path = arena_printf(&k->arena, "%s/recipe", folder);
	int rc = io_read_file(path, OBJECT_MAX, &text, NULL);

	*r = (struct kmod_recipe){ .folder = folder };
	if (!rc)
		rc = kmod_recipe_read(&k->arena, r, text.buf, text.len);
	if (!rc && (access(arena_printf(&k->arena, "%s/runtime.o", folder),
			   R_OK) || access(r->cc.at[0], X_OK)))
		rc = -ENOENT;
	if (!rc)
		cache_has(path); /* used now */
	strbuf_release(&text);
	return rc ? -ENOENT : 0;
}

static int open_object(struct elfobj *o, const char *path, struct strbuf *image,
		       struct strbuf *err)
{
	int rc = io_read_file(path, OBJECT_MAX, image, err);

	if (rc)
		return rc;
	rc = elfobj_open(o, image->buf, image->len);
	if (rc)
		strbuf_addf(err, "'%s' is no object file", path);
	return rc;
}

/* Write sp-common.c: what all modules of this kernel share. */
static int write_common(struct kmod *k, struct kmod_recipe *r,
			struct strbuf *err)
{
	struct strbuf mod_image = STRBUF_INIT, image = STRBUF_INIT;
	struct strbuf symvers = STRBUF_INIT, text = STRBUF_INIT;
	struct elfobj mod, runtime;
	int rc = open_object(&mod, kmod_tmp(k, NAME ".mod.o"), &mod_image, err);

	if (!rc)
		rc = open_object(&runtime, kmod_tmp(k, NAME ".o"), &image,
				 err);
	if (!rc)
		rc = io_read_file(arena_printf(&k->arena, "%s/Module.symvers",
					       k->tree),
				  OBJECT_MAX, &symvers, err);
	if (!rc)
		rc = modinfo_learn(&r->layout, &mod, NAME, err);
	if (!rc)
		rc = modinfo_emit_common(&text, &r->layout, &mod, &runtime,
					 symvers.buf, symvers.len, err);
	if (!rc)
		rc = io_write_file(kmod_tmp(k, "sp-common.c"), text.buf,
				   text.len, 0644, err);
	strbuf_release(&mod_image);
	strbuf_release(&image);
	strbuf_release(&symvers);
	strbuf_release(&text);
	return rc;
}

/* Compile that and link it with the rest into runtime.o. */
static int link_runtime(struct kmod *k, const struct kmod_recipe *r,
			struct strbuf *err)
{
	static const char *const rest[] = { "-c", "-o", "sp-common.o",
					    "sp-common.c" };
	kmod_words cc = { 0 }, ld = { 0 };
	const char **word;
	size_t i;
	int rc;

	vec_foreach(word, &r->cc)
		vec_push(&k->arena, &cc, *word);
	for (i = 0; i < sizeof(rest) / sizeof(rest[0]); i++)
		vec_push(&k->arena, &cc, rest[i]);
	vec_push(&k->arena, &ld, r->ld.at[0]);
	vec_push(&k->arena, &ld, "-r");
	vec_push(&k->arena, &ld, "-S");
	vec_push(&k->arena, &ld, "-o");
	vec_push(&k->arena, &ld, "out/runtime.o");
	vec_push(&k->arena, &ld, NAME ".o");
	vec_push(&k->arena, &ld, "sp-common.o");
	/* Where newer kernels keep most of it. */
	if (!access(kmod_tmp(k, ".module-common.o"), R_OK))
		vec_push(&k->arena, &ld, ".module-common.o");
	rc = kmod_run(k, &cc, k->tmp, err);
	return rc ? rc : kmod_run(k, &ld, k->tmp, err);
}

static int copy_script(struct kmod *k, struct kmod_recipe *r, const char *from,
		       struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = 0;

	r->script = from != NULL;
	if (from)
		rc = io_read_file(from, OBJECT_MAX, &text, err);
	if (from && !rc)
		rc = io_write_file(kmod_tmp(k, "out/module.lds"), text.buf,
				   text.len, 0644, err);
	strbuf_release(&text);
	return rc;
}

/* Build all files of the folder in TMP/out. */
static int build(struct kmod *k, struct kmod_recipe *r, struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	kmod_words dropped = { 0 };
	const char *script;
	int rc;

	if (k->o->verbose)
		fprintf(stderr, "Compiling the runtime for kernel %s with kbuild.\n",
			k->release);
	*r = (struct kmod_recipe){ .folder = kmod_tmp(k, "out") };
	if (mkdir(r->folder, 0755) && errno != EEXIST) {
		rc = -errno;
		strbuf_addf(err, "cannot make the folder '%s': %s", r->folder,
			    strerror(-rc));
		return rc;
	}
	rc = kmod_kbuild(k, NAME, NULL, &dropped, err);
	if (!rc)
		rc = kmod_learn(k, NAME, KMOD_ALL, &dropped, r, &script, err);
	if (!rc)
		rc = write_common(k, r, err);
	if (!rc)
		rc = link_runtime(k, r, err);
	if (!rc)
		rc = copy_script(k, r, script, err);
	kmod_recipe_write(r, &text);
	if (!rc)
		rc = io_write_file(kmod_tmp(k, "out/recipe"), text.buf,
				   text.len, 0644, err);
	strbuf_release(&text);
	return rc;
}

/* --- in the cache --- */

/* Open the lock and wait for it. The descriptor, or -errno. */
static int take_lock(struct kmod *k, const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644), rc = 0;

	if (fd < 0)
		return -errno;
	while (!rc && flock(fd, LOCK_EX | LOCK_NB))
		rc = errno == EWOULDBLOCK ?
			     subproc_pause(&k->guard, LOCK_POLL_MS) : -errno;
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

/* Copy TMP/out beside its place and rename it there. */
static int publish(struct kmod *k, const char *place, struct strbuf *err)
{
	static const char *const files[] = { "runtime.o", "module.lds",
					     "recipe" };
	const char *next = arena_printf(&k->arena, "%s.%ld", place,
					(long)getpid());
	struct strbuf bytes = STRBUF_INIT;
	int rc = folder_make(next, err);
	size_t i;

	for (i = 0; !rc && i < sizeof(files) / sizeof(files[0]); i++) {
		const char *from = arena_printf(&k->arena, "%s/out/%s", k->tmp,
						files[i]);

		if (access(from, R_OK))
			continue;
		strbuf_reset(&bytes);
		rc = io_read_file(from, OBJECT_MAX, &bytes, err);
		if (!rc)
			rc = io_write_file(arena_printf(&k->arena, "%s/%s",
							next, files[i]),
					   bytes.buf, bytes.len, 0644, err);
	}
	strbuf_release(&bytes);
	/* What is in the way is not complete, or it would have been used. */
	if (!rc && !access(place, F_OK))
		tmpdir_remove(place);
	if (!rc && rename(next, place)) {
		rc = -errno;
		strbuf_addf(err, "cannot make '%s': %s", place, strerror(-rc));
	}
	if (rc)
		tmpdir_remove(next);
	return rc;
}

/* Path of the folder in the cache, or NULL if there can be none. */
static const char *place_in_cache(struct kmod *k)
{
	struct strbuf path = STRBUF_INIT;
	const char *place = NULL;

	if (!cache_folder(&path, NULL)) {
		strbuf_addstr(&path, "/runtime");
		if (!folder_make(path.buf, NULL))
			place = arena_printf(&k->arena, "%s/%s-%.16s",
					     path.buf, k->release, k->key);
	}
	strbuf_release(&path);
	return place;
}

int kmod_runtime(struct kmod *k, struct kmod_recipe *r, struct strbuf *err)
{
	struct strbuf why = STRBUF_INIT;
	const char *place = k->o->cache ? place_in_cache(k) : NULL;
	int lock = -1, rc;

	if (place && !read_recipe(k, place, r))
		return 0;
	if (place) {
		lock = take_lock(k, arena_printf(&k->arena, "%s.lock", place));
		if (lock == -EINTR)
			return lock;
		if (lock >= 0 && !read_recipe(k, place, r)) {
			close(lock);
			return 0;
		}
	}
	rc = build(k, r, err);
	/* Without a cache it serves this module. */
	if (!rc && lock >= 0) {
		if (!publish(k, place, &why))
			rc = read_recipe(k, place, r);
		else if (k->o->verbose)
			fprintf(stderr, "The runtime is not kept: %s.\n",
				why.buf);
		if (rc)
			strbuf_addf(err, "cannot read '%s' back", place);
	}
	strbuf_release(&why);
	if (lock >= 0)
		close(lock);
	return rc;
}
