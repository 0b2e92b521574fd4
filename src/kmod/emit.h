/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 4, kernel modules: IR program to C text that people can read.
 *
 * The text includes only runtime/api.h. It is a pure function of the program:
 * one C function for each handler and function of the IR, then tables of
 * probes and globals.
 */
#ifndef SPILE_KMOD_EMIT_H
#define SPILE_KMOD_EMIT_H

#include "base/strbuf.h"
#include "ir/ir.h"

/* Whether a kernel module can carry the whole program. 0, or -ENOTSUP with one
 * sentence in err that says what stands in the way. */
int kmod_can_run(const struct ir_prog *p, struct strbuf *err);

/* Append the text to c_text. p has passed ir_check() and ir_pass_bounds(), and
 * can be run. 0, or -E2BIG with a sentence in err for a program whose variables
 * need more memory than a module may have. */
int kmod_emit(const struct ir_prog *p, struct strbuf *c_text,
	      struct strbuf *err);

#endif
