/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/tmpdir.h"

#include "base/bug.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TMPDIR_CHARS                                                          \
	"-/._0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

int tmpdir_make(struct strbuf *path, struct strbuf *err)
{
	const char *base = getenv("TMPDIR");
	size_t at = path->len;
	int rc;

	if (!base || !base[0])
		base = "/tmp";
	if (base[strspn(base, TMPDIR_CHARS)]) {
		strbuf_addf(err, "Safety pattern mismatch for TMPDIR ('%s' vs. '^[-/._0-9a-z]+$') rc=1",
			    base);
		return -EINVAL;
	}
	strbuf_addf(path, "%s/stapXXXXXX", base);
	if (mkdtemp(path->buf + at))
		return 0;
	rc = -errno;
	strbuf_addf(err, "cannot make the temporary folder '%s': %s",
		    path->buf + at, strerror(-rc));
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path) ? -errno : 0;
}

int tmpdir_remove(const char *path)
{
	int rc = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);

	return rc == -1 ? -errno : rc;
}

int folder_make(const char *path, struct strbuf *err)
{
	char *copy = xstrdup(path), *p;
	int rc = 0;

	for (p = copy + 1; !rc; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = 0;
		if (mkdir(copy, 0755) && errno != EEXIST) {
			rc = -errno;
			if (err)
				strbuf_addf(err,
					    "cannot make the folder '%.*s': %s",
					    (int)(p - copy), path,
					    strerror(-rc));
		}
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return rc;
}
