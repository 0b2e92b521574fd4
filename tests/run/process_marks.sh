# SPDX-License-Identifier: GPL-2.0-or-later
# Static probes, stubs and library functions of programs of our own.
set -u
. "$LIB"
src=$(dirname "$LIB")/programs/marks.c
[ -e /usr/include/sys/sdt.h ] || [ -e /usr/include/x86_64-linux-gnu/sys/sdt.h ] ||
	{ echo 'SKIP: no <sys/sdt.h>'; exit 77; }
for how in '-O0' '-O2 -g' '-O2 -no-pie' '-O2 -s'; do
	name=marks$(tr -d ' ' <<<"$how")
	# shellcheck disable=SC2086 # options are words
	gcc $how "$src" -o "$name" || exit 1
	expect "list $how" 0 '^process\("[^"]*/marks[^"]*"\).mark\("begin__work"\)\n[^\n]*"middle"\)\n[^\n]*"real"\)\n$' '^$' \
		"$STAP" -l "process(\"./$name\").mark(\"*\")"
	expect "providers $how" 0 '^[^\n]*provider\("other"\).mark\("middle"\)\n[^\n]*provider\("sample"\).mark\("middle"\)\n$' '^$' \
		"$STAP" -l "process(\"./$name\").provider(\"*\").mark(\"mid*\")"
	expect "stub $how" 0 '^process\("[^"]*"\).plt\("printf"\)\n$' '^$' \
		"$STAP" -l "process(\"./$name\").plt(\"printf\")"
done
gcc -O2 -static "$src" -o marks-static || exit 1
expect 'list static' 0 '("begin__work").*("middle").*("real")' '^$' \
	"$STAP" -l 'process("./marks-static").mark("*")'
expect 'library' 0 '^process\("[^"]*/marks-O0"\).library\("/[^"]*/libc.so.6"\).function\("puts(@[^"]*)?"\)\n$' '^$' \
	"$STAP" -l 'process("./marks-O0").library("libc.so*").function("puts")'
expect 'no such mark' 1 '^$' 'no match \(similar mark: real, middle' \
	"$STAP" -p2 -e 'probe process("./marks-O0").mark("reel") {}'
expect 'no such library' 1 '^$' 'no match \(similar library: libc.so.6' \
	"$STAP" -p2 -e 'probe process("./marks-O0").library("libd.so.6").function("f") {}'
[ "$(id -u)" = 0 ] || exit $bad
for how in marks-O0 marks-O2-g marks-O2-no-pie marks-O2-s marks-static; do
	expect "run $how" 0 '(^|\n)asked 1 0\n4 8\n$' '^$' "$STAP" -c "./$how 4" \
		-e "global b, m probe process(\"./$how\").mark(\"begin-work\") { b++ } probe process(\"./$how\").mark(\"middle\") { m++ } probe end { println(b, \" \", m) }"
done
expect 'run stub' 0 '(^|\n)1 1\n$' '^$' "$STAP" -c './marks-O0 4' \
	-e 'global n, r probe process("./marks-O0").plt("printf") { n++ } probe process("./marks-O0").plt("printf").return { r++ } probe end { println(n, " ", r) }'
expect 'run library' 0 '(^|\n)1\n$' '^$' "$STAP" -c './marks-O0 4' \
	-e 'global n probe process("./marks-O0").library("libc.so.6").function("printf") { n++ } probe end { println(n) }'
exit $bad
