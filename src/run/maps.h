/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Array globals that live in BPF hash maps, for the user-space executor.
 *
 * Adding to an element is a read and a write here, since bpf(2) has no atomic
 * addition: an addition that a kernel handler makes between the two is lost
 * unless both sides hold the globals' lock.
 */
#ifndef SPILE_RUN_MAPS_H
#define SPILE_RUN_MAPS_H

#include "vm/vm.h"

#include <stdbool.h>

struct shared_map {
	int fd;
	uint32_t key_size, value_size;
	bool no_batch; /* the kernel lacks the batch calls */
	char *value;   /* scratch, value_size bytes */
};

extern const struct vm_map_ops shared_map_ops; /* ctx: struct shared_map */

#endif
