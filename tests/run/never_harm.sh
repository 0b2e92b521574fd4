# SPDX-License-Identifier: GPL-2.0-or-later
# However a run ends, nothing stays loaded, and what was printed is not lost.
set -u
. "$LIB"
needs_root

# Processes of this build's helpers; their descriptors are all that holds BPF
# programs and links in the kernel, since nothing is ever pinned.
ours()
{
	local p
	for p in /proc/[0-9]*; do
		case $(readlink "$p/exe") in
		"$STAPIO"* | "$STAPRUN"*) echo "${p#/proc/}" ;;
		esac
	done
}
gone() # NAME: nothing of ours is left after a while
{
	for _ in $(seq 400); do
		[ -z "$(ours)" ] && return
		sleep 0.05
	done
	echo "$1: still there: $(ours)"
	bad=1
	kill $(ours)
}
script='global n probe syscall.* { n++ } probe begin { println("ready") } probe end { println(n > 0 ? "the end" : "nothing") }'
start() # start the script in the background, wait until it says ready
{
	rm -f out err # what an earlier run said does not count
	"$STAP" -e "$script" >out 2>err </dev/null &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		grep -qs ready out && return
		sleep 0.02
	done
	echo "did not start: $(cat err)"
	exit 1
}

for sig in INT TERM HUP; do
	start
	kill -$sig $pid
	wait $pid
	equal "status after SIG$sig" $? 0
	equal "output after SIG$sig" "$(tail -n 1 out)" 'the end'
	gone "SIG$sig to stap"
done
start; kill -KILL $pid; wait $pid 2>/dev/null; gone 'SIGKILL to stap'
start; kill -KILL $(ours); wait $pid; equal 'status when stapio is killed' $? 1; gone 'SIGKILL to stapio'

# The reader goes away, the disk fills up.
"$STAP" -e 'probe syscall.* { printf("%d %s\n", pid(), execname()) }' 2>err </dev/null | head -n 1 >/dev/null
gone 'closed pipe'
expect 'full disk' 1 '^$' 'ERROR: .*No space left on device' "$STAP" -o /dev/full \
	-e 'probe syscall.* { printf("%d %s\n", pid(), execname()) } probe timer.s(20) { exit() }'
gone 'full disk'
equal 'one error for the full disk' "$(grep -c '^ERROR' err)" 1

# A .bo that is none, cut short or bent.
"$STAP" --runtime=bpf -p4 -m whole -e "$script" >/dev/null
expect 'garbage' 1 '^$' '^ERROR: ' "$STAPRUN" "$LIB"
head -c 1000 whole.bo >cut.bo
expect 'cut short' 1 '^$' '^ERROR: ' "$STAPRUN" cut.bo
expect 'missing' 1 '^$' '^ERROR: .*none.bo' "$STAPRUN" none.bo
gone 'bad objects'
exit $bad
