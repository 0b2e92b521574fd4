/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stapio: runs a script's user-space side, and prints what it has to say.
 *
 * Needs no privilege. stap starts it by itself for scripts that do not touch
 * the kernel, and staprun after it loaded those that do.
 */
#include "run/module.h"
#include "run/options.h"
#include "run/session.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct strbuf err = STRBUF_INIT;
	struct run_options opt;
	int status = 0;

	if (run_options_parse(&opt, argc, argv, &err)) {
		fprintf(stderr, "ERROR: %s\n%s", err.buf, run_options_help);
		status = 1;
	} else if (opt.help) {
		fputs(run_options_help, stdout);
	} else if (opt.version) {
		printf("stapio (Spile) version %s\n", SPILE_VERSION);
	} else if (module_is_folder(opt.handoff_fd)) {
		status = module_run(&opt);
	} else {
		status = session_run(&opt);
	}
	strbuf_release(&err);
	if (fflush(stdout))
		status = 1;
	return status;
}
