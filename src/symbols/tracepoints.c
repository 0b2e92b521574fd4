/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/tracepoints.h"

#include "base/io.h"
#include "symbols/btf.h"

#include <string.h>

#define EVENTS_MAX ((size_t)16 << 20)
#define BTF_MAX    ((size_t)256 << 20)
#define BTF_PREFIX "btf_trace_"

static int read_events(const char *path, struct strbuf *text)
{
	struct strbuf file = STRBUF_INIT;
	int rc;

	strbuf_addf(&file, "%s/available_events", path);
	rc = io_read_file(file.buf, EVENTS_MAX, text, NULL);
	strbuf_release(&file);
	return rc;
}

static void add_event(struct arena *a, const char *line, size_t len,
		      tracepoints *out)
{
	const char *colon = memchr(line, ':', len);
	struct tracepoint tp;

	if (!colon || colon == line || colon + 1 == line + len)
		return;
	tp.system = arena_strndup(a, line, (size_t)(colon - line));
	tp.name = arena_strndup(a, colon + 1,
				(size_t)(line + len - colon) - 1);
	if (strcmp(tp.system, "syscalls"))
		vec_push(a, out, tp);
}

int tracepoints_from_tracefs(struct arena *a, const char *path,
			     tracepoints *out)
{
	struct strbuf text = STRBUF_INIT;
	const char *line, *end, *newline;
	int rc;

	if (path) {
		rc = read_events(path, &text);
	} else {
		rc = read_events("/sys/kernel/tracing", &text);
		if (rc)
			rc = read_events("/sys/kernel/debug/tracing", &text);
	}
	end = text.buf + text.len;
	for (line = text.buf; !rc && line < end; line = newline + 1) {
		newline = memchr(line, '\n', (size_t)(end - line));
		if (!newline)
			newline = end;
		add_event(a, line, (size_t)(newline - line), out);
	}
	strbuf_release(&text);
	return rc;
}

struct btf_collect {
	struct arena *arena;
	tracepoints *out;
};

static void collect(void *ctx, const char *name)
{
	struct btf_collect *c = ctx;
	struct tracepoint tp = { NULL, NULL };

	tp.name = arena_strdup(c->arena, name + strlen(BTF_PREFIX));
	vec_push(c->arena, c->out, tp);
}

int tracepoints_from_btf(struct arena *a, const char *path, tracepoints *out)
{
	struct btf_collect c = { a, out };
	struct strbuf bytes = STRBUF_INIT;
	struct btf_view view;
	int rc;

	rc = io_read_file(path ? path : "/sys/kernel/btf/vmlinux", BTF_MAX,
			  &bytes, NULL);
	if (!rc)
		rc = btf_open(bytes.buf, bytes.len, &view);
	if (!rc)
		rc = btf_each_typedef(&view, BTF_PREFIX, collect, &c);
	strbuf_release(&bytes);
	return rc;
}
