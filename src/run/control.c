/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/control.h"

#include "base/bug.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_message(int fd, uint32_t number, const void *payload,
			 size_t len)
{
	unsigned char bytes[sizeof(number) + CONTROL_MAX_TO];
	ssize_t n;

	memcpy(bytes, &number, sizeof(number));
	memcpy(bytes + sizeof(number), payload, len);
	do {
		n = write(fd, bytes, sizeof(number) + len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

int control_send(struct control *c, enum control_number number,
		 const void *payload, size_t len)
{
	return write_message(c->fd, c->base + number, payload, len);
}

int control_open(struct control *c, int folder_fd, struct strbuf *err)
{
	int rc = 0;

	*c = (struct control){ .base = CONTROL_BASE_NEW };
	c->buf = xmalloc(sizeof(uint32_t) + CONTROL_MAX_FROM + 1);
	c->fd = openat(folder_fd, ".cmd", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (c->fd < 0)
		rc = -errno;
	/* READY does nothing, and each kind of module knows one of the two. */
	if (!rc && control_send(c, CONTROL_READY, "", 0)) {
		c->base = CONTROL_BASE_OLD;
		rc = control_send(c, CONTROL_READY, "", 0);
	}
	if (!rc)
		return 0;
	strbuf_addf(err, "Failed to initialize control channel: %s.",
		    strerror(-rc));
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	return rc;
}

static void *write_in_thread(void *arg)
{
	struct control *c = arg;

	c->result = write_message(c->fd, c->base + c->number, &c->payload,
				  c->len);
	__atomic_store_n(&c->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static bool begin_write(struct control *c, enum control_number number,
			size_t len)
{
	sigset_t all, old;

	if (c->writing)
		return false;
	c->number = number;
	c->len = len;
	c->done = 0;
	/* Signals are for the loop. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	c->writing = !pthread_create(&c->thread, NULL, write_in_thread, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (c->writing)
		return true;
	/* Without a thread it works too, if little is printed. */
	write_in_thread(c);
	return true;
}

bool control_begin_start(struct control *c, pid_t target)
{
	if (!c->writing)
		c->payload = (struct control_start){ .target = target };
	return begin_write(c, CONTROL_START, sizeof(c->payload));
}

bool control_begin_exit(struct control *c)
{
	return begin_write(c, CONTROL_EXIT, 0);
}

bool control_end_write(struct control *c, int *result)
{
	if (!__atomic_load_n(&c->done, __ATOMIC_ACQUIRE))
		return false;
	if (c->writing)
		pthread_join(c->thread, NULL);
	c->writing = false;
	c->done = 0;
	*result = c->result;
	return true;
}

int control_read(struct control *c, struct control_message *m)
{
	ssize_t n = read(c->fd, c->buf, sizeof(m->number) + CONTROL_MAX_FROM);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if ((size_t)n < sizeof(m->number))
		return -EIO;
	memcpy(&m->number, c->buf, sizeof(m->number));
	m->number -= c->base;
	m->len = (size_t)n - sizeof(m->number);
	m->text = c->buf + sizeof(m->number);
	m->text[m->len] = 0;
	return 1;
}

void control_close(struct control *c)
{
	if (c->writing)
		pthread_join(c->thread, NULL);
	c->writing = false;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	free(c->buf);
	c->buf = NULL;
}
