/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmod/cache.h"

#include "base/bug.h"
#include "base/io.h"
#include "base/tmpdir.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MB 256
#define INTERVAL_S 300

/* Two 64-bit FNV-1a of different starts. */
void cache_hash_init(struct cache_hash *h)
{
	h->a = 0xcbf29ce484222325ull;
	h->b = 0x84222325cbf29ce4ull;
}

void cache_hash_add(struct cache_hash *h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++) {
		h->a = (h->a ^ p[i]) * 0x100000001b3ull;
		h->b = (h->b ^ p[i] ^ (h->a >> 56)) * 0x100000001b3ull;
	}
}

void cache_hash_word(struct cache_hash *h, const char *text)
{
	cache_hash_add(h, text, strlen(text) + 1);
}

void cache_hash_text(const struct cache_hash *h,
		     char out[CACHE_HASH_DIGITS + 1])
{
	snprintf(out, CACHE_HASH_DIGITS + 1, "%016llx%016llx",
		 (unsigned long long)(h->a ^ (h->a >> 29)),
		 (unsigned long long)(h->b ^ (h->b >> 29)));
}

int cache_folder(struct strbuf *path, struct strbuf *err)
{
	const char *dir = getenv("SYSTEMTAP_DIR"), *home = getenv("HOME");

	if (dir && dir[0])
		strbuf_addf(path, "%s/cache", dir);
	else if (home && home[0])
		strbuf_addf(path, "%s/.systemtap/cache", home);
	else {
		if (err)
			strbuf_addstr(err, "no folder for the cache: set HOME or SYSTEMTAP_DIR, or name the module with -m");
		return -ENOENT;
	}
	return 0;
}

int cache_path(const char *name, const char *ext, struct strbuf *path,
	       struct strbuf *err)
{
	int rc = cache_folder(path, err);

	if (!rc)
		strbuf_addf(path, "/%.2s/%s.%s", name + strlen("stap_"), name,
			    ext);
	return rc;
}

bool cache_has(const char *path)
{
	return !access(path, R_OK) && !utimensat(AT_FDCWD, path, NULL, 0);
}

int cache_store(const char *path, const void *bytes, size_t len,
		struct strbuf *err)
{
	struct strbuf tmp = STRBUF_INIT;
	char *folder = xstrdup(path);
	int rc = folder_make(dirname(folder), err);

	free(folder);
	if (rc)
		return rc;
	/* Whole or not at all: another run may be reading the old one. */
	strbuf_addf(&tmp, "%s.%ld", path, (long)getpid());
	rc = io_write_file(tmp.buf, bytes, len, 0644, err);
	if (!rc && rename(tmp.buf, path)) {
		rc = -errno;
		strbuf_addf(err, "cannot write '%s': %s", path, strerror(-rc));
	}
	if (rc)
		unlink(tmp.buf);
	strbuf_release(&tmp);
	return rc;
}

/* The number in a file of the cache, which is made if it is missing. */
static long setting(const char *folder, const char *name, long otherwise)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	long value = otherwise;
	char *end;

	strbuf_addf(&path, "%s/%s", folder, name);
	if (!io_read_file(path.buf, 64, &text, NULL)) {
		value = strtol(text.buf, &end, 10);
		if (end == text.buf || value < 0)
			value = otherwise;
	} else if (access(path.buf, F_OK)) {
		strbuf_addf(&text, "%ld\n", otherwise);
		io_write_file(path.buf, text.buf, text.len, 0644, NULL);
	}
	strbuf_release(&path);
	strbuf_release(&text);
	return value;
}

/* Whether the last cleaning was long ago; sets the stamp if so. */
static bool is_due(const char *folder, bool now)
{
	long interval = setting(folder, "cache_clean_interval_s", INTERVAL_S);
	struct strbuf stamp = STRBUF_INIT;
	struct stat st;
	bool due;

	strbuf_addf(&stamp, "%s/cache.clean.stamp", folder);
	due = now || stat(stamp.buf, &st) ||
	      time(NULL) - st.st_mtime >= interval;
	if (due)
		io_write_file(stamp.buf, "", 0, 0644, NULL);
	strbuf_release(&stamp);
	return due;
}

struct entry {
	char *path;
	off_t bytes;
	struct timespec used;
};

typedef VEC(struct entry) entries;

/* Size on disk of a file, or of the files in a folder; *used is when the newest
 * of them was. */
static off_t measure(const char *path, struct timespec *used)
{
	struct stat st;
	off_t bytes = 0;
	struct dirent *d;
	DIR *dir;

	if (lstat(path, &st))
		return 0;
	if (st.st_mtim.tv_sec > used->tv_sec)
		*used = st.st_mtim;
	if (!S_ISDIR(st.st_mode))
		return st.st_blocks * 512;
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		struct strbuf sub = STRBUF_INIT;

		strbuf_addf(&sub, "%s/%s", path, d->d_name);
		if (d->d_name[0] != '.' && !lstat(sub.buf, &st) &&
		    S_ISREG(st.st_mode)) {
			bytes += st.st_blocks * 512;
			if (st.st_mtim.tv_sec > used->tv_sec)
				*used = st.st_mtim;
		}
		strbuf_release(&sub);
	}
	if (dir)
		closedir(dir);
	return bytes;
}

/* Everything in one folder of the cache; returns the bytes of it. */
static off_t take_folder(const char *folder, entries *all)
{
	DIR *dir = opendir(folder);
	struct dirent *d;
	off_t bytes = 0;

	while (dir && (d = readdir(dir))) {
		struct strbuf path = STRBUF_INIT;
		struct entry e = { 0 };

		if (d->d_name[0] == '.')
			continue;
		strbuf_addf(&path, "%s/%s", folder, d->d_name);
		e.bytes = measure(path.buf, &e.used);
		e.path = strbuf_detach(&path);
		bytes += e.bytes;
		vec_push(NULL, all, e);
	}
	if (dir)
		closedir(dir);
	return bytes;
}

static int by_use(const void *x, const void *y)
{
	const struct timespec *a = &((const struct entry *)x)->used;
	const struct timespec *b = &((const struct entry *)y)->used;

	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

/* Whether the cache's folder holds compiled things: two digits, or those of
 * the runtime. */
static bool holds_entries(const char *name)
{
	return !strcmp(name, "runtime") ||
	       (strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2);
}

static unsigned remove_oldest(entries *all, off_t bytes, off_t limit)
{
	unsigned removed = 0;
	struct entry *e;

	if (all->len)
		qsort(all->at, all->len, sizeof(all->at[0]), by_use);
	vec_foreach(e, all) {
		if (bytes <= limit)
			break;
		if (tmpdir_remove(e->path))
			continue;
		bytes -= e->bytes;
		removed++;
	}
	return removed;
}

unsigned cache_clean(bool now)
{
	struct strbuf folder = STRBUF_INIT;
	entries all = { 0 };
	unsigned removed = 0;
	struct entry *e;
	struct dirent *d;
	off_t bytes = 0;
	DIR *dir;

	if (cache_folder(&folder, NULL) || access(folder.buf, W_OK) ||
	    !is_due(folder.buf, now)) {
		strbuf_release(&folder);
		return 0;
	}
	dir = opendir(folder.buf);
	while (dir && (d = readdir(dir))) {
		struct strbuf sub = STRBUF_INIT;

		strbuf_addf(&sub, "%s/%s", folder.buf, d->d_name);
		if (holds_entries(d->d_name))
			bytes += take_folder(sub.buf, &all);
		strbuf_release(&sub);
	}
	if (dir)
		closedir(dir);
	removed = remove_oldest(
		&all, bytes,
		(off_t)setting(folder.buf, "cache_mb_limit", LIMIT_MB) << 20);
	vec_foreach(e, &all)
		free(e->path);
	vec_release(&all);
	strbuf_release(&folder);
	return removed;
}
