/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words NAME=VALUE of the command line as the text of parameters that the
 * kernel takes with a module. */
#ifndef SPILE_STAPRUN_PARAMS_H
#define SPILE_STAPRUN_PARAMS_H

#include "staprun/kofile.h"

/* Append "_stp_bufsize=N" and the words, so that the kernel's parser finds the
 * values again: any bytes if the module is Spile's own, else what quotes can
 * carry. A value that starts with a double quote is taken up to the next one.
 * 0; -EINVAL and one sentence for the first word that the module does not take:
 * no such parameter, no number where one is wanted, or not to be carried. */
int params_build(const struct kofile *k, unsigned buffer_mb, char *const *words,
		 int n_words, struct strbuf *text, struct strbuf *err);

#endif
