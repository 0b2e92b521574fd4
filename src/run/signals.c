/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/signals.h"

#include "base/bug.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SIGNALS_GIVE_UP 3

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Written by the handler, which cannot be given a context. */
static volatile sig_atomic_t signals_count;
static volatile sig_atomic_t signals_wake_fd = -1;

static void on_signal(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	if (++signals_count >= SIGNALS_GIVE_UP)
		_exit(128 + sig);
	/* A full counter wakes just as well. */
	if (signals_wake_fd >= 0 && write((int)signals_wake_fd, &one, sizeof(one)) < 0)
		errno = saved;
	errno = saved;
}

static void set_all(void (*fn)(int))
{
	struct sigaction sa = { .sa_handler = fn };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ending); i++)
		sigaction(ending[i], &sa, NULL);
	sa.sa_handler = fn == SIG_DFL ? SIG_DFL : SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

void signals_init(void)
{
	set_all(on_signal);
}

int signals_seen(void)
{
	return (int)signals_count;
}

int signals_fd(void)
{
	uint64_t one = 1;

	if (signals_wake_fd >= 0)
		return (int)signals_wake_fd;
	signals_wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (signals_wake_fd < 0)
		return -errno;
	/* One may have come before there was a descriptor to wake. */
	if (signals_count && write((int)signals_wake_fd, &one, sizeof(one)) < 0)
		return -errno;
	return (int)signals_wake_fd;
}

void signals_reset(void)
{
	set_all(SIG_DFL);
}
