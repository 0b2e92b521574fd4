/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/signals.h"

#include "base/bug.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define SIGNALS_GIVE_UP 3
#define ECHO_MS         300

#define FLAG_MODULE 1 /* signals_init_module() was called */
#define FLAG_QUIT   2 /* SIGQUIT came */
#define FLAG_SWITCH 4 /* SIGUSR2 came */

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

/* Written by the handler, which cannot be given a context. */
static volatile sig_atomic_t signals_count;
static volatile sig_atomic_t signals_wake_fd = -1;

/* FLAG_*; changed atomically, by the handler and outside of it. */
static volatile int signals_flags;
static volatile sig_atomic_t signals_last_ms;

static bool has_flag(int flag)
{
	return (__atomic_load_n(&signals_flags, __ATOMIC_RELAXED) & flag) != 0;
}

static void set_flag(int flag)
{
	__atomic_fetch_or(&signals_flags, flag, __ATOMIC_RELAXED);
}

/* Whether one came a moment ago; clock_gettime() may be called in handlers. */
static bool is_echo(void)
{
	struct timespec ts;
	int now, last = (int)signals_last_ms;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (int)((ts.tv_sec * 1000 + ts.tv_nsec / 1000000) & INT_MAX);
	signals_last_ms = now;
	return signals_count && now >= last && now - last < ECHO_MS;
}

static void count_signal(int sig)
{
	bool module = has_flag(FLAG_MODULE);

	if (module && sig == SIGQUIT)
		set_flag(FLAG_QUIT);
	else if (module && sig == SIGUSR2)
		set_flag(FLAG_SWITCH);
	else if ((!module || !is_echo()) && ++signals_count >= SIGNALS_GIVE_UP)
		_exit(128 + sig);
}

static void on_signal(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	count_signal(sig);
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

void signals_init_module(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	set_flag(FLAG_MODULE);
	set_all(on_signal);
	sigaction(SIGUSR2, &sa, NULL);
}

bool signals_detach(void)
{
	return has_flag(FLAG_QUIT);
}

bool signals_take_switch(void)
{
	return (__atomic_fetch_and(&signals_flags, ~FLAG_SWITCH,
				   __ATOMIC_RELAXED) &
		FLAG_SWITCH) != 0;
}

void signals_clear_fd(void)
{
	uint64_t n;

	/* Nothing there is as good as taken. */
	if (signals_wake_fd >= 0 && read((int)signals_wake_fd, &n, sizeof(n)) < 0)
		return;
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
	if ((signals_count || has_flag(FLAG_QUIT | FLAG_SWITCH)) && write((int)signals_wake_fd, &one, sizeof(one)) < 0)
		return -errno;
	return (int)signals_wake_fd;
}

void signals_reset(void)
{
	set_all(SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}
