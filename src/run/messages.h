/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ERROR and WARNING lines on standard error.
 *
 * Text waiting in the output buffer is written first, so that both streams keep
 * their order on one terminal.
 */
#ifndef SPILE_RUN_MESSAGES_H
#define SPILE_RUN_MESSAGES_H

#include "base/hmap.h"
#include "run/output.h"

struct messages {
	struct output *out;
	bool no_warnings;   /* drop the script's warnings */
	bool repeat;        /* print equal warnings each time */
	bool color;         /* colour the tags of lines */
	bool errors;        /* an ERROR line was printed */
	struct hmap seen;   /* warnings printed; owns its keys */
};

/* Say everything once; out must outlive m. */
void messages_init(struct messages *m, struct output *out);
/* Forget the warnings seen. */
void messages_release(struct messages *m);

/* A line from the script's run. Lines longer than MESSAGE_LINE_MAX bytes are
 * cut; equal warnings print once. text has no prefix and no newline. */
#define MESSAGE_LINE_MAX 383
void messages_error(struct messages *m, const char *text);
void messages_warning(struct messages *m, const char *text);

/* A line of stapio's own: printed whole and always. */
void messages_own_error(struct messages *m, const char *text);
void messages_own_warning(struct messages *m, const char *text);

#endif
