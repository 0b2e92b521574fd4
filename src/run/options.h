/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of stapio. */
#ifndef SPILE_RUN_OPTIONS_H
#define SPILE_RUN_OPTIONS_H

#include "base/strbuf.h"
#include "run/color.h"

#include <stdbool.h>
#include <stdint.h>

struct run_options {
	const char *object;     /* path of the .bo, or name of the module */
	const char *output;     /* -o FILE, or NULL for standard output */
	const char *command;    /* -c CMD, or NULL */
	int64_t target_pid;     /* -x PID, or 0 */
	int handoff_fd;         /* -F: what staprun loaded, or -1: a memfd
				 * (proto/handoff.h), or a module's folder */
	uint64_t file_limit;    /* -S: bytes of an output file, or 0 */
	unsigned keep_files;    /* -S: number of them, or 0 */
	const char *namespaces; /* -N PID, or NULL */
	bool attach;            /* -A: the module runs already */
	bool leave;             /* -L: start it and detach */
	bool daemon;            /* -D */
	unsigned poll_ms;       /* -T: longest wait before output is looked for */
	unsigned verbose;
	enum color_when color;  /* -C: of messages */
	bool no_warnings;       /* -w */
	bool version, help;     /* -V, -h: print and leave */
	char *const *globals;   /* NAME=VALUE words, n_globals of them */
	int n_globals;
};

#define RUN_DEFAULT_POLL_MS 200

/* Read argv. 0, or -EINVAL with one sentence in err. */
int run_options_parse(struct run_options *o, int argc, char **argv,
		      struct strbuf *err);

/* The list of options, for -h and after a mistake. */
extern const char run_options_help[];

#endif
