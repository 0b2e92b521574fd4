/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/tracepoints.h"

#include "base/io.h"
#include "symbols/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENTS_MAX ((size_t)16 << 20)
#define BTF_MAX    ((size_t)256 << 20)
#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
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
	tp.name = arena_strndup(a, colon + 1, (size_t)(line + len - colon) - 1);
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

static int collect_from(const void *bytes, size_t len, struct btf_collect *c)
{
	struct btf_view view;
	int rc = btf_open(bytes, len, &view);

	return rc ? rc : btf_each_typedef(&view, BTF_PREFIX, collect, c);
}

/* Kernels from 6.16 on let their BTF be mapped: 0.5 ms instead of 6 for
 * reading it page by page. -errno where that cannot be done. */
static int collect_mapped(struct btf_collect *c)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC), rc = -EINVAL;
	struct stat st;
	void *at;

	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && st.st_size > 0) {
		size_t len = (size_t)st.st_size;

		at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (at != MAP_FAILED) {
			rc = collect_from(at, len, c);
			munmap(at, len);
		}
	}
	close(fd);
	return rc;
}

int tracepoints_from_btf(struct arena *a, const char *path, tracepoints *out)
{
	struct btf_collect c = { a, out };
	struct strbuf bytes = STRBUF_INIT;
	size_t before = out->len;
	int rc;

	if (!path && collect_mapped(&c) == 0)
		return 0;
	out->len = before;
	rc = io_read_file(path ? path : KERNEL_BTF, BTF_MAX, &bytes, NULL);
	if (!rc)
		rc = collect_from(bytes.buf, bytes.len, &c);
	if (rc)
		out->len = before;
	strbuf_release(&bytes);
	return rc;
}
