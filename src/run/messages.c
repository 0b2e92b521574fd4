/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/messages.h"

#include "base/bug.h"
#include "base/io.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Different warnings remembered; more are printed each time. */
#define MESSAGES_MAX_SEEN 1024

void messages_init(struct messages *m, struct output *out)
{
	*m = (struct messages){ .out = out };
}

void messages_release(struct messages *m)
{
	size_t i;

	for (i = 0; i < m->seen.len; i++)
		free(m->seen.entries[i].value);
	hmap_release(&m->seen);
}

/* Write one line, at most max bytes without the newline. */
static void print_line(struct messages *m, const char *prefix,
		       const char *text, size_t max)
{
	struct strbuf line = STRBUF_INIT;

	output_flush(m->out);
	strbuf_addstr(&line, prefix);
	strbuf_addstr(&line, text);
	if (line.len > max)
		line.len = max;
	strbuf_addch(&line, '\n');
	/* Nowhere is left to report a failure to. */
	(void)io_write_all(STDERR_FILENO, line.buf, line.len);
	strbuf_release(&line);
}

/* Whether this warning was printed before; remembers it. */
static bool seen_before(struct messages *m, const char *text)
{
	char *copy;

	if (hmap_gets(&m->seen, text))
		return true;
	if (m->seen.len >= MESSAGES_MAX_SEEN)
		return false;
	copy = xstrdup(text);
	hmap_puts(&m->seen, copy, copy);
	return false;
}

void messages_error(struct messages *m, const char *text)
{
	m->errors = true;
	print_line(m, "ERROR: ", text, MESSAGE_LINE_MAX);
}

void messages_warning(struct messages *m, const char *text)
{
	if (m->no_warnings || (!m->repeat && seen_before(m, text)))
		return;
	print_line(m, "WARNING: ", text, MESSAGE_LINE_MAX);
}

void messages_own_error(struct messages *m, const char *text)
{
	m->errors = true;
	print_line(m, "ERROR: ", text, SIZE_MAX);
}

void messages_own_warning(struct messages *m, const char *text)
{
	print_line(m, "WARNING: ", text, SIZE_MAX);
}
