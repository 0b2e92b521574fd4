# SPDX-License-Identifier: GPL-2.0-or-later
# Texts that BPF cannot make, printed by kernel handlers: user space makes them.
set -u
. "$LIB"
needs_root
run="$LOOP syscall 2 50"
point='syscall.getppid'

expect 'texts' 0 '^ENOENT 7 b.b. "a\\tb"\.\.\.\n$' '^$' "$STAP" -c "$run" \
	-e "probe $point { if (pid() == target()) { printf(\"%s %d %s %s\\n\", errno_str(2), strpos(\"some texts\", \"xts\"), str_replace(\"bab\" . \"a\", \"a\", \".\"), text_strn(\"a\\tbcd\", 4, 1)) exit() } }"
expect 'log() and warn()' 0 '^EPERM\n$' 'WARNING: EINTR\n$' "$STAP" -c "$run" \
	-e "probe $point { if (pid() == target()) { log(errno_str(1)) warn(errno_str(4)) exit() } }"
# In one piece, in order, with what the handler itself sends.
expect 'in order' 0 '^1:ESRCH\n2:ESRCH\n3:ESRCH\n$' '^$' "$STAP" -c "$run" \
	-e "global n probe $point { if (pid() == target() && n < 3) { n++ printf(\"%d:\", n) print(errno_str(3)) printf(\"\\n\") } if (n == 3) exit() }"
# The value is that of the time of the call.
expect 'values of that time' 0 '^E2BIG 8\n$' '^$' "$STAP" -c "$run" \
	-e "probe $point { if (pid() == target()) { x = 7 s = errno_str(x) x = 8 printf(\"%s %d\\n\", s, x) exit() } }"
expect 'an error there' 0 '^$' "ERROR: " "$STAP" -D MAXERRORS=1 -c "$run" \
	-e "global n probe $point { if (pid() == target() && !n++) println(ctime(0x7fffffffffffffff)) }"
