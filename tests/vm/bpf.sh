# SPDX-License-Identifier: GPL-2.0-or-later
# One of each way of attaching BPF programs, checked against what the load does.
. "$LIB"
target='if (pid() == target())'
check hello '^Hello World!~$' stap -e 'probe begin { printf("Hello World!\n") exit() }'
check timer '^3~$' stap -e 'global n probe timer.ms(10) { if (++n == 3) exit() } probe end { println(n) }'
check 'system calls' 'eventloop 10000~10000~' stap -c 'eventloop syscall 5 2000' -e '
global n, m
probe syscall.getppid { n[execname()]++ }
probe syscall.getppid.return { '"$target"' m++ }
probe end { foreach (k in n-) println(k, " ", n[k]); println(m) }'
check 'functions' '1000 1000~' stap -c 'eventloop function 2 500' -e '
global n, r
probe process("eventloop").function("probed_function") { n++ }
probe process("eventloop").function("probed_function").return { r++ }
probe end { println(n, " ", r) }'
check 'errors caught' 'caught division by 0~' stap -c 'eventloop syscall 1 10' -e '
global z = 0
probe syscall.getppid { '"$target"' { try { println(1 / z) } catch (e) { println("caught ", e) } exit() } }'
check 'samples' '^1~$' stap -e '
global s
probe timer.profile { s++ }
probe timer.ms(300) { exit() }
probe end { println(s > 3) }'
check 'watched memory' '^1~$' stap -e '
global w
probe kernel.data("jiffies_64").write { w++ }
probe timer.ms(300) { exit() }
probe end { println(w > 3) }'
# Before 5.12 a kernel has no atomic exchange for the lock: it must say so.
locked=check message=
case $(uname -r) in 5.10.*) locked=fails message='this kernel is too old for the probes: it has no atomic exchange' ;; esac
$locked 'lines' "${message:-1 eventloop <1>~2 eventloop <2>~3 eventloop <3>~}" stap -c 'eventloop syscall 2 500' -e '
global n
probe syscall.getppid { '"$target"' {
	n++
	printf("%d %s %s\n", n, execname(), sprintf("<%d>", n))
	if (n == 3) exit()
} }'
$locked 'tracepoint under the lock' "${message:-^11~$}" stap -e '
global a, b
probe kernel.trace("sched_switch") { a = a + 1; b = -a }
probe timer.ms(300) { exit() }
probe end { println(a > 3, a == -b) }'
exit $bad
