/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: pass 1. Scripts of any kind parse or are refused; the tree of
 * one that parses prints to text that parses again and prints the same.
 *
 * The first byte chooses -g and an old language.
 */
#include "lang/lang.h"

#include "base/bug.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Parse a text; false if it has errors, else its tree is in out. */
static bool parse_and_print(const struct lang_env *env, const char *text,
			    size_t len, struct strbuf *out)
{
	struct arena arena = ARENA_INIT;
	struct sources srcs;
	struct intern names;
	struct diag diag;
	struct lang l;
	struct ast_file *file;
	bool good;

	intern_init(&names, &arena);
	sources_init(&srcs, &arena);
	diag_init(&diag, &srcs);
	lang_init(&l, &arena, &names, &srcs, &diag, env);
	file = lang_parse(&l, source_add(&srcs, "f.stp", text, len, true),
			  LANG_USER);
	good = diag.errors == 0;
	if (good)
		ast_print_file(file, out);
	lang_release(&l);
	diag_release(&diag);
	intern_release(&names);
	arena_release(&arena);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
	struct lang_env env = {
		.kernel_release = "6.1.0-30-amd64",
		.arch = "x86_64",
		.runtime = "bpf",
		.privilege = "stapdev",
		.compatible = "5.6",
	};

	if (!size)
		return 0;
	env.guru = data[0] & 1;
	if (data[0] & 2)
		env.compatible = "2.5";
	if (parse_and_print(&env, (const char *)data + 1, size - 1, &once) &&
	    /* Not when all that was there came to nothing. */
	    strchr(once.buf, '\n')[1]) {
		if (!parse_and_print(&env, once.buf, once.len, &twice))
			BUG("the printed tree does not parse");
		if (strcmp(once.buf, twice.buf) != 0)
			BUG("the printed tree prints otherwise");
	}
	strbuf_release(&once);
	strbuf_release(&twice);
	return 0;
}
