/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the debugging information of a program says: where functions and lines
 * are, what types there are, and where a variable is at an address. Read with
 * libdw, which checks what it is given; what cannot be read is not there.
 */
#ifndef SPILE_SYMBOLS_DWFILE_H
#define SPILE_SYMBOLS_DWFILE_H

#include "symbols/elffile.h"
#include "symbols/place.h"
#include "symbols/spec.h"

#include <elfutils/libdw.h>

struct dwfile;

/* A place in the code. */
struct dwplace {
	const char *function; /* name; NULL: outside all functions */
	const char *linkage;  /* the symbol's name if it is another, or NULL */
	const char *label;    /* at the place, or NULL */
	const char *file;     /* of the declaration; of statements, theirs */
	int line;
	uint64_t address; /* where to probe, behind the prologue */
	uint64_t entry;   /* where the function starts */
	bool inlined;     /* an inlined instance */
	bool external;    /* the function can be called from other files */
	Dwarf_Die die;    /* the function's, or the instance's */
	Dwarf_Die around;      /* the function, if die is an instance in it */
	Dwarf_Die unit;
};

typedef VEC(struct dwplace) dwplaces;

/*
 * Open the debugging information of a program, in its own file or a separate
 * one. It lives as long as the arena. NULL if there is none.
 */
struct dwfile *dwfile_open(struct arena *a, const char *path,
			   const char *sysroot);
/* The program it speaks of, open. */
const struct elffile *dwfile_program(const struct dwfile *f);
/* The types of the file. */
struct ctype_source *dwfile_types(struct dwfile *f);

/* The types of a C header, written "<sys/stat.h>", by asking gcc. NULL and a
 * sentence in err when that fails. They live as long as the arena. */
struct ctype_source *header_types(struct arena *a, const char *header,
				  struct strbuf *err);

/* Append the functions a spec means, in order of address: out-of-line copies,
 * and with inlined also the places they were inlined at. */
void dwfile_functions(struct dwfile *f, const struct spec *spec, bool inlined,
		      dwplaces *out);
/* Append the places of the lines a spec means; nearest: those of the nearest
 * line that has code. near[2] become the lines around one that has none, or 0. */
void dwfile_statements(struct dwfile *f, const struct spec *spec, bool nearest,
		       dwplaces *out, int near[2]);
/* Append the labels of these names in the functions a spec means. */
void dwfile_labels(struct dwfile *f, const struct spec *spec, const char *label,
		   dwplaces *out);
/* What the information says of an address: false if it is nowhere. */
bool dwfile_at(struct dwfile *f, uint64_t address, struct dwplace *out);
/* Call fn with the name of every function. */
void dwfile_each_function(struct dwfile *f,
			  void (*fn)(void *ctx, const char *name), void *ctx);

/* The variables at a place; is_return: at the return of its function. */
struct scope_vars *dwfile_vars(struct dwfile *f, const struct dwplace *place,
			       bool is_return);

#endif
