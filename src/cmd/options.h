/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of stap (cli.md sections 1 to 4).
 */
#ifndef SPILE_CMD_OPTIONS_H
#define SPILE_CMD_OPTIONS_H

#include "base/vec.h"
#include "proto/limits.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PASSES 5

typedef VEC(const char *) words;

/* --dump-*: what to list instead of running a script. */
enum dump { DUMP_NONE, DUMP_TYPES, DUMP_ALIASES, DUMP_FUNCTIONS };

struct options {
	unsigned last_pass;        /* 1 … 5 */
	unsigned verbose[PASSES];  /* by pass */
	bool guru, keep, no_warnings, warnings_are_errors;
	bool dump_ir;              /* --dump-ir: -p3 without the BPF listing */
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	const char *script_text;   /* -e, or NULL */
	const char *script_file;   /* operand, "-" for stdin, or NULL */
	words extra_scripts;       /* -E */
	const char *list;          /* -l or -L PROBE, or NULL */
	bool list_locals;          /* -L */
	enum dump dump;
	bool no_optimization;      /* -u */
	bool no_global_display;    /* --no-global-var-display */
	bool suppress_time_limits;
	bool timing;               /* -t */
	const char *privilege;     /* "stapdev", "stapsys", "stapusr" */
	words tapset_folders;      /* -I */
	words args;                /* script arguments */
	const char *command;       /* -c */
	const char *pid_text;      /* -x as given */
	int64_t pid;
	const char *output;        /* -o */
	const char *module_name;   /* -m, cleaned */
	const char *compatible;    /* --compatible, default the own version */
	const char *runtime;       /* "auto", "bpf", "kernel" */
	const char *release;       /* -r RELEASE or build tree, or NULL */
	const char *runtime_folder; /* -R, or NULL */
	words make_vars;           /* -B NAME=VALUE */
	bool no_cache;             /* --disable-cache */
	bool poison_cache;         /* write it, do not read it */
	bool clean_cache;          /* --clean-cache: nothing else */
	words globals;             /* -G NAME=VALUE */
	words defines;             /* -D NAME[=VALUE] */
	struct limits limits;      /* what they say */
	struct limits limits_given; /* by field: 1 if -D names it */
	int64_t timeout_ms;        /* -T, or 0 */
	const char *buffer_mb;     /* -s as given, or NULL */
	struct arena *arena;
};

enum options_result {
	OPTIONS_RUN,    /* go on */
	OPTIONS_DONE,   /* --help, --version: printed; exit 0 */
	OPTIONS_FAILED, /* reported on stderr; exit 1 */
};

/* Read the command line. Texts point into argv or the arena. */
enum options_result options_parse(struct options *o, struct arena *arena,
				  int argc, char **argv);

#endif
