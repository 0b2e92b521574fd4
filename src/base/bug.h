/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Failures that are ours, and allocation that cannot fail.
 *
 * BUG() is for a broken invariant of this program: it names the place and
 * aborts. A wrong script goes through diag.h; a failing system call returns
 * -errno with a sentence in a strbuf.
 */
#ifndef SPILE_BASE_BUG_H
#define SPILE_BASE_BUG_H

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Report a broken invariant (printf format) with file and line, and abort. */
#define BUG(...) bug_abort(__FILE__, __LINE__, __VA_ARGS__)
#define BUG_ON(cond)                                                          \
	do {                                                                  \
		if (__builtin_expect(!!(cond), 0))                            \
			BUG("%s", #cond);                                     \
	} while (0)

_Noreturn void bug_abort(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* malloc and friends that end the program with a message when memory is out.
 * For compile-time data only; long-lived processes handle failure. */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));

#endif
