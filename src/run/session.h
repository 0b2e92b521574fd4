/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of a script: begin handlers, the event loop, end handlers.
 *
 * States only go up (proto/session.h): STARTING while begin handlers run,
 * RUNNING in the loop, then STOPPING after exit(), a signal or the end of the
 * target, or ERROR after too many errors; end or error handlers run last. All
 * user-space handlers run here, one at a time; the loop waits in one ppoll()
 * for the ring buffer, the next timer, signals and the target's end.
 */
#ifndef SPILE_RUN_SESSION_H
#define SPILE_RUN_SESSION_H

#include "run/options.h"

/* Run the script to its end. Returns the exit status: 1 after any ERROR line,
 * a failed write or a command that failed, else 0. */
int session_run(const struct run_options *opt);

#endif
