/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of kernel handlers: decoding, grouping, and the ring they come in. */
#include "proto/fault.h"
#include "proto/record.h"
#include "run/decode.h"
#include "run/ring.h"
#include "vm/vm.h"

#include <linux/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct arena arena;
	struct ir_prog *prog;
	struct ir_layout layout;
	struct vm_host host;
	struct decoder d;
	struct strbuf out, err, warn;
	uint32_t fmt_ds, fmt_plain;
};

static void on_output(void *ctx, const char *text, size_t len)
{
	strbuf_add(&((struct fixture *)ctx)->out, text, len);
}

static void on_error(void *ctx, const char *text)
{
	strbuf_addf(&((struct fixture *)ctx)->err, "%s\n", text);
}

static void on_warning(void *ctx, const char *text)
{
	strbuf_addf(&((struct fixture *)ctx)->warn, "%s\n", text);
}

/* A handler that prints "%d %s\n" with a string of bound 13, and "plain". */
static void setup(struct fixture *f)
{
	struct ir_global g = { .name = "a", .kind = IR_MAP, .size = 4 };
	struct ir_probe pr = { .attach = ATTACH_RAW_TP, .point = "some.point" };
	struct ir_insn *in;
	ir_reg args[2];
	struct ir_fn *fn;

	*f = (struct fixture){ .arena = ARENA_INIT,
			       .out = STRBUF_INIT,
			       .err = STRBUF_INIT,
			       .warn = STRBUF_INIT };
	f->host = (struct vm_host){ .ctx = f,
				    .output = on_output,
				    .error = on_error,
				    .warning = on_warning };
	f->prog = ir_prog_new(&f->arena);
	f->fmt_ds = ir_format(f->prog, "%d %s\n", 6);
	f->fmt_plain = ir_format(f->prog, "plain", 5);
	vec_push(&f->arena, &f->prog->globals, g);
	g.sized = true;
	vec_push(&f->arena, &f->prog->globals, g);
	ir_loc(f->prog, "identifier 'x' at s.stp:1:2");
	fn = ir_fn_new(f->prog, "h", IR_FN_HANDLER, IR_VOID);
	ir_block_new(f->prog, fn);
	args[0] = ir_reg_new(f->prog, fn, IR_I64, NULL);
	args[1] = ir_reg_new(f->prog, fn, IR_STR, NULL);
	fn->regs.at[args[1]].bound = 13;
	in = ir_emit(f->prog, fn, 0, IR_OP_PRINT, IR_NONE, args, 2);
	in->imm = f->fmt_ds;
	in = ir_emit(f->prog, fn, 0, IR_OP_PRINT, IR_NONE, NULL, 0);
	in->imm = f->fmt_plain;
	ir_emit(f->prog, fn, 0, IR_OP_RET, IR_NONE, NULL, 0);
	vec_push(&f->arena, &f->prog->probes, pr);
	ir_layout_init(&f->layout, f->prog, &f->arena);
	decoder_init(&f->d, f->prog, &f->layout, &f->host);
}

static void teardown(struct fixture *f)
{
	decoder_release(&f->d);
	strbuf_release(&f->out);
	strbuf_release(&f->err);
	strbuf_release(&f->warn);
	arena_release(&f->arena);
}

/* Append a string argument in a field for this bound. */
static void add_string(struct strbuf *r, const char *text, uint32_t bound)
{
	uint32_t n = (uint32_t)strlen(text);
	size_t end = r->len + record_string_bytes(bound);

	strbuf_add(r, &n, 4);
	strbuf_addstr(r, text);
	strbuf_fill(r, 0xee, end - r->len);
}

static void take(struct fixture *f, const struct record_header *h,
		 const struct strbuf *args)
{
	struct strbuf r = STRBUF_INIT;

	strbuf_add(&r, h, sizeof(*h));
	if (args)
		strbuf_add(&r, args->buf, args->len);
	decoder_take(&f->d, r.buf, r.len);
	strbuf_release(&r);
}

static void take_ds(struct fixture *f, struct record_header h, int64_t num,
		    const char *text)
{
	struct strbuf args = STRBUF_INIT;

	h.kind = RECORD_PRINT;
	h.id = f->fmt_ds;
	strbuf_add(&args, &num, 8);
	add_string(&args, text, 13);
	take(f, &h, &args);
	strbuf_release(&args);
}

static void decodes_prints(void **state)
{
	struct record_header h = { .kind = RECORD_PRINT };
	struct fixture f;

	(void)state;
	setup(&f);
	assert_int_equal(f.layout.record_bound[f.fmt_ds][1], 13);
	take_ds(&f, h, -7, "twelve bytes");
	take_ds(&f, h, 8, "");
	h.id = f.fmt_plain;
	take(&f, &h, NULL);
	assert_string_equal(f.out.buf, "-7 twelve bytes\n8 \nplain");
	assert_int_equal(f.d.bad, 0);
	teardown(&f);
}

static void groups_runs(void **state)
{
	struct record_header a = { .cpu = 1, .flags = RECORD_MORE };
	struct record_header b = { .cpu = 900, .flags = RECORD_MORE };
	struct record_header nested = { .cpu = 1, .level = 1 };
	struct fixture f;

	(void)state;
	setup(&f);
	take_ds(&f, a, 1, "a");
	take_ds(&f, b, 1, "b");
	take_ds(&f, nested, 1, "n");
	take_ds(&f, b, 2, "b");
	take_ds(&f, a, 2, "a");
	assert_string_equal(f.out.buf, "1 n\n");
	b.kind = RECORD_DONE;
	take(&f, &b, NULL);
	assert_string_equal(f.out.buf, "1 n\n1 b\n2 b\n");
	decoder_finish(&f.d);
	assert_string_equal(f.out.buf, "1 n\n1 b\n2 b\n1 a\n2 a\n");
	teardown(&f);
}

static void decodes_messages(void **state)
{
	struct record_header h = { .kind = RECORD_LOG };
	struct strbuf text = STRBUF_INIT, global = STRBUF_INIT;
	int64_t one = 1;
	struct fixture f;

	(void)state;
	setup(&f);
	add_string(&text, "words", 100);
	strbuf_add(&global, &one, 8);
	take(&f, &h, &text);
	assert_string_equal(f.out.buf, "words\n");
	h.kind = RECORD_WARN;
	take(&f, &h, &text);
	assert_string_equal(f.warn.buf, "words\n");
	h.kind = RECORD_ERROR;
	h.id = RECORD_ERROR_TEXT;
	take(&f, &h, &text);
	h.id = RECORD_ERROR_OVERFLOW;
	take(&f, &h, &global);
	h.id = RECORD_ERROR_FAULT + FAULT_WRITE;
	take(&f, &h, &global);
	h.id = RECORD_ERROR_DIV;
	h.loc = UINT32_MAX;
	take(&f, &h, NULL);
	assert_string_equal(
		f.err.buf,
		"words near identifier 'x' at s.stp:1:2 in probe some.point\n"
		"Array overflow, check size limit (4) near identifier 'x' at "
		"s.stp:1:2 in probe some.point\n"
		"write fault [man error::fault] at 0x1 near identifier 'x' at "
		"s.stp:1:2 in probe some.point\n"
		"division by 0 in probe some.point\n");
	assert_int_equal(f.d.bad, 0);
	strbuf_release(&text);
	strbuf_release(&global);
	teardown(&f);
}

static void drops_broken_records(void **state)
{
	struct record_header h = { .kind = RECORD_PRINT };
	struct strbuf args = STRBUF_INIT;
	int64_t big = INT64_MAX;
	uint32_t n = 21;
	struct fixture f;
	size_t len;

	(void)state;
	setup(&f);
	decoder_take(&f.d, &h, sizeof(h) - 1);
	assert_int_equal(f.d.bad, 1);
	h.id = 99;
	take(&f, &h, NULL);
	assert_int_equal(f.d.bad, 2);
	/* Arguments cut short anywhere. */
	h.id = f.fmt_ds;
	strbuf_add(&args, &big, 8);
	add_string(&args, "x", 13);
	for (len = args.len; len--;) {
		struct strbuf part = STRBUF_INIT;

		strbuf_add(&part, args.buf, len);
		take(&f, &h, &part);
		strbuf_release(&part);
	}
	assert_int_equal(f.d.bad, 2 + args.len);
	/* A length beyond the field. */
	memcpy(args.buf + 8, &n, 4);
	take(&f, &h, &args);
	assert_int_equal(f.d.bad, 3 + args.len);
	h.kind = 77;
	take(&f, &h, NULL);
	h.kind = RECORD_ERROR;
	h.id = 77;
	take(&f, &h, NULL);
	h.id = RECORD_ERROR_OVERFLOW;
	take(&f, &h, &args);
	h.id = RECORD_ERROR_DIV;
	h.probe = 1;
	take(&f, &h, NULL);
	assert_int_equal(f.d.bad, 7 + args.len);
	assert_int_equal(f.out.len + f.err.len, 0);
	strbuf_release(&args);
	teardown(&f);
}

/* A ring in ordinary memory, with the kernel's part played here. */
struct fake_ring {
	struct ring r;
	uint64_t consumer, producer;
	unsigned char *data;
};

#define RING_SIZE 4096u

static void fake_init(struct fake_ring *k)
{
	*k = (struct fake_ring){ .data = calloc(2, RING_SIZE) };
	assert_non_null(k->data);
	k->r = (struct ring){ .consumer = &k->consumer,
			      .producer = &k->producer,
			      .data = k->data,
			      .size = RING_SIZE };
}

/* Write the 4 bytes at offset as the double mapping would show them. */
static void fake_store(struct fake_ring *k, uint64_t at, const void *bytes)
{
	memcpy(k->data + at % RING_SIZE, bytes, 4);
	memcpy(k->data + at % RING_SIZE + RING_SIZE, bytes, 4);
}

static void fake_put(struct fake_ring *k, uint32_t value, uint32_t flags)
{
	uint32_t head = 4 | flags;

	fake_store(k, k->producer, &head);
	fake_store(k, k->producer + 8, &value);
	k->producer += 16;
}

static void sum_record(void *ctx, const void *record, size_t len)
{
	uint32_t value;

	assert_int_equal(len, 4);
	memcpy(&value, record, 4);
	*(uint64_t *)ctx = *(uint64_t *)ctx * 10 + value;
}

static void drains_the_ring(void **state)
{
	struct fake_ring k;
	uint64_t sum = 0;
	uint32_t i;

	(void)state;
	fake_init(&k);
	fake_put(&k, 1, 0);
	fake_put(&k, 2, BPF_RINGBUF_DISCARD_BIT);
	fake_put(&k, 3, 0);
	fake_put(&k, 4, BPF_RINGBUF_BUSY_BIT);
	fake_put(&k, 5, 0);
	assert_int_equal(ring_drain(&k.r, sum_record, &sum), 48);
	assert_int_equal(sum, 13);
	assert_int_equal(k.consumer, 48);
	i = 4;
	fake_store(&k, 48, &i);
	assert_int_equal(ring_drain(&k.r, sum_record, &sum), 32);
	assert_int_equal(sum, 1345);
	assert_int_equal(ring_drain(&k.r, sum_record, &sum), 0);
	/* Around the end, several times. */
	for (i = 0; i < 1000; i++) {
		sum = 0;
		fake_put(&k, i, 0);
		assert_int_equal(ring_drain(&k.r, sum_record, &sum), 16);
		assert_int_equal(sum, i);
		assert_int_equal(k.consumer, k.producer);
	}
	free(k.data);
}

static void stops_after_one_round(void **state)
{
	struct fake_ring k;
	uint64_t sum = 0;
	uint32_t i;

	(void)state;
	fake_init(&k);
	for (i = 0; i < RING_SIZE / 16; i++)
		fake_put(&k, 0, 0);
	k.producer = UINT64_MAX / 2; /* a producer that never rests */
	assert_int_equal(ring_drain(&k.r, sum_record, &sum), RING_SIZE);
	assert_int_equal(k.consumer, RING_SIZE);
	free(k.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_prints),
		cmocka_unit_test(groups_runs),
		cmocka_unit_test(decodes_messages),
		cmocka_unit_test(drops_broken_records),
		cmocka_unit_test(drains_the_ring),
		cmocka_unit_test(stops_after_one_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
