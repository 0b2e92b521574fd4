/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shell patterns for names: * ? [a-z] [!a-z], and \ for the next byte. */
#ifndef SPILE_BASE_GLOB_H
#define SPILE_BASE_GLOB_H

#include <stdbool.h>

/* Whether the whole of name matches. Takes at most the product of the two
 * lengths in steps, whatever the pattern. */
bool glob_match(const char *pattern, const char *name);
/* Whether the text holds any of * ? [, so that it is worth matching. */
bool glob_is_pattern(const char *text);

#endif
