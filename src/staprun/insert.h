/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inserting modules, finding their files, removing them. */
#ifndef SPILE_STAPRUN_INSERT_H
#define SPILE_STAPRUN_INSERT_H

#include "base/strbuf.h"

#include <stddef.h>

/* Insert a module's bytes with the text of its parameters. path names it in
 * messages. 0, or -errno and one sentence; -EEXIST has no sentence more than
 * others. */
int insert_module(const void *image, size_t size, const char *params,
		  const char *path, struct strbuf *err);

/* The folder of a loaded module's files, which is in debugfs or in /proc; not
 * closed on exec. A descriptor or -errno. */
int insert_open_folder(const char *name);

/* Open the control file in it; closed on exec. A descriptor or -errno; -EBUSY:
 * somebody is attached. */
int insert_open_control(int folder_fd);

/* Remove a module that is loaded. 0 (also if it is gone already) or -errno;
 * -EAGAIN: in use. */
int insert_remove(const char *name);

#endif
