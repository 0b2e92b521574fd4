# SPDX-License-Identifier: GPL-2.0-or-later
# What kernel handlers count agrees with what the load did.
set -u
. "$LIB"
needs_root

# 5 x 2000 getppid calls by a known program.
run="$LOOP syscall 5 2000"
expect 'syscall count' 0 '^[0-9]+ ns a call[^\n]*\n10000\n$' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid { if (pid() == target()) n++ } probe end { println(n) }'
expect 'syscall by name' 0 '(^|\n)eventloop 10000\n' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid { if (pid() == target()) n[execname()]++ } probe end { foreach (k in n-) println(k, " ", n[k]) }'
expect 'return and both' 0 '(^|\n)10000 10000\n' '^$' "$STAP" -c "$run" \
	-e 'global a, b probe syscall.getppid { if (pid() == target()) a++ } probe syscall.getppid.return { if (pid() == target()) b++ } probe end { println(a, " ", b) }'
expect 'several names' 0 '(^|\n)10000 1\n' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid, syscall.getpid { if (pid() == target()) n++ } probe syscall.execve.return { if (pid() == target()) e++ } probe end { println(n, " ", e) } global e'
expect 'keys of both types' 0 '(^|\n)n\["eventloop",1\]=10000\n' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid { n[execname(), pid() == target()] += 1 } probe end { foreach ([s, t] in n-) printf("n[\"%s\",%d]=%d\n", s, t, n[s, t]) }'
expect 'locked update' 0 '(^|\n)10000 -10000\n' '^$' "$STAP" -c "$run" \
	-e 'global a, b probe syscall.getppid { if (pid() == target()) { a = a + 1; b = -a } } probe end { println(a, " ", b) }'

# The function of a program: entries, returns, and only the target's.
func="$LOOP function 5 2000"
expect 'function' 0 '(^|\n)10000 10000\n' '^$' "$STAP" -c "$func" \
	-e "global n, r probe process(\"$LOOP\").function(\"probed_function\") { n++ } probe process(\"$LOOP\").function(\"probed_function\").return { r++ } probe end { println(n, \" \", r) }"
expect 'function by glob' 0 '(^|\n)10000\n' '^$' "$STAP" -c "$func" \
	-e "global n probe process(\"$LOOP\").function(\"probed_*\") { n++ } probe end { println(n) }"
expect 'children of the target' 0 '(^|\n)20000\n' '^$' "$STAP" -c "bash -c '$func & $func; wait'" \
	-e "global n probe process(\"$LOOP\").function(\"probed_function\") { n++ } probe end { println(n) }"
$LOOP function 10000 2000000 >/dev/null &
other=$!
expect 'nobody else' 0 '(^|\n)10000\n' '^$' "$STAP" -c "$func" \
	-e "global n probe process(\"$LOOP\").function(\"probed_function\") { n++ } probe end { println(n) }"
expect 'all processes' 0 '^1\n$' '^$' "$STAP" \
	-e "global n probe process(\"$LOOP\").function(\"probed_function\") { n++ } probe timer.ms(200) { exit() } probe end { println(n > 1000) }"
kill $other; wait $other 2>/dev/null

# Tracepoints, by name and by system:name.
expect 'tracepoint' 0 '(^|\n)1 1\n' '^$' "$STAP" -c "bash -c '/bin/true; /bin/true'" \
	-e 'global n, m probe kernel.trace("sched_process_exec") { n++ } probe kernel.trace("sched:sched_process_exit") { m++ } probe end { println(n >= 2, " ", m >= 2) }'

# Samples of a busy program: one CPU of this machine, at least a few a second.
$LOOP function 10000 2000000 >/dev/null &
busy=$!
expect 'profile' 0 '^1\n$' '^$' "$STAP" \
	-e 'global s probe timer.profile { s[execname()]++ } probe timer.ms(500) { exit() } probe end { println(s["eventloop"] > 0) }'
kill $busy; wait $busy 2>/dev/null
exit $bad
