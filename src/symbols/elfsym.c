/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/elfsym.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Largest number of symbols looked at in one file. */
#define MAX_SYMBOLS ((size_t)10000000)

struct segments {
	VEC(GElf_Phdr) list; /* executable ones, on the heap */
};

static void read_segments(Elf *elf, struct segments *segs)
{
	size_t n, i;
	GElf_Phdr ph;

	if (elf_getphdrnum(elf, &n))
		return;
	for (i = 0; i < n && gelf_getphdr(elf, (int)i, &ph); i++)
		if (ph.p_type == PT_LOAD && (ph.p_flags & PF_X))
			vec_push(NULL, &segs->list, ph);
}

/* The place in the file of an address, or false if no code lies there. */
static bool to_offset(const struct segments *segs, uint64_t address,
		      uint64_t *offset)
{
	const GElf_Phdr *ph;

	vec_foreach(ph, &segs->list) {
		if (address < ph->p_vaddr ||
		    address - ph->p_vaddr >= ph->p_filesz)
			continue;
		*offset = address - ph->p_vaddr + ph->p_offset;
		return true;
	}
	return false;
}

static void read_table(struct arena *a, Elf *elf, Elf_Scn *scn,
		       const GElf_Shdr *sh, const struct segments *segs,
		       struct elfsyms *out)
{
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n, i;

	if (!data || !sh->sh_entsize)
		return;
	n = sh->sh_size / sh->sh_entsize;
	for (i = 0; i < n && i < MAX_SYMBOLS; i++) {
		struct elfsym s;
		const char *name;
		GElf_Sym sym;

		if (!gelf_getsym(data, (int)i, &sym))
			break;
		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC ||
		    sym.st_shndx == SHN_UNDEF ||
		    !to_offset(segs, sym.st_value, &s.offset))
			continue;
		name = elf_strptr(elf, sh->sh_link, sym.st_name);
		if (!name || !*name)
			continue;
		s.name = arena_strndup(a, name, strcspn(name, "@"));
		vec_push(a, &out->list, s);
	}
}

static void read_tables(struct arena *a, Elf *elf, struct elfsyms *out)
{
	struct segments segs = { 0 };
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	read_segments(elf, &segs);
	while ((scn = elf_nextscn(elf, scn)) != NULL) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		if (sh.sh_type == SHT_SYMTAB || sh.sh_type == SHT_DYNSYM)
			read_table(a, elf, scn, &sh, &segs, out);
	}
	vec_release(&segs.list);
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
	for (i = 0; i < syms->list.len; i++)
		if (!i || compare(&syms->list.at[i], &syms->list.at[n - 1]))
			syms->list.at[n++] = syms->list.at[i];
	syms->list.len = n;
}

int elfsyms_read(struct arena *a, const char *path, struct elfsyms *out,
		 struct strbuf *err)
{
	int fd, rc = 0;
	GElf_Ehdr eh;
	Elf *elf;

	memset(out, 0, sizeof(*out));
	elf_version(EV_CURRENT);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		strbuf_addf(err, "cannot open '%s': %s", path, strerror(-rc));
		return rc;
	}
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || !gelf_getehdr(elf, &eh) ||
	    (eh.e_type != ET_EXEC && eh.e_type != ET_DYN)) {
		rc = -ENOEXEC;
		strbuf_addf(err, "'%s' is no ELF program or library", path);
	} else {
		read_tables(a, elf, out);
		tidy(out);
	}
	if (elf)
		elf_end(elf);
	close(fd);
	return rc;
}
