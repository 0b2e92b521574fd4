/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/module.h"

#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 64-bit FNV-1a from a given start; two of them make the 128-bit name. A name
 * only has to tell scripts apart, nothing trusts it. */
static uint64_t hash64(uint64_t h, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3ull;
	return h ^ (h >> 29);
}

const char *module_name_of(const struct ir_prog *p, struct arena *arena)
{
	struct strbuf text = STRBUF_INIT;
	const char *name;

	ir_print(p, &text);
	name = arena_printf(arena, "stap_%016llx%016llx_%zu",
			    (unsigned long long)hash64(0xcbf29ce484222325ull,
						       text.buf, text.len),
			    (unsigned long long)hash64(0x84222325cbf29ce4ull,
						       text.buf, text.len),
			    text.len);
	strbuf_release(&text);
	return name;
}

/* mkdir for each folder of the path that is missing. */
static int make_folders(char *path, struct strbuf *err)
{
	char *p;
	int rc;

	for (p = path + 1;; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = 0;
		rc = mkdir(path, 0755) && errno != EEXIST ? -errno : 0;
		if (rc)
			strbuf_addf(err, "cannot make the folder '%s': %s",
				    path, strerror(-rc));
		*p = c;
		if (rc || !c)
			return rc;
	}
}

/* Append the cache folder for a name; its first two hex digits name the last
 * component. */
static int cache_folder(const char *name, struct strbuf *path,
			struct strbuf *err)
{
	const char *dir = getenv("SYSTEMTAP_DIR"), *home = getenv("HOME");

	if (dir && dir[0])
		strbuf_addstr(path, dir);
	else if (home && home[0])
		strbuf_addf(path, "%s/.systemtap", home);
	else {
		strbuf_addstr(err, "no folder for the cache: set HOME or SYSTEMTAP_DIR, or name the module with -m");
		return -ENOENT;
	}
	strbuf_addf(path, "/cache/%.2s", name + strlen("stap_"));
	return make_folders(path->buf, err);
}

int module_store(const struct options *o, const char *name,
		 const struct strbuf *object, struct strbuf *path,
		 struct strbuf *err)
{
	char *cwd = NULL;
	struct strbuf tmp = STRBUF_INIT;
	int rc = 0;

	if (!o->module_name)
		rc = cache_folder(name, path, err);
	else if ((cwd = getcwd(NULL, 0)))
		strbuf_addstr(path, cwd);
	else
		strbuf_addch(path, '.');
	free(cwd);
	if (rc)
		return rc;
	strbuf_addf(path, "/%s.bo", name);
	/* Whole or not at all: another run may be reading the old one. */
	strbuf_addf(&tmp, "%s.%ld", path->buf, (long)getpid());
	rc = io_write_file(tmp.buf, object->buf, object->len, 0644, err);
	if (!rc && rename(tmp.buf, path->buf)) {
		rc = -errno;
		strbuf_addf(err, "cannot write '%s': %s", path->buf,
			    strerror(-rc));
	}
	if (rc)
		unlink(tmp.buf);
	strbuf_release(&tmp);
	return rc;
}
