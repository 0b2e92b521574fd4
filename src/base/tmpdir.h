/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary folders, and folders in general. */
#ifndef SPILE_BASE_TMPDIR_H
#define SPILE_BASE_TMPDIR_H

#include "base/strbuf.h"

/* Make a folder "stapXXXXXX" in $TMPDIR, default /tmp, for the owner only, and
 * append its path. $TMPDIR must match ^[-/._0-9a-z]+$, any case. -errno and one
 * sentence on failure. */
int tmpdir_make(struct strbuf *path, struct strbuf *err);
/* Remove a folder and what is in it; symbolic links are not followed. -errno of
 * the first thing that stayed. */
int tmpdir_remove(const char *path);
/* mkdir for each folder of the path that is missing; mode 0755. err may be NULL. */
int folder_make(const char *path, struct strbuf *err);

#endif
