/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char load_options_help[] =
	"Usage: staprun [OPTIONS] FILE.bo [NAME=VALUE ...]\n"
	"  -b MB    size of the buffer between kernel and user space (1-4095)\n"
	"  -C WHEN  colour messages: never, always or auto\n"
	"  -c CMD   run CMD and end when it does; target() is its process\n"
	"  -h       print this list\n"
	"  -o FILE  write output to FILE (strftime formats are filled in)\n"
	"  -T MS    look for output at least this often (200)\n"
	"  -v       say more; may be given again\n"
	"  -V       print the version\n"
	"  -w       no warnings from the script\n"
	"  -x PID   target() is PID; end when it does\n"
	"Options -A -d -D -i -L -M -N -r -R -S -u are for kernel modules.\n";

#define OPTION_LETTERS "AC:b:c:dDhiLM:N:o:r:RS:t:T:u::vVwx:"

static int parse_number(const char *text, long lo, long hi, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(text, &end, 10);
	return errno || end == text || *end || *out < lo || *out > hi ?
		       -EINVAL :
		       0;
}

/* Options with a number. */
static int take_number(struct load_options *o, int opt, struct strbuf *err)
{
	long n;

	if (opt == 'b' && parse_number(optarg, 1, 4095, &n)) {
		strbuf_addf(err,
			    "Invalid buffer size '%s' (should be 1-4095).",
			    optarg);
		return -EINVAL;
	}
	if (opt == 'T' && parse_number(optarg, 1, INT_MAX, &n)) {
		strbuf_addf(err,
			    "Invalid reader timeout value '%s' (should be >= "
			    "1).",
			    optarg);
		return -EINVAL;
	}
	if (opt == 'x' && parse_number(optarg, 1, INT_MAX, &n)) {
		strbuf_addf(err, "Invalid target process ID number '%s'.",
			    optarg);
		return -EINVAL;
	}
	if (opt == 'b')
		o->buffer_mb = (unsigned)n;
	else if (opt == 'T')
		o->poll_ms = optarg;
	else
		o->target_pid = optarg;
	return 0;
}

static int take_option(struct load_options *o, int opt, bool *show_help,
		       struct strbuf *err)
{
	switch (opt) {
	case 'C':
		o->color = optarg;
		if (!strcmp(optarg, "auto") || !strcmp(optarg, "always") ||
		    !strcmp(optarg, "never"))
			return 0;
		strbuf_addf(err, "Invalid option '%s' for -C.", optarg);
		return -EINVAL;
	case 'c':
		o->command = optarg;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case 'o':
		o->output = optarg;
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
	case 'i':
		return 0; /* the script itself says whether it reads input */
	case 'b':
	case 'T':
	case 'x':
		return take_number(o, opt, err);
	case 't':
		return take_number(o, 'x', err);
	case '?':
	case ':':
		*show_help = true;
		strbuf_addf(err, "unknown or incomplete option '-%c'.",
			    optopt);
		return -EINVAL;
	default:
		strbuf_addf(err,
			    "option -%c is for kernel modules; a .bo cannot "
			    "be run with it.",
			    opt);
		return -EINVAL;
	}
}

int load_options_parse(struct load_options *o, int argc, char **argv,
		       bool *show_help, struct strbuf *err)
{
	int opt, rc;

	*o = (struct load_options){ 0 };
	*show_help = false;
	opterr = 0;
	while ((opt = getopt(argc, argv, OPTION_LETTERS)) != -1) {
		rc = take_option(o, opt, show_help, err);
		if (rc)
			return rc;
	}
	if (o->help || o->version)
		return 0;
	*show_help = true;
	if (o->command && o->target_pid) {
		strbuf_addstr(err,
			      "You can't specify the '-c' and '-x' options "
			      "together.");
		return -EINVAL;
	}
	if (optind == argc) {
		strbuf_addstr(err, "Need the path of a .bo file to load.");
		return -EINVAL;
	}
	o->object = argv[optind];
	o->globals = argv + optind + 1;
	o->n_globals = argc - optind - 1;
	*show_help = false;
	return 0;
}
