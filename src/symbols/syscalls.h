/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's system calls: kernel names and numbers. */
#ifndef SPILE_SYMBOLS_SYSCALLS_H
#define SPILE_SYMBOLS_SYSCALLS_H

struct syscall_row {
	const char *name;
	int number;
};

/* In order of number; ends with a NULL name. */
extern const struct syscall_row syscall_table[];

#endif
