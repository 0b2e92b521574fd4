# SPDX-License-Identifier: GPL-2.0-or-later
# Arrays that handlers in the kernel share keep the order that a sorted foreach
# gave them, in user space and in the kernel; large ones are emptied.
set -u
. "$LIB"
needs_root
# printed SCRIPT TIMES: what it prints, without the words of the loop.
printed()
{
	"$STAP" -o printed.txt -c "$LOOP syscall 2 $2" "$1" >/dev/null
	local rc=$?

	cat printed.txt
	return $rc
}

cat >order.stp <<'S'
global a, n
probe syscall.getppid {
	if (pid() == target() && !n++) {
		a[3] = 30; a[1] = 10; a[2] = 20
		foreach (k in a) printf("%d ", k)
		println()
	}
}
probe end {
	foreach (k in a) printf("%d ", k)
	foreach (k- in a) n += k
	foreach (k in a) printf("%d ", k)
	a[9] = 1
	delete a[2]
	a[2] = 5
	foreach (k in a) printf("%d ", k)
	foreach (v+ = k in a) n += v
	foreach (k in a) printf("%d ", k)
	println()
}
S
expect 'in user space' 0 '^3 1 2 \n3 1 2 3 2 1 3 1 9 2 9 2 1 3 \n$' '^$' printed order.stp 50
cat >kernel.stp <<'S'
global a, n
probe syscall.getppid {
	if (pid() == target() && !n++) {
		a["c"] = 3; a["a"] = 1; a["b"] = 2
		foreach (k+ in a) printf("%s ", k)
		foreach (v- = k in a limit 1) printf("%s ", k)
		a["d"] = 4
		foreach (k in a) printf("%s ", k)
		println()
	}
}
probe end { foreach (k in a) printf("%s ", k) println() }
S
expect 'in the kernel' 0 '^a b c c c a b d \nc a b d \n$' '^$' printed kernel.stp 50
cat >clear.stp <<'S'
global a[5000], n, sum
probe syscall.getppid { if (pid() == target()) { a[n++ % 1000]++ } }
probe timer.ms(5) { foreach (k in a) sum += a[k]; delete a }
probe end { foreach (k in a) sum += a[k]; println(sum == n, " ", n > 20000) }
S
expect 'large arrays lose nothing' 0 '^1 1\n$' '' printed clear.stp 30000
expect 'too large to walk in the kernel' 1 '^$' 'uses foreach over array "a" of 9000 elements; BPF programs have time for 8192' \
	"$STAP" -p4 -e 'global a[9000] probe syscall.getppid { a[1] = 1 foreach (k in a) println(k) }'
exit $bad
