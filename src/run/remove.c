/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/remove.h"

#include "run/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* staprun's path: the environment's, else beside this program, else where it is
 * installed. */
static void find_staprun(char *path, size_t size)
{
	const char *env = getenv("SYSTEMTAP_STAPRUN");
	char *slash;
	ssize_t n;

	if (env && strlen(env) < size) {
		memcpy(path, env, strlen(env) + 1);
		return;
	}
	n = readlink("/proc/self/exe", path, size);
	if (n > 0 && (size_t)n < size) {
		path[n] = 0;
		slash = strrchr(path, '/');
		if (slash && (size_t)(slash - path) + 9 < size) {
			memcpy(slash, "/staprun", 9);
			if (!access(path, X_OK))
				return;
		}
	}
	memcpy(path, SPILE_STAPRUN, sizeof(SPILE_STAPRUN));
}

int remove_module(const struct run_options *opt, struct strbuf *err)
{
	char path[2048];
	int status, rc;
	pid_t child;

	find_staprun(path, sizeof(path));
	child = fork();
	if (!child) {
		signals_reset();
		execl(path, "staprun", "-d", opt->object, (char *)NULL);
		_exit(127);
	}
	if (child < 0) {
		rc = -errno;
		goto fail;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR) {
			rc = -errno;
			goto fail;
		}
	if (!status)
		return 0;
	rc = -EBUSY;
	strbuf_addf(err, "the module %s is still loaded", opt->object);
	return rc;
fail:
	strbuf_addf(err, "cannot run %s: %s", path, strerror(-rc));
	return rc;
}
