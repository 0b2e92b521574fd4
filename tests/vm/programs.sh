# SPDX-License-Identifier: GPL-2.0-or-later
# limit: 200
# Marks, variables and the life of programs of our own.
. "$LIB"
check marks '^0 -5 -7~1 -5 -7~$' stap -c './marks 2 >/dev/null' -e '
probe process("./marks").mark("begin-work") { println($arg1, " ", $arg2, " ", $arg3) }'
check semaphores '^asked 1 0~$' stap -c './marks 2' -e 'probe process("./marks").mark("begin-work") { if (0) exit() }'
# Slow to detach where the kernel has no uprobe_multi: a child does it.
tries=0
while ./marks 1 | grep -q 'asked 1' && [ $tries -lt 50 ]; do
	usleep 200000
	tries=$((tries + 1))
done
check 'semaphores are given back' '^asked 0 0~' ./marks 1
check variables '^7 second 17 1000 5~14~6~$' stap -c './functions >/dev/null' -e '
probe process("./functions").function("foo") {
	if ($n == 0) println($x->a, " ", user_string($x->next->name), " ", $x->bits, " ", @var("global_total"), " ", $counter)
}
probe process("./functions").function("foo").return { if ($return <= 14) println($return) }'
check life '^3 3 1 1~$' stap -c './threads' -e '
global b, t, s, r
probe process("./threads").begin { b++ }
probe process("./threads").thread.begin { t++ }
probe process("./threads").syscall { s++ }
probe process("./threads").syscall.return { r++ }
probe end { println(b, " ", t, " ", s > 20, " ", r > 20) }'
check 'end of threads' '^[1-9]' stap -c './threads' -e '
global e
probe process.end { e++ }
probe end { println(e) }'
exit $bad
