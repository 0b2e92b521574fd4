/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/subproc.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_MAX (64 << 10)

static void signals_of_guard(sigset_t *set, bool child)
{
	sigemptyset(set);
	if (child)
		sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGQUIT);
}

void subproc_guard_begin(struct subproc_guard *g)
{
	sigset_t set;

	g->caught = 0;
	signals_of_guard(&set, true);
	sigprocmask(SIG_BLOCK, &set, &g->old);
}

void subproc_guard_end(struct subproc_guard *g)
{
	const struct timespec none = { 0 };
	sigset_t set;

	/* What is left of children that are all waited for. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (sigtimedwait(&set, NULL, &none) > 0)
		;
	if (g->caught)
		raise(g->caught);
	sigprocmask(SIG_SETMASK, &g->old, NULL);
}

/* Whether one of the signals that stop the work has come. */
static bool stopped(struct subproc_guard *g)
{
	const struct timespec none = { 0 };
	sigset_t set;
	int sig;

	signals_of_guard(&set, false);
	while (!g->caught && (sig = sigtimedwait(&set, NULL, &none)) > 0)
		g->caught = sig;
	return g->caught != 0;
}

/* Start the program in a process group of its own, so that all of it can be
 * ended, with default signal handling. */
static int start(const struct subproc *p, int out_fd, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO,
					      "/dev/null", O_RDONLY, 0);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&files, out_fd,
						      STDOUT_FILENO);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&files, out_fd,
						      STDERR_FILENO);
	if (!rc && p->dir)
		rc = posix_spawn_file_actions_addchdir_np(&files, p->dir);
	if (!rc)
		rc = posix_spawnp(pid, p->argv[0], &files, &attr,
				  (char *const *)(uintptr_t)p->argv,
				  (char *const *)(uintptr_t)p->env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -rc;
}

/* Wait for the program, or for a signal that ends it. */
static int wait_for(struct subproc_guard *g, pid_t pid)
{
	sigset_t set;
	int status, sig;

	signals_of_guard(&set, true);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		sig = sigwaitinfo(&set, NULL);
		if (sig <= 0 || sig == SIGCHLD)
			continue;
		if (!g->caught)
			g->caught = sig;
		kill(-pid, SIGTERM);
	}
	/* Whoever of the group outlived its head goes too. */
	if (g->caught) {
		kill(-pid, SIGKILL);
		return -EINTR;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   128 + WTERMSIG(status);
}

/* Append the end of what the program has written. */
static int take_output(int fd, struct strbuf *out)
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > OUTPUT_MAX ? size - OUTPUT_MAX : 0;

	if (size < 0 || lseek(fd, from, SEEK_SET) < 0)
		return -errno;
	return io_read_fd(fd, OUTPUT_MAX, out);
}

int subproc_run(struct subproc_guard *g, const struct subproc *p,
		struct strbuf *out)
{
	int fd, rc, rc2;
	pid_t pid;

	if (stopped(g))
		return -EINTR;
	fd = out ? memfd_create("output", MFD_CLOEXEC) :
		   open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = start(p, fd, &pid);
	if (!rc) {
		rc = wait_for(g, pid);
		rc2 = out ? take_output(fd, out) : 0;
		if (rc >= 0 && rc2)
			rc = rc2;
	}
	close(fd);
	return rc;
}

int subproc_pause(struct subproc_guard *g, unsigned ms)
{
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };
	sigset_t set;
	int sig;

	signals_of_guard(&set, false);
	sig = g->caught ? 0 : sigtimedwait(&set, NULL, &time);
	if (sig > 0)
		g->caught = sig;
	return g->caught ? -EINTR : 0;
}
