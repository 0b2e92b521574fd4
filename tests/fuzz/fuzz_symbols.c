/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the readers of foreign files: the first byte of an input says which
 * ('b' BTF, 'e' a program's symbols, stubs, static probes and debugging
 * information), or whose operand of
 * a static probe it is ('x' x86-64, 'a' aarch64); the rest is the file.
 */
#include "base/bug.h"
#include "symbols/btf.h"
#include "symbols/btf_types.h"
#include "symbols/dwfile.h"
#include "symbols/elfsym.h"
#include "symbols/plt.h"
#include "symbols/sdt.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *ctx, const char *name)
{
	*(size_t *)ctx += strlen(name);
}

/* All that can be asked of each type, and by a few names. */
static void walk_types(struct btf_types *b, struct strbuf *text)
{
	struct ctype_source *s = btf_types_source(b);
	struct ctype_path path;
	size_t total = 0, n;
	unsigned stars, i;
	int64_t value;
	uint32_t id;

	for (id = 0; id < 2048; id++) {
		const struct ctype *t = btf_types_get(b, id);

		strbuf_reset(text);
		ctype_print(t, text);
		ctype_each_member(t, count, &total);
		ctype_find_member(t, "next", &path);
		ctype_members(t, &n);
		ctype_constants(t, &n);
		total += ctype_size(t) + ctype_is_char(t) +
			 ctype_same(t, btf_types_get(b, id + 1));
	}
	for (i = 0; i < 12; i++) {
		ctype_find(s, i & 1 ? "struct list_head *" : "int", &stars);
		btf_types_tracepoint(b, "x");
		btf_types_function(b, "f");
	}
	s->ops->constant(s, "A", &value);
	btf_types_each_function(b, count, &total);
}

static void read_btf(const uint8_t *bytes, size_t size)
{
	struct arena a = ARENA_INIT;
	struct strbuf text = STRBUF_INIT;
	struct btf_types *types, *module;
	struct btf_view v;
	size_t total = 0;

	if (!btf_open(bytes, size, &v))
		btf_each_typedef(&v, "b", count, &total);
	types = btf_types_from(&a, bytes, size, NULL, "kernel");
	if (types) {
		walk_types(types, &text);
		/* A module's numbers go on where the kernel's end. */
		module = btf_types_from(&a, bytes, size, types, "module");
		if (module)
			walk_types(module, &text);
	}
	strbuf_release(&text);
	arena_release(&a);
}

static void read_marks(struct arena *a, const char *path)
{
	struct strbuf err = STRBUF_INIT;
	sdt_marks marks = { 0 };
	plt_stubs stubs = { 0 };
	const struct sdt_mark *m;
	struct elffile f;
	uint64_t offset;

	if (!elffile_open(a, path, &f, &err)) {
		sdt_read(a, &f, &marks);
		plt_read(a, &f, &stubs);
		vec_foreach(m, &marks)
			if (!elffile_offset(&f, m->address, true, &offset) ||
			    offset != m->offset || m->n_args > SDT_MAX_ARGS)
				BUG("a mark outside the code");
		elffile_close(&f);
	}
	strbuf_release(&err);
}

/* A place names all that it can be asked for. */
static void read_vars(struct dwfile *f, const struct dwplace *p, bool ret)
{
	struct scope_vars *vars = dwfile_vars(f, p, ret);
	const struct variable *const *list, *v;
	struct strbuf out = STRBUF_INIT;
	size_t n, i, kind, members;

	for (kind = 0; kind < VARIABLE_KINDS; kind++) {
		list = vars->ops->list(vars, (enum variable_kind)kind, &n);
		for (i = 0; i < n && i < 16; i++) {
			if (!list[i]->at == !list[i]->why)
				BUG("neither a place nor a reason");
			ctype_print(list[i]->type, &out);
			ctype_members(list[i]->type, &members);
			ctype_size(list[i]->type);
		}
	}
	v = vars->ops->result(vars);
	if (v)
		ctype_print(v->type, &out);
	vars->ops->explain(vars, "x", &out);
	vars->ops->global(vars, "global_total", NULL);
	strbuf_release(&out);
}

static void read_information(struct arena *a, const char *path)
{
	struct spec all = { .function = "*" };
	struct spec lines = { .function = "*",
			      .file = "*.c",
			      .lines = SPEC_EACH };
	struct dwfile *f = dwfile_open(a, path, NULL);
	dwplaces places = { 0 };
	struct dwplace *p;
	size_t n = 0;
	int64_t value;
	int near[2];

	if (!f)
		return;
	dwfile_functions(f, &all, true, &places);
	dwfile_labels(f, &all, "*", &places);
	dwfile_statements(f, &lines, false, &places, near);
	vec_foreach(p, &places)
		if (n++ < 16)
			read_vars(f, p, n & 1);
	dwfile_types(f)->ops->find(dwfile_types(f), CTYPE_STRUCT, "s");
	dwfile_types(f)->ops->constant(dwfile_types(f), "c", &value);
}

static void read_operand(unsigned machine, const uint8_t *bytes, size_t size)
{
	struct arena a = ARENA_INIT;
	struct sdt_arg arg;
	bool good = sdt_parse_arg(&a, machine, (const char *)bytes, size, NULL,
				  &arg);

	if (good != (arg.kind != SDT_OPAQUE))
		BUG("a form that is none");
	arena_release(&a);
}

static void read_elf(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct strbuf err = STRBUF_INIT;
	struct arena a = ARENA_INIT;
	struct elfsyms syms;
	const struct elfsym *s;
	size_t total = 0;
	char path[64];

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		BUG("no memory for a file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (elfsyms_read(&a, path, NULL, &syms, &err) && !err.len)
		BUG("no reason given");
	vec_foreach(s, &syms.list)
		total += strlen(s->name);
	if (total > size * 64)
		BUG("names longer than the file can hold");
	read_marks(&a, path);
	read_information(&a, path);
	close(fd);
	strbuf_release(&err);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] == 'b')
		read_btf(data + 1, size - 1);
	else if (data[0] == 'e')
		read_elf(data + 1, size - 1);
	else if (data[0] == 'x')
		read_operand(EM_X86_64, data + 1, size - 1);
	else if (data[0] == 'a')
		read_operand(EM_AARCH64, data + 1, size - 1);
	return 0;
}
