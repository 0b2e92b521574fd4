/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/elfsym.h"

#include "symbols/elffile.h"

#include <stdlib.h>
#include <string.h>

/* Largest number of symbols looked at in one file. */
#define MAX_SYMBOLS ((size_t)10000000)

static void read_table(struct arena *a, const struct elffile *f, Elf *elf,
		       const struct elf_part *p, struct elfsyms *out)
{
	size_t n, i;

	if (!p->data || !p->header.sh_entsize)
		return;
	n = p->header.sh_size / p->header.sh_entsize;
	for (i = 0; i < n && i < MAX_SYMBOLS; i++) {
		struct elfsym s;
		const char *name;
		GElf_Sym sym;

		if (!gelf_getsym(p->data, (int)i, &sym))
			break;
		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF ||
		    !elffile_offset(f, sym.st_value, true, &s.offset))
			continue;
		name = elf_strptr(elf, p->header.sh_link, sym.st_name);
		if (!name || !*name)
			continue;
		s.name = arena_strndup(a, name, strcspn(name, "@"));
		s.size = sym.st_size;
		s.exported = GELF_ST_BIND(sym.st_info) != STB_LOCAL;
		vec_push(a, &out->list, s);
	}
}

/* The table of that type in another file that speaks of the same addresses. */
static bool read_from(struct arena *a, const struct elffile *f, Elf *elf,
		      struct elfsyms *out)
{
	struct elffile other = { .elf = elf };
	struct elf_part p;

	if (!elffile_part_of_type(&other, SHT_SYMTAB, &p))
		return false;
	read_table(a, f, elf, &p, out);
	return true;
}

static void read_debug(struct arena *a, const struct elffile *f,
		       const char *path, struct elfsyms *out)
{
	struct strbuf err = STRBUF_INIT;
	struct elffile other;

	/* A file that cannot be read any more is one that is not there. */
	if (!elffile_open_any(a, path, &other, &err)) {
		read_from(a, f, other.elf, out);
		elffile_close(&other);
	}
	strbuf_release(&err);
}

static void read_mini(struct arena *a, const struct elffile *f,
		      struct elfsyms *out)
{
	Elf *elf = elffile_mini(a, f);

	if (!elf)
		return;
	read_from(a, f, elf, out);
	elf_end(elf);
}

static int compare(const void *a, const void *b)
{
	const struct elfsym *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Sort, and drop what stands in both tables. */
static void tidy(struct elfsyms *syms)
{
	size_t i, n = 0;

	if (!syms->list.len)
		return;
	qsort(syms->list.at, syms->list.len, sizeof(syms->list.at[0]), compare);
	for (i = 0; i < syms->list.len; i++) {
		if (!i || compare(&syms->list.at[i], &syms->list.at[n - 1]))
			syms->list.at[n++] = syms->list.at[i];
		else
			syms->list.at[n - 1].exported |=
				syms->list.at[i].exported;
	}
	syms->list.len = n;
}

void elfsyms_read_file(struct arena *a, const struct elffile *f,
		       const char *debug, struct elfsyms *out)
{
	struct elf_part p;

	memset(out, 0, sizeof(*out));
	if (elffile_part_of_type(f, SHT_DYNSYM, &p))
		read_table(a, f, f->elf, &p, out);
	if (!read_from(a, f, f->elf, out)) {
		if (debug)
			read_debug(a, f, debug, out);
		else
			read_mini(a, f, out);
	}
	tidy(out);
}

int elfsyms_read(struct arena *a, const char *path, const char *sysroot,
		 struct elfsyms *out, struct strbuf *err)
{
	struct elffile f;
	struct elf_part p;
	const char *debug = NULL;
	int rc = elffile_open(a, path, &f, err);

	memset(out, 0, sizeof(*out));
	if (rc)
		return rc;
	if (!elffile_part_of_type(&f, SHT_SYMTAB, &p))
		debug = elffile_debug_path(a, &f, sysroot);
	elfsyms_read_file(a, &f, debug, out);
	elffile_close(&f);
	return 0;
}

const struct elfsym *elfsyms_at(const struct elfsyms *syms, uint64_t offset)
{
	size_t lo = 0, hi = syms->list.len;
	const struct elfsym *s;

	/* The last one that starts at or before the place. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (syms->list.at[mid].offset <= offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	s = &syms->list.at[lo - 1];
	while (s > syms->list.at && s[-1].offset == s->offset)
		s--;
	return !s->size || offset - s->offset < s->size ? s : NULL;
}
