/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's trace files: one, or one a CPU whose frames are put in order by
 * their sequence numbers.
 */
#ifndef SPILE_RUN_TRACE_H
#define SPILE_RUN_TRACE_H

#include "base/strbuf.h"
#include "run/output.h"

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

struct trace_file {
	int fd;
	char *buf;         /* what was read and not printed; heap */
	size_t at, end;
};

struct trace {
	struct trace_file *files; /* heap */
	size_t n;
	bool is_new;       /* dialect of the frames */
	bool any;          /* next is known */
	uint32_t next;     /* sequence number that comes next */
	int64_t stuck_ns;  /* since when it is missing; 0: it is not */
	uint64_t lost;     /* sequence numbers that never came */
	uint64_t garbage;  /* bytes that were no frames */
};

/* Open "trace0" … in a module's folder; from_start: nothing was read from them
 * before. 0, or -errno and one sentence. */
int trace_open(struct trace *t, int folder_fd, bool is_new, bool from_start,
	       struct strbuf *err);

/* Read what there is without waiting, and print what is in order. last: print
 * everything, nothing will come any more. Returns the number of bytes read. */
size_t trace_read(struct trace *t, struct output *out, bool last);

/* Fill in what to poll(2) for, n entries. */
void trace_poll(const struct trace *t, struct pollfd *fds);

/* Close the files and free the memory. */
void trace_close(struct trace *t);

#endif
