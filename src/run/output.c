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

/* Append the name of the file that the rotation is at. */
static int name_file(const struct rotation *r, struct strbuf *out)
{
	char *name = xmalloc(PATH_MAX);
	int rc = expand_name(r->format, name, PATH_MAX);

	if (!rc) {
		strbuf_addstr(out, name);
		if ((r->limit || r->number) && strcmp(name, "/dev/null"))
			strbuf_addf(out, ".%u", r->number);
	}
	free(name);
	return rc;
}

/* The file that was opened keep files ago goes. */
static void forget_oldest(struct rotation *r, const char *newest)
{
	char **place;

	if (!r->keep)
		return;
	place = &r->names[r->number % r->keep];
	/* Somebody may have moved it away: that is as good. */
	if (*place && strcmp(*place, newest))
		unlink(*place);
	free(*place);
	*place = xstrdup(newest);
}

/* Open the file that the rotation is at. */
static int open_file(struct output *o)
{
	struct strbuf name = STRBUF_INIT;
	int fd, rc = name_file(&o->rotation, &name);

	if (!rc) {
		fd = open(name.buf, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0666);
		rc = fd < 0 ? -errno : 0;
	}
	if (!rc) {
		forget_oldest(&o->rotation, name.buf);
		o->fd = fd;
		o->own_fd = true;
		o->rotation.written = 0;
	}
	strbuf_release(&name);
	return rc;
}

int output_open_rotating(struct output *o, const char *name_format,
			 uint64_t limit, unsigned keep, struct strbuf *err)
{
	int rc;

	output_init(o);
	o->rotation = (struct rotation){ .format = name_format,
					 .limit = limit,
					 .keep = limit ? keep : 0 };
	if (o->rotation.keep)
		o->rotation.names = xcalloc(keep, sizeof(char *));
	rc = open_file(o);
	if (rc)
		strbuf_addf(err, "Couldn't open output file %s: %s",
			    name_format, strerror(-rc));
	return rc;
}

int output_open(struct output *o, const char *name_format, struct strbuf *err)
{
	return output_open_rotating(o, name_format, 0, 0, err);
}

void output_switch(struct output *o)
{
	if (!o->rotation.format)
		return;
	output_flush(o);
	if (o->error)
		return;
	if (o->own_fd && close(o->fd))
		o->error = -errno;
	o->own_fd = false;
	o->rotation.number++;
	if (!o->error)
		o->error = open_file(o);
}

void output_add(struct output *o, const char *text, size_t len)
{
	const struct rotation *r = &o->rotation;

	if (o->error)
		return;
	if (r->limit && r->written + o->buf.len &&
	    r->written + o->buf.len + len > r->limit)
		output_switch(o);
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
	o->rotation.written += o->buf.len;
	strbuf_reset(&o->buf);
}

void output_close(struct output *o)
{
	unsigned i;

	output_flush(o);
	if (o->own_fd && close(o->fd) && !o->error)
		o->error = -errno;
	o->own_fd = false;
	strbuf_release(&o->buf);
	for (i = 0; i < o->rotation.keep; i++)
		free(o->rotation.names[i]);
	free(o->rotation.names);
	o->rotation = (struct rotation){ 0 };
}
