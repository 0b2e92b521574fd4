# SPDX-License-Identifier: GPL-2.0-or-later
# Files of procfs probes: what readers get and writers give, modes, the folder.
set -u
. "$LIB"
top=/var/tmp/systemtap-$(id -un)
module=spile_test_$$
dir=$top/$module
if [ "$(id -u)" != 0 ] || [ ! -c /dev/fuse ]; then
	echo 'SKIP: not root, or no /dev/fuse'
	exit 77
fi

# run SCRIPT STAP-ARGUMENTS...: start a session, and wait until it runs.
run()
{
	local script=$1 i
	shift
	"$STAP" -m "$module" "$@" -e "$script" >out 2>err </dev/null &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		[ -n "$(ls "$dir" 2>/dev/null)" ] && return
		sleep 0.05
	done
	echo "no files for: $script"; cat err
	bad=1
}
# The process that serves the files.
server() { pgrep -P "$pid" stapio || echo "$pid"; }
gone() # NAME
{
	[ ! -e "$dir" ] || { echo "$1: $dir is still there"; bad=1; }
	! grep -q " $dir " /proc/self/mounts || { echo "$1: still mounted"; bad=1; }
}

run 'global n = 1
probe procfs("n").read { $value = "n is "; $value .= sprint(n); $value .= "\n" }
probe procfs("n").write { n = strtol($value, 10); print("n ", $value) }
probe procfs("n").write { print("again ", $value) }
probe procfs("a/b/c").umask(0).read.maxsize(2000) { for (i = 0; i < 300; i++) $value .= "0123456789" }
probe procfs("a/short").umask(0777).read { for (i = 0; i < 300; i++) $value .= "0123456789" }
probe procfs("a/empty").read, procfs("open").umask(0).write { }
probe procfs.write { print("command ", $value); if ($value == "quit\n") exit() }
probe end { println("end") }' -DMAXSTRINGLEN=128
equal read "$(cat "$dir/n")" 'n is 1'
equal write "$(echo 42 >"$dir/n" && cat "$dir/n")" 'n is 42'
equal maxsize "$(timeout 10 wc -c <"$dir/a/b/c")" 2000
equal 'its end' "$(tail -c 12 "$dir/a/b/c")" 890123456789
equal MAXSTRINGLEN "$(wc -c <"$dir/a/short")" 127
equal empty "$(cat "$dir/a/empty")" ''
equal modes "$(cd "$dir" && stat -c '%a %n' n a a/b/c a/short open command | tr '\n' ,)" \
	'600 n,755 a,444 a/b/c,0 a/short,222 open,200 command,'
equal lists "$(cd "$dir" && find . | sort | tr '\n' ' ')" '. ./a ./a/b ./a/b/c ./a/empty ./a/short ./command ./n ./open '
for c in "cat $dir/command" "touch $dir/new" "mkdir $dir/a/new" "rm $dir/n" "chmod 777 $dir/n" "ls $dir/none"; do
	timeout 10 $c >/dev/null 2>&1 && { echo "not refused: $c"; bad=1; }
done
perl -e 'print "x" x 200' >long
timeout 10 dd if=long of="$dir/command" bs=200 status=none conv=notrunc || { echo 'cannot write 200 bytes'; bad=1; }
equal twice "$("$STAP" -m "$module" -e 'probe procfs.read { }' 2>&1 </dev/null | grep -c '^ERROR: procfs probes: cannot make')" 1
echo quit >"$dir/command"
wait "$pid" || { echo "status $?"; cat err; bad=1; }
equal output "$(cat out)" "n 42
again 42
command $(perl -e 'print "x" x 127')command $(perl -e 'print "x" x 73')command quit
end"
equal errors "$(cat err)" ''
gone quit

# Signals, and handlers that fail.
for signal in INT TERM HUP; do
	run 'probe procfs.read { $value = "x" } probe end { println("end") }'
	kill -s $signal "$(server)"
	wait "$pid"
	equal "$signal" "$(cat out)" end
	gone $signal
done
run 'global z = 0 probe procfs.read { $value = sprint(1 / z) }'
timeout 10 cat "$dir/command" >/dev/null 2>&1
wait "$pid" && { echo 'an error in a handler: status 0'; bad=1; }
gone error

# Killed: nobody hangs, and the next session cleans up.
run 'probe procfs.read { $value = "x" }'
kill -KILL "$(server)"
wait "$pid" 2>/dev/null
timeout 10 cat "$dir/command" >/dev/null 2>&1
rc=$?
{ [ $rc != 0 ] && [ $rc != 124 ]; } || { echo "after kill -9: status $rc"; bad=1; }
run 'probe procfs.read { $value = "y" }'
equal 'after kill -9' "$(cat "$dir/command")" y
kill -INT "$(server)"
wait "$pid"
gone 'after kill -9'

# A folder that is no folder of ours.
expect 'file and folder' 1 '^$' "both a file and a folder" "$STAP" -m "$module" -e 'probe procfs("a").read, procfs("a/b").write { }'
gone 'file and folder'
if command -v setpriv >/dev/null && [ ! -e /var/tmp/systemtap-nobody ]; then
	cp "$STAP" "$STAPIO" "$STAPRUN" .
	chmod 755 . stap stapio staprun
	for d in "$WORK" "$(dirname "$WORK")"; do chmod 755 "$d"; done
	user() { setpriv --reuid=65534 --regid=65534 --clear-groups env PATH=/nowhere "$@"; }
	user=$(getent passwd 65534 | cut -d: -f1)
	expect 'ordinary user' 1 '^$' '^ERROR: procfs probes need root, or a working fusermount3 [^\n]*\nPass 5: [^\n]*\n$' \
		user ./stap -e 'probe procfs.read { }'
	ln -s "$WORK" "/var/tmp/systemtap-$user.$$"
	rmdir "/var/tmp/systemtap-$user"
	mv -T "/var/tmp/systemtap-$user.$$" "/var/tmp/systemtap-$user"
	# With a helper that may mount, an ordinary user has the files too.
	rm "/var/tmp/systemtap-$user"
	mkdir -m 777 helper helper/work
	if gcc -O2 "$(dirname "$LIB")/programs/fusermount3.c" -o helper/fusermount3 &&
		chmod 4755 helper/fusermount3; then
		theirs=/var/tmp/systemtap-$user/$module
		setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="$PWD/helper:/usr/bin:/bin" \
			bash -c 'cd helper/work; ../../stap -m "$1" -e "global n probe procfs(\"n\").read { \$value = sprint(++n) } probe procfs(\"n\").write { println(\$value) exit() }" &
				for ((i = 0; i < 100; i++)); do [ -e "$2/n" ] && break; sleep 0.05; done
				cat "$2/n" "$2/n"; echo -n bye >"$2/n"; wait $!' - "$module" "$theirs" >out 2>err
		[ "$(cat out)" = 12bye ] && [ ! -s err ] || { echo "by the helper:"; cat out err; bad=1; }
		[ ! -e "$theirs" ] || { echo "by the helper: $theirs is still there"; bad=1; }
		rmdir "/var/tmp/systemtap-$user"
	fi
	ln -s "$WORK" "/var/tmp/systemtap-$user"
	expect 'a link' 1 '^$' "^ERROR: procfs probes: cannot open [^\n]*\nPass 5: [^\n]*\n$" user ./stap -e 'probe procfs.read { }'
	rm "/var/tmp/systemtap-$user"
fi
exit $bad
