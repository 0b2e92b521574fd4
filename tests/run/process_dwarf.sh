# SPDX-License-Identifier: GPL-2.0-or-later
# Places of a program of our own by its debugging information.
set -u
. "$LIB"
src=$(dirname "$LIB")/programs/functions.c
gcc -O0 -g "$src" -o f0 && gcc -O2 -g "$src" -o f2 && gcc -O2 -g -no-pie "$src" -o fn &&
	gcc -O2 -g -static "$src" -o fs && gcc -O2 -g "$src" -o fd && gcc -O2 "$src" -o plain || exit 1
# A stripped program with its information beside it.
objcopy --only-keep-debug fd fd.debug && strip fd && objcopy --add-gnu-debuglink=fd.debug fd || exit 1
# And one with its symbols packed.
nm plain --format=posix --defined-only | awk '$2 == "T" || $2 == "t" { print $1 }' >keep
objcopy -S --remove-section .gnu_debuglink --remove-section .comment --keep-symbols=keep plain mini
strip plain -o packed
xz --keep mini 2>/dev/null && objcopy --add-section .gnu_debugdata=mini.xz packed || rm -f packed

list() { "$STAP" -l "$1" | sed 's#/[^"]*/\([a-z0-9.]*\)#\1#g'; }

for p in f0 f2 fn fd fs; do
	equal "foo of $p" "$(list "process(\"./$p\").function(\"foo\")")" \
		"process(\"$p\").function(\"foo@functions.c:9\")"
	equal "twice of $p" "$(list "process(\"./$p\").function(\"twice\").inline")" \
		"process(\"$p\").function(\"twice@functions.c:7\").inline"
	equal "scope of $p" "$(list "process(\"./$p\").function(\"*@functions.c\").call")" \
		"process(\"$p\").function(\"foo@functions.c:9\").call
process(\"$p\").function(\"main@functions.c:20\").call"
	equal "line of $p" "$(list "process(\"./$p\").statement(\"foo@functions.c:14\")")" \
		"process(\"$p\").statement(\"foo@functions.c:14\")"
	equal "label of $p" "$(list "process(\"./$p\").function(\"foo\").label(\"o*\")")" \
		"process(\"$p\").function(\"foo@functions.c:9\").label(\"out\")"
	equal "folder of $p" "$(list "process(\"./$p\").function(\"main@programs/functions.c\")")" \
		"process(\"$p\").function(\"main@functions.c:20\")"
	equal "nearest of $p" "$(list "process(\"./$p\").statement(\"main@functions.c:19\").nearest")" \
		"process(\"$p\").statement(\"main@functions.c:21\").nearest"
	equal "no such file of $p" "$(list "process(\"./$p\").function(\"foo@function.c\")")" ''
done
equal 'each line' "$(list 'process("./f0").statement("twice@functions.c:*")')" \
	'process("f0").statement("twice@functions.c:7")
process("f0").statement("twice@functions.c:8")'
equal 'behind the declaration' "$(list 'process("./f0").statement("foo@functions.c+2")')" \
	'process("f0").statement("foo@functions.c:11")'
equal 'symbols too' "$(list 'process("./f0").function("_start")')" 'process("f0").function("_start")'
equal 'exported' "$(list 'process("./f2").function("*@functions.c").exported')" \
	'process("f2").function("foo@functions.c:9").exported
process("f2").function("main@functions.c:20").exported'
[ ! -e packed ] || equal 'packed symbols' "$(list 'process("./packed").function("foo")')" \
	'process("packed").function("foo")'
expect 'line without code' 1 '^$' 'no match \(no code at this line of functions.c; try :10\)' \
	"$STAP" -p2 -e 'probe process("./f0").statement("foo@functions.c:5") {}'
expect 'no such function' 1 '^$' 'no match \(similar functions: foo' \
	"$STAP" -p2 -e 'probe process("./f0").function("fooo") {}'
[ "$(id -u)" = 0 ] || exit $bad
for p in f0 f2 fn fd fs; do
	expect "run $p" 0 '^[^P]*\n4 4 3 3 1\n$' '^$' "$STAP" -c "./$p" -e "global f, r, t, l, o
probe process(\"./$p\").function(\"foo\") { f++ }
probe process(\"./$p\").function(\"foo\").return { r++ }
probe process(\"./$p\").function(\"twice\").inline { t++ }
probe process(\"./$p\").statement(\"foo@functions.c:14\") { l++ }
probe process(\"./$p\").function(\"foo\").label(\"out\") { o++ }
probe end { println(f, \" \", r, \" \", t, \" \", l, \" \", o > 0) }"
done
exit $bad
