/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char run_options_help[] =
	"Usage: stapio [OPTIONS] FILE.bo [NAME=VALUE ...]\n"
	"       stapio -F FOLDER-DESCRIPTOR [OPTIONS] MODULE (by staprun)\n"
	"  -C WHEN  colour messages: never, always or auto\n"
	"  -c CMD   run CMD and end when it does; target() is its process\n"
	"  -h       print this list\n"
	"  -o FILE  write output to FILE (strftime formats are filled in)\n"
	"  -T MS    look for output at least this often (200)\n"
	"  -v       say more; may be given again\n"
	"  -V       print the version\n"
	"  -w       no warnings from the script\n"
	"  -x PID   target() is PID; end when it does\n"
	"Beside a kernel module:\n"
	"  -A       it runs already\n"
	"  -D       in the background; prints a process number\n"
	"  -L       start it and detach\n"
	"  -N PID   the script sees namespaces as PID does\n"
	"  -S SIZE[,N]  begin a new output file after SIZE MiB, keep N of them\n";

/* A decimal number in lo … hi, the whole of text. */
static int parse_number(const char *text, long lo, long hi, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	if (errno || end == text || *end || *out < lo || *out > hi)
		return -EINVAL;
	return 0;
}

/* -S SIZE[,N]. */
static int take_rotation(struct run_options *o, struct strbuf *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(optarg, &end, 10);
	if (errno || end == optarg || n < 0 || n > INT_MAX)
		goto wrong;
	o->file_limit = (uint64_t)n << 20;
	if (!*end)
		return 0;
	if (*end != ',' || parse_number(end + 1, 1, INT_MAX, &n))
		goto wrong;
	o->keep_files = (unsigned)n;
	return 0;
wrong:
	strbuf_addf(err, "Invalid file size option '%s'.", optarg);
	return -EINVAL;
}

/* Options that go with a module only. False: it is none of them. */
static bool take_module_option(struct run_options *o, int opt)
{
	switch (opt) {
	case 'A':
		o->attach = true;
		return true;
	case 'D':
		o->daemon = true;
		return true;
	case 'L':
		o->leave = true;
		return true;
	case 'R': /* real staprun passes on what is its own */
	case 'u':
	case 'b':
	case 'r':
		return true;
	}
	return false;
}

/* One option. 0, or -EINVAL with a sentence. */
static int take_option(struct run_options *o, int opt, struct strbuf *err)
{
	long n;

	if (take_module_option(o, opt))
		return 0;
	switch (opt) {
	case 'N':
		o->namespaces = optarg;
		return parse_number(optarg, 1, INT_MAX, &n);
	case 'S':
		return take_rotation(o, err);
	case 'c':
		o->command = optarg;
		return 0;
	case 'C':
		if (color_parse_when(optarg, &o->color))
			return 0;
		strbuf_addf(err, "Invalid option '%s' for -C.", optarg);
		return -EINVAL;
	case 'F':
		if (parse_number(optarg, 3, INT_MAX, &n))
			break;
		o->handoff_fd = (int)n;
		return 0;
	case 'i':
		return 0; /* the script itself says whether it reads input */
	case 'h':
		o->help = true;
		return 0;
	case 'o':
		o->output = optarg;
		return 0;
	case 'T':
		if (parse_number(optarg, 1, INT_MAX, &n)) {
			strbuf_addf(err,
				    "Invalid reader timeout value '%s' "
				    "(should be >= 1).",
				    optarg);
			return -EINVAL;
		}
		o->poll_ms = (unsigned)n;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	case 'V':
		o->version = true;
		return 0;
	case 'w':
		o->no_warnings = true;
		return 0;
	case 't':
	case 'x':
		if (parse_number(optarg, 1, INT_MAX, &n))
			break;
		o->target_pid = n;
		return 0;
	default:
		strbuf_addf(err, "unknown option '-%c'.", optopt);
		return -EINVAL;
	}
	strbuf_addf(err, "invalid number '%s' for option -%c.", optarg, opt);
	return -EINVAL;
}

int run_options_parse(struct run_options *o, int argc, char **argv,
		      struct strbuf *err)
{
	int opt, rc;

	*o = (struct run_options){ .handoff_fd = -1,
				   .poll_ms = RUN_DEFAULT_POLL_MS };
	opterr = 0;
	while ((opt = getopt(argc, argv, "Ab:c:C:DF:hiLN:o:r:RS:t:T:u::vVwx:")) != -1) {
		rc = take_option(o, opt, err);
		if (rc)
			return rc;
	}
	if (o->help || o->version)
		return 0;
	if (o->command && o->target_pid) {
		strbuf_addstr(err,
			      "You can't specify the '-c' and '-x' options "
			      "together.");
		return -EINVAL;
	}
	if (optind == argc) {
		strbuf_addstr(err, "Need the path of a .bo file, or a module's name.");
		return -EINVAL;
	}
	o->object = argv[optind];
	o->globals = argv + optind + 1;
	o->n_globals = argc - optind - 1;
	return 0;
}
