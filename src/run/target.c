/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/target.h"

#include "base/bug.h"
#include "base/io.h"
#include "run/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

void target_init(struct target *t)
{
	*t = (struct target){ .start_fd = -1, .pid_fd = -1 };
}

/* Whether a shell would read more into this unquoted character than itself.
 * Some count only where a word starts, = only in the command's first word. */
static bool is_shell_character(char c, bool word_start, bool first_word)
{
	return strchr("|&;<>()$`\\*?[]\n", c) ||
	       (word_start && strchr("#~", c)) ||
	       (first_word && strchr("={}!", c));
}

/* Copy one word to *out, leaving quotes out. Returns what follows it, or NULL
 * if the word needs a shell. */
static const char *split_word(const char *p, char **out, bool first_word)
{
	const char *start = p;
	char quote = 0;

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = quote ? 0 : *p;
		else if (quote == '\'')
			*(*out)++ = *p;
		else if (quote ? strchr("$`\\", *p) != NULL :
				 is_shell_character(*p, p == start, first_word))
			return NULL;
		else
			*(*out)++ = *p;
	}
	*(*out)++ = 0;
	return quote ? NULL : p;
}

char **target_split(const char *command, char **store)
{
	size_t len = strlen(command), n = 0;
	/* Each word takes at least one byte and the blank behind it. */
	char **words = xcalloc(len / 2 + 2, sizeof(*words));
	char *out = xmalloc(len + 1);
	const char *p = command;

	*store = out;
	for (;;) {
		p += strspn(p, " \t");
		if (!*p)
			break;
		words[n++] = out;
		p = split_word(p, &out, n == 1);
		if (!p)
			break;
	}
	if (p && n)
		return words;
	free(words);
	free(*store);
	*store = NULL;
	return NULL;
}

/* In the child: wait for the word, then become the command. */
static _Noreturn void run_command(const char *command, int nice, int start_fd)
{
	char *store, **words = target_split(command, &store), go;
	ssize_t n;

	do {
		n = read(start_fd, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(0); /* the session did not come to run */
	if (nice != INT_MIN)
		setpriority(PRIO_PROCESS, 0, nice);
	/* Whatever we inherited is not for the command. */
	syscall(SYS_close_range, 3u, UINT_MAX, 0u);
	if (words)
		execvp(words[0], words);
	/* What is no program may be one of the shell's own commands. */
	if (!words || errno == ENOENT)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	fprintf(stderr, "%s: %s\n", words ? words[0] : "/bin/sh",
		strerror(errno));
	_exit(127);
}

static int open_pid(struct target *t, pid_t pid)
{
	t->pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	return t->pid_fd < 0 ? -errno : 0;
}

int target_start(struct target *t, const char *command, int nice,
		 struct strbuf *err)
{
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC)) {
		rc = -errno;
		goto fail;
	}
	t->pid = fork();
	if (!t->pid) {
		close(fds[1]);
		signals_reset();
		run_command(command, nice, fds[0]);
	}
	rc = t->pid < 0 ? -errno : 0;
	close(fds[0]);
	t->start_fd = fds[1];
	if (!rc) {
		t->child = true;
		rc = open_pid(t, t->pid);
	}
	if (!rc)
		return 0;
	target_close(t);
fail:
	strbuf_addf(err, "cannot start '%s': %s", command, strerror(-rc));
	return rc;
}

int target_watch(struct target *t, pid_t pid, struct strbuf *err)
{
	int rc = open_pid(t, pid);

	if (rc) {
		strbuf_addf(err, "cannot watch process %d: %s", (int)pid,
			    strerror(-rc));
		return rc;
	}
	t->pid = pid;
	return 0;
}

void target_release(struct target *t)
{
	if (t->start_fd < 0)
		return;
	/* If it has gone, its pidfd tells. */
	(void)io_write_all(t->start_fd, "", 1);
	close(t->start_fd);
	t->start_fd = -1;
}

bool target_failed(struct target *t, struct strbuf *text)
{
	int status;
	pid_t pid;

	if (!t->child)
		return false;
	do {
		pid = waitpid(t->pid, &status, 0);
	} while (pid < 0 && errno == EINTR);
	if (pid < 0)
		return false;
	if (WIFSIGNALED(status))
		strbuf_addf(text, "Child process exited with signal %d (%s)",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		strbuf_addf(text, "Child process exited with status %d",
			    WEXITSTATUS(status));
	else
		return false;
	return true;
}

void target_close(struct target *t)
{
	if (t->start_fd >= 0)
		close(t->start_fd);
	if (t->pid_fd >= 0)
		close(t->pid_fd);
	target_init(t);
}
