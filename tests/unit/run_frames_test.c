/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of trace files, and putting those of several files in order. */
#include "proto/control.h"
#include "run/frames.h"
#include "run/trace.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void add_new(struct strbuf *b, uint32_t sequence, const char *text)
{
	struct trace_header_new h = { .sequence = sequence,
				      .len = (uint32_t)strlen(text) };

	memcpy(&h.magic, TRACE_MAGIC_BYTES, sizeof(h.magic));
	strbuf_add(b, &h, sizeof(h));
	strbuf_addstr(b, text);
}

static void add_old(struct strbuf *b, uint32_t sequence, const char *text)
{
	struct trace_header_old h = { .sequence = sequence,
				      .len = (uint32_t)strlen(text) };

	strbuf_add(b, &h, sizeof(h));
	strbuf_addstr(b, text);
}

static void whole_frames(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct frame f;
	size_t i;

	(void)state;
	add_new(&b, 7, "text");
	assert_int_equal(frame_parse(b.buf, b.len, true, &f), FRAME_WHOLE);
	assert_int_equal(f.sequence, 7);
	assert_int_equal(f.size, b.len);
	assert_memory_equal(f.text, "text", 4);
	for (i = 0; i < b.len; i++)
		assert_int_equal(frame_parse(b.buf, i, true, &f),
				 FRAME_PARTIAL);
	strbuf_reset(&b);
	add_old(&b, 8, "more");
	assert_int_equal(frame_parse(b.buf, b.len, false, &f), FRAME_WHOLE);
	assert_int_equal(f.sequence, 8);
	assert_int_equal(f.len, 4);
	for (i = 0; i < b.len; i++)
		assert_int_equal(frame_parse(b.buf, i, false, &f),
				 FRAME_PARTIAL);
	strbuf_release(&b);
}

static void padding_and_garbage(void **state)
{
	struct strbuf b = STRBUF_INIT;
	struct frame f;

	(void)state;
	strbuf_fill(&b, 0, 9);
	add_new(&b, 1, "x");
	assert_int_equal(frame_parse(b.buf, b.len, true, &f), FRAME_PADDING);
	assert_int_equal(f.size, 9);
	strbuf_reset(&b);
	strbuf_addstr(&b, "junk");
	add_new(&b, 1, "x");
	assert_int_equal(frame_parse(b.buf, b.len, true, &f), FRAME_GARBAGE);
	assert_int_equal(f.size, 4);
	/* A length nobody writes. */
	strbuf_reset(&b);
	add_new(&b, 1, "");
	assert_int_equal(frame_parse(b.buf, b.len, true, &f), FRAME_GARBAGE);
	assert_int_equal(f.size, 4);
	/* The old dialect has no way back. */
	strbuf_reset(&b);
	add_old(&b, 1, "");
	strbuf_addstr(&b, "rest");
	assert_int_equal(frame_parse(b.buf, b.len, false, &f), FRAME_GARBAGE);
	assert_int_equal(f.size, b.len);
	strbuf_release(&b);
}

/* A folder with trace0 and, unless it is NULL, trace1. */
struct folder {
	char path[32];
	int fd;
};

static void put(const struct folder *f, const char *name,
		const struct strbuf *bytes)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes->buf, bytes->len), bytes->len);
	close(fd);
}

static void folder_open(struct folder *f)
{
	memcpy(f->path, "/tmp/frames-XXXXXX", 19);
	assert_non_null(mkdtemp(f->path));
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY);
	assert_true(f->fd >= 0);
}

static void folder_remove(struct folder *f)
{
	unlinkat(f->fd, "trace0", 0);
	unlinkat(f->fd, "trace1", 0);
	close(f->fd);
	assert_int_equal(rmdir(f->path), 0);
}

/* What comes out of the folder's files. */
static char *merge(const struct folder *f, bool from_start, struct trace *t)
{
	struct strbuf err = STRBUF_INIT;
	struct output out;
	char *text;

	output_init(&out);
	assert_int_equal(trace_open(t, f->fd, true, from_start, &err), 0);
	trace_read(t, &out, true);
	text = strdup(out.buf.buf);
	strbuf_reset(&out.buf);
	output_close(&out);
	return text;
}

static void files_in_order(void **state)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;
	struct folder f;
	struct trace t;
	char *text;

	(void)state;
	if (sysconf(_SC_NPROCESSORS_CONF) < 2)
		skip();
	folder_open(&f);
	add_new(&a, 1, "1 ");
	add_new(&a, 4, "4 ");
	strbuf_fill(&a, 0, 100);
	add_new(&a, 5, "5 ");
	add_new(&b, 2, "2 ");
	add_new(&b, 3, "3 ");
	add_new(&b, 8, "8 ");
	put(&f, "trace0", &a);
	put(&f, "trace1", &b);
	text = merge(&f, true, &t);
	assert_string_equal(text, "1 2 3 4 5 8 ");
	assert_int_equal(t.lost, 2);
	assert_int_equal(t.garbage, 0);
	trace_close(&t);
	free(text);
	folder_remove(&f);
	strbuf_release(&a);
	strbuf_release(&b);
}

static void attached_later(void **state)
{
	struct strbuf a = STRBUF_INIT;
	struct folder f;
	struct trace t;
	char *text;

	(void)state;
	folder_open(&f);
	strbuf_addstr(&a, "the rest of a frame");
	add_new(&a, 0xffffffffu, "x");
	add_new(&a, 0, "y");
	add_new(&a, 2, "z");
	put(&f, "trace0", &a);
	text = merge(&f, false, &t);
	assert_string_equal(text, "xyz");
	assert_int_equal(t.lost, 1);
	assert_int_equal(t.garbage, strlen("the rest of a frame"));
	trace_close(&t);
	free(text);
	folder_remove(&f);
	strbuf_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(padding_and_garbage),
		cmocka_unit_test(files_in_order),
		cmocka_unit_test(attached_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
