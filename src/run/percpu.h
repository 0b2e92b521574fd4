/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics that kernel handlers fill: maps with one value a CPU
 * (proto/session.h). What is read here is the sum of them all.
 */
#ifndef SPILE_RUN_PERCPU_H
#define SPILE_RUN_PERCPU_H

#include <stdint.h>

struct shared_map; /* run/maps.h */

/* CPUs that the kernel keeps a value for: those that could be there. */
uint32_t percpu_cpus(void);

/* As the functions of struct vm_map_ops (vm/vm.h). */
int percpu_get(struct shared_map *m, const void *key, void *value);
int percpu_each(struct shared_map *m,
		int (*cb)(void *arg, const void *key, const void *value),
		void *arg);
int percpu_clear(struct shared_map *m);

#endif
