/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of staprun. */
#ifndef SPILE_STAPRUN_OPTIONS_H
#define SPILE_STAPRUN_OPTIONS_H

#include "base/strbuf.h"

#include <stdbool.h>

struct load_options {
	const char *object;      /* a path, or a module's name */
	const char *output;      /* -o FILE, or NULL */
	const char *command;     /* -c CMD, or NULL */
	const char *target_pid;  /* -x PID, checked to be a number; or NULL */
	const char *poll_ms;     /* -T MS, the same */
	const char *color;       /* -C WHEN, checked; or NULL */
	const char *rotate;      /* -S SIZE[,N], checked; or NULL */
	const char *remote;      /* -r N:URI, checked; or NULL */
	const char *namespaces;  /* -N PID, the same */
	unsigned buffer_mb;      /* -b: size of the buffer, or 0 */
	unsigned verbose;
	bool no_warnings;        /* -w */
	bool attach;             /* -A: to a module that is loaded */
	bool leave;              /* -L: start the probes and detach */
	bool remove;             /* -d */
	bool daemon;             /* -D */
	bool rename;             /* -R */
	bool version, help;      /* -V, -h: print and leave */
	char module_only;        /* an option given that a .bo cannot take, or 0 */
	char *const *globals;    /* NAME=VALUE words, n_globals of them */
	int n_globals;
};

/* Read argv. 0, or -EINVAL with one sentence in err. *show_help: the list of
 * options should follow it. */
int load_options_parse(struct load_options *o, int argc, char **argv,
		       bool *show_help, struct strbuf *err);

/* The list of options, for -h and after a mistake. */
extern const char load_options_help[];

#endif
