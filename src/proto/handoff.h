/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What staprun leaves to stapio when it has loaded and attached a .bo: the
 * descriptors, and this table of them in a sealed memfd whose number is given
 * by stapio's option -F. Header, then n_entries entries; native byte order,
 * as both ends run on one machine.
 */
#ifndef SPILE_PROTO_HANDOFF_H
#define SPILE_PROTO_HANDOFF_H

#include <assert.h>
#include <stdint.h>

#define HANDOFF_MAGIC 0x4f485053u /* "SPHO" */
#define HANDOFF_VERSION 2
#define HANDOFF_MAX_ENTRIES 262144u
#define HANDOFF_NAME_LEN 16

/* Detaching takes long (one perf event a location): leave it to a child. */
#define HANDOFF_SLOW_DETACH 1u

struct handoff_header {
	uint32_t magic, version;
	uint32_t n_entries;
	uint32_t flags;    /* HANDOFF_* */
	int32_t object_fd; /* memfd with the bytes that were loaded */
	int32_t nice;      /* the caller's priority, for the target command */
};
static_assert(sizeof(struct handoff_header) == 24, "fixed layout");

enum handoff_kind {
	HANDOFF_MAP,
	HANDOFF_LINK, /* kept open for as long as the session lasts */
	HANDOFF_ADD,  /* program that adds to the map of that name, see below */
};

/*
 * To add to an element of an array map, stapio puts a struct handoff_add and,
 * behind it, the key into the only element of the map HANDOFF_ADD_MAP, and runs
 * the map's program with BPF_PROG_TEST_RUN. It returns 0, or 1 if there is no
 * such element.
 */
#define HANDOFF_ADD_MAP "spile_add"

struct handoff_add {
	int64_t by;
	uint64_t pad;
};
static_assert(sizeof(struct handoff_add) == 16, "fixed layout");

/*
 * For a kernel module -F is the folder of its files instead. This variable then
 * holds the number of a descriptor: staprun waits and removes the module when
 * stapio has ended, unless stapio wrote a byte there (it detached).
 */
#define HANDOFF_KEEP_ENV "SPILE_KEEP_FD"

struct handoff_entry {
	uint32_t kind; /* enum handoff_kind */
	int32_t fd;
	/* Of maps: name, NUL-terminated, and the sizes given to the kernel. */
	char name[HANDOFF_NAME_LEN];
	uint32_t key_size, value_size, max_entries, pad;
};
static_assert(sizeof(struct handoff_entry) == 40, "fixed layout");

#endif
