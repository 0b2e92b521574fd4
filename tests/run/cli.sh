# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of stap: how scripts are given, exit codes, messages.
set -u
. "$LIB"
hello='probe begin { printf("Hello World!\n") exit() }'

expect '-e' 0 '^Hello World!\n$' '^$' "$STAP" -e "$hello"
echo "$hello" >hello.stp
expect 'file' 0 '^Hello World!\n$' '^$' "$STAP" hello.stp
expect 'stdin' 0 '^Hello World!\n$' '^$' bash -c '"$STAP" - <hello.stp'
expect 'pipe' 0 '^Hello World!\n$' '^$' bash -c 'cat hello.stp | "$STAP" -'
printf '#!%s\n%s\n' "$STAP" "$hello" >script.stp
chmod +x script.stp
expect '#! line' 0 '^Hello World!\n$' '^$' ./script.stp
expect "arguments" 0 "^3 a b 2\n$" "^$" "$STAP" -e 'probe begin { println($#, " ", @1, " ", @2, " ", $3) exit() }' a b 2
expect 'options behind the script' 0 '^Hello World!\n$' 'Pass 1: parsed' "$STAP" hello.stp -v
expect '-- ends options' 0 '^-v\n$' '^$' "$STAP" -e 'probe begin { println(@1) exit() }' -- -v
expect '-p1 -v prints what is used of the library' 0 '# file <input>\n.*# file [^\n]*/string\.stp\n(private|function)' 'Pass 1: parsed' "$STAP" -p1 -v -e 'probe begin { println(text_str("x")) }'
expect 'two scripts' 0 'Hello World!\nsecond\n$' '^$' "$STAP" -E 'probe begin { println("second") }' -e 'probe begin { println("Hello World!") } probe begin(1) { exit() }'

expect 'unknown option' 1 '^$' "unrecognized option '--x'.Try '--help' for more information. \[man stap\]" "$STAP" --x
expect 'unknown short option' 1 '^$' "invalid option -- 'Z'.*--help" "$STAP" -Z
expect 'no script' 1 '^$' 'A script must be specified\.' "$STAP"
expect 'two -e' 1 '^$' 'Only one script can be given on the command line\.' "$STAP" -e "$hello" -e "$hello"
expect 'bad pass' 1 '^$' 'Invalid pass number \(should be 1-5\)\.' "$STAP" -p 6 -e "$hello"
expect 'bad pid' 1 '^$' 'Invalid target process ID number\.' "$STAP" -x 12a -e "$hello"
expect '-c and -x' 1 '^$' "You can't specify -c and -x together\." "$STAP" -c true -x 1 -e "$hello"
expect 'empty command' 1 '^$' 'Empty CMD string invalid\.' "$STAP" -c '' -e "$hello"
expect 'bad module name' 1 '^$' "Safety pattern mismatch for -m parameter \('a-b' vs\. '\^\[a-z0-9_\]\+\\\$'\) rc=1" "$STAP" -m a-b -e "$hello"
expect 'option of later' 1 '^$' 'option --monitor is not supported by this version' "$STAP" --monitor -e "$hello"
expect '-T' 0 '^end\n$' '^$' "$STAP" -T 0.05 -e 'probe end { println("end") }'
expect 'bad -T' 1 '^$' 'Invalid timeout interval\.' "$STAP" -T 0 -e "$hello"
expect 'long -T' 1 '^$' 'Invalid timeout interval\.' "$STAP" -T 3s -e "$hello"
expect '-s' 0 '^Hello World!\n$' '^$' "$STAP" -s 64 -e "$hello"
expect 'small -s' 1 '^$' 'Invalid buffer size \(should be 1-4095\)\.' "$STAP" -s 0 -e "$hello"
expect 'large -s' 1 '^$' 'Invalid buffer size \(should be 1-4095\)\.' "$STAP" -s 4096 -e "$hello"
expect '-u' 0 '^Hello World!\n$' '^$' "$STAP" -u -e "$hello"
expect 'no time limits without -g' 1 '^$' '^ERROR --suppress-time-limits requires guru mode \(-g\)' "$STAP" --suppress-time-limits -g -e "$hello"
expect '-b' 0 '^Hello World!\n$' '^$' "$STAP" -b -e "$hello"
expect '-D HIST_WIDTH' 0 'value .-{10} count\n    0 .           0\n    1 .@@         2\n' '^$' "$STAP" -D HIST_WIDTH=10 -e 'global s probe begin { s <<< 1 s <<< 1 s <<< 10 print(@hist_log(s)) exit() }'
expect '-D HIST_ELISION' 0 '^22\n$' '^$' bash -c '"$STAP" -D HIST_ELISION=-1 -e "global s probe begin { s <<< 1 s <<< 100000 print(@hist_log(s)) exit() }" | wc -l'
expect 'bad -D' 1 '^$' "Safety pattern mismatch for -D parameter \('A-B' vs\." "$STAP" -D A-B -e "$hello"
expect '-D out of range' 1 '^$' "ERROR: -D MAXNESTING must be 1 to 1000, not '0'" "$STAP" -D MAXNESTING=0 -e "$hello"
expect '-D of no number' 1 '^$' "ERROR: -D MAXERRORS must be 0 to 2000000000, not 'abc'" "$STAP" -D MAXERRORS=abc -e "$hello"
expect '-D of nothing here' 0 '^Hello World!\n$' '^$' "$STAP" -DSTP_NO_OVERLOAD -DKRETACTIVE=100 -e "$hello"
expect '-D of nothing here, -v' 0 '^Hello World!\n$' 'WARNING: -D KRETACTIVE is ignored: no such limit' "$STAP" -DKRETACTIVE=100 -v -e "$hello"
expect 'future version' 1 '^$' 'systemtap version 5\.6 cannot be compatible with future version 99' "$STAP" --compatible=99 -e "$hello"
expect '--help' 0 'Usage: stap .*-e SCRIPT' '^$' "$STAP" --help
expect '--version' 0 '^Spile translator/driver \(version ' '^$' "$STAP" -V

expect 'missing file' 1 '^$' "cannot open 'none\.stp': No such file.*Pass 1: parse failed" "$STAP" none.stp
mkdir -p folder
expect 'folder' 1 '^$' "cannot read 'folder': Is a directory.*Pass 1: parse failed" "$STAP" folder
expect 'parse error' 1 '^$' "^parse error: .*Pass 1: parse failed\.  \[man error::pass1\]" "$STAP" -e 'probe begin {'
expect 'semantic error' 1 '^$' "^semantic error: unresolved function foo.*Pass 2: analysis failed\.  \[man error::pass2\]" "$STAP" -e 'probe begin { foo() }'
expect 'no such probe' 1 '^$' "^semantic error: .*probe point mismatch.*bgin.*Pass 2: analysis failed" "$STAP" -e 'probe bgin { }'
expect 'no match' 1 '^$' "^semantic error: .*no match.*Pass 2: analysis failed" "$STAP" -e 'probe process("/bin/bash").function("no_such_function_here") { }'
expect 'run-time error' 1 '^before\n$' "^ERROR: division by 0 near operator '/' at <input>:1:[0-9]+ in probe begin.*Pass 5: run failed" "$STAP" -e 'global z = 0 probe begin { println("before") println(1 / z) exit() }'

expect '-p1' 0 '# parse tree dump' '^$' "$STAP" -p1 -e "$hello"
expect '-p2' 0 '# probes\nbegin' '^$' "$STAP" -p2 -e "$hello"
expect '-p3' 0 'print' '^$' "$STAP" -p3 -e "$hello"
expect '--dump-ir' 0 '^spile-ir 1\n.*handler probe_0\n.*print "Hello World' '^$' "$STAP" --dump-ir -e "$hello"
expect '-p4' 0 "^$SYSTEMTAP_DIR/cache/../stap_[0-9a-f]{32}_[0-9]+\.bo.\$" '^$' "$STAP" --runtime=bpf -p4 -e "$hello"
expect 'stapio of -p4' 0 '^Hello World!\n$' '^$' "$STAPIO" "$(cat out)"
expect '-m' 0 "^$PWD/mod1\.bo.\$" '^$' "$STAP" --runtime=bpf -p4 -m mod1 -e 'global var1 = "foo" probe begin { println(var1) exit() }'
expect 'staprun VAR=' 0 '^HelloWorld\n$' '^$' "$STAPRUN" mod1.bo var1=HelloWorld
expect 'staprun VAR= with blanks' 0 '^Hello World!\n$' '^$' "$STAPRUN" mod1.bo 'var1="Hello World!"'
expect '-G' 0 '^7\n$' '^$' "$STAP" -G v=7 -e 'global v = 1 probe begin { println(v) exit() }'
expect '-o' 0 '^$' '^$' "$STAP" -o to-file -e "$hello"
[ "$(cat to-file)" = 'Hello World!' ] || { echo '-o: wrong contents'; bad=1; }
expect '-k' 0 '^Hello World!\n$' 'Keeping temporary directory "/.*/stap......"' env TMPDIR="$WORK" "$STAP" -k -e "$hello"
ls "$WORK"/stap??????/*.bo >/dev/null || { echo '-k kept nothing'; bad=1; }

# A full disk and a closed pipe: one clear error, exit status 1.
expect 'full disk for -o' 1 '^$' 'ERROR: .*No space left on device' "$STAP" -o /dev/full -e "$hello"
expect 'full disk' 1 '^$' 'ERROR: .*No space left on device' bash -c '"$STAP" -e "probe begin { printf(\"Hello\n\") exit() }" >/dev/full'
expect 'full disk for -p1' 1 '^$' 'ERROR: .*No space left on device' bash -c '"$STAP" -p1 -e "probe begin { }" >/dev/full'
expect '-o in a missing folder' 1 '^$' "ERROR: .*missing/x.*No such file" "$STAP" -o missing/x -e "$hello"

# The target.
expect '-c' 0 '^from cmd\nended\n$' '^$' "$STAP" -c 'echo from cmd' -e 'probe end { println("ended") }'
expect '-c target()' 0 '^1\n$' '^$' "$STAP" -c true -e 'probe begin { println(target() > 0) }'
expect '-c status' 1 '' 'WARNING: Child process exited with status 3' "$STAP" -c 'exit 3' -e 'probe begin { }'
expect '-x' 0 '^1\n$' '^$' "$STAP" -x $$ -e "probe begin { println(target() == $$) exit() }"
exit $bad

alias='probe my.one = begin { x = 1; s = "k" } probe my.one = end { x = 2 } probe my.two = timer.s(1) {} probe begin { }'
expect '-l' 0 '^timer\.hz\(5\)\ntimer\.jiffies\(5\)\ntimer\.ms\(5\)\ntimer\.msec\(5\)\ntimer\.s\(5\)\ntimer\.sec\(5\)\n$' '^$' "$STAP" -l 'timer.*(5)'
expect '-L' 0 '^my\.one x:long\nmy\.two\n$' '^$' "$STAP" -E "$alias" -L 'my.*'
expect '-l of nothing' 1 '^$' '^$' "$STAP" -l nosuch.point
expect '-l of nothing, -vv' 1 '^$' 'probe point mismatch' "$STAP" -vv -l nosuch.point
expect '-l of a broken point' 1 '^$' 'expected literal string or number' "$STAP" -l 'begin('
expect '-l and a script' 1 '^$' 'Cannot specify a script with -l/-L/--dump-\* switches\.' "$STAP" -l begin -e "$hello"
expect '-l and -L' 1 '^$' 'only one of the -l/-L/--dump-\* switches may be specified' "$STAP" -l begin -L end
expect '-u' 1 '^$' 'division by 0' "$STAP" -u -e 'global z = 0 probe begin { y = 1 / z; exit() }'
expect 'elided' 0 '^on\n$' "Eliding assignment to 'y'" "$STAP" -e 'global z = 0 probe begin { y = 1 / z; println("on"); exit() }'
expect 'elided, -w' 0 '^on\n$' '^$' "$STAP" -w -e 'global z = 0 probe begin { y = 1 / z; println("on"); exit() }'
expect '--dump-probe-types' 0 '^begin\nbegin\(number\)\n.*\nkernel\.function\(string\)\.\*\*\n.*\ntp_syscall\(string\)\n' '^$' "$STAP" --dump-probe-types
expect '--dump-probe-types, unprivileged' 0 '^begin\n(begin|[^bks]|error)' '^$' "$STAP" --dump-probe-types --unprivileged
expect '--dump-probe-types and script' 1 '^$' 'Cannot specify a script with -l/-L/--dump-' "$STAP" --dump-probe-types -e "$hello"
mkdir dumped
cat >dumped/x.stp <<'END'
function foo:string(a:long, b:string) { return b . sprint(a) }
function bar() { exit() }
function same(x) { return x + 1 }
function _hidden() { return 1 }
probe myal.y = begin, end { }
probe _inner = begin { }
END
expect '--dump-probe-aliases' 0 '\nmyal\.y = begin, end\n' '^$' "$STAP" -I dumped --dump-probe-aliases
expect '--dump-probe-aliases -v' 0 '^_inner = begin\n' '^$' "$STAP" -I dumped -v --dump-probe-aliases
expect '--dump-functions' 0 '\nbar:unknown \(\)\n.*\nexecname:string \(\) /\* bpf \*/\n.*\nfoo:string \(a:long, b:string\)\n.*\nsame:long \(x:long\)\n' '^$' "$STAP" -I dumped --dump-functions
expect '--dump-functions -v' 0 '\n_hidden:long \(\)\n' '^$' "$STAP" -I dumped -v --dump-functions
expect '--dump-functions and -l' 1 '^$' 'only one of the -l/-L/--dump-' "$STAP" --dump-functions -l begin
expect 'misspelt option' 1 '^$' "Did you mean '--version'" "$STAP" --versoin
expect 'misspelt print' 1 '^$' 'unresolved function printn \(similar: .*println' "$STAP" -e 'probe begin { printn(1) }'
expect 'completion' 0 '^--dump-probe-types\n$' '^$' bash -c '. "$1"; COMP_WORDS=(stap --dump-probe-t); COMP_CWORD=1; _stap "$STAP"; echo "${COMPREPLY[@]}"' - "${LIB%/tests/run/*}/completions/stap.bash"
complete() { . "${LIB%/tests/run/*}/completions/stap.bash"; COMP_WORDS=(stap "$@"); COMP_CWORD=$#; _stap "$STAP"; printf '%s\n' "${COMPREPLY[@]}"; }
expect 'completion of aliases' 0 '^syscall\.openat2?\nsyscall\.openat2?(\.return)?\n' '^$' complete -l syscall.openat
expect 'completion of forms' 0 '^timer\.profile\n' '^$' complete -L timer.prof
expect 'completion of functions' 0 '^probe begin \{ println\(gettimeofday_us\(\n$' '^$' complete -e 'probe begin { println(gettimeofday_u'
expect '--privilege' 1 '^$' "Invalid argument 'root' for --privilege\." "$STAP" --privilege=root -e "$hello"
expect 'two privileges' 1 '^$' 'Privilege level may be set only once\.' "$STAP" --privilege=stapsys --unprivileged -e "$hello"
expect 'guru, unprivileged' 1 '^$' "You can't specify -g and --privilege=stapusr together\." "$STAP" -g --unprivileged -e "$hello"
expect 'unprivileged' 0 '^Hello World!\n$' '^$' "$STAP" --unprivileged -e "$hello"
expect 'time limits' 1 '^$' '--suppress-time-limits requires guru mode' "$STAP" --suppress-time-limits -e "$hello"
