/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * staprun: loads and attaches the kernel side of a script, gives up every
 * privilege, and becomes stapio; with a kernel module, which somebody has to
 * remove at the end, it stays and waits. The steps are in order in run_object()
 * and module_run().
 */
#include "proto/elfsec.h"
#include "staprun/attach.h"
#include "staprun/launch.h"
#include "staprun/load.h"
#include "staprun/module.h"
#include "staprun/options.h"
#include "staprun/privilege.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define PRIORITY_BOOST 10

/* libbpf trusts what it reads, and falls over some damaged objects. */
static void on_crash(int sig)
{
	static const char text[] =
		"ERROR: the object is damaged: it cannot be loaded\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

/* Until exec, which sets the defaults again. */
static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
				       SIGABRT };
	struct sigaction sa = { .sa_handler = on_crash };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}

/* A link may be one descriptor a location. */
static void raise_file_limit(void)
{
	struct rlimit r;

	if (!getrlimit(RLIMIT_NOFILE, &r) && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* Load and attach. *handoff_fd is what to give to stapio. */
static int load_kernel_side(const struct load_options *o, struct load *l,
			    struct links *links, int *handoff_fd,
			    struct strbuf *err)
{
	int rc = privilege_check(err);

	if (rc)
		return rc;
	raise_file_limit();
	catch_crashes();
	rc = load_object(l, o->buffer_mb, o->verbose, err);
	if (!rc)
		rc = attach_all(l, links, err);
	if (rc)
		return rc;
	*handoff_fd = launch_hand_over(l, links, err);
	/* Kernel handlers may wait for a lock that stapio holds, and fill a
	 * buffer that it empties. Where this is not allowed, it may be slower. */
	setpriority(PRIO_PROCESS, 0,
		    getpriority(PRIO_PROCESS, 0) - PRIORITY_BOOST);
	return *handoff_fd < 0 ? *handoff_fd : 0;
}

/* A .bo: becomes stapio. */
static int run_object(const struct load_options *o, struct module_file *f,
		      struct strbuf *err)
{
	struct links links = { 0 };
	struct load l;
	int handoff_fd = -1;
	int rc;

	if (o->module_only) {
		strbuf_addf(err,
			    "option -%c is for kernel modules; a .bo cannot "
			    "be run with it.",
			    o->module_only);
		return -EINVAL;
	}
	rc = load_take(&l, &f->image, f->path.buf, err);
	if (!rc && l.table.n_rows)
		rc = load_kernel_side(o, &l, &links, &handoff_fd, err);
	if (!rc)
		rc = privilege_drop(err);
	if (!rc)
		rc = launch_stapio(o, handoff_fd, err);
	links_release(&links);
	load_release(&l);
	return rc;
}

/* Do what the options ask for. Returns the exit status; a sentence in err is
 * to be printed. */
static int run(const struct load_options *o, struct strbuf *err)
{
	struct module_file f;
	char level[16];
	int status = 1;

	snprintf(level, sizeof(level), "%u", o->verbose);
	if (o->verbose)
		setenv("SYSTEMTAP_VERBOSE", level, 0);
	if (o->remove || o->attach) {
		if (privilege_check_modules(err))
			return 1;
		if (o->remove)
			module_remove(o, &status, err);
		else
			module_attach(o, &status, err);
		return status;
	}
	if (!module_read(&f, o, err)) {
		if (elfsec_is_bpf(f.image.buf, f.image.len))
			run_object(o, &f, err);
		else if (!privilege_check_modules(err))
			module_run(&f, o, &status, err);
	}
	module_release(&f);
	return status;
}

int main(int argc, char **argv)
{
	struct strbuf err = STRBUF_INIT;
	struct load_options o;
	bool show_help = false;
	int status = 1;

	if (privilege_sanitise())
		return 1;
	if (!load_options_parse(&o, argc, argv, &show_help, &err)) {
		status = 0;
		if (o.help)
			fputs(load_options_help, stdout);
		else if (o.version)
			printf("staprun (Spile) version %s\n", SPILE_VERSION);
		else
			status = run(&o, &err);
	}
	if (err.len)
		fprintf(stderr, "ERROR: %s\n%s", err.buf,
			show_help ? load_options_help : "");
	strbuf_release(&err);
	return fflush(stdout) ? 1 : status;
}
