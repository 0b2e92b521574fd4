/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that -c starts or -x names; when it ends, so does the session.
 *
 * The command's process exists before the begin handlers run, so that target()
 * is known, and executes the command only when the session runs.
 */
#ifndef SPILE_RUN_TARGET_H
#define SPILE_RUN_TARGET_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <sys/types.h>

struct target {
	pid_t pid;      /* or 0 */
	bool child;     /* made by us */
	int start_fd;   /* closing it unwritten ends the waiting child; or -1 */
	int pid_fd;     /* readable when the process has ended; or -1 */
};

/* Nothing to wait for. */
void target_init(struct target *t);

/* Make the process for a command, with this priority (setpriority(2)), unless it
 * is INT_MIN; it waits for target_release(). 0, or -errno
 * and one sentence. */
int target_start(struct target *t, const char *command, int nice,
		 struct strbuf *err);

/* Watch a process that is there already. */
int target_watch(struct target *t, pid_t pid, struct strbuf *err);

/* Let the command begin. */
void target_release(struct target *t);

/* How the command ended: true and one sentence in text if badly. Only after
 * pid_fd was readable. */
bool target_failed(struct target *t, struct strbuf *text);

/* Close descriptors; a command that was never released ends now. */
void target_close(struct target *t);

/* Split a command into words as a shell would if it has nothing but words and
 * quotes in it: a NULL-terminated array to be freed along with *store. NULL if
 * it needs a shell. */
char **target_split(const char *command, char **store);

#endif
