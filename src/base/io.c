/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int io_read_fd(int fd, size_t max, struct strbuf *out)
{
	size_t start = out->len;

	for (;;) {
		ssize_t n;

		strbuf_reserve(out, 64 << 10);
		n = read(fd, out->buf + out->len, out->cap - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		out->buf[out->len] = 0;
		if (out->len - start > max)
			return -EFBIG;
	}
}

static int io_fail(struct strbuf *err, const char *what, const char *path,
		   int rc)
{
	if (err)
		strbuf_addf(err, "cannot %s '%s': %s", what, path,
			    strerror(-rc));
	return rc;
}

int io_read_file(const char *path, size_t max, struct strbuf *out,
		 struct strbuf *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return io_fail(err, "open", path, -errno);
	rc = fstat(fd, &st) ? -errno : 0;
	if (!rc && S_ISDIR(st.st_mode))
		rc = -EISDIR;
	if (!rc && S_ISREG(st.st_mode) && (size_t)st.st_size > max)
		rc = -EFBIG;
	if (!rc && S_ISREG(st.st_mode))
		strbuf_reserve(out, (size_t)st.st_size);
	if (!rc)
		rc = io_read_fd(fd, max, out);
	close(fd);
	return rc ? io_fail(err, "read", path, rc) : 0;
}

int io_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int io_write_file(const char *path, const void *bytes, size_t len, mode_t mode,
		  struct strbuf *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	int rc;

	if (fd < 0)
		return io_fail(err, "create", path, -errno);
	rc = io_write_all(fd, bytes, len);
	if (close(fd) && !rc)
		rc = -errno;
	return rc ? io_fail(err, "write", path, rc) : 0;
}
