/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running stapio beside a loaded module: staprun stays, without doing anything,
 * so that somebody with the right to remove the module is there when stapio
 * has ended, in whatever way.
 */
#ifndef SPILE_STAPRUN_WATCH_H
#define SPILE_STAPRUN_WATCH_H

#include "staprun/options.h"

#include <signal.h>

struct watch {
	sigset_t mask; /* of signals, as it was */
	int status;  /* what to exit with: stapio's, or 128 + signal */
	bool keep;   /* stapio detached: the module is to stay */
	int signal;  /* that stapio died of, or 0 */
};

/* From here on signals wait until somebody is there for whom they are meant, so
 * that none ends us between inserting a module and removing it. */
void watch_init(struct watch *w);

/* Start stapio for the module of that name, without privilege, and wait until
 * it ends. Signals sent to this process are passed on. With -D a process of
 * its own does all that, and this one exits. 0, or -errno and one sentence. */
int watch_stapio(struct watch *w, const struct load_options *o,
		 const char *name, int folder_fd, struct strbuf *err);

#endif
