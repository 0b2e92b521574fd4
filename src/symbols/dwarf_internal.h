/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the reader of debugging information. */
#ifndef SPILE_SYMBOLS_DWARF_INTERNAL_H
#define SPILE_SYMBOLS_DWARF_INTERNAL_H

#include "base/hmap.h"
#include "symbols/dwfile.h"

#include <dwarf.h>

/* Bounds on hostile files. */
#define DW_MAX_DEPTH  64
#define DW_MAX_UNITS  1000000u
#define DW_MAX_PLACES 1000000u

struct dwunit {
	Dwarf_Die die;
	bool optimized; /* as far as the compiler tells */
	bool tells;
};

/* A function with code, or one that was inlined somewhere. */
struct dwfunction {
	const char *name, *linkage;
	Dwarf_Die die;
	uint32_t unit;
	bool abstract; /* has no code of its own */
};

/* Code of a function. */
struct dwrange {
	uint64_t from, to;
	uint32_t function; /* its number */
};

struct dwfile {
	struct ctype_source types; /* first: the source is the file */
	struct arena *arena;
	struct elffile program; /* with the code */
	int fd;                 /* of separate debugging information, or -1 */
	Dwarf *dw;
	Dwarf_CFI *frames[2]; /* of .eh_frame and .debug_frame, or NULL */
	VEC(struct dwunit) units;
	VEC(struct dwfunction) functions;
	VEC(struct dwrange) ranges; /* in order; made when asked for */
	bool listed;                /* units and functions are */
	struct hmap scopes;         /* by DIE of a function: "space::class" */
	struct hmap nodes;          /* types made so far, by place */
	struct hmap named;          /* "struct s": the DIE; when indexed */
	struct hmap constants;      /* of enumerations */
	bool indexed;
};

/* Read units and functions, once. */
void dwfile_list(struct dwfile *f);

/* The node for the type a DIE has (its DW_AT_type), or for a type DIE; NULL:
 * void. */
const struct ctype *dwtype_of(struct dwfile *f, Dwarf_Die *die);
const struct ctype *dwtype_node(struct dwfile *f, Dwarf_Die *die);
extern const struct ctype_source_ops dwtype_ops;

/* Where a variable is at pc, into at and in_register, or why not. scope: the
 * function's DIE, whose frame it lies in; bias: what the addresses in the file
 * lack at run time, or NULL if that cannot be known. */
struct dwscene {
	struct dwfile *file;
	struct arena *arena;
	Dwarf_Die *function; /* not an inlined instance; or NULL */
	uint64_t pc;
	uint64_t entry; /* of that function */
	const struct place_expr *bias;
};
void dwloc_variable(const struct dwscene *s, Dwarf_Die *die,
		    struct variable *out);

/* The first child, and the next one behind it: false at the end. Only forward,
 * so that a hostile file ends. */
bool dw_child(Dwarf_Die *die, Dwarf_Die *child);
bool dw_next(Dwarf_Die *die);
/* Whether a DIE's code holds that address. */
bool dw_holds(Dwarf_Die *die, uint64_t pc);
/* The address where a function or an instance starts. */
bool dw_entry(Dwarf_Die *die, uint64_t *entry);
/* The DIE that an attribute names. */
bool dw_reference(Dwarf_Die *die, unsigned attribute, Dwarf_Die *out);

/* The scopes that hold pc (inlined instances, blocks), behind the first n in
 * out, n > 0, from the last of them inwards. Returns how many there are then, at
 * most DW_MAX_DEPTH. */
unsigned dw_scopes(uint64_t pc, Dwarf_Die out[DW_MAX_DEPTH], unsigned n);
/* The way from a function down to a scope in it, both included; 0: it is not
 * in it. */
unsigned dw_path(Dwarf_Die *function, Dwarf_Die *scope,
		 Dwarf_Die out[DW_MAX_DEPTH]);

/* A key for hmap_put() that lives as long as the file. */
const char *dw_key(struct dwfile *f, const void *bytes, size_t len);

/* The linker's name of a function, or NULL. */
const char *dw_linkage_name(Dwarf_Die *die);
/* Of a declaration: 0 and NULL if it has none. */
int dw_decl_line(Dwarf_Die *die);
const char *dw_decl_file(Dwarf_Die *die);

#endif
