#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# gen_syscalls.sh CC...: the compiler's system call numbers as rows
# SYSCALL(name, number), in order of number.
set -e
printf '#include <asm/unistd.h>\n' | "$@" -E -dM - |
	sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9][0-9]*\)$/SYSCALL(\1, \2)/p' |
	sort -t, -k2n
