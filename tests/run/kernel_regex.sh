# SPDX-License-Identifier: GPL-2.0-or-later
# Regular expressions in kernel handlers: what they find is what the user-space
# executor finds of the same texts.
set -u
. "$LIB"
needs_root
run="$LOOP syscall 2 50"

expect 'execname()' 0 '(^|\n)1 0 1 1\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { println(execname() =~ "^event", " ", execname() =~ "^vent", " ", execname() !~ "x", " ", execname() =~ "(lo+p|nothing)$") exit() } }'
expect 'choose what is counted' 0 '(^|\n)100\n' '^$' "$STAP" -c "$run" \
	-e 'global n probe syscall.getppid { if (execname() =~ "^e.{7}p$" && pid() == target()) n++ } probe end { println(n) }'

# One script, the patterns matched by a function that both sides call.
patterns=('' '^$' 'a' '^a' 'a$' '^a*$' 'b+a' '(ab|ba){2}' '[^ab]' '[[:digit:]]'
	'a.{3}b' 'x|y|ab' '^.?.?$' 'aa|bb|[0-9]b' '[a-]$')
tests=
for p in "${patterns[@]}"; do tests+=" . (s =~ \"$p\" ? \"1\" : \"0\")"; done
cat >both.stp <<END
function all:string(s:string) { return ""$tests }
global g, k
function make:string(i:long) {
	s = i & 1 ? "a" : "b"
	if (i & 2) s = s . "b"
	if (i & 4) s = "a" . s
	if (i & 8) s = s . "7"
	if (i & 16) s = s . "ba"
	if (i & 32) s = "abab" . s
	return i == 64 ? "" : s
}
probe syscall.getppid { if (pid() == target() && k <= 64) { g[k] = all(make(k)); k++ } }
probe end {
	for (i = 0; i <= 64; i++)
		if (g[i] != all(make(i))) printf("%s: %s in the kernel, %s here\n", make(i), g[i], all(make(i)))
	println(k, " texts, ", strlen(g[0]), " patterns")
}
END
expect 'both executors agree' 0 "(^|\n)65 texts, ${#patterns[@]} patterns\n" '^$' "$STAP" -o both -c "$run" both.stp
equal 'both executors agree' "$(cat both 2>/dev/null)" "65 texts, ${#patterns[@]} patterns"

expect 'in a loop' 0 '(^|\n)aaaaaaaa\n' '^$' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (pid() == target()) { s = "a"; while (s !~ "^a{8}$") s = s . "a"; println(s) exit() } }'
expect 'matched() is for the user space' 1 '' 'matched\(\)' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (execname() =~ "(e)") println(matched(1)) }'
expect 'too large for a table' 1 '' 'regular expression that is too large' "$STAP" -c "$run" \
	-e 'probe syscall.getppid { if (execname() =~ "a.{40}b") println(1) }'
