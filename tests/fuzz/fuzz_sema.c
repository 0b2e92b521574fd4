/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing passes 2 and 3: a script that parses is analysed, printed and, if
 * nothing was wrong with it, lowered to a program that passes the checker.
 *
 * The first byte of an input is skipped: inputs found by the parser's target
 * serve here too. No program file is looked at.
 */
#include "base/bug.h"
#include "lower/lower.h"
#include "sema/sema.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct limits limits = {
#define LIMIT(field, name, otherwise, lowest, highest) .field = otherwise,
#include "proto/limits.def"
#undef LIMIT
};

static void lower(struct lang *l, const struct sema_prog *prog)
{
	const struct lower_options options = { .name = "fuzz",
					       .limits = limits };
	struct strbuf err = STRBUF_INIT;
	struct ir_prog *ir = lower_program(l->arena, prog, &options, l->diag);

	if (!ir && !l->diag->errors)
		BUG("not lowered, and no message why");
	if (ir && ir_check(ir, &err))
		BUG("%s", err.buf);
	if (ir && (ir_pass_bounds(ir) || ir_check(ir, &err)))
		BUG("behind bounds: %s", err.buf);
	strbuf_release(&err);
}

static void analyze(struct lang *l, const struct source *src)
{
	const struct probe_env env = {
		.sysroot = "/nonexistent",
		.privilege = "stapdev",
		.btf_path = "/nonexistent",
		.tracefs_path = "/nonexistent",
	};
	struct ast_file *file = lang_parse(l, src, LANG_USER);
	struct strbuf out = STRBUF_INIT;
	struct sema_prog *prog;

	if (l->diag->errors)
		return;
	prog = sema_analyze(l, &env, NULL, &file, 1);
	if (!l->diag->errors) {
		sema_print(l, prog, true, &out);
		lower(l, prog);
	}
	strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lang_env env = {
		.kernel_release = "6.1.0-30-amd64",
		.arch = "x86_64",
		.runtime = "bpf",
		.privilege = "stapdev",
		.compatible = "5.6",
		.guru = true,
	};
	struct arena arena = ARENA_INIT;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang l;

	if (!size)
		return 0;
	setenv("PATH", "/nonexistent", 1);
	intern_init(&names, &arena);
	sources_init(&srcs, &arena);
	diag_init(&diag, &srcs);
	lang_init(&l, &arena, &names, &srcs, &diag, &env);
	analyze(&l, source_add(&srcs, "f.stp", (const char *)data + 1, size - 1,
			       true));
	lang_release(&l);
	diag_release(&diag);
	intern_release(&names);
	arena_release(&arena);
	return 0;
}
