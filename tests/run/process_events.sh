# SPDX-License-Identifier: GPL-2.0-or-later
# Processes and threads that start and end, and their system calls.
set -u
. "$LIB"
needs_root
gcc -O1 "$(dirname "$LIB")/programs/threads.c" -o threads -pthread || exit 1
script='global n
probe process("./threads").begin { n["begin"]++ }
probe process("./threads").end { n["end"]++ }
probe process("./threads").thread.begin { n["thread begin"]++ }
probe process("./threads").thread.end { n["thread end"]++ }
probe process("./threads").syscall { n["call"]++ }
probe process("./threads").syscall.return { n["return"]++ }
probe process("/bin/true").begin { n["true"]++ }
probe end { println(n["begin"], n["thread begin"], n["true"], " ", n["call"] > 20, n["return"] > 20)
	if (ends) println(n["end"], n["thread end"]) }
global ends = 1'
# Before Linux 6.16 a process that ends has given its program up.
uname -r | awk -F. '{ exit !($1 > 6 || ($1 == 6 && $2 >= 16)) }' && ends=1 || ends=0
want='331 11\n'
[ $ends = 1 ] && want="${want}23\n"
expect 'target' 0 "(^|\\n)$want\$" '^$' "$STAP" -G ends=$ends -c ./threads -e "$script"
expect 'everybody' 0 "(^|\\n)$want\$" '^$' "$STAP" -G ends=$ends -c 'sh -c ./threads' -e "$script"
# Without -c: all processes of that program, and no others.
sleep 1 && ./threads &
expect 'no target' 0 '^31\n$' '^$' "$STAP" \
	-e 'global n, o probe process("./threads").begin { n++ } probe process("/bin/true").begin { o++ } probe timer.s(2) { exit() } probe end { println(n, o) }'
wait
# One process by its id.
$LOOP syscall 10000 2000000 >/dev/null & pid=$!
expect 'by id' 0 '^1 1 0\n$' '^$' "$STAP" \
	-e "global n, r, o probe process($pid).syscall { if (pid() == $pid) n++; else o++ } probe process($pid).syscall.return { r++ } probe timer.ms(300) { exit() } probe end { println(n > 100, \" \", r > 100, \" \", o) }"
kill $pid; wait 2>/dev/null
# The whole tree of a command.
expect 'bare' 0 '(^|\n)1\n$' '^$' "$STAP" -c ./threads \
	-e 'global n probe process.begin { n++ } probe end { println(n >= 3) }'
exit $bad
