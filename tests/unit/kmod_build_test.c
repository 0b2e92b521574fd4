/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the builder on kernels that only look like some: what is found,
 * what is said when something is missing, the recipe, the cache.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bug.h"
#include "base/io.h"
#include "base/tmpdir.h"
#include "kmod/build_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char dir[64];
	char tree[128], runtime[128], bin[128];
	struct kmod_options o;
	struct strbuf err;
};

static __attribute__((noinline)) void put(const char *folder, const char *name, const char *text,
		mode_t mode)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(io_write_file(path, text, strlen(text), mode, NULL),
			 0);
}

/* A tree, a runtime, and an empty PATH. */
static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char path[256];

	strbuf_init(&p->err);
	snprintf(p->dir, sizeof(p->dir), "/tmp/spile-kmod-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->tree, sizeof(p->tree), "%s/tree", p->dir);
	snprintf(p->runtime, sizeof(p->runtime), "%s/runtime", p->dir);
	snprintf(p->bin, sizeof(p->bin), "%s/bin", p->dir);
	snprintf(path, sizeof(path), "%s/include/generated", p->tree);
	assert_int_equal(folder_make(path, NULL), 0);
	put(path, "utsrelease.h", "#define UTS_RELEASE \"9.8.7-test\"\n", 0644);
	put(p->tree, ".config", "CONFIG_CC_VERSION_TEXT=\"gcc-99 (X) 99.1\"\n"
				"CONFIG_MODULES=y\n", 0644);
	assert_int_equal(folder_make(p->runtime, NULL), 0);
	assert_int_equal(folder_make(p->bin, NULL), 0);
	put(p->runtime, "b.c", "int b;\n", 0644);
	put(p->runtime, "a.c", "int a;\n", 0644);
	put(p->bin, "gcc", "#!/bin/sh\nexit 1\n", 0755);
	setenv("PATH", p->bin, 1);
	setenv("SYSTEMTAP_DIR", p->dir, 1);
	p->o = (struct kmod_options){ .release = p->tree,
				      .runtime = p->runtime,
				      .cache = true };
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	assert_int_equal(tmpdir_remove(p->dir), 0);
	strbuf_release(&p->err);
	free(p);
	return 0;
}

static void finding(void **state)
{
	struct place *p = *state;
	struct kmod *k = kmod_open(&p->o, &p->err);
	char key[CACHE_HASH_DIGITS + 1];

	assert_non_null(k);
	assert_string_equal(kmod_release(k), "9.8.7-test");
	assert_true(kmod_loads_modules(k));
	assert_int_equal(k->sources.len, 2);
	assert_string_equal(strrchr(k->sources.at[0], '/'), "/a.c");
	assert_int_equal(strlen(kmod_key(k)), CACHE_HASH_DIGITS);
	memcpy(key, kmod_key(k), sizeof(key));
	kmod_close(k);
	k = kmod_open(&p->o, &p->err);
	assert_string_equal(kmod_key(k), key);
	kmod_close(k);
	/* Another source is another key; so is the kernel's own compiler. */
	put(p->runtime, "a.c", "int c;\n", 0644);
	k = kmod_open(&p->o, &p->err);
	assert_string_not_equal(kmod_key(k), key);
	memcpy(key, kmod_key(k), sizeof(key));
	kmod_close(k);
	put(p->bin, "gcc-99", "#!/bin/sh\nexit 1\n", 0755);
	k = kmod_open(&p->o, &p->err);
	assert_string_not_equal(kmod_key(k), key);
	assert_string_equal(strrchr(k->cc, '/'), "/gcc-99");
	kmod_close(k);
}

static void refused(struct place *p, const char *text)
{
	strbuf_reset(&p->err);
	assert_null(kmod_open(&p->o, &p->err));
	assert_non_null(strstr(p->err.buf, text));
}

static void missing(void **state)
{
	struct place *p = *state;
	char path[256], evil[256];

	p->o.release = "1.2.3-none";
	refused(p, "there are no headers of the kernel 1.2.3-none in '/lib/modules/1.2.3-none/build'; install the package linux-headers-1.2.3-none");
	p->o.release = p->dir;
	refused(p, "is not the build tree of a kernel");
	p->o.release = "../../x";
	refused(p, "'../../x' is no kernel release");
	p->o.release = "";
	refused(p, "'' is no kernel release");
	snprintf(evil, sizeof(evil), "%s/a b;$(x)", p->dir);
	assert_int_equal(rename(p->tree, evil), 0);
	p->o.release = evil;
	refused(p, "has characters in its path that kbuild does not take");
	assert_int_equal(rename(evil, p->tree), 0);
	p->o.release = p->tree;
	snprintf(path, sizeof(path), "%s/gcc", p->bin);
	assert_int_equal(unlink(path), 0);
	refused(p, "there is no C compiler to make a kernel module with; install the package gcc or gcc-99");
	put(p->bin, "gcc", "#!/bin/sh\nexit 1\n", 0755);
	p->o.runtime = p->bin;
	refused(p, "there are no sources of the runtime in");
	p->o.runtime = "relative";
	refused(p, "the path of the runtime's sources, 'relative'");
	p->o.runtime = p->runtime;
	snprintf(path, sizeof(path), "%s/.config", p->tree);
	assert_int_equal(unlink(path), 0);
	refused(p, "/.config': No such file or directory");
}

/* What is left in /tmp of a build: nothing. */
static __attribute__((noinline)) void check_no_rest(struct place *p)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/tmp", p->dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
}

static __attribute__((noinline)) int build(struct place *p)
{
	struct kmod *k = kmod_open(&p->o, &p->err);
	struct strbuf ko = STRBUF_INIT;
	char path[256];
	int rc;

	assert_non_null(k);
	strbuf_reset(&p->err);
	snprintf(path, sizeof(path), "%s/out.ko", p->dir);
	rc = kmod_build(k, "out", "int x;\n", 7, path, &ko, &p->err);
	assert_int_equal(!access(path, F_OK), !rc);
	kmod_close(k);
	strbuf_release(&ko);
	return rc;
}

static void failing_builds(void **state)
{
	struct place *p = *state;
	char path[256];

	snprintf(path, sizeof(path), "%s/tmp", p->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	setenv("TMPDIR", path, 1);
	assert_int_equal(build(p), -ENOENT);
	assert_string_equal(p->err.buf, "there is no program 'make'; install the package make");
	check_no_rest(p);
	put(p->bin, "make", "#!/bin/sh\necho script.c:1: wrong >&2; exit 2\n",
	    0755);
	assert_int_equal(build(p), -EIO);
	assert_string_equal(p->err.buf, "script.c:1: wrong\n'make' failed with exit code 2");
	check_no_rest(p);
	/* It makes nothing. */
	put(p->bin, "make", "#!/bin/sh\nexit 0\n", 0755);
	assert_int_equal(build(p), -ENOENT);
	check_no_rest(p);
	/* Junk where the commands should be. */
	put(p->bin, "make", "#!/bin/sh\nfor a do case $a in M=*) d=${a#M=};; esac; done\n"
			    "for f in sp-all.o spile_runtime.o spile_runtime.ko\n"
			    "do echo junk > $d/.$f.cmd; done\n", 0755);
	assert_int_equal(build(p), -ENOENT);
	check_no_rest(p);
	/* Commands, but no objects. */
	put(p->bin, "make", "#!/bin/sh\nfor a do case $a in M=*) d=${a#M=};; esac; done\n"
			    "for f in sp-all.o spile_runtime.o spile_runtime.ko\n"
			    "do echo \"cmd := gcc -r -o x ; y\" > $d/.$f.cmd; done\n"
			    "echo junk > $d/spile_runtime.mod.o\n", 0755);
	assert_int_equal(build(p), -ENOENT);
	check_no_rest(p);
	unsetenv("TMPDIR");
}

/* A flag of the kernel's that the compiler refuses is left out. */
static void refused_flags(void **state)
{
	struct place *p = *state;
	struct strbuf text = STRBUF_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/gcc", p->bin);
	strbuf_addf(&text, "#!/bin/sh\n"
			   "for a do [ \"$a\" = -fnew=3 ] && { echo \"gcc: error: unrecognized command-line option '-fnew=3'\" >&2; exit 1; }; done\n"
			   "echo $* > %s/seen\nexit 1\n", p->dir);
	put(p->bin, "gcc", text.buf, 0755);
	put(p->bin, "make", "#!/bin/sh\nfor a do case $a in CC=*) cc=${a#CC=};; esac; done\n"
			    "exec $cc -a -fnew=3 'b c'\n", 0755);
	assert_int_equal(build(p), -EIO);
	strbuf_reset(&text);
	snprintf(path, sizeof(path), "%s/seen", p->dir);
	assert_int_equal(io_read_file(path, 4096, &text, NULL), 0);
	assert_string_equal(text.buf, "-a b c\n");
	strbuf_release(&text);
}

static void recipes(void **state)
{
	static const char command[] =
		" gcc-12 -Wp,-MMD,x -nostdinc -I./include -include a.h -DX='\"a b\"' "
		"-fno-common -pg -mrecord-mcount -mfentry -mno-red-zone -O2 -std=gnu11 -g "
		"-fplugin=./evil.so -fnew=3 --param  allow-store-data-races=0 -Wall -c -o a.o a.c";
	static const char *const wanted[] = {
		"-nostdinc", "-fno-common", "-mno-red-zone", "-O2", "-std=gnu11",
		"--param", "allow-store-data-races=0",
	};
	struct arena a = ARENA_INIT;
	kmod_words words = { 0 }, flags = { 0 }, dropped = { 0 };
	struct kmod_recipe r = { 0 }, again = { 0 };
	struct strbuf text = STRBUF_INIT;
	size_t i;

	(void)state;
	kmod_split(&a, command, sizeof(command) - 1, &words);
	assert_string_equal(words.at[0], "gcc-12");
	assert_string_equal(words.at[6], "-DX=\"a b\"");
	vec_push(&a, &dropped, "-fnew=3");
	kmod_take_flags(&a, &words, &dropped, &flags);
	assert_int_equal(flags.len, ARRAY_SIZE(wanted));
	for (i = 0; i < flags.len; i++)
		assert_string_equal(flags.at[i], wanted[i]);
	vec_push(&a, &r.cc, "/usr/bin/gcc");
	vec_push(&a, &r.cc, "-O2");
	vec_push(&a, &r.ld, "ld");
	r.script = true;
	r.layout = (struct modinfo_layout){ 896, 64, 24, 312, 848, true };
	kmod_recipe_write(&r, &text);
	assert_int_equal(kmod_recipe_read(&a, &again, text.buf, text.len), 0);
	assert_int_equal(again.cc.len, 2);
	assert_string_equal(again.cc.at[1], "-O2");
	assert_int_equal(again.objtool.len, 0);
	assert_true(again.script);
	assert_memory_equal(&again.layout, &r.layout, sizeof(r.layout));
	/* A file that is cut off is none. */
	for (i = 0; i < text.len - 4; i++) {
		memset(&again, 0, sizeof(again));
		assert_int_equal(kmod_recipe_read(&a, &again, text.buf, i),
				 -EINVAL);
	}
	strbuf_release(&text);
	arena_release(&a);
}

static void set_time(const char *path, time_t t)
{
	struct timespec times[2] = { { t, 0 }, { t, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void caching(void **state)
{
	static const char name[] = "stap_85aabbccddeeff00112233445566778_265";
	struct place *p = *state;
	struct strbuf path = STRBUF_INIT, other = STRBUF_INIT;
	char want[256], cache[128];
	char *bytes = calloc(1, 1 << 20);

	snprintf(cache, sizeof(cache), "%s/cache", p->dir);
	snprintf(want, sizeof(want), "%s/85/%s.ko", cache, name);
	assert_int_equal(cache_path(name, "ko", &path, &p->err), 0);
	assert_string_equal(path.buf, want);
	assert_false(cache_has(path.buf));
	assert_int_equal(cache_clean(true), 0);
	assert_int_equal(cache_store(path.buf, bytes, 1 << 20, &p->err), 0);
	set_time(path.buf, 1000);
	assert_true(cache_has(path.buf));
	strbuf_addf(&other, "%s/ab/stap_ab_1.ko", cache);
	assert_int_equal(cache_store(other.buf, bytes, 1 << 20, &p->err), 0);
	set_time(other.buf, 2000);
	/* Under the limit nothing goes; over it the older one does. */
	assert_int_equal(cache_clean(true), 0);
	put(cache, "cache_mb_limit", "1\n", 0644);
	assert_int_equal(cache_clean(false), 0); /* done just now */
	assert_int_equal(cache_clean(true), 1);
	assert_false(cache_has(other.buf));
	assert_true(cache_has(path.buf));
	put(cache, "cache_clean_interval_s", "0\n", 0644);
	put(cache, "cache_mb_limit", "0\n", 0644);
	assert_int_equal(cache_clean(false), 1);
	assert_false(cache_has(path.buf));
	unsetenv("SYSTEMTAP_DIR");
	unsetenv("HOME");
	strbuf_reset(&path);
	assert_int_equal(cache_path(name, "ko", &path, &p->err), -ENOENT);
	free(bytes);
	strbuf_release(&path);
	strbuf_release(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finding, setup, teardown),
		cmocka_unit_test_setup_teardown(missing, setup, teardown),
		cmocka_unit_test_setup_teardown(failing_builds, setup,
						teardown),
		cmocka_unit_test_setup_teardown(refused_flags, setup, teardown),
		cmocka_unit_test(recipes),
		cmocka_unit_test_setup_teardown(caching, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
