/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources and locations.
 *
 * A source is a named text (a script file, "<input>", a tapset file, a script
 * argument pasted by $N). A location is a token's bytes in one of them: small,
 * copied by value, carried by every token and AST node. Origins say through
 * which macro expansion or synthesis a token came; they form chains.
 */
#ifndef SPILE_BASE_SOURCE_H
#define SPILE_BASE_SOURCE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

/* What kind of token a location covers: decides how messages name it. */
enum tok_class {
	TC_NONE,    /* no token: the location is a bare place */
	TC_JUNK,    /* unknown token 'x' */
	TC_IDENT,   /* identifier 'x' */
	TC_KEYWORD, /* keyword */
	TC_OP,      /* operator '+' */
	TC_STRING,  /* string 'abc' (the text without its quotes) */
	TC_NUMBER,  /* number '5' */
	TC_EMBED,   /* embedded-code */
	TC_EOF,     /* FILE EOF */
};

/* Zero-initialised: no location. */
struct loc {
	uint32_t off;    /* first byte in the source's text */
	uint32_t len;    /* bytes of the token as written */
	uint32_t origin; /* index of an origin, 0 for plain text */
	uint16_t src;    /* index of the source, 0 for none */
	uint8_t cls;     /* enum tok_class */
	uint8_t pad;
};

struct source {
	const char *name; /* as messages print it: the path, or <input> */
	const char *text; /* NUL-terminated behind len; may hold NULs */
	size_t len;
	bool library;        /* from the tapset, not the user */
	struct loc included; /* of pasted text: the place of the $N; else none */
	uint32_t *lines;     /* offset of each line's start; made on demand */
	size_t n_lines;
};

struct origin {
	const char *kind;  /* "macro", "alias", … as the chain line names it */
	const char *name;  /* of the macro; may be NULL */
	struct loc at;     /* the place that brought the token in */
	uint32_t parent;   /* next origin outwards, or 0 */
};

struct sources {
	struct arena *arena;
	VEC(struct source *) list; /* [0] is unused */
	VEC(struct origin) origins; /* [0] is unused */
};

/* Empty; everything registered later lives in the arena. */
void sources_init(struct sources *s, struct arena *arena);

/* Add a text; name and text are copied into the arena unless the caller says
 * they live as long (copy false). At most 65535 sources and 4 GiB of text in
 * each; above either NULL comes back. */
struct source *source_add(struct sources *s, const char *name,
			  const char *text, size_t len, bool copy);
/* The number to put in loc.src. */
uint16_t source_index(const struct sources *s, const struct source *src);
/* The source of a location, or NULL. */
struct source *loc_source(const struct sources *s, struct loc loc);
/* Register an origin; returns its number for loc.origin. */
uint32_t origin_add(struct sources *s, const char *kind, const char *name,
		    struct loc at, uint32_t parent);

/* Line and column (both from 1) of a location. Pasted text counts as standing
 * where the $N does. */
void loc_line_col(const struct sources *s, struct loc loc, unsigned *line,
		  unsigned *col);
/* The bytes of the line a location is on, without its end. */
void loc_line_text(const struct sources *s, struct loc loc, const char **text,
		   size_t *len);
/* The bytes of the token itself. */
void loc_text(const struct sources *s, struct loc loc, const char **text,
	      size_t *len);

/* Append "FILE:LINE:COL". */
void loc_add_place(const struct sources *s, struct loc loc,
		   struct strbuf *out);
/* Append the token as messages name it, "identifier 'x'". */
void loc_add_token(const struct sources *s, struct loc loc,
		   struct strbuf *out);
/* Append "TOKEN at FILE:LINE:COL" ("FILE EOF" at the end of a source). */
void loc_add_token_at(const struct sources *s, struct loc loc,
		      struct strbuf *out);

/* Whether there is a location at all. */
static inline bool loc_is_set(struct loc loc)
{
	return loc.src != 0;
}

#endif
