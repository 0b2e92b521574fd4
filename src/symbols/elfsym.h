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

#include <stdint.h>

struct elfsym {
	const char *name;  /* without a version */
	uint64_t offset;   /* in the file */
};

struct elfsyms {
	/* In order of offset, then of name; an offset may have several. */
	VEC(struct elfsym) list;
};

/* Read the functions defined in .symtab and .dynsym into the arena. Indirect
 * functions are left out: their code only chooses another. -errno (-ENOEXEC if
 * the file is no ELF program or library), and a sentence in err. */
int elfsyms_read(struct arena *a, const char *path, struct elfsyms *out,
		 struct strbuf *err);

#endif
