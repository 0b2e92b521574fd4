/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static probes of a program: the notes of <sys/sdt.h>. Each says where a probe
 * is, whether a semaphore asks for it, and where its arguments are.
 */
#ifndef SPILE_SYMBOLS_SDT_H
#define SPILE_SYMBOLS_SDT_H

#include "symbols/elffile.h"

#define SDT_MAX_ARGS 12

enum sdt_kind {
	SDT_OPAQUE, /* a form that cannot be read: floating point, or unknown */
	SDT_CONST,  /* add */
	SDT_REG,    /* register base, from bit shift on */
	SDT_MEMORY, /* at base + index * scale + add */
};

/* Where an argument is. Registers have their DWARF numbers; SDT_PC is the
 * address of the probe itself; -1: none. */
#define SDT_PC 1000

struct sdt_arg {
	enum sdt_kind kind;
	uint8_t size; /* 1, 2, 4 or 8 bytes */
	bool is_signed;
	uint8_t shift; /* in bits: 8 for %ah and its like */
	int base, index, scale;
	int64_t add;
	const char *text; /* the operand as the note has it */
};

struct sdt_mark {
	const char *provider, *name;
	uint64_t address, offset; /* of the instruction, in memory and file */
	uint64_t semaphore;       /* offset in the file, or 0 */
	unsigned n_args;
	struct sdt_arg args[SDT_MAX_ARGS];
};

typedef VEC(struct sdt_mark) sdt_marks;

/* Append the marks of the file, in its order. Broken notes are left out. */
void sdt_read(struct arena *a, const struct elffile *f, sdt_marks *out);

/* Read one argument, "-4@%eax" or the like, of a machine (EM_X86_64,
 * EM_AARCH64). symbols gives the addresses of names, relative to the mark, and
 * may be NULL. False: kind is SDT_OPAQUE. */
struct sdt_symbols {
	bool (*find)(void *ctx, const char *name, size_t len, int64_t *value);
	void *ctx;
};
bool sdt_parse_arg(struct arena *a, unsigned machine, const char *text,
		   size_t len, const struct sdt_symbols *symbols,
		   struct sdt_arg *out);

#endif
