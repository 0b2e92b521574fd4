/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the tests of bpf/: a program from IR text, loaded into the kernel through
 * libbpf, run by BPF_PROG_TEST_RUN, its records decoded as stapio does.
 */
#ifndef SPILE_TESTS_BPF_CASE_H
#define SPILE_TESTS_BPF_CASE_H

#include "bpf/bpf.h"
#include "proto/record.h"
#include "proto/session.h"
#include "run/decode.h"
#include "run/ring.h"
#include "vm_case.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct bpf_case {
	struct vm_case c;       /* program and what it said */
	struct strbuf image;    /* the .bo */
	struct bpf_object *obj;
	struct ir_layout layout;
	struct session_data *session; /* mapped */
	struct decoder decoder;
	struct ring ring;
	unsigned records;
	struct strbuf log;
};

static inline int bpf_case_quiet(enum libbpf_print_level level,
				 const char *fmt, va_list ap)
{
	if (level == LIBBPF_WARN && getenv("SPILE_BPF_LOG"))
		return vfprintf(stderr, fmt, ap);
	return 0;
}

/* Skip, and say why, where the kernel will not run programs for us. */
static inline void bpf_case_needs_root(void)
{
	if (!geteuid())
		return;
	printf("SKIP: loading BPF programs needs root\n");
	skip();
}

static inline void bpf_case_record(void *ctx, const void *record, size_t len)
{
	struct bpf_case *b = ctx;

	b->records++;
	decoder_take(&b->decoder, record, len);
}

static inline void bpf_case_emit(struct bpf_case *b, const char *text)
{
	struct strbuf err = STRBUF_INIT;

	memset(b, 0, sizeof(*b));
	strbuf_init(&b->image);
	strbuf_init(&b->log);
	case_parse(&b->c, text);
	ir_layout_init(&b->layout, b->c.prog, &b->c.arena);
	if (bpf_emit(b->c.prog, &b->image, &err))
		fail_msg("%s", err.buf);
	assert_string_equal(err.buf, "");
	strbuf_release(&err);
}

static inline void bpf_case_show(struct bpf_case *b)
{
	struct strbuf list = STRBUF_INIT;

	bpf_list(b->c.prog, &list, NULL);
	fprintf(stderr, "%s", list.buf);
	strbuf_release(&list);
}

static inline int bpf_case_map(struct bpf_case *b, const char *name)
{
	return bpf_object__find_map_fd_by_name(b->obj, name);
}

static inline void bpf_case_load(struct bpf_case *b)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "t");
	struct strbuf err = STRBUF_INIT;
	struct bpf_map *ring;
	int fd;

	libbpf_set_print(bpf_case_quiet);
	b->obj = bpf_object__open_mem(b->image.buf, b->image.len, &opts);
	assert_non_null(b->obj);
	if (bpf_object__load(b->obj)) {
		bpf_case_show(b);
		fail_msg("load: %s (SPILE_BPF_LOG=1 shows why)",
			 strerror(errno));
	}
	fd = bpf_case_map(b, SESSION_DATA_SECTION);
	b->session = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			  0);
	assert_true(b->session != MAP_FAILED);
	ring = bpf_object__find_map_by_name(b->obj, SESSION_RING_MAP);
	assert_int_equal(ring_open(&b->ring, bpf_map__fd(ring),
				   bpf_map__max_entries(ring), &err),
			 0);
	decoder_init(&b->decoder, b->c.prog, &b->layout, &b->c.host);
	b->session->state = SESSION_RUNNING;
}

static inline void bpf_case_init(struct bpf_case *b, const char *text)
{
	bpf_case_emit(b, text);
	bpf_case_load(b);
}

/* Run a program (raw_tp) once with these arguments. libbpf has a call for it, in
 * a header whose name is that of ours. */
static inline void bpf_case_run_args(struct bpf_case *b, const char *name,
				     const uint64_t *args, uint32_t n)
{
	struct bpf_program *prog;
	union bpf_attr attr = { 0 };

	prog = bpf_object__find_program_by_name(b->obj, name);
	assert_non_null(prog);
	attr.test.prog_fd = (uint32_t)bpf_program__fd(prog);
	attr.test.ctx_in = (uint64_t)(uintptr_t)args;
	attr.test.ctx_size_in = n * 8;
	assert_int_equal(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr,
				 sizeof(attr)),
			 0);
	while (ring_drain(&b->ring, bpf_case_record, b))
		continue;
}

static inline void bpf_case_run(struct bpf_case *b)
{
	uint64_t args[2] = { 0 };

	bpf_case_run_args(b, "probe_0", args, 2);
}

static inline void bpf_case_end(struct bpf_case *b)
{
	if (b->obj) {
		decoder_release(&b->decoder);
		ring_close(&b->ring);
		munmap(b->session, 4096);
		bpf_object__close(b->obj);
	}
	strbuf_release(&b->image);
	strbuf_release(&b->log);
	case_end(&b->c);
}

#define BPF_BEGIN "probe raw_tp h \"kernel.trace(\\\"sys_enter\\\")\" s0=\"sys_enter\"\n"

/* Run probe 0 of a program in the kernel and in the vm: they must say the same,
 * which is want. errors: lines of both, or "". */
static inline void both_say(const char *text, const char *want,
			    const char *errors)
{
	struct strbuf all = STRBUF_INIT;
	struct bpf_case b;
	struct vm_case c;

	bpf_case_needs_root();
	strbuf_addf(&all, "%s%s", BPF_BEGIN, text);
	bpf_case_init(&b, all.buf);
	bpf_case_run(&b);
	if (strcmp(b.c.out.buf, want) || getenv("SPILE_BPF_SHOW"))
		bpf_case_show(&b);
	assert_string_equal(b.c.out.buf, want);
	if (*errors) {
		strbuf_reset(&all);
		strbuf_addf(&all, "%s in probe kernel.trace(\"sys_enter\")\n",
			    errors);
		assert_string_equal(b.c.errors.buf, all.buf);
	} else {
		assert_string_equal(b.c.errors.buf, "");
	}
	assert_int_equal(b.decoder.bad, 0);
	assert_int_equal(b.session->lost, 0);
	assert_int_equal(b.session->skipped, 0);
	assert_int_equal(b.session->errors, *errors ? 1 : 0);
	assert_int_equal(b.session->lock, 0);
	bpf_case_end(&b);

	strbuf_reset(&all);
	strbuf_addf(&all, "%s%s", CASE_BEGIN, text);
	case_init(&c, all.buf);
	assert_int_equal(vm_run(c.vm, 0), *errors ? 1 : 0);
	assert_string_equal(c.out.buf, want);
	case_end(&c);
	strbuf_release(&all);
}

#endif
