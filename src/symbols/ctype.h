/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * C types, whatever told of them: a read-only model over lazy sources.
 *
 * A source (BTF, DWARF) hands out nodes that know their kind, name, size and
 * sign at once, and completes a node when somebody asks further: what a pointer
 * points to, the members of a structure, the constants of an enumeration. Nodes
 * live in the source's arena, are never moved and never freed alone; a source
 * should hand out one node for one type, but nobody relies on it.
 *
 * Users call the functions below, which complete what they need. Only sources
 * look at the fields under "filled by complete()".
 */
#ifndef SPILE_SYMBOLS_CTYPE_H
#define SPILE_SYMBOLS_CTYPE_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ctype_kind {
	CTYPE_VOID,     /* also a type that is not known */
	CTYPE_INT,
	CTYPE_FLOAT,
	CTYPE_ENUM,
	CTYPE_POINTER,  /* target; C++ references too */
	CTYPE_ARRAY,    /* target, n_elems */
	CTYPE_STRUCT,   /* members */
	CTYPE_UNION,
	CTYPE_CLASS,
	CTYPE_FUNCTION, /* target: what it returns; members: its parameters */
	CTYPE_TYPEDEF,  /* target */
	CTYPE_CONST,    /* target, here and below */
	CTYPE_VOLATILE,
	CTYPE_QUALIFIED, /* restrict, atomic, tags: of no interest */
};

struct ctype;
struct ctype_source;

struct ctype_member {
	const char *name;          /* NULL: anonymous */
	const struct ctype *type;
	uint64_t bit_offset;       /* from the start of the structure */
	uint32_t bits;             /* of a bit field, else 0 */
	bool base;                 /* a C++ base class */
};

struct ctype_constant {
	const char *name;
	int64_t value;
};

struct ctype {
	enum ctype_kind kind;
	const char *name;          /* without struct, union …; NULL: none */
	uint64_t size;             /* bytes; 0: not known, or none */
	bool is_signed;            /* INT, ENUM */
	bool is_bool;              /* INT: _Bool */
	bool is_char;              /* INT: of one byte, a character */
	bool incomplete;           /* only declared: members not known */
	uint64_t n_elems;          /* ARRAY; 0: not given */
	const char *decl_file;     /* where it was declared, or NULL */
	unsigned decl_line;
	struct ctype_source *source;
	uint64_t id;               /* the source's own */
	/* filled by complete() */
	bool completed;
	const struct ctype *target;
	VEC(struct ctype_member) members;
	VEC(struct ctype_constant) constants;
};

struct ctype_source_ops {
	/* Fill in the fields above. Called at most once for a node; what cannot
	 * be read stays empty (a NULL target counts as void). */
	void (*complete)(struct ctype *t);
	/* A complete type by tag and name: STRUCT, UNION, CLASS or ENUM, else
	 * TYPEDEF for a typedef or the name of a base type. NULL: none. */
	const struct ctype *(*find)(struct ctype_source *s,
				    enum ctype_kind tag, const char *name);
	/* The value of an enumeration constant by its name; may be NULL. */
	bool (*constant)(struct ctype_source *s, const char *name,
			 int64_t *value);
};

struct ctype_source {
	const struct ctype_source_ops *ops;
	const char *name;          /* "kernel", a module, or a path */
	bool kernel;               /* kernel memory, else a process's */
	bool portable;             /* offsets can be relocated by name (CO-RE) */
	unsigned pointer_size;     /* bytes */
};

/* --- looking, all NULL-safe: NULL is void --- */

/* The type without typedefs and qualifiers; never NULL. */
const struct ctype *ctype_strip(const struct ctype *t);
/* What a pointer points to, an array holds, a function returns, a typedef
 * means; not stripped. NULL: void, or t has none. */
const struct ctype *ctype_target(const struct ctype *t);
/* Members of a structure, parameters of a function, of a stripped type. */
const struct ctype_member *ctype_members(const struct ctype *t, size_t *n);
const struct ctype_constant *ctype_constants(const struct ctype *t, size_t *n);
/* Bytes of a value, arrays multiplied out; 0 if not known. */
uint64_t ctype_size(const struct ctype *t);
/* Struct, union or class. */
bool ctype_is_struct(const struct ctype *t);
/* A character type of one byte, for pretty-printing (any name). */
bool ctype_is_char(const struct ctype *t);
/* Whether two types are the same by structure of names, not by node. */
bool ctype_same(const struct ctype *a, const struct ctype *b);

/* Member steps to a named member: more than one when it is in anonymous
 * members. All of them add their bit_offset. */
#define CTYPE_MAX_PATH 16
struct ctype_path {
	const struct ctype_member *step[CTYPE_MAX_PATH];
	unsigned n;
	uint64_t bit_offset;       /* the sum */
};

/* Find a member through anonymous ones and base classes; false: none. */
bool ctype_find_member(const struct ctype *t, const char *name,
		       struct ctype_path *path);
/* Call fn with the name of every member that ctype_find_member() can find. */
void ctype_each_member(const struct ctype *t,
		       void (*fn)(void *ctx, const char *name), void *ctx);

/* A type by the text of a @cast: "struct s", "union u", "enum e", "class c",
 * "name", with trailing "*" (then *pointers counts them). NULL: none. */
const struct ctype *ctype_find(struct ctype_source *s, const char *text,
			       unsigned *pointers);

/* Append the type as C text, the way listings show it: "struct s*",
 * "char const*", "int[10]". */
void ctype_print(const struct ctype *t, struct strbuf *out);

#endif
