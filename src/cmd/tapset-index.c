/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tapset-index OUTPUT FILE...: the index of a library folder, made when Spile is
 * built: which file offers which names (sema/tapset_scan.h). Refuses a name that
 * two files offer, and a function that executors have already.
 */
#include "base/io.h"
#include "proto/intrinsics.h"
#include "sema/tapset_scan.h"

#include <stdio.h>
#include <string.h>

struct world {
	struct arena arena;
	struct intern names;
	struct sources srcs;
	struct diag diag;
	struct lang l;
	struct hmap offers; /* line → file */
	struct strbuf out;
	bool ok;
};

__attribute__((nonnull)) static void
check_name(struct world *w, const char *path, const char *line)
{
	const char *before = hmap_gets(&w->offers, line);
	char *copy = arena_strndup(&w->arena, path, strlen(path));
	unsigned i;

	if (before && strcmp(before, path)) {
		fprintf(stderr, "%s: %s is in %s already\n", path, line,
			before);
		w->ok = false;
	}
	hmap_puts(&w->offers, line, copy);
	for (i = 0; i < intrinsic_count; i++) {
		const char *name = arena_printf(&w->arena, "function %s/%zu",
						intrinsics[i].script,
						strlen(intrinsics[i].args));

		if (strcmp(line, name))
			continue;
		fprintf(stderr, "%s: %s is an intrinsic\n", path, line);
		w->ok = false;
	}
}

static void add_file(struct world *w, const char *path)
{
	size_t n = strlen(path);
	bool macros = n > 5 && !strcmp(path + n - 5, ".stpm");
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	const char *slash = strrchr(path, '/');
	tapset_names names = { 0 };
	const char *const *line;
	struct source *src;

	if (io_read_file(path, SIZE_MAX / 2, &text, &err)) {
		fprintf(stderr, "tapset-index: %s\n", err.buf);
		w->ok = false;
	} else {
		src = source_add(&w->srcs, path, text.buf, text.len, true);
		tapset_scan(&w->l, src, macros, &names);
		strbuf_addf(&w->out, "file %s\n", slash ? slash + 1 : path);
	}
	vec_foreach(line, &names) {
		check_name(w, path, *line);
		strbuf_addf(&w->out, "%s\n", *line);
	}
	strbuf_release(&text);
	strbuf_release(&err);
}

int main(int argc, char **argv)
{
	struct lang_env env = { .kernel_release = "0",
				.arch = "",
				.runtime = "bpf",
				.privilege = "stapdev",
				.compatible = "5.6" };
	struct world w = { .ok = true };
	struct strbuf err = STRBUF_INIT;
	int i;

	if (argc < 2)
		return 2;
	intern_init(&w.names, &w.arena);
	sources_init(&w.srcs, &w.arena);
	diag_init(&w.diag, &w.srcs);
	lang_init(&w.l, &w.arena, &w.names, &w.srcs, &w.diag, &env);
	strbuf_init(&w.out);
	strbuf_addstr(&w.out, "spile-tapset 1\n");
	for (i = 2; i < argc; i++)
		add_file(&w, argv[i]);
	if (w.ok && io_write_file(argv[1], w.out.buf, w.out.len, 0644, &err)) {
		fprintf(stderr, "tapset-index: %s\n", err.buf);
		w.ok = false;
	}
	strbuf_release(&w.out);
	strbuf_release(&err);
	hmap_release(&w.offers);
	lang_release(&w.l);
	diag_release(&w.diag);
	intern_release(&w.names);
	arena_release(&w.arena);
	return w.ok ? 0 : 1;
}
