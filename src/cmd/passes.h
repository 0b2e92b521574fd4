/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SPILE_CMD_PASSES_H
#define SPILE_CMD_PASSES_H

#include "cmd/options.h"

/* Run the passes that the options ask for. Returns stap's exit status. */
int passes_run(const struct options *o);

#endif
