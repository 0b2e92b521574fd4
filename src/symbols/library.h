/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared libraries of programs, by the names scripts and programs give them. */
#ifndef SPILE_SYMBOLS_LIBRARY_H
#define SPILE_SYMBOLS_LIBRARY_H

#include "symbols/program.h"

/*
 * Append the absolute paths, free of links, of the libraries that name stands
 * for: a path, which may hold wildcards; a name, looked for in
 * $LD_LIBRARY_PATH, in the folders the program names and in those of the
 * system; or a pattern for the names of what the program needs.
 */
void library_find(struct arena *a, const char *program, const char *name,
		  const char *sysroot, program_paths *out);
/* Append all libraries that the program needs, directly or not. */
void library_needed(struct arena *a, const char *program, const char *sysroot,
		    program_paths *out);

#endif
