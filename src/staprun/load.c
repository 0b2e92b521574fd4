/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/load.h"

#include "proto/elfsec.h"
#include "proto/session.h"
#include "staprun/bpflink.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOAD_LOG_BYTES (16u << 20)
#define LOAD_LOG_LINES 20

int load_take(struct load *l, struct strbuf *image, const char *path,
	      struct strbuf *err)
{
	struct elfsec rows;
	int rc;

	*l = (struct load){ .image = *image };
	strbuf_init(image);
	rc = elfsec_find(l->image.buf, l->image.len, SESSION_ATTACH_SECTION,
			 &rows);
	if (rc == -ENOENT)
		return 0;
	if (!rc)
		rc = attach_table_open(&l->table, rows.data, rows.size);
	if (rc)
		strbuf_addf(err, "'%s' is damaged", path);
	return rc;
}

/* Set type and attach type of a program by a row that names it. */
static void prepare_program(struct load *l, struct bpf_program *prog,
			    const struct attach_row *r)
{
	bpf_program__set_autoload(prog, true);
	switch ((enum attach_kind)r->kind) {
	case ATTACH_RAW_TP:
	case ATTACH_SYSCALL:
	case ATTACH_SYSRET:
	case ATTACH_EXEC:
	case ATTACH_FORKED:
	case ATTACH_EXITED:
		bpf_program__set_type(prog, BPF_PROG_TYPE_RAW_TRACEPOINT);
		return;
	case ATTACH_UPROBE:
	case ATTACH_URETPROBE:
		bpf_program__set_type(prog, BPF_PROG_TYPE_KPROBE);
		if (l->uprobe_multi)
			bpf_program__set_expected_attach_type(
				prog, (enum bpf_attach_type)
					      BPFLINK_TRACE_UPROBE_MULTI);
		return;
	case ATTACH_PERF:
	case ATTACH_WATCH:
		bpf_program__set_type(prog, BPF_PROG_TYPE_PERF_EVENT);
		return;
	case ATTACH_KPROBE:
	case ATTACH_KRETPROBE:
		bpf_program__set_type(prog, BPF_PROG_TYPE_KPROBE);
		if (load_is_multi(l, r))
			bpf_program__set_expected_attach_type(
				prog, (enum bpf_attach_type)
					      BPFLINK_TRACE_KPROBE_MULTI);
		return;
	case ATTACH_BEGIN:
	case ATTACH_END:
	case ATTACH_ERROR:
	case ATTACH_NEVER:
	case ATTACH_TIMER:
	case ATTACH_JIFFIES:
	case ATTACH_INPUT:
	case ATTACH_PROCFS_READ:
	case ATTACH_PROCFS_WRITE:
		return; /* the table's reader lets none of these through */
	}
}

static bool is_kprobe(const struct attach_row *r)
{
	return r->kind == ATTACH_KPROBE || r->kind == ATTACH_KRETPROBE;
}

bool load_has_company(const struct load *l, const struct attach_row *r)
{
	uint32_t i, n = 0;

	for (i = 0; i < l->table.n_rows && n < 2; i++)
		n += attach_table_row(&l->table, i).program == r->program;
	return n > 1;
}

bool load_is_multi(const struct load *l, const struct attach_row *r)
{
	return l->kprobe_multi && is_kprobe(r) && load_has_company(l, r);
}

static bool wants_kprobe_multi(const struct load *l)
{
	uint32_t i;

	for (i = 0; i < l->table.n_rows; i++) {
		struct attach_row r = attach_table_row(&l->table, i);

		if (is_kprobe(&r) && load_has_company(l, &r))
			return true;
	}
	return false;
}

static int prepare_programs(struct load *l, struct strbuf *err)
{
	struct bpf_program *prog;
	bool probed = false;
	uint32_t i;

	bpf_object__for_each_program(prog, l->object)
		bpf_program__set_autoload(prog, false);
	l->kprobe_multi = wants_kprobe_multi(l) && bpflink_has_kprobe_multi();
	for (i = 0; i < l->table.n_rows; i++) {
		struct attach_row r = attach_table_row(&l->table, i);
		const char *name = attach_table_string(&l->table, r.program);

		if (!probed && (r.kind == ATTACH_UPROBE ||
				r.kind == ATTACH_URETPROBE)) {
			l->uprobe_multi = bpflink_has_uprobe_multi();
			probed = true;
		}
		prog = bpf_object__find_program_by_name(l->object, name);
		if (!prog) {
			strbuf_addf(err, "the object lacks program '%s'",
				    name);
			return -EINVAL;
		}
		prepare_program(l, prog, &r);
	}
	return 0;
}

/* The ring's size in bytes must be a power of two. */
static int size_ring(struct load *l, unsigned ring_mb, struct strbuf *err)
{
	struct bpf_map *ring;
	uint32_t bytes = 1u << 20;
	int rc;

	ring = bpf_object__find_map_by_name(l->object, SESSION_RING_MAP);
	if (!ring_mb || !ring)
		return 0;
	while (bytes < ring_mb << 20 && bytes < 1u << 31)
		bytes *= 2;
	rc = bpf_map__set_max_entries(ring, bytes);
	if (rc)
		strbuf_addf(err, "cannot size the buffer: %s", strerror(-rc));
	return rc;
}

/* Append the last lines of the verifier's log. */
static void add_log_end(struct strbuf *err, const char *log)
{
	const char *p = log + strlen(log);
	int lines = 0;

	while (p > log && lines <= LOAD_LOG_LINES)
		lines += *--p == '\n';
	if (*p)
		strbuf_addf(err, "\n%s", *p == '\n' ? p + 1 : p);
}

/*
 * What an old kernel says to what it does not know, in words: the verifier's
 * own do not name it. NULL if it is neither.
 */
static const char *older_kernel(const char *log)
{
	if (strstr(log, "BPF_STX uses reserved fields"))
		return "it has no atomic exchange, which the lock of a "
		       "global needs: Linux 5.12 brought it";
	if (strstr(log, "invalid func unknown#"))
		return "it lacks a BPF function that the probes call; a "
		       "newer kernel has it";
	return NULL;
}

static void load_failed(struct strbuf *err, int rc, const char *log,
			unsigned verbose)
{
	const char *why = older_kernel(log);

	if (rc == -EPERM && !*log)
		strbuf_addstr(err,
			      "the kernel does not let us load the probes: "
			      "Operation not permitted (kernel lockdown, a "
			      "container, or before Linux 5.11 the limit of "
			      "locked memory)");
	else if (why)
		strbuf_addf(err, "this kernel is too old for the probes: %s",
			    why);
	else if (*log)
		strbuf_addf(err, "the kernel's verifier refused the probes: "
				 "%s%s",
			    strerror(-rc),
			    verbose ? "" : "; more -v show what it said.");
	else
		strbuf_addf(err, "cannot load the probes: %s",
			    strerror(-rc));
	if (verbose && *log)
		add_log_end(err, log);
}

static int print_all(enum libbpf_print_level level, const char *format,
		     va_list args)
{
	(void)level;
	return vfprintf(stderr, format, args);
}

int load_object(struct load *l, unsigned ring_mb, unsigned verbose,
		struct strbuf *err)
{
	char *log = calloc(1, LOAD_LOG_BYTES);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "spile",
		    .kernel_log_buf = log, .kernel_log_size = LOAD_LOG_BYTES);
	int rc = log ? 0 : -ENOMEM;

	libbpf_set_print(verbose > 2 ? print_all : NULL);
	if (!rc) {
		l->object = bpf_object__open_mem(l->image.buf, l->image.len,
						 &opts);
		rc = l->object ? 0 : -errno;
	}
	if (rc) {
		l->object = NULL;
		strbuf_addf(err, "cannot open the object: %s", strerror(-rc));
		goto out;
	}
	rc = prepare_programs(l, err);
	if (!rc)
		rc = size_ring(l, ring_mb, err);
	if (rc)
		goto out;
	rc = bpf_object__load(l->object);
	if (rc)
		load_failed(err, rc, log, verbose);
out:
	free(log);
	return rc;
}

void load_release(struct load *l)
{
	if (l->object)
		bpf_object__close(l->object);
	l->object = NULL;
	strbuf_release(&l->image);
}
