/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See library.h. Run in place, the library is the folder "tapset" beside the
 * program, where the build has put it. */
#include "cmd/library.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library's own folder. */
static const char *main_folder(struct arena *arena)
{
	char self[PATH_MAX / 2];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *path;
	char *slash;

	if (n > 0) {
		self[n] = 0;
		slash = strrchr(self, '/');
		*slash = 0;
		path = arena_printf(arena, "%s/tapset", self);
		if (!access(path, R_OK))
			return path;
	}
	return SPILE_TAPSETDIR;
}

/* DIR/systemtap/tapset for each DIR of a list with colons. */
static void add_data_folders(struct tapset *t, struct arena *arena,
			     const char *list)
{
	while (*list) {
		size_t n = strcspn(list, ":");

		/* The standard has paths that are not absolute ignored. */
		if (*list == '/')
			tapset_add_folder(t,
					  arena_printf(arena,
						       "%.*s/systemtap/tapset",
						       (int)n, list),
					  TAPSET_OTHER);
		list += n + (list[n] != 0);
	}
}

struct tapset *library_open(struct lang *l, const struct options *o)
{
	const char *set = getenv("SYSTEMTAP_TAPSET");
	const char *data = getenv("XDG_DATA_DIRS");
	struct tapset *t = tapset_new(l);
	const char *const *dir;

	vec_foreach(dir, &o->tapset_folders)
		tapset_add_folder(t, *dir, TAPSET_USER);
	if (set)
		tapset_add_folder(t, set, TAPSET_USER);
	else
		tapset_add_folder(t, main_folder(l->arena), TAPSET_MAIN);
	if (data)
		add_data_folders(t, l->arena, data);
	return t;
}

static bool same_folder(const struct stat *a, const char *path)
{
	struct stat b;

	return !stat(path, &b) && a->st_dev == b.st_dev &&
	       a->st_ino == b.st_ino;
}

bool library_holds(const struct options *o, const char *path)
{
	const char *set = getenv("SYSTEMTAP_TAPSET");
	const char *slash = strrchr(path, '/');
	const char *const *dir;
	struct stat st;

	if (stat(slash ? arena_strndup(o->arena, path,
				       (size_t)(slash - path) + 1) :
			 ".",
		 &st))
		return false;
	vec_foreach(dir, &o->tapset_folders)
		if (same_folder(&st, *dir))
			return true;
	return same_folder(&st, set ? set : main_folder(o->arena));
}
