/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/attach.h"

#include "base/arena.h"
#include "base/hmap.h"
#include "staprun/bpflink.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One row with what it names looked up. */
struct spot {
	struct attach_row row;
	const char *program, *s0, *s1;
	int prog_fd;
};

static struct spot get_spot(const struct load *l, uint32_t i)
{
	struct spot s = { .row = attach_table_row(&l->table, i) };
	const struct bpf_program *prog;

	s.program = attach_table_string(&l->table, s.row.program);
	s.s0 = attach_table_string(&l->table, s.row.s0);
	s.s1 = attach_table_string(&l->table, s.row.s1);
	prog = bpf_object__find_program_by_name(l->object, s.program);
	s.prog_fd = prog ? bpf_program__fd(prog) : -EINVAL;
	return s;
}

static int keep(struct links *links, int fd)
{
	if (fd < 0)
		return fd;
	vec_push(NULL, &links->fds, fd);
	return 0;
}

static int attach_failed(const char *what, const char *where, int rc,
			 struct strbuf *err)
{
	strbuf_addf(err, "cannot attach %s '%s': %s", what, where,
		    strerror(-rc));
	return rc;
}

/* The raw tracepoint a row attaches to, or NULL for other kinds. */
static const char *tracepoint_of(const struct spot *s)
{
	if (s->row.kind == ATTACH_RAW_TP)
		return s->s0 ? s->s0 : "";
	if (s->row.kind == ATTACH_SYSCALL)
		return "sys_enter";
	if (s->row.kind == ATTACH_EXEC)
		return "sched_process_exec";
	if (s->row.kind == ATTACH_EXITED)
		return "sched_process_exit";
	/* A copy is seen where it leaves the call that made it. */
	return s->row.kind == ATTACH_SYSRET || s->row.kind == ATTACH_FORKED
		       ? "sys_exit"
		       : NULL;
}

/* Attach a row's program to its tracepoint unless an earlier row did. Programs
 * of system calls have a row for each call, so there may be many. */
static int attach_tracepoint(const struct load *l, uint32_t i,
			     const struct spot *s, struct links *links,
			     struct strbuf *err)
{
	const char *name = tracepoint_of(s);
	uint32_t n;
	int rc;

	for (n = 0; n < i; n++) {
		struct attach_row r = attach_table_row(&l->table, n);
		struct spot other;

		if (r.program != s->row.program)
			continue;
		other = get_spot(l, n);
		if (tracepoint_of(&other) &&
		    !strcmp(tracepoint_of(&other), name))
			return 0;
	}
	rc = keep(links, bpflink_raw_tracepoint(s->prog_fd, name));
	return rc ? attach_failed("tracepoint", name, rc, err) : 0;
}

static int attach_perf(const struct spot *s, struct links *links,
		       struct strbuf *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int cpu, rc = 0;

	for (cpu = 0; cpu < cpus && !rc; cpu++) {
		rc = keep(links, bpflink_perf(s->prog_fd,
					      (uint32_t)s->row.n0,
					      (uint64_t)s->row.n1,
					      s->row.n2, cpu,
					      s->row.probe));
		if (rc == -ENODEV)
			rc = 0; /* offline */
	}
	if (!rc)
		return 0;
	if (rc == -ENOENT || rc == -EOPNOTSUPP)
		strbuf_addf(err,
			    "this machine has no performance counter of type "
			    "%lld, config %lld",
			    (long long)s->row.n0, (long long)s->row.n1);
	else
		strbuf_addf(err, "cannot attach to a performance counter: %s",
			    strerror(-rc));
	return rc;
}

/* The address of a kernel variable; 0 if there is none, or it is hidden. */
static uint64_t kernel_symbol(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256];
	unsigned long long address, found = 0;

	while (f && !found && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %255s", &address, symbol) == 2 &&
		    !strcmp(symbol, name))
			found = address;
	if (f)
		fclose(f);
	return found;
}

static int attach_watch(const struct spot *s, struct links *links,
			struct strbuf *err)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	uint64_t address = (uint64_t)s->row.n0;
	int cpu, rc = 0;

	if (s->s0) {
		address = kernel_symbol(s->s0);
		if (!address) {
			strbuf_addf(err, "the kernel has no symbol '%s'",
				    s->s0);
			return -ENOENT;
		}
	}
	for (cpu = 0; cpu < cpus && !rc; cpu++) {
		rc = keep(links, bpflink_watch(s->prog_fd, address,
					       (uint32_t)s->row.n1,
					       (uint32_t)s->row.n2, cpu,
					       s->row.probe));
		if (rc == -ENODEV)
			rc = 0; /* offline */
	}
	if (rc == -ENOSPC)
		strbuf_addf(err, "all debug registers of the processor are in "
				 "use: fewer places can be watched at once");
	else if (rc)
		strbuf_addf(err, "cannot watch kernel memory at 0x%llx: %s",
			    (unsigned long long)address, strerror(-rc));
	return rc;
}

/* --- uprobes --- */

static bool is_uprobe(const struct attach_row *r)
{
	return r->kind == ATTACH_UPROBE || r->kind == ATTACH_URETPROBE;
}

/* By kind, program and file: rows that one uprobe_multi link can take stand
 * together. */
static int by_link(const void *a, const void *b)
{
	const struct spot *sa = a, *sb = b;
	int c;

	if (sa->row.kind != sb->row.kind)
		return sa->row.kind < sb->row.kind ? -1 : 1;
	if (sa->prog_fd != sb->prog_fd)
		return sa->prog_fd < sb->prog_fd ? -1 : 1;
	c = strcmp(sa->s0, sb->s0);
	if (c)
		return c;
	return sa->row.n0 < sb->row.n0 ? -1 : sa->row.n0 > sb->row.n0;
}

static bool same_link(const struct spot *a, const struct spot *b)
{
	return a->row.kind == b->row.kind && a->prog_fd == b->prog_fd &&
	       !strcmp(a->s0, b->s0);
}

/* n spots of one program and file. */
static int attach_file(const struct load *l, const struct spot *s, uint32_t n,
		       struct links *links)
{
	bool is_return = s->row.kind == ATTACH_URETPROBE;
	uint64_t *offsets, *cookies, *counters;
	uint32_t i;
	int rc = 0;

	if (!l->uprobe_multi) {
		links->slow = true;
		for (i = 0; i < n && !rc; i++)
			rc = keep(links,
				  bpflink_uprobe(s[i].prog_fd, s[i].s0,
						 is_return,
						 (uint64_t)s[i].row.n0,
						 (uint64_t)s[i].row.n1,
						 s[i].row.probe));
		return rc;
	}
	offsets = calloc(n, sizeof(*offsets));
	cookies = calloc(n, sizeof(*cookies));
	counters = calloc(n, sizeof(*counters));
	if (offsets && cookies && counters) {
		for (i = 0; i < n; i++) {
			offsets[i] = (uint64_t)s[i].row.n0;
			cookies[i] = s[i].row.probe;
			counters[i] = (uint64_t)s[i].row.n1;
		}
		rc = bpflink_uprobe_multi(s->prog_fd, s->s0, is_return,
					  offsets, cookies, counters, n);
	} else {
		rc = -ENOMEM;
	}
	free(counters);
	free(offsets);
	free(cookies);
	return keep(links, rc);
}

static int attach_uprobes(const struct load *l, struct links *links,
			  struct strbuf *err)
{
	VEC(struct spot) spots = { 0 };
	uint32_t i, n;
	int rc = 0;

	for (i = 0; i < l->table.n_rows; i++) {
		struct spot s = get_spot(l, i);

		if (is_uprobe(&s.row) && s.s0)
			vec_push(NULL, &spots, s);
	}
	if (spots.len)
		qsort(spots.at, spots.len, sizeof(*spots.at), by_link);
	for (i = 0; i < spots.len && !rc; i += n) {
		n = 1;
		while (i + n < spots.len &&
		       same_link(&spots.at[i], &spots.at[i + n]))
			n++;
		rc = attach_file(l, &spots.at[i], n, links);
		if (rc)
			attach_failed("to functions of", spots.at[i].s0, rc,
				      err);
	}
	vec_release(&spots);
	return rc;
}

/* --- kprobes --- */

static bool is_kprobe(const struct attach_row *r)
{
	return r->kind == ATTACH_KPROBE || r->kind == ATTACH_KRETPROBE;
}

/* The functions that can be traced, by their names; NULL if tracefs does not
 * tell. The list names each in a line, with its module behind. */
static struct hmap *read_traceable(struct hmap *names, struct arena *a)
{
	FILE *f = fopen("/sys/kernel/tracing/available_filter_functions", "re");
	char line[512];

	if (!f)
		f = fopen("/sys/kernel/debug/tracing/"
			  "available_filter_functions", "re");
	if (!f)
		return NULL;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, " \t\n")] = 0;
		if (!hmap_gets(names, line))
			hmap_puts(names, arena_strdup(a, line), names);
	}
	fclose(f);
	return names;
}

/* All functions of one program by one link. Those of a wildcard that are not to
 * be traced, as the code of the start that is gone by now, are left out. */
static int attach_functions(const struct load *l, uint32_t first,
			    const struct spot *s, struct links *links,
			    struct strbuf *err)
{
	uint32_t i, n = 0, rows = l->table.n_rows;
	const char **names = calloc(rows, sizeof(*names));
	uint64_t *cookies = calloc(rows, sizeof(*cookies));
	struct hmap map = { 0 };
	struct arena arena = ARENA_INIT;
	const struct hmap *traceable = read_traceable(&map, &arena);
	int rc = -ENOMEM;

	for (i = first; i < rows && names && cookies; i++) {
		struct spot other = get_spot(l, i);

		if (other.row.program != s->row.program || !other.s0 ||
		    (traceable && !hmap_gets(traceable, other.s0)))
			continue;
		names[n] = other.s0;
		cookies[n++] = other.row.probe;
	}
	if (names && cookies)
		rc = bpflink_kprobe_multi(s->prog_fd,
					  s->row.kind == ATTACH_KRETPROBE,
					  names, cookies, n);
	hmap_release(&map);
	arena_release(&arena);
	free(names);
	free(cookies);
	rc = keep(links, rc);
	return rc ? attach_failed("functions of the kernel, such as", s->s0, rc,
				  err)
		  : 0;
}

static int attach_function(const struct load *l, uint32_t i,
			   const struct spot *s, struct links *links,
			   struct strbuf *err)
{
	const char *name = s->s0;
	char full[320];
	uint32_t n;
	int rc;

	if (load_is_multi(l, &s->row)) {
		for (n = 0; n < i; n++)
			if (attach_table_row(&l->table, n).program ==
			    s->row.program)
				return 0;
		return attach_functions(l, i, s, links, err);
	}
	if (s->s0 && s->s1) {
		snprintf(full, sizeof(full), "%s:%s", s->s1, s->s0);
		name = full;
	}
	links->slow = true;
	rc = keep(links, bpflink_kprobe(s->prog_fd, name,
					s->row.kind == ATTACH_KRETPROBE,
					(uint64_t)s->row.n0, s->row.probe));
	/* Of a wildcard's functions some are not to be probed. */
	if ((rc == -EINVAL || rc == -ENOENT || rc == -EADDRNOTAVAIL) &&
	    load_has_company(l, &s->row) &&
	    !access("/sys/bus/event_source/devices/kprobe", F_OK)) {
		links->left_out++;
		return 0;
	}
	if (rc == -ENOENT && access("/sys/bus/event_source/devices/kprobe",
				    F_OK)) {
		strbuf_addstr(err, "this kernel has no kprobes for BPF");
		return rc;
	}
	return rc ? attach_failed("kernel function", name ? name : "", rc, err)
		  : 0;
}

int attach_all(const struct load *l, struct links *links, struct strbuf *err)
{
	uint32_t i;
	int rc = 0;

	*links = (struct links){ 0 };
	for (i = 0; i < l->table.n_rows && !rc; i++) {
		struct spot s = get_spot(l, i);

		if (tracepoint_of(&s))
			rc = attach_tracepoint(l, i, &s, links, err);
		else if (s.row.kind == ATTACH_PERF)
			rc = attach_perf(&s, links, err);
		else if (s.row.kind == ATTACH_WATCH)
			rc = attach_watch(&s, links, err);
		else if (is_kprobe(&s.row))
			rc = attach_function(l, i, &s, links, err);
	}
	if (!rc && links->left_out && !links->fds.len) {
		strbuf_addstr(err, "none of the functions can be probed");
		rc = -ENOENT;
	}
	return rc ? rc : attach_uprobes(l, links, err);
}

void links_release(struct links *links)
{
	int *fd;

	vec_foreach(fd, &links->fds)
		close(*fd);
	vec_release(&links->fds);
}
