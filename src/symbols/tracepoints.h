/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracepoints of the running kernel: from tracefs where that can be read
 * (with their systems), and from the kernel's BTF.
 */
#ifndef SPILE_SYMBOLS_TRACEPOINTS_H
#define SPILE_SYMBOLS_TRACEPOINTS_H

#include "base/arena.h"
#include "base/vec.h"

struct tracepoint {
	const char *system; /* NULL if not known */
	const char *name;
};
typedef VEC(struct tracepoint) tracepoints;

/* Append those of available_events in a tracefs folder (NULL: where it is
 * usually mounted). Events of the system "syscalls" are left out: they are no
 * tracepoints of their own. -errno if it cannot be read. */
int tracepoints_from_tracefs(struct arena *a, const char *path,
			     tracepoints *out);
/* Append those that BTF names (NULL: the running kernel's); 6 ms, or 1
 * where the kernel's can be mapped. -errno, and nothing appended, if it cannot
 * be read or is broken. */
int tracepoints_from_btf(struct arena *a, const char *path, tracepoints *out);

#endif
