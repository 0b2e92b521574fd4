/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the readers of foreign files: the first byte of an input says which
 * ('b' BTF, 'e' a program's symbols, stubs and static probes), or whose operand of
 * a static probe it is ('x' x86-64, 'a' aarch64); the rest is the file.
 */
#include "base/bug.h"
#include "symbols/btf.h"
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

static void read_btf(const uint8_t *bytes, size_t size)
{
	struct btf_view v;
	size_t total = 0;

	if (!btf_open(bytes, size, &v))
		btf_each_typedef(&v, "b", count, &total);
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
