/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/syscalls.h"

#include <stddef.h>

const struct syscall_row syscall_table[] = {
#define SYSCALL(name, number) { #name, number },
#include "syscalls.def" /* made by gen_syscalls.sh */
#undef SYSCALL
	{ NULL, -1 },
};
