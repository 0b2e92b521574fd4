/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel memory as handlers in user space see it: read by a small BPF program
 * that this process loads when a handler first asks, if its user may load BPF
 * programs (root). Nobody gets a right that they do not have.
 */
#ifndef SPILE_RUN_KMEM_H
#define SPILE_RUN_KMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kmem {
	int fd;     /* the program; -1 if it cannot be had */
	bool tried;
};

/* Copy n bytes, 1 to 8, at any address; false if they cannot be read. */
bool kmem_read(struct kmem *m, uint64_t address, void *to, size_t n);
/* The address of this thread's struct task_struct; 0 if it cannot be had. */
uint64_t kmem_task(struct kmem *m);
void kmem_release(struct kmem *m);

#endif
