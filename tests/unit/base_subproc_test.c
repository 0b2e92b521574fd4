/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of running programs, and of temporary folders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/subproc.h"
#include "base/tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const env[] = { "PATH=/usr/bin:/bin", "WORD=x y", NULL };

static int run_sh(struct subproc_guard *g, const char *script,
		  struct strbuf *out)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct subproc p = { .argv = argv, .env = env, .dir = "/" };

	return subproc_run(g, &p, out);
}

static void results(void **state)
{
	const char *missing[] = { "/no/such/program", NULL };
	struct subproc p = { .argv = missing, .env = env };
	struct strbuf out = STRBUF_INIT;
	struct subproc_guard g;

	(void)state;
	subproc_guard_begin(&g);
	assert_int_equal(run_sh(&g, "pwd; env | grep -v ^PWD= | grep -v ^_= | "
				    "grep -v SHLVL | sort; read x || echo end >&2",
				&out), 0);
	assert_string_equal(out.buf, "/\nPATH=/usr/bin:/bin\nWORD=x y\nend\n");
	assert_int_equal(run_sh(&g, "exit 3", NULL), 3);
	assert_int_equal(run_sh(&g, "kill -9 $$", NULL), 137);
	assert_int_equal(subproc_run(&g, &p, NULL), -ENOENT);
	/* Only the end of much output is kept. */
	strbuf_reset(&out);
	assert_int_equal(run_sh(&g, "yes | head -c 200000; echo last", &out),
			 0);
	assert_int_equal(out.len, 64 << 10);
	assert_string_equal(out.buf + out.len - 5, "last\n");
	assert_int_equal(subproc_pause(&g, 1), 0);
	assert_int_equal(g.caught, 0);
	subproc_guard_end(&g);
	strbuf_release(&out);
}

static volatile sig_atomic_t seen;

static void see(int sig)
{
	seen = sig;
}

/* A signal ends what runs and its children, fails later runs, and arrives when
 * the guard ends. */
static void signals(void **state)
{
	char dir[] = "/tmp/spile-sub-XXXXXX", script[256], path[64];
	struct sigaction act = { .sa_handler = see }, old;
	struct timespec from, to;
	struct subproc_guard g;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/late", dir);
	snprintf(script, sizeof(script),
		 "(sleep 1; echo > %s) & kill -TERM $PPID; sleep 20", path);
	sigaction(SIGTERM, &act, &old);
	seen = 0;
	clock_gettime(CLOCK_MONOTONIC, &from);
	subproc_guard_begin(&g);
	assert_int_equal(run_sh(&g, script, NULL), -EINTR);
	assert_int_equal(run_sh(&g, "exit 0", NULL), -EINTR);
	assert_int_equal(subproc_pause(&g, 1000), -EINTR);
	assert_int_equal(seen, 0);
	subproc_guard_end(&g);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(seen, SIGTERM);
	assert_true(to.tv_sec - from.tv_sec < 10);
	sigaction(SIGTERM, &old, NULL);
	usleep(1200000);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(tmpdir_remove(dir), 0);
}

static void folders(void **state)
{
	struct strbuf path = STRBUF_INIT, sub = STRBUF_INIT, err = STRBUF_INIT;
	char outside[] = "/tmp/spile-out-XXXXXX", link[64];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(outside));
	unsetenv("TMPDIR");
	assert_int_equal(tmpdir_make(&path, &err), 0);
	assert_int_equal(stat(path.buf, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	strbuf_addf(&sub, "%s/a/b/c", path.buf);
	assert_int_equal(folder_make(sub.buf, &err), 0);
	assert_int_equal(folder_make(sub.buf, &err), 0);
	snprintf(link, sizeof(link), "%s/a/link", path.buf);
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(tmpdir_remove(path.buf), 0);
	assert_int_equal(access(path.buf, F_OK), -1);
	/* What a link points to stays. */
	assert_int_equal(access(outside, F_OK), 0);
	assert_int_equal(rmdir(outside), 0);
	assert_int_equal(tmpdir_remove("/tmp/spile/no/such"), -ENOENT);
	setenv("TMPDIR", "/tmp/$(evil)", 1);
	assert_int_equal(tmpdir_make(&path, &err), -EINVAL);
	assert_string_equal(err.buf, "Safety pattern mismatch for TMPDIR ('/tmp/$(evil)' vs. '^[-/._0-9a-z]+$') rc=1");
	strbuf_reset(&err);
	setenv("TMPDIR", "/no/such/folder", 1);
	strbuf_reset(&path);
	assert_int_equal(tmpdir_make(&path, &err), -ENOENT);
	unsetenv("TMPDIR");
	assert_int_equal(folder_make("/proc/none/x", NULL), -ENOENT);
	strbuf_release(&path);
	strbuf_release(&sub);
	strbuf_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results),
		cmocka_unit_test(signals),
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
