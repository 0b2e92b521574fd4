# SPDX-License-Identifier: GPL-2.0-or-later
# Every script in examples/ runs and prints what its head says. A new example
# needs a line here.
set -u
. "$LIB"
dir=$(dirname "$LIB")/../../examples
seen=' '
example() # NAME STDOUT-RE STAP-ARGUMENTS...
{
	local name=$1 pattern=$2
	shift 2
	seen="$seen$name "
	expect "$name" 0 "$pattern" '^$' "$STAP" "$dir/$name.stp" "$@"
}

example hello '^Hello World!\n$'
example countdown '^counting down from 2\n  2 ##\n  1 #\nlift-off\n$' 2
printf 'b 1\na 2\nb 3\n\n  c\n' >lines
expect columns 0 '^       2 b\n       1 a\n       1 c\n       4 in all\n$' '^$' \
	bash -c '"$STAP" "$0" <lines' "$dir/columns.stp"
seen="${seen}columns "
if [ "$(id -u)" = 0 ]; then
	example syscalls_by_process '^(\S.{15} +\d+\n){1,3}$' 1 3
	example function_calls '^(line\n){5} *\d+ +5\n5 calls of echo_builtin in /bin/bash\n$' /bin/bash echo_builtin \
		-c "bash -c 'for i in 1 2 3 4 5; do echo line; done'"
	example context_switches '^((cpu \d+: \d+  )+\n){5}$'
	example profile '^(\S.{15} +\d+\n)*$' 1
	example exec_watch '(^|\n) *\d+ +0 true\n' -c "bash -c '/bin/true; /bin/true'"
	example read_latency '^[^\n]+: \d+ calls, mean \d+ us, longest \d+ us\nvalue \|-+ count\n' \
		-c "bash -c 'cat /etc/passwd >/dev/null'"
	place=/var/tmp/systemtap-$(id -un)/tally$$
	[ ! -c /dev/fuse ] || (
		for ((i = 0; i < 200; i++)); do [ -e "$place/table" ] && break; sleep 0.05; done
		sleep 0.1
		cat "$place/table" >table
		echo reset >"$place/control"
		echo stop >"$place/control"
	) &
	[ ! -c /dev/fuse ] || example live_table '^reset\nstop\n$' -m "tally$$"
	wait
	[ ! -c /dev/fuse ] || grep -q '^[0-9]* seconds$' table || { echo "live_table: no table"; bad=1; }
	seen="${seen}live_table "
	for f in "$dir"/*.stp; do
		name=$(basename "$f" .stp)
		[[ $seen == *" $name "* ]] || { echo "$name is not tried here"; bad=1; }
	done
fi
for f in "$dir"/*.stp; do
	grep -q '^# Prints: ' "$f" || { echo "$f does not say what it prints"; bad=1; }
done
exit $bad
