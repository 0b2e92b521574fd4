/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the script's text goes: a big buffer in front of a descriptor.
 *
 * The session flushes when it is about to wait, so that text shows at once when
 * there is little and costs few writes when there is much. After a write failed
 * all further text is dropped; the failure is kept for the session to report.
 */
#ifndef SPILE_RUN_OUTPUT_H
#define SPILE_RUN_OUTPUT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rotation {
	const char *format; /* the name as it was given; NULL: no file */
	uint64_t limit;     /* bytes of a file, or 0 for any */
	unsigned keep;      /* number of files, or 0 for any */
	unsigned number;    /* of the file that is open */
	uint64_t written;   /* to that file */
	char **names;       /* of the last files, if keep; heap */
};

struct output {
	int fd;
	bool own_fd;       /* close it at the end */
	int error;         /* -errno of the first write that failed, or 0 */
	struct strbuf buf; /* text not yet written */
	struct rotation rotation;
};

/* Text goes to standard output. */
void output_init(struct output *o);

/* Text goes to a new file, in whose name strftime formats are filled in with
 * local time. 0, or -errno and one sentence. */
int output_open(struct output *o, const char *name_format, struct strbuf *err);

/* The same for several files, each at most limit bytes (0: any), but no text of
 * output_add() is split; the oldest goes when there are more than keep (0:
 * any). Their names end in ".0", ".1" … if there is a limit, else the first
 * has the name alone. */
int output_open_rotating(struct output *o, const char *name_format,
			 uint64_t limit, unsigned keep, struct strbuf *err);

/* Go on in the next file, if text goes to a file. */
void output_switch(struct output *o);

/* Take text; writes when the buffer is full. */
void output_add(struct output *o, const char *text, size_t len);

/* Write what is waiting; waits for slow readers. */
void output_flush(struct output *o);

/* Flush, close the file and free the buffer; error stays readable. */
void output_close(struct output *o);

#endif
