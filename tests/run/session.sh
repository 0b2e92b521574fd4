# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions of user-space handlers, from the text of IR programs: order, errors,
# timers, targets, signals, output that fails. No front end, no root.
set -u
. "$LIB"
mkbo() # NAME: a .bo from standard input, with the first line added
{
	{ echo 'spile-ir 1'; cat; } >"$1.ir"
	"$BIN/tests/tools/mkbo" "$1.ir" "$1.bo" || { echo "mkbo $1 failed"; bad=1; }
}
# handler NAME TEXT [LINE...]: one that prints TEXT, then does the lines.
handler()
{
	printf 'handler %s\n  reg r0:str\nb0:\n  print "%s"\n' "$1" "$2"
	shift 2
	printf '  %s\n' "$@"
	printf '  ret\nb1:\n  fail\n'
}

{
	printf 'probe begin b5 "begin(5)" n0=5\nprobe begin b0 "begin"\n'
	printf 'probe begin bm "begin(-1)" n0=-1\nprobe begin again "begin"\n'
	printf 'probe begin z "begin(0)"\nprobe end e1 "end(1)" n0=1\nprobe end e0 "end"\n'
	handler b5 'b5 ' 'intrin exit'; handler b0 'b0 '; handler bm 'bm '
	handler again 'again '; handler z 'z '; handler e1 'e1 '; handler e0 'e0 '
} | mkbo order
expect 'order' 0 '^bm b0 again z b5 e0 e1 $' '^$' "$STAPIO" order.bo

{
	printf 'probe begin a "begin"\nprobe begin b "begin"\nprobe begin c "begin(1)" n0=1\n'
	printf 'probe end e "end"\n'
	handler a 'a ' 'intrin exit'; handler b 'b '; handler c 'c '; handler e 'e '
} | mkbo exit
expect 'exit lets the group end' 0 '^a b e $' '^$' "$STAPIO" exit.bo

fails() # NAME TEXT: a handler that prints and raises
{
	printf 'handler %s\n  reg r0:str\nb0:\n  print "%s"\n  r0 = str "wrong"\n  intrin error, r0 err b1 !0\n  ret\nb1:\n  fail\n' "$1" "$2"
}
{
	printf 'loc !0 "a place"\nprobe begin a "begin"\nprobe begin b "begin"\nprobe begin c "begin(1)" n0=1\n'
	printf 'probe end e "end"\nprobe error f "error"\nprobe error g "error(1)" n0=1\n'
	fails a 'a '; handler b 'b '; handler c 'c '; handler e 'e '; fails f 'f '; handler g 'g '
} | mkbo error
expect 'error' 1 '^a b f g $' \
	'^ERROR: wrong near a place in probe begin.ERROR: wrong near a place in probe error.WARNING: Number of errors: 2, skipped probes: 0.$' \
	"$STAPIO" error.bo
{
	printf 'limit maxerrors 1\n'
	sed 1d error.ir
} | mkbo tolerated
expect 'a tolerated error' 1 '^a b c e $' 'Number of errors: 1, skipped' timeout --preserve-status -s INT 0.3 "$STAPIO" tolerated.bo
expect '-w' 1 '^a b f g $' '^ERROR: [^\n]*\nERROR: [^\n]*\n$' "$STAPIO" -w error.bo

{
	printf 'loc !0 "a place"\nprobe begin a "begin"\nprobe end e "end"\nprobe end d "end(1)" n0=1\nprobe error f "error"\n'
	handler a 'a ' 'intrin exit'; fails e 'e '; handler d 'd '; handler f 'f '
} | mkbo end
expect 'error in end' 1 '^a e f $' 'Number of errors: 1' "$STAPIO" end.bo

warn() { printf 'probe begin b "begin"\nhandler b\n  reg r0:str\nb0:\n  r0 = str "once"\n  intrin warn, r0\n  intrin warn, r0\n  r0 = str "twice"\n  intrin warn, r0\n  intrin exit\n  ret\n'; }
warn | mkbo warn
expect 'warnings' 0 '^$' '^WARNING: once.WARNING: twice.$' "$STAPIO" warn.bo
expect 'warnings with -v' 0 '^$' '^WARNING: once.WARNING: once.WARNING: twice.$' "$STAPIO" -v warn.bo
expect 'no warnings' 0 '^$' '^$' "$STAPIO" -w warn.bo

count() # POINT KIND PARAMETERS LIMIT
{
	printf 'global @n: i64 = 0\nprobe %s t "%s" %s\nprobe end e "end"\n' "$2" "$1" "$3"
	printf 'handler t\n  reg r0:i64, r1:i64\nb0:\n  r0 = const 1\n  gadd @n, r0\n  r0 = gget @n\n  r1 = const %s\n  r0 = icmp ge r0, r1\n  br r0, b1, b2\nb1:\n  intrin exit\n  ret\nb2:\n  ret\n' "$4"
	printf 'handler e\n  reg r0:i64\nb0:\n  r0 = gget @n\n  print "%%d\\n", r0\n  ret\n'
}
count 'timer.ms(10)' timer n0=10000000 10 | mkbo timer
start=$(date +%s%N)
expect 'timer' 0 '^10\n$' '^$' "$STAPIO" timer.bo
took=$((($(date +%s%N) - start) / 1000000))
[ $took -ge 100 ] && [ $took -lt 1000 ] || { echo "10 times 10 ms took $took ms"; bad=1; }
count 'timer.us(200)' timer n0=200000 1000 | mkbo fast
expect 'fast timer' 0 '^1000\n$' '^$' "$STAPIO" fast.bo
count 'timer.jiffies(1)' jiffies n0=1 5 | mkbo jiffies
expect 'jiffies' 0 '^5\n$' '^$' "$STAPIO" jiffies.bo
expect 'value from outside' 0 '^10\n$' '^$' "$STAPIO" timer.bo n=8
expect 'unknown name' 0 '^10\n$' '^$' "$STAPIO" timer.bo other=8
expect 'no number' 1 '^$' "^ERROR: Couldn't insert module 'timer\.bo': Invalid parameters\n$" "$STAPIO" timer.bo n=x

{
	printf 'probe begin b "begin"\nprobe end e "end"\n'
	printf 'handler b\n  reg r0:i64, r1:i64\nb0:\n  r0 = intrin target\n  r1 = const 0\n  r0 = icmp gt r0, r1\n  print "%%d ", r0\n  ret\n'
	handler e 'the end'
} | mkbo wait
expect '-c' 0 '^1 cmd\nthe end$' '^$' "$STAPIO" -c 'echo cmd' wait.bo
expect '-c with a shell' 0 '^1 a b\nthe end$' '^$' "$STAPIO" -c 'x=a; echo $x b' wait.bo
expect '-c status' 1 'the end$' '^WARNING: Child process exited with status 3\n$' "$STAPIO" -c 'exit 3' wait.bo
expect '-c signal' 1 'the end$' '^WARNING: Child process exited with signal 9 \(Killed\)\n$' "$STAPIO" -c 'kill -9 $$' wait.bo
expect '-c of nothing' 1 'the end$' 'no_such_command.*exited with status 127' "$STAPIO" -c no_such_command wait.bo
expect '-c not begun after exit' 0 '^a b e $' '^$' "$STAPIO" -c 'touch begun' exit.bo
[ ! -e begun ] || { echo '-c: ran though the session never did'; bad=1; }
expect '-c in a clean place' 0 '^1 0 1 2 [0-9]+\n' '^$' "$STAPIO" -c "bash -c 'cd /proc/self/fd && echo *'" wait.bo
sleep 0.3 &
expect '-x' 0 '^1 the end$' '^$' "$STAPIO" -x $! wait.bo
expect '-x of nobody' 1 '^$' '^ERROR: cannot watch process 4194304: ' "$STAPIO" -x 4194304 wait.bo
for sig in INT TERM HUP QUIT; do
	expect "SIG$sig" 0 '^0 the end$' '^$' timeout --foreground -s $sig --preserve-status 0.3 "$STAPIO" wait.bo
done

many() # print lines for ever
{
	printf 'global @n: i64\nprobe begin b "begin"\nprobe timer t "timer.us(100)" n0=100000\nprobe end e "end"\nhandler b\nb0:\n  ret\n'
	printf 'handler t\n  reg r0:i64\nb0:\n  r0 = const 1\n  gadd @n, r0\n  r0 = gget @n\n  print "%%1000d\\n", r0\n  ret\n'
	handler e 'the end'
}
many | mkbo many
expect 'full disk' 1 '^$' '^ERROR: cannot write output: No space left on device\n$' "$STAPIO" -o /dev/full many.bo
expect 'full disk at the end' 1 '^$' '^ERROR: cannot write output: No space left on device\n$' bash -c '"$STAPIO" exit.bo >/dev/full'
expect 'closed pipe' 0 '^ +1\n1 0\n$' '^ERROR: cannot write output: Broken pipe\n$' \
	bash -c 'timeout 10 "$STAPIO" many.bo | head -n 1; echo "${PIPESTATUS[*]}"'
# A reader that stops reading cannot hold us: the third signal leaves.
mkfifo pipe
sleep 20 <pipe &
reader=$!
"$STAPIO" many.bo >pipe &
pid=$!
sleep 0.5
for _ in 1 2 3; do kill -INT $pid 2>/dev/null; sleep 0.1; done
wait $pid
equal 'three signals' $? 130
kill $reader
expect '-o' 0 '^$' '^$' "$STAPIO" -o 'out-%Y' order.bo
equal '-o with a format' "$(cat "out-$(date +%Y)")" 'bm b0 again z b5 e0 e1 '

expect 'no .bo' 1 '^$' "ERROR: '/bin/sh' is no \.bo made by stap" "$STAPIO" /bin/sh
expect 'staprun passes it on' 0 '^bm b0 again z b5 e0 e1 $' '^$' "$STAPRUN" order.bo
expect 'unknown option' 1 '^$' "ERROR: unknown.*'-Z'.*\nUsage: staprun" "$STAPRUN" -Z order.bo
expect 'option for modules' 1 '^$' '^ERROR: option -L is for kernel modules; [^\n]*\n$' "$STAPRUN" -L order.bo
expect '-h' 0 '^Usage: staprun' '^$' "$STAPRUN" -h
expect '-V' 0 '^staprun \(Spile\) version [0-9.]+\n$' '^$' "$STAPRUN" -V
expect 'bad buffer' 1 '^$' "Invalid buffer size '0' \(should be 1-4095\)\." "$STAPRUN" -b 0 order.bo
expect 'bad descriptor' 1 '^$' '^ERROR: what option -F names was not made by staprun\n$' "$STAPIO" -F 9 order.bo
exit $bad
