/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays of the executor alone: against a plain list, and sorting. */
#include "vm/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct ir_global long_to_long = {
	.name = "a",
	.kind = IR_MAP,
	.type = IR_I64,
	.n_keys = 1,
	.key_type = { IR_I64 },
	.size = 50,
};

static struct vm_val num(int64_t n)
{
	return (struct vm_val){ .num = n, .str = "" };
}

static struct vm_val str(const char *s)
{
	return (struct vm_val){ .str = s, .len = (uint32_t)strlen(s) };
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* A list in insertion order that does what the map should. */
struct model {
	int64_t keys[64], values[64];
	uint32_t len;
};

static uint32_t model_find(const struct model *o, int64_t key)
{
	uint32_t i;

	for (i = 0; i < o->len && o->keys[i] != key; i++)
		;
	return i;
}

static void model_remove(struct model *o, uint32_t i)
{
	memmove(o->keys + i, o->keys + i + 1, (63 - i) * sizeof(int64_t));
	memmove(o->values + i, o->values + i + 1, (63 - i) * sizeof(int64_t));
	o->len--;
}

static void model_set(struct model *o, int64_t key, int64_t value)
{
	uint32_t i = model_find(o, key);

	o->len += i == o->len;
	o->keys[i] = key;
	o->values[i] = value;
}

static void compare(struct vm_map *m, const struct model *o)
{
	const struct vm_pick all = { .columns = 3, .limit = INT64_MAX };
	struct vm_rows rows;
	struct vm_val v;
	uint32_t i;

	assert_int_equal(vm_map_len(m), o->len);
	assert_int_equal(vm_rows_take(&rows, m, &all), 0);
	for (i = 0; i < o->len; i++) {
		assert_true(vm_rows_next(&rows));
		vm_rows_get(&rows, 1, &v);
		assert_int_equal(v.num, o->keys[i]);
		vm_rows_get(&rows, 0, &v);
		assert_int_equal(v.num, o->values[i]);
	}
	assert_false(vm_rows_next(&rows));
	assert_false(vm_rows_next(&rows));
	vm_rows_release(&rows);
}

static void step(struct vm_map *m, struct model *o, bool wrap, uint32_t *rnd)
{
	struct vm_val key = num(next_random(rnd) % 100), got;
	struct vm_val value = num(next_random(rnd));
	uint32_t i = model_find(o, key.num), what = next_random(rnd) % 10;
	bool full = i == o->len && o->len == long_to_long.size;

	if (what < 3) {
		assert_int_equal(vm_map_del(m, &key), i < o->len);
		if (i < o->len)
			model_remove(o, i);
		return;
	}
	if (what == 9) {
		assert_int_equal(vm_map_get(m, &key, &got), i < o->len);
		assert_int_equal(got.num, i < o->len ? o->values[i] : 0);
		return;
	}
	if (what == 3) {
		assert_int_equal(vm_map_add(m, &key, 5),
				 full && !wrap ? -E2BIG : 0);
		value.num = (i < o->len ? o->values[i] : 0) + 5;
	} else {
		assert_int_equal(vm_map_set(m, &key, &value),
				 full && !wrap ? -E2BIG : 0);
	}
	if (full && !wrap)
		return;
	if (full)
		model_remove(o, 0);
	model_set(o, key.num, value.num);
}

static void against_a_list(bool wrap)
{
	struct ir_global g = long_to_long;
	struct model o = { .len = 0 };
	struct vm_map *m;
	uint32_t rnd = 1, i;

	g.wrap = wrap;
	m = vm_map_new(&g, 42);
	assert_non_null(m);
	for (i = 0; i < 20000; i++) {
		step(m, &o, wrap, &rnd);
		if (i % 50 == 0)
			compare(m, &o);
		if (i % 7000 == 6999) {
			vm_map_clear(m);
			o.len = 0;
		}
	}
	compare(m, &o);
	vm_map_free(m);
}

static void plain(void **state)
{
	(void)state;
	against_a_list(false);
}

static void wrapping(void **state)
{
	(void)state;
	against_a_list(true);
}

/* Nine keys of both types; all count, and the cut ones are equal. */
static void nine_keys(void **state)
{
	struct ir_global g = { .name = "k",
			       .kind = IR_MAP,
			       .type = IR_STR,
			       .bound = 6,
			       .n_keys = 9,
			       .size = 4 };
	struct vm_val keys[9], value = str("a longer value"), got;
	struct vm_map *m;
	int i;

	(void)state;
	for (i = 0; i < 9; i++) {
		g.key_type[i] = i % 2 ? IR_STR : IR_I64;
		g.key_bound[i] = i % 2 ? 5 : 0;
		keys[i] = i % 2 ? str("abcdefgh") : num(i);
	}
	m = vm_map_new(&g, 7);
	assert_non_null(m);
	assert_int_equal(vm_map_set(m, keys, &value), 0);
	keys[7] = str("abcd");
	assert_true(vm_map_get(m, keys, &got));
	assert_int_equal(got.len, 5);
	assert_memory_equal(got.str, "a lon", 5);
	keys[7] = str("abc");
	assert_false(vm_map_get(m, keys, &got));
	assert_int_equal(got.len, 0);
	keys[7] = str("abcd");
	keys[8] = num(9);
	assert_false(vm_map_get(m, keys, &got));
	vm_map_free(m);
}

/* Strings of a snapshot stay when the array changes. */
static void snapshot_is_apart(void **state)
{
	struct ir_global g = { .name = "s",
			       .kind = IR_MAP,
			       .type = IR_STR,
			       .bound = 64,
			       .n_keys = 1,
			       .size = 3,
			       .key_type = { IR_STR },
			       .key_bound = { 64 } };
	const struct vm_pick pick = { .columns = 3, .limit = 2 };
	struct vm_val key = str("one"), value = str("first"), got;
	struct vm_rows rows;
	struct vm_map *m = vm_map_new(&g, 3);

	(void)state;
	assert_non_null(m);
	vm_map_set(m, &key, &value);
	key = str("two");
	vm_map_set(m, &key, &value);
	key = str("three");
	vm_map_set(m, &key, &value);
	assert_int_equal(vm_rows_take(&rows, m, &pick), 0);
	key = str("one");
	value = str("other");
	vm_map_set(m, &key, &value);
	vm_map_get(m, &key, &got);
	assert_memory_equal(got.str, "other", 5);
	key = str("two");
	vm_map_del(m, &key);
	vm_map_free(m);
	assert_true(vm_rows_next(&rows));
	vm_rows_get(&rows, 0, &got);
	assert_int_equal(got.len, 5);
	assert_memory_equal(got.str, "first", 5);
	vm_rows_get(&rows, 1, &got);
	assert_memory_equal(got.str, "one", 3);
	assert_true(vm_rows_next(&rows));
	vm_rows_get(&rows, 1, &got);
	assert_memory_equal(got.str, "two", 3);
	vm_rows_get(&rows, 5, &got);
	assert_int_equal(got.len, 0);
	assert_false(vm_rows_next(&rows));
	vm_rows_release(&rows);
}

static void check_sorted(const struct vm_sort_item *items, uint32_t n,
			 const int64_t *nums, int direction)
{
	uint32_t i;

	for (i = 1; i < n; i++) {
		int64_t a = nums[items[i - 1].index];
		int64_t b = nums[items[i].index];

		if (a == b)
			assert_true(items[i - 1].index < items[i].index);
		else
			assert_true(direction > 0 ? a < b : a > b);
	}
}

static void sorting_longs(void **state)
{
	enum {
		MOST = 500
	};
	struct vm_sort_item *items = calloc(MOST * 2, sizeof(*items));
	int64_t *nums = calloc(MOST, sizeof(*nums));
	uint32_t n, i, rnd = 9;
	int direction;

	(void)state;
	for (n = 0; n < MOST; n += n < 40 ? 1 : 23) {
		for (direction = -1; direction < 2; direction += 2) {
			for (i = 0; i < n; i++) {
				nums[i] =
					(int64_t)(next_random(&rnd) % 60) - 30;
				items[i].key = vm_sort_key_num(nums[i]);
				items[i].str = NULL;
				items[i].index = i;
			}
			vm_sort(items, items + n, n, direction);
			check_sorted(items, n, nums, direction);
		}
	}
	free(items);
	free(nums);
}

/* Order by bytes without sign, also behind the first eight. */
static void sorting_strings(void **state)
{
	static const char *const texts[] = {
		"zz",       "same-prefix-b", "",  "\377",
		"same-pre", "same-prefix-a", "a", "same-prefix-b",
		"ab",       "same-prf",
	};
	static const uint32_t up[] = { 2, 6, 8, 4, 5, 1, 7, 9, 0, 3 };
	static const uint32_t down[] = { 3, 0, 9, 1, 7, 5, 4, 8, 6, 2 };
	struct vm_sort_item items[20];
	int direction;
	uint32_t i;

	(void)state;
	for (direction = -1; direction < 2; direction += 2) {
		for (i = 0; i < 10; i++) {
			items[i].str = vm_str_new(texts[i],
						  (uint32_t)strlen(texts[i]));
			items[i].key = vm_sort_key_str(items[i].str);
			items[i].index = i;
		}
		vm_sort(items, items + 10, 10, direction);
		for (i = 0; i < 10; i++) {
			assert_int_equal(items[i].index,
					 direction > 0 ? up[i] : down[i]);
			free((void *)(uintptr_t)items[i].str);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(nine_keys),
		cmocka_unit_test(snapshot_is_apart),
		cmocka_unit_test(sorting_longs),
		cmocka_unit_test(sorting_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
