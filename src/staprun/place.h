/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a script's module is: which file an operand names, and what the owner
 * and the mode of the system's folder for modules must be. */
#ifndef SPILE_STAPRUN_PLACE_H
#define SPILE_STAPRUN_PLACE_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Append the path that an operand means: itself if it has a slash or ends in
 * .ko or .bo, else NAME.ko in /lib/modules/RELEASE/systemtap; *by_name says
 * that it is the latter. */
void place_find(const char *operand, const char *release, struct strbuf *path,
		bool *by_name);

/* Append the module's name that an operand means: its last component without
 * the suffix. */
void place_name(const char *operand, struct strbuf *name);

/* Whether what lies in that folder can be relied on: folder and file belong to
 * root, and not everybody may write to them. of_file is what fstat() said of
 * the open file. 0, or -EPERM and one sentence. */
int place_check(const char *path, const char *release,
		const struct stat *of_file, struct strbuf *err);

#endif
