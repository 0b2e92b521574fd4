/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to requests of the kernel, and to what no kernel sends. */
#include "run/fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct fixture {
	struct fuse fuse;
	struct fuse_handle *handles;
	struct fuse_node nodes[4];
	struct strbuf reply;
	char written[64];
	size_t n_written;
	unsigned n_read;
};

static void read_text(void *ctx, uint32_t node, struct strbuf *text)
{
	struct fixture *x = ctx;

	strbuf_addf(text, "text %u of %u", ++x->n_read, node);
}

static size_t write_text(void *ctx, uint32_t node, const char *bytes,
			 size_t len)
{
	struct fixture *x = ctx;

	assert_int_equal(node, 3);
	memcpy(x->written, bytes, len < sizeof(x->written) ? len : 1);
	x->n_written = len;
	return len;
}

/* "r" for reading, and "d/w" for writing. */
static void set_up(struct fixture *x)
{
	memset(x, 0, sizeof(*x));
	x->handles = calloc(FUSE_HANDLES, sizeof(*x->handles));
	strbuf_init(&x->reply);
	x->nodes[0] = (struct fuse_node){ "", 0, S_IFDIR | 0755, false, false };
	x->nodes[1] = (struct fuse_node){ "r", 0, S_IFREG | 0400, true, false };
	x->nodes[2] = (struct fuse_node){ "d", 0, S_IFDIR | 0755, false, false };
	x->nodes[3] = (struct fuse_node){ "w", 2, S_IFREG | 0200, false, true };
	x->fuse.nodes.at = x->nodes;
	x->fuse.nodes.len = x->fuse.nodes.cap = 4;
	x->fuse.handles = x->handles;
	x->fuse.ctx = x;
	x->fuse.read = read_text;
	x->fuse.write = write_text;
}

static void tear_down(struct fixture *x)
{
	fuse_release(&x->fuse);
	free(x->handles);
	strbuf_release(&x->reply);
}

/* Ask, and return the error; the reply is checked for its length. */
static int ask(struct fixture *x, uint32_t opcode, uint64_t node,
	       const void *body, size_t len)
{
	char request[sizeof(struct fuse_in_header) + 256];
	struct fuse_in_header in = { .len = (uint32_t)(sizeof(in) + len),
				     .opcode = opcode,
				     .unique = 77,
				     .nodeid = node };
	struct fuse_out_header out;

	assert_true(len <= 256);
	memcpy(request, &in, sizeof(in));
	if (len)
		memcpy(request + sizeof(in), body, len);
	fuse_answer(&x->fuse, request, sizeof(in) + len, &x->reply);
	assert_true(x->reply.len >= sizeof(out));
	memcpy(&out, x->reply.buf, sizeof(out));
	assert_int_equal(out.len, x->reply.len);
	assert_int_equal(out.unique, 77);
	return out.error;
}

static const char *body_of(const struct fixture *x)
{
	return x->reply.buf + sizeof(struct fuse_out_header);
}

static int ask_open(struct fixture *x, uint64_t node, uint32_t flags)
{
	struct fuse_open_in in = { .flags = flags };

	return ask(x, FUSE_OPEN, node, &in, sizeof(in));
}

static void reads(void **state)
{
	struct fixture x;
	struct fuse_read_in in = { .size = 6 };

	(void)state;
	set_up(&x);
	assert_int_equal(ask(&x, FUSE_LOOKUP, 1, "r", 2), 0);
	assert_int_equal(ask(&x, FUSE_LOOKUP, 1, "w", 2), -ENOENT);
	assert_int_equal(ask_open(&x, 2, O_RDONLY), 0);
	assert_int_equal(ask_open(&x, 2, O_WRONLY), -EACCES);
	assert_int_equal(ask_open(&x, 3, O_RDONLY), -EISDIR);
	assert_int_equal(ask(&x, FUSE_READ, 2, &in, sizeof(in)), 0);
	assert_memory_equal(body_of(&x), "text 1", 6);
	in.offset = 6;
	in.size = 100;
	assert_int_equal(ask(&x, FUSE_READ, 2, &in, sizeof(in)), 0);
	assert_string_equal(body_of(&x), " of 1");
	in.offset = UINT64_MAX;
	assert_int_equal(ask(&x, FUSE_READ, 2, &in, sizeof(in)), 0);
	assert_int_equal(x.reply.len, sizeof(struct fuse_out_header));
	assert_int_equal(x.n_read, 1);
	/* From the beginning it is made anew. */
	in.offset = 0;
	assert_int_equal(ask(&x, FUSE_READ, 2, &in, sizeof(in)), 0);
	assert_string_equal(body_of(&x), "text 2 of 1");
	tear_down(&x);
}

static void writes(void **state)
{
	struct {
		struct fuse_write_in in;
		char bytes[8];
	} w = { .in = { .size = 5 }, .bytes = "hello" };
	struct fixture x;

	(void)state;
	set_up(&x);
	assert_int_equal(ask(&x, FUSE_WRITE, 4, &w, sizeof(w)), -EBADF);
	assert_int_equal(ask_open(&x, 4, O_WRONLY), 0);
	assert_int_equal(ask(&x, FUSE_WRITE, 4, &w, sizeof(w)), 0);
	assert_int_equal(x.n_written, 5);
	assert_memory_equal(x.written, "hello", 5);
	/* Sizes and handles that are not so. */
	w.in.size = 9;
	assert_int_equal(ask(&x, FUSE_WRITE, 4, &w, sizeof(w)), -EINVAL);
	w.in.size = UINT32_MAX;
	assert_int_equal(ask(&x, FUSE_WRITE, 4, &w, sizeof(w)), -EINVAL);
	w.in.size = 5;
	w.in.fh = FUSE_HANDLES;
	assert_int_equal(ask(&x, FUSE_WRITE, 4, &w, sizeof(w)), -EBADF);
	w.in.fh = 0;
	assert_int_equal(ask(&x, FUSE_WRITE, 2, &w, sizeof(w)), -EBADF);
	tear_down(&x);
}

static void lists(void **state)
{
	struct fixture x;
	struct fuse_read_in in = { .size = 4096 };
	size_t n = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + 1);

	(void)state;
	set_up(&x);
	assert_int_equal(ask(&x, FUSE_READDIR, 1, &in, sizeof(in)), 0);
	assert_int_equal(x.reply.len, sizeof(struct fuse_out_header) + 4 * n);
	in.size = (uint32_t)n;
	in.offset = 2;
	assert_int_equal(ask(&x, FUSE_READDIR, 1, &in, sizeof(in)), 0);
	assert_int_equal(x.reply.len, sizeof(struct fuse_out_header) + n);
	assert_int_equal(body_of(&x)[FUSE_NAME_OFFSET], 'r');
	in.offset = UINT64_MAX;
	assert_int_equal(ask(&x, FUSE_READDIR, 1, &in, sizeof(in)), 0);
	assert_int_equal(x.reply.len, sizeof(struct fuse_out_header));
	assert_int_equal(ask(&x, FUSE_READDIR, 2, &in, sizeof(in)), -ENOTDIR);
	tear_down(&x);
}

static void handles_end(void **state)
{
	struct fuse_release_in in = { .fh = 5 };
	struct fixture x;
	int i;

	(void)state;
	set_up(&x);
	for (i = 0; i < FUSE_HANDLES; i++)
		assert_int_equal(ask_open(&x, 2, O_RDONLY), 0);
	assert_int_equal(ask_open(&x, 2, O_RDONLY), -ENFILE);
	assert_int_equal(ask(&x, FUSE_RELEASE, 2, &in, sizeof(in)), 0);
	assert_int_equal(ask(&x, FUSE_RELEASE, 2, &in, sizeof(in)), -EBADF);
	assert_int_equal(ask_open(&x, 2, O_RDONLY), 0);
	tear_down(&x);
}

static void refuses(void **state)
{
	struct fuse_setattr_in set = { .valid = FATTR_SIZE };
	struct fuse_init_in init = { .major = 7, .minor = 8 };
	struct fixture x;

	(void)state;
	set_up(&x);
	assert_int_equal(ask(&x, FUSE_MKDIR, 1, "x", 2), -ENOSYS);
	assert_int_equal(ask(&x, UINT32_MAX, 1, NULL, 0), -ENOSYS);
	assert_int_equal(ask(&x, FUSE_GETATTR, 5, NULL, 0), -ENOENT);
	assert_int_equal(ask(&x, FUSE_GETATTR, UINT64_MAX, NULL, 0), -ENOENT);
	assert_int_equal(ask(&x, FUSE_LOOKUP, 1, "no end", 6), -EINVAL);
	assert_int_equal(ask(&x, FUSE_SETATTR, 4, &set, sizeof(set)), 0);
	set.valid |= FATTR_MODE;
	assert_int_equal(ask(&x, FUSE_SETATTR, 4, &set, sizeof(set)), -EPERM);
	assert_int_equal(ask(&x, FUSE_INIT, 0, &init, sizeof(init)), -EPROTO);
	init.minor = 31;
	assert_int_equal(ask(&x, FUSE_INIT, 0, &init, sizeof(init)), 0);
	tear_down(&x);
}

/* Any bytes of any length, in memory of just that length. */
static void takes_anything(void **state)
{
	struct fixture x;
	unsigned seed = 1, i;

	(void)state;
	set_up(&x);
	ask_open(&x, 2, O_RDONLY);
	for (i = 0; i < 100000; i++) {
		size_t len = (size_t)rand_r(&seed) % 120, k;
		char *bytes = malloc(len + 1);

		for (k = 0; k < len; k++)
			bytes[k] = (char)(rand_r(&seed) % 5);
		/* Mostly opcodes and nodes that there are. */
		if (len > 24 && i % 8) {
			uint32_t opcode = (uint32_t)rand_r(&seed) % 50;
			uint64_t node = (uint64_t)rand_r(&seed) % 6;

			memcpy(bytes + 4, &opcode, sizeof(opcode));
			memcpy(bytes + 16, &node, sizeof(node));
		}
		fuse_answer(&x.fuse, bytes, len, &x.reply);
		assert_true(x.reply.len <= FUSE_REQUEST_BYTES);
		free(bytes);
	}
	tear_down(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),	  cmocka_unit_test(writes),
		cmocka_unit_test(lists),	  cmocka_unit_test(handles_end),
		cmocka_unit_test(refuses),	  cmocka_unit_test(takes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
