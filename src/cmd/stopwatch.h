/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time and memory of a pass, as -v prints them (cli.md section 10). */
#ifndef SPILE_CMD_STOPWATCH_H
#define SPILE_CMD_STOPWATCH_H

#include <stdint.h>
#include <time.h>

struct stopwatch {
	struct timespec real, user, sys;
};

/* Note the time now. */
void stopwatch_start(struct stopwatch *w);

/* Print "Pass N: WHAT using …kb, in …ms." on stderr; pass 5 without memory. */
void stopwatch_line(const struct stopwatch *w, unsigned pass, const char *what,
		    ...) __attribute__((format(printf, 3, 4)));

#endif
