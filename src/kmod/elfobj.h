/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads relocatable objects (ELF, 64 bits, little-endian) in memory: sections,
 * symbols, and which symbols a section's relocations name. The image is
 * borrowed; every offset is checked against its size, and nothing need be
 * aligned.
 */
#ifndef SPILE_KMOD_ELFOBJ_H
#define SPILE_KMOD_ELFOBJ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elfobj {
	const unsigned char *image;
	size_t size;
	const unsigned char *sections; /* n_sections headers */
	uint32_t n_sections;
	const unsigned char *symbols;  /* n_symbols entries */
	size_t n_symbols;
	const char *names;             /* section names, NUL-terminated */
	size_t names_len;
	const char *strings;           /* symbol names, NUL-terminated */
	size_t strings_len;
};

struct elfobj_section {
	const unsigned char *data; /* NULL if it has no bytes in the file */
	size_t size, align;
	uint32_t index;
};

struct elfobj_symbol {
	const char *name; /* "" if it has none */
	bool undefined;   /* another object has to define it */
	bool global;
	uint64_t size;
};

/* 0; -ENOEXEC: no such file; -EINVAL: its tables are broken. */
int elfobj_open(struct elfobj *o, const void *image, size_t size);
/* The first section of that name; false if there is none. */
bool elfobj_find(const struct elfobj *o, const char *name,
		 struct elfobj_section *out);
/* Symbol number i < n_symbols; false if its name is broken. */
bool elfobj_symbol(const struct elfobj *o, size_t i, struct elfobj_symbol *out);
/* Count the relocations of a section, and find the place of the one that names
 * the symbol: *offset in the section, or UINT64_MAX. */
size_t elfobj_relocs(const struct elfobj *o, uint32_t section,
		     const char *symbol, uint64_t *offset);

#endif
