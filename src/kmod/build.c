/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One module: compile its text, check it over with objtool where the kernel
 * wants that, link it with the runtime object.
 */
#include "kmod/build_internal.h"

#include "base/bug.h"
#include "base/io.h"
#include "base/tmpdir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECT_MAX (256u << 20)

struct kmod *kmod_open(const struct kmod_options *o, struct strbuf *err)
{
	struct kmod *k = xcalloc(1, sizeof(*k));

	k->o = o;
	if (!kmod_find(k, err))
		return k;
	kmod_close(k);
	return NULL;
}

void kmod_close(struct kmod *k)
{
	if (!k)
		return;
	arena_release(&k->arena);
	free(k);
}

const char *kmod_release(const struct kmod *k)
{
	return k->release;
}

const char *kmod_tree(const struct kmod *k)
{
	return k->tree;
}

bool kmod_loads_modules(const struct kmod *k)
{
	return k->loads_modules;
}

const char *kmod_key(const struct kmod *k)
{
	return k->key;
}

/* gcc -c */
static int compile(struct kmod *k, const struct kmod_recipe *r,
		   const char *source, struct strbuf *err)
{
	kmod_words argv = { 0 };
	const char **word;
	size_t i;

	vec_foreach(word, &r->cc)
		vec_push(&k->arena, &argv, *word);
	vec_push(&k->arena, &argv, "-I");
	vec_push(&k->arena, &argv, k->o->runtime);
	for (i = 0; i < k->o->n_defines; i++)
		vec_push(&k->arena, &argv,
			 arena_printf(&k->arena, "-D%s", k->o->defines[i]));
	vec_push(&k->arena, &argv, "-c");
	vec_push(&k->arena, &argv, "-o");
	vec_push(&k->arena, &argv, "script.o");
	vec_push(&k->arena, &argv, source);
	return kmod_run(k, &argv, k->tmp, err);
}

static int check_over(struct kmod *k, const struct kmod_recipe *r,
		      struct strbuf *err)
{
	kmod_words argv = { 0 };
	const char **word;

	if (!r->objtool.len)
		return 0;
	vec_foreach(word, &r->objtool)
		vec_push(&k->arena, &argv, *word);
	vec_push(&k->arena, &argv, "script.o");
	return kmod_run(k, &argv, k->tmp, err);
}

static int link_module(struct kmod *k, const struct kmod_recipe *r,
		       const char *ko, struct strbuf *err)
{
	struct strbuf image = STRBUF_INIT;
	kmod_words argv = { 0 };
	struct elfobj o;
	const char **word;
	int rc;

	vec_foreach(word, &r->ld)
		vec_push(&k->arena, &argv, *word);
	if (r->script) {
		vec_push(&k->arena, &argv, "-T");
		vec_push(&k->arena, &argv,
			 arena_printf(&k->arena, "%s/module.lds", r->folder));
	}
	vec_push(&k->arena, &argv, "-o");
	vec_push(&k->arena, &argv, ko);
	vec_push(&k->arena, &argv, "script.o");
	vec_push(&k->arena, &argv,
		 arena_printf(&k->arena, "%s/runtime.o", r->folder));
	rc = kmod_run(k, &argv, k->tmp, err);
	if (!rc)
		rc = io_read_file(kmod_tmp(k, ko), OBJECT_MAX, &image, err);
	if (!rc) {
		rc = elfobj_open(&o, image.buf, image.len);
		if (rc)
			strbuf_addf(err, "the linker made no module");
		else
			rc = modinfo_check(&o, err);
	}
	strbuf_release(&image);
	return rc;
}

/* The short way: the runtime object and the recipe. */
static int build_short(struct kmod *k, const char *name, const char *c_text,
		       size_t len, struct strbuf *err)
{
	const char *source = arena_printf(&k->arena, "%s.c", name);
	struct strbuf text = STRBUF_INIT;
	struct kmod_recipe r;
	int rc = kmod_runtime(k, &r, err);

	if (!rc) {
		strbuf_add(&text, c_text, len);
		modinfo_emit_module(&text, &r.layout, name);
		rc = io_write_file(kmod_tmp(k, source), text.buf, text.len,
				   0644, err);
	}
	if (!rc)
		rc = compile(k, &r, source, err);
	if (!rc)
		rc = check_over(k, &r, err);
	if (!rc)
		rc = link_module(k, &r, arena_printf(&k->arena, "%s.ko", name),
				 err);
	strbuf_release(&text);
	return rc;
}

/* The long way: all by kbuild. */
static int build_long(struct kmod *k, const char *name, const char *c_text,
		      size_t len, struct strbuf *err)
{
	const char *source = kmod_tmp(k, "script.c");
	kmod_words dropped = { 0 };
	int rc = io_write_file(source, c_text, len, 0644, err);

	return rc ? rc : kmod_kbuild(k, name, source, &dropped, err);
}

static int build_any(struct kmod *k, const char *name, const char *c_text,
		     size_t len, struct strbuf *err)
{
	struct strbuf why = STRBUF_INIT, again = STRBUF_INIT;
	int rc = -ENOTSUP;

	if (!k->o->use_kbuild)
		rc = build_short(k, name, c_text, len, &why);
	if (!rc || rc == -EINTR || k->kbuild_failed) {
		strbuf_add(err, why.buf, why.len);
	} else {
		if (k->o->verbose)
			fprintf(stderr, "Building the module with kbuild%s%s.\n",
				why.len ? ": " : "", why.buf);
		rc = build_long(k, name, c_text, len, &again);
		/* The first reason is the one to mend. */
		if (rc && why.len && rc != -EINTR)
			strbuf_add(err, why.buf, why.len);
		else
			strbuf_add(err, again.buf, again.len);
	}
	strbuf_release(&why);
	strbuf_release(&again);
	return rc;
}

/* Move the module out of the temporary folder. */
static int take_module(struct kmod *k, const char *name, const char *path,
		       struct strbuf *ko_path, struct strbuf *err)
{
	const char *made = kmod_tmp(k, arena_printf(&k->arena, "%s.ko", name));
	struct strbuf image = STRBUF_INIT;
	int rc = 0;

	if (path) {
		rc = io_read_file(made, OBJECT_MAX, &image, err);
		if (!rc)
			rc = cache_store(path, image.buf, image.len, err);
	}
	if (!rc)
		strbuf_addstr(ko_path, path ? path : made);
	strbuf_release(&image);
	return rc;
}

int kmod_build(struct kmod *k, const char *name, const char *c_text,
	       size_t len, const char *path, struct strbuf *ko_path,
	       struct strbuf *err)
{
	struct strbuf tmp = STRBUF_INIT;
	int rc;

	BUG_ON(strlen(name) >= MODINFO_NAME_SIZE);
	BUG_ON(!path && !k->o->keep);
	subproc_guard_begin(&k->guard);
	rc = tmpdir_make(&tmp, err);
	if (!rc) {
		k->tmp = tmp.buf;
		k->kbuild_failed = false;
		rc = build_any(k, name, c_text, len, err);
		if (!rc)
			rc = take_module(k, name, path, ko_path, err);
		if (k->o->keep)
			fprintf(stderr, "Keeping temporary directory \"%s\"\n",
				k->tmp);
		else
			tmpdir_remove(k->tmp);
	}
	k->tmp = NULL;
	strbuf_release(&tmp);
	subproc_guard_end(&k->guard);
	return rc;
}
