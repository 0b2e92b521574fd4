# SPDX-License-Identifier: GPL-2.0-or-later
# limit: 200
# Threads and a timer write at once: no line is torn or out of order, and each
# is printed or counted as lost.
. $LIB
writers=6 lines=20000
# verify FILE: print how many lines of writers and of the timer there are
verify()
{
	awk -v writers=$writers '
	function wrong(what) { print what ": " $0; bad = 1; exit }
	$1 == "writer" {
		if (NF != ($3 * 7 % 100 ? 4 : 3)) wrong("torn")
		fill = $3 * 7 % 100
		if (length($4) != fill || $4 ~ "[^" fill % 10 "]") wrong("spoilt")
		if ($3 + 0 <= last[$2] + 0) wrong("order")
		last[$2] = $3; n++; next }
	/^[0-9]+ Hello World!$/ { if ($1 + 0 <= tick + 0) wrong("order"); tick = $1; ticks++; next }
	!/^(Hello World!|the end)$/ { wrong("foreign") }
	END { if (!bad) print n + 0, ticks + 0, tick + 0 }' "$1"
}
for buffer in '' '-b 16'; do
	staprun $buffer -o all hello.ko writers=$writers lines=$lines tick_lines=3 2>said || { bad=1; cat said; }
	lost=$(sed -n 's/^WARNING: There were \([0-9]*\) transport failures.*/\1/p' said)
	counts=$(verify all)
	set -- $counts
	echo "$counts, lost ${lost:-0}"
	total=$(($1 + ${3:-0} + ${lost:-0}))
	# The last ticks may be among the lost.
	[ "${2:-0}" -gt 0 ] && [ $total -ge $((writers * lines)) ] && [ $(($1 + ${2:-0} + ${lost:-0})) -ge $((writers * lines + $2)) ] ||
		{ bad=1; echo "$counts and ${lost:-0} lost of $((writers * lines))"; }
	[ -z "$buffer" ] || [ -z "$lost" ] || { bad=1; echo "lost $lost with a large buffer"; }
done
# Nobody attached: the newest text stays.
staprun -L hello.ko exits=0 writers=$writers lines=$lines tick_lines=3 >/dev/null 2>&1
staprun -A hello >rest 2>/dev/null &
pid=$!
tries=0
until [ -s rest ] || [ $tries = 300 ]; do usleep 100000; tries=$((tries + 1)); done
kill -INT $pid
wait $pid
counts=$(verify rest)
echo "kept $counts"
set -- $counts
[ "${1:-0}" -gt 1000 ] && grep -q "^writer . $lines" rest || { bad=1; echo "kept: $counts"; }
exit $bad
