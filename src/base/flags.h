/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of flags. A table is entries "MASK/VALUE:NAME," or "VALUE:NAME," (the
 * mask is then the value), in hexadecimal. A text begins with the names of the
 * entries whose value the bits of their mask have, joined by |; bits taken by one
 * entry are not there for the next. What no entry takes comes last, as a number
 * in hexadecimal, or in octal if the table begins with 0.
 *
 * A table that begins with = holds values: the name of the one, or the number.
 */
#ifndef SPILE_BASE_FLAGS_H
#define SPILE_BASE_FLAGS_H

#include "base/strbuf.h"

#include <stdint.h>

/* The built-in table of a name (flags.tbl; "syscall": the machine's system calls
 * by number), or NULL. */
const char *flags_table(const char *name);

/* The value of a name in a table, or -1. */
int64_t flags_value(const char *table, const char *name, size_t len);

/* Append the text of a value; a broken table gives the number. */
void flags_text(const char *table, uint64_t value, struct strbuf *out);

#endif
