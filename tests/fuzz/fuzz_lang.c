/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing pass 1: whatever a script says, lang_parse() ends with a tree and
 * its messages; and a tree without errors prints as text that parses to the
 * same print.
 *
 * The first byte of an input chooses the switches, the rest is the script:
 * bit 0 guru mode, bit 1 a library file, bit 2 script arguments, bit 3 a
 * macro library, bit 4 a list pattern, bit 5 an old language; bits 4 and 5 are
 * turned over, so that '0' is none of all.
 */
#include "base/bug.h"
#include "lang/lang.h"

#include <string.h>

enum {
	GURU = 1,
	LIBRARY = 2,
	ARGUMENTS = 4,
	MACROS = 8,
	PATTERN = 16,
	OLD = 32,
};

struct world {
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang l;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void world_init(struct world *w, const struct lang_env *env)
{
	memset(w, 0, sizeof(*w));
	intern_init(&w->names, &w->arena);
	sources_init(&w->srcs, &w->arena);
	diag_init(&w->diag, &w->srcs);
	lang_init(&w->l, &w->arena, &w->names, &w->srcs, &w->diag, env);
}

static void world_release(struct world *w)
{
	lang_release(&w->l);
	diag_release(&w->diag);
	intern_release(&w->names);
	arena_release(&w->arena);
}

static const struct source *add(struct world *w, const void *text, size_t len)
{
	return source_add(&w->srcs, "fuzz", text, len, true);
}

/* A print parses without errors and prints the same again. */
static void check_print(const struct ast_file *f, const struct lang_env *env)
{
	struct strbuf first = STRBUF_INIT, again = STRBUF_INIT;
	struct world w;

	ast_print_file(f, &first);
	if (first.len) {
		world_init(&w, env);
		ast_print_file(lang_parse(&w.l, add(&w, first.buf, first.len),
					  LANG_LIBRARY),
			       &again);
		if (w.diag.errors)
			BUG("printed but not read:\n%s\n%s", first.buf,
			    w.diag.out.buf);
		if (strcmp(first.buf, again.buf))
			BUG("printed differently:\n%s\n%s", first.buf,
			    again.buf);
		world_release(&w);
	}
	strbuf_release(&first);
	strbuf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char begin[] = "begin", open[] = "\"a", nested[] = "x $1",
		    comment[] = "1 /*", empty[] = "";
	static char *const args[] = { begin, open, nested, comment, empty };
	struct lang_env env = {
		.kernel_release = "6.1.0-30-amd64",
		.arch = "x86_64",
		.runtime = "bpf",
		.privilege = "stapdev",
		.compatible = "5.6",
	};
	unsigned flags = size ? data[0] & 63u : 0;
	const struct source *src;
	struct ast_file *f;
	struct world w;

	if (!size)
		return 0;
	flags ^= PATTERN | OLD;
	env.guru = flags & GURU;
	if (flags & ARGUMENTS) {
		env.args = args;
		env.n_args = ARRAY_SIZE(args);
	}
	if (flags & OLD)
		env.compatible = "1.8";
	world_init(&w, &env);
	src = add(&w, data + 1, size - 1);
	if (flags & MACROS) {
		lang_parse_macros(&w.l, src);
		src = add(&w, data + 1, size - 1);
	}
	if (flags & PATTERN) {
		lang_parse_points(&w.l, src);
	} else {
		f = lang_parse(&w.l, src,
			       flags & LIBRARY ? LANG_LIBRARY : LANG_USER);
		if (!w.diag.errors && !(flags & OLD))
			check_print(f, &env);
	}
	world_release(&w);
	return 0;
}
