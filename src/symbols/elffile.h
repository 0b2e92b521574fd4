/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF program or library opened for reading: what its readers share. The
 * file is not trusted: libelf checks what it hands out, and addresses mean
 * something only through elffile_offset().
 */
#ifndef SPILE_SYMBOLS_ELFFILE_H
#define SPILE_SYMBOLS_ELFFILE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>

struct elf_load {
	uint64_t address, memory, offset, bytes; /* bytes: in the file */
	bool code;
};

struct elffile {
	const char *path;
	Elf *elf;
	int fd;
	GElf_Ehdr header;
	VEC(struct elf_load) loads; /* in the arena */
	uint64_t base;              /* address where the first load starts */
	const unsigned char *id;    /* build id in the arena, or NULL */
	size_t id_len;
};

struct elf_part {
	GElf_Shdr header;
	Elf_Data *data; /* NULL if the section has no bytes in the file */
	Elf_Scn *scn;
};

/* Open a program or library. -errno (-ENOEXEC if it is none), and a sentence in
 * err. It stays open until elffile_close(). */
int elffile_open(struct arena *a, const char *path, struct elffile *f,
		 struct strbuf *err);
/* The same, of a file that may also hold nothing but debugging information. */
int elffile_open_any(struct arena *a, const char *path, struct elffile *f,
		     struct strbuf *err);
void elffile_close(struct elffile *f);

/* The place in the file of an address; code: only where code lies. False if
 * there is none. */
bool elffile_offset(const struct elffile *f, uint64_t address, bool code,
		    uint64_t *offset);
/* The other way: the address of a place in the file. */
bool elffile_address(const struct elffile *f, uint64_t offset,
		     uint64_t *address);
/* The first section of that name; false if there is none. */
bool elffile_part(const struct elffile *f, const char *name,
		  struct elf_part *out);
/* The first section of that type. */
bool elffile_part_of_type(const struct elffile *f, uint32_t type,
			  struct elf_part *out);

/*
 * The separate debugging information of a file, by build id below
 * /usr/lib/debug or by the name in .gnu_debuglink; with the variable
 * DEBUGINFOD_URLS set also from such servers. Both names and contents must fit.
 * NULL if there is none.
 */
const char *elffile_debug_path(struct arena *a, const struct elffile *f,
			       const char *sysroot);
/* The symbol table in .gnu_debugdata, unpacked into the arena: an ELF file in
 * memory to be ended with elf_end(). NULL if there is none or it is broken. */
Elf *elffile_mini(struct arena *a, const struct elffile *f);

#endif
