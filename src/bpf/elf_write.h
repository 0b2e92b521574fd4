/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small writer of relocatable 64-bit little-endian ELF objects for BPF.
 *
 * Sections and symbols are collected first and written at once. All contents
 * are copied. Section 0 and symbol 0 are the empty ones ELF asks for.
 */
#ifndef SPILE_BPF_ELF_WRITE_H
#define SPILE_BPF_ELF_WRITE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdint.h>

struct elf_symbol {
	uint32_t name;    /* offset in the string table */
	uint8_t info;     /* binding and type */
	uint16_t section; /* index */
	uint64_t value, size;
};

struct elf_reloc {
	uint64_t offset; /* in the section */
	uint32_t symbol; /* index from elf_add_symbol() */
};

struct elf_section {
	uint32_t name, type, align;
	uint64_t flags;
	struct strbuf data;
	VEC(struct elf_reloc) relocs;
};

struct elf_writer {
	struct strbuf strtab;
	VEC(struct elf_section) sections;
	VEC(struct elf_symbol) symbols;
};

/* Start an empty object. */
void elf_init(struct elf_writer *w);
/* Free everything that was collected. */
void elf_release(struct elf_writer *w);

/* Add a SHT_PROGBITS section with these SHF_ flags and contents (data may be
 * NULL when len is 0); its index. */
uint32_t elf_add_section(struct elf_writer *w, const char *name,
			 uint64_t flags, uint32_t align, const void *data,
			 size_t len);
/* Append bytes to a section; the offset at which they start. */
uint64_t elf_append(struct elf_writer *w, uint32_t section, const void *data,
		    size_t len);
/* Add a global symbol of STT_ type; its index. */
uint32_t elf_add_symbol(struct elf_writer *w, const char *name, uint8_t type,
			uint32_t section, uint64_t value, uint64_t size);
/* Make the 64-bit load at offset in section refer to symbol (R_BPF_64_64). */
void elf_add_reloc(struct elf_writer *w, uint32_t section, uint64_t offset,
		   uint32_t symbol);
/* Append the finished object to out. */
void elf_write(struct elf_writer *w, struct strbuf *out);

#endif
