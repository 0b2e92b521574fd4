/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the library of scripts is found (cli.md sections 6 and 7). */
#ifndef SPILE_CMD_LIBRARY_H
#define SPILE_CMD_LIBRARY_H

#include "cmd/options.h"
#include "sema/tapset.h"

/* The folders of the options, the environment and the installation. Looks at
 * none of them, but for subfolders of those the user names. */
struct tapset *library_open(struct lang *l, const struct options *o);

/* Whether a script file lies in one of the folders. */
bool library_holds(const struct options *o, const char *path);

#endif
