/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics that BPF programs fill, as stapio reads them. */
#include "bpf_case.h"
#include "run/maps.h"
#include "run/percpu.h"

struct reading {
	struct bpf_case b;
	struct shared_map map;
};

/* Open map "gN" of global id as stapio does. */
static void open_map(struct reading *r, uint32_t id)
{
	const struct ir_global *g = &r->b.c.prog->globals.at[id];
	char name[16];

	snprintf(name, sizeof(name), "g%u", id);
	r->map = (struct shared_map){
		.fd = bpf_case_map(&r->b, name),
		.scalar = g->kind == IR_SCALAR,
		.key_size = g->kind == IR_SCALAR ? 4 : ir_key_bytes(g),
		.value_size = g->kind == IR_SCALAR ? ir_stat_bytes(&g->stat)
						   : ir_map_value_bytes(g),
		.n_cpus = percpu_cpus(),
		.add_fd = -1,
	};
	r->map.cpus = calloc(r->map.n_cpus, r->map.value_size);
	r->map.value = calloc(1, r->map.value_size);
	assert_true(r->map.fd >= 0);
}

static void close_map(struct reading *r)
{
	free(r->map.cpus);
	free(r->map.value);
}

/* Run the program on each value, through the scalar at the block's start. */
static void feed(struct reading *r, const int64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*(int64_t *)(void *)(r->b.session + 1) = v[i];
		bpf_case_run(&r->b);
	}
}

static const int64_t values[] = {
	0,         1,         -1,     2,         3,          4,
	7,         8,         -8,     -9,        1000,       INT64_MAX,
	INT64_MIN, INT32_MAX, -65536, 100000000, 4294967296, 4294967295,
	55,        56,        -5,
};
#define N_VALUES (sizeof(values) / sizeof(values[0]))

static void check(const struct stat_value *v, const struct hist *h)
{
	int64_t want[HIST_MAX_BUCKETS] = { 0 };
	uint64_t sum = 0;

	for (size_t i = 0; i < N_VALUES; i++) {
		sum += (uint64_t)values[i];
		want[hist_bucket(h, values[i])]++;
	}
	assert_int_equal(v->count, N_VALUES);
	assert_int_equal(v->sum, sum);
	assert_int_equal(v->min, INT64_MIN);
	assert_int_equal(v->max, INT64_MAX);
	for (uint32_t i = 0; i < hist_buckets(h); i++)
		assert_int_equal(v->buckets[i], want[i]);
}

static void scalar(const char *hist)
{
	struct strbuf t = STRBUF_INIT;
	struct reading r;
	uint32_t zero = 0;

	strbuf_addf(&t,
		    BPF_BEGIN "global @v: i64\n"
			      "global @s: stat sum min max %s\n"
			      "handler h\n  reg r0:i64\n"
			      "b0:\n  r0 = gget @v\n"
			      "  sadd @s, r0 err b1\n  ret\nb1:\n  fail\n",
		    hist);
	bpf_case_init(&r.b, t.buf);
	open_map(&r, 1);
	feed(&r, values, N_VALUES);
	assert_int_equal(r.b.session->errors, 0);
	assert_int_equal(percpu_get(&r.map, &zero, r.map.value), 0);
	check((void *)r.map.value, &r.b.c.prog->globals.at[1].stat.hist);
	assert_int_equal(percpu_clear(&r.map), 0);
	assert_int_equal(percpu_get(&r.map, &zero, r.map.value), 0);
	assert_int_equal(((struct stat_value *)(void *)r.map.value)->count, 0);
	close_map(&r);
	bpf_case_end(&r.b);
	strbuf_release(&t);
}

static void scalars(void **state)
{
	(void)state;
	bpf_case_needs_root();
	scalar("log");
	scalar("linear -5 60 10");
	scalar("linear -9000000000 9000000000 1000000000");
}

static int collect(void *arg, const void *key, const void *value)
{
	char *seqs = arg;

	(void)value;
	return seqs[*(const int64_t *)key]++, 0;
}

static void arrays(void **state)
{
	static const int64_t keys[] = { 5, 3, 5, 4, 3, 9 };
	struct reading r;
	struct map_value *v;
	struct stat_value *s;
	char seen[16] = { 0 };
	int64_t key;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&r.b, BPF_BEGIN
		      "global @v: i64\n"
		      "global @a[i64]: stat sum min max size 3\n"
		      "handler h\n  reg r0:i64, r1:i64\n"
		      "b0:\n  r0 = gget @v\n  r1 = mul r0, r0\n"
		      "  sadd @a, r1, r0 err b1\n  ret\nb1:\n  fail\n");
	open_map(&r, 1);
	feed(&r, keys, 6);
	/* The fourth element found no room. */
	assert_int_equal(r.b.session->errors, 1);
	assert_non_null(strstr(r.b.c.errors.buf, "Array overflow"));
	v = (void *)r.map.value;
	s = (void *)&v->num;
	key = 5;
	assert_int_equal(percpu_get(&r.map, &key, v), 0);
	assert_int_equal(v->seq, SESSION_FIRST_NUMBER + 1);
	assert_int_equal(s->count, 2);
	assert_int_equal(s->sum, 50);
	key = 4;
	assert_int_equal(percpu_get(&r.map, &key, v), 0);
	assert_true(v->seq >= 3);
	assert_int_equal(s->count, 1);
	assert_int_equal(s->min, 16);
	key = 9;
	assert_int_equal(percpu_get(&r.map, &key, v), -ENOENT);
	assert_int_equal(percpu_each(&r.map, collect, seen), 0);
	assert_memory_equal(seen, "\0\0\0\1\1\1\0\0\0\0", 10);
	assert_int_equal(percpu_clear(&r.map), 0);
	key = 5;
	assert_int_equal(percpu_get(&r.map, &key, v), -ENOENT);
	close_map(&r);
	bpf_case_end(&r.b);
}

static void refusals(void **state)
{
	struct strbuf err = STRBUF_INIT;
	struct vm_case c;

	(void)state;
	case_parse(&c, BPF_BEGIN "global @s: stat variance 0\n"
				 "handler h\n  reg r0:i64\nb0:\n"
				 "  sadd @s, r0 err b1\n  ret\nb1:\n  fail\n");
	assert_int_equal(bpf_can_run(c.prog, &err), -ENOTSUP);
	assert_non_null(strstr(err.buf, "@variance"));
	case_end(&c);
	strbuf_reset(&err);
	case_parse(&c, BPF_BEGIN "global @s: stat\n"
				 "handler h\nb0:\n  sclear @s\n  ret\n");
	assert_int_equal(bpf_can_run(c.prog, &err), -ENOTSUP);
	assert_non_null(strstr(err.buf, "can only add to"));
	case_end(&c);
	strbuf_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars),
		cmocka_unit_test(arrays),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
