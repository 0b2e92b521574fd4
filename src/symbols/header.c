/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of a C header: a compiler is asked to describe them all. */
#include "base/io.h"
#include "base/subproc.h"
#include "base/tmpdir.h"
#include "symbols/dwarf_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAME_CHARS                           \
 "-/._+0123456789abcdefghijklmnopqrstuvwxyz" \
 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SHOWN_CHARS 400u

static int compile(struct arena *a, const char *source, const char *object,
		   struct strbuf *err)
{
	const char *path = getenv("PATH");
	const char *argv[] = { "gcc",       "-x",
			       "c",         "-g",
			       "-w",        "-fno-eliminate-unused-debug-types",
			       "-shared",   "-fPIC",
			       "-nostdlib", "-o",
			       object,      source,
			       NULL };
	const char *env[] = { arena_printf(a, "PATH=%s",
					   path ? path : "/usr/bin:/bin"),
			      "LC_ALL=C", NULL };
	struct subproc p = { .argv = argv, .env = env };
	struct strbuf out = STRBUF_INIT;
	struct subproc_guard guard;
	int rc;

	subproc_guard_begin(&guard);
	rc = subproc_run(&guard, &p, &out);
	subproc_guard_end(&guard);
	if (rc == -ENOENT)
		strbuf_addstr(err, "there is no program 'gcc' to read headers "
				   "with");
	else if (rc)
		strbuf_addf(err, "gcc cannot read it: %.*s", (int)SHOWN_CHARS,
			    out.buf);
	strbuf_release(&out);
	return rc;
}

struct ctype_source *header_types(struct arena *a, const char *header,
				  struct strbuf *err)
{
	size_t len = strlen(header);
	struct strbuf dir = STRBUF_INIT;
	const char *source, *object, *text;
	struct dwfile *f = NULL;

	if (len < 3 || header[0] != '<' || header[len - 1] != '>' ||
	    strspn(header + 1, NAME_CHARS) != len - 2) {
		strbuf_addf(err, "'%s' is no header", header);
		return NULL;
	}
	if (tmpdir_make(&dir, err)) {
		strbuf_release(&dir);
		return NULL;
	}
	source = arena_printf(a, "%s/types.c", dir.buf);
	object = arena_printf(a, "%s/types.so", dir.buf);
	text = arena_printf(a, "#include %s\n", header);
	if (!io_write_file(source, text, strlen(text), 0600, err) &&
	    !compile(a, source, object, err))
		f = dwfile_open(a, object, NULL);
	/* What is open stays; a folder that cannot be removed does no harm. */
	(void)tmpdir_remove(dir.buf);
	strbuf_release(&dir);
	if (!f)
		return NULL;
	f->types.name = arena_strdup(a, header);
	return &f->types;
}
