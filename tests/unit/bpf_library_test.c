/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrinsics of the library in BPF programs, against the vm. */
#include "bpf_case.h"

#include <inttypes.h>

/* substr of a text from a global (bound 40), a small one, and a constant. */
static void substr(const char *text, int64_t start, int64_t n, const char *want)
{
	char ir[2048], expect[256];

	snprintf(ir, sizeof(ir),
		 "global @s: str[40] = \"%s\"\nglobal @i: i64 = %" PRId64
		 "\nglobal @n: i64 = %" PRId64 "\n"
		 "handler h\n"
		 "  reg r0:str[40], r1:i64, r2:i64, r3:str[40], r4:str[4]\n"
		 "  reg r5:str[24], r6:str[24], r7:i64, r8:i64\n"
		 "b0:\n  r0 = gget @s\n  r1 = gget @i\n  r2 = gget @n\n"
		 "  r3 = intrin substr, r0, r1, r2\n"
		 "  r4 = intrin substr, r0, r1, r2\n"
		 "  r5 = str \"%s\"\n  r6 = intrin substr, r5, r1, r2\n"
		 "  r7 = intrin strlen, r0\n  r8 = intrin strlen, r5\n"
		 "  r0 = intrin substr, r0, r1, r2\n"
		 "  print \"%%s|%%s|%%s|%%s|%%d|%%d\\n\", r3, r4, r6, r0, r7, "
		 "r8\n  ret\n",
		 text, start, n, text);
	snprintf(expect, sizeof(expect), "%s|%.3s|%s|%s|%zu|%zu\n", want, want,
		 want, want, strlen(text), strlen(text));
	both_say(ir, expect, "");
}

static void texts(void **state)
{
	(void)state;
	substr("hello, world", 0, 5, "hello");
	substr("hello, world", 7, 100, "world");
	substr("hello, world", 7, INT64_MAX, "world");
	substr("hello, world", 11, 1, "d");
	substr("hello, world", 12, 1, "");
	substr("hello, world", -1, 3, "");
	substr("hello, world", 2, 0, "");
	substr("hello, world", 2, -7, "");
	substr("hello, world", INT64_MIN, 3, "");
	substr("hello, world", INT64_MAX, 3, "");
	substr("", 0, 3, "");
	substr("12345678", 0, 8, "12345678");
	substr("12345678", 3, 4, "4567");
}

/* What is cut out can be a key: nothing is left behind its end. */
static void clean_end(void **state)
{
	(void)state;
	both_say("global @s: str[40] = \"abcdefghijklmnop\"\n"
		 "global @m[str[40]]: i64 size 5\n"
		 "handler h\n  reg r0:str[40], r1:i64, r2:i64, r3:str[40]\n"
		 "b0:\n  r0 = gget @s\n  r1 = const 2\n  r2 = const 3\n"
		 "  r0 = intrin substr, r0, r1, r2\n"
		 "  mset @m, r2, r0 err b1\n  r3 = str \"cde\"\n"
		 "  r1 = mget @m, r3\n  print \"%s %d\\n\", r0, r1\n  ret\n"
		 "b1:\n  fail\n",
		 "cde 3\n", "");
}

static void current_task(void **state)
{
	char want[256], comm[32] = "", path[64];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "/proc/%d/comm", getppid());
	f = fopen(path, "r");
	if (f && !fgets(comm, sizeof(comm), f))
		comm[0] = 0;
	if (f)
		fclose(f);
	comm[strcspn(comm, "\n")] = 0;
	snprintf(want, sizeof(want), "%d %d %d %ld %s t\n", getppid(),
		 geteuid(), getegid(), sysconf(_SC_PAGESIZE), comm);
	both_say("handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:str[16]\n"
		 "  reg r5:str[64]\n"
		 "b0:\n  r0 = intrin ppid\n  r1 = intrin euid\n"
		 "  r2 = intrin egid\n  r3 = intrin mem_page_size\n"
		 "  r4 = intrin pexecname\n  r5 = intrin module_name\n"
		 "  print \"%d %d %d %d %s %s\\n\", r0, r1, r2, r3, r4, r5\n"
		 "  ret\n",
		 want, "");
}

static void chance(void **state)
{
	struct bpf_case b;
	int64_t seen[4] = { 0 }, *n;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, BPF_BEGIN
		      "global @n: i64\nglobal @r: i64\nglobal @j: i64\n"
		      "handler h\n  reg r0:i64, r1:i64, r2:i64\n"
		      "b0:\n  r0 = gget @n\n  r1 = intrin randint, r0\n"
		      "  gset @r, r1\n  r2 = intrin jiffies\n  gset @j, r2\n"
		      "  ret\n");
	n = (int64_t *)(void *)(b.session + 1);
	n[0] = 4;
	for (int i = 0; i < 200; i++) {
		bpf_case_run(&b);
		assert_in_range(n[1], 0, 3);
		seen[n[1]]++;
	}
	for (int i = 0; i < 4; i++)
		assert_true(seen[i] > 10);
	n[0] = 0;
	bpf_case_run(&b);
	assert_int_equal(n[1], 0);
	n[0] = -5;
	bpf_case_run(&b);
	assert_int_equal(n[1], 0);
	/* It counts from five minutes before 2^32. */
	assert_true(n[2] > UINT32_MAX - 600000L);
	bpf_case_end(&b);
}

static void names(void **state)
{
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "probe raw_tp h \"derived(1)\" pn=\"mine\" "
			  "s0=\"sys_enter\"\n"
			  "handler h\n  reg r0:str[32], r1:str[32]\n"
			  "b0:\n  r0 = intrin pp\n  r1 = intrin pn\n"
			  "  print \"%s %s\\n\", r0, r1\n  ret\n");
	bpf_case_run(&b);
	assert_string_equal(b.c.out.buf, "derived(1) mine\n");
	bpf_case_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),        cmocka_unit_test(clean_end),
		cmocka_unit_test(current_task), cmocka_unit_test(chance),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
