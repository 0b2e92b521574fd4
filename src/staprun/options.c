/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/options.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char load_options_help[] =
	"Usage: staprun [OPTIONS] MODULE [NAME=VALUE ...]\n"
	"MODULE is a file that 'stap -p4' made (.ko, .bo), or the name of one in\n"
	"/lib/modules/RELEASE/systemtap.\n"
	"  -A       attach to a loaded module\n"
	"  -b MB    size of the buffer between kernel and user space (1-4095)\n"
	"  -C WHEN  colour messages: never, always or auto\n"
	"  -c CMD   run CMD and end when it does; target() is its process\n"
	"  -D       run in the background; needs -o; prints a process number\n"
	"  -d       remove a loaded module nobody is attached to, '*' for all\n"
	"  -h       print this list\n"
	"  -L       load the module, start its probes, and detach\n"
	"  -N PID   the script sees namespaces as PID does\n"
	"  -o FILE  write output to FILE (strftime formats are filled in)\n"
	"  -R       give the module a name of its own first\n"
	"  -r N:URI what remote_id() and remote_uri() return\n"
	"  -S SIZE[,N]  begin a new output file after SIZE MiB, keep N of them\n"
	"  -T MS    look for output at least this often (200)\n"
	"  -u       accepted; no kernel needs it any more\n"
	"  -v       say more; may be given again\n"
	"  -V       print the version\n"
	"  -w       no warnings from the script\n"
	"  -x PID   target() is PID; end when it does\n"
	"Of these -A -D -d -L -N -R -r -S are for kernel modules only.\n";

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
	const char *what, *range = "";
	long n;

	switch (opt) {
	case 'b':
		what = "buffer size";
		range = " (should be 1-4095)";
		break;
	case 'T':
		what = "reader timeout value";
		range = " (should be >= 1)";
		o->poll_ms = optarg;
		break;
	case 'N':
		what = "target namespaces pid";
		range = " (should be > 0)";
		o->namespaces = optarg;
		break;
	default:
		what = "target process ID number";
		o->target_pid = optarg;
		break;
	}
	if (parse_number(optarg, 1, opt == 'b' ? 4095 : INT_MAX, &n)) {
		strbuf_addf(err, "Invalid %s '%s'%s.", what, optarg, range);
		return -EINVAL;
	}
	if (opt == 'b')
		o->buffer_mb = (unsigned)n;
	return 0;
}

/* -r N:URI. */
static int take_remote(struct load_options *o, struct strbuf *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(optarg, &end, 10);
	o->remote = optarg;
	if (!errno && end != optarg && n >= 0 && n <= INT_MAX &&
	    *end == ':' && end[1])
		return 0;
	strbuf_addf(err, "Cannot process remote id option '%s'.", optarg);
	return -EINVAL;
}

/* -S SIZE[,N]. */
static int take_rotation(struct load_options *o, struct strbuf *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(optarg, &end, 10);
	o->rotate = optarg;
	if (!errno && end != optarg && n >= 0 && n <= INT_MAX && !*end)
		return 0;
	if (!errno && end != optarg && n >= 0 && n <= INT_MAX &&
	    *end == ',' && !parse_number(end + 1, 1, INT_MAX, &n))
		return 0;
	strbuf_addf(err, "Invalid file size option '%s'.", optarg);
	return -EINVAL;
}

/* Options of modules. */
static int take_module_option(struct load_options *o, int opt,
			      struct strbuf *err)
{
	o->module_only = (char)opt;
	switch (opt) {
	case 'A':
		o->attach = true;
		return 0;
	case 'd':
		o->remove = true;
		return 0;
	case 'D':
		o->daemon = true;
		return 0;
	case 'L':
		o->leave = true;
		return 0;
	case 'R':
		o->rename = true;
		return 0;
	case 'N':
		return take_number(o, opt, err);
	case 'r':
		return take_remote(o, err);
	case 'S':
		return take_rotation(o, err);
	default:
		strbuf_addf(err, "option -%c is not supported.", opt);
		return -EINVAL;
	}
}

static int take_color(struct load_options *o, struct strbuf *err)
{
	o->color = optarg;
	if (!strcmp(optarg, "auto") || !strcmp(optarg, "always") ||
	    !strcmp(optarg, "never"))
		return 0;
	strbuf_addf(err, "Invalid option '%s' for -C.", optarg);
	return -EINVAL;
}

static int take_option(struct load_options *o, int opt, bool *show_help,
		       struct strbuf *err)
{
	switch (opt) {
	case 'C':
		return take_color(o, err);
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
	case 'i': /* the script itself says whether it reads input */
	case 'u': /* every kernel has user-space probes built in */
		return 0;
	case 'b':
	case 'T':
	case 't':
	case 'x':
		return take_number(o, opt, err);
	case '?':
	case ':':
		*show_help = true;
		strbuf_addf(err, "unknown or incomplete option '-%c'.",
			    optopt);
		return -EINVAL;
	default:
		return take_module_option(o, opt, err);
	}
}

/* Options that do not go together. */
static int check_options(const struct load_options *o, struct strbuf *err)
{
	const struct {
		bool a, b;
		char names[2];
	} pairs[] = {
		{ o->command, o->target_pid, { 'c', 'x' } },
		{ o->attach, o->command, { 'A', 'c' } },
		{ o->attach, o->target_pid, { 'A', 'x' } },
		{ o->attach, o->leave, { 'A', 'L' } },
		{ o->attach, o->buffer_mb, { 'A', 'b' } },
		{ o->daemon, o->leave, { 'D', 'L' } },
		{ o->daemon, o->remove, { 'D', 'd' } },
		{ o->daemon, o->command, { 'D', 'c' } },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (!pairs[i].a || !pairs[i].b)
			continue;
		strbuf_addf(err,
			    "You can't specify the '-%c' and '-%c' options "
			    "together.",
			    pairs[i].names[0], pairs[i].names[1]);
		return -EINVAL;
	}
	if (!o->output && (o->daemon || o->rotate)) {
		strbuf_addf(err,
			    "You have to specify output FILE with '-%c' "
			    "option.",
			    o->daemon ? 'D' : 'S');
		return -EINVAL;
	}
	if (o->attach && o->n_globals) {
		strbuf_addstr(err, "Cannot have module options with attach "
				   "(-A).");
		return -EINVAL;
	}
	return 0;
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
	if (optind == argc) {
		strbuf_addstr(err, "Need a module name or path to load.");
		return -EINVAL;
	}
	o->object = argv[optind];
	o->globals = argv + optind + 1;
	o->n_globals = argc - optind - 1;
	rc = check_options(o, err);
	*show_help = rc != 0;
	return rc;
}
