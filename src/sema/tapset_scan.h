/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a library file offers, found without parsing it.
 *
 * A name is one line of an index file: a word for the kind and the name,
 *
 *   function NAME/PARAMETERS   global NAME   alias A.B   macro NAME
 *
 * Private names are not offered. Text in conditionals counts on both sides: a
 * file may offer more than it has on this machine.
 */
#ifndef SPILE_SEMA_TAPSET_SCAN_H
#define SPILE_SEMA_TAPSET_SCAN_H

#include "lang/lang.h"

typedef VEC(const char *) tapset_names;

/* Append the lines for a source, in order of declaration; the texts live in
 * l->arena. Reports nothing: what is wrong comes up when the file is used. */
void tapset_scan(struct lang *l, const struct source *src, bool macros,
		 tapset_names *out);

#endif
