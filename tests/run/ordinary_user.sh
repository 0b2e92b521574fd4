# SPDX-License-Identifier: GPL-2.0-or-later
# Scripts of user-space probes need no privilege; others say what they need.
set -u
if [ "$(id -u)" = 0 ]; then
	command -v setpriv >/dev/null || { echo 'SKIP: no setpriv'; exit 77; }
	# The build folder may lie where only root may look.
	cp "$STAP" "$STAPIO" "$STAPRUN" .
	chmod 755 . stap stapio staprun
	for d in "$WORK" "$(dirname "$WORK")"; do chmod 755 "$d"; done
	user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	STAP=./stap
else
	user() { "$@"; }
fi
bad=0
out=$(echo 'probe begin { printf("Hello World!\n") exit() }' | user "$STAP" - 2>&1)
[ "$out" = 'Hello World!' ] || { echo "hello: $out"; bad=1; }
out=$(user "$STAP" -e 'global n probe timer.ms(10) { if (++n == 3) exit() } probe end { println(n) }' 2>&1)
[ "$out" = 3 ] || { echo "timer: $out"; bad=1; }
out=$(user "$STAP" -e 'probe begin { println(uid()) exit() }' 2>&1)
[ "$out" = "$(user id -u)" ] || { echo "uid: $out"; bad=1; }
out=$(user "$STAP" -e 'probe tp_syscall("read") { exit() }' 2>&1)
rc=$?
{ [ $rc = 1 ] && [[ $out == *ERROR:* ]] && [[ $out == *root* ]]; } || { echo "kernel probe: status $rc: $out"; bad=1; }
[ "$(printf '%s\n' "$out" | grep -c ERROR:)" = 1 ] || { echo "not one error: $out"; bad=1; }
exit $bad
