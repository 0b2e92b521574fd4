/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel module's whole way through staprun. */
#ifndef SPILE_STAPRUN_MODULE_H
#define SPILE_STAPRUN_MODULE_H

#include "staprun/options.h"

#include <sys/stat.h>

/* A file that was read once: nobody looks at the path again. */
struct module_file {
	struct strbuf path;
	struct strbuf image;
	struct stat st; /* of the open file */
	bool by_name;   /* found in the system's folder */
};

/* Find and read the file that the options name. 0, or -errno and one sentence. */
int module_read(struct module_file *f, const struct load_options *o,
		struct strbuf *err);
void module_release(struct module_file *f);

/* Insert it, run the session to its end, and remove it. *status is what to exit
 * with; with a sentence in err something failed. */
void module_run(struct module_file *f, const struct load_options *o,
		int *status, struct strbuf *err);

/* -A: the same with a module that is there. */
void module_attach(const struct load_options *o, int *status,
		   struct strbuf *err);

/* -d: remove a module, or all that nobody is attached to. */
void module_remove(const struct load_options *o, int *status,
		   struct strbuf *err);

#endif
