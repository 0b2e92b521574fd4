/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/output.h"

#include "base/bug.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_BUFFER (256u << 10)

void output_init(struct output *o)
{
	*o = (struct output){ .fd = STDOUT_FILENO, .buf = STRBUF_INIT };
}

/* Fill in the strftime formats of a file name. */
static int expand_name(const char *format, char *name, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	if (!strchr(format, '%')) {
		size_t len = strlen(format);

		if (len >= size)
			return -ENAMETOOLONG;
		memcpy(name, format, len + 1);
		return 0;
	}
	if (!localtime_r(&now, &tm))
		return -EINVAL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (!strftime(name, size, format, &tm))
		return -ENAMETOOLONG;
#pragma GCC diagnostic pop
	return 0;
}

int output_open(struct output *o, const char *name_format, struct strbuf *err)
{
	char *name = xmalloc(PATH_MAX);
	int rc;

	output_init(o);
	rc = expand_name(name_format, name, PATH_MAX);
	if (!rc) {
		o->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			     0666);
		rc = o->fd < 0 ? -errno : 0;
	}
	if (rc)
		strbuf_addf(err, "Couldn't open output file %s: %s",
			    name_format, strerror(-rc));
	o->own_fd = !rc;
	free(name);
	return rc;
}

void output_add(struct output *o, const char *text, size_t len)
{
	if (o->error)
		return;
	if (o->buf.len + len > OUTPUT_BUFFER)
		output_flush(o);
	strbuf_add(&o->buf, text, len);
}

/* Write all bytes, also to a descriptor that somebody made non-blocking. */
static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
				return -errno;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

void output_flush(struct output *o)
{
	if (!o->error && o->buf.len)
		o->error = write_all(o->fd, o->buf.buf, o->buf.len);
	strbuf_reset(&o->buf);
}

void output_close(struct output *o)
{
	output_flush(o);
	if (o->own_fd && close(o->fd) && !o->error)
		o->error = -errno;
	o->own_fd = false;
	strbuf_release(&o->buf);
}
