# SPDX-License-Identifier: GPL-2.0-or-later
# Options of kernel modules, as far as no kernel's headers are needed.
set -u
. "$LIB"
hello='probe begin { printf("Hello World!\n") exit() }'

expect '-p3' 0 'include "api\.h".*probe begin.*sp_program' '^$' "$STAP" --runtime=kernel -p3 -e "$hello"
expect 'runtime in a condition' 0 'kernel here' '^$' "$STAP" --runtime=kernel -p3 -e '%( runtime == "kernel" %? probe begin { println("kernel here") exit() } %: probe begin { wrong() } %)'
expect 'bad runtime' 1 '^$' 'ERROR: fast is an invalid argument for --runtime' "$STAP" --runtime=fast -e "$hello"
expect 'no headers' 1 '^$' "ERROR: there are no headers of the kernel 9\.9-none in '/lib/modules/9\.9-none/build'; install the package linux-headers-9\.9-none" "$STAP" -p4 -r 9.9-none -e "$hello"
expect 'no headers, by environment' 1 '^$' 'install the package linux-headers-9\.8-none' env SYSTEMTAP_RELEASE=9.8-none "$STAP" -p4 -e "$hello"
expect 'no build tree' 1 '^$' "ERROR: '$PWD' is not the build tree of a kernel" "$STAP" -p4 -r "$PWD" -e "$hello"
expect 'odd release' 1 '^$' "ERROR: '\.\./x' is no kernel release" "$STAP" -p4 -r ../x -e "$hello"
mkdir 'a b'
expect 'odd path' 1 '^$' 'has characters in its path that kbuild does not take' "$STAP" -p4 -r "$PWD/a b" -e "$hello"
expect 'empty release' 1 '^$' 'The kernel release \(-r\) cannot be empty\.' "$STAP" -p4 -r '' -e "$hello"
expect 'bad -B' 1 '^$' "Safety pattern mismatch for -B parameter \('-x' vs\." "$STAP" -B -x -e "$hello"
expect '-B of no value' 1 '^$' 'Safety pattern mismatch for -B parameter' "$STAP" -B all -e "$hello"

# A tree that has what is looked at first.
mkdir -p tree/include/generated bin
echo '#define UTS_RELEASE "9.7-mine"' >tree/include/generated/utsrelease.h
printf 'CONFIG_CC_VERSION_TEXT="gcc-99 (X) 99.1"\nCONFIG_MODULES=y\n' >tree/.config
expect 'other kernel' 0 '^# parse tree' '^$' "$STAP" -p1 -r "$PWD/tree" -e "$hello"
expect 'no compiler' 1 '^$' 'ERROR: there is no C compiler to make a kernel module with; install the package gcc or gcc-99' env PATH="$PWD/bin" "$STAP" -p4 -r "$PWD/tree" -e "$hello"
printf '#!/bin/sh\nexit 1\n' >bin/gcc-99
chmod +x bin/gcc-99
expect 'no make' 1 '^$' "ERROR: there is no program 'make'; install the package make.*Pass 4: compilation failed" env PATH="$PWD/bin" "$STAP" -p4 -r "$PWD/tree" -e "$hello"
expect 'no runtime' 1 '^$' "ERROR: there are no sources of the runtime in '$PWD/bin'" "$STAP" -R "$PWD/bin" -p4 -r "$PWD/tree" -e "$hello"
printf '#!/bin/sh\necho kbuild says no\nexit 1\n' >bin/make
chmod +x bin/make
mkdir tmp
expect 'kbuild fails' 1 '^$' "ERROR: kbuild says no.*Pass 4: compilation failed.  \[man error::pass4\]" env TMPDIR="$PWD/tmp" PATH="$PWD/bin" "$STAP" -p4 -r "$PWD/tree" -e "$hello"
rmdir tmp || { echo 'a temporary folder is left'; bad=1; }
mkdir tmp
printf '#!/bin/sh\nexec sleep 30\n' >bin/make
start=$SECONDS
env TMPDIR="$PWD/tmp" PATH="$PWD/bin:/bin:/usr/bin" "$STAP" -p4 -r "$PWD/tree" -e "$hello" >out 2>err &
child=$!
for i in $(seq 100); do
	[ -n "$(ls tmp)" ] && break
	sleep 0.1
done
sleep 0.2
kill -TERM $child
wait $child
rc=$?
[ $rc -ne 0 ] || { echo "interrupted build: $rc"; bad=1; }
[ $((SECONDS - start)) -lt 20 ] || { echo 'the build went on'; bad=1; }
rmdir tmp || { echo 'an interrupted build leaves its folder'; bad=1; }
printf '#!/bin/sh\nexit 1\n' >bin/make
expect 'foreign kernel' 1 '^$' 'WARNING: kernel release/architecture mismatch with host forces last-pass 4\.' env PATH="$PWD/bin" "$STAP" -r "$PWD/tree" -e "$hello"
expect '--clean-cache' 0 '^$' '^$' "$STAP" --clean-cache
exit "${bad-0}"
