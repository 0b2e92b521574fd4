/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Functions of an ELF file by its symbol tables, with their place in the file:
 * what uprobes need. The file is not trusted.
 */
#ifndef SPILE_SYMBOLS_ELFSYM_H
#define SPILE_SYMBOLS_ELFSYM_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct elffile;

struct elfsym {
	const char *name; /* without a version */
	uint64_t offset;  /* in the file */
	uint64_t size;    /* 0 if the table does not say */
	bool exported;    /* global or weak */
};

struct elfsyms {
	/* In order of offset, then of name; an offset may have several. */
	VEC(struct elfsym) list;
};

/*
 * Read the functions into the arena: .dynsym, and the first there is of
 * .symtab, that of the separate debugging information, and the packed one in
 * .gnu_debugdata. Indirect functions are left out: their code only chooses
 * another. -errno (-ENOEXEC if the file is no ELF program or library), and a
 * sentence in err.
 */
int elfsyms_read(struct arena *a, const char *path, const char *sysroot,
		 struct elfsyms *out, struct strbuf *err);
/* The same of an open file; debug is that of its debugging information or
 * NULL. */
void elfsyms_read_file(struct arena *a, const struct elffile *f,
		       const char *debug, struct elfsyms *out);
/* The symbol whose code holds that place in the file, or NULL. */
const struct elfsym *elfsyms_at(const struct elfsyms *syms, uint64_t offset);

#endif
