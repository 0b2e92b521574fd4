/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scripts and the IR they become: tests/golden/ir/NAME.stp gives NAME.ir, the
 * messages first, then the program as it leaves the passes. The folder is in
 * GOLDEN_IR; with GOLDEN_UPDATE set the files are written instead of compared.
 */
#include "lower/lower.h"

#include "base/bug.h"
#include "base/io.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One script on its way. */
struct compile {
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang lang;
};

static const struct lang_env env = {
	.kernel_release = "6.1.0",
	.arch = "x86_64",
	.runtime = "bpf",
	.privilege = "stapdev",
	.compatible = "5.6",
};

static void compile_init(struct compile *c)
{
	memset(c, 0, sizeof(*c));
	intern_init(&c->names, &c->arena);
	sources_init(&c->srcs, &c->arena);
	diag_init(&c->diag, &c->srcs);
	c->diag.no_warnings = true;
	lang_init(&c->lang, &c->arena, &c->names, &c->srcs, &c->diag, &env);
}

static void compile_release(struct compile *c)
{
	lang_release(&c->lang);
	diag_release(&c->diag);
	intern_release(&c->names);
	arena_release(&c->arena);
}

/* The program, or NULL with messages in c->diag. */
static struct ir_prog *compile(struct compile *c, const char *name,
			       const char *text,
			       const struct lower_options *opt)
{
	static const struct probe_env probe_env = {
		.sysroot = "",
		.privilege = "stapdev",
	};
	struct source *src = source_add(&c->srcs, name, text, strlen(text),
					true);
	struct ast_file *file = lang_parse(&c->lang, src, LANG_USER);
	struct sema_prog *sp;
	struct ir_prog *p;

	if (c->diag.errors)
		return NULL;
	sp = sema_analyze(&c->lang, &probe_env, NULL, &file, 1);
	if (c->diag.errors)
		return NULL;
	p = lower_program(&c->arena, sp, opt, &c->diag);
	if (p) {
		ir_pass_clean(p);
		ir_pass_bounds(p);
	}
	return p;
}

static struct lower_options default_options(void)
{
	struct lower_options opt = { .name = "test" };

	limits_init(&opt.limits);
	return opt;
}

/* --- golden files --- */

static void read_file(const char *path, struct strbuf *out)
{
	struct strbuf err = STRBUF_INIT;

	if (io_read_file(path, 1 << 20, out, &err))
		fail_msg("%s", err.buf);
	strbuf_release(&err);
}

static void write_file(const char *path, const struct strbuf *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text->buf, 1, text->len, f), text->len);
	assert_int_equal(fclose(f), 0);
}

/* What a script gives: messages, then the program. */
static void result_of(const char *name, const char *text, struct strbuf *out)
{
	struct lower_options opt = default_options();
	struct compile c;
	struct ir_prog *p;

	compile_init(&c);
	p = compile(&c, name, text, &opt);
	strbuf_add(out, c.diag.out.buf, c.diag.out.len);
	if (p) {
		struct strbuf err = STRBUF_INIT;

		ir_check(p, &err);
		assert_string_equal(err.buf, "");
		ir_print(p, out);
		strbuf_release(&err);
	}
	compile_release(&c);
}

/* The same messages and IR as recorded. */
static void check_case(const char *dir, const char *name)
{
	struct strbuf path = STRBUF_INIT, text = STRBUF_INIT;
	struct strbuf want = STRBUF_INIT, got = STRBUF_INIT;

	strbuf_addf(&path, "%s/%s", dir, name);
	read_file(path.buf, &text);
	result_of(name, text.buf, &got);
	strbuf_reset(&path);
	strbuf_addf(&path, "%s/%.*s.ir", dir, (int)strlen(name) - 4, name);
	if (getenv("GOLDEN_UPDATE")) {
		write_file(path.buf, &got);
	} else {
		read_file(path.buf, &want);
		if (strcmp(got.buf, want.buf))
			fail_msg("%s is now:\n%s", path.buf, got.buf);
	}
	strbuf_release(&path);
	strbuf_release(&text);
	strbuf_release(&want);
	strbuf_release(&got);
}

static void test_golden(void **state)
{
	const char *dir_name = getenv("GOLDEN_IR");
	const struct dirent *de;
	unsigned n = 0;
	DIR *dir;

	(void)state;
	assert_non_null(dir_name);
	dir = opendir(dir_name);
	assert_non_null(dir);
	while ((de = readdir(dir))) {
		size_t len = strlen(de->d_name);

		if (len <= 4 || strcmp(de->d_name + len - 4, ".stp"))
			continue;
		check_case(dir_name, de->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 10);
}

/* --- options --- */

static void expect_text(const struct lower_options *opt, const char *script,
			const char *part, bool present)
{
	struct strbuf out = STRBUF_INIT;
	struct compile c;
	struct ir_prog *p;

	compile_init(&c);
	p = compile(&c, "s.stp", script, opt);
	assert_non_null(p);
	ir_print(p, &out);
	if (!strstr(out.buf, part) == present)
		fail_msg("%s: %s\n%s", present ? "missing" : "there", part,
			 out.buf);
	strbuf_release(&out);
	compile_release(&c);
}

static void test_options(void **state)
{
	struct lower_options opt = default_options();
	static const char loop[] = "probe begin { while (pid()) { } }";
	static const char array[] = "global a probe begin { a[1] = pid() } "
				    "probe end { println(a[1]) }";

	(void)state;
	expect_text(&opt, loop, "tick 1", true);
	expect_text(&opt, loop, "name \"test\"", true);
	expect_text(&opt, array, "size 2048", true);
	opt.suppress_time_limits = true;
	expect_text(&opt, loop, "tick", false);
	opt.limits.maxmapentries = 7;
	opt.limits.maxstringlen = 64;
	expect_text(&opt, array, "size 7\n", true);
	expect_text(&opt, array, "limit maxstringlen 64", true);
}

/* --- limits of what a script can hold --- */

static void expect_error(const struct strbuf *script, const char *message)
{
	struct lower_options opt = default_options();
	struct compile c;

	compile_init(&c);
	assert_null(compile(&c, "s.stp", script->buf, &opt));
	if (!strstr(c.diag.out.buf, message))
		fail_msg("no '%s' in: %s", message, c.diag.out.buf);
	compile_release(&c);
}

static void test_print_arguments(void **state)
{
	struct strbuf s = STRBUF_INIT;
	struct lower_options opt = default_options();
	struct compile c;
	unsigned i;

	(void)state;
	strbuf_addstr(&s, "probe begin { x = pid(); print(x");
	for (i = 1; i < 32; i++)
		strbuf_addstr(&s, ", x");
	strbuf_addstr(&s, ") }");
	compile_init(&c);
	assert_non_null(compile(&c, "s.stp", s.buf, &opt));
	compile_release(&c);
	s.len -= 3;
	strbuf_addstr(&s, ", x) }");
	expect_error(&s, "too many arguments to print (33)");
	strbuf_release(&s);
}

static void test_nested_foreach(void **state)
{
	struct strbuf s = STRBUF_INIT;
	unsigned i;

	(void)state;
	strbuf_addstr(&s, "global a probe end { a[1] = 1 } probe begin { ");
	for (i = 0; i <= IR_MAX_NESTING; i++)
		strbuf_addf(&s, "foreach (k%u in a) ", i);
	strbuf_addstr(&s, "println(k0) }");
	expect_error(&s, "is not supported by this version");
	strbuf_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_print_arguments),
		cmocka_unit_test(test_nested_foreach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
