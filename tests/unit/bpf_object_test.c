/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object as a file: sections, symbols, BTF, attachments; what is refused;
 * listings. Needs no privilege. */
#include "bpf/btf.h"
#include "bpf/code.h"
#include "bpf_case.h"
#include "proto/attach_table.h"
#include "proto/elfsec.h"

#include <elf.h>
#include <linux/btf.h>

#define TWO_PROBES                                                    \
 "probe raw_tp h \"kernel.trace(\\\"sched_switch\\\")\" "             \
 "s0=\"sched_switch\"\n"                                              \
 "probe syscall h \"syscall.read\" s0=\"read\" n0=0 target\n"         \
 "probe syscall h \"syscall.write\" s0=\"write\" n0=1 target\n"       \
 "probe uretprobe h \"process.function.return\" s0=\"/bin/x\" "       \
 "s1=\"main\" n0=64\n"                                                \
 "probe end e \"end\"\n"                                              \
 "global @s: str[20] = \"first text\"\nglobal @n: i64 = -3\n"         \
 "global @unused: i64 = 5\nglobal @m[str[16]]: i64 size 100\n"        \
 "handler h\n  reg r0:str[16], r1:i64, r2:str[20]\n"                  \
 "b0:\n  r0 = intrin execname\n  r1 = gget @n\n  r2 = gget @s\n"      \
 "  madd @m, r1, r0 err b1\n  print \"%s\", r2\n  ret\nb1:\n  fail\n" \
 "handler e\n  reg r0:i64\nb0:\n  r0 = gget @unused\n  ret\n"

static void open_with_libbpf(void **state)
{
	static const char *const want[][2] = {
		{ "probe_0", "raw_tp/sched_switch" },
		{ "probe_1", "raw_tp/sys_enter" },
		{ "probe_3", "uretprobe" },
		{ "follow_fork", "raw_tp/sched_process_fork" },
		{ "follow_exit", "raw_tp/sched_process_exit" },
	};
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "t");
	struct bpf_program *p;
	struct bpf_object *o;
	struct bpf_case b;
	struct bpf_map *m;
	size_t n = 0;

	(void)state;
	libbpf_set_print(bpf_case_quiet);
	bpf_case_emit(&b, TWO_PROBES);
	o = bpf_object__open_mem(b.image.buf, b.image.len, &opts);
	assert_non_null(o);
	bpf_object__for_each_program(p, o)
	{
		bool known = false;

		for (size_t i = 0; i < 5; i++)
			known |= !strcmp(bpf_program__name(p), want[i][0]) &&
				 !strcmp(bpf_program__section_name(p),
					 want[i][1]);
		assert_true(known);
		n++;
	}
	assert_int_equal(n, 5);
	m = bpf_object__find_map_by_name(o, "g3");
	assert_non_null(m);
	assert_int_equal(bpf_map__type(m), BPF_MAP_TYPE_HASH);
	assert_int_equal(bpf_map__key_size(m), 16);
	assert_int_equal(bpf_map__value_size(m), 16);
	assert_int_equal(bpf_map__max_entries(m), 100);
	m = bpf_object__find_map_by_name(o, SESSION_RING_MAP);
	assert_int_equal(bpf_map__type(m), BPF_MAP_TYPE_RINGBUF);
	assert_int_equal(bpf_map__max_entries(m), 4 << 20);
	m = bpf_object__find_map_by_name(o, SESSION_TARGETS_MAP);
	assert_int_equal(bpf_map__key_size(m), 4);
	m = bpf_object__find_map_by_name(o, SESSION_DATA_SECTION);
	assert_int_equal(bpf_map__value_size(m), b.layout.size);
	assert_true(bpf_map__map_flags(m) & BPF_F_MMAPABLE);
	bpf_object__close(o);
	bpf_case_end(&b);
}

static void sections(void **state)
{
	struct bpf_case b;
	struct elfsec s;
	struct strbuf text = STRBUF_INIT;
	int64_t n;

	(void)state;
	bpf_case_emit(&b, TWO_PROBES);
	assert_true(elfsec_is_bpf(b.image.buf, b.image.len));
	ir_print(b.c.prog, &text);
	assert_int_equal(
		elfsec_find(b.image.buf, b.image.len, SESSION_IR_SECTION, &s),
		0);
	assert_int_equal(s.size, text.len);
	assert_memory_equal(s.data, text.buf, text.len);
	assert_int_equal(elfsec_find(b.image.buf, b.image.len, "license", &s),
			 0);
	assert_memory_equal(s.data, "GPL", 4);
	/* Scalars start with what the script gave them. */
	assert_int_equal(
		elfsec_find(b.image.buf, b.image.len, SESSION_DATA_SECTION, &s),
		0);
	assert_int_equal(s.size, b.layout.size);
	assert_string_equal((const char *)s.data + b.layout.offset[0],
			    "first text");
	memcpy(&n, s.data + b.layout.offset[1], 8);
	assert_int_equal(n, -3);
	assert_int_equal(elfsec_find(b.image.buf, b.image.len, ".rodata", &s),
			 -ENOENT);
	strbuf_release(&text);
	bpf_case_end(&b);
}

static void attachments(void **state)
{
	static const struct {
		uint32_t kind, probe, flags;
		const char *program, *s0;
		int64_t n0;
	} want[] = {
		{ ATTACH_RAW_TP, UINT32_MAX, 0, "follow_fork",
		  "sched_process_fork", 0 },
		{ ATTACH_RAW_TP, 0, 0, "probe_0", "sched_switch", 0 },
		{ ATTACH_SYSCALL, 1, 1, "probe_1", "read", 0 },
		{ ATTACH_SYSCALL, 2, 1, "probe_1", "write", 1 },
		{ ATTACH_URETPROBE, 3, 0, "probe_3", "/bin/x", 64 },
		{ ATTACH_RAW_TP, UINT32_MAX, 0, "follow_exit",
		  "sched_process_exit", 0 },
	};
	struct attach_table t;
	struct bpf_case b;
	struct elfsec s;

	(void)state;
	bpf_case_emit(&b, TWO_PROBES);
	assert_int_equal(elfsec_find(b.image.buf, b.image.len,
				     SESSION_ATTACH_SECTION, &s),
			 0);
	assert_int_equal(attach_table_open(&t, s.data, s.size), 0);
	assert_int_equal(t.n_rows, 6);
	for (uint32_t i = 0; i < t.n_rows; i++) {
		struct attach_row r = attach_table_row(&t, i);

		assert_int_equal(r.kind, want[i].kind);
		assert_int_equal(r.probe, want[i].probe);
		assert_int_equal(r.flags, want[i].flags);
		assert_int_equal(r.n0, want[i].n0);
		assert_string_equal(attach_table_string(&t, r.program),
				    want[i].program);
		assert_string_equal(attach_table_string(&t, r.s0), want[i].s0);
	}
	assert_int_equal(attach_table_row(&t, 2).program,
			 attach_table_row(&t, 3).program);
	bpf_case_end(&b);
}

/* Equal input gives equal bytes. */
static void repeatable(void **state)
{
	struct bpf_case a, b;

	(void)state;
	bpf_case_emit(&a, TWO_PROBES);
	bpf_case_emit(&b, TWO_PROBES);
	assert_int_equal(a.image.len, b.image.len);
	assert_memory_equal(a.image.buf, b.image.buf, a.image.len);
	bpf_case_end(&a);
	bpf_case_end(&b);
}

static void refused(const char *text, const char *want)
{
	struct strbuf err = STRBUF_INIT, out = STRBUF_INIT;
	struct vm_case c;

	case_parse(&c, text);
	assert_int_equal(bpf_can_run(c.prog, &err), -ENOTSUP);
	assert_string_equal(err.buf, want);
	strbuf_reset(&err);
	assert_int_equal(bpf_emit(c.prog, &out, &err), -ENOTSUP);
	assert_string_equal(err.buf, want);
	assert_int_equal(out.len, 0);
	strbuf_release(&err);
	case_end(&c);
}

#define TP "probe raw_tp h \"kernel.trace\" s0=\"x\"\n"

static void refusals(void **state)
{
	(void)state;
	refused(TP "global @m[i64]: i64 size 5000 wrap\n"
		   "handler h\n  reg r0:i64\nb0:\n  r0 = mget @m, r0\n"
		   "  print \"%d\", r0\n  ret\n",
		"the handler of kernel.trace uses array \"m\", which drops its "
		"oldest element when full (%); BPF programs can do that to "
		"2048 numbers or strings");
	refused(TP "global @m[i64]: i64 size 9000\n"
		   "handler h\n  iter i0 @m\nb0:\n  ibegin i0 err b4\n"
		   "  jmp b1\nb1:\n  inext i0, b2, b3\nb2:\n  jmp b1\n"
		   "b3:\n  iend i0\n  ret\nb4:\n  fail\n",
		"the handler of kernel.trace uses foreach over array \"m\" of "
		"9000 elements; BPF programs have time for 8192");
	refused(TP "global @m[i64]: stat size 5\n"
		   "handler h\n  iter i0 @m\nb0:\n  ibegin i0 err b4\n"
		   "  jmp b1\nb1:\n  inext i0, b2, b3\nb2:\n  jmp b1\n"
		   "b3:\n  iend i0\n  ret\nb4:\n  fail\n",
		"the handler of kernel.trace walks through statistics \"m\", "
		"which only user space can read");
	refused(TP "handler h\n  reg r0:i64, r1:str[20]\nb0:\n"
		   "  r0 = intrin pid\n  r1 = sprint \"%o\", r0\n"
		   "  print \"%s\", r1\n  ret\n",
		"the handler of kernel.trace formats a string with a "
		"conversion that BPF programs do not have (\"%o\")");
}

/* What only user-space handlers do stands in nobody's way. */
static void user_space_is_free(void **state)
{
	struct strbuf err = STRBUF_INIT;
	struct vm_case c;

	(void)state;
	case_parse(&c, TP "probe end e \"end\"\nglobal @m[i64]: i64 size 5\n"
			  "handler h\nb0:\n  ret\n"
			  "handler e\nb0:\n  mclear @m\n  ret\n");
	assert_int_equal(bpf_can_run(c.prog, &err), 0);
	assert_string_equal(err.buf, "");
	case_end(&c);
}

static void too_large(void **state)
{
	struct strbuf t = STRBUF_INIT, err = STRBUF_INIT;
	struct vm_case c;

	(void)state;
	strbuf_addstr(&t, TP "global @n: i64\nhandler h\n  reg r0:i64\nb0:\n"
			     "  r0 = const 1\n");
	for (int i = 0; i < 30000; i++)
		strbuf_addstr(&t, "  r0 = gget @n\n  gset @n, r0\n");
	strbuf_addstr(&t, "  br r0, b1, b2\nb1:\n  ret\nb2:\n  ret\n");
	case_parse(&c, t.buf);
	assert_int_equal(bpf_can_run(c.prog, &err), -E2BIG);
	assert_non_null(strstr(err.buf, "the handler of kernel.trace is too"));
	strbuf_release(&t);
	strbuf_release(&err);
	case_end(&c);
}

static void listing(void **state)
{
	struct strbuf out = STRBUF_INIT, err = STRBUF_INIT;
	struct vm_case c;

	(void)state;
	case_parse(&c, TP "global @m[str[16]]: i64 size 5\n"
			  "handler h\n  reg r0:str[16], r1:i64\nb0:\n"
			  "  r0 = intrin execname\n  r1 = const 1\n"
			  "  madd @m, r1, r0 err b1\n  ret\nb1:\n  fail\n");
	assert_int_equal(bpf_list(c.prog, &out, &err), 0);
	assert_non_null(strstr(out.buf, "# probe_0: raw_tp/x\n"
					"#   kernel.trace\n"
					"     0: r2 = session + 0 ll\n"));
	assert_non_null(strstr(out.buf, "call get_current_comm\n"));
	assert_non_null(strstr(out.buf, "r1 = array m + 0 ll\n"));
	assert_non_null(strstr(out.buf, "; r0 = intrin execname\n"));
	strbuf_release(&out);
	case_end(&c);
}

/* --- the writers by themselves --- */

static void code_buffer(void **state)
{
	struct code c = { 0 };
	uint32_t end = code_label_new(&c), cold = code_label_new(&c);
	uint32_t next = code_label_new(&c);

	(void)state;
	code_jump_imm(&c, BPF_JEQ, R1, 0, cold);
	code_jump(&c, next);
	code_const(&c, R0, 99); /* nothing gets here */
	code_label(&c, next);
	code_const(&c, R0, INT64_MAX);
	code_label(&c, end);
	code_exit(&c);
	code_part(&c, CODE_COLD);
	code_label(&c, cold);
	code_ref(&c, R2, REF_DATA, 40);
	code_jump(&c, end);
	code_part(&c, CODE_HOT);
	assert_int_equal(code_finish(&c), 0);
	/* jeq; 64-bit load in two; exit; reference in two; jump back. */
	assert_int_equal(c.part[0].insns.len, 7);
	assert_int_equal(c.part[0].insns.at[0].off, 3);
	assert_int_equal(c.part[0].insns.at[6].off, -4);
	assert_int_equal(c.part[0].relocs.len, 1);
	assert_int_equal(c.part[0].relocs.at[0].insn, 4);
	assert_int_equal(c.part[0].insns.at[4].imm, 40);
	code_release(&c);
}

static void far_jump(void **state)
{
	struct code c = { 0 };
	uint32_t end = code_label_new(&c);

	(void)state;
	code_jump_imm(&c, BPF_JEQ, R1, 0, end);
	for (int i = 0; i < 40000; i++)
		code_const(&c, R0, i);
	code_label(&c, end);
	code_exit(&c);
	assert_int_equal(code_finish(&c), -E2BIG);
	code_release(&c);
}

static void btf_bytes(void **state)
{
	struct strbuf out = STRBUF_INIT, ext = STRBUF_INIT;
	struct btf_header h;
	struct btf_writer b;
	struct btf_field f[2] = { { "one", 0, 0 }, { "int", 0, 8 } };
	uint32_t id;

	(void)state;
	btf_init(&b);
	f[0].type = btf_int(&b, "int", 4, true);
	f[1].type = btf_ptr(&b, f[0].type);
	id = btf_struct(&b, "task_struct", 16, f, 2);
	assert_int_equal(id, 3);
	btf_write_ext(&b, &ext);
	assert_int_equal(ext.len, 0);
	btf_core_offset(&b, "raw_tp/x", 8, id, "0:1");
	btf_core_offset(&b, "raw_tp/y", 16, id, "0:0");
	btf_core_offset(&b, "raw_tp/x", 24, id, "0:0");
	btf_write_ext(&b, &ext);
	/* Header, record size, two sections, three records. */
	assert_int_equal(ext.len, 32 + 4 + 2 * 8 + 3 * 16);
	btf_write(&b, &out);
	memcpy(&h, out.buf, sizeof(h));
	assert_int_equal(h.magic, BTF_MAGIC);
	assert_int_equal(h.type_len, 12 + 4 + 12 + 12 + 2 * 12);
	assert_int_equal(h.hdr_len + h.type_len + h.str_len, out.len);
	/* "int" is both a type and a member, and there once. */
	assert_int_equal(h.str_len, sizeof("\0int\0task_struct\0one\0raw_tp/x\0"
					   "0:1\0raw_tp/y\0"
					   "0:0"));
	btf_release(&b);
	strbuf_release(&out);
	strbuf_release(&ext);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_with_libbpf),
		cmocka_unit_test(sections),
		cmocka_unit_test(attachments),
		cmocka_unit_test(repeatable),
		cmocka_unit_test(refusals),
		cmocka_unit_test(user_space_is_free),
		cmocka_unit_test(too_large),
		cmocka_unit_test(listing),
		cmocka_unit_test(code_buffer),
		cmocka_unit_test(far_jump),
		cmocka_unit_test(btf_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
