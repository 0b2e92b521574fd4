/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing byte string on the heap, always NUL-terminated behind len bytes
 * (which may hold NULs themselves). buf is never NULL after strbuf_init.
 */
#ifndef SPILE_BASE_STRBUF_H
#define SPILE_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>

struct strbuf {
	char *buf;
	size_t len, cap; /* cap 0: buf is a shared empty string */
};

extern char strbuf_empty[];

#define STRBUF_INIT                                                           \
	{                                                                     \
		.buf = strbuf_empty                                           \
	}

/* Empty; allocates nothing. */
void strbuf_init(struct strbuf *s);
/* Free the contents and leave an empty, usable buffer. */
void strbuf_release(struct strbuf *s);
/* Length 0; keeps the memory. */
void strbuf_reset(struct strbuf *s);
/* Drop what is behind the first len bytes. */
void strbuf_cut(struct strbuf *s, size_t len);
/* Make room for more bytes behind len (plus the NUL). */
void strbuf_reserve(struct strbuf *s, size_t more);
void strbuf_add(struct strbuf *s, const void *bytes, size_t len);
void strbuf_addstr(struct strbuf *s, const char *text);
void strbuf_addch(struct strbuf *s, int c);
/* n copies of c. */
void strbuf_fill(struct strbuf *s, int c, size_t n);
void strbuf_addf(struct strbuf *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *s, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/* Hand over the bytes (to be freed by the caller); leaves s empty. */
char *strbuf_detach(struct strbuf *s);

/* Append len bytes as a C string literal without the quotes: \" \\ \n \t …,
 * other unprintable bytes as three octal digits. */
void strbuf_add_escaped(struct strbuf *s, const char *bytes, size_t len);

#endif
