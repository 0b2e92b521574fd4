/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/watch.h"

#include "proto/handoff.h"
#include "staprun/launch.h"
#include "staprun/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Signals that are stapio's. */
static void fill_signals(sigset_t *set)
{
	static const int signals[] = { SIGCHLD, SIGINT,	 SIGTERM,
				       SIGHUP,	SIGQUIT, SIGUSR2 };
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(set, signals[i]);
}

void watch_init(struct watch *w)
{
	sigset_t signals;

	*w = (struct watch){ .status = 1 };
	fill_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &w->mask);
}

/* In the child: become the user's stapio, and die with the parent. */
static _Noreturn void become_stapio(const struct load_options *o,
				    const char *name, int folder_fd,
				    int keep_fd, pid_t parent,
				    const sigset_t *mask)
{
	struct strbuf err = STRBUF_INIT;
	char number[16];
	int rc = privilege_drop(&err);

	if (!rc) {
		/* A change of users would have taken this back. */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(1);
		snprintf(number, sizeof(number), "%d", keep_fd);
		setenv(HANDOFF_KEEP_ENV, number, 1);
		/* It has no meaning before stapio gives it one. */
		signal(SIGUSR2, SIG_IGN);
		sigprocmask(SIG_SETMASK, mask, NULL);
		launch_module_stapio(o, name, folder_fd, &err);
	}
	fprintf(stderr, "ERROR: %s\n", err.buf);
	_exit(1);
}

/* Wait for the child's end; let it have our signals. Those of a terminal reach
 * it without us. */
static int wait_for(pid_t child, const sigset_t *signals)
{
	siginfo_t info;
	int status;

	for (;;) {
		if (sigwaitinfo(signals, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD && info.si_code != SI_KERNEL)
			kill(child, info.si_signo);
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
	}
}

/* In the process that was called, when another goes on in the background: say
 * which process stapio is, and leave. */
static _Noreturn void report_stapio(int pid_fd)
{
	pid_t pid;

	if (read(pid_fd, &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
	printf("%d\n", (int)pid);
	_exit(fflush(stdout) ? 1 : 0);
}

/* Leave the terminal and go on in the background. Only the process that goes
 * on returns, with the descriptor that wants to know stapio's pid. */
static int go_behind(void)
{
	int fds[2];
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	child = fork();
	if (child > 0) {
		close(fds[1]);
		report_stapio(fds[0]);
	}
	if (child < 0 || setsid() < 0)
		return -errno;
	close(fds[0]);
	return fds[1];
}

/* The daemon has nothing to say on its caller's descriptors. */
static void forget_terminal(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), i;

	for (i = 0; fd >= 0 && i < 3; i++)
		dup2(fd, i);
	if (chdir("/"))
		return;
}

int watch_stapio(struct watch *w, const struct load_options *o,
		 const char *name, int folder_fd, struct strbuf *err)
{
	sigset_t signals;
	int keep[2], status, pid_fd = -1;
	pid_t parent, child;
	char byte;

	if (o->daemon) {
		pid_fd = go_behind();
		if (pid_fd < 0)
			goto fail;
	}
	/* Whoever holds the other end behind stapio must not hold us. */
	if (pipe2(keep, O_NONBLOCK) || fcntl(keep[0], F_SETFD, FD_CLOEXEC))
		goto fail;
	fill_signals(&signals);
	parent = getpid();
	child = fork();
	if (!child) {
		/* privilege.h: what a user may not have is closed on exec. */
		become_stapio(o, name, folder_fd, keep[1], parent, &w->mask);
	}
	if (child < 0)
		goto fail;
	close(keep[1]);
	close(folder_fd);
	if (o->daemon) {
		if (write(pid_fd, &child, sizeof(child)) != sizeof(child))
			goto fail;
		close(pid_fd);
		forget_terminal();
	}
	status = wait_for(child, &signals);
	w->keep = read(keep[0], &byte, 1) == 1;
	w->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	w->status = w->signal ? 128 + w->signal : WEXITSTATUS(status);
	close(keep[0]);
	return 0;
fail:
	strbuf_addf(err, "cannot start stapio: %s", strerror(errno));
	return -errno;
}
