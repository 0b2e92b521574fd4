/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"
#include "symbols/ctype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/*
 * struct outer { int a; struct { char text[16]; union { short b; long c; }; };
 *                struct outer *next; unsigned f : 3; };
 */
static struct ctype types[12];
enum {
	INT_T, CHAR_T, SHORT_T, LONG_T, TEXT_T, UNION_T, INNER_T, OUTER_T,
	POINTER_T, CONST_T, TYPEDEF_T, LOOP_T
};
static unsigned completed;

static void add_member(struct ctype *t, const char *name, int type,
		       uint64_t bit_offset, uint32_t bits)
{
	struct ctype_member m = { .name = name,
				  .type = &types[type],
				  .bit_offset = bit_offset,
				  .bits = bits };

	vec_push(NULL, &t->members, m);
}

static void complete(struct ctype *t)
{
	completed++;
	switch (t - types) {
	case TEXT_T:
	case CONST_T:
		t->target = &types[CHAR_T];
		break;
	case UNION_T:
		add_member(t, "b", SHORT_T, 0, 0);
		add_member(t, "c", LONG_T, 0, 0);
		break;
	case INNER_T:
		add_member(t, "text", TEXT_T, 0, 0);
		add_member(t, NULL, UNION_T, 128, 0);
		break;
	case OUTER_T:
		add_member(t, "a", INT_T, 0, 0);
		add_member(t, NULL, INNER_T, 64, 0);
		add_member(t, "next", POINTER_T, 256, 0);
		add_member(t, "f", INT_T, 320, 3);
		break;
	case POINTER_T:
		t->target = &types[OUTER_T];
		break;
	case TYPEDEF_T:
		t->target = &types[POINTER_T];
		break;
	case LOOP_T:
		t->target = &types[LOOP_T];
		break;
	}
}

static const struct ctype *find(struct ctype_source *s, enum ctype_kind tag,
				const char *name)
{
	size_t i;

	(void)s;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		enum ctype_kind have = types[i].kind;

		if (have == CTYPE_INT)
			have = CTYPE_TYPEDEF;
		if (types[i].name && have == tag &&
		    !strcmp(types[i].name, name))
			return &types[i];
	}
	return NULL;
}

static const struct ctype_source_ops ops = { complete, find, NULL };
static struct ctype_source source = { .ops = &ops, .name = "test" };

static int setup(void **state)
{
	size_t i;

	(void)state;
	completed = 0;
	memset(types, 0, sizeof(types));
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		types[i].source = &source;
		types[i].id = i;
	}
#define SET(i, k, n, s) types[i].kind = (k), types[i].name = (n), types[i].size = (s)
	SET(INT_T, CTYPE_INT, "int", 4);
	SET(CHAR_T, CTYPE_INT, "char", 1);
	types[CHAR_T].is_char = true;
	SET(SHORT_T, CTYPE_INT, "short int", 2);
	SET(LONG_T, CTYPE_INT, "long int", 8);
	SET(TEXT_T, CTYPE_ARRAY, NULL, 0);
	types[TEXT_T].n_elems = 16;
	SET(UNION_T, CTYPE_UNION, NULL, 8);
	SET(INNER_T, CTYPE_STRUCT, NULL, 24);
	SET(OUTER_T, CTYPE_STRUCT, "outer", 48);
	SET(POINTER_T, CTYPE_POINTER, NULL, 8);
	SET(CONST_T, CTYPE_CONST, NULL, 0);
	SET(TYPEDEF_T, CTYPE_TYPEDEF, "outer_p", 0);
	SET(LOOP_T, CTYPE_TYPEDEF, "loop", 0);
	return 0;
}

static int teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		vec_release(&types[i].members);
	return 0;
}

static void members_of_anonymous_members_are_found(void **state)
{
	struct ctype_path path;

	(void)state;
	assert_true(ctype_find_member(&types[OUTER_T], "c", &path));
	assert_int_equal(path.n, 3);
	assert_int_equal(path.bit_offset, 64 + 128);
	assert_ptr_equal(path.step[2]->type, &types[LONG_T]);
	assert_true(ctype_find_member(&types[OUTER_T], "f", &path));
	assert_int_equal(path.step[0]->bits, 3);
	assert_false(ctype_find_member(&types[OUTER_T], "d", &path));
	assert_false(ctype_find_member(&types[INT_T], "a", &path));
	/* Each node was asked once. */
	assert_int_equal(completed, 3);
}

static void count(void *ctx, const char *name)
{
	strbuf_addf(ctx, "%s ", name);
}

static void members_are_listed_flat(void **state)
{
	struct strbuf text = STRBUF_INIT;

	(void)state;
	ctype_each_member(&types[OUTER_T], count, &text);
	assert_string_equal(text.buf, "a text b c next f ");
	strbuf_release(&text);
}

static void expect_text(int type, const char *want)
{
	struct strbuf text = STRBUF_INIT;

	ctype_print(&types[type], &text);
	assert_string_equal(text.buf, want);
	strbuf_release(&text);
}

static void types_print_as_in_listings(void **state)
{
	struct strbuf text = STRBUF_INIT;

	(void)state;
	expect_text(TEXT_T, "char[16]");
	expect_text(CONST_T, "char const");
	expect_text(POINTER_T, "struct outer*");
	expect_text(TYPEDEF_T, "outer_p");
	expect_text(INNER_T, "struct {...}");
	ctype_print(NULL, &text);
	assert_string_equal(text.buf, "void");
	strbuf_release(&text);
}

static void wrappers_come_off_even_without_end(void **state)
{
	(void)state;
	assert_ptr_equal(ctype_strip(&types[TYPEDEF_T]), &types[POINTER_T]);
	assert_int_equal(ctype_strip(&types[LOOP_T])->kind, CTYPE_VOID);
	assert_int_equal(ctype_size(&types[TEXT_T]), 16);
	assert_true(ctype_same(&types[TYPEDEF_T], &types[POINTER_T]));
	assert_false(ctype_same(&types[INT_T], &types[SHORT_T]));
	assert_true(ctype_is_char(&types[CONST_T]));
}

static void types_are_found_by_text(void **state)
{
	unsigned stars;

	(void)state;
	assert_ptr_equal(ctype_find(&source, "struct outer *", &stars),
			 &types[OUTER_T]);
	assert_int_equal(stars, 1);
	assert_ptr_equal(ctype_find(&source, " short int**", &stars),
			 &types[SHORT_T]);
	assert_int_equal(stars, 2);
	assert_null(ctype_find(&source, "union outer", &stars));
	assert_null(ctype_find(&source, "", &stars));
	assert_null(ctype_find(&source, "*", &stars));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(members_of_anonymous_members_are_found),
		T(members_are_listed_flat),
		T(types_print_as_in_listings),
		T(wrappers_come_off_even_without_end),
		T(types_are_found_by_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
