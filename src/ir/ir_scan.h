/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scanner of the IR's text form: tokens are taken on demand, straight from the
 * text; nothing is allocated but the bytes of quoted texts.
 *
 * Every function skips blanks first and gives false once an error is set; the
 * first error stays. Line ends are tokens: scan_end_line().
 */
#ifndef SPILE_IR_IR_SCAN_H
#define SPILE_IR_IR_SCAN_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct scan {
	const char *at, *end;
	unsigned line;       /* from 1 */
	bool failed;
	struct strbuf *err;  /* gets one sentence */
	struct strbuf text;  /* the last quoted text, decoded */
};

/* A piece of the text. */
struct scan_word {
	const char *s;
	size_t len;
};

/* Start on len bytes of text; messages go to err. Release frees the scratch
 * text only. */
void scan_init(struct scan *s, const char *text, size_t len,
	       struct strbuf *err);
void scan_release(struct scan *s);
/* Set the error "IR text line N: MESSAGE." (printf format without the dot);
 * always false. */
bool scan_fail(struct scan *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Skip empty lines and comments; false at the end of the text. */
bool scan_next_line(struct scan *s);
/* Nothing may follow on this line; moves to the next. */
bool scan_end_line(struct scan *s);
/* The next byte behind blanks, or 0 at the end of the line. */
char scan_peek(struct scan *s);
/* Take this byte if it is next; no error otherwise. */
bool scan_take(struct scan *s, char c);
/* This byte must be next. */
bool scan_expect(struct scan *s, char c);
/* A bare word (letters, digits, _ $ . not starting with a digit or dot). */
bool scan_word(struct scan *s, struct scan_word *w);
/* Whether the next word is this one; takes it if so. */
bool scan_keyword(struct scan *s, const char *word);
/* A decimal number, signed 64 bits. */
bool scan_number(struct scan *s, int64_t *n);
/* A number from 0 to max. */
bool scan_unsigned(struct scan *s, uint32_t max, uint32_t *n);
/* The letter directly followed by a number: r12 b3 i0 !4. max is exclusive;
 * what names the thing in messages ("register"). */
bool scan_id(struct scan *s, char letter, uint32_t max, const char *what,
	     uint32_t *id);
/* A quoted text, decoded into s->text; may hold NULs only if nul_ok. */
bool scan_quoted(struct scan *s, bool nul_ok);
/* A name, bare or quoted; not empty. Good until the next quoted text. */
bool scan_name(struct scan *s, struct scan_word *w);

static inline bool scan_word_is(struct scan_word w, const char *text)
{
	return !__builtin_strncmp(w.s, text, w.len) && !text[w.len];
}

#endif
