/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pass 4, BPF: IR program to .bo, an ELF object that libbpf opens.
 *
 * Handlers of kernel attach kinds become BPF programs. All handlers stay in the
 * object as IR text too: stapio runs the rest, and decodes records, from it.
 */
#ifndef SPILE_BPF_BPF_H
#define SPILE_BPF_BPF_H

#include "base/strbuf.h"
#include "ir/ir.h"

/* Whether the BPF runtime can carry the whole program. 0, or -ENOTSUP with one
 * sentence in err that says which construct of which handler stands in the way. */
int bpf_can_run(const struct ir_prog *p, struct strbuf *err);

/* Append the whole object to out. p has passed ir_check() and
 * ir_pass_bounds(). Errors as above; also -E2BIG for a program that exceeds
 * what kernels take. */
int bpf_emit(const struct ir_prog *p, struct strbuf *out, struct strbuf *err);

/* Append a listing of the BPF instructions of each handler (stap -p3). */
int bpf_list(const struct ir_prog *p, struct strbuf *out, struct strbuf *err);

#endif
