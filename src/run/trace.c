/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/trace.h"

#include "proto/control.h"
#include "run/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

/* Bytes kept of one file: at least one frame. */
#define BUFFER_SIZE (512u << 10)
#define MAX_FILES   4096

/* How long a frame that comes next may be missing. */
#define PATIENCE_NS 2000000000ll

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static int open_file(struct trace *t, int folder_fd, int number)
{
	struct trace_file *f = &t->files[t->n];
	char name[24];

	snprintf(name, sizeof(name), "trace%d", number);
	f->fd = openat(folder_fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	f->buf = malloc(BUFFER_SIZE);
	if (!f->buf) {
		close(f->fd);
		return -ENOMEM;
	}
	t->n++;
	return 0;
}

int trace_open(struct trace *t, int folder_fd, bool is_new, bool from_start,
	       struct strbuf *err)
{
	int cpus = get_nprocs_conf(), i, rc = 0, first = -ENOENT;

	*t = (struct trace){ .is_new = is_new, .any = from_start, .next = 1 };
	if (cpus > MAX_FILES)
		cpus = MAX_FILES;
	t->files = calloc((size_t)cpus, sizeof(*t->files));
	if (!t->files)
		first = rc = -ENOMEM;
	/* Numbers may have holes where CPUs are off line. */
	for (i = 0; i < cpus && rc != -ENOMEM; i++) {
		rc = open_file(t, folder_fd, i);
		if (!i)
			first = rc;
	}
	if (t->n && rc != -ENOMEM)
		return 0;
	strbuf_addf(err, "cannot open the module's trace files: %s",
		    strerror(-first));
	trace_close(t);
	return first;
}

/* Read until nothing comes or the buffer is full. */
static size_t fill(struct trace_file *f)
{
	size_t total = 0;
	ssize_t n;

	if (f->at) {
		memmove(f->buf, f->buf + f->at, f->end - f->at);
		f->end -= f->at;
		f->at = 0;
	}
	while (f->end < BUFFER_SIZE) {
		n = read(f->fd, f->buf + f->end, BUFFER_SIZE - f->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		f->end += (size_t)n;
		total += (size_t)n;
	}
	return total;
}

/* The frame at the head of a file, behind all that is none. */
static bool find_head(struct trace *t, struct trace_file *f,
		      struct frame *frame)
{
	for (;;) {
		switch (frame_parse(f->buf + f->at, f->end - f->at, t->is_new,
				    frame)) {
		case FRAME_WHOLE:
			return true;
		case FRAME_PARTIAL:
			return false;
		case FRAME_GARBAGE:
			t->garbage += frame->size;
			break;
		case FRAME_PADDING:
			break;
		}
		f->at += frame->size;
	}
}

/* The frame with the lowest number. *sure: none with a lower one can follow,
 * or we cannot wait for it. */
static struct trace_file *find_lowest(struct trace *t, struct frame *lowest,
				      bool *sure)
{
	struct trace_file *best = NULL, *f;
	struct frame frame;

	*sure = true;
	for (f = t->files; f < t->files + t->n; f++) {
		if (!find_head(t, f, &frame)) {
			*sure = false;
			continue;
		}
		if (!best ||
		    (int32_t)(frame.sequence - lowest->sequence) < 0) {
			best = f;
			*lowest = frame;
		}
	}
	for (f = t->files; f < t->files + t->n; f++)
		if (f->end - f->at > BUFFER_SIZE / 2)
			*sure = true;
	return best;
}

/* Print in order what is there. */
static void print(struct trace *t, struct output *out, bool last)
{
	struct trace_file *f;
	struct frame frame = { 0 };
	bool sure;

	while ((f = find_lowest(t, &frame, &sure))) {
		if (frame.sequence != t->next && t->any && !sure && !last) {
			if (!t->stuck_ns)
				t->stuck_ns = now_ns();
			if (now_ns() - t->stuck_ns < PATIENCE_NS)
				return;
		}
		if (t->any && (int32_t)(frame.sequence - t->next) > 0)
			t->lost += frame.sequence - t->next;
		/* One that comes late was counted as lost already. */
		if (!t->any || (int32_t)(frame.sequence - t->next) >= 0)
			t->next = frame.sequence + 1;
		t->stuck_ns = 0;
		t->any = true;
		output_add(out, frame.text, frame.len);
		f->at += frame.size;
	}
}

size_t trace_read(struct trace *t, struct output *out, bool last)
{
	size_t total = 0, n, i;

	do {
		n = 0;
		for (i = 0; i < t->n; i++)
			n += fill(&t->files[i]);
		total += n;
		print(t, out, last && !n);
	} while (last && n);
	return total;
}

void trace_poll(const struct trace *t, struct pollfd *fds)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		const struct trace_file *f = &t->files[i];
		bool full = f->end - f->at == BUFFER_SIZE;

		fds[i] = (struct pollfd){ .fd = full ? -1 : f->fd,
					  .events = POLLIN };
	}
}

void trace_close(struct trace *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		close(t->files[i].fd);
		free(t->files[i].buf);
	}
	free(t->files);
	*t = (struct trace){ 0 };
}
