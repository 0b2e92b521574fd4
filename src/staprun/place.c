/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/place.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static bool ends_in(const char *text, const char *suffix)
{
	size_t len = strlen(text), n = strlen(suffix);

	return len > n && !strcmp(text + len - n, suffix);
}

static void add_folder(struct strbuf *path, const char *release)
{
	strbuf_addf(path, "/lib/modules/%s/systemtap", release);
}

void place_find(const char *operand, const char *release, struct strbuf *path,
		bool *by_name)
{
	*by_name = !strchr(operand, '/') && !ends_in(operand, ".ko") &&
		   !ends_in(operand, ".bo");
	if (!*by_name) {
		strbuf_addstr(path, operand);
		return;
	}
	add_folder(path, release);
	strbuf_addf(path, "/%s.ko", operand);
}

void place_name(const char *operand, struct strbuf *name)
{
	const char *slash = strrchr(operand, '/');
	const char *start = slash ? slash + 1 : operand;
	const char *dot = strrchr(start, '.');

	strbuf_add(name, start, dot ? (size_t)(dot - start) : strlen(start));
}

/* One thing that has to be root's. */
static int check_owner(const struct stat *st, const char *what, const char *path,
		       struct strbuf *err)
{
	if (st->st_uid) {
		strbuf_addf(err, "The %s \"%s\" must be owned by root.", what,
			    path);
		return -EPERM;
	}
	if (st->st_mode & S_IWOTH) {
		strbuf_addf(err, "The %s \"%s\" must not be world writable.",
			    what, path);
		return -EPERM;
	}
	return 0;
}

/* Symbolic links and ".." must not lead out of the folder. */
static int check_inside(const char *path, const char *real_folder,
			struct strbuf *err)
{
	char *real = realpath(path, NULL);
	size_t len = strlen(real_folder);
	bool inside = real && !strncmp(real, real_folder, len) &&
		      real[len] == '/';

	free(real);
	if (inside)
		return 0;
	strbuf_addf(err, "Module \"%s\" does not exist within that directory.",
		    path);
	return -EPERM;
}

int place_check(const char *path, const char *release,
		const struct stat *of_file, struct strbuf *err)
{
	struct strbuf folder = STRBUF_INIT;
	char *real = NULL;
	struct stat st;
	int rc;

	add_folder(&folder, release);
	real = realpath(folder.buf, NULL);
	rc = !real || stat(real, &st) ? -errno : 0;
	if (rc)
		strbuf_addf(err,
			    "Error getting information on that directory: %s",
			    strerror(-rc));
	else if (!S_ISDIR(st.st_mode)) {
		strbuf_addstr(err, "That path must refer to a directory.");
		rc = -EPERM;
	}
	if (!rc)
		rc = check_owner(&st, "directory", real, err);
	if (!rc)
		rc = check_inside(path, real, err);
	if (!rc)
		rc = check_owner(of_file, "module", path, err);
	free(real);
	strbuf_release(&folder);
	return rc;
}
