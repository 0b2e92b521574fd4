/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kmod/elfobj.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

/* len bytes of the image at offset, or NULL. */
static const unsigned char *span(const struct elfobj *o, uint64_t offset,
				 uint64_t len)
{
	if (offset > o->size || len > o->size - offset)
		return NULL;
	return o->image + offset;
}

static Elf64_Shdr header_of(const struct elfobj *o, uint32_t i)
{
	Elf64_Shdr sh;

	memcpy(&sh, o->sections + (size_t)i * sizeof(sh), sizeof(sh));
	return sh;
}

/* A section of strings whose last byte is NUL, or false. */
static bool string_table(const struct elfobj *o, uint32_t i, const char **out,
			 size_t *len)
{
	Elf64_Shdr sh;

	if (i >= o->n_sections)
		return false;
	sh = header_of(o, i);
	*out = sh.sh_type == SHT_STRTAB ?
		       (const char *)span(o, sh.sh_offset, sh.sh_size) : NULL;
	*len = sh.sh_size;
	return *out && *len && !(*out)[*len - 1];
}

static bool open_symbols(struct elfobj *o)
{
	uint32_t i;

	for (i = 0; i < o->n_sections; i++) {
		Elf64_Shdr sh = header_of(o, i);

		if (sh.sh_type != SHT_SYMTAB)
			continue;
		o->symbols = span(o, sh.sh_offset, sh.sh_size);
		o->n_symbols = sh.sh_size / sizeof(Elf64_Sym);
		return o->symbols && string_table(o, sh.sh_link, &o->strings,
						  &o->strings_len);
	}
	return true;
}

int elfobj_open(struct elfobj *o, const void *image, size_t size)
{
	Elf64_Ehdr eh;

	*o = (struct elfobj){ .image = image, .size = size };
	if (size < sizeof(eh))
		return -ENOEXEC;
	memcpy(&eh, image, sizeof(eh));
	if (memcmp(eh.e_ident, ELFMAG, SELFMAG) ||
	    eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB || eh.e_type != ET_REL)
		return -ENOEXEC;
	if (eh.e_shentsize != sizeof(Elf64_Shdr))
		return -EINVAL;
	o->sections = span(o, eh.e_shoff,
			   (uint64_t)eh.e_shnum * sizeof(Elf64_Shdr));
	o->n_sections = eh.e_shnum;
	if (!o->sections ||
	    !string_table(o, eh.e_shstrndx, &o->names, &o->names_len) ||
	    !open_symbols(o))
		return -EINVAL;
	return 0;
}

bool elfobj_find(const struct elfobj *o, const char *name,
		 struct elfobj_section *out)
{
	uint32_t i;

	for (i = 1; i < o->n_sections; i++) {
		Elf64_Shdr sh = header_of(o, i);

		if (sh.sh_name >= o->names_len ||
		    strcmp(o->names + sh.sh_name, name))
			continue;
		*out = (struct elfobj_section){
			.data = sh.sh_type == SHT_NOBITS ?
					NULL :
					span(o, sh.sh_offset, sh.sh_size),
			.size = sh.sh_size,
			.align = sh.sh_addralign,
			.index = i,
		};
		return out->data || sh.sh_type == SHT_NOBITS;
	}
	return false;
}

bool elfobj_symbol(const struct elfobj *o, size_t i, struct elfobj_symbol *out)
{
	Elf64_Sym sym;

	if (i >= o->n_symbols)
		return false;
	memcpy(&sym, o->symbols + i * sizeof(sym), sizeof(sym));
	if (sym.st_name >= o->strings_len)
		return false;
	*out = (struct elfobj_symbol){
		.name = o->strings + sym.st_name,
		.undefined = sym.st_shndx == SHN_UNDEF,
		.global = ELF64_ST_BIND(sym.st_info) != STB_LOCAL,
		.size = sym.st_size,
	};
	return true;
}

size_t elfobj_relocs(const struct elfobj *o, uint32_t section,
		     const char *symbol, uint64_t *offset)
{
	size_t count = 0, n, k;
	uint32_t i;

	*offset = UINT64_MAX;
	for (i = 1; i < o->n_sections; i++) {
		Elf64_Shdr sh = header_of(o, i);
		const unsigned char *at = span(o, sh.sh_offset, sh.sh_size);

		if (sh.sh_type != SHT_RELA || sh.sh_info != section || !at)
			continue;
		n = sh.sh_size / sizeof(Elf64_Rela);
		count += n;
		for (k = 0; k < n; k++) {
			struct elfobj_symbol sym;
			Elf64_Rela r;

			memcpy(&r, at + k * sizeof(r), sizeof(r));
			if (elfobj_symbol(o, ELF64_R_SYM(r.r_info), &sym) &&
			    !strcmp(sym.name, symbol) && !r.r_addend)
				*offset = r.r_offset;
		}
	}
	return count;
}
