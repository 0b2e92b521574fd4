/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a session is made of: the program out of a .bo, and, if staprun loaded
 * the object's kernel side, its maps and links.
 */
#ifndef SPILE_RUN_OBJECT_H
#define SPILE_RUN_OBJECT_H

#include "ir/layout.h"
#include "proto/handoff.h"
#include "vm/vm.h"

#include <stdbool.h>

/* A .bo is no larger than this. */
#define OBJECT_MAX_BYTES (256u << 20)

struct object {
	struct arena *arena;
	struct strbuf bytes;
	struct ir_prog *prog;
	struct ir_layout layout;
	/* The kernel side; all below is unset without one. */
	const struct handoff_entry *entries; /* of maps and links */
	uint32_t n_entries;
	bool slow_detach;
	int nice;                            /* of a target command */
	int ring_fd, targets_fd;             /* or -1 */
	uint32_t ring_size;                  /* bytes */
	void *block;                         /* mmapped session data */
	size_t block_len;
	struct handoff_add *add;             /* mmapped, or NULL */
	size_t add_len;
	struct vm_shared shared;
};

/* Read the object from path, or, if handoff_fd is not -1, what that names.
 * Everything but mappings lives in the arena or in bytes. 0, or -errno and one
 * sentence. */
int object_open(struct object *o, const char *path, int handoff_fd,
		struct arena *arena, struct strbuf *err);
void object_close(struct object *o);

/* A user-space handler starts to run; alone: kernel handlers do not. */
void object_begin_handler(struct object *o, bool alone);

#endif
