# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the tests of this folder, in the guest: . $LIB. Busybox sh.

# result NAME pass|fail|skip SECONDS [FILE]: say it, with the file's end if it
# did not pass. Tests that count several cases use it, too.
result()
{
	{
		echo "= $1 $2 $3"
		[ "$2" = pass ] || [ -z "${4-}" ] || tail -c 6000 "$4" | tr -d '\r' | sed 's/^/| /'
	} >/dev/ttyS1
}

# complaints <LOG: what a kernel says when something is wrong in it
complaints()
{
	grep -E -A 25 'WARNING: (CPU|possible|suspicious|inconsistent|lock|stack|kernel)|BUG:|BUG |Oops|general protection|Call Trace|kernel BUG|blocked for more than|self-detected stall|detected stalls|soft lockup|hard LOCKUP|[Uu]nable to handle|scheduling while atomic|refcount_t:|corruption|UBSAN|KASAN' |
		sed 's/^/kernel: /' | head -n 60
}

# left_behind: modules and processes that were not there before; removes them
left_behind()
{
	tries=0
	while :; do
		modules=$(cut -d' ' -f1 /proc/modules | grep -vxFf /guest/modules.before)
		processes=$(pidof staprun stapio stap)
		[ -n "$modules$processes" ] || return
		tries=$((tries + 1))
		[ $tries -lt 10 ] || break
		usleep 200000
	done
	[ -z "$processes" ] || { echo "left running: $(ps -o pid,args | grep -E '[s]tap(run|io)? ')"; kill -9 $processes; usleep 500000; }
	for module in $(cut -d' ' -f1 /proc/modules | grep -vxFf /guest/modules.before); do
		echo "left loaded: $module"
		# One that stays is told once.
		rmmod "$module" || echo "$module" >>/guest/modules.before
	done
}

bad=0
# check NAME PATTERN COMMAND...: it ends with 0 and prints what matches the
# extended expression, ~ for the ends of lines
check()
{
	name=$1 pattern=$2
	shift 2
	rm -f out # a command that outlived its session may still write to the old one
	"$@" >out 2>&1 </dev/null
	status=$?
	if [ $status != 0 ] || ! tr '\n' '~' <out | grep -qE -- "$pattern"; then
		bad=1
		echo "$name: status $status, want '$pattern'; printed:"
		head -c 3000 out
	fi
}

# fails NAME PATTERN COMMAND...: the same, but it ends with another status
fails()
{
	name=$1 pattern=$2
	shift 2
	rm -f out
	"$@" >out 2>&1 </dev/null
	status=$?
	if [ $status = 0 ] || [ $status -gt 125 ] || ! tr '\n' '~' <out | grep -qE -- "$pattern"; then
		bad=1
		echo "$name: status $status, want a failure with '$pattern'; printed:"
		head -c 3000 out
	fi
}
