/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Array globals that live in BPF hash maps, for the user-space executor.
 *
 * A handler must run as if it ran alone. The globals' lock keeps out kernel
 * handlers that take it; but those that only add to elements take none, and must
 * not be lost when a timer handler prints an array and then deletes it. So a run
 * of a handler that may store or delete has a view of its own (struct seen): what
 * it has read stays as it was for the rest of the run. When it stores to or
 * deletes an element, what was added since it was seen is put back, as if that
 * came after the handler. Only arrays of numbers need this.
 *
 * What remains is a window as long as a few instructions of a kernel handler
 * that looked an element up just before it was deleted; and where the kernel does
 * not let us run the program that adds (before Linux 5.19, for others than root),
 * one as long as two system calls.
 */
#ifndef SPILE_RUN_MAPS_H
#define SPILE_RUN_MAPS_H

#include "run/seen.h"
#include "vm/vm.h"

struct handoff_add; /* proto/handoff.h */

struct shared_map {
	int fd;
	uint32_t key_size, value_size;
	bool no_batch;     /* the kernel lacks the batch calls */
	bool may_track;    /* longs, and some handler stores or deletes */
	bool track;        /* the run of a handler has a view of its own */
	char *value;       /* scratch, value_size bytes */
	uint32_t n_cpus;   /* statistics, one value a CPU; else 0 */
	bool scalar;       /* statistics that are no array */
	char *cpus;        /* scratch: value_size bytes a CPU */
	int add_fd;        /* program that adds (proto/handoff.h), or -1 */
	struct handoff_add *add; /* its arguments, mapped; the key follows */
	struct seen seen;
};

extern const struct vm_map_ops shared_map_ops; /* ctx: struct shared_map */

/* A handler starts to run; alone: no kernel handler runs beside it. */
void shared_map_begin(struct shared_map *m, bool alone);

/* Free what the map holds besides its descriptor. */
void shared_map_release(struct shared_map *m);

#endif
