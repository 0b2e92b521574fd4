/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pass 5: hand a compiled script to staprun or stapio and wait for it. */
#ifndef SPILE_CMD_LAUNCH_H
#define SPILE_CMD_LAUNCH_H

#include "base/strbuf.h"
#include "cmd/options.h"
#include "ir/ir.h"

/*
 * Run the object to its end: stapio directly, or through staprun if the kernel
 * has a part in it. The object is passed in memory; with -k it is also kept in
 * a folder whose name is printed. SIGINT, SIGTERM, SIGHUP and SIGQUIT go on to
 * the child, and the child ends if this process is killed.
 *
 * Returns 0, or 1 if the run failed; a sentence is in err if it did not start.
 */
int launch(const struct options *o, const char *name,
	   const struct strbuf *object, bool kernel, struct strbuf *err);

/* The same for a kernel module, which staprun loads from its file under a name
 * of its own unless -m gave one. Values for globals that the program does not
 * have are left out: it may have lost them on its way. */
int launch_module(const struct options *o, const struct ir_prog *prog,
		  const char *path, struct strbuf *err);

#endif
