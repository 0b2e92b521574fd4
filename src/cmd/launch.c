/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/launch.h"

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Path of a helper program: the environment's, else beside this program, else
 * in the folder the installation uses. */
static const char *find_program(struct arena *a, const char *name,
				const char *variable)
{
	const char *set = getenv(variable);
	char self[PATH_MAX / 2];
	ssize_t n;
	char *slash, *path;

	if (set && set[0])
		return set;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = 0;
		slash = strrchr(self, '/');
		*slash = 0;
		path = arena_printf(a, "%s/%s", self, name);
		if (!access(path, X_OK))
			return path;
	}
	return arena_printf(a, "%s/%s", SPILE_LIBEXECDIR, name);
}

/* The object as a file without a name; close-on-exec is off, the child opens
 * it through /proc/self/fd. */
static int object_fd(const char *name, const struct strbuf *object,
		     struct strbuf *err)
{
	int fd = memfd_create(name, 0), rc;

	rc = fd < 0 ? -errno : io_write_all(fd, object->buf, object->len);
	if (!rc)
		return fd;
	strbuf_addf(err, "cannot hold the compiled script in memory: %s",
		    strerror(-rc));
	if (fd >= 0)
		close(fd);
	return rc;
}

static int keep_object(const char *name, const struct strbuf *object,
		       struct strbuf *err)
{
	const char *base = getenv("TMPDIR");
	struct strbuf path = STRBUF_INIT;
	int rc = 0;

	strbuf_addf(&path, "%s/stapXXXXXX", base && base[0] ? base : "/tmp");
	if (!mkdtemp(path.buf)) {
		rc = -errno;
		strbuf_addf(err, "cannot make the temporary folder '%s': %s",
			    path.buf, strerror(-rc));
	} else {
		fprintf(stderr, "Keeping temporary directory \"%s\"\n",
			path.buf);
		strbuf_addf(&path, "/%s.bo", name);
		rc = io_write_file(path.buf, object->buf, object->len, 0644,
				   err);
	}
	strbuf_release(&path);
	return rc;
}

/* what: the object's path. */
static void make_arguments(const struct options *o, struct arena *a,
			   words *argv, const char *program, bool kernel,
			   const char *what)
{
	unsigned i;

	vec_push(a, argv, program);
	for (i = 1; i < o->verbose[PASSES - 1]; i++)
		vec_push(a, argv, "-v");
	if (o->no_warnings)
		vec_push(a, argv, "-w");
	if (o->color != COLOR_AUTO) {
		vec_push(a, argv, "-C");
		vec_push(a, argv,
			 o->color == COLOR_ALWAYS ? "always" : "never");
	}
	if (o->command) {
		vec_push(a, argv, "-c");
		vec_push(a, argv, o->command);
	}
	if (o->pid_text) {
		vec_push(a, argv, "-x");
		vec_push(a, argv, o->pid_text);
	}
	if (o->output) {
		vec_push(a, argv, "-o");
		vec_push(a, argv, o->output);
	}
	if (o->buffer_mb && kernel) {
		vec_push(a, argv, "-b");
		vec_push(a, argv, o->buffer_mb);
	}
	vec_push(a, argv, what);
}

/* Whether the program has a scalar of that name; len bytes count. */
static bool has_scalar(const struct ir_prog *p, const char *name, size_t len)
{
	const struct ir_global *g;

	vec_foreach(g, &p->globals)
		if (g->kind != IR_MAP && g->type != IR_STAT &&
		    !strncmp(g->name, name, len) && !g->name[len])
			return true;
	return false;
}

/* prog: what to leave out values by, or NULL. */
static void add_globals(const struct options *o, const struct ir_prog *prog,
			words *argv)
{
	const char **global;

	vec_foreach(global, &o->globals)
		if (!prog || has_scalar(prog, *global, strcspn(*global, "=")))
			vec_push(o->arena, argv, *global);
	vec_push(o->arena, argv, NULL);
}

/* Child: die with the parent, restore the signals, become the program. */
static _Noreturn void become(const words *argv, const sigset_t *mask,
			     pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent) {
		sigprocmask(SIG_SETMASK, mask, NULL);
		execv(argv->at[0], (char *const *)(uintptr_t)argv->at);
		fprintf(stderr, "ERROR: cannot run '%s': %s\n", argv->at[0],
			strerror(errno));
	}
	_exit(127);
}

/* Wait for the child; pass signals on that it has not seen by itself. */
static int wait_for(pid_t child, const sigset_t *signals)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (sigwaitinfo(signals, &info) < 0)
			continue;
		/* The terminal sends to the whole group, child included. */
		if (info.si_signo != SIGCHLD) {
			if (info.si_code != SI_KERNEL)
				kill(child, info.si_signo);
			continue;
		}
		if (waitpid(child, &status, WNOHANG) == child)
			break;
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : 1;
}

/* Start the program and wait for its end. */
static int run_program(const words *argv, struct strbuf *err)
{
	sigset_t signals, old;
	pid_t parent = getpid(), child;
	int rc;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGQUIT);
	sigprocmask(SIG_BLOCK, &signals, &old);
	child = fork();
	if (child == 0)
		become(argv, &old, parent);
	if (child < 0) {
		strbuf_addf(err, "cannot start '%s': %s", argv->at[0],
			    strerror(errno));
		rc = 1;
	} else {
		rc = wait_for(child, &signals);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return rc;
}

static const char *staprun(const struct options *o)
{
	return find_program(o->arena, "staprun", "SYSTEMTAP_STAPRUN");
}

int launch(const struct options *o, const char *name,
	   const struct strbuf *object, bool kernel, struct strbuf *err)
{
	words argv = { 0 };
	int fd, rc;

	if (o->keep && keep_object(name, object, err))
		return 1;
	fd = object_fd(name, object, err);
	if (fd < 0)
		return 1;
	make_arguments(o, o->arena, &argv,
		       kernel ? staprun(o) :
				find_program(o->arena, "stapio",
					     "SYSTEMTAP_STAPIO"),
		       kernel,
		       arena_printf(o->arena, "/proc/self/fd/%d", fd));
	add_globals(o, NULL, &argv);
	rc = run_program(&argv, err);
	close(fd);
	return rc;
}

int launch_module(const struct options *o, const struct ir_prog *prog,
		  const char *path, struct strbuf *err)
{
	words argv = { 0 }, all = { 0 };
	size_t i;

	make_arguments(o, o->arena, &argv, staprun(o), true, path);
	add_globals(o, prog, &argv);
	vec_push(o->arena, &all, argv.at[0]);
	if (!o->module_name)
		vec_push(o->arena, &all, "-R");
	for (i = 1; i < argv.len; i++)
		vec_push(o->arena, &all, argv.at[i]);
	return run_program(&all, err);
}
