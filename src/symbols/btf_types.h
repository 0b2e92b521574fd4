/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's types and functions from its BTF, as C types (ctype.h).
 *
 * Opening costs a look at each type's head (1 ms for 126000 types where the file
 * can be mapped); the rest is read when it is asked for. The bytes are not
 * trusted: what is broken is left out.
 */
#ifndef SPILE_SYMBOLS_BTF_TYPES_H
#define SPILE_SYMBOLS_BTF_TYPES_H

#include "base/arena.h"
#include "symbols/ctype.h"

struct btf_types;

/* Open the BTF of the kernel (path NULL: of the running one), or of a module on
 * top of base (path of its BTF). Lives in the arena; the file's bytes stay
 * mapped as long as the program runs. NULL, and one sentence in err, if it
 * cannot be read. */
struct btf_types *btf_types_open(struct arena *a, const char *path,
				 struct btf_types *base, const char *name,
				 struct strbuf *err);
/* The same from bytes, which are borrowed. */
struct btf_types *btf_types_from(struct arena *a, const void *bytes, size_t len,
				 struct btf_types *base, const char *name);

/* As a source of types. */
struct ctype_source *btf_types_source(struct btf_types *b);
/* The type of that number; NULL: void, or there is none. */
const struct ctype *btf_types_get(struct btf_types *b, uint32_t id);

/* The prototype (CTYPE_FUNCTION, members are its parameters) of a function; of
 * a tracepoint, without the first parameter that is not its own. NULL: none. */
const struct ctype *btf_types_function(struct btf_types *b, const char *name);
const struct ctype *btf_types_tracepoint(struct btf_types *b,
					 const char *name);
/* Call fn with the name of each function, in order of number; those of the base
 * are left out. */
void btf_types_each_function(struct btf_types *b,
			     void (*fn)(void *ctx, const char *name),
			     void *ctx);

#endif
