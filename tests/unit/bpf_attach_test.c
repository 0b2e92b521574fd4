/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BPF programs attached for real: gates, targets, shared programs, intrinsics,
 * the lock. */
#include "bpf_case.h"

#include <elf.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

static int64_t scalar(const struct bpf_case *b, uint32_t i)
{
	return ((int64_t *)(void *)(b->session + 1))[i];
}

static struct bpf_link *attach_raw(struct bpf_case *b, const char *name,
				   const char *tracepoint)
{
	struct bpf_program *p;
	struct bpf_link *l;

	p = bpf_object__find_program_by_name(b->obj, name);
	assert_non_null(p);
	l = bpf_program__attach_raw_tracepoint(p, tracepoint);
	assert_non_null(l);
	return l;
}

static void drain(struct bpf_case *b)
{
	while (ring_drain(&b->ring, bpf_case_record, b))
		continue;
}

#define COUNT_HERE                                \
 "handler h\n  reg r0:i64, r1:i64, r2:i64\n"      \
 "b0:\n  r0 = intrin pid\n  r1 = intrin target\n" \
 "  r2 = icmp eq r0, r1\n  br r2, b1, b2\n"       \
 "b1:\n  r0 = const 1\n  gadd @n, r0\n  ret\nb2:\n  ret\n"

/* One number: getppid on entry and return; another call does not count. */
static void one_call(void **state)
{
	struct bpf_link *enter, *leave;
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe syscall h \"syscall.getppid\" s0=\"getppid\" "
			  "n0=110\n"
			  "probe sysret h \"syscall.getppid.return\" "
			  "s0=\"getppid\" n0=110\n"
			  "global @n: i64\n" COUNT_HERE);
	b.session->target = getpid();
	enter = attach_raw(&b, "probe_0", "sys_enter");
	for (int i = 0; i < 5; i++) {
		getppid();
		getuid();
	}
	assert_int_equal(scalar(&b, 0), 5);
	leave = attach_raw(&b, "probe_1", "sys_exit");
	for (int i = 0; i < 5; i++) {
		getppid();
		getuid();
	}
	assert_int_equal(scalar(&b, 0), 15);
	b.session->state = SESSION_STOPPING;
	getppid();
	assert_int_equal(scalar(&b, 0), 15);
	bpf_link__destroy(enter);
	bpf_link__destroy(leave);
	bpf_case_end(&b);
}

#ifdef __x86_64__
/* Run a program of 32-bit code that makes system call 110, which is iopl there. */
static pid_t run_32bit(void)
{
	static const unsigned char code[] = {
		0xb8, 110,  0,    0,    0, /* mov $110, %eax */
		0x31, 0xdb, 0xcd, 0x80,    /* xor %ebx, %ebx; int $0x80 */
		0xb8, 1,    0,    0,    0, /* mov $1, %eax: exit */
		0x31, 0xdb, 0xcd, 0x80,
	};
	struct {
		Elf32_Ehdr e;
		Elf32_Phdr p;
		unsigned char code[sizeof(code)];
	} f = {
		.e = { .e_ident = ELFMAG "\1\1\1",
		       .e_type = ET_EXEC,
		       .e_machine = EM_386,
		       .e_version = 1,
		       .e_entry = 0x8048000 + sizeof(Elf32_Ehdr) +
				  sizeof(Elf32_Phdr),
		       .e_phoff = sizeof(Elf32_Ehdr),
		       .e_ehsize = sizeof(Elf32_Ehdr),
		       .e_phentsize = sizeof(Elf32_Phdr),
		       .e_phnum = 1 },
		.p = { .p_type = PT_LOAD,
		       .p_vaddr = 0x8048000,
		       .p_filesz = sizeof(f),
		       .p_memsz = sizeof(f),
		       .p_flags = PF_R | PF_X,
		       .p_align = 4096 },
	};
	char *const none[] = { NULL };
	int fd = memfd_create("t32", MFD_CLOEXEC);
	pid_t pid;

	memcpy(f.code, code, sizeof(code));
	assert_int_equal(write(fd, &f, sizeof(f)), sizeof(f));
	pid = fork();
	if (!pid) {
		fexecve(fd, (char *const[]){ (char[]){ "t32" }, NULL }, none);
		_exit(126);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fd);
	return pid;
}

/* The same number in 32-bit code is another call. */
static void other_abi(void **state)
{
	struct {
		uint64_t seq;
		int64_t num;
	} v;
	struct bpf_link *enter, *leave;
	struct bpf_case b;
	struct bpf_map *m;
	int64_t key;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe syscall h \"a\" n0=110\n"
			  "probe sysret h \"b\" n0=110\n"
			  "global @m[i64]: i64 size 1000\n"
			  "handler h\n  reg r0:i64, r1:i64\n"
			  "b0:\n  r0 = intrin pid\n  r1 = const 1\n"
			  "  madd @m, r1, r0 err b1\n  ret\nb1:\n  fail\n");
	m = bpf_object__find_map_by_name(b.obj, "g0");
	enter = attach_raw(&b, "probe_0", "sys_enter");
	leave = attach_raw(&b, "probe_1", "sys_exit");
	key = run_32bit();
	assert_int_equal(bpf_map__lookup_elem(m, &key, 8, &v, 16, 0), -ENOENT);
	getppid();
	key = getpid();
	assert_int_equal(bpf_map__lookup_elem(m, &key, 8, &v, 16, 0), 0);
	assert_int_equal(v.num, 2);
	bpf_link__destroy(enter);
	bpf_link__destroy(leave);
	bpf_case_end(&b);
}
#endif

/* Many calls share one program; each run knows its probe. */
static void many_calls(int n_others, const char *want)
{
	struct strbuf t = STRBUF_INIT;
	struct bpf_link *l;
	struct bpf_case b;

	strbuf_addstr(&t, "probe syscall h \"syscall.getppid\" n0=110\n"
			  "probe syscall h \"syscall.getuid\" n0=102\n");
	for (int i = 0; i < n_others; i++)
		strbuf_addf(&t, "probe syscall h \"syscall.other%d\" n0=%d\n",
			    i, 400 + i);
	strbuf_addstr(&t,
		      "handler h\n  reg r0:i64, r1:i64, r2:i64, r3:str[64]\n"
		      "b0:\n  r0 = intrin pid\n  r1 = intrin target\n"
		      "  r2 = icmp eq r0, r1\n  br r2, b1, b2\n"
		      "b1:\n  r3 = intrin pp\n  print \"%s \", r3\n  ret\n"
		      "b2:\n  ret\n");
	bpf_case_init(&b, t.buf);
	assert_null(bpf_object__find_program_by_name(b.obj, "probe_1"));
	b.session->target = getpid();
	l = attach_raw(&b, "probe_0", "sys_enter");
	getppid();
	getgid();
	getuid();
	getppid();
	b.session->state = SESSION_STOPPING;
	drain(&b);
	assert_string_equal(b.c.out.buf, want);
	bpf_link__destroy(l);
	bpf_case_end(&b);
	strbuf_release(&t);
}

static void shared_program(void **state)
{
	const char *want = "syscall.getppid syscall.getuid syscall.getppid ";

	(void)state;
	bpf_case_needs_root();
	many_calls(0, want);
	many_calls(40, want);
}

/* The same call twice with one handler: it runs twice. */
static void same_call_twice(void **state)
{
	struct bpf_link *one, *two;
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe syscall h \"a\" n0=110\n"
			  "probe syscall h \"b\" n0=110\n"
			  "global @n: i64\n" COUNT_HERE);
	b.session->target = getpid();
	one = attach_raw(&b, "probe_0", "sys_enter");
	two = attach_raw(&b, "probe_1", "sys_enter");
	getppid();
	assert_int_equal(scalar(&b, 0), 2);
	bpf_link__destroy(one);
	bpf_link__destroy(two);
	bpf_case_end(&b);
}

/* --- only the target and its children --- */

static void run_child(int depth)
{
	pid_t pid = fork();

	if (!pid) {
		getppid();
		if (depth)
			run_child(depth - 1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void target_only(void **state)
{
	struct bpf_link *l[3];
	struct bpf_case b;
	struct bpf_map *map;
	uint32_t key, value = 1;
	int64_t before;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe syscall h \"syscall.getppid\" n0=110 target\n"
			  "global @n: i64\n"
			  "handler h\n  reg r0:i64\n"
			  "b0:\n  r0 = const 1\n  gadd @n, r0\n  ret\n");
	l[0] = attach_raw(&b, "follow_fork", "sched_process_fork");
	l[1] = attach_raw(&b, "follow_exit", "sched_process_exit");
	l[2] = attach_raw(&b, "probe_0", "sys_enter");
	/* No target: every process. */
	getppid();
	assert_true(scalar(&b, 0) >= 1);
	/* A target that is somebody else. */
	b.session->target = 1;
	before = scalar(&b, 0);
	getppid();
	run_child(0);
	assert_int_equal(scalar(&b, 0), before);
	/* This process; the child and its child are followed. */
	map = bpf_object__find_map_by_name(b.obj, SESSION_TARGETS_MAP);
	key = (uint32_t)getpid();
	b.session->target = getpid();
	assert_int_equal(bpf_map__update_elem(map, &key, 4, &value, 4, 0), 0);
	before = scalar(&b, 0);
	getppid();
	assert_int_equal(scalar(&b, 0), before + 1);
	run_child(1);
	assert_int_equal(scalar(&b, 0), before + 3);
	/* Those that ended are forgotten. */
	assert_int_equal(bpf_map__get_next_key(map, NULL, &key, 4), 0);
	assert_int_equal(key, getpid());
	assert_int_equal(bpf_map__get_next_key(map, &key, &value, 4), -ENOENT);
	for (int i = 0; i < 3; i++)
		bpf_link__destroy(l[i]);
	bpf_case_end(&b);
}

/* --- uprobes, perf events --- */

__attribute__((noinline)) static int first_place(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 1;
}

__attribute__((noinline)) static int second_place(int x)
{
	__asm__ volatile("" : "+r"(x));
	return x + 2;
}

/* Offset in the file of this program's code at an address. */
static size_t file_offset(const void *code)
{
	char line[512];
	size_t at = (size_t)(uintptr_t)code, found = 0;
	FILE *f = fopen("/proc/self/maps", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		unsigned long lo, hi, off;
		char x[5];

		if (sscanf(line, "%lx-%lx %4s %lx", &lo, &hi, x, &off) == 4 &&
		    at >= lo && at < hi)
			found = at - lo + off;
	}
	fclose(f);
	assert_true(found);
	return found;
}

static void uprobes(void **state)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts);
	struct bpf_program *p, *r;
	struct bpf_link *l[3];
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b,
		      "probe uprobe h \"process.first\" s0=\"x\"\n"
		      "probe uprobe h \"process.second\" s0=\"x\"\n"
		      "probe uretprobe h \"process.second.return\" s0=\"x\"\n"
		      "handler h\n  reg r0:str[64]\n"
		      "b0:\n  r0 = intrin pp\n  print \"%s \", r0\n  ret\n");
	p = bpf_object__find_program_by_name(b.obj, "probe_0");
	r = bpf_object__find_program_by_name(b.obj, "probe_2");
	assert_non_null(p);
	assert_non_null(r);
	opts.bpf_cookie = 0;
	l[0] = bpf_program__attach_uprobe_opts(p, getpid(), "/proc/self/exe",
					       file_offset(first_place), &opts);
	opts.bpf_cookie = 1;
	l[1] = bpf_program__attach_uprobe_opts(p, getpid(), "/proc/self/exe",
					       file_offset(second_place),
					       &opts);
	opts.retprobe = true;
	opts.bpf_cookie = 2;
	l[2] = bpf_program__attach_uprobe_opts(r, getpid(), "/proc/self/exe",
					       file_offset(second_place),
					       &opts);
	for (int i = 0; i < 3; i++)
		assert_non_null(l[i]);
	first_place(1);
	second_place(1);
	drain(&b);
	assert_string_equal(b.c.out.buf, "process.first process.second "
					 "process.second.return ");
	for (int i = 0; i < 3; i++)
		bpf_link__destroy(l[i]);
	bpf_case_end(&b);
}

static void perf_events(void **state)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
	};
	struct bpf_program *p;
	struct bpf_link *l;
	struct bpf_case b;
	int fd;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe perf h \"timer.profile\" n1=0 n2=1000000\n"
			  "global @m[str[16]]: i64 size 100\nglobal @n: i64\n"
			  "handler h\n  reg r0:str[16], r1:i64\n"
			  "b0:\n  r0 = intrin execname\n  r1 = const 1\n"
			  "  madd @m, r1, r0 err b1\n  gadd @n, r1\n  ret\n"
			  "b1:\n  fail\n");
	p = bpf_object__find_program_by_name(b.obj, "probe_0");
	fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	assert_true(fd >= 0);
	l = bpf_program__attach_perf_event(p, fd);
	assert_non_null(l);
	for (long i = 0; i < 1000000000 && scalar(&b, 0) < 3; i++)
		__asm__ volatile("" ::: "memory");
	assert_true(scalar(&b, 0) >= 3);
	bpf_link__destroy(l);
	bpf_case_end(&b);
}

/* --- intrinsics --- */

static void task_and_time(void **state)
{
	struct bpf_case b;
	struct timespec wall, mono;
	char name[32], want[64];
	long long s, ms, us, ns;
	int pid, tid, uid, cpu, target, at = 0;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(
		&b, BPF_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64\n"
		"  reg r5:str[16], r6:str[6], r7:i64, r8:i64, r9:i64, "
		"r10:i64\n"
		"b0:\n  r0 = intrin pid\n  r1 = intrin tid\n"
		"  r2 = intrin uid\n  r3 = intrin cpu\n"
		"  r4 = intrin target\n  r5 = intrin execname\n"
		"  r6 = intrin execname\n  r7 = intrin gettimeofday_s\n"
		"  r8 = intrin gettimeofday_ms\n"
		"  r9 = intrin gettimeofday_us\n"
		"  r10 = intrin gettimeofday_ns\n"
		"  print \"%d %d %d %d %d %d %d %d %d %s/%s\", r0, r1, r2, "
		"r3, r4, r7, r8, r9, r10, r5, r6\n  ret\n");
	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	b.session->wall_ns = (wall.tv_sec - mono.tv_sec) * 1000000000L +
			     wall.tv_nsec - mono.tv_nsec;
	b.session->target = 77;
	bpf_case_run(&b);
	assert_int_equal(sscanf(b.c.out.buf,
				"%d %d %d %d %d %lld %lld %lld "
				"%lld %31s%n",
				&pid, &tid, &uid, &cpu, &target, &s, &ms, &us,
				&ns, name, &at),
			 10);
	assert_int_equal(pid, getpid());
	assert_int_equal(tid, gettid());
	assert_int_equal(uid, getuid());
	assert_in_range(cpu, 0, sysconf(_SC_NPROCESSORS_CONF));
	assert_int_equal(target, 77);
	assert_in_range(s, wall.tv_sec, wall.tv_sec + 5);
	assert_in_range(ms / 1000, s, s + 1);
	assert_in_range(us / 1000, ms, ms + 1000);
	assert_in_range(ns / 1000, us, us + 1000000);
	snprintf(want, sizeof(want), "%.15s/%.5s",
		 program_invocation_short_name, program_invocation_short_name);
	assert_string_equal(name, want);
	bpf_case_end(&b);
}

static void exit_and_error(void **state)
{
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, BPF_BEGIN
		      "handler h\nb0:\n  intrin exit\n  print \"still\"\n"
		      "  ret\n");
	bpf_case_run(&b);
	assert_string_equal(b.c.out.buf, "still");
	assert_int_equal(b.session->state, SESSION_STOPPING);
	assert_int_equal(b.records, 2);
	bpf_case_run(&b);
	assert_string_equal(b.c.out.buf, "still");
	bpf_case_end(&b);

	/* Two errors are let through, the third ends the session. */
	bpf_case_init(&b, "limit maxerrors 2\n" BPF_BEGIN
			  "handler h\n  reg r0:str[30]\n"
			  "b0:\n  r0 = str \"bad thing\"\n"
			  "  intrin error, r0 err b1\n  ret\nb1:\n  fail\n");
	for (int i = 0; i < 5; i++)
		bpf_case_run(&b);
	assert_int_equal(b.session->errors, 3);
	assert_int_equal(b.session->state, SESSION_ERROR);
	assert_string_equal(b.c.errors.buf,
			    "bad thing in probe kernel.trace(\"sys_enter\")\n"
			    "bad thing in probe kernel.trace(\"sys_enter\")\n"
			    "bad thing in probe kernel.trace(\"sys_enter\")\n");
	bpf_case_end(&b);
}

/* --- the lock --- */

#define LOCKED_ADD                                                  \
 "global @n: i64\nhandler h\n  reg r0:i64, r1:i64\n"                \
 "b0:\n  lock\n  r0 = gget @n\n  r1 = const 1\n  r0 = add r0, r1\n" \
 "  gset @n, r0\n  unlock\n  ret\n"

static void lock_taken(void **state)
{
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, BPF_BEGIN LOCKED_ADD);
	bpf_case_run(&b);
	assert_int_equal(scalar(&b, 0), 1);
	assert_int_equal(b.session->lock, 0);
	/* Somebody else has it for good: the run is skipped. */
	b.session->lock = 1;
	bpf_case_run(&b);
	assert_int_equal(scalar(&b, 0), 1);
	assert_int_equal(b.session->skipped, 1);
	assert_int_equal(b.session->lock, 1);
	bpf_case_end(&b);

	/* An error and an overrun give it back. */
	bpf_case_init(&b, "limit maxerrors 9\n" BPF_BEGIN "global @z: i64\n"
			  "handler h\n  reg r0:i64, r1:i64\n"
			  "b0:\n  lock\n  r0 = gget @z\n"
			  "  r0 = div r0, r0 err b1\n  unlock\n  ret\n"
			  "b1:\n  unlock\n  fail\n");
	bpf_case_run(&b);
	assert_int_equal(b.session->errors, 1);
	assert_int_equal(b.session->lock, 0);
	bpf_case_end(&b);
	bpf_case_init(&b, BPF_BEGIN "handler h\nb0:\n  lock\n  jmp b1\n"
				    "b1:\n  tick 3\n  jmp b1\n");
	bpf_case_run(&b);
	assert_int_equal(b.session->errors, 1);
	assert_int_equal(b.session->lock, 0);
	bpf_case_end(&b);
}

#define TURNS 20000

static void *call_much(void *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)(uintptr_t)arg, &set);
	sched_setaffinity(0, sizeof(set), &set);
	for (int i = 0; i < TURNS; i++)
		getppid();
	return NULL;
}

/* Two CPUs at once: nothing is lost but runs that are counted as skipped. */
static void lock_contended(void **state)
{
	struct bpf_link *l;
	struct bpf_case b;
	pthread_t t[2];

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe syscall h \"a\" n0=110\n" LOCKED_ADD);
	l = attach_raw(&b, "probe_0", "sys_enter");
	for (uintptr_t i = 0; i < 2; i++)
		assert_int_equal(
			pthread_create(&t[i], NULL, call_much, (void *)i), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	b.session->state = SESSION_STOPPING;
	bpf_link__destroy(l);
	assert_true((uint64_t)scalar(&b, 0) + b.session->skipped >= 2 * TURNS);
	assert_true(scalar(&b, 0) > TURNS);
	bpf_case_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call),
#ifdef __x86_64__
		cmocka_unit_test(other_abi),
#endif
		cmocka_unit_test(shared_program),
		cmocka_unit_test(same_call_twice),
		cmocka_unit_test(target_only),
		cmocka_unit_test(uprobes),
		cmocka_unit_test(perf_events),
		cmocka_unit_test(task_and_time),
		cmocka_unit_test(exit_and_error),
		cmocka_unit_test(lock_taken),
		cmocka_unit_test(lock_contended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
