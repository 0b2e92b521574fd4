/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Program files by the names scripts and commands give them. */
#ifndef SPILE_SYMBOLS_PROGRAM_H
#define SPILE_SYMBOLS_PROGRAM_H

#include "base/arena.h"
#include "base/vec.h"

typedef VEC(const char *) program_paths;

/* The absolute path, free of links, of a program: a path if the name holds a
 * slash (an absolute one below sysroot, which may be NULL or ""), else looked
 * for in $PATH. A script stands for its interpreter. NULL if there is none. */
const char *program_find(struct arena *a, const char *name,
			 const char *sysroot);
/* Append the programs that a path with wildcards matches. */
void program_expand(struct arena *a, const char *pattern, const char *sysroot,
		    program_paths *out);
/* The first word of a shell command. */
const char *program_of_command(struct arena *a, const char *command);

#endif
