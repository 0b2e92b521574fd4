/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF writer; see elf_write.h.
 *
 * The file is: header, contents of the sections in order (relocation sections
 * behind all others), symbol table, string table, section headers.
 */
#include "bpf/elf_write.h"

#include <elf.h>
#include <string.h>

#ifndef R_BPF_64_64
# define R_BPF_64_64 1
#endif

void elf_init(struct elf_writer *w)
{
	*w = (struct elf_writer){ .strtab = STRBUF_INIT };
	strbuf_addch(&w->strtab, '\0');
	vec_push(NULL, &w->sections,
		 (struct elf_section){ .data = STRBUF_INIT });
	vec_push(NULL, &w->symbols, (struct elf_symbol){ 0 });
}

void elf_release(struct elf_writer *w)
{
	struct elf_section *s;

	vec_foreach(s, &w->sections) {
		strbuf_release(&s->data);
		vec_release(&s->relocs);
	}
	vec_release(&w->sections);
	vec_release(&w->symbols);
	strbuf_release(&w->strtab);
}

static uint32_t add_name(struct elf_writer *w, const char *name)
{
	uint32_t at = (uint32_t)w->strtab.len;

	strbuf_add(&w->strtab, name, strlen(name) + 1);
	return at;
}

uint32_t elf_add_section(struct elf_writer *w, const char *name, uint64_t flags,
			 uint32_t align, const void *data, size_t len)
{
	struct elf_section s = {
		.name = add_name(w, name),
		.type = SHT_PROGBITS,
		.flags = flags,
		.align = align,
		.data = STRBUF_INIT,
	};

	if (len)
		strbuf_add(&s.data, data, len);
	vec_push(NULL, &w->sections, s);
	return (uint32_t)(w->sections.len - 1);
}

uint64_t elf_append(struct elf_writer *w, uint32_t section, const void *data,
		    size_t len)
{
	struct strbuf *to = &w->sections.at[section].data;
	uint64_t at = to->len;

	strbuf_add(to, data, len);
	return at;
}

uint32_t elf_add_symbol(struct elf_writer *w, const char *name, uint8_t type,
			uint32_t section, uint64_t value, uint64_t size)
{
	vec_push(NULL, &w->symbols,
		 (struct elf_symbol){
			 .name = add_name(w, name),
			 .info = ELF64_ST_INFO(STB_GLOBAL, type),
			 .section = (uint16_t)section,
			 .value = value,
			 .size = size,
		 });
	return (uint32_t)(w->symbols.len - 1);
}

void elf_add_reloc(struct elf_writer *w, uint32_t section, uint64_t offset,
		   uint32_t symbol)
{
	vec_push(NULL, &w->sections.at[section].relocs,
		 (struct elf_reloc){ .offset = offset, .symbol = symbol });
}

/* Place bytes at the next multiple of align behind base; their file offset. */
static uint64_t put(struct strbuf *out, size_t base, uint32_t align,
		    const void *data, size_t len)
{
	size_t at = out->len - base;

	if (align > 1 && at % align)
		strbuf_fill(out, 0, align - at % align);
	at = out->len - base;
	if (len)
		strbuf_add(out, data, len);
	return at;
}

static uint64_t put_symbols(const struct elf_writer *w, struct strbuf *out,
			    size_t base)
{
	uint64_t at = put(out, base, 8, NULL, 0);
	const struct elf_symbol *s;

	vec_foreach(s, &w->symbols) {
		Elf64_Sym sym = {
			.st_name = s->name,
			.st_info = s->info,
			.st_other = STV_DEFAULT,
			.st_shndx = s->section,
			.st_value = s->value,
			.st_size = s->size,
		};

		strbuf_add(out, &sym, sizeof(sym));
	}
	return at;
}

static uint64_t put_relocs(const struct elf_section *s, struct strbuf *out,
			   size_t base)
{
	uint64_t at = put(out, base, 8, NULL, 0);
	const struct elf_reloc *r;

	vec_foreach(r, &s->relocs) {
		Elf64_Rel rel = {
			.r_offset = r->offset,
			.r_info = ELF64_R_INFO(r->symbol, R_BPF_64_64),
		};

		strbuf_add(out, &rel, sizeof(rel));
	}
	return at;
}

struct section_headers {
	VEC(Elf64_Shdr) v;
};

/* Contents of all sections; appends their headers. */
static void put_sections(const struct elf_writer *w, struct strbuf *out,
			 size_t base, struct section_headers *h)
{
	for (size_t i = 0; i < w->sections.len; i++) {
		const struct elf_section *s = &w->sections.at[i];
		Elf64_Shdr sh = { 0 };

		if (i) {
			sh.sh_name = s->name;
			sh.sh_type = s->type;
			sh.sh_flags = s->flags;
			sh.sh_addralign = s->align;
			sh.sh_size = s->data.len;
			sh.sh_offset = put(out, base, s->align, s->data.buf,
					   s->data.len);
		}
		vec_push(NULL, &h->v, sh);
	}
}

static void put_reloc_sections(struct elf_writer *w, struct strbuf *out,
			       size_t base, uint32_t symtab,
			       struct section_headers *h)
{
	for (size_t i = 1; i < w->sections.len; i++) {
		const struct elf_section *s = &w->sections.at[i];
		struct strbuf name = STRBUF_INIT;

		if (!s->relocs.len)
			continue;
		strbuf_addf(&name, ".rel%s", w->strtab.buf + s->name);
		vec_push(NULL, &h->v,
			 (Elf64_Shdr){
				 .sh_name = add_name(w, name.buf),
				 .sh_type = SHT_REL,
				 .sh_flags = SHF_INFO_LINK,
				 .sh_link = symtab,
				 .sh_info = (uint32_t)i,
				 .sh_addralign = 8,
				 .sh_entsize = sizeof(Elf64_Rel),
				 .sh_offset = put_relocs(s, out, base),
				 .sh_size = s->relocs.len * sizeof(Elf64_Rel),
			 });
		strbuf_release(&name);
	}
}

void elf_write(struct elf_writer *w, struct strbuf *out)
{
	size_t base = out->len;
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_BPF,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	struct section_headers h = { 0 };
	Elf64_Shdr sym = { .sh_type = SHT_SYMTAB,
			   .sh_addralign = 8,
			   .sh_info = 1,
			   .sh_entsize = sizeof(Elf64_Sym) };
	Elf64_Shdr str = { .sh_type = SHT_STRTAB, .sh_addralign = 1 };
	uint32_t symtab = (uint32_t)w->sections.len;

	strbuf_add(out, &eh, sizeof(eh));
	put_sections(w, out, base, &h);
	sym.sh_name = add_name(w, ".symtab");
	str.sh_name = add_name(w, ".strtab");
	sym.sh_link = symtab + 1;
	sym.sh_offset = put_symbols(w, out, base);
	sym.sh_size = w->symbols.len * sizeof(Elf64_Sym);
	vec_push(NULL, &h.v, sym);
	vec_push(NULL, &h.v, str);
	put_reloc_sections(w, out, base, symtab, &h);
	h.v.at[symtab + 1].sh_offset =
		put(out, base, 1, w->strtab.buf, w->strtab.len);
	h.v.at[symtab + 1].sh_size = w->strtab.len;
	eh.e_shoff = put(out, base, 8, h.v.at, h.v.len * sizeof(Elf64_Shdr));
	eh.e_shnum = (uint16_t)h.v.len;
	eh.e_shstrndx = (uint16_t)(symtab + 1);
	memcpy(out->buf + base, &eh, sizeof(eh));
	vec_release(&h.v);
}
