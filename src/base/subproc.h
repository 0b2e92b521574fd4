/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs other programs, one at a time, without a shell.
 *
 * A guard spans a piece of work that leaves things behind unless it is
 * finished, such as a temporary folder: SIGINT, SIGTERM, SIGHUP and SIGQUIT are
 * held back inside it. One that arrives ends the program being run and its
 * children, and every later run in the guard fails at once, so that the work
 * unwinds; it is delivered when the guard ends.
 */
#ifndef SPILE_BASE_SUBPROC_H
#define SPILE_BASE_SUBPROC_H

#include "base/strbuf.h"

#include <signal.h>

struct subproc_guard {
	sigset_t old; /* the caller's signal mask */
	int caught;   /* signal that arrived, or 0 */
};

struct subproc {
	const char *const *argv; /* argv[0] is a path, or a name in PATH */
	const char *const *env;  /* whole environment of the program */
	const char *dir;         /* its working folder, or NULL: this one */
};

/* Hold signals back. Guards do not nest. */
void subproc_guard_begin(struct subproc_guard *g);
/* Let them through again: a signal that arrived takes its effect here. */
void subproc_guard_end(struct subproc_guard *g);

/*
 * Run a program to its end with no input. The last 64 KiB of what it writes to
 * both of its streams are appended to out (which may be NULL).
 *
 * Returns its exit status, 128 + N if signal N killed it, or -errno: -EINTR if
 * a signal arrived, -ENOENT if there is no such program.
 */
int subproc_run(struct subproc_guard *g, const struct subproc *p,
		struct strbuf *out);

/* Sleep. 0, or -EINTR if a signal arrived. */
int subproc_pause(struct subproc_guard *g, unsigned ms);

#endif
