/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What staprun tells a module that it has inserted (proto/control.h). */
#ifndef SPILE_STAPRUN_BRIEF_H
#define SPILE_STAPRUN_BRIEF_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct brief {
	uint32_t credentials; /* CONTROL_STAP* */
	bool own;             /* Spile's module: finds kernel addresses itself */
	const char *remote;   /* "N:URI", checked; or NULL */
};

/* Find out which dialect the module speaks, and send it everything. 0, or
 * -errno and one sentence. */
int brief_send(int control_fd, const struct brief *b, struct strbuf *err);

#endif
