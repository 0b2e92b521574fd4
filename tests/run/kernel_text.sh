# SPDX-License-Identifier: GPL-2.0-or-later
# Texts that kernel handlers make themselves, since they are keys: what they
# make is what user space makes of the same when it prints.
set -u
. "$LIB"
needs_root
{
	echo "true <'/none/$(printf 'x%.0s' {1..240})'"
	echo "true <'/$(printf '/x%.0s' {1..252})'"
	echo "true <'/$(printf '/x%.0s' {1..254})'"
	echo "true <'/$(printf '%0508d' 0)'"
	echo "true <'/$(printf '%0505d' 0)'"
	echo "true <'/$(printf '%0504d' 0)'"
	echo "true <\$'/none/$(printf '\\\\t%.0s' {1..250})'"
	for n in 120 125 126 127 128; do
		echo "true <\$'/none/$(printf '\\\\001%.0s' $(seq $n))'"
	done
	echo "true <\$'/none/\\a\\b\\n\\v\\f\\r\\\"\\\\\\177\\377'"
	echo "true <''"
} >open.sh
cat >both.stp <<'END'
global made, k
probe syscall.openat {
	if (pid() == target()) {
		made[k++] = filename
		made[k++] = text_strn(filename_unquoted, 0, 0)
		made[k++] = text_strn(filename_unquoted, 20, 1)
		printf("%s\n%s\n%s\n", filename, text_strn(filename_unquoted, 0, 0), text_strn(filename_unquoted, 20, 1))
	}
}
probe syscall.openat.return {
	if (pid() == target()) {
		made[k++] = errno_str(retval)
		printf("%s\n", errno_str(retval))
	}
}
probe syscall_any {
	if (pid() == target() && name == "openat") {
		made[k++] = name
		printf("%s\n", name)
	}
}
probe end { foreach (i+ in made) printf("made %s\n", made[i]) }
END
expect 'run' 0 '^$' '' "$STAP" -o both -c 'bash open.sh' both.stp
equal 'what is printed' "$(sed -n 's/^made //p' both)" "$(grep -v '^made ' both)"
for text in '\.\.\.$' '\\377"$' '^ENOENT$' '^openat$' '^""$'; do
	expect "has $text" 0 '.' '^$' grep -m1 -e "$text" both
done
