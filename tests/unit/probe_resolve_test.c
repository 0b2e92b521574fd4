/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Probe points to places: patterns, wildcards, aliases, providers. */
#include "sema_fixture.h"

#include "base/io.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WHILE(token, col) \
 "semantic error: while resolving probe point: " token " at t.stp:1:" col "\n"

static void test_plain(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(sx_points(&s, "probe begin, end(-3), error(2), "
					  "never {}"),
			    "begin\nend(-3)\nerror(2)\nnever\n");
	assert_int_equal(s.prog->handlers.len, 1);
	assert_int_equal(s.prog->probes.at[1].at->attach, ATTACH_END);
	assert_int_equal(s.prog->probes.at[1].at->n0, -3);
	assert_non_null(strstr(sx_messages(&s, "probe begin(\"x\") {}"),
			       "probe point mismatch (similar: begin, "));
	sx_release(&s);
}

static void test_mismatch(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_messages(&s, "probe timer.mss(3) {}"),
		WHILE("identifier 'timer'",
		      "7") "semantic error: probe point mismatch (similar: ms, msec, ns, "
			   "s, us): identifier 'mss' at t.stp:1:13\n");
	assert_string_equal(
		sx_messages(&s, "probe timer.ms(3).rand {}"),
		WHILE("identifier 'timer'",
		      "7") "semantic error: probe point mismatch (similar: randomize): "
			   "identifier 'rand' at t.stp:1:19\n");
	assert_string_equal(
		sx_messages(&s, "probe timer {}"),
		WHILE("identifier 'timer'",
		      "7") "semantic error: probe point truncated (follow: hz, jiffies, "
			   "ms, msec, ns, nsec, profile, s, sec, us, usec): identifier "
			   "'timer' at t.stp:1:7\n");
	sx_release(&s);
}

static void test_optional(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(sx_points(&s, "probe nosuch.thing ?, begin {}"),
			    "begin\n");
	assert_string_equal(sx_points(&s, "probe no.one !, begin(5) {}"),
			    "begin(5)\n");
	assert_string_equal(sx_points(&s, "probe begin(6)!, begin(7) {}"),
			    "begin(6)!\n");
	assert_string_equal(sx_points(&s, "probe timer.ms(0)?, end {}"),
			    "end\n");
	assert_string_equal(
		sx_points(&s, "probe kernel.mark(\"f\")?, end {}"),
		"end\n");
	assert_string_equal(
		sx_messages(&s, "probe nosuch? {}"),
		"semantic error: no probes found: keyword at t.stp:1:1\n");
	sx_release(&s);
}

static void test_wildcards(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(sx_points(&s, "probe timer.*sec(5) {}"),
			    "timer.sec(5)\ntimer.msec(5)\n");
	assert_string_equal(sx_points(&s, "probe timer.profile** {}"),
			    "timer.profile\n");
	assert_string_equal(sx_points(&s, "probe timer.** {}"),
			    "timer.profile\ntimer.profile.tick\n");
	assert_string_equal(sx_points(&s, "probe __syscall_any** {}"),
			    "__syscall_any\n");
	assert_string_equal(
		sx_messages(&s, "probe timer.*(\"x\") {}"),
		WHILE("identifier 'timer'",
		      "7") "semantic error: probe point mismatch: didn't find any "
			   "wildcard matches: operator '*' at t.stp:1:13\n");
	sx_release(&s);
}

static void test_timers(void **state)
{
	struct sema_fixture s;
	const struct resolved_probe *p;

	(void)state;
	sx_init(&s);
	sx_run(&s, "probe timer.ms(20).randomize(5), timer.hz(3), "
		   "timer.jiffies(7), timer.us(100) {}");
	assert_int_equal(s.f.diag.errors, 0);
	p = s.prog->probes.at[0].at;
	assert_int_equal(p->attach, ATTACH_TIMER);
	assert_int_equal(p->n0, 20000000);
	assert_int_equal(p->n1, 5000000);
	assert_int_equal(s.prog->probes.at[1].at->n0, 333333333);
	assert_int_equal(s.prog->probes.at[2].at->attach, ATTACH_JIFFIES);
	assert_int_equal(s.prog->probes.at[2].at->n0, 7);
	assert_int_equal(s.prog->probes.at[3].at->n0, 100000);

	assert_string_equal(
		sx_messages(&s, "probe timer.us(99) {}"),
		WHILE("identifier 'timer'",
		      "7") "semantic error: interval value out of range (100000, "
			   "86400000000000): identifier 'us' at t.stp:1:13\n");
	assert_non_null(strstr(sx_messages(&s, "probe timer.s(86401) {}"),
			       "interval value out of range"));
	/* The product of this one wraps to a small number. */
	assert_non_null(
		strstr(sx_messages(&s, "probe timer.s(9223372036854775807) {}"),
		       "interval value out of range"));
	assert_non_null(strstr(sx_messages(&s, "probe timer.s(-1) {}"),
			       "interval value out of range"));
	assert_non_null(
		strstr(sx_messages(&s, "probe timer.ms(5).randomize(6) {}"),
		       "randomization value out of range"));
	assert_non_null(strstr(sx_messages(&s, "probe timer.hz(0) {}"),
			       "frequency must be greater than 0"));
	assert_non_null(strstr(sx_messages(&s, "probe timer.jiffies(0) {}"),
			       "invalid interval for jiffies timer"));
	assert_non_null(strstr(
		sx_messages(&s, "probe timer.jiffies(5).randomize(6) {}"),
		"invalid randomize for jiffies timer"));
	sx_release(&s);
}

static void test_aliases(void **state)
{
	struct sema_fixture s;
	const struct handler *h;

	(void)state;
	sx_init(&s);
	/* Inner prologue, outer prologue, body, outer and inner epilogue. */
	assert_string_equal(
		sx_print(&s,
			 "probe outer = inner { print(2) }, { print(4) }\n"
			 "probe inner = begin { print(1) }, { print(5) }\n"
			 "probe outer { print(3) }",
			 true),
		"# probes\n"
		"begin /*  <- begin <- inner <- outer */ \n"
		"{\nprint(1);\n}\n{\nprint(2);\n}\n{\nprint(3);\n}\n"
		"{\nprint(4);\n}\n{\nprint(5);\n}\n");
	assert_string_equal(sx_print(&s,
				     "probe late += begin { print(2) }\n"
				     "probe late { print(1) }",
				     true),
			    "# probes\nbegin /*  <- begin <- late */ \n"
			    "{\nprint(1);\n}\n{\nprint(2);\n}\n");
	/* One name, two aliases; and two names for one. */
	assert_string_equal(sx_points(&s, "probe a = b = begin {}\n"
					  "probe a = end {}\n"
					  "probe a, b {}"),
			    "begin\nend\nbegin\n");
	/* What follows an alias belongs to each of its points. */
	assert_string_equal(sx_points(&s, "probe r = timer.ms(9), timer.s(9) "
					  "{}\nprobe r.randomize(1) {}"),
			    "timer.ms(9).randomize(1)\n"
			    "timer.s(9).randomize(1)\n");
	/* Conditions of all levels come together. */
	sx_run(&s, "global g, h\nprobe a = begin if (g) {}\n"
		   "probe a if (h), end { g = h = 1 }");
	assert_int_equal(s.f.diag.errors, 0);
	assert_int_equal(s.prog->handlers.len, 2);
	h = s.prog->handlers.at[0];
	assert_int_equal(h->conditions.len, 2);
	assert_int_equal(s.prog->handlers.at[1]->conditions.len, 0);
	sx_release(&s);
}

static void test_alias_loop(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_messages(&s, "probe a = b {} probe b = a {} probe a {}"),
		WHILE("identifier 'a'",
		      "37") "semantic error: while resolving probe point: identifier 'b' "
			    "at t.stp:1:11\n"
			    "semantic error: while resolving probe point: identifier 'a' "
			    "at t.stp:1:26\n"
			    "semantic error: recursive loop in alias expansion of a: "
			    "identifier 'a' at t.stp:1:26\n");
	sx_release(&s);
}

/* Each level doubles: must end with a message, soon. */
static void test_alias_bomb(void **state)
{
	struct sema_fixture s;
	struct strbuf script = STRBUF_INIT;
	int i;

	(void)state;
	sx_init(&s);
	for (i = 0; i < 40; i++)
		strbuf_addf(&script, "probe a%d = a%d, a%d {}\n", i, i + 1,
			    i + 1);
	strbuf_addstr(&script, "probe a40 = begin {}\nprobe a0 {}\n");
	assert_non_null(
		strstr(sx_messages(&s, script.buf), "too many probe points"));
	strbuf_reset(&script);
	for (i = 0; i < 40; i++)
		strbuf_addf(&script, "probe a%d = a%d ?, a%d ? {}\n", i, i + 1,
			    i + 1);
	strbuf_addstr(&script, "probe a0 {}\n");
	assert_non_null(
		strstr(sx_messages(&s, script.buf), "too many probe points"));
	strbuf_release(&script);
	sx_release(&s);
}

static void test_syscalls(void **state)
{
	struct sema_fixture s;
	const struct resolved_probe *p;

	(void)state;
	sx_init(&s);
	assert_string_equal(
		sx_points(&s, "probe tp_syscall(\"read\"), "
			      "tp_syscall(\"~old,pread=pread64\").return, "
			      "tp_syscall(\"exit*\").return ?, "
			      "tp_syscall(\"nothing,readlin*\") {}"),
		"tp_syscall(\"read\")\ntp_syscall(\"pread64\").return\n"
		"tp_syscall(\"readlink\")\ntp_syscall(\"readlinkat\")\n");
	p = s.prog->probes.at[1].at;
	assert_int_equal(p->attach, ATTACH_SYSRET);
	assert_string_equal(p->s0, "pread64");
	sx_run(&s, "probe __syscall_any {}");
	p = s.prog->probes.at[0].at;
	assert_int_equal(p->n0, -1);
	assert_string_equal(p->s0, "*");
	assert_non_null(strstr(sx_messages(&s, "probe tp_syscall(\"raed\") {}"),
			       "no match (similar: read, "));
	sx_release(&s);
}

static void test_tracepoints(void **state)
{
	static const char events[] = "sched:sched_switch\nsched:sched_wakeup\n"
				     "irq:irq_handler_entry\n";
	char dir[] = "/tmp/spile-probe-XXXXXX", path[64];
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/available_events", dir);
	assert_int_equal(
		io_write_file(path, events, sizeof(events) - 1, 0600, NULL), 0);
	s.env.tracefs_path = dir;
	s.env.btf_path = "/nonexistent";
	assert_string_equal(sx_points(&s,
				      "probe kernel.trace(\"sched_switch\"), "
				      "kernel.trace(\"irq:*\"), "
				      "kernel.trace(\"*:sched_w*\") {}"),
			    "kernel.trace(\"sched:sched_switch\")\n"
			    "kernel.trace(\"irq:irq_handler_entry\")\n"
			    "kernel.trace(\"sched:sched_wakeup\")\n");
	assert_string_equal(s.prog->probes.at[0].at->s0, "sched_switch");
	assert_string_equal(
		sx_messages(&s, "probe kernel.trace(\"sched_swich\") {}"),
		WHILE("identifier 'kernel'",
		      "7") "semantic error: no match (similar tracepoints: sched_switch, "
			   "sched_wakeup, irq_handler_entry): identifier 'trace' at t.stp:1:14\n");
	unlink(path);
	rmdir(dir);
	/* Nothing to ask: a name is taken as it is, a pattern matches none. */
	assert_string_equal(sx_points(&s, "probe kernel.trace(\"a:b\"), "
					  "kernel.trace(\"c\") {}"),
			    "kernel.trace(\"a:b\")\nkernel.trace(\"c\")\n");
	assert_non_null(strstr(sx_messages(&s, "probe kernel.trace(\"c*\") "
					       "{}"),
			       "semantic error: no match: identifier 'trace'"));
	sx_release(&s);
}

/* A function of this program to look for. */
int probe_test_target(void);
__attribute__((noinline)) int probe_test_target(void)
{
	return (int)getpid();
}

static void test_process(void **state)
{
	struct sema_fixture s;
	struct strbuf script = STRBUF_INIT;
	const struct resolved_probe *p;
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(n > 0 && probe_test_target());
	self[n] = '\0';
	sx_init(&s);
	strbuf_addf(&script,
		    "probe process(\"%s\").function(\"probe_test_t*\"), "
		    "process(%d).function(\"probe_test_target\").return {}",
		    self, (int)getpid());
	sx_run(&s, script.buf);
	assert_int_equal(s.f.diag.errors, 0);
	assert_int_equal(s.prog->probes.len, 2);
	p = s.prog->probes.at[0].at;
	assert_int_equal(p->attach, ATTACH_UPROBE);
	assert_string_equal(p->s0, self);
	assert_string_equal(p->s1, "probe_test_target");
	assert_true(p->n0 > 0);
	assert_false(p->target_only);
	strbuf_reset(&script);
	/* Debugging information, if there is some, adds the file. */
	strbuf_addf(&script, "process(\"%s\").function(\"probe_test_target",
		    self);
	p = s.prog->probes.at[1].at;
	assert_int_equal(p->attach, ATTACH_URETPROBE);
	assert_memory_equal(p->point, script.buf, script.len);
	assert_non_null(strstr(p->point, "\").return"));

	s.env.command = self;
	sx_run(&s, "probe process.function(\"probe_test_target\").call {}");
	assert_int_equal(s.f.diag.errors, 0);
	assert_true(s.prog->probes.at[0].at->target_only);
	s.env.command = NULL;
	assert_string_equal(
		sx_messages(&s, "probe process.function(\"f\") {}"),
		WHILE("identifier 'process'",
		      "7") "semantic error: unspecified process probe is invalid without "
			   "a -c or -x: identifier 'process' at t.stp:1:7\n");
	assert_non_null(
		strstr(sx_messages(&s, "probe process(\"/no\").function(\"f\")"
				       " {}"),
		       "cannot find executable '/no'"));
	strbuf_reset(&script);
	strbuf_addf(&script,
		    "probe process(\"%s\").function(\"prob_test_target\") {}",
		    self);
	assert_non_null(strstr(sx_messages(&s, script.buf),
			       "no match (similar functions: "
			       "probe_test_target, "));
	strbuf_release(&script);
	sx_release(&s);
}

static void test_privilege(void **state)
{
	struct sema_fixture s;

	(void)state;
	sx_init(&s);
	s.env.privilege = "stapusr";
	assert_string_equal(sx_points(&s, "probe begin, timer.s(1) {}"),
			    "begin\ntimer.s(1)\n");
	assert_non_null(strstr(sx_messages(&s, "probe tp_syscall(\"read\") {}"),
			       "probe point is not allowed for "
			       "--privilege=stapusr"));
	assert_non_null(strstr(sx_messages(&s, "probe timer.profile {}"),
			       "not allowed for --privilege=stapusr"));
	sx_release(&s);
}

static void test_kernel_functions(void **state)
{
	static const char list[] =
		"ffffffff81000000 T vfs_read\n"
		"ffffffff81000100 t vfs_readv\n"
		"ffffffff81000200 t vfs_helper.isra.0\n"
		"ffffffff81000300 t vfs_read.cold\n"
		"ffffffff81000400 T __pfx_vfs_read\n"
		"ffffffff81000500 D vfs_data\n"
		"ffffffff81000600 W vfs_weak\n"
		"ffffffff81000700 t vfs_readv\n"
		"ffffffffc0000000 t vfs_read\t[ext4]\n"
		"junk\n\n x\n"
		"ffffffff81000800 t cut";
	char path[] = "/tmp/spile-kallsyms-XXXXXX";
	int fd = mkstemp(path);
	const struct resolved_probe *p;
	struct sema_fixture s;

	(void)state;
	assert_int_equal(write(fd, list, sizeof(list) - 1), sizeof(list) - 1);
	close(fd);
	sx_init(&s);
	s.env.kallsyms_path = path;
	assert_string_equal(sx_points(&s, "probe kernel.function(\"vfs_*\") {}"),
			    "kernel.function(\"vfs_helper.isra.0\")\n"
			    "kernel.function(\"vfs_read\")\n"
			    "kernel.function(\"vfs_readv\")\n"
			    "kernel.function(\"vfs_weak\")\n");
	assert_string_equal(
		sx_points(&s, "probe kprobe.function(\"vfs_read\").return, "
			      "kernel.function(\"cut\").call, "
			      "kernel.function(\"vfs_helper\")?, "
			      "module(\"ext*\").function(\"vfs_r*\")"
			      ".return.maxactive(9) {}"),
		"kprobe.function(\"vfs_read\").return\n"
		"kernel.function(\"cut\").call\n"
		"kernel.function(\"vfs_helper.isra.0\")\n"
		"module(\"ext4\").function(\"vfs_read\").return.maxactive(9)\n");
	p = s.prog->probes.at[0].at;
	assert_int_equal(p->attach, ATTACH_KRETPROBE);
	assert_string_equal(p->s0, "vfs_read");
	assert_null(p->s1);
	assert_int_equal(s.prog->probes.at[1].at->attach, ATTACH_KPROBE);
	p = s.prog->probes.at[3].at;
	assert_string_equal(p->s1, "ext4");
	assert_int_equal(p->n1, 9);
	assert_non_null(strstr(
		sx_messages(&s, "probe kernel.function(\"vfs_rad\") {}"),
		"no match (similar functions: vfs_read, "));
	assert_string_equal(
		sx_points(&s, "probe kernel.function(\"vfs_data\")?, "
			      "module(\"xfs\").function(\"*\")?, end {}"),
		"end\n");
	/* Without a list names are taken, and patterns are not. */
	s.env.kallsyms_path = "/nonexistent";
	assert_string_equal(
		sx_points(&s, "probe module(\"m\").function(\"f\") {}"),
		"module(\"m\").function(\"f\")\n");
	assert_non_null(strstr(
		sx_messages(&s, "probe kernel.function(\"f*\") {}"),
		"no match (the kernel's list of functions cannot be read)"));
	sx_release(&s);
	unlink(path);
}

static void test_unsupported(void **state)
{
	static const char *const cases[][2] = {
		{ "kernel.function(\"f\").inline", "kernel.function" },
		{ "kernel.function(\"f@a.c:7\")",
		  "a kernel function at a source line" },
		{ "module(\"m\").statement(\"f\")", "module" },
		{ "process(\"p\").function(\"f\").callees",
		  "process.function callee" },
		{ "process.data(\"x\").write", "process.data" },
		{ "perf.type(0).config(1).counter(\"a\")", "perf.counter" },
		{ "kprobe.statement(7)", "kprobe" },
		{ "netfilter.hook(\"h\").pf(\"p\")", "netfilter" },
	};
	struct sema_fixture s;
	struct strbuf script = STRBUF_INIT, want = STRBUF_INIT;
	size_t i;

	(void)state;
	sx_init(&s);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_reset(&script);
		strbuf_reset(&want);
		strbuf_addf(&script, "probe %s {}", cases[i][0]);
		strbuf_addf(&want,
			    ": %s probes are not supported by this "
			    "version: ",
			    cases[i][1]);
		assert_non_null(strstr(sx_messages(&s, script.buf), want.buf));
	}
	strbuf_release(&script);
	strbuf_release(&want);
	sx_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_mismatch),
		cmocka_unit_test(test_optional),
		cmocka_unit_test(test_wildcards),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_alias_loop),
		cmocka_unit_test(test_alias_bomb),
		cmocka_unit_test(test_syscalls),
		cmocka_unit_test(test_tracepoints),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_privilege),
		cmocka_unit_test(test_kernel_functions),
		cmocka_unit_test(test_unsupported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
