# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions with kernel handlers, from the text of IR programs: loading,
# attaching, records, shared globals, and what is left behind.
set -u
. "$LIB"
needs_root
mkbo() # NAME: a .bo from standard input, with the first line added
{
	{ echo 'spile-ir 1'; cat; } >"$1.ir"
	"$BIN/tests/tools/mkbo" "$1.ir" "$1.bo" || { echo "mkbo $1 failed"; bad=1; }
}
nr=$(awk '$2 == "__NR_getppid" { print $3 }' /usr/include/*/asm/unistd_64.h /usr/include/asm-generic/unistd.h 2>/dev/null | head -n 1)
: "${nr:=110}"

# Count calls in a shared scalar and a shared array; print each with text.
cat >count.part <<EOF
global @n: i64
global @a[i64, str[16]]: i64 size 200
format "%d %s|%s\n"
handler hit
  reg r0:str[16], r1:i64, r2:i64, r3:str[3]
b0:
  r0 = intrin execname
  r1 = const 1
  gadd @n, r1
  r2 = const 7
  madd @a, r1, r2, r0 err b1
  r3 = str "xy"
  print "%d %s|%s\n", r1, r0, r3
  ret
b1:
  fail
handler end
  reg r0:i64, r1:i64, r2:str[16]
  iter i0 @a down value
b0:
  r0 = gget @n
  print "n=%d\n", r0
  ibegin i0 err b4
  jmp b1
b1:
  inext i0, b2, b3
b2:
  r0 = ikey i0, 0
  r2 = ikey i0, 1
  r1 = ival i0
  print "a[%d,%s]=%d\n", r0, r2, r1
  jmp b1
b3:
  iend i0
  ret
b4:
  fail
EOF
count() { printf 'probe %s\nprobe end end "end"\n' "$1"; cat count.part; }
calls="$LOOP syscall 5 200"
count "syscall hit \"syscall.getppid\" s0=\"getppid\" n0=$nr target" | mkbo calls
expect 'system calls' 0 '\nn=1000\na\[7,eventloop\]=1000\n$' '^$' "$STAPRUN" -c "$calls" calls.bo
equal 'a line for each call' "$(grep -cxF '1 eventloop|xy' out)" 1000
expect 'value from outside' 0 '\nn=1005\n' '^$' "$STAPRUN" -c "$calls" calls.bo n=5
count "sysret hit \"syscall.getppid.return\" s0=\"getppid\" n0=$nr target" | mkbo returns
expect 'returns' 0 '\nn=1000\n' '^$' "$STAPRUN" -c "$calls" returns.bo
count 'raw_tp hit "kernel.trace(\"sched_process_exec\")" s0="sched_process_exec"' | mkbo exec
expect 'tracepoint' 0 '\nn=[1-9][0-9]*\n' '^$' "$STAPRUN" -c /bin/true exec.bo
count 'raw_tp hit "kernel.trace(\"no_such_thing\")" s0="no_such_thing"' | mkbo nowhere
expect 'no such tracepoint' 1 '^$' "^ERROR: cannot attach tracepoint 'no_such_thing': No such file or directory\n$" "$STAPRUN" nowhere.bo

# A function, at its offset in the file.
offset=$(python3 - "$LOOP" <<'EOF'
import subprocess, sys
out = subprocess.run(['nm', sys.argv[1]], capture_output=True, text=True).stdout
addr = [int(l.split()[0], 16) for l in out.splitlines() if l.endswith(' probed_function')][0]
for l in subprocess.run(['readelf', '-lW', sys.argv[1]], capture_output=True, text=True).stdout.splitlines():
    w = l.split()
    if w[:1] == ['LOAD'] and int(w[2], 16) <= addr < int(w[2], 16) + int(w[5], 16):
        print(addr - int(w[2], 16) + int(w[1], 16))
EOF
)
for kind in uprobe uretprobe; do
	count "$kind hit \"process.function\" s0=\"$LOOP\" n0=$offset target" | mkbo $kind
	expect "$kind" 0 '\nn=1000\n' '^$' "$STAPRUN" -c "$LOOP function 5 200" $kind.bo
done
count 'perf hit "timer.profile" n0=1 n1=0 n2=1000000' | mkbo profile
expect 'samples' 0 '\nn=[1-9][0-9]*\n' '^$' "$STAPRUN" -c "$LOOP function 100 100000" profile.bo
count 'perf hit "perf.type(99)" n0=99 n1=0 n2=1000000' | mkbo counter
expect 'no such counter' 1 '^$' '^ERROR: this machine has no performance counter of type 99, config 0\n$' "$STAPRUN" counter.bo

# Both sides change one array; one of them clears it.
{
	printf 'global @a[i64]: i64 size 4\nprobe syscall hit "syscall.getppid" s0="getppid" n0=%s target\nprobe begin b "begin"\nprobe end e "end"\n' "$nr"
	printf 'handler hit\n  reg r0:i64, r1:i64\nb0:\n  r0 = const 1\n  r1 = const 5\n  madd @a, r0, r1 err b1\n  ret\nb1:\n  fail\n'
	printf 'handler b\n  reg r0:i64, r1:i64\nb0:\n  r0 = const 100\n  r1 = const 5\n  mset @a, r0, r1 err b1\n  r1 = const 6\n  madd @a, r0, r1 err b1\n  ret\nb1:\n  fail\n'
	printf 'handler e\n  reg r0:i64, r1:i64\nb0:\n  r1 = const 5\n  r0 = mget @a, r1\n  print "%%d ", r0\n  r1 = const 6\n  r0 = mget @a, r1\n  print "%%d ", r0\n  mdel @a, r1\n  r0 = mhas @a, r1\n  print "%%d ", r0\n  mclear @a\n  r1 = const 5\n  r0 = mhas @a, r1\n  print "%%d\\n", r0\n  ret\n'
} | mkbo both
expect 'both sides' 0 '\n1100 100 0 0\n$' '^$' "$STAPRUN" -c "$calls" both.bo

# A timer that reads and deletes an element, or zeroes a scalar, which the kernel
# adds to without a lock at the same time: no count is lost (or hardly one, see
# src/run/maps.h).
cat >harvest.part <<EOF
global @a[i64]: i64 size 16
global @s: i64
global @total: i64
probe syscall hit "syscall.getppid" s0="getppid" n0=$nr target
probe timer t "timer.us(300)" n0=300000
probe end e "end"
handler hit
  reg r0:i64, r1:i64
b0:
  r0 = const 1
  r1 = const 5
  madd @a, r0, r1 err b1
  gadd @s, r0
  ret
b1:
  fail
handler t
  reg r0:i64, r1:i64, r2:i64
  iter i0 @a
b0:
  lock
  r0 = const 5
  r1 = mget @a, r0
  gadd @total, r1
  HOW
  r1 = gget @s
  gadd @total, r1
  r2 = const 0
  gset @s, r2
  unlock
  ret
b1:
  unlock
  fail
handler e
  reg r0:i64, r1:i64
b0:
  r0 = const 5
  r1 = mget @a, r0
  gadd @total, r1
  r1 = gget @s
  gadd @total, r1
  r0 = gget @total
  print "total=%d\n", r0
  ret
EOF
for how in 'mdel @a, r0' 'r2 = const 0\n  mset @a, r2, r0 err b1' 'ibegin i0 err b1\n  iend i0\n  mclear @a'; do
	sed "s/HOW/$how/" harvest.part | mkbo harvest
	expect "harvest: $how" 0 '' '^$' "$STAPRUN" -c "$LOOP syscall 5 100000" harvest.bo
	got=$(sed -n 's/^total=//p' out)
	[ "${got:-0}" -ge 999900 ] && [ "$got" -le 1000000 ] || { echo "harvest: $how: total $got instead of 1000000"; bad=1; }
done

# Errors in the kernel, too many and tolerated; a number of records that the
# ring cannot hold at once.
fails()
{
	printf 'loc !0 "a place"\nprobe syscall hit "the.point" s0="getppid" n0=%s target\nprobe end e "end"\nprobe error f "error"\n' "$nr"
	printf 'handler hit\n  reg r0:i64, r1:i64\nb0:\n  r0 = const 0\n  r1 = div r0, r0 err b1 !0\n  print "%%d", r1\n  ret\nb1:\n  fail\n'
	printf 'handler e\nb0:\n  print "the end"\n  ret\nhandler f\nb0:\n  print "an error"\n  ret\n'
}
fails | mkbo fails
expect 'error' 1 'an error' '^ERROR: division by 0 near a place in probe the\.point\n' "$STAPRUN" -c "$calls" fails.bo
{ printf 'limit maxerrors 2000\n'; fails; } | mkbo tolerated
expect 'tolerated errors' 1 'the end$' 'WARNING: Number of errors: 1000, skipped probes: 0\n$' "$STAPRUN" -c "$calls" tolerated.bo
expect 'nothing is lost' 0 '' '^$' "$STAPRUN" -b 64 -o lines -c "$LOOP syscall 5 100000" calls.bo
equal 'nothing is lost' "$(grep -cxF '1 eventloop|xy' lines)" 500000
equal 'the count' "$(grep -c '^n=500000$' lines)" 1

# Rights: what staprun had, stapio and the command do not.
if command -v setpriv >/dev/null; then
	cp "$STAPIO" "$STAPRUN" .
	chmod 755 . stapio staprun
	for d in "$WORK" "$(dirname "$WORK")"; do chmod 755 "$d"; done
	user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	expect 'no right' 1 '^$' '^ERROR: this script has probes in the kernel, which takes root [^\n]*\n$' user ./staprun calls.bo
	expect 'capabilities are dropped' 0 '\nCapPrm:	0+\nCapEff:	0+\n(.*\n)*n=[0-9]+\n' '^$' \
		user --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon ./staprun -c 'grep Cap /proc/self/status' calls.bo
fi
expect 'stapio alone' 1 '^$' "^ERROR: 'calls\.bo' has probes in the kernel: run it with staprun\n$" "$STAPIO" calls.bo
cp calls.bo cut.bo
truncate -s -2000 cut.bo
expect 'cut short' 1 '^$' "^ERROR: 'cut\.bo' is damaged\n$" "$STAPRUN" cut.bo

# Bent in a few places: an error or a run, never a crash.
for seed in $(seq 40); do
	python3 - "$seed" <<'EOF'
import random, sys
bytes = bytearray(open('calls.bo', 'rb').read())
random.seed(int(sys.argv[1]))
for _ in range(random.choice([1, 3, 10, 50])):
    bytes[random.randrange(len(bytes))] = random.randrange(256)
open('bent.bo', 'wb').write(bytes)
EOF
	timeout -s INT --preserve-status 0.1 "$STAPRUN" bent.bo >out 2>err
	rc=$?
	# 130: interrupted before it began.
	[ $rc = 0 ] || [ $rc = 130 ] || { [ $rc = 1 ] && grep -qE '^(ERROR|WARNING): ' err; } ||
		{ echo "bent object $seed: status $rc: $(head -c 300 err)"; bad=1; }
done

# Killed without a chance to clean up: the kernel does.
left() { grep -lsE '^prog_(type|id):' /proc/[0-9]*/fdinfo/* 2>/dev/null | cut -d/ -f3 | sort -u |
	while read -r p; do grep -qE '^(stapio|staprun)$' "/proc/$p/comm" 2>/dev/null && echo "$p"; done; }
"$STAPRUN" calls.bo >out 2>err &
pid=$!
sleep 0.5
equal 'while it runs' "$(left | grep -x $pid)" $pid
kill -KILL $pid
wait $pid 2>/dev/null
sleep 0.2
equal 'after kill -9' "$(left | grep -x $pid)" ''
exit $bad
