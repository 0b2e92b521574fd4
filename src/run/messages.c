/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/messages.h"

#include "base/bug.h"
#include "base/io.h"
#include "run/color.h"

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

/* Append the tag of a line, coloured if that is wanted. */
static void add_tag(const struct messages *m, struct strbuf *line,
		    const char *tag, const char *kind)
{
	const char *sgr = NULL;
	size_t len = 0;

	if (m->color)
		sgr = color_find(getenv("SYSTEMTAP_COLORS"), kind, &len);
	if (sgr)
		strbuf_addf(line, "\033[%.*sm\033[K%s\033[m\033[K", (int)len,
			    sgr, tag);
	else
		strbuf_addstr(line, tag);
	strbuf_addch(line, ' ');
}

/* Write one line, at most max bytes without colours and the newline. */
static void print_line(struct messages *m, const char *tag, const char *kind,
		       const char *text, size_t max)
{
	size_t room = max - strlen(tag) - 1, len = strlen(text);
	struct strbuf line = STRBUF_INIT;

	output_flush(m->out);
	add_tag(m, &line, tag, kind);
	strbuf_add(&line, text, len < room ? len : room);
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
	print_line(m, "ERROR:", "error", text, MESSAGE_LINE_MAX);
}

void messages_warning(struct messages *m, const char *text)
{
	if (m->no_warnings || (!m->repeat && seen_before(m, text)))
		return;
	print_line(m, "WARNING:", "warning", text, MESSAGE_LINE_MAX);
}

void messages_own_error(struct messages *m, const char *text)
{
	m->errors = true;
	print_line(m, "ERROR:", "error", text, SIZE_MAX);
}

void messages_own_warning(struct messages *m, const char *text)
{
	print_line(m, "WARNING:", "warning", text, SIZE_MAX);
}
