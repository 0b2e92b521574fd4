# SPDX-License-Identifier: GPL-2.0-or-later
# Probes of kernel modules: functions, tracepoints, system calls, samples.
# limit: 400
bad=0

# begin MODULE: in the background until `finish`
begin()
{
	: >out # or the line of the one before could be taken for this one's
	staprun "$1.ko" >out 2>err &
	child=$!
	i=0
	while ! grep -q '^ready' out && [ $i -lt 300 ]; do
		sleep 0.1
		i=$((i + 1))
	done
}

finish()
{
	kill -TERM $child
	wait $child
	rc=$?
}

# want PATTERN FILE
want()
{
	grep -qE "$1" "$2" && return
	echo "no '$1' in $2:"
	cat "$2"
	bad=1
}

head -c 10 /dev/zero >zero
begin functions
i=0
while [ $i -lt 50 ]; do
	dd if=zero of=/dev/null bs=1 count=2 2>/dev/null
	i=$((i + 1))
done
finish
cat out
want '^dd [1-9][0-9]+$' out
want 'WARNING: probe kernel.function\("no_such_function_at_all"\) registration error \(rc -' err
# Each dd reads twice, and what the shell and the loader read is not its doing.
n=$(sed -n 's/^dd //p' out)
[ "${n:-0}" -ge 100 ] && [ "${n:-0}" -le 400 ] || { echo "dd: $n reads"; bad=1; }
entered=$(sed -n 's/^entered \([0-9]*\) .*/\1/p' out) left=$(sed -n 's/.*left \([0-9]*\)$/\1/p' out)
# Reads that wait, of this test's own shell for example, may be under way.
[ $((entered - left)) -le 5 ] && [ $((left - entered)) -le 5 ] || { echo "entered $entered left $left"; bad=1; }

begin tracepoints
for i in 1 2 3; do /bin/busybox true; done
finish
want '^switches 1 forks [1-9]' out

begin calls
mkdir a b c
rmdir a b c
finish
want '^mkdir 3 3 1$' out
want '^others 0$' out

begin calm
for i in 1 2 3; do /bin/busybox true; done
finish
want '^began 1 ended 1 1$' out

begin samples
i=0
while [ $i -lt 20000 ]; do i=$((i + 1)); done
finish
want '^samples 1$' out

# Where the host had it, because that is where its probe looks.
where=$(cat where)
mkdir -p "$where"
cp prog "$where/prog"
begin program
"$where/prog" || { echo 'the program is wrong'; bad=1; }
"$where/prog"
finish
want '^entered 10 left 10$' out

begin writes
echo 7 >/proc/sys/kernel/panic
echo 0 >/proc/sys/kernel/panic
finish
want '^writes 2$' out

staprun missing.ko >out 2>err && { echo 'a missing tracepoint is no error'; bad=1; }
want 'ERROR: probe kernel.trace\("no_such_tracepoint"\) registration error' err
exit $bad
