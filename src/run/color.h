/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether and how to colour messages: option -C and SYSTEMTAP_COLORS. */
#ifndef SPILE_RUN_COLOR_H
#define SPILE_RUN_COLOR_H

#include <stdbool.h>
#include <stddef.h>

enum color_when { COLOR_WHEN_AUTO, COLOR_WHEN_ALWAYS, COLOR_WHEN_NEVER };

/* Read "auto", "always" or "never"; false for anything else. */
bool color_parse_when(const char *text, enum color_when *when);

/* Whether messages on this descriptor are to be coloured. */
bool color_wanted(enum color_when when, int fd);

/* The colour of a kind of message ("error", "warning"): what stands between
 * ESC [ and m, in *len bytes; NULL for none. colors is the value of
 * SYSTEMTAP_COLORS, or NULL if that is not set. */
const char *color_find(const char *colors, const char *kind, size_t *len);

#endif
