# SPDX-License-Identifier: GPL-2.0-or-later
# %m and %M: the bytes at an address, in the kernel's handlers.
set -u
. "$LIB"
expect 'none in user space' 0 '^read fault \[man error::fault\] at 0x1000\n$' '^$' "$STAP" \
	-e 'probe begin { try { printf("x%d %4m", 1, 0x1000) } catch (e) { println(e) } exit() }'
expect 'nothing at all' 0 '^<    > <\|  >\n$' '^$' "$STAP" \
	-e 'probe begin { printf("<%4.0m> <%.*M|%*.*m>\n", 1, -3, 1, 2, 0, 1) exit() }'
expect 'more than a page' 0 '^4097 is too many bytes for a memory dump\n5000 is .*\n$' '^$' "$STAP" \
	-e 'probe begin { try { printf("%.*m", 4097, 1) } catch (e) { println(e) } try { printf("%.5000M", 1) } catch (e) { println(e) } exit() }'
[ "$(id -u)" = 0 ] || exit $bad
gcc -O2 "$(dirname "$LIB")/programs/memory.c" -o memory || exit 1
cat >dump.stp <<'S'
probe process("./memory").function("there") {
	a = 0x10000000
	n = 26
	printf("%#m %#.4m|%#10.3m|%#.2M|%#.29M\n", a, a, a, a, a)
	printf("<%#.*m> <%#40.*m>\n", n, a, n, a)
	println(sprintf("[%#.3m %#.*M]", a, n, a))
	try { printf("x%#.4m", 16) } catch (e) { println(e) }
}
S
expect 'bytes of a process' 0 '^A ABCD\|       ABC\|4142\|4142434445464748494a4b4c4d4e4f505152535455565758595a0102ff
<ABCDEFGHIJKLMNOPQRSTUVWXYZ> <              ABCDEFGHIJKLMNOPQRSTUVWXYZ>
\[ABC 4142434445464748494a4b4c4d4e4f505152535455565758595a\]
read fault \[man error::fault\] at 0x10
$' '^$' "$STAP" -c ./memory dump.stp
expect 'a page' 0 '^4096\n$' '^$' bash -c '"$STAP" -c ./memory -e '\''probe process("./memory").function("there") { printf("%#.4096m", 0x10000000) }'\'' | wc -c'
exit $bad
