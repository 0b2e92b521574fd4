# SPDX-License-Identifier: GPL-2.0-or-later
# Text, errors and exit() of kernel handlers.
set -u
. "$LIB"
needs_root
run="$LOOP syscall 5 200"

expect 'every line, in order' 0 '' '^$' "$STAP" -o lines -c "$run" \
	-e 'global n probe syscall.getppid { if (pid() == target()) printf("%d\n", n++) }'
equal 'every line, in order' "$(seq 0 999 | md5sum)" "$(md5sum <lines)"
expect 'conversions' 0 '(^|\n)  42\|2a\|eventloop   \|-7\|0x2a\|A\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { printf("%4d|%x|%-12s|%d|%p|%c\n", 42, 42, execname(), -7, 42, 65) exit() } }'
# Two programs that print several pieces at a time: no piece of one inside a
# line of the other.
cp "$LOOP" pieces_$$
expect 'pieces of one handler' 0 '' '^$' "$STAP" -o lines -c "bash -c './pieces_$$ syscall 5 200 & ./pieces_$$ syscall 5 200; wait'" \
	-e "probe syscall.getppid { if (execname() == \"pieces_$$\") { print(\"a\", pid(), \" \") print(\"b\", pid(), \" \") println(\"c\", pid()) } }"
equal 'pieces of one handler' "$(grep -cE '^a([0-9]+) b\1 c\1$' lines)" 2000
expect 'sprintf and concatenation' 0 '(^|\n)<eventloop:5>\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { s = "<" . sprintf("%s:%d", execname(), 5) . ">"; println(s) exit() } }'
expect 'compare strings' 0 '(^|\n)1 0 1 1\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { e = execname(); if (e == "eventloop") { println(e < "f", " ", e < "eventlo", " ", e != "x", " ", e >= "eventloop") exit() } }'
expect 'log and warn' 0 '(^|\n)logged eventloop\n' '^WARNING: warned\n$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { log("logged " . execname()) warn("warned") exit() } }'
expect 'exit() stops at once' 0 '(^|\n)1\n' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid { if (pid() == target()) { n++; exit() } } probe end { println(n) }'
expect 'pp()' 0 'tp_syscall\("getppid"\)' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { println(pp()) exit() } }'

expect 'division by 0' 1 '' "ERROR: division by 0 near operator '/' at <input>:1:[0-9]+ in probe .*getppid.*Number of errors: 1, skipped probes: 0.*Pass 5: run failed" "$STAP" -c "$run" \
	-e 'global z = 0 probe syscall.getppid { if (pid() == target()) println(1 / z) }'
expect 'caught' 0 '(^|\n)caught division by 0\n' '^$' "$STAP" -c "$run" \
	-e 'global z = 0 probe syscall.getppid { if (pid() == target()) { try { println(1 / z) } catch (e) { println("caught ", e) } exit() } }'
expect 'error()' 1 '' 'ERROR: that is wrong near .*in probe' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) error("that is wrong") }'
expect 'array overflow' 1 '' "ERROR: Array overflow, check size limit \(10\) near identifier 'a' at" "$STAP" -c "$run" \
	-e 'global a[10], n probe syscall.getppid { if (pid() == target()) a[n++] = 1 }'
expect 'array overflow caught, contents kept' 0 '(^|\n)10 9\n' '^$' "$STAP" -c "$run" \
	-e 'global a[10], n, m probe syscall.getppid { if (pid() == target()) { try { a[n] = n; m = n } catch { exit() } n++ } } probe end { foreach (k in a) c++; println(c, " ", m) }'
expect 'insertion order' 0 '(^|\n)3 1 2 \n' '^$' "$STAP" -c "$run" \
	-e 'global a, n probe syscall.getppid { if (pid() == target()) { n++; if (n == 1) a[3] = 1; if (n == 2) a[1] = 1; if (n == 3) { a[2] = 1; a[3] = 5; exit() } } } probe end { foreach (k in a) print(k, " "); println() }'
expect 'functions' 0 '(^|\n)12\n' '^$' "$STAP" -c "$run" \
	-e 'function twice:long(x:long) { return x * 2 } function f(x) { return twice(x) + 2 } probe syscall.getppid { if (pid() == target()) { println(f(5)) exit() } }'
expect 'signed division' 0 '(^|\n)-3 -1 3 -1 \n' '^$' "$STAP" -c "$run" \
	-e 'global a = -7, b = 2, c = -2 probe syscall.getppid { if (pid() == target()) { printf("%d %d %d %d \n", a / b, a % b, a / c, a % c) exit() } }'
expect 'loops' 0 '(^|\n)4950 10\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { for (i = 0; i < 100; i++) s += i; while (j < 10) j++; println(s, " ", j) exit() } }'
expect 'endless loop' 1 '' 'ERROR: MAXACTION exceeded near .*in probe' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) while (1) n++ }'
expect 'string globals' 0 '(^|\n)eventloop!\n' '^$' "$STAP" -c "$run" \
	-e 'global s probe syscall.getppid { if (pid() == target()) { s = execname() . "!"; exit() } } probe end { println(s) }'
expect 'foreach in the kernel' 0 '(^|\n)12\n' '^$' "$STAP" -c "$run" \
	-e 'global a probe syscall.getppid { if (pid() == target()) { a[1] = 1; a[2] = 1; foreach (k in a) print(k); println(); exit() } }'
exit $bad
