# SPDX-License-Identifier: GPL-2.0-or-later
# Variables of programs of our own: arguments of marks and system calls,
# parameters, locals and globals by debugging information.
set -u
. "$LIB"
src=$(dirname "$LIB")/programs
gcc -O2 "$src/marks.c" -o marks && gcc -O0 -g "$src/functions.c" -o f0 && gcc -O2 -g "$src/functions.c" -o f2 &&
	gcc -O2 -g -no-pie "$src/functions.c" -o fn && gcc -O0 -gdwarf-4 "$src/functions.c" -o f4 || exit 1
programs="f0 f2 fn f4"
for how in -O0 -O2; do
	clang -g $how "$src/functions.c" -o c$how 2>/dev/null && programs="$programs c$how"
done

list() { "$STAP" -L "$1" | sed 's#/[^"]*/\([a-z0-9.]*\)#\1#g'; }
equal 'mark' "$(list 'process("./marks").provider("sample").mark("m*")')" \
	'process("marks").provider("sample").mark("middle") $arg1:long $arg2:long $arg3:long $arg4:long'
for p in $programs; do
	equal "function of $p" "$(list "process(\"./$p\").function(\"foo\")")" \
		"process(\"$p\").function(\"foo@functions.c:9\") \$x:struct s* \$n:int \$d:double \$i:int"
	equal "return of $p" "$(list "process(\"./$p\").function(\"foo\").return")" \
		"process(\"$p\").function(\"foo@functions.c:9\").return \$return:int \$x:struct s* \$n:int \$d:double \$i:int"
done
equal 'system calls' "$(list 'process("./f0").syscall, process("./f0").syscall.return')" \
	'process("f0").syscall $arg1:long $arg2:long $arg3:long $arg4:long $arg5:long $arg6:long
process("f0").syscall.return $return:long'

# refused NAME TEXT SCRIPT: pass 2 says so.
refused() { expect "$1" 1 '^$' "$2" "$STAP" -p2 -e "$3"; }
refused 'no such variable' 'unable to find local .none.*in foo functions.c|unable to find local .none.*in foo [^ ]*functions.c \(alternatives: ' \
	'probe process("./f0").function("foo") { println($none) }'
refused 'no such member' 'unable to find member .b. for struct s \(alternatives: ' \
	'probe process("./f0").function("foo") { println($x->b) }'
refused 'optimized out' 'not accessible at this address \(pc: 0x[0-9a-f]+\) \[man error::dwarf\]' \
	'probe process("./f2").function("foo") { println($i) }'
refused 'of each thread' 'each thread has its own' \
	'probe process("./f0").function("foo") { println(@var("tls")) }'
refused 'no such global' "unable to find global 'nothing' in " \
	'probe process("./f0").function("foo") { println(@var("nothing")) }'
refused 'mark' "unable to find mark variable 'arg9' \\(alternatives: .arg1, .arg2" \
	'probe process("./marks").mark("begin-work") { println($arg9) }'
refused 'floating point' 'SDT asm not understood, requires debuginfo' \
	'probe process("./marks").mark("real") { println($arg1) }'
refused 'begin' 'probes support target symbols' 'probe process("./f0").begin { println($x) }'
refused 'argument of a call' 'invalid syscall argument number \(1-6\)' 'probe process("./f0").syscall { println($arg7) }'
refused 'no information' '.' 'probe process("./marks").function("main") { println($argc) }'
equal defined "$("$STAP" -p3 -e 'probe process("./f2").function("foo") { if (@defined($i)) println("has i") else println("lacks i") }' | grep -o "has i\|lacks i" | sort -u)" "lacks i"

refused 'no such type in a program' "type definition 'struct t' not found in './f0'" \
	'probe process("./f0").function("foo") { println(@cast($x, "struct t", "./f0")->a) }'
refused 'no such type in a header' "type definition 'struct t' not found in '<sys/time.h>'" \
	'probe process("./f0").function("foo") { println(@cast($x, "struct t", "<sys/time.h>")->a) }'
refused 'no such header' "type definition 'struct t' not found in '<no/such.h>'" \
	'probe process("./f0").function("foo") { println(@cast($x, "struct t", "<no/such.h>")->a) }'

[ "$(id -u)" = 0 ] || exit $bad
expect 'casts' 0 '^7 7 9 second 9\n$' '^$' "$STAP" -c './f0 >/dev/null' \
	-e 'probe process("./f0").function("foo") { println(@cast($x, "struct s")->a, " ", @cast($x, "struct s", "./f0")->a, " ", @cast($x, "s", "<no.h>:./f2")->next->a, " ", user_string($x->next->name), " ", @cast($x->next, "struct timezone", "<sys/time.h>")->tz_minuteswest); exit() }'
expect 'marks' 0 '^begin__work sample 0 -5 -7 ./marks\nmiddle 0 200 7 77\nbegin__work sample 1 -5 -7 ./marks\nmiddle -3 201 7 77\n$' '^$' \
	"$STAP" -c './marks 2 >/dev/null' -e 'probe process("./marks").mark("begin-work") { println($$name, " ", $$provider, " ", $arg1, " ", $arg2, " ", $arg3, " ", user_string($arg4)) }
probe process("./marks").provider("sample").mark("middle") { println($$name, " ", $arg1, " ", $arg2, " ", $arg3, " ", $arg4) }'
out='x\{\.a=7, \.name="first", \.next=0x[0-9a-f]+, \.bits=17, \.rest=5\} n=0x0 7 second 17 1000 5\n.*twice v=0x3 3\n14 1000 11\n'
for p in $programs; do
	expect "run $p" 0 "(^|\\n)$out" '^$' "$STAP" -c "./$p" -e "global done
probe process(\"./$p\").function(\"foo\") {
	if (done++) next
	printf(\"x%s n=%#x %d %s %d %d %d\\n\", \$x\$, \$n, \$x->a, user_string(\$x->next->name), \$x->bits, @var(\"global_total\"), \$counter)
}
probe process(\"./$p\").function(\"twice\") { if (done == 1) println(\"twice \", \$\$parms, \" \", \$v) }
probe process(\"./$p\").statement(\"foo@functions.c:15\") { if (done == 1) println(\$i, \" \", \$global_total, \" \", @var(\"counter@functions.c\")) }"
	expect "return of $p" 0 '(^|\n)6 14\n$' '^$' "$STAP" -c "./$p" -e "global least = 99, most
probe process(\"./$p\").function(\"foo\").return { if (\$return < least) least = \$return; if (\$return == 14) most = 14 }
probe end { println(least, \" \", most) }"
done
expect 'system call' 0 '(^|\n)5 0x4d\n$' '^$' "$STAP" -c "$LOOP syscall 1 1" \
	-e 'probe process.syscall { if ($syscall == 231) exit() } probe end { printf("%d %#x\n", 5, 77) }'
exit $bad
