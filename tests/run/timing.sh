# SPDX-License-Identifier: GPL-2.0-or-later
# -t: which probes were hit, how often, and how long their handlers took.
set -u
. "$LIB"
line='hits: 1, cycles: [0-9]+min/[0-9]+avg/[0-9]+max, variance: 0, from: '
expect 'report' 0 "^x\n----- probe hit report: \nbegin, \(<input>:1:1\), ${line}begin, index: 0\nend, \(<input>:1:62\), ${line}end, index: 2\n\$" '^$' \
	"$STAP" -t -e 'probe begin { println("x") exit() }     probe timer.s(9) { } probe end { exit() }'
expect 'two of one point, and an alias' 0 "report: \nbegin, \(<input>:2:1\), ${line}begin <- a, index: 0\nbegin, \(<input>:3:1\), ${line}begin <- a, index: 1\n\$" '^$' \
	"$STAP" -t -e 'probe a = begin { n = 1 }
probe a { println(n) }
probe a { println(n) exit() }'
expect 'hits' 0 'hits: 5, cycles: ([0-9]+)min/.*variance: [0-9]+, from: timer.ms\(1\), index: 0\n$' '^$' \
	"$STAP" -t -e 'global n probe timer.ms(1) if (n < 5) { if (++n == 5) exit() }'
expect 'with an error' 1 'report: \nbegin, .*hits: 1' 'division by 0' \
	"$STAP" -t -e 'global z probe begin { println(1 / z) }'
[ "$(id -u)" = 0 ] || exit $bad
expect 'in the kernel' 0 'syscall[^\n]*getppid[^\n]*, \(<input>:1:10\), hits: [1-9][0-9]*, cycles: [1-9][0-9]*min' '^$' \
	"$STAP" -t -c 'bash -c :' -e 'global n probe syscall.{getppid,getpgrp,setuid} { if (pid() == target()) n++ } probe end { exit() println(n) }'
exit $bad
