/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server's side of the kernel's FUSE protocol, for a fixed tree of folders
 * and files whose text is made when it is read.
 */
#ifndef SPILE_RUN_FUSE_H
#define SPILE_RUN_FUSE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Files that may be open at a time. */
#define FUSE_HANDLES 128
/* What a writer hands over at once, at most; and room for any request. */
#define FUSE_WRITE_BYTES   4096u
#define FUSE_REQUEST_BYTES 16384u

/* The number of a node on the wire is its place in the list plus one; the first
 * is the root. */
struct fuse_node {
	const char *name;
	uint32_t parent;   /* place in the list */
	uint32_t mode;     /* S_IFDIR or S_IFREG, and permissions */
	bool reads, writes;
};

struct fuse_handle {
	bool used, filled;
	uint32_t node;
	struct strbuf text; /* what its reader gets */
};

struct fuse {
	VEC(struct fuse_node) nodes;
	struct fuse_handle *handles; /* FUSE_HANDLES, or NULL; zeroed */
	uid_t uid;
	gid_t gid;
	int64_t time_s;    /* of all files */
	void *ctx;
	/* Append the text of a file. */
	void (*read)(void *ctx, uint32_t node, struct strbuf *text);
	/* Take a chunk of 1 to FUSE_WRITE_BYTES bytes; returns how many of
	 * them were taken. */
	size_t (*write)(void *ctx, uint32_t node, const char *bytes,
			size_t len);
};

/* Answer a request as read from /dev/fuse, of any contents; reply (reset first)
 * stays empty if none is wanted. */
void fuse_answer(struct fuse *f, const void *request, size_t len,
		 struct strbuf *reply);
/* Free the texts of open files. */
void fuse_release(struct fuse *f);

#endif
