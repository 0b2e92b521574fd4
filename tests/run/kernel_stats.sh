# SPDX-License-Identifier: GPL-2.0-or-later
# Statistics that kernel handlers fill say what the load did, and what user space
# makes of the same samples.
set -u
. "$LIB"
needs_root

# 5 x 2000 getppid calls by a known program.
run="$LOOP syscall 5 2000"
on='probe syscall.getppid { if (pid() == target())'

expect 'count, sum, extremes' 0 '(^|\n)10000 50005000 1 10000 5000\n' '^$' "$STAP" -c "$run" \
	-e "global n, s $on s <<< ++n } probe end { println(@count(s), \" \", @sum(s), \" \", @min(s), \" \", @max(s), \" \", @avg(s)) }"
expect 'negative samples' 0 '(^|\n)10000 -50005000 -10000 -1\n' '^$' "$STAP" -c "$run" \
	-e "global n, s $on s <<< -(++n) } probe end { println(@count(s), \" \", @sum(s), \" \", @min(s), \" \", @max(s)) }"
expect 'elements' 0 '(^|\n)0 5000 0 0\n1 5000 5000 1\n' '^$' "$STAP" -c "$run" \
	-e "global n, a $on { n++; a[n & 1] <<< n & 1 } } probe end { foreach (k+ in a) println(k, \" \", @count(a[k]), \" \", @sum(a[k]), \" \", @max(a[k])) }"
expect 'text keys' 0 '(^|\n)eventloop 1 10000 7\n' '^$' "$STAP" -c "$run" \
	-e "global a $on a[execname(), 1] <<< 7 } probe end { foreach ([s, n] in a @sum -) println(s, \" \", n, \" \", @count(a[s, n]), \" \", @avg(a[s, n])) }"
# Under a name that no other test has.
cp "$LOOP" statloop
expect 'both CPUs' 0 '(^|\n)20000 20000 20000\n' '^$' "$STAP" -c "bash -c './statloop syscall 5 2000 & ./statloop syscall 5 2000; wait'" \
	-e 'global s, h, a probe syscall.getppid { if (execname() == "statloop") { s <<< 1; h <<< cpu(); a[3] <<< 1 } } probe end { println(@sum(s), " ", @count(h), " ", @sum(a[3])); if (0) print(@hist_log(h)) }'

# The same samples, some with the sign bit at all places, counted on both sides.
same()
{
	expect "$1" 0 '(^|\n)same 10000\n$' '^$' "$STAP" -w -D MAXACTION_INTERRUPTIBLE=1000000 -c "$run" -e "
		global n, k, u
		function sample(i) { x = 0x9e3779b97f4a7c15 * i; return x >> (i % 64) }
		function few(i) { return sample(i) % 300 }
		$on { k <<< $2(++n) } }
		probe end {
			for (i = 1; i <= 10000; i++) u <<< $2(i)
			if (sprint(@$3(k$4)) == sprint(@$3(u$4))) printf(\"same\")
			foreach (c = b in @$3(k$4)) if (c != @$3(u$4)[b]) printf(\"bucket %d: %d \", b, c)
			println(\" \", @count(k))
		}"
}
same 'log histogram' sample hist_log ''
same 'log histogram of small numbers' few hist_log ''
same 'linear histogram' few hist_linear ', -200, 250, 7'
same 'linear histogram, step 8' few hist_linear ', -64, 64, 8'
same 'linear histogram from the least number' sample hist_linear ', -0x7fffffffffffffff, -0x7fffffffffffff9c, 1'
same 'linear histogram, far bounds' sample hist_linear ', -4000000000000000000, 4000000000000000000, 100000000000000000'

# User space adds to what the kernel fills, reads and empties it.
expect 'both sides add' 0 '(^|\n)10002 -5 100000 15\n' '^$' "$STAP" -c "$run" \
	-e "global s, a $on { s <<< 1; a[2] <<< 5 } } probe begin { s <<< -5; a[1] <<< 7 } probe end { s <<< 100000; a[1] <<< 8; println(@count(s), \" \", @min(s), \" \", @max(s), \" \", @sum(a[1])) }"
expect 'delete' 0 '(^|\n)0 0 0 1\n' '^$' "$STAP" -c "$run" \
	-e "global s, a, b $on { s <<< 1; a[2] <<< 5; b[1] <<< 1; b[2] <<< 1 } } probe end { delete s; delete a; delete b[1]; println(@count(s), \" \", 2 in a, \" \", 1 in b, \" \", 2 in b) }"
expect 'displayed' 0 '(^|\n)s @count=10000 @min=3 @max=3 @sum=30000 @avg=3\na\["x"\] @count=10000 @min=-1 @max=-1 @sum=-10000 @avg=-1\n' '^$' "$STAP" -c "$run" \
	-e "global s, a $on { s <<< 3; a[\"x\"] <<< -1 } }"
expect 'empty' 0 '(^|\n)0 empty aggregate\n' '^$' "$STAP" -c "$run" \
	-e 'global s probe syscall.getppid { if (pid() == -1) s <<< 1 } probe end { try { print(@count(s), " "); println(@avg(s)) } catch (m) { println(m) } }'
expect 'deleted by a handler' 0 '(^|\n)1 10000\n' '^$' "$STAP" -c "$run" \
	-e "global a, n $on { delete a[1]; a[1] <<< 2; n += 1 in a } } probe end { println(@count(a[1]), \" \", n) }"
expect 'array full' 0 '(^|\n)2 9998 Array overflow, check size limit \(2\)\n' '^$' "$STAP" -c "$run" \
	-e "global a[2], n, text, bad $on { try { a[++n] <<< 1 } catch (m) { text = m; bad++ } } } probe end { foreach (k in a) c++; println(c, \" \", bad, \" \", text) }"

# What BPF programs cannot do is refused.
expect 'extraction' 1 '^$' 'reads or empties the statistics .s., which BPF programs can only add to' "$STAP" \
	-e 'global s probe syscall.getppid { s <<< 1; if (@count(s) > 3) exit() }'
expect 'variance' 1 '^$' 'adds to .s., whose @variance BPF programs cannot keep' "$STAP" \
	-e 'global s probe syscall.getppid { s <<< 1 } probe end { println(@variance(s)) }'
exit $bad
