/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/program.h"

#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_EXPANDED ((size_t)4096)

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The real path of a regular file, or NULL. */
static const char *real_file(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *out = NULL;

	if (real && is_program(real))
		out = arena_strdup(a, real);
	free(real);
	return out;
}

/* The program behind "#!" of a script, or NULL if the file is none. */
static const char *interpreter(struct arena *a, const char *path)
{
	char line[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char *p;

	if (fd < 0)
		return NULL;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (n < 3 || memcmp(line, "#!", 2))
		return NULL;
	line[n] = '\0';
	p = line + 2 + strspn(line + 2, " \t");
	p[strcspn(p, " \t\n")] = '\0';
	return real_file(a, p);
}

static const char *resolve(struct arena *a, const char *path)
{
	const char *real = real_file(a, path);
	const char *program = real ? interpreter(a, real) : NULL;

	return program ? program : real;
}

static const char *search(struct arena *a, const char *name)
{
	const char *dir = getenv("PATH"), *found;

	if (!dir)
		dir = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t len = strcspn(dir, ":");
		char *path = arena_printf(a, "%.*s%s%s", (int)len, dir,
					  len ? "/" : "", name);

		found = access(path, X_OK) ? NULL : resolve(a, path);
		if (found || !dir[len])
			return found;
		dir += len + 1;
	}
}

const char *program_find(struct arena *a, const char *name, const char *sysroot)
{
	if (!*name)
		return NULL;
	if (!strchr(name, '/'))
		return search(a, name);
	if (*name == '/' && sysroot && *sysroot)
		name = arena_printf(a, "%s%s", sysroot, name);
	return resolve(a, name);
}

void program_expand(struct arena *a, const char *pattern, const char *sysroot,
		    program_paths *out)
{
	glob_t g;
	size_t i;

	if (*pattern == '/' && sysroot && *sysroot)
		pattern = arena_printf(a, "%s%s", sysroot, pattern);
	if (glob(pattern, 0, NULL, &g))
		return;
	for (i = 0; i < g.gl_pathc && i < MAX_EXPANDED; i++) {
		const char *path = access(g.gl_pathv[i], X_OK)
					   ? NULL
					   : real_file(a, g.gl_pathv[i]);

		if (path)
			vec_push(a, out, path);
	}
	globfree(&g);
}

const char *program_of_command(struct arena *a, const char *command)
{
	command += strspn(command, " \t\n");
	return arena_strndup(a, command, strcspn(command, " \t\n"));
}
