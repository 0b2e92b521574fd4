# SPDX-License-Identifier: GPL-2.0-or-later
# What the aliases of system calls show of calls that a program is known to make.
set -u
. "$LIB"
needs_root
gcc -Wall -o calls "$(dirname "$LIB")/programs/calls.c" || exit 1
cat >show.stp <<'END'
global on
probe syscall.getppid { if (pid() == target()) on = !on }
probe syscall.* { if (on && pid() == target() && name != "getppid") printf("%s(%s)\n", name, argstr) }
probe syscall.*.return { if (on && pid() == target() && name != "getppid") printf("%s = %s\n", name, retstr) }
END
expect 'known calls' 0 '^$' '^$' "$STAP" -o got -c './calls want' show.stp
equal 'arguments and results' "$(cat got)" "$(cat want)"
# Variables by name, of other ways to the same places too.
for family in syscall nd_syscall tp_syscall; do
	expect "variables of $family" 0 '(^|\n)3 AT_FDCWD "want" want 577 O_WRONLY\|O_CREAT\|O_TRUNC 438\n' '^$' "$STAP" -c './calls want' -e "
		probe $family.openat { if (pid() == target() && filename_unquoted == \"want\") { printf(\"%d %s %s %s %d %s %d\\n\", dfd + 103, dfd_str, filename, filename_unquoted, flags, flags_str, mode) exit() } }"
done
expect '-L' 0 '^syscall\.openat name:string dfd:long dfd_str:string filename_unquoted:string filename:string flags:long flags_str:string mode:long argstr:string\nsyscall\.openat\.return name:string retval:long retstr:string\n$' '^$' "$STAP" -L 'syscall.openat, syscall.openat.return'
expect '-l' 0 '(^|\n)syscall\.pread\nsyscall\.preadv\n.*\nsyscall\.readlink\n' '^$' "$STAP" -l 'syscall.*'
expect 'no return of exit' 1 '' 'probe point' "$STAP" -p2 -e 'probe syscall.exit.return { }'
expect 'misspelt' 1 '^$' 'probe point mismatch \(similar: read, ' "$STAP" -p2 -e 'probe syscall.raed { }'
expect 'any call' 0 '(^|\n)getppid [0-9]+ 110\n' '^$' "$STAP" -c './calls want' -e '
	probe syscall_any.return { if (pid() == target() && syscall_nr == syscall_num("getppid")) { println(name, " ", retval, " ", syscall_nr) exit() } }'
