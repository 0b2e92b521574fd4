/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session whose script runs in a kernel module: stapio starts and stops it,
 * prints what comes out of it, runs the target and the script's commands.
 */
#ifndef SPILE_RUN_MODULE_H
#define SPILE_RUN_MODULE_H

#include "run/options.h"

/* Whether the descriptor of option -F is a module's folder. */
bool module_is_folder(int fd);

/* Run the session to its end. Returns the exit status: 1 after any ERROR line,
 * a failed write or a command that failed, else 0. */
int module_run(const struct run_options *opt);

#endif
