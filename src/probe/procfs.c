/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * procfs[("PATH")][.umask(U)].read[.maxsize(N)]   a file is read
 * procfs[("PATH")][.umask(U)].write               a file is written to
 *
 * PATH is relative, "command" if there is none. A path has one probe for
 * reading, and any number for writing.
 */
#include "probe/providers.h"

#include <string.h>

#define DEFAULT_PATH "command"
#define READ_UMASK   0044
#define WRITE_UMASK  0022
#define MAX_NAME     255
#define MAX_DEPTH    64
#define MAX_SIZE     (1 << 24)

enum {
	READ,
	WRITE
};

#define FORMS(procfs)                                                         \
	{ procfs ".read", READ },                                             \
	{ procfs ".read.maxsize(N)", READ },                                  \
	{ procfs ".umask(N).read", READ },                                    \
	{ procfs ".umask(N).read.maxsize(N)", READ },                         \
	{ procfs ".write", WRITE },                                           \
	{ procfs ".umask(N).write", WRITE }

static const struct probe_pattern patterns[] = {
	FORMS("procfs"),
	FORMS("procfs(S)"),
	{ NULL, 0 },
};

static bool is_dots(const char *name, size_t len)
{
	return len <= 2 && !strncmp(name, "..", len);
}

static bool check_path(struct resolve *r, struct loc loc, const char *path)
{
	size_t len = strlen(path), depth = 0;

	if (*path == '/') {
		resolve_error(r, loc, PROCFS_PATH_STARTS);
		return false;
	}
	if (len && path[len - 1] == '/') {
		resolve_error(r, loc, PROCFS_PATH_ENDS);
		return false;
	}
	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (!len || is_dots(path, len)) {
			resolve_error(r, loc, PROCFS_PATH_COMPONENT);
			return false;
		}
		if (len > MAX_NAME || ++depth > MAX_DEPTH) {
			resolve_error(r, loc, PROCFS_PATH_LONG);
			return false;
		}
		if (!path[len])
			return true;
	}
}

/* The number given to a component of this name, or otherwise. */
static int64_t number_of(const struct ast_point *pt, const char *name,
			 int64_t otherwise)
{
	size_t i;

	for (i = 1; i < pt->comps.len; i++)
		if (!strcmp(pt->comps.at[i].name, name))
			return point_number(pt, i, otherwise);
	return otherwise;
}

/* Whether this is the first probe that reads the path. */
static bool claim_path(struct resolve *r, struct loc loc, const char *path)
{
	const char *key = arena_printf(r->arena, "procfs read %s", path);

	if (!hmap_puts(&r->cache, key, r))
		return true;
	resolve_error(r, loc, PROCFS_READ_TWICE, path);
	return false;
}

static void resolve(struct resolve *r, const struct ast_point *pt, int tag)
{
	struct loc loc = pt->comps.at[0].loc;
	const char *path = point_string(pt, 0);
	int64_t umask = number_of(pt, "umask",
				  tag == READ ? READ_UMASK : WRITE_UMASK);
	int64_t most = number_of(pt, "maxsize", MAX_SIZE);
	struct resolved_probe *p;

	if (!path)
		path = DEFAULT_PATH;
	if (!check_path(r, loc, path))
		return;
	if (umask < 0 || umask > 0777) {
		resolve_error(r, loc, PROCFS_UMASK);
		return;
	}
	if (most <= 0) {
		resolve_error(r, loc, PROCFS_MAXSIZE);
		return;
	}
	if (most > MAX_SIZE) {
		resolve_error(r, loc, PROCFS_MAXSIZE_LARGE, MAX_SIZE);
		return;
	}
	if (tag == READ && !claim_path(r, loc, path))
		return;
	p = resolve_add(r, pt,
			tag == READ ? ATTACH_PROCFS_READ : ATTACH_PROCFS_WRITE);
	p->s0 = intern_str(r->names, path);
	p->n0 = umask;
	p->n1 = number_of(pt, "maxsize", 0);
}

const struct provider provider_procfs = {
	.name = "procfs",
	.patterns = patterns,
	.resolve = resolve,
};
