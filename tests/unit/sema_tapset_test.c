/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library: what files offer, which files are used, and what is said of
 * broken ones. Folders are made below a scratch folder. */
#include "lang_fixture.h"

#include "base/io.h"
#include "sema/tapset.h"
#include "sema/tapset_scan.h"

#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>

struct library {
	struct fixture f;
	struct tapset *t;
	char root[64];
	ast_files files;
};

static int setup(void **state)
{
	struct library *l = test_calloc(1, sizeof(*l));

	fx_init(&l->f, NULL, NULL);
	memcpy(l->root, "/tmp/spile-tapset-XXXXXX", 25);
	assert_non_null(mkdtemp(l->root));
	l->t = tapset_new(&l->f.l);
	*state = l;
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind,
		struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct library *l = *state;

	tapset_release(l->t);
	nftw(l->root, drop, 8, FTW_DEPTH | FTW_PHYS);
	fx_release(&l->f);
	test_free(l);
	return 0;
}

static const char *path_of(struct library *l, const char *name)
{
	return arena_printf(&l->f.arena, "%s/%s", l->root, name);
}

static void make_folder(struct library *l, const char *name)
{
	assert_int_equal(mkdir(path_of(l, name), 0755), 0);
}

static void make_file(struct library *l, const char *name, const char *text)
{
	struct strbuf err = STRBUF_INIT;

	assert_int_equal(io_write_file(path_of(l, name), text, strlen(text),
				       0644, &err),
			 0);
}

static const char *scan(struct library *l, const char *text, bool macros)
{
	tapset_names names = { 0 };
	const char *const *line;

	tapset_scan(&l->f.l, fx_source(&l->f, text), macros, &names);
	strbuf_reset(&l->f.out);
	vec_foreach(line, &names)
		strbuf_addf(&l->f.out, "%s\n", *line);
	return l->f.out.buf;
}

static void test_scan(void **state)
{
	struct library *l = *state;

	assert_string_equal(
		scan(l,
		     "function a() { return function_x }\n"
		     "function b:string(x:long, y:string) %{ { %}\n"
		     "private function c(x) { }\n"
		     "%( kernel_v >= \"2\" %? function d(x) { } %)\n"
		     "global e, f[10], h = -2, m = \"x\"\n"
		     "private global i, j\n"
		     "global k%[3], l\n",
		     false),
		"function a/0\nfunction b/2\nfunction d/1\n"
		"global e\nglobal f\nglobal h\nglobal m\n"
		"global k\nglobal l\n");
	assert_string_equal(
		scan(l,
		     "probe m.function = kernel.function(\"x\") { y = 1 }\n"
		     "probe n = o.p += process.function(\"y\")?, { global } { }\n"
		     "probe begin, end { }\n"
		     "probe kernel.{function,trace}(\"z\") { if (1) { } }\n"
		     "function q() { }\n",
		     false),
		"alias m.function\nalias n\nalias o.p\nfunction q/0\n");
	assert_string_equal(scan(l,
				 "@define r %( @s %)\n"
				 "%( 1 == 1 %? @define t(u) %( @u %) %)\n",
				 true),
			    "macro r\nmacro t\n");
	assert_string_equal(scan(l, "function\nglobal\nprobe\n\"", false), "");
	assert_int_equal(l->f.diag.errors, 0);
}

/* Names of the files that were appended, from the one at n on. */
static const char *used(struct library *l, size_t n)
{
	strbuf_reset(&l->f.out);
	for (; n < l->files.len; n++)
		strbuf_addf(&l->f.out, "%s ",
			    l->files.at[n]->src->name + strlen(l->root) + 1);
	return l->f.out.buf;
}

static void test_folders(void **state)
{
	struct library *l = *state;

	make_folder(l, "lib");
	make_folder(l, "lib/6.1");
	make_folder(l, "lib/6.1/x86_64");
	make_folder(l, "lib/7.0");
	make_folder(l, "other");
	make_file(l, "lib/6.1/x86_64/one.stp", "function f() { }");
	make_file(l, "lib/6.1/one.stp", "function f() { } function g() { }");
	make_file(l, "lib/7.0/two.stp", "function h() { }");
	make_file(l, "lib/two.stp", "function f() { next } global v");
	make_file(l, "other/three.stp", "function f() { } function i(x) { }");
	tapset_add_folder(l->t, path_of(l, "lib"), TAPSET_USER);
	tapset_add_folder(l->t, path_of(l, "missing"), TAPSET_USER);
	tapset_add_folder(l->t, path_of(l, "other"), TAPSET_OTHER);

	/* Of files with one name the most special is taken. */
	tapset_need_function(l->t, "f", 0, false, &l->files);
	assert_string_equal(used(l, 0), "lib/6.1/x86_64/one.stp lib/two.stp ");
	tapset_need_function(l->t, "g", 0, false, &l->files);
	tapset_need_function(l->t, "h", 0, false, &l->files);
	tapset_need_function(l->t, "i", 0, false, &l->files);
	tapset_need_function(l->t, "i", 1, true, &l->files);
	/* A file is used once. */
	tapset_need_global(l->t, "v", &l->files);
	assert_int_equal(l->files.len, 2);
	tapset_need_function(l->t, "i", 1, false, &l->files);
	assert_string_equal(used(l, 2), "other/three.stp ");
	assert_int_equal(tapset_count_scripts(l->t), 3);
}

static void test_index(void **state)
{
	struct library *l = *state;
	unsigned n;

	make_folder(l, "lib");
	/* The index is taken at its word. */
	make_file(l, "lib/index",
		  "spile-tapset 1\nfile a.stp\nfunction f/3\nfile b.stp\n"
		  "alias x.y\nglobal g\n");
	make_file(l, "lib/a.stp", "function f(a, b, c) { } function h() { }");
	make_file(l, "lib/b.stp", "probe x.y = begin { } global g");
	tapset_add_folder(l->t, path_of(l, "lib"), TAPSET_MAIN);
	tapset_need_function(l->t, "h", 0, false, &l->files);
	tapset_need_function(l->t, "f", 3, true, &l->files);
	assert_int_equal(l->files.len, 0);
	assert_true(tapset_other_arity(l->t, "f", 1, &n));
	assert_int_equal(n, 3);
	assert_false(tapset_other_arity(l->t, "f", 3, &n));
	tapset_need_function(l->t, "f", 3, false, &l->files);
	tapset_need_global(l->t, "g", &l->files);
	assert_string_equal(used(l, 0), "lib/a.stp lib/b.stp ");
}

static bool means(struct library *l, const char *point)
{
	struct ast_file *file = lang_parse_points(&l->f.l,
						  fx_source(&l->f, point));
	size_t before = l->files.len;

	tapset_need_aliases(l->t, file->probes.at[0]->points.at[0], false,
			    &l->files);
	return l->files.len != before;
}

static void test_aliases(void **state)
{
	static const struct {
		const char *point;
		bool found;
	} cases[] = {
		/* Not it, but what a message will name. */
		{ "mine", true },	 { "mine.other", true },
		{ "min.call", false },	 { "minex.call", false },
		{ "mine.call", true },	 { "mine.call.return", true },
		{ "mine.*", true },	 { "m*.x*", false },
		{ "**", true },		 { "*", false },
		{ "*.call", true },	 { "mine.call(3)", true },
	};
	struct library *l = *state;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = arena_printf(&l->f.arena, "lib%zu", i);

		make_folder(l, name);
		make_file(l, arena_printf(&l->f.arena, "%s/a.stp", name),
			  "probe mine.call = begin { }");
		l->t = tapset_new(&l->f.l);
		tapset_add_folder(l->t, path_of(l, name), TAPSET_USER);
		if (means(l, cases[i].point) != cases[i].found)
			fail_msg("%s", cases[i].point);
		tapset_release(l->t);
	}
	l->t = tapset_new(&l->f.l);
}

static void test_broken(void **state)
{
	struct library *l = *state;

	make_folder(l, "lib");
	make_file(l, "lib/a.stp", "function f() { return }}");
	make_file(l, "lib/a.stpm", "@define m %( 1 %) junk");
	tapset_add_folder(l->t, path_of(l, "lib"), TAPSET_USER);
	tapset_need_function(l->t, "f", 0, false, &l->files);
	assert_int_equal(l->files.len, 0);
	assert_int_equal(l->f.diag.errors, 0);
	assert_non_null(strstr(l->f.diag.out.buf,
			       "a.stp\" has errors, and will be skipped."));
	l->f.l.need_macro(l->f.l.need_macro_ctx, "m");
	assert_int_equal(l->f.diag.errors, 0);
	assert_non_null(strstr(l->f.diag.out.buf, "macro tapset "));
}

static void test_macros(void **state)
{
	struct library *l = *state;
	struct ast_file *file;

	make_folder(l, "lib");
	make_file(l, "lib/a.stpm", "@define m(x) %( @x + 1 %)");
	tapset_add_folder(l->t, path_of(l, "lib"), TAPSET_USER);
	file = lang_parse(&l->f.l, fx_source(&l->f, "probe begin { h = @m(2) }"),
			  LANG_USER);
	strbuf_reset(&l->f.out);
	ast_print_file(file, &l->f.out);
	assert_non_null(strstr(l->f.out.buf, "(2) + (1)"));
}

static void test_arguments(void **state)
{
	char *args[] = { (char[]){ "a\"b" }, NULL };
	struct library *l = *state;

	l->f.env.n_args = 1;
	l->f.env.args = args;
	tapset_need_global(l->t, "argc", &l->files);
	tapset_need_global(l->t, "argv", &l->files);
	tapset_need_global(l->t, "args", &l->files);
	assert_int_equal(l->files.len, 1);
	assert_int_equal(l->f.diag.errors, 0);
	strbuf_reset(&l->f.out);
	ast_print_file(l->files.at[0], &l->f.out);
	assert_non_null(strstr(l->f.out.buf, "(argv[1]) = (\"a\\\"b\")"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scan, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
		cmocka_unit_test_setup_teardown(test_index, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aliases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_macros, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arguments, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
