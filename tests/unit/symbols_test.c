/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts about the machine, from recorded files and from this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/io.h"
#include "symbols/btf.h"
#include "symbols/elfsym.h"
#include "symbols/program.h"
#include "symbols/syscalls.h"
#include "symbols/tracepoints.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- BTF --- */

struct btf_bytes {
	unsigned char at[512];
	size_t len;
};

static void put32(struct btf_bytes *b, uint32_t v)
{
	memcpy(b->at + b->len, &v, 4);
	b->len += 4;
}

#define INFO(kind, vlen) ((uint32_t)(kind) << 24 | (vlen))
static const char btf_strings[] = "\0int\0btf_trace_sched_switch\0btf_trace_x";

/* int; typedef of it; struct of two members; another typedef. */
static void make_btf(struct btf_bytes *b)
{
	static const uint32_t types[] = {
		1, INFO(1, 0), 4, 32,
		5, INFO(8, 0), 1,
		0, INFO(4, 2), 8, 1, 1, 0, 1, 1, 32,
		28, INFO(8, 0), 1,
	};
	size_t i;

	b->len = 0;
	put32(b, 0x0001eb9f);
	put32(b, 24);
	put32(b, 0);
	put32(b, sizeof(types));
	put32(b, sizeof(types));
	put32(b, sizeof(btf_strings));
	for (i = 0; i < sizeof(types) / 4; i++)
		put32(b, types[i]);
	memcpy(b->at + b->len, btf_strings, sizeof(btf_strings));
	b->len += sizeof(btf_strings);
}

static void collect(void *ctx, const char *name)
{
	strbuf_addf(ctx, "%s ", name);
}

static void test_btf_typedefs(void **state)
{
	struct strbuf out = STRBUF_INIT;
	struct btf_bytes b;
	struct btf_view v;

	(void)state;
	make_btf(&b);
	assert_int_equal(btf_open(b.at, b.len, &v), 0);
	assert_int_equal(btf_each_typedef(&v, "btf_trace_", collect, &out), 0);
	assert_string_equal(out.buf, "btf_trace_sched_switch btf_trace_x ");
	strbuf_reset(&out);
	assert_int_equal(btf_each_typedef(&v, "btf_trace_s", collect, &out),
			 0);
	assert_string_equal(out.buf, "btf_trace_sched_switch ");
	strbuf_release(&out);
}

/* Every cut of the bytes, and every byte made wrong, is refused or harmless. */
static void test_btf_broken(void **state)
{
	struct strbuf out = STRBUF_INIT;
	struct btf_bytes b;
	struct btf_view v;
	unsigned char *copy;
	size_t i, n;
	int rc;

	(void)state;
	make_btf(&b);
	n = b.len;
	for (i = 0; i < n; i++) {
		/* A block of its own: the sanitizer sees reads behind it. */
		copy = malloc(i ? i : 1);
		memcpy(copy, b.at, i);
		assert_int_equal(btf_open(copy, i, &v), -EINVAL);
		free(copy);
	}
	for (i = 0; i < n; i++) {
		copy = malloc(n);
		memcpy(copy, b.at, n);
		copy[i] ^= 0xff;
		rc = btf_open(copy, n, &v);
		if (!rc)
			rc = btf_each_typedef(&v, "", collect, &out);
		assert_true(rc == 0 || rc == -EINVAL);
		free(copy);
	}
	strbuf_release(&out);
}

/* --- tracefs --- */

static void test_tracefs(void **state)
{
	static const char events[] = "sched:sched_switch\n"
				     "syscalls:sys_enter_openat\n"
				     "broken\n:\nx:\n:y\n"
				     "raw_syscalls:sys_enter\nirq:irq_no_end";
	char dir[] = "/tmp/spile-symbols-XXXXXX", path[64];
	struct arena a = ARENA_INIT;
	tracepoints tps = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(tracepoints_from_tracefs(&a, dir, &tps), -ENOENT);
	snprintf(path, sizeof(path), "%s/available_events", dir);
	assert_int_equal(io_write_file(path, events, sizeof(events) - 1, 0600,
				       NULL),
			 0);
	assert_int_equal(tracepoints_from_tracefs(&a, dir, &tps), 0);
	unlink(path);
	rmdir(dir);
	assert_int_equal(tps.len, 3);
	assert_string_equal(tps.at[0].system, "sched");
	assert_string_equal(tps.at[0].name, "sched_switch");
	assert_string_equal(tps.at[1].name, "sys_enter");
	assert_string_equal(tps.at[2].name, "irq_no_end");
	arena_release(&a);
}

/* --- ELF --- */

/* Two names for one place, and a place that the table must give right. */
int elfsym_probe_me(int x);
__attribute__((noinline)) int elfsym_probe_me(int x)
{
	return x * 3 + (int)getpid();
}
int elfsym_other_name(int x) __attribute__((alias("elfsym_probe_me")));

/* The offset of a name, or 0. */
static uint64_t find(const struct elfsyms *syms, const char *name)
{
	const struct elfsym *s;

	vec_foreach (s, &syms->list)
		if (!strcmp(s->name, name))
			return s->offset;
	return 0;
}

static void test_elfsym_offset(void **state)
{
	uint64_t me;
	struct strbuf err = STRBUF_INIT, file = STRBUF_INIT;
	struct arena a = ARENA_INIT;
	struct elfsyms syms;

	(void)state;
	assert_int_equal(elfsyms_read(&a, "/proc/self/exe", NULL, &syms, &err), 0);
	me = find(&syms, "elfsym_probe_me");
	assert_int_not_equal(me, 0);
	assert_int_equal(me, find(&syms, "elfsym_other_name"));
	assert_int_equal(find(&syms, "getpid"), 0);
	/* The code in the file is the code in memory. */
	assert_int_equal(io_read_file("/proc/self/exe", 1 << 28, &file, &err),
			 0);
	assert_true(me + 4 < file.len);
	assert_memory_equal(file.buf + me,
			    (const void *)(uintptr_t)elfsym_probe_me, 4);
	strbuf_release(&file);
	strbuf_release(&err);
	arena_release(&a);
}

static void test_elfsym_refused(void **state)
{
	struct strbuf err = STRBUF_INIT;
	struct arena a = ARENA_INIT;
	struct elfsyms syms;

	(void)state;
	assert_int_equal(elfsyms_read(&a, "/etc/passwd", NULL, &syms, &err),
			 -ENOEXEC);
	assert_string_equal(err.buf,
			    "'/etc/passwd' is no ELF program or library");
	strbuf_reset(&err);
	assert_int_equal(elfsyms_read(&a, "/nonexistent", NULL, &syms, &err),
			 -ENOENT);
	assert_string_equal(
		err.buf,
		"cannot open '/nonexistent': No such file or directory");
	strbuf_release(&err);
	arena_release(&a);
}

/* --- programs --- */

static void test_program(void **state)
{
	char dir[] = "/tmp/spile-symbols-XXXXXX", script[64], pattern[64];
	static const char text[] = "#! /bin/sh -e\n";
	const char *sh, *path;
	struct arena a = ARENA_INIT;
	program_paths paths = { 0 };

	(void)state;
	sh = program_find(&a, "sh", "");
	assert_non_null(sh);
	assert_int_equal(sh[0], '/');
	path = program_find(&a, "/bin/sh", NULL);
	assert_string_equal(path, sh);
	assert_null(program_find(&a, "no-such-program-here", ""));
	assert_null(program_find(&a, "", ""));
	assert_null(program_find(&a, "/", ""));

	assert_non_null(mkdtemp(dir));
	snprintf(script, sizeof(script), "%s/script", dir);
	snprintf(pattern, sizeof(pattern), "%s/scr*", dir);
	assert_int_equal(io_write_file(script, text, sizeof(text) - 1, 0700,
				       NULL),
			 0);
	assert_string_equal(program_find(&a, script, ""), sh);
	program_expand(&a, pattern, "", &paths);
	unlink(script);
	rmdir(dir);
	assert_int_equal(paths.len, 1);
	assert_string_equal(paths.at[0], script);
	assert_string_equal(program_of_command(&a, "  ls -l /"), "ls");
	arena_release(&a);
}

static void test_syscalls(void **state)
{
	const struct syscall_row *row;
	int last = -1;
	bool seen_read = false;

	(void)state;
	for (row = syscall_table; row->name; row++) {
		assert_true(row->number > last);
		last = row->number;
		seen_read |= !strcmp(row->name, "read");
	}
	assert_true(seen_read);
	assert_true(last > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_btf_typedefs),
		cmocka_unit_test(test_btf_broken),
		cmocka_unit_test(test_tracefs),
		cmocka_unit_test(test_elfsym_offset),
		cmocka_unit_test(test_elfsym_refused),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_syscalls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
