# What the guest runs, in the folder that holds the programs: one of each way
# of attaching, checked against what the load does. Busybox sh.
passed=0 failed=0
check() # NAME PATTERN STAP-ARGUMENTS...
{
	name=$1 pattern=$2
	shift 2
	rm -f out # a command that outlived its session may still write to the old one
	./stap "$@" >out 2>&1 </dev/null
	status=$?
	if [ $status = 0 ] && tr '\n' '~' <out | grep -qE "$pattern"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED on $(uname -r): $name: status $status, want '$pattern'; printed:"
		cat out
	fi
}
target='if (pid() == target())'

check hello '^Hello World!~$' -e 'probe begin { printf("Hello World!\n") exit() }'
check timer '^3~$' -e 'global n probe timer.ms(10) { if (++n == 3) exit() } probe end { println(n) }'
check 'system calls' 'eventloop 10000~10000~' -c './eventloop syscall 5 2000' -e '
global n, m
probe syscall.getppid { n[execname()]++ }
probe syscall.getppid.return { '"$target"' m++ }
probe end { foreach (k in n-) println(k, " ", n[k]); println(m) }'
check 'functions' '1000 1000~' -c './eventloop function 2 500' -e '
global n, r
probe process("./eventloop").function("probed_function") { n++ }
probe process("./eventloop").function("probed_function").return { r++ }
probe end { println(n, " ", r) }'
check 'lines' '1 eventloop <1>~2 eventloop <2>~3 eventloop <3>~' -c './eventloop syscall 2 500' -e '
global n
probe syscall.getppid { '"$target"' {
	n++
	printf("%d %s %s\n", n, execname(), sprintf("<%d>", n))
	if (n == 3) exit()
} }'
check 'errors caught' 'caught division by 0~' -c './eventloop syscall 1 10' -e '
global z = 0
probe syscall.getppid { '"$target"' { try { println(1 / z) } catch (e) { println("caught ", e) } exit() } }'
check 'samples' '^1~$' -e '
global s
probe timer.profile { s++ }
probe timer.ms(300) { exit() }
probe end { println(s > 3) }'
check 'watched memory' '^1~$' -e '
global w
probe kernel.data("jiffies_64").write { w++ }
probe timer.ms(300) { exit() }
probe end { println(w > 3) }'
check 'tracepoint under the lock' '^11~$' -e '
global a, b
probe kernel.trace("sched_switch") { a = a + 1; b = -a }
probe timer.ms(300) { exit() }
probe end { println(a > 3, a == -b) }'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
