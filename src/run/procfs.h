/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of procfs probes: a small file system that is mounted as long as
 * the session runs.
 */
#ifndef SPILE_RUN_PROCFS_H
#define SPILE_RUN_PROCFS_H

#include "run/fuse.h"
#include "run/groups.h"
#include "run/mount.h"

#include <stdbool.h>

/* Run a group with a text that it reads, or makes (of most bytes at most). */
typedef void (*procfs_fn)(void *ctx, const struct probe_group *g,
			  struct strbuf *text, size_t most);

struct procfs {
	const struct ir_prog *prog;
	struct arena *arena;
	struct mount mount; /* its fd is what to wait for, or -1 */
	struct fuse fuse;
	struct probe_groups readers, writers;
	VEC(const char *) paths; /* by node */
	char *request;           /* FUSE_REQUEST_BYTES */
	procfs_fn fn;
	void *ctx;
};

#define PROCFS_INIT                                                           \
	{                                                                     \
		.mount = MOUNT_INIT                                           \
	}

/* Mount the files of p, if it has any; what is made of them lives in the arena.
 * 0, or -errno and one sentence. fn is called with ctx. */
int procfs_open(struct procfs *pf, const struct ir_prog *p, struct arena *arena,
		procfs_fn fn, void *ctx, struct strbuf *err);
/* Answer one request, if one is there. False: none was. */
bool procfs_serve(struct procfs *pf);
/* Unmount; may be called more than once. */
void procfs_close(struct procfs *pf);

#endif
