/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of whole-file input and output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void files(void **state)
{
	struct strbuf in = STRBUF_INIT, out = STRBUF_INIT, err = STRBUF_INIT;
	char dir[] = "/tmp/spile-io-XXXXXX", path[64];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	strbuf_fill(&in, 'x', 300000);
	in.buf[5] = 0;
	assert_int_equal(io_write_file(path, in.buf, in.len, 0640, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0600, 0600);
	assert_int_equal(io_read_file(path, 1 << 20, &out, &err), 0);
	assert_int_equal(out.len, in.len);
	assert_memory_equal(out.buf, in.buf, in.len + 1);
	strbuf_reset(&out);
	assert_int_equal(io_read_file(path, 300000, &out, &err), 0);
	strbuf_reset(&out);
	assert_string_equal(err.buf, "");
	assert_int_equal(io_read_file(path, 299999, &out, &err), -EFBIG);
	assert_non_null(strstr(err.buf, path));
	assert_int_equal(unlink(path), 0);
	strbuf_reset(&err);
	assert_int_equal(io_read_file(path, 10, &out, &err), -ENOENT);
	assert_non_null(strstr(err.buf, "No such file"));
	assert_int_equal(io_read_file(dir, 10, &out, NULL), -EISDIR);
	assert_int_equal(io_write_file(dir, "x", 1, 0600, NULL), -EISDIR);
	assert_int_equal(rmdir(dir), 0);
	strbuf_release(&in);
	strbuf_release(&out);
	strbuf_release(&err);
}

static void pipes(void **state)
{
	struct strbuf out = STRBUF_INIT;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	strbuf_addstr(&out, "had ");
	assert_int_equal(io_write_all(fds[1], "hello", 5), 0);
	close(fds[1]);
	assert_int_equal(io_read_fd(fds[0], 5, &out), 0);
	assert_string_equal(out.buf, "had hello");
	close(fds[0]);
	assert_int_equal(io_read_fd(fds[0], 5, &out), -EBADF);
	assert_int_equal(io_write_all(fds[0], "x", 1), -EBADF);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
		cmocka_unit_test(pipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
