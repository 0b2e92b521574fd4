/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of messages about scripts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/diag.h"

#include <stdio.h>

struct world {
	struct arena arena;
	struct sources srcs;
	struct diag d;
	struct source *src;
};

static void world_init(struct world *w, const char *text)
{
	memset(w, 0, sizeof(*w));
	sources_init(&w->srcs, &w->arena);
	diag_init(&w->d, &w->srcs);
	w->src = source_add(&w->srcs, "f.stp", text, strlen(text), true);
}

static void world_release(struct world *w)
{
	diag_release(&w->d);
	arena_release(&w->arena);
}

/* Where the word stands in the text. */
static struct loc find(const struct world *w, const char *word,
		       enum tok_class cls)
{
	const char *p = strstr(w->src->text, word);

	assert_non_null(p);
	return (struct loc){ .off = (uint32_t)(p - w->src->text),
			     .len = (uint32_t)strlen(word),
			     .src = 1,
			     .cls = (uint8_t)cls };
}

static void parse_errors(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "probe x\n\tfoo bar\n");
	diag_error(&w.d, find(&w, "bar", TC_IDENT), GLOBAL_SIZE);
	diag_error_saw(&w.d, find(&w, "foo", TC_IDENT), EXPECT_TOKEN, "{");
	assert_string_equal(w.d.out.buf,
			    "parse error: array size out of range\n"
			    "         at: identifier 'bar' at f.stp:2:6\n"
			    "     source: \tfoo bar\n"
			    "             \t    ^\n"
			    "parse error: expected '{'\n"
			    "        saw: identifier 'foo' at f.stp:2:2\n"
			    "     source: \tfoo bar\n"
			    "             \t^\n");
	assert_int_equal(w.d.errors, 2);
	assert_int_equal(w.d.warnings, 0);
	world_release(&w);
}

static void at_the_end(void **state)
{
	struct loc eof = { .src = 1, .off = 5, .cls = TC_EOF };
	struct world w;

	(void)state;
	world_init(&w, "probe");
	diag_error_saw(&w.d, eof, EXPECT_BLOCK);
	assert_string_equal(w.d.out.buf, "parse error: expected '{'\n"
					 "        saw: f.stp EOF\n");
	world_release(&w);
}

static void semantic_errors(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "foo()");
	diag_error(&w.d, find(&w, "foo", TC_IDENT), FUNCTION_UNRESOLVED, "foo",
		   "");
	assert_string_equal(w.d.out.buf,
			    "semantic error: unresolved function foo: "
			    "identifier 'foo' at f.stp:1:1\n"
			    "        source: foo()\n"
			    "                ^\n");
	world_release(&w);
}

static void without_place(void **state)
{
	struct loc none = { 0 };
	struct world w;

	(void)state;
	world_init(&w, "");
	diag_error(&w.d, none, PP_EMPTY_FILE, "x");
	diag_warn(&w.d, none, ARG_UNUSED, 1ul, 1ul);
	assert_string_equal(w.d.out.buf,
			    "parse error: Input file 'x' is empty.\n"
			    "WARNING: unused command line option $1/@1\n");
	assert_int_equal(w.d.errors, 1);
	assert_int_equal(w.d.warnings, 1);
	world_release(&w);
}

static void warning_switches(void **state)
{
	struct loc none = { 0 };
	struct world w;

	(void)state;
	world_init(&w, "");
	w.d.no_warnings = true;
	diag_warn(&w.d, none, ARG_UNUSED, 1ul, 1ul);
	assert_string_equal(w.d.out.buf, "");
	assert_int_equal(w.d.warnings, 0);
	w.d.no_warnings = false;
	w.d.warnings_are_errors = true;
	diag_warn(&w.d, none, ARG_UNUSED, 1ul, 1ul);
	assert_int_equal(w.d.warnings, 1);
	assert_int_equal(w.d.errors, 1);
	world_release(&w);
}

/* The same words about the same place come once, unless asked for. */
static void duplicates(void **state)
{
	struct world w;
	size_t once;

	(void)state;
	world_init(&w, "a a");
	diag_error(&w.d, find(&w, "a", TC_IDENT), GLOBAL_SIZE);
	once = w.d.out.len;
	diag_error(&w.d, find(&w, "a", TC_IDENT), GLOBAL_SIZE);
	assert_int_equal(w.d.out.len, once);
	assert_int_equal(w.d.suppressed, 1);
	assert_int_equal(w.d.errors, 2);
	diag_error(&w.d, find(&w, "a a", TC_IDENT), GLOBAL_SIZE);
	assert_true(w.d.out.len > once);
	once = w.d.out.len;
	w.d.show_duplicates = true;
	diag_error(&w.d, find(&w, "a", TC_IDENT), GLOBAL_SIZE);
	assert_true(w.d.out.len > once);
	world_release(&w);
}

static void muted(void **state)
{
	struct loc none = { 0 };
	struct world w;

	(void)state;
	world_init(&w, "");
	w.d.mute = true;
	diag_error(&w.d, none, GLOBAL_SIZE);
	diag_note(&w.d, none, MACRO_FIRST_DEFINED, "x");
	assert_string_equal(w.d.out.buf, "");
	assert_int_equal(w.d.errors, 0);
	/* only errors echo */
	diag_warn(&w.d, none, ARG_UNUSED, 1ul, 1ul);
	assert_int_equal(w.d.warnings, 1);
	world_release(&w);
}

/* All errors count, but nobody reads thousands. */
static void very_many(void **state)
{
	struct loc loc = { .src = 1, .cls = TC_IDENT };
	struct strbuf text = STRBUF_INIT;
	struct world w;
	size_t len;

	(void)state;
	strbuf_fill(&text, '\n', DIAG_SHOWN_MAX + 10);
	world_init(&w, text.buf);
	for (; loc.off < DIAG_SHOWN_MAX; loc.off++)
		diag_error(&w.d, loc, GLOBAL_SIZE);
	assert_int_equal(w.d.suppressed, 0);
	len = w.d.out.len;
	diag_error(&w.d, loc, GLOBAL_SIZE);
	assert_int_equal(w.d.out.len, len);
	assert_int_equal(w.d.suppressed, 1);
	assert_int_equal(w.d.errors, DIAG_SHOWN_MAX + 1);
	w.d.show_duplicates = true;
	diag_error(&w.d, loc, GLOBAL_SIZE);
	assert_true(w.d.out.len > len);
	strbuf_release(&text);
	world_release(&w);
}

static void notes_and_origins(void **state)
{
	struct world w;
	struct loc loc;

	(void)state;
	world_init(&w, "m body first");
	loc = find(&w, "body", TC_IDENT);
	loc.origin = origin_add(&w.srcs, "macro", "m", find(&w, "m", TC_OP), 0);
	diag_error(&w.d, loc, MACRO_REDEFINED, "x");
	diag_note(&w.d, find(&w, "first", TC_IDENT), MACRO_FIRST_DEFINED, "x");
	assert_string_equal(
		w.d.out.buf,
		"parse error: attempt to redefine macro '@x' in the same "
		"file\n"
		"         at: identifier 'body' at f.stp:1:3\n"
		"     source: m body first\n"
		"               ^\n"
		"        in expansion of macro: operator 'm' at f.stp:1:1\n"
		"        source: m body first\n"
		"                ^\n"
		"parse error: macro '@x' first defined here\n"
		"         at: identifier 'first' at f.stp:1:8\n"
		"     source: m body first\n"
		"                    ^\n");
	assert_int_equal(w.d.errors, 1);
	world_release(&w);
}

/* Lines that would hide the message, and bytes that would harm a terminal. */
static void hostile_text(void **state)
{
	struct strbuf text = STRBUF_INIT;
	struct world w;
	size_t i;

	(void)state;
	strbuf_addstr(&text, "x\033[2J y\n");
	strbuf_fill(&text, ' ', 5000);
	strbuf_addstr(&text, "long");
	world_init(&w, text.buf);
	diag_error(&w.d, find(&w, "y", TC_IDENT), GLOBAL_SIZE);
	diag_error(&w.d, find(&w, "long", TC_IDENT), GLOBAL_SIZE);
	for (i = 0; i < w.d.out.len; i++)
		assert_true((unsigned char)w.d.out.buf[i] >= 32 ||
			    w.d.out.buf[i] == '\n');
	assert_true(w.d.out.len < 500);
	strbuf_release(&text);
	world_release(&w);
}

static void flushes(void **state)
{
	struct world w;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	(void)state;
	world_init(&w, "");
	f = open_memstream(&text, &len);
	assert_non_null(f);
	diag_error(&w.d, (struct loc){ 0 }, SCRIPT_TOO_LARGE);
	diag_flush(&w.d, f);
	diag_flush(&w.d, f);
	fclose(f);
	assert_string_equal(text, "parse error: script is too large\n");
	assert_int_equal(w.d.out.len, 0);
	free(text);
	world_release(&w);
}

static void tag_names(void **state)
{
	struct world w;

	(void)state;
	assert_string_equal(diag_tag_name(DIAG_STRING_UNCLOSED),
			    "STRING_UNCLOSED");
	world_init(&w, "");
	w.d.verbose = 2;
	diag_error(&w.d, (struct loc){ 0 }, SCRIPT_TOO_LARGE);
	assert_string_equal(w.d.out.buf, "parse error: script is too large\n"
					 "   tag: SCRIPT_TOO_LARGE\n");
	world_release(&w);
}

static void colors(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, "");
	w.d.color = true;
	diag_error(&w.d, (struct loc){ 0 }, SCRIPT_TOO_LARGE);
	assert_string_equal(w.d.out.buf, "\033[01;31mparse error\033[m\033[K: "
					 "script is too large\n");
	world_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_errors),
		cmocka_unit_test(at_the_end),
		cmocka_unit_test(semantic_errors),
		cmocka_unit_test(without_place),
		cmocka_unit_test(warning_switches),
		cmocka_unit_test(duplicates),
		cmocka_unit_test(muted),
		cmocka_unit_test(very_many),
		cmocka_unit_test(notes_and_origins),
		cmocka_unit_test(hostile_text),
		cmocka_unit_test(flushes),
		cmocka_unit_test(tag_names),
		cmocka_unit_test(colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
