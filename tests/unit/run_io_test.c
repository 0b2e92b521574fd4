/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output that fails, lines that are cut, warnings once, command words. */
#include "run/messages.h"
#include "run/options.h"
#include "run/output.h"
#include "run/target.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void output_reports_a_full_disk(void **state)
{
	struct strbuf err = STRBUF_INIT;
	struct output o;

	(void)state;
	assert_int_equal(output_open(&o, "/dev/full", &err), 0);
	output_add(&o, "text", 4);
	assert_int_equal(o.error, 0);
	output_flush(&o);
	assert_int_equal(o.error, -ENOSPC);
	output_add(&o, "more", 4);
	assert_int_equal(o.buf.len, 0);
	output_close(&o);
	assert_int_equal(o.error, -ENOSPC);
	assert_int_equal(output_open(&o, "/nonexistent/x", &err), -ENOENT);
	assert_string_equal(err.buf, "Couldn't open output file "
				     "/nonexistent/x: No such file or "
				     "directory");
	output_close(&o);
	strbuf_release(&err);
}

static void output_loses_nothing(void **state)
{
	enum { N = 100000 };
	char name[] = "/tmp/spile-output-XXXXXX", line[16];
	struct strbuf err = STRBUF_INIT;
	struct output o;
	int i, fd = mkstemp(name), n;
	FILE *f;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(output_open(&o, name, &err), 0);
	for (i = 0; i < N; i++) {
		n = snprintf(line, sizeof(line), "%d\n", i);
		output_add(&o, line, (size_t)n);
	}
	output_close(&o);
	assert_int_equal(o.error, 0);
	f = fopen(name, "r");
	assert_non_null(f);
	for (i = 0; fgets(line, sizeof(line), f); i++)
		assert_int_equal(strtol(line, NULL, 10), i);
	assert_int_equal(i, N);
	fclose(f);
	unlink(name);
}

/* What fn prints on standard error. */
static char *capture(void (*fn)(struct messages *), struct messages *m)
{
	int saved = dup(STDERR_FILENO), fds[2];
	static char text[4096];
	ssize_t n;

	assert_int_equal(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	fn(m);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fds[1]);
	n = read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	text[n > 0 ? n : 0] = 0;
	return text;
}

static void say_twice(struct messages *m)
{
	messages_warning(m, "once");
	messages_warning(m, "other");
	messages_warning(m, "once");
	messages_error(m, "each");
	messages_error(m, "each");
}

static void say_long(struct messages *m)
{
	char text[1000];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	messages_error(m, text);
	messages_own_error(m, text);
}

static void messages_follow_the_rules(void **state)
{
	struct messages m;
	struct output o;
	char *text;

	(void)state;
	output_init(&o);
	messages_init(&m, &o);
	assert_string_equal(capture(say_twice, &m),
			    "WARNING: once\nWARNING: other\nERROR: each\n"
			    "ERROR: each\n");
	assert_true(m.errors);
	m.repeat = true;
	assert_string_equal(capture(say_twice, &m),
			    "WARNING: once\nWARNING: other\nWARNING: once\n"
			    "ERROR: each\nERROR: each\n");
	m.no_warnings = true;
	assert_string_equal(capture(say_twice, &m),
			    "ERROR: each\nERROR: each\n");
	text = capture(say_long, &m);
	assert_int_equal(strcspn(text, "\n"), MESSAGE_LINE_MAX);
	assert_int_equal(strlen(text), MESSAGE_LINE_MAX + 1 + 7 + 999 + 1);
	messages_release(&m);
	output_close(&o);
}

/* The colour of a kind, "-" for none. */
static void check_color(const char *colors, const char *kind, const char *want)
{
	size_t len = 0;
	const char *sgr = color_find(colors, kind, &len);
	char *got = strndup(sgr ? sgr : "-", sgr ? len : 1);

	assert_string_equal(got, want);
	free(got);
}

static void finds_colors(void **state)
{
	(void)state;
	check_color(NULL, "error", "01;31");
	check_color(NULL, "warning", "00;33");
	check_color("", "error", "-");
	check_color("warning=1", "error", "-");
	check_color("warning=1:error=2:error=3:", "error", "2");
	check_color("error=:warning=1", "warning", "-");
	check_color("bogus=1:error=1", "error", "-");
	check_color("error=1x", "error", "-");
	check_color("error", "error", "-");
	check_color("error=1:rubbish", "error", "1");
}

/* The words of a command joined with bars, or "-" if it takes a shell. */
static void check_split(const char *command, const char *want)
{
	struct strbuf got = STRBUF_INIT;
	char *store, **words = target_split(command, &store);
	size_t i;

	if (!words)
		strbuf_addch(&got, '-');
	for (i = 0; words && words[i]; i++)
		strbuf_addf(&got, "%s|", words[i]);
	assert_string_equal(got.buf, want);
	strbuf_release(&got);
	free(words);
	free(store);
}

static void splits_commands(void **state)
{
	(void)state;
	check_split("ls", "ls|");
	check_split("  ls -l\t/tmp  ", "ls|-l|/tmp|");
	check_split("echo 'a b' \"c d\"e ''", "echo|a b|c de||");
	check_split("echo '$HOME'", "echo|$HOME|");
	check_split("echo \"$HOME\"", "-");
	check_split("echo $HOME", "-");
	check_split("a; b", "-");
	check_split("a | b", "-");
	check_split("ls *.c", "-");
	check_split("X=1 ls", "-");
	check_split("dd if=/dev/zero bs=1", "dd|if=/dev/zero|bs=1|");
	check_split("git show HEAD~1 {a} a#b", "git|show|HEAD~1|{a}|a#b|");
	check_split("ls ~", "-");
	check_split("ls #all", "-");
	check_split("{ ls; }", "-");
	check_split("echo 'open", "-");
	check_split("", "-");
	check_split("   ", "-");
	check_split("a b c d e f g", "a|b|c|d|e|f|g|");
}

static int parse(struct run_options *o, char **argv, struct strbuf *err)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	optind = 1;
	strbuf_reset(err);
	return run_options_parse(o, argc, argv, err);
}

static void reads_options(void **state)
{
	char p[] = "stapio", c[] = "-c", cmd[] = "ls -l", w[] = "-w",
	     f[] = "x.bo", a[] = "a=1", x[] = "-x", num[] = "12",
	     bad[] = "12x", u[] = "-Z";
	char *good[] = { p, w, c, cmd, f, a, NULL };
	char *both[] = { p, c, cmd, x, num, f, NULL };
	char *nan[] = { p, x, bad, f, NULL };
	char *unknown[] = { p, u, f, NULL };
	char *none[] = { p, NULL };
	struct strbuf err = STRBUF_INIT;
	struct run_options o;

	(void)state;
	assert_int_equal(parse(&o, good, &err), 0);
	assert_string_equal(o.object, "x.bo");
	assert_string_equal(o.command, "ls -l");
	assert_true(o.no_warnings);
	assert_int_equal(o.n_globals, 1);
	assert_string_equal(o.globals[0], "a=1");
	assert_int_equal(o.handoff_fd, -1);
	assert_int_equal(parse(&o, both, &err), -EINVAL);
	assert_int_equal(parse(&o, nan, &err), -EINVAL);
	assert_int_equal(parse(&o, unknown, &err), -EINVAL);
	assert_string_equal(err.buf, "unknown option '-Z'.");
	assert_int_equal(parse(&o, none, &err), -EINVAL);
	strbuf_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_reports_a_full_disk),
		cmocka_unit_test(output_loses_nothing),
		cmocka_unit_test(messages_follow_the_rules),
		cmocka_unit_test(finds_colors),
		cmocka_unit_test(splits_commands),
		cmocka_unit_test(reads_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
