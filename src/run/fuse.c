/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <string.h>
#include <sys/stat.h>

/* The tree never changes. */
#define VALID_S 3600
/* Kernels before this spoke with shorter structs. */
#define LEAST_MINOR 23

struct request {
	struct fuse *f;
	struct fuse_in_header head;
	const char *body;
	size_t len;            /* of the body */
	uint32_t node;         /* place in the list */
	struct strbuf *reply;
};

/* Copy a struct from the front of the body; false: it is too short. */
static bool take(struct request *r, void *to, size_t size)
{
	if (r->len < size)
		return false;
	memcpy(to, r->body, size);
	r->body += size;
	r->len -= size;
	return true;
}

static const struct fuse_node *node_of(const struct request *r)
{
	return &r->f->nodes.at[r->node];
}

static int answer_init(struct request *r)
{
	struct fuse_init_in in;
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
				     .max_write = FUSE_WRITE_BYTES };

	/* Newer kernels send more. */
	if (!take(r, &in, offsetof(struct fuse_init_in, flags)))
		return -EPROTO;
	if (in.major < FUSE_KERNEL_VERSION ||
	    (in.major == FUSE_KERNEL_VERSION && in.minor < LEAST_MINOR))
		return -EPROTO;
	out.minor = FUSE_KERNEL_MINOR_VERSION;
	if (in.major == FUSE_KERNEL_VERSION && in.minor < out.minor)
		out.minor = in.minor;
	strbuf_add(r->reply, &out, sizeof(out));
	return 0;
}

static struct fuse_attr attributes(const struct fuse *f, uint32_t node)
{
	const struct fuse_node *n = &f->nodes.at[node];

	return (struct fuse_attr){ .ino = node + 1ull,
				   .atime = (uint64_t)f->time_s,
				   .mtime = (uint64_t)f->time_s,
				   .ctime = (uint64_t)f->time_s,
				   .mode = n->mode,
				   .nlink = S_ISDIR(n->mode) ? 2 : 1,
				   .uid = f->uid,
				   .gid = f->gid,
				   .blksize = FUSE_WRITE_BYTES };
}

static int answer_lookup(struct request *r)
{
	struct fuse *f = r->f;
	struct fuse_entry_out out = { .entry_valid = VALID_S,
				      .attr_valid = VALID_S };
	uint32_t i;

	if (!r->len || strnlen(r->body, r->len) == r->len)
		return -EINVAL;
	for (i = 1; i < f->nodes.len; i++) {
		if (f->nodes.at[i].parent != r->node ||
		    strcmp(f->nodes.at[i].name, r->body) != 0)
			continue;
		out.nodeid = i + 1ull;
		out.attr = attributes(f, i);
		strbuf_add(r->reply, &out, sizeof(out));
		return 0;
	}
	return -ENOENT;
}

static int answer_getattr(struct request *r)
{
	struct fuse_attr_out out = { .attr_valid = VALID_S,
				     .attr = attributes(r->f, r->node) };

	strbuf_add(r->reply, &out, sizeof(out));
	return 0;
}

/* A file may be cut, which changes nothing; all else stays as it is. */
static int answer_setattr(struct request *r)
{
	struct fuse_setattr_in in;

	if (!take(r, &in, sizeof(in)))
		return -EINVAL;
	if (in.valid & (FATTR_MODE | FATTR_UID | FATTR_GID))
		return -EPERM;
	return answer_getattr(r);
}

static int answer_open(struct request *r)
{
	const struct fuse_node *n = node_of(r);
	struct fuse_open_in in;
	struct fuse_open_out out = { .open_flags = FOPEN_DIRECT_IO };
	struct fuse_handle *h;
	unsigned access;

	if (!take(r, &in, sizeof(in)))
		return -EINVAL;
	access = in.flags & O_ACCMODE;
	/* The superuser is held by no mode. */
	if ((access != O_WRONLY && !n->reads) ||
	    (access != O_RDONLY && !n->writes))
		return S_ISDIR(n->mode) ? -EISDIR : -EACCES;
	for (h = r->f->handles; h->used; h++)
		if (h + 1 == r->f->handles + FUSE_HANDLES)
			return -ENFILE;
	*h = (struct fuse_handle){ .used = true,
				   .node = r->node,
				   .text = STRBUF_INIT };
	out.fh = (uint64_t)(h - r->f->handles);
	strbuf_add(r->reply, &out, sizeof(out));
	return 0;
}

/* The open file of this request, or NULL. */
static struct fuse_handle *handle_of(const struct request *r, uint64_t fh)
{
	if (fh >= FUSE_HANDLES || !r->f->handles[fh].used ||
	    r->f->handles[fh].node != r->node)
		return NULL;
	return &r->f->handles[fh];
}

static int answer_read(struct request *r)
{
	struct fuse_handle *h;
	struct fuse_read_in in;
	size_t left;

	if (!take(r, &in, sizeof(in)))
		return -EINVAL;
	h = handle_of(r, in.fh);
	if (!h || !node_of(r)->reads)
		return -EBADF;
	if (!h->filled || !in.offset) {
		strbuf_reset(&h->text);
		r->f->read(r->f->ctx, r->node, &h->text);
		h->filled = true;
	}
	if (in.offset >= h->text.len)
		return 0;
	left = h->text.len - (size_t)in.offset;
	strbuf_add(r->reply, h->text.buf + in.offset,
		   left < in.size ? left : in.size);
	return 0;
}

static int answer_write(struct request *r)
{
	struct fuse_write_in in;
	struct fuse_write_out out = { 0 };

	if (!take(r, &in, sizeof(in)) || in.size > r->len ||
	    in.size > FUSE_WRITE_BYTES)
		return -EINVAL;
	if (!handle_of(r, in.fh) || !node_of(r)->writes)
		return -EBADF;
	if (in.size)
		out.size = (uint32_t)r->f->write(r->f->ctx, r->node, r->body,
						 in.size);
	strbuf_add(r->reply, &out, sizeof(out));
	return 0;
}

static int answer_release(struct request *r)
{
	struct fuse_release_in in;
	struct fuse_handle *h;

	if (!take(r, &in, sizeof(in)))
		return -EINVAL;
	h = handle_of(r, in.fh);
	if (!h)
		return -EBADF;
	strbuf_release(&h->text);
	h->used = false;
	return 0;
}

static int answer_opendir(struct request *r)
{
	struct fuse_open_out out = { 0 };

	if (!S_ISDIR(node_of(r)->mode))
		return -ENOTDIR;
	strbuf_add(r->reply, &out, sizeof(out));
	return 0;
}

/* Append an entry if it fits into size; next is where to go on behind it. */
static bool add_entry(struct request *r, uint32_t node, const char *name,
		      uint64_t next, size_t size)
{
	size_t len = strlen(name);
	struct fuse_dirent d = { .ino = node + 1ull,
				 .off = next,
				 .namelen = (uint32_t)len,
				 .type = r->f->nodes.at[node].mode >> 12 };
	size_t whole = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + len);
	size_t used = r->reply->len - sizeof(struct fuse_out_header);

	if (used + whole > size)
		return false;
	strbuf_add(r->reply, &d, FUSE_NAME_OFFSET);
	strbuf_add(r->reply, name, len);
	strbuf_fill(r->reply, 0, whole - FUSE_NAME_OFFSET - len);
	return true;
}

static int answer_readdir(struct request *r)
{
	struct fuse *f = r->f;
	struct fuse_read_in in;
	uint64_t i;

	if (!take(r, &in, sizeof(in)))
		return -EINVAL;
	if (!S_ISDIR(node_of(r)->mode))
		return -ENOTDIR;
	/* Offset 0 is ".", 1 is "..", and n + 1 is node n: the root, which is
	 * in no folder, has none. */
	for (i = in.offset; i < f->nodes.len + 1; i++) {
		const char *name = i == 0 ? "." : "..";
		uint32_t node = i ? node_of(r)->parent : r->node;

		if (i >= 2) {
			node = (uint32_t)i - 1;
			name = f->nodes.at[node].name;
			if (f->nodes.at[node].parent != r->node)
				continue;
		}
		if (!add_entry(r, node, name, i + 1, in.size))
			break;
	}
	return 0;
}

/* Append what the request asks for. 0, -errno, or 1: no answer is wanted. */
static int answer(struct request *r)
{
	switch (r->head.opcode) {
	case FUSE_INIT:
		return answer_init(r);
	case FUSE_LOOKUP:
		return answer_lookup(r);
	case FUSE_GETATTR:
		return answer_getattr(r);
	case FUSE_SETATTR:
		return answer_setattr(r);
	case FUSE_OPEN:
		return answer_open(r);
	case FUSE_READ:
		return answer_read(r);
	case FUSE_WRITE:
		return answer_write(r);
	case FUSE_RELEASE:
		return answer_release(r);
	case FUSE_OPENDIR:
		return answer_opendir(r);
	case FUSE_READDIR:
		return answer_readdir(r);
	case FUSE_FLUSH:
	case FUSE_RELEASEDIR:
	case FUSE_DESTROY:
		return 0;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		return 1;
	}
	return -ENOSYS;
}

void fuse_answer(struct fuse *f, const void *request, size_t len,
		 struct strbuf *reply)
{
	struct request r = { .f = f, .body = request, .len = len,
			     .reply = reply };
	struct fuse_out_header out = { 0 };
	int rc;

	strbuf_reset(reply);
	if (!take(&r, &r.head, sizeof(r.head)))
		return;
	strbuf_add(reply, &out, sizeof(out));
	/* Requests to the connection name no node. */
	if (r.head.nodeid > f->nodes.len) {
		rc = r.head.opcode == FUSE_FORGET ? 1 : -ENOENT;
	} else {
		r.node = r.head.nodeid ? (uint32_t)r.head.nodeid - 1 : 0;
		rc = answer(&r);
	}
	if (rc > 0) {
		strbuf_reset(reply);
		return;
	}
	if (rc)
		reply->len = sizeof(out);
	out = (struct fuse_out_header){ .len = (uint32_t)reply->len,
					.error = rc,
					.unique = r.head.unique };
	memcpy(reply->buf, &out, sizeof(out));
}

void fuse_release(struct fuse *f)
{
	size_t i;

	for (i = 0; f->handles && i < FUSE_HANDLES; i++)
		if (f->handles[i].used)
			strbuf_release(&f->handles[i].text);
	f->handles = NULL;
}
