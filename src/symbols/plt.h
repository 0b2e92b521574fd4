/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stubs through which a program calls functions of shared libraries. */
#ifndef SPILE_SYMBOLS_PLT_H
#define SPILE_SYMBOLS_PLT_H

#include "symbols/elffile.h"

struct plt_stub {
	const char *name;         /* of the function, without a version */
	uint64_t address, offset; /* of the stub, in memory and file */
};

typedef VEC(struct plt_stub) plt_stubs;

/* Append the stubs in order of address. False if the machine of the file is
 * not known here (x86-64 and aarch64 are). */
bool plt_read(struct arena *a, const struct elffile *f, plt_stubs *out);

#endif
