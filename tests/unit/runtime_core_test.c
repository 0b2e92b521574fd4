/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core of the module runtime, in user space, against the executor's own
 * code: both must give the same texts, orders and numbers for anything. What
 * only the runtime has (levels, CPUs, errors) is tested by itself.
 */
#include "base/regex.h"
#include "base/strbuf.h"
#include "vm/map.h"
#include "vm/stat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "array.h"

#define SIZE 20 /* of the arrays */

int kshim_cpu;

/* --- what the runtime calls --- */

static struct strbuf output = STRBUF_INIT, message = STRBUF_INIT;
static unsigned n_errors, n_skipped, n_nested;

void sp_out_write(const char *text, size_t len)
{
	strbuf_add(&output, text, len);
}

void sp_error_text(const char *text)
{
	strbuf_reset(&message);
	strbuf_addstr(&message, text);
}

void sp_count_error(void)
{
	n_errors++;
}

void sp_count_skipped(bool nested)
{
	n_skipped += !nested;
	n_nested += nested;
}

/* --- the program --- */

static struct sp_array plain = { .name = "plain", .type = SP_LONG, .n_keys = 2,
				 .key_bound = { 0, 16 }, .size = SIZE,
				 .flags = SP_SORTED | SP_SIZED,
				 .iterations = 2 };
static struct sp_array texts = { .name = "texts", .type = SP_TEXT, .bound = 12,
				 .n_keys = 2, .key_bound = { 0, 16 },
				 .size = SIZE, .flags = SP_SORTED | SP_WRAP,
				 .iterations = 2 };
static struct sp_array stats = { .name = "stats", .type = SP_STAT, .n_keys = 2,
				 .key_bound = { 0, 16 }, .size = SIZE,
				 .flags = SP_SORTED | SP_KEEP_VARIANCE,
				 .shift = 3, .hist = SP_HIST_LOG,
				 .n_buckets = 128, .iterations = 2 };
static struct sp_array scalar = { .name = "scalar", .type = SP_STAT,
				  .flags = SP_SCALAR | SP_KEEP_VARIANCE,
				  .hist = SP_HIST_LINEAR, .n_buckets = 13,
				  .lo = -10, .hi = 90, .step = 10 };
static const struct sp_global globals[] = {
	{ .name = "plain", .type = SP_LONG, .data = &plain, .array = 1 },
	{ .name = "texts", .type = SP_TEXT, .data = &texts, .array = 1 },
	{ .name = "stats", .type = SP_STAT, .data = &stats, .array = 1 },
	{ .name = "scalar", .type = SP_STAT, .data = &scalar, .array = 1 },
};
static const char *const locs[] = { "here", "there" };
static void (*body)(struct sp_ctx *c);

static void handler(struct sp_ctx *c)
{
	body(c);
}

static struct sp_probe probe = { .kind = SP_BEGIN, .handler = handler,
				 .point = "begin", .head = 1 };
/* Only says how much room matches need. */
static const struct sp_regex largest = { .n_code = 1000, .n_groups = 10 };
static const struct sp_regex *const regexes[] = { &largest };
const struct sp_program sp_program = {
	.name = "test",
	.limits = { .maxstringlen = 64, .maxaction = 10,
		    .maxaction_interruptible = 100, .maxnesting = 3,
		    .interruptible = 1, .maxtrylock = 2 },
	.probes = &probe, .n_probes = 1,
	.globals = globals, .n_globals = ARRAY_SIZE(globals),
	.locs = locs, .n_locs = 2,
	.regexes = regexes, .n_regexes = 1, .groups = 1,
	.frame_bytes = 64,
};

static enum sp_end run(void (*fn)(struct sp_ctx *c))
{
	body = fn;
	strbuf_reset(&output);
	strbuf_reset(&message);
	return sp_run(&probe, NULL);
}

static int setup(void **state)
{
	(void)state;
	return sp_arrays_init() || sp_contexts_init(2);
}

static int teardown(void **state)
{
	(void)state;
	sp_contexts_free();
	sp_arrays_free();
	strbuf_release(&output);
	strbuf_release(&message);
	return 0;
}

/* Numbers that repeat from run to run. */
static uint32_t random_state = 1;

static uint32_t any(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

typedef SP_STR(64) text_place;

static struct sp_str *place_text(text_place *to, const char *text)
{
	sp_set(SP_S(*to), 64, text, (u32)strlen(text));
	return SP_S(*to);
}

/* --- formats --- */

static void make_items(const struct fmt *f, struct sp_item *to)
{
	const struct fmt_item *item;

	vec_foreach(item, &f->items) {
		bool literal = item->conv == FMT_LITERAL;

		*to++ = (struct sp_item){
			.conv = (u8)item->conv,
			.flag = item->flag,
			.width_kind = (u8)item->width_kind,
			.prec_kind = (u8)item->prec_kind,
			.width = literal ? (u32)item->len : item->width,
			.prec = item->prec,
			.text = item->text,
		};
	}
}

static void print_both(struct sp_ctx *c, const char *format, int64_t num)
{
	struct arena arena = ARENA_INIT;
	struct fmt_arg args[16];
	union sp_val vals[16];
	struct strbuf want = STRBUF_INIT;
	struct sp_item items[16];
	struct sp_format f = { items, 0 };
	text_place text, result;
	struct fmt fmt;
	size_t off, i;

	assert_int_equal(fmt_parse(&arena, format, strlen(format), &fmt, &off),
			 FMT_OK);
	make_items(&fmt, items);
	f.n_items = (u32)fmt.items.len;
	place_text(&text, "some\1text");
	for (i = 0; i < fmt.n_args; i++) {
		bool str = fmt_arg_type(&fmt, i) == 's';

		args[i] = (struct fmt_arg){ .num = num, .str = text.text,
					    .len = text.len };
		vals[i] = (union sp_val){ .num = num };
		if (str)
			vals[i].str = SP_S(text);
	}
	strbuf_reset(&output);
	sp_print(c, &f, vals);
	sp_flush(sp_context(c));
	fmt_render(&fmt, args, &want);
	assert_int_equal(output.len, want.len);
	assert_memory_equal(output.buf, want.buf, want.len);
	strbuf_reset(&want);
	fmt_render_sized(&fmt, args, 64, &want);
	sp_sprint(c, SP_S(result), 64, &f, vals);
	want.buf[want.len < 63 ? want.len : 63] = 0;
	assert_string_equal(result.text, want.buf);
	strbuf_release(&want);
	arena_release(&arena);
}

static void formats_body(struct sp_ctx *c)
{
	static const char *const formats[] = {
		"", "%%", "a%db", "%5d|%-5d|%05d|%+d|% d", "%.3d|%8.3d|%08.3d",
		"%u %o %#o %x %#x %X %#X %p", "%20p", "%-20p|", "%s|%20s|%-20s|",
		"%.2s|%8.2s|%0s|%.0s", "%c|%3c|%-3c|%#c", "%*d|%-*d|%.*d|%*.*d",
		"%*s|%.*s", "%b|%1b|%2b|%4b|%8b", "%70000s|", "%9000d",
		"%i%ld%lu",
	};
	static const int64_t numbers[] = { 0, 1, -1, 7, 10, 39, 92, 127, 200,
					   255, 4096, -4096, 99999, INT64_MAX,
					   INT64_MIN };
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		for (k = 0; k < ARRAY_SIZE(numbers); k++)
			print_both(c, formats[i], numbers[k]);
}

static void test_formats(void **state)
{
	(void)state;
	assert_int_equal(run(formats_body), SP_END_NOT);
}

/* --- histograms --- */

static void draw_both(const struct sp_array *a, const struct hist *h,
		      struct sp_context *x)
{
	int64_t counts[HIST_MAX_BUCKETS] = { 0 };
	s64 same[HIST_MAX_BUCKETS];
	struct strbuf want = STRBUF_INIT;
	struct sp_sink s = { .x = x };
	uint32_t n = hist_buckets(h), i, samples = any(60) + 1;

	assert_int_equal(n, a->n_buckets);
	for (i = 0; i < samples; i++) {
		int64_t value = (int64_t)any(200) - 60;

		if (any(4) == 0)
			value = (int64_t)((uint64_t)value << any(50));
		assert_int_equal(hist_bucket(h, value),
				 sp_hist_bucket(a, value));
		counts[hist_bucket(h, value)] += any(3) ? 1 : any(100000);
	}
	for (i = 0; i < n; i++)
		same[i] = counts[i];
	strbuf_reset(&output);
	sp_hist_draw(a, same, &s);
	sp_flush(x);
	hist_render(h, counts, &want);
	assert_string_equal(output.buf, want.buf);
	strbuf_release(&want);
}

static void hists_body(struct sp_ctx *c)
{
	const struct hist linear = { HIST_LINEAR, -10, 90, 10 };
	const struct hist log = { .kind = HIST_LOG };
	int i;

	for (i = 0; i < 500; i++) {
		draw_both(&scalar, &linear, sp_context(c));
		draw_both(&stats, &log, sp_context(c));
	}
}

static void test_hists(void **state)
{
	(void)state;
	assert_int_equal(run(hists_body), SP_END_NOT);
}

/* --- regular expressions --- */

static void match_both(struct sp_ctx *c, const char *pattern, const char *text)
{
	static struct sp_regex_insn code[1000];
	static u64 sets[200][4];
	static int32_t groups[2 * REGEX_MAX_GROUPS];
	struct arena arena = ARENA_INIT;
	struct regex_run work;
	struct regex_error err;
	struct regex *re = regex_parse(&arena, pattern, strlen(pattern), &err);
	struct sp_regex mine = { .code = code, .sets = sets };
	text_place place, part;
	bool found;
	uint32_t i, k;

	assert_non_null(re);
	assert_true(re->n_code <= ARRAY_SIZE(code) &&
		    re->n_sets <= ARRAY_SIZE(sets));
	mine.n_code = re->n_code;
	mine.n_groups = re->n_groups;
	for (i = 0; i < re->n_code; i++)
		code[i] = (struct sp_regex_insn){ re->code[i].op,
						  re->code[i].x,
						  re->code[i].y };
	for (i = 0; i < re->n_sets; i++)
		for (k = 0; k < 4; k++)
			sets[i][k] = re->sets[i].bits[k];
	regex_run_init(&work);
	regex_run_reserve(&work, re, true);
	found = regex_find(&work, re, text, strlen(text), groups);
	assert_int_equal(sp_match(c, &mine, place_text(&place, text)), found);
	for (i = 0; found && i < re->n_groups; i++) {
		int32_t from = groups[2 * i], to = groups[2 * i + 1];

		assert_int_equal(sp_do_matched(c, SP_S(part), 64, i, 0), 0);
		if (from < 0)
			from = to = 0;
		assert_int_equal(part.len, to - from);
		assert_memory_equal(part.text, text + from, part.len);
	}
	assert_int_equal(sp_do_matched(c, SP_S(part), 64, found ? 99 : 0, 0),
			 1);
	regex_run_release(&work);
	arena_release(&arena);
}

static void regexes_body(struct sp_ctx *c)
{
	static const char *const patterns[] = {
		"abc", "a*", "(a|ab)(c|bcd)(d*)", "^a(b+)?c$", "[a-c]+x?",
		"(a+)(b+)", "^$", "$", "((a)|(b))*c", "x{2,4}y", "(foo|bar)+",
		"a.c", "[^a]", "(^a|b$)",
	};
	static const char *const subjects[] = {
		"", "a", "abc", "abcd", "xxabcxx", "aaabbb", "foobarfoo", "b",
		"ac", "xxy", "xxxxxxy", "abab c", "cab", "\377a",
	};
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		for (k = 0; k < ARRAY_SIZE(subjects); k++)
			match_both(c, patterns[i], subjects[k]);
}

static void test_regexes(void **state)
{
	(void)state;
	assert_int_equal(run(regexes_body), SP_END_NOT);
}

/* --- arrays --- */

static struct ir_global twin_of(const struct sp_array *a)
{
	static const enum ir_type types[] = { IR_I64, IR_STR, IR_STAT };
	struct ir_global g = {
		.name = a->name, .kind = IR_MAP, .type = types[a->type],
		.bound = a->bound, .n_keys = 2,
		.key_type = { IR_I64, IR_STR }, .key_bound = { 0, 16 },
		.size = SIZE, .wrap = a->flags & SP_WRAP,
		.stat = { .fields = IR_KEEP_SUM | IR_KEEP_MIN | IR_KEEP_MAX |
				    IR_KEEP_VARIANCE,
			  .shift = a->shift, .hist.kind = HIST_LOG },
	};

	return g;
}

/* One foreach over both: all columns, in the same order. */
static void walk_both(struct sp_ctx *c, struct sp_array *a, struct vm_map *m)
{
	struct vm_pick pick = { .columns = 7, .direction = (int)any(3) - 1,
				.sort_column = any(3),
				.stat = (enum ir_stat_op)any(IR_STAT_OPS),
				.limit = any(3) ? INT64_MAX : any(SIZE) };
	struct sp_iter *it = NULL;
	struct vm_rows rows;
	struct vm_val v;
	text_place text;

	assert_int_equal(vm_rows_take(&rows, m, &pick), 0);
	assert_int_equal(sp_iter_begin(c, a, pick.direction, pick.sort_column,
				       (enum sp_stat_op)pick.stat, pick.limit,
				       &it, 0), 0);
	while (vm_rows_next(&rows)) {
		assert_int_equal(sp_iter_next(it), 1);
		vm_rows_get(&rows, 1, &v);
		assert_int_equal(sp_iter_num(it, 1), v.num);
		vm_rows_get(&rows, 2, &v);
		sp_iter_str(it, 2, SP_S(text), 64);
		assert_int_equal(text.len, v.len);
		assert_memory_equal(text.text, v.str, v.len);
		vm_rows_get(&rows, 0, &v);
		if (a->type == SP_LONG)
			assert_int_equal(sp_iter_num(it, 0), v.num);
		if (a->type != SP_TEXT)
			continue;
		sp_iter_str(it, 0, SP_S(text), 64);
		assert_int_equal(text.len, v.len);
		assert_memory_equal(text.text, v.str, v.len);
	}
	assert_int_equal(sp_iter_next(it), 0);
	sp_iter_end(c, it);
	vm_rows_release(&rows);
}

static void get_both(struct sp_ctx *c, struct sp_array *a,
		     const union sp_val *keys, struct vm_map *m,
		     const struct vm_val *vm_keys)
{
	struct vm_val v;
	text_place text;
	bool there = a->type == SP_STAT ? vm_map_stat(m, vm_keys) != NULL
					: vm_map_get(m, vm_keys, &v);
	s64 num;

	assert_int_equal(sp_has(c, a, keys, &num), 0);
	assert_int_equal(num, there);
	if (a->type == SP_LONG) {
		assert_int_equal(sp_get_num(c, a, keys, &num), 0);
		assert_int_equal(num, v.num);
	} else if (a->type == SP_TEXT) {
		assert_int_equal(sp_get_str(c, a, keys, SP_S(text), 64), 0);
		assert_int_equal(text.len, v.len);
		assert_memory_equal(text.text, v.str, v.len);
	}
}

/* Add to both; of a full array both refuse. */
static void put_both(struct sp_ctx *c, struct sp_array *a,
		     const union sp_val *keys, struct vm_map *m,
		     const struct vm_val *vm_keys, const struct ir_stat *s)
{
	static const char letters[] = "the quick brown fox";
	int64_t num = (int64_t)any(7) - 3;
	struct vm_val v = { .num = num, .str = letters, .len = any(19) };
	struct stat_value *stat;
	text_place text;
	int mine, theirs;

	sp_set(SP_S(text), 64, letters, v.len);
	if (a->type == SP_STAT) {
		theirs = vm_map_stat_make(m, vm_keys, &stat);
		if (!theirs)
			stat_add(s, stat, num);
		mine = sp_stat_add(c, a, keys, num, 0);
	} else if (a->type == SP_TEXT) {
		theirs = vm_map_set(m, vm_keys, &v);
		mine = sp_set_str(c, a, keys, SP_S(text), 0);
	} else if (any(2)) {
		theirs = vm_map_set(m, vm_keys, &v);
		mine = sp_set_num(c, a, keys, num, 0);
	} else {
		theirs = vm_map_add(m, vm_keys, num);
		mine = sp_add_num(c, a, keys, num, 0);
	}
	assert_int_equal(mine, theirs == -E2BIG);
}

static void change_both(struct sp_ctx *c, struct sp_array *a)
{
	static const char *const names[] = { "", "a", "b", "long name here",
					     "longer than its bound" };
	struct ir_global g = twin_of(a);
	struct vm_map *m = vm_map_new(&g, 1);
	int i;

	for (i = 0; i < 20000; i++) {
		const char *name = names[any(ARRAY_SIZE(names))];
		struct vm_val vm_keys[] = { { .num = any(8) },
					    { .str = name,
					      .len = (uint32_t)strlen(name) } };
		text_place key;
		union sp_val keys[] = { { .num = vm_keys[0].num },
					{ .str = place_text(&key, name) } };

		if (any(8) == 0) {
			vm_map_del(m, vm_keys);
			assert_int_equal(sp_delete(c, a, keys), 0);
		} else if (any(200) == 0) {
			vm_map_clear(m);
			assert_int_equal(sp_clear(c, a), 0);
		} else {
			put_both(c, a, keys, m, vm_keys, &g.stat);
		}
		get_both(c, a, keys, m, vm_keys);
		if (any(20) == 0)
			walk_both(c, a, m);
	}
	vm_map_free(m);
}

static void arrays_body(struct sp_ctx *c)
{
	change_both(c, &plain);
	change_both(c, &texts);
	change_both(c, &stats);
}

static void test_arrays(void **state)
{
	(void)state;
	assert_int_equal(run(arrays_body), SP_END_NOT);
	assert_int_equal(n_skipped + n_nested, 0);
}

static void full_body(struct sp_ctx *c)
{
	s64 i;

	for (i = 0; !sp_set_num(c, &plain, SP_LIST(SP_N(i), { .str =
			&(struct sp_str){ 0 } }), i, 1); i++)
		;
	c->ended = SP_END_ERROR;
}

static void test_full(void **state)
{
	(void)state;
	run(full_body);
	assert_string_equal(message.buf, "Array overflow, check size limit (20)"
					 " near there in probe begin");
}

/* What is deleted while a foreach runs is still seen by it. */
static void cleared_body(struct sp_ctx *c)
{
	struct sp_iter *it;
	text_place key;
	s64 sum = 0, i;

	sp_clear(c, &plain);
	for (i = 1; i <= 5; i++)
		sp_set_num(c, &plain, SP_LIST(SP_N(i), { .str =
			place_text(&key, "k") }), i * 10, 0);
	assert_int_equal(sp_iter_begin(c, &plain, 0, 0, SP_COUNT, SP_NO_LIMIT,
				       &it, 0), 0);
	while (sp_iter_next(it)) {
		sp_clear(c, &plain);
		sum += sp_iter_num(it, 1) + sp_iter_num(it, 0);
	}
	assert_int_equal(sum, 165);
	/* Left open: the end of the run closes it. */
}

static void test_cleared(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		assert_int_equal(run(cleared_body), SP_END_NOT);
}

/* --- statistics --- */

static void stats_body(struct sp_ctx *c)
{
	struct ir_stat s = { .fields = IR_KEEP_SUM | IR_KEEP_MIN | IR_KEEP_MAX |
				       IR_KEEP_VARIANCE,
			     .hist = { HIST_LINEAR, -10, 90, 10 } };
	struct stat_value *twin = calloc(1, sizeof(*twin) + 13 * 8);
	int64_t want;
	s64 got;
	int i, op;

	sp_clear(c, &scalar);
	for (i = 0; i < 200; i++) {
		int64_t value = (int64_t)any(120) - 20;

		for (op = 0; op < IR_STAT_OPS; op++) {
			bool ok = stat_get(&s, twin, (enum ir_stat_op)op,
					   false, &want);

			assert_int_equal(sp_stat_get(c, &scalar, NULL,
						     (enum sp_stat_op)op, &got,
						     0), !ok);
			if (ok)
				assert_int_equal(got, want);
		}
		stat_add(&s, twin, value);
		assert_int_equal(sp_stat_add(c, &scalar, NULL, value, 0), 0);
	}
	free(twin);
}

static void test_stats(void **state)
{
	(void)state;
	assert_int_equal(run(stats_body), SP_END_NOT);
}

static void add_samples(struct sp_ctx *c)
{
	int i;

	if (!kshim_cpu)
		sp_clear(c, &scalar);
	for (i = 0; i < 3; i++)
		sp_stat_add(c, &scalar, NULL, kshim_cpu * 10 + i, 0);
}

static void read_samples(struct sp_ctx *c)
{
	s64 v[IR_STAT_OPS];
	int op;

	for (op = 0; op < IR_STAT_OPS; op++)
		assert_int_equal(sp_stat_get(c, &scalar, NULL,
					     (enum sp_stat_op)op, &v[op], 0),
				 0);
	/* 0 1 2 on one CPU, 10 11 12 on the other: their mean is 6. */
	assert_int_equal(v[SP_COUNT], 6);
	assert_int_equal(v[SP_SUM], 36);
	assert_int_equal(v[SP_MIN], 0);
	assert_int_equal(v[SP_MAX], 12);
	assert_int_equal(v[SP_AVG], 6);
	assert_in_range(v[SP_VARIANCE], 28, 32);
}

static void test_cpus(void **state)
{
	(void)state;
	for (kshim_cpu = 0; kshim_cpu < KSHIM_CPUS; kshim_cpu++)
		run(add_samples);
	kshim_cpu = 0;
	assert_int_equal(run(read_samples), SP_END_NOT);
}

/* --- runs --- */

static void deep_body(struct sp_ctx *c)
{
	void *frame;

	if (sp_call_begin(c, 16, &frame)) {
		c->ended = SP_END_ERROR;
		return;
	}
	deep_body(c);
	sp_error_from(c, 1);
	sp_call_end(c, 16);
}

static void test_nesting(void **state)
{
	(void)state;
	n_errors = 0;
	assert_int_equal(run(deep_body), SP_END_ERROR);
	assert_string_equal(message.buf, "MAXNESTING exceeded near there "
			    "(called from there) (called from there) "
			    "in probe begin");
	assert_int_equal(n_errors, 1);
}

static void ticking_body(struct sp_ctx *c)
{
	for (;;)
		SP_TICK(30, 0);
end:
	assert_int_equal(c->actions, -20);
}

static void test_actions(void **state)
{
	(void)state;
	assert_int_equal(run(ticking_body), SP_END_ERROR);
	assert_string_equal(message.buf,
			    "MAXACTION exceeded near here in probe begin");
}

static enum sp_end inner;

static void inner_body(struct sp_ctx *c)
{
	assert_int_equal(sp_lock(c), 1);
}

static void outer_body(struct sp_ctx *c)
{
	assert_int_equal(sp_lock(c), 0);
	inner = run(inner_body);
	body = NULL;
}

static void test_levels(void **state)
{
	(void)state;
	n_skipped = n_nested = 0;
	/* A handler that interrupts the one with the lock does not wait. */
	assert_int_equal(run(outer_body), SP_END_NOT);
	assert_int_equal(inner, SP_END_SKIPPED);
	assert_int_equal(n_skipped, 0);
	assert_int_equal(n_nested, 1);
	/* The lock was given back. */
	assert_int_equal(run(outer_body), SP_END_NOT);
}

static void wait_body(struct sp_ctx *c)
{
	assert_int_equal(sp_lock(c), 1);
}

static void hold_body(struct sp_ctx *c)
{
	assert_int_equal(sp_lock(c), 0);
	kshim_cpu = 1;
	inner = run(wait_body);
	kshim_cpu = 0;
}

static void test_busy(void **state)
{
	(void)state;
	n_skipped = n_nested = 0;
	run(hold_body);
	assert_int_equal(inner, SP_END_SKIPPED);
	assert_int_equal(n_skipped, 1);
	assert_int_equal(n_nested, 0);
}

static void long_body(struct sp_ctx *c)
{
	sp_raise(c, "0123456789012345678901234567890123456789012345678901234567"
		 "89 this is behind the end of a string", 0);
	c->ended = SP_END_ERROR;
}

static void test_messages(void **state)
{
	(void)state;
	run(long_body);
	assert_string_equal(message.buf, "01234567890123456789012345678901234567"
			    "8901234567890123456789 th near here in probe "
			    "begin");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_hists),
		cmocka_unit_test(test_regexes),
		cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_cleared),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_cpus),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_actions),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
