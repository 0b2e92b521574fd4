/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * String literals: from a token's contents to the bytes they mean
 * (language.md section 1.1).
 */
#ifndef SPILE_LANG_DECODE_H
#define SPILE_LANG_DECODE_H

#include "base/arena.h"

#include <stdbool.h>

/* Interpret the escapes that the lexer keeps (\a \b \t \n \v \f \r \\, up to
 * three octal digits, \x and all hexadecimal digits that follow) in the
 * contents of a string token, or of several that stand together. The result
 * ends before the first NUL, as a string does when the script runs. It is
 * NUL-terminated and lives in the arena. False: some escape is above 255 or
 * has no digits; the result is then what can be made of it. */
bool lang_decode_string(struct arena *arena, const char *str, size_t len,
			const char **out, size_t *out_len);

#endif
