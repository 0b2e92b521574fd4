/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cost of a probe hit: nanoseconds that a getppid system call takes with a
 * handler on every system call, ours and bpftrace's side by side. Needs root.
 *
 *   bpf_hit [-n BATCHES]
 *
 * Each line: what, best and median of the batches, and of ours the records that
 * were lost.
 */
#include "bpf/bpf.h"
#include "proto/session.h"
#include "run/ring.h"

#include <bpf/libbpf.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS 1000

struct body {
	const char *name;
	const char *ir;       /* behind the probe line */
	const char *bpftrace; /* action */
};

static const struct body bodies[] = {
	{ "count by execname",
	  "global @m[str[16]]: i64 size 2048\n"
	  "handler h\n  reg r0:str[16], r1:i64\n"
	  "b0:\n  tick 1\n  r0 = intrin execname\n  r1 = const 1\n"
	  "  madd @m, r1, r0 err b1\n  ret\nb1:\n  fail\n",
	  "@[comm] = count();" },
	{ "print a line",
	  "handler h\n  reg r0:str[16], r1:i64\n"
	  "b0:\n  tick 1\n  r0 = intrin execname\n  r1 = intrin tid\n"
	  "  print \"%s %d\\n\", r0, r1\n  ret\n",
	  "printf(\"%s %d\\n\", comm, tid);" },
	{ "n++",
	  "global @n: i64\nhandler h\n  reg r0:i64\n"
	  "b0:\n  tick 1\n  r0 = const 1\n  gadd @n, r0\n  ret\n",
	  "@++;" },
	{ "histogram",
	  "global @h: stat log\n"
	  "handler h\n  reg r0:i64\n"
	  "b0:\n  tick 1\n  r0 = intrin tid\n"
	  "  sadd @h, r0 err b1\n  ret\nb1:\n  fail\n",
	  "@ = hist(tid);" },
	{ "nothing", "handler h\nb0:\n  ret\n", NULL },
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void measure(const char *who, const char *what, int batches)
{
	double *ns = calloc((size_t)batches, sizeof(*ns));

	for (int i = 0; ns && i < batches; i++) {
		struct timespec a, b;

		clock_gettime(CLOCK_MONOTONIC, &a);
		for (int k = 0; k < CALLS; k++)
			getppid();
		clock_gettime(CLOCK_MONOTONIC, &b);
		ns[i] = ((double)(b.tv_sec - a.tv_sec) * 1e9 +
			 (double)(b.tv_nsec - a.tv_nsec)) /
			CALLS;
	}
	if (ns) {
		qsort(ns, (size_t)batches, sizeof(*ns), by_value);
		printf("%-9s %-18s best %6.1f  median %6.1f ns", who, what,
		       ns[0], ns[batches / 2]);
	}
	free(ns);
}

static void take(void *ctx, const void *record, size_t len)
{
	(void)record;
	*(uint64_t *)ctx += len;
}

/* A child that takes records as they come, like stapio. */
static pid_t start_reader(const struct bpf_map *map)
{
	struct strbuf err = STRBUF_INIT;
	struct pollfd p = { .fd = bpf_map__fd(map), .events = POLLIN };
	struct ring ring;
	uint64_t bytes = 0;
	pid_t pid = fork();

	if (pid)
		return pid;
	if (ring_open(&ring, p.fd, bpf_map__max_entries(map), &err))
		_exit(1);
	while (1) {
		poll(&p, 1, 100);
		while (ring_drain(&ring, take, &bytes))
			continue;
	}
}

static void stop(pid_t pid, int sig)
{
	kill(pid, sig);
	waitpid(pid, NULL, 0);
}

static void ours(const struct body *b, int batches)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT, bo = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct session_data *s;
	struct bpf_object *o = NULL;
	struct bpf_link *l = NULL;
	struct ir_prog *p;
	struct bpf_program *prog;
	pid_t reader;
	int fd;

	strbuf_addf(&text,
		    "spile-ir 1\nname \"t\"\nprobe syscall h \"x\" "
		    "n0=-1\n%s",
		    b->ir);
	p = ir_parse(&arena, text.buf, text.len, &err);
	if (p && !bpf_emit(p, &bo, &err))
		o = bpf_object__open_mem(bo.buf, bo.len, NULL);
	if (!o || bpf_object__load(o)) {
		printf("cannot load: %s\n", err.buf);
		exit(1);
	}
	prog = bpf_object__find_program_by_name(o, "probe_0");
	fd = bpf_object__find_map_fd_by_name(o, SESSION_DATA_SECTION);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	reader =
		start_reader(bpf_object__find_map_by_name(o, SESSION_RING_MAP));
	l = bpf_program__attach_raw_tracepoint(prog, "sys_enter");
	if (!l || s == MAP_FAILED)
		exit(1);
	s->state = SESSION_RUNNING;
	measure("spile", b->name, batches);
	printf("  lost %llu of %d\n", (unsigned long long)s->lost,
	       batches * CALLS);
	s->state = SESSION_STOPPING;
	bpf_link__destroy(l);
	stop(reader, SIGKILL);
	bpf_object__close(o);
	munmap(s, 4096);
	arena_release(&arena);
	strbuf_release(&text);
	strbuf_release(&bo);
}

static void theirs(const struct body *b, int batches)
{
	char script[256];
	pid_t pid;

	snprintf(script, sizeof(script),
		 "tracepoint:raw_syscalls:sys_enter { %s }", b->bpftrace);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		/* It looks for tracefs; that may not be mounted. */
		if (!unshare(CLONE_NEWNS))
			mount("nodev", "/sys/kernel/tracing", "tracefs", 0,
			      NULL);
		if (!freopen("/dev/null", "w", stdout) ||
		    !freopen("/dev/null", "w", stderr))
			_exit(1);
		execlp("bpftrace", "bpftrace", "-e", script, (char *)NULL);
		_exit(127);
	}
	sleep(3);
	if (waitpid(pid, NULL, WNOHANG)) {
		printf("bpftrace  does not run here\n");
		return;
	}
	measure("bpftrace", b->name, batches);
	printf("\n");
	stop(pid, SIGKILL);
}

int main(int argc, char **argv)
{
	int batches = argc == 3 && !strcmp(argv[1], "-n") ? atoi(argv[2]) : 600;

	if (geteuid() || batches < 1) {
		fprintf(stderr, "usage, as root: bpf_hit [-n BATCHES]\n");
		return 2;
	}
	libbpf_set_print(NULL);
	measure("-", "no probe", batches);
	printf("\n");
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		ours(&bodies[i], batches);
		if (bodies[i].bpftrace)
			theirs(&bodies[i], batches);
	}
	return 0;
}
