/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attaching loaded programs by the rows of a .bo's table. */
#ifndef SPILE_STAPRUN_ATTACH_H
#define SPILE_STAPRUN_ATTACH_H

#include "base/vec.h"
#include "staprun/load.h"

struct links {
	VEC(int) fds;  /* each detaches when closed; heap */
	bool slow;     /* detaching them takes long */
	unsigned left_out; /* functions of wildcards that cannot be probed */
};

/* Attach every row; rows of one program and place share one attachment. 0, or
 * -errno and one sentence: then some may be attached, and links_release()
 * detaches them. */
int attach_all(const struct load *l, struct links *links, struct strbuf *err);

/* Close all of them. */
void links_release(struct links *links);

#endif
