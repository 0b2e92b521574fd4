/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of sources and locations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/source.h"

struct world {
	struct arena arena;
	struct sources s;
	struct strbuf out;
};

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	sources_init(&w->s, &w->arena);
	strbuf_init(&w->out);
}

static void world_release(struct world *w)
{
	strbuf_release(&w->out);
	arena_release(&w->arena);
}

/* A location in a source. */
static struct loc at(struct world *w, const struct source *src, uint32_t off,
		     uint32_t len, enum tok_class cls)
{
	return (struct loc){ .off = off,
			     .len = len,
			     .src = source_index(&w->s, src),
			     .cls = (uint8_t)cls };
}

static void lines_and_columns(void **state)
{
	static const struct {
		uint32_t off;
		unsigned line, col;
		const char *text;
	} rows[] = {
		{ 0, 1, 1, "ab" }, { 1, 1, 2, "ab" }, { 2, 1, 3, "ab" },
		{ 3, 2, 1, "" },   { 4, 3, 1, "cde" }, { 6, 3, 3, "cde" },
		{ 7, 3, 4, "cde" },
	};
	struct world w;
	struct source *src;
	size_t i;

	(void)state;
	world_init(&w);
	src = source_add(&w.s, "f", "ab\n\ncde", 7, false);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct loc loc = at(&w, src, rows[i].off, 1, TC_IDENT);
		unsigned line, col;
		const char *text;
		size_t len;

		loc_line_col(&w.s, loc, &line, &col);
		assert_int_equal(line, rows[i].line);
		assert_int_equal(col, rows[i].col);
		loc_line_text(&w.s, loc, &text, &len);
		assert_int_equal(len, strlen(rows[i].text));
		assert_memory_equal(text, rows[i].text, len);
	}
	world_release(&w);
}

static void no_location(void **state)
{
	struct loc none = { 0 };
	unsigned line, col;
	const char *text;
	struct world w;
	size_t len;

	(void)state;
	world_init(&w);
	assert_false(loc_is_set(none));
	assert_null(loc_source(&w.s, none));
	loc_line_col(&w.s, none, &line, &col);
	assert_int_equal(line + col, 0);
	loc_line_text(&w.s, none, &text, &len);
	assert_int_equal(len, 0);
	loc_text(&w.s, none, &text, &len);
	assert_int_equal(len, 0);
	loc_add_place(&w.s, none, &w.out);
	assert_string_equal(w.out.buf, "<unknown>:0:0");
	none.src = 99;
	assert_null(loc_source(&w.s, none));
	world_release(&w);
}

static void token_words(void **state)
{
	static const struct {
		const char *text;
		enum tok_class cls;
		const char *words;
	} rows[] = {
		{ "abc", TC_IDENT, "identifier 'abc' at f:1:1" },
		{ "if", TC_KEYWORD, "keyword at f:1:1" },
		{ "<<<", TC_OP, "operator '<<<' at f:1:1" },
		{ "\"a b\"", TC_STRING, "string 'a b' at f:1:1" },
		{ "\"\"", TC_STRING, "string '' at f:1:1" },
		{ "\"a b", TC_STRING, "string 'a b' at f:1:1" },
		{ "12", TC_NUMBER, "number '12' at f:1:1" },
		{ "%{ x %}", TC_EMBED, "embedded-code at f:1:1" },
		{ "\x01\xff", TC_JUNK, "unknown token '\\x01\\xff' at f:1:1" },
		{ "x", TC_NONE, "f:1:1" },
		{ "x", TC_EOF, "f EOF" },
	};
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].text);
		struct source *src = source_add(&w.s, "f", rows[i].text, len,
						true);

		strbuf_reset(&w.out);
		loc_add_token_at(&w.s,
				 at(&w, src, 0, (uint32_t)len, rows[i].cls),
				 &w.out);
		assert_string_equal(w.out.buf, rows[i].words);
	}
	world_release(&w);
}

/* Pasted text stands where the $N does, in any depth. */
static void pasted(void **state)
{
	struct source *file, *outer, *inner;
	struct world w;
	const char *text;
	size_t len;

	(void)state;
	world_init(&w);
	file = source_add(&w.s, "file", "\n  $1", 5, true);
	outer = source_add(&w.s, "outer", "a b", 3, true);
	outer->included = at(&w, file, 3, 2, TC_IDENT);
	inner = source_add(&w.s, "inner", "c d", 3, true);
	inner->included = at(&w, outer, 2, 1, TC_IDENT);
	loc_add_token_at(&w.s, at(&w, inner, 2, 1, TC_IDENT), &w.out);
	assert_string_equal(w.out.buf, "identifier 'd' at file:2:3");
	loc_line_text(&w.s, at(&w, inner, 2, 1, TC_IDENT), &text, &len);
	assert_int_equal(len, 4);
	assert_memory_equal(text, "  $1", 4);
	world_release(&w);
}

static void limits(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	for (i = 1; i <= UINT16_MAX; i++)
		if (!source_add(&w.s, "f", "", 0, false))
			break;
	assert_int_equal(i, UINT16_MAX + 1);
	assert_int_equal(source_index(&w.s, vec_last(&w.s.list)), UINT16_MAX);
	assert_null(source_add(&w.s, "f", "", 0, false));
	assert_null(source_add(&w.s, "f", "", UINT32_MAX, false));
	world_release(&w);
}

static void copies(void **state)
{
	char name[] = "name", text[] = "text";
	struct source *src;
	struct world w;

	(void)state;
	world_init(&w);
	src = source_add(&w.s, name, text, 4, true);
	name[0] = text[0] = 'x';
	assert_string_equal(src->name, "name");
	assert_string_equal(src->text, "text");
	src = source_add(&w.s, name, text, 4, false);
	assert_ptr_equal(src->text, text);
	world_release(&w);
}

static void origins(void **state)
{
	struct loc loc = { .src = 1, .off = 7 };
	struct world w;
	uint32_t a, b;

	(void)state;
	world_init(&w);
	a = origin_add(&w.s, "macro", "m", loc, 0);
	b = origin_add(&w.s, "alias", NULL, loc, a);
	assert_int_not_equal(a, 0);
	assert_int_not_equal(a, b);
	assert_int_equal(w.s.origins.at[b].parent, a);
	assert_string_equal(w.s.origins.at[a].name, "m");
	assert_int_equal(w.s.origins.at[b].at.off, 7);
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_columns),
		cmocka_unit_test(no_location),
		cmocka_unit_test(token_words),
		cmocka_unit_test(pasted),
		cmocka_unit_test(limits),
		cmocka_unit_test(copies),
		cmocka_unit_test(origins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
