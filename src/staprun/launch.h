/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handing over to stapio. */
#ifndef SPILE_STAPRUN_LAUNCH_H
#define SPILE_STAPRUN_LAUNCH_H

#include "staprun/attach.h"
#include "staprun/options.h"

/* Write the table of descriptors (proto/handoff.h) to a memfd and let what it
 * names survive exec. Returns the memfd, or -errno and one sentence. */
int launch_hand_over(const struct load *l, const struct links *links,
		     struct strbuf *err);

/* Become stapio; handoff_fd is -1 if nothing was loaded. Returns only on
 * failure: -errno and one sentence. */
int launch_stapio(const struct load_options *o, int handoff_fd,
		  struct strbuf *err);

/* The same for a loaded module; folder_fd is the folder of its files. */
int launch_module_stapio(const struct load_options *o, const char *name,
			 int folder_fd, struct strbuf *err);

#endif
