/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having a module removed by another staprun, when none waits for us. */
#ifndef SPILE_RUN_REMOVE_H
#define SPILE_RUN_REMOVE_H

#include "base/strbuf.h"
#include "run/options.h"

/* Run "staprun -d MODULE" and wait for it. 0, or -errno and one sentence. */
int remove_module(const struct run_options *opt, struct strbuf *err);

#endif
