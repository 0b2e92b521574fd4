/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of vm/: a program from IR text, and what it said. */
#ifndef SPILE_TESTS_VM_CASE_H
#define SPILE_TESTS_VM_CASE_H

#include "proto/session.h"
#include "vm/vm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct vm_case {
	struct arena arena;
	struct ir_prog *prog;
	struct vm *vm;
	struct vm_host host;
	struct strbuf out, errors, warnings;
	unsigned pieces; /* calls of output */
};

static inline void case_output(void *ctx, const char *text, size_t len)
{
	struct vm_case *c = ctx;

	strbuf_add(&c->out, text, len);
	c->pieces++;
}

static inline void case_error(void *ctx, const char *text)
{
	strbuf_addf(&((struct vm_case *)ctx)->errors, "%s\n", text);
}

static inline void case_warning(void *ctx, const char *text)
{
	strbuf_addf(&((struct vm_case *)ctx)->warnings, "%s\n", text);
}

/* The number block "bN" has when blocks are counted in order of their labels in
 * the function that from points into; -1: it has no label there. */
static inline int case_block(const char *from, long n)
{
	const char *line = from;
	int i = 0;

	while (*line) {
		if (*line == 'b' && strtol(line + 1, NULL, 10) == n)
			return i;
		i += *line == 'b';
		line += strcspn(line, "\n");
		line += *line == '\n';
		if (!strncmp(line, "function", 8) ||
		    !strncmp(line, "handler", 7))
			break;
	}
	return -1;
}

/* Copy text with the blocks of each function numbered in order, as the text
 * form wants them; tests number theirs at will. */
static inline void case_renumber(struct strbuf *out, const char *text)
{
	const char *function = text, *p = text;
	bool quoted = false;
	char *end;

	while (*p) {
		if (!strncmp(p, "\nfunction", 9) || !strncmp(p, "\nhandler", 8))
			function = p + 1;
		quoted ^= *p == '"' && p[-1] != '\\';
		if (quoted || p == text || !strchr(" \n", p[-1]) || *p != 'b' ||
		    p[1] < '0' || p[1] > '9') {
			strbuf_addch(out, *p++);
			continue;
		}
		strbuf_addf(out, "b%d",
			    case_block(function, strtol(p + 1, &end, 10)));
		p = end;
	}
}

/* Read the program text behind the first line. */
static inline void case_parse(struct vm_case *c, const char *text)
{
	struct strbuf all = STRBUF_INIT, err = STRBUF_INIT;

	memset(c, 0, sizeof(*c));
	strbuf_init(&c->out);
	strbuf_init(&c->errors);
	strbuf_init(&c->warnings);
	c->host = (struct vm_host){
		.ctx = c,
		.output = case_output,
		.error = case_error,
		.warning = case_warning,
		.target = 4321,
	};
	strbuf_addstr(&all, "spile-ir 1\nname \"t\"\n");
	case_renumber(&all, text);
	c->prog = ir_parse(&c->arena, all.buf, all.len, &err);
	if (!c->prog)
		fail_msg("%s\n%s", err.buf, all.buf);
	strbuf_release(&all);
	strbuf_release(&err);
}

static inline void case_start(struct vm_case *c, const struct vm_shared *shared)
{
	struct strbuf err = STRBUF_INIT;

	c->vm = vm_new(c->prog, shared, &c->host, &err);
	if (!c->vm)
		fail_msg("%s", err.buf);
	assert_int_equal(err.len, 0);
	strbuf_release(&err);
}

static inline void case_init(struct vm_case *c, const char *text)
{
	case_parse(c, text);
	case_start(c, NULL);
}

static inline void case_end(struct vm_case *c)
{
	vm_free(c->vm);
	strbuf_release(&c->out);
	strbuf_release(&c->errors);
	strbuf_release(&c->warnings);
	arena_release(&c->arena);
}

/* Run a program whose probe 0 must succeed, and compare what it printed. */
static inline void case_prints(const char *text, const char *want)
{
	struct vm_case c;

	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_string_equal(c.out.buf, want);
	assert_string_equal(c.errors.buf, "");
	case_end(&c);
}

/* Run a program whose probe 0 must end in this error. */
static inline void case_raises(const char *text, const char *want)
{
	struct vm_case c;

	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.errors.buf, want);
	assert_int_equal(vm_session(c.vm)->errors, 1);
	case_end(&c);
}

#define CASE_BEGIN "probe begin h \"begin\" n0=0\n"

#endif
