/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options are rows of a table: getopt's view of them, the usage text and the
 * switch in take_option() are one row each and meet by the row's code.
 */
#include "cmd/options.h"

#include "base/bug.h"
#include "base/similar.h"
#include "cmd/version.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

enum code {
	/* options with a short form have its letter as code */
	OPT_VP = 256,
	OPT_RUNTIME,
	OPT_BPF,
	OPT_COMPATIBLE,
	OPT_COLOR,
	OPT_PRIVILEGE,
	OPT_UNPRIVILEGED,
	OPT_NO_DISPLAY,
	OPT_NO_TIME_LIMITS,
	OPT_SUPPRESS_ERRORS,
	OPT_NO_CACHE,
	OPT_POISON_CACHE,
	OPT_CLEAN_CACHE,
	OPT_DUMP_IR,
	OPT_DUMP_TYPES,
	OPT_DUMP_ALIASES,
	OPT_DUMP_FUNCTIONS,
	OPT_LATER, /* known, and served by a later version */
};

struct option_row {
	int code;
	const char *name;    /* long name, or NULL */
	const char *arg;     /* as the usage shows it, or NULL */
	bool arg_optional;
	const char *help;    /* NULL: not listed */
};

static const struct option_row rows[] = {
	{ 'h', "help", NULL, false, "show this text" },
	{ 'V', "version", NULL, false, "show the version" },
	{ 'p', NULL, "PASS", false, "stop after pass 1 to 5: parse, elaborate, translate, compile, run" },
	{ 'e', NULL, "SCRIPT", false, "run SCRIPT instead of a file" },
	{ 'E', NULL, "SCRIPT", false, "run SCRIPT besides the main one" },
	{ 'v', NULL, NULL, false, "say more, once for each -v" },
	{ OPT_VP, "vp", "DDDDD", false, "add a digit's verbosity to each pass" },
	{ 'k', NULL, NULL, false, "keep the temporary folder" },
	{ 'I', NULL, "DIR", false, "look for library scripts in DIR first" },
	{ 'g', NULL, NULL, false, "guru mode: allow what can harm the machine" },
	{ 'w', NULL, NULL, false, "no warnings" },
	{ 'W', NULL, NULL, false, "warnings are errors" },
	{ 'c', NULL, "CMD", false, "start CMD, trace it, stop when it ends" },
	{ 'x', NULL, "PID", false, "trace process PID; target() is PID" },
	{ 'o', NULL, "FILE", false, "write the output to FILE" },
	{ 'm', NULL, "NAME", false, "name the module; it stays in this folder" },
	{ 'D', NULL, "NAME=VALUE", false, "set a run-time limit, such as MAXACTION" },
	{ 'G', NULL, "VAR=VALUE", false, "set a global variable at the start" },
	{ 'T', NULL, "SEC", false, "end after SEC seconds" },
	{ 's', NULL, "NUM", false, "buffer of NUM MiB for what kernel handlers print" },
	{ 'b', NULL, NULL, false, "bulk mode: taken, but what all CPUs print is one text in order anyway" },
	{ 't', NULL, NULL, false, "report how often probes were hit, and how long they took" },
	{ 'u', NULL, NULL, false, "no optimization of the script" },
	{ OPT_SUPPRESS_ERRORS, "suppress-handler-errors", NULL, false, "only count errors of handlers" },
	{ 'r', NULL, "RELEASE", false, "make a module for that kernel, or for a build tree if it starts with /" },
	{ 'R', NULL, "DIR", false, "take the sources of kernel modules' runtime from DIR" },
	{ 'B', NULL, "NAME=VALUE", false, "set a variable of kbuild's" },
	{ OPT_NO_CACHE, "disable-cache", NULL, false, "neither read nor keep compiled modules" },
	{ OPT_POISON_CACHE, "poison-cache", NULL, false, "keep compiled modules, but do not use those kept" },
	{ OPT_CLEAN_CACHE, "clean-cache", NULL, false, "bring the cache down to its size and stop" },
	{ OPT_DUMP_IR, "dump-ir", NULL, false, "print the intermediate language and stop" },
	{ OPT_RUNTIME, "runtime", "MODE", false, "auto, kernel or bpf" },
	{ OPT_BPF, "bpf", NULL, false, "the same as --runtime=bpf" },
	{ OPT_COMPATIBLE, "compatible", "VERSION", false, "read the script as that SystemTap version does" },
	{ 'l', NULL, "PROBE", false, "list the places that PROBE stands for" },
	{ 'L', NULL, "PROBE", false, "the same, with the variables there" },
	{ OPT_DUMP_TYPES, "dump-probe-types", NULL, false, "list all forms of probe points" },
	{ OPT_DUMP_ALIASES, "dump-probe-aliases", NULL, false, "list the probe aliases of the library" },
	{ OPT_DUMP_FUNCTIONS, "dump-functions", NULL, false, "list the functions of the library" },
	{ OPT_PRIVILEGE, "privilege", "LEVEL", false, "allow only what stapdev, stapsys or stapusr may use" },
	{ OPT_UNPRIVILEGED, "unprivileged", NULL, false, "the same as --privilege=stapusr" },
	{ OPT_NO_DISPLAY, "no-global-var-display", NULL, false, "do not show unread globals at the end" },
	{ OPT_NO_TIME_LIMITS, "suppress-time-limits", NULL, false, "no limit to a handler's work; needs -g" },
	{ OPT_COLOR, "color", "WHEN", true, "color messages: always, auto or never" },
	{ OPT_COLOR, "colour", "WHEN", true, NULL },
};

/* Options of the command line's contract that this version does not serve. */
static const struct option_row later_rows[] = {
	{ 'a', NULL, "ARCH", false, NULL },
	{ 'P', "prologue-searching", "WHEN", true, NULL },
	{ 'q', NULL, NULL, false, NULL },
	{ 'i', "interactive", NULL, false, NULL },
	{ 'd', NULL, "OBJECT", false, NULL },
	{ 'F', NULL, NULL, false, NULL },
	{ 'S', NULL, "SIZE", false, NULL },
};

static const char *const later_long[] = {
	"debug", "modinfo", "ldd", "all-modules", 
	"dyninst", "check-version", "skip-badvars",
	"semantic-keep-going", "use-server",
	"use-server-on-error", "list-servers", "trust-servers",
	"use-http-server", "client-options", "remote", "remote-prefix",
	"sign-module", "build-as", "tmpdir", "download-debuginfo", "sysroot",
	"sysenv", "save-uprobes", "target-namespaces", "monitor",
	"rlimit-as",
	"rlimit-cpu", "rlimit-nproc", "rlimit-stack", "rlimit-fsize",
	"language-server", "example", "benchmark-sdt",
};

static void usage(FILE *to)
{
	size_t i;

	fprintf(to, "Usage: stap [options] FILE [arguments]     run the script in FILE (\"-\": standard input)\n"
		    "   or: stap [options] -e SCRIPT [arguments] run SCRIPT\n\n"
		    "Options:\n");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct option_row *r = &rows[i];
		char left[64] = "  ";
		size_t n = 2;

		if (!r->help)
			continue;
		if (r->code < 256)
			n += (size_t)snprintf(left + n, sizeof(left) - n, "-%c",
					      r->code);
		if (r->name)
			n += (size_t)snprintf(left + n, sizeof(left) - n,
					      "%s--%s",
					      r->code < 256 ? " " : "", r->name);
		if (r->arg)
			snprintf(left + n, sizeof(left) - n,
				 r->arg_optional ? "[=%s]" :
				 r->name ? "=%s" : " %s", r->arg);
		fprintf(to, "%-31s %s\n", left, r->help);
	}
	fprintf(to, "\nWords behind the script, options aside, are its arguments: $1, @1 and so on.\n");
}

static enum options_result usage_error(void)
{
	fprintf(stderr,
		"Try '--help' for more information. [man stap]\n"
		"A message like [man foo] means for more info, run %% man foo\n");
	return OPTIONS_FAILED;
}

static void print_version(void)
{
	printf("Spile translator/driver (version %s, SystemTap language %s)\n"
	       "This is free software under the GNU GPL, version 2 or later; there is no warranty.\n"
	       "enabled features: BPF\n",
	       SPILE_VERSION, SPILE_STAP_VERSION);
}

/* Check a value against the pattern that the reference prints when it fails. */
static bool matches_pattern(const char *what, const char *text,
			    const char *pattern)
{
	regex_t re;
	bool ok;

	BUG_ON(regcomp(&re, pattern, REG_EXTENDED | REG_ICASE | REG_NOSUB));
	ok = !regexec(&re, text, 0, NULL, 0);
	regfree(&re);
	if (!ok)
		fprintf(stderr, "ERROR: Safety pattern mismatch for %s ('%s' vs. '%s') rc=1\n",
			what, text, pattern);
	return ok;
}

static bool take_pass(struct options *o, const char *text)
{
	if (text[0] < '1' || text[0] > '0' + PASSES || text[1]) {
		fprintf(stderr, "Invalid pass number (should be 1-5).\n");
		return false;
	}
	o->last_pass = (unsigned)(text[0] - '0');
	return true;
}

static bool take_vp(struct options *o, const char *text)
{
	size_t n = strlen(text), i;

	if (!n || n > PASSES || strspn(text, "0123456789") != n) {
		fprintf(stderr, "Invalid --vp argument: it takes 1 to 5 digits.\n");
		return false;
	}
	for (i = 0; i < n; i++)
		o->verbose[i] += (unsigned)(text[i] - '0');
	return true;
}

static bool take_pid(struct options *o, const char *text)
{
	char *end;

	errno = 0;
	o->pid = strtoll(text, &end, 10);
	if (errno || end == text || *end || o->pid <= 0 || o->pid > INT32_MAX) {
		fprintf(stderr, "Invalid target process ID number.\n");
		return false;
	}
	o->pid_text = text;
	return true;
}

/* -m NAME: without .ko, .so or .bo, at most 55 bytes. */
static bool take_module_name(struct options *o, const char *text)
{
	static const char *const endings[] = { ".ko", ".so", ".bo" };
	size_t n = strlen(text), i;
	char *name;

	for (i = 0; i < ARRAY_SIZE(endings); i++)
		if (n > 3 && !strcmp(text + n - 3, endings[i])) {
			n -= 3;
			break;
		}
	if (!n) {
		fprintf(stderr, "Module name cannot be empty.\n");
		return false;
	}
	name = arena_strndup(o->arena, text, n);
	if (!matches_pattern("-m parameter", name, "^[a-z0-9_]+$"))
		return false;
	if (n > 55) {
		name[55] = 0;
		fprintf(stderr, "Truncating module name to '%s'\n", name);
	}
	o->module_name = name;
	return true;
}

static bool bad_limit(const char *name, long lo, long hi, const char *value)
{
	fprintf(stderr, "ERROR: -D %s must be %ld to %ld, not '%s'\n", name, lo,
		hi, value);
	return false;
}

/* One limit, if name is its name: 1, 0 if it is another's, or -1. */
static int set_limit(uint32_t *limit, const char *limit_name, long lo, long hi,
		     const char *name, size_t len, const char *value)
{
	char *end;
	long n;

	if (strlen(limit_name) != len || strncmp(limit_name, name, len))
		return 0;
	errno = 0;
	n = strtol(value, &end, 0);
	if (errno || end == value || *end || n < lo || n > hi)
		return bad_limit(limit_name, lo, hi, value) ? 1 : -1;
	*limit = (uint32_t)n;
	return 1;
}

/* NAME=VALUE of -D; names without a meaning here are none of our business, as
 * scripts may well be run with them. */
static bool apply_define(struct options *o, const char *text)
{
	const char *eq = strchr(text, '=');
	const char *value = eq ? eq + 1 : "1";
	size_t len = eq ? (size_t)(eq - text) : strlen(text);
	int rc;

	/* Below 0 no row is left out, as with more than there are. */
	if (len == 12 && !strncmp(text, "HIST_ELISION", len) &&
	    value[0] == '-')
		value = "128";
#define LIMIT(field, name, dflt, lo, hi)                                      \
	rc = set_limit(&o->limits.field, name, lo, hi, text, len, value);     \
	if (rc) {                                                             \
		o->limits_given.field = 1;                                    \
		return rc > 0;                                                \
	}
#include "proto/limits.def"
#undef LIMIT
	if (o->verbose[0])
		fprintf(stderr, "WARNING: -D %.*s is ignored: no such limit\n",
			(int)len, text);
	return true;
}

static bool take_define(struct options *o, const char *text)
{
	if (!matches_pattern("-D parameter", text,
			     "^[a-z_][a-z_0-9]*(=-?[a-z_0-9]+)?$"))
		return false;
	vec_push(o->arena, &o->defines, text);
	return true;
}

/* All of -D, and what follows from it. */
static bool apply_defines(struct options *o)
{
	const struct limits *given = &o->limits_given;
	struct limits *l = &o->limits;
	const char **text;

	vec_foreach(text, &o->defines) {
		if (!apply_define(o, *text))
			return false;
	}
	if (given->maxaction && !given->maxaction_interruptible)
		l->maxaction_interruptible =
			l->maxaction > LIMIT_MOST_maxaction / 10 ?
				LIMIT_MOST_maxaction_interruptible :
				l->maxaction * 10;
	if (l->suppress_errors) {
		l->maxerrors = LIMIT_MOST_maxerrors;
		l->maxskipped = LIMIT_MOST_maxskipped;
	}
	return true;
}

/* A variable for make: a name, so that it is neither an option nor a target. */
static bool take_make_var(struct options *o, const char *text)
{
	if (!matches_pattern("-B parameter", text, "^[a-z_][a-z_0-9]*=.*$"))
		return false;
	vec_push(o->arena, &o->make_vars, text);
	return true;
}

static bool take_seconds(struct options *o, const char *text)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds * 1000 >= 1) ||
	    seconds > INT32_MAX) {
		fprintf(stderr, "Invalid timeout interval.\n");
		return false;
	}
	o->timeout_ms = (int64_t)(seconds * 1000);
	return true;
}

static bool take_buffer(struct options *o, const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < 1 || n > 4095) {
		fprintf(stderr, "Invalid buffer size (should be 1-4095).\n");
		return false;
	}
	o->buffer_mb = text;
	return true;
}

static bool take_global(struct options *o, const char *text)
{
	if (!matches_pattern("-G parameter", text,
			     "^[a-z_][a-z0-9_]*=[a-z0-9_.-]+$"))
		return false;
	vec_push(o->arena, &o->globals, text);
	return true;
}

static bool take_runtime(struct options *o, const char *text)
{
	if (strcmp(text, "auto") && strcmp(text, "bpf") &&
	    strcmp(text, "kernel")) {
		fprintf(stderr, "ERROR: %s is an invalid argument for --runtime\n",
			text);
		return false;
	}
	o->runtime = text;
	return true;
}

static bool take_compatible(struct options *o, const char *text)
{
	if (!text[0] || strspn(text, "0123456789.") != strlen(text)) {
		fprintf(stderr, "ERROR: '%s' is not a version\n", text);
		return false;
	}
	if (strverscmp(text, SPILE_STAP_VERSION) > 0) {
		fprintf(stderr, "ERROR: systemtap version %s cannot be compatible with future version %s\n",
			SPILE_STAP_VERSION, text);
		return false;
	}
	o->compatible = text;
	return true;
}

static bool take_color(struct options *o, const char *text)
{
	if (!text || !strcmp(text, "always"))
		o->color = COLOR_ALWAYS;
	else if (!strcmp(text, "auto"))
		o->color = COLOR_AUTO;
	else if (!strcmp(text, "never"))
		o->color = COLOR_NEVER;
	else {
		fprintf(stderr, "ERROR: '%s' is no argument for --color: always, auto or never\n",
			text);
		return false;
	}
	return true;
}

static bool take_text(const char **to, const char *text, const char *refusal)
{
	*to = text;
	if (text[0])
		return true;
	fprintf(stderr, "%s\n", refusal);
	return false;
}

static bool take_list(struct options *o, const char *arg, enum dump dump,
		      bool locals)
{
	if (o->list || o->dump) {
		fprintf(stderr, "ERROR: only one of the -l/-L/--dump-* switches may be specified\n");
		return false;
	}
	o->list = arg;
	o->dump = dump;
	o->list_locals = locals;
	o->no_warnings = true;
	return true;
}

static bool take_privilege(struct options *o, const char *arg)
{
	if (strcmp(arg, "stapdev") && strcmp(arg, "stapsys") &&
	    strcmp(arg, "stapusr")) {
		fprintf(stderr, "Invalid argument '%s' for --privilege.\n",
			arg);
		return false;
	}
	if (o->privilege && strcmp(o->privilege, arg)) {
		fprintf(stderr, "Privilege level may be set only once.\n");
		return false;
	}
	o->privilege = arg;
	return true;
}

static bool take_no_time_limits(struct options *o)
{
	if (!o->guru)
		fprintf(stderr, "ERROR --suppress-time-limits requires guru mode (-g)\n");
	return o->suppress_time_limits = o->guru;
}

static bool take_script(struct options *o, const char *arg)
{
	if (o->script_text) {
		fprintf(stderr, "Only one script can be given on the command line.\n");
		return false;
	}
	o->script_text = arg;
	return true;
}

/* One option; false after a message on stderr. */
static bool take_option(struct options *o, int code, const char *arg)
{
	switch (code) {
	case 'p':
		return take_pass(o, arg);
	case 'e':
		return take_script(o, arg);
	case 'E':
		vec_push(o->arena, &o->extra_scripts, arg);
		return true;
	case 'v':
		return take_vp(o, "11111");
	case OPT_VP:
		return take_vp(o, arg);
	case 'k':
		return o->keep = true;
	case 'I':
		vec_push(o->arena, &o->tapset_folders, arg);
		return true;
	case 'g':
		return o->guru = true;
	case 'w':
		return o->no_warnings = true;
	case 'W':
		return o->warnings_are_errors = true;
	case 'c':
		return take_text(&o->command, arg, "Empty CMD string invalid.");
	case 'x':
		return take_pid(o, arg);
	case 'o':
		return take_text(&o->output, arg,
				 "The output file (-o) cannot be empty.");
	case 'm':
		return take_module_name(o, arg);
	case 'D':
		return take_define(o, arg);
	case 'G':
		return take_global(o, arg);
	case 'T':
		return take_seconds(o, arg);
	case 's':
		return take_buffer(o, arg);
	case 'b':
		return true;
	case 't':
		return o->timing = true;
	case 'u':
		return o->no_optimization = true;
	case 'r':
		return take_text(&o->release, arg,
				 "The kernel release (-r) cannot be empty.");
	case 'R':
		return take_text(&o->runtime_folder, arg,
				 "The runtime folder (-R) cannot be empty.");
	case 'B':
		return take_make_var(o, arg);
	case OPT_NO_CACHE:
		return o->no_cache = true;
	case OPT_POISON_CACHE:
		return o->poison_cache = true;
	case OPT_CLEAN_CACHE:
		return o->clean_cache = true;
	case OPT_SUPPRESS_ERRORS:
		o->limits.suppress_errors = 1;
		return true;
	case OPT_DUMP_IR:
		o->last_pass = 3;
		return o->dump_ir = true;
	case OPT_RUNTIME:
		return take_runtime(o, arg);
	case OPT_BPF:
		return take_runtime(o, "bpf");
	case OPT_COMPATIBLE:
		return take_compatible(o, arg);
	case OPT_COLOR:
		return take_color(o, arg);
	case 'l':
	case 'L':
		return take_list(o, arg, DUMP_NONE, code == 'L');
	case OPT_DUMP_TYPES:
		return take_list(o, NULL, DUMP_TYPES, false);
	case OPT_DUMP_ALIASES:
		return take_list(o, NULL, DUMP_ALIASES, false);
	case OPT_DUMP_FUNCTIONS:
		return take_list(o, NULL, DUMP_FUNCTIONS, false);
	case OPT_PRIVILEGE:
		return take_privilege(o, arg);
	case OPT_UNPRIVILEGED:
		return take_privilege(o, "stapusr");
	case OPT_NO_DISPLAY:
		return o->no_global_display = true;
	case OPT_NO_TIME_LIMITS:
		return take_no_time_limits(o);
	default:
		BUG("option row %d without code", code);
	}
}

/* What getopt_long() wants, made of the tables. */
static void make_getopt(struct arena *a, char *letters, struct option **longs)
{
	size_t i, n = 0, max = ARRAY_SIZE(rows) + ARRAY_SIZE(later_rows);
	struct option *l =
		arena_array(a, struct option, max + ARRAY_SIZE(later_long) + 1);

	for (i = 0; i < max; i++) {
		const struct option_row *r = i < ARRAY_SIZE(rows) ?
			&rows[i] : &later_rows[i - ARRAY_SIZE(rows)];
		int code = i < ARRAY_SIZE(rows) ? r->code : OPT_LATER;

		if (r->code < 256) {
			*letters++ = (char)r->code;
			if (r->arg && !r->arg_optional)
				*letters++ = ':';
		}
		if (r->name)
			l[n++] = (struct option){
				r->name,
				!r->arg ? no_argument :
				r->arg_optional ? optional_argument :
						  required_argument,
				NULL, code };
	}
	*letters = 0;
	for (i = 0; i < ARRAY_SIZE(later_long); i++)
		l[n++] = (struct option){ later_long[i], optional_argument,
					  NULL, OPT_LATER };
	*longs = l;
}

static bool is_later(int code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(later_rows); i++)
		if (later_rows[i].code == code)
			return true;
	return code == OPT_LATER;
}

/* Rules between options, once all are read (cli.md section 4). */
static enum options_result finish(struct options *o, int argc, char **argv)
{
	bool no_script = o->clean_cache || o->list || o->dump;
	const char *release = getenv("SYSTEMTAP_RELEASE");
	int i = optind;

	if (!o->release && release && release[0])
		o->release = release;
	if (!o->privilege)
		o->privilege = "stapdev";
	if (o->guru && strcmp(o->privilege, "stapdev")) {
		fprintf(stderr, "You can't specify -g and --privilege=%s together.\n",
			o->privilege);
		return usage_error();
	}
	if (no_script && o->script_text) {
		fprintf(stderr, "Cannot specify a script with -l/-L/--dump-* switches.\n");
		return usage_error();
	}
	if (!no_script && !o->script_text && i < argc)
		o->script_file = argv[i++];
	for (; i < argc; i++)
		vec_push(o->arena, &o->args, argv[i]);
	if (!no_script && !o->script_text && !o->script_file) {
		fprintf(stderr, "A script must be specified.\n");
		return usage_error();
	}
	if (o->command && o->pid) {
		fprintf(stderr, "You can't specify -c and -x together.\n");
		return usage_error();
	}
	if (!apply_defines(o))
		return usage_error();
	return OPTIONS_RUN;
}

/* Name the option that a misspelt --option may have meant. */
static void suggest_option(const char *given, const struct option *longs)
{
	struct similar near = { 0 };
	char name[64];

	if (strncmp(given, "--", 2))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(given + 2, "="),
		 given + 2);
	near.want = name;
	for (; longs->name; longs++) {
		if (!strcmp(longs->name, name))
			return;
		similar_offer(&near, longs->name);
	}
	if (near.n && near.distance[0] <= 3 &&
	    near.distance[0] < strlen(name) / 2 + 1)
		fprintf(stderr, "Did you mean '--%s'?\n", near.names[0]);
}

enum options_result options_parse(struct options *o, struct arena *arena,
				  int argc, char **argv)
{
	char letters[2 * (ARRAY_SIZE(rows) + ARRAY_SIZE(later_rows)) + 1];
	struct option *longs;
	int code, at = 0;

	*o = (struct options){ .last_pass = PASSES,
			       .compatible = SPILE_STAP_VERSION,
			       .runtime = "auto",
			       .arena = arena };
	limits_init(&o->limits);
	make_getopt(arena, letters, &longs);
	while ((code = getopt_long(argc, argv, letters, longs, &at)) != -1) {
		if (code == '?') {
			suggest_option(argv[optind - 1], longs);
			return usage_error();
		}
		if (code == 'h') {
			usage(stdout);
			return OPTIONS_DONE;
		}
		if (code == 'V') {
			print_version();
			return OPTIONS_DONE;
		}
		if (is_later(code)) {
			if (code == OPT_LATER)
				fprintf(stderr, "ERROR: option --%s is not supported by this version\n",
					longs[at].name);
			else
				fprintf(stderr, "ERROR: option -%c is not supported by this version\n",
					code);
			return usage_error();
		}
		if (!take_option(o, code, optarg))
			return usage_error();
	}
	return finish(o, argc, argv);
}
