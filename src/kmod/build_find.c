/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a build starts from: kernel, compiler, sources of the runtime. */
#include "kmod/build_internal.h"

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CONFIG_MAX (4u << 20)
#define SOURCE_MAX (4u << 20)
#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool kmod_path_ok(const char *path)
{
	return path[0] && !path[strspn(path, ALNUM "/-._+~@,=")];
}

static bool release_ok(const char *release)
{
	size_t n = strlen(release);

	return n && n < 64 && release[0] != '.' && release[0] != '-' &&
	       strspn(release, ALNUM "-._+~") == n;
}

/* The value of a line 'CONFIG_X="…"' or CONFIG_X=…, without quotes; or NULL. */
static const char *config_get(struct arena *a, const char *text,
			      const char *name)
{
	size_t n = strlen(name), len;
	const char *at = text;

	while ((at = strstr(at, name))) {
		if ((at == text || at[-1] == '\n') && at[n] == '=') {
			at += n + 1;
			at += *at == '"';
			len = strcspn(at, "\"\n");
			return arena_strndup(a, at, len);
		}
		at += n;
	}
	return NULL;
}

/* The release that the tree was configured for, or NULL. */
static const char *release_of_tree(struct kmod *k)
{
	const char *path = arena_printf(&k->arena,
					"%s/include/generated/utsrelease.h",
					k->tree);
	struct strbuf text = STRBUF_INIT;
	const char *release = NULL, *at;

	if (!io_read_file(path, SOURCE_MAX, &text, NULL) &&
	    (at = strstr(text.buf, "UTS_RELEASE \"")))
		release = arena_strndup(&k->arena, at + 13,
					strcspn(at + 13, "\"\n"));
	strbuf_release(&text);
	return release;
}

static int find_tree(struct kmod *k, struct strbuf *err)
{
	const char *given = k->o->release, *found;
	struct utsname uts;

	if (!given) {
		uname(&uts);
		given = arena_strdup(&k->arena, uts.release);
	}
	if (given[0] != '/') {
		if (!release_ok(given)) {
			strbuf_addf(err, "'%s' is no kernel release", given);
			return -EINVAL;
		}
		k->release = given;
		k->tree = arena_printf(&k->arena, "/lib/modules/%s/build",
				       given);
	} else {
		k->tree = given;
	}
	if (!kmod_path_ok(k->tree)) {
		strbuf_addf(err, "the kernel's build tree '%s' has characters in its path that kbuild does not take",
			    k->tree);
		return -EINVAL;
	}
	found = release_of_tree(k);
	if (found && release_ok(found)) {
		k->release = found;
		return 0;
	}
	if (k->release)
		strbuf_addf(err, "there are no headers of the kernel %s in '%s'; install the package linux-headers-%s",
			    k->release, k->tree, k->release);
	else
		strbuf_addf(err, "'%s' is not the build tree of a kernel: it has no include/generated/utsrelease.h",
			    k->tree);
	return -ENOENT;
}

/* Path of a program in PATH, or NULL. */
static const char *find_program(struct kmod *k, const char *name)
{
	const char *list = k->env_path + strlen("PATH=");

	while (*list) {
		size_t n = strcspn(list, ":");
		const char *path = arena_printf(&k->arena, "%.*s/%s", (int)n,
						list, name);

		if (list[0] == '/' && kmod_path_ok(path) &&
		    !access(path, X_OK))
			return path;
		list += n + (list[n] == ':');
	}
	return NULL;
}

/* The compiler the kernel was built with, if it is here; else gcc. */
static int find_compiler(struct kmod *k, const char *config, struct strbuf *err)
{
	const char *text = config_get(&k->arena, config,
				      "CONFIG_CC_VERSION_TEXT");
	const char *name = "gcc";

	if (text) {
		size_t n = strcspn(text, " ");
		const char *word = arena_strndup(&k->arena, text, n);
		const char *cross = strstr(word, "-gcc");

		/* "gcc-12", but also "x86_64-linux-gnu-gcc-12". */
		if (cross)
			word = cross + 1;
		if (word[0] && !word[strspn(word, ALNUM "-._+")])
			name = word;
	}
	k->cc = find_program(k, name);
	if (!k->cc)
		k->cc = find_program(k, "gcc");
	if (!k->cc) {
		strbuf_addf(err, "there is no C compiler to make a kernel module with; install the package %s",
			    strcmp(name, "gcc") ? arena_printf(&k->arena,
							       "gcc or %s",
							       name) : name);
		return -ENOENT;
	}
	return 0;
}

static int find_config(struct kmod *k, struct strbuf *err)
{
	struct strbuf config = STRBUF_INIT;
	const char *modules;
	int rc = io_read_file(arena_printf(&k->arena, "%s/.config", k->tree),
			      CONFIG_MAX, &config, err);

	if (!rc) {
		modules = config_get(&k->arena, config.buf, "CONFIG_MODULES");
		k->loads_modules = modules && !strcmp(modules, "y");
		rc = find_compiler(k, config.buf, err);
	}
	strbuf_release(&config);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files of a folder whose names end so, sorted. */
static int list_files(struct kmod *k, const char *folder, const char *ending,
		      kmod_words *out)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	if (!dir)
		return -errno;
	while ((d = readdir(dir))) {
		size_t n = strlen(d->d_name), e = strlen(ending);

		if (n > e && !strcmp(d->d_name + n - e, ending) &&
		    kmod_path_ok(d->d_name) && d->d_name[0] != '.')
			vec_push(&k->arena, out,
				 arena_printf(&k->arena, "%s/%s", folder,
					      d->d_name));
	}
	closedir(dir);
	if (out->len)
		qsort(out->at, out->len, sizeof(out->at[0]), by_name);
	return 0;
}

/* The runtime's files, and where the headers it shares with us are. */
static int find_sources(struct kmod *k, struct strbuf *err)
{
	const char *folder = k->o->runtime;
	struct stat st;

	if (!kmod_path_ok(folder) || folder[0] != '/') {
		strbuf_addf(err, "the path of the runtime's sources, '%s', has characters that kbuild does not take",
			    folder);
		return -EINVAL;
	}
	list_files(k, folder, ".c", &k->sources);
	list_files(k, folder, ".h", &k->headers);
	if (!k->sources.len) {
		strbuf_addf(err, "there are no sources of the runtime in '%s'",
			    folder);
		return -ENOENT;
	}
	k->shared = arena_printf(&k->arena, "%s/src", folder);
	if (stat(k->shared, &st))
		k->shared = arena_printf(&k->arena, "%s/../src", folder);
	return 0;
}

static void hash_stat(struct cache_hash *h, const char *path)
{
	struct stat st;
	int64_t facts[4] = { 0 };

	cache_hash_word(h, path);
	if (!stat(path, &st)) {
		facts[0] = st.st_size;
		facts[1] = st.st_mtim.tv_sec;
		facts[2] = st.st_mtim.tv_nsec;
		facts[3] = (int64_t)st.st_ino;
	}
	cache_hash_add(h, facts, sizeof(facts));
}

static int hash_files(struct cache_hash *h, const kmod_words *files,
		      struct strbuf *err)
{
	struct strbuf text = STRBUF_INIT;
	const char **path;
	int rc = 0;

	vec_foreach(path, files) {
		strbuf_reset(&text);
		rc = io_read_file(*path, SOURCE_MAX, &text, err);
		if (rc)
			break;
		cache_hash_word(h, *path);
		cache_hash_add(h, text.buf, text.len + 1);
	}
	strbuf_release(&text);
	return rc;
}

static int make_key(struct kmod *k, struct strbuf *err)
{
	static const char *const of_tree[] = {
		".config", "Module.symvers", "Makefile",
		"include/generated/utsrelease.h", "include/generated/compile.h",
		"include/generated/autoconf.h",
	};
	const char *const headers[][2] = {
		{ arena_printf(&k->arena, "%s/proto", k->shared), ".h" },
		{ arena_printf(&k->arena, "%s/proto", k->shared), ".def" },
	};
	kmod_words files = { 0 };
	struct cache_hash h;
	size_t i;
	int rc;

	cache_hash_init(&h);
	cache_hash_word(&h, SPILE_VERSION " kmod 1");
	cache_hash_word(&h, k->release);
	cache_hash_word(&h, k->tree);
	for (i = 0; i < sizeof(of_tree) / sizeof(of_tree[0]); i++)
		hash_stat(&h, arena_printf(&k->arena, "%s/%s", k->tree,
					   of_tree[i]));
	hash_stat(&h, k->cc);
	for (i = 0; i < k->o->n_make_vars; i++)
		cache_hash_word(&h, k->o->make_vars[i]);
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		list_files(k, headers[i][0], headers[i][1], &files);
	rc = hash_files(&h, &k->sources, err);
	if (!rc)
		rc = hash_files(&h, &k->headers, err);
	if (!rc)
		rc = hash_files(&h, &files, err);
	cache_hash_text(&h, k->key);
	return rc;
}

int kmod_find(struct kmod *k, struct strbuf *err)
{
	const char *path = getenv("PATH");
	int rc;

	k->env_path = arena_printf(&k->arena, "PATH=%s",
				   path && path[0] ? path :
				   "/usr/local/bin:/usr/bin:/bin");
	rc = find_tree(k, err);
	if (!rc)
		rc = find_config(k, err);
	if (!rc)
		rc = find_sources(k, err);
	return rc ? rc : make_key(k, err);
}
