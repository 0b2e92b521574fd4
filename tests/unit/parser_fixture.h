/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the tests of the parser and tree printer: scripts as printed trees.
 */
#ifndef SPILE_TESTS_UNIT_PARSER_FIXTURE_H
#define SPILE_TESTS_UNIT_PARSER_FIXTURE_H

#include "lang_fixture.h"

/* The printed tree of a script with -g, without its "# file" line; the
 * messages if it has errors. Lives in f->out. */
static inline const char *fx_parse(struct fixture *f, const char *text)
{
	struct ast_file *file;
	unsigned errors = f->diag.errors;

	strbuf_reset(&f->out);
	strbuf_reset(&f->diag.out);
	file = lang_parse(&f->l, fx_source(f, text), LANG_USER);
	if (f->diag.errors != errors)
		return f->diag.out.buf;
	ast_print_file(file, &f->out);
	return strchr(f->out.buf, '\n') + 1;
}

/* What stands between the braces of the only probe begin. */
static inline const char *fx_body(struct fixture *f, const char *body)
{
	static const char head[] = "probe begin{\n", tail[] = "}\n";
	struct strbuf script = STRBUF_INIT;
	const char *text;

	strbuf_addf(&script, "probe begin { %s }", body);
	text = fx_parse(f, script.buf);
	strbuf_release(&script);
	if (strncmp(text, head, strlen(head)) != 0)
		return text;
	f->out.len -= strlen(tail);
	f->out.buf[f->out.len] = 0;
	return text + strlen(head);
}

/* The printed form of an expression. */
static inline const char *fx_expr(struct fixture *f, const char *expr)
{
	static const char tail[] = ";\n";
	const char *text = fx_body(f, expr);
	size_t len = strlen(text);

	if (f->diag.out.len || len < strlen(tail))
		return text;
	assert_string_equal(text + len - strlen(tail), tail);
	f->out.len -= strlen(tail);
	f->out.buf[f->out.len] = 0;
	return text;
}

struct parser_row {
	const char *text, *want;
};

typedef const char *(*fx_print)(struct fixture *f, const char *text);

/* Each row's text printed by the function is what the row wants. */
static inline void fx_check(fx_print print, const struct parser_row *rows,
			    size_t n, const char *compatible)
{
	struct fixture f;
	size_t i;

	fx_init(&f, NULL, compatible);
	f.env.guru = true;
	for (i = 0; i < n; i++)
		assert_string_equal(print(&f, rows[i].text), rows[i].want);
	fx_release(&f);
}

#define FX_CHECK(print, rows) \
 fx_check((print), (rows), sizeof(rows) / sizeof((rows)[0]), NULL)
#define FX_CHECK_OLD(print, rows, compatible) \
 fx_check((print), (rows), sizeof(rows) / sizeof((rows)[0]), (compatible))

#endif
