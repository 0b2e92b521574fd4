# SPDX-License-Identifier: GPL-2.0-or-later
# limit: 1200
# The modules of the run-time suite, run by our staprun: output, messages and
# status must be those of the script. Each case is a result of its own.
. "$LIB"
. ./messages.sh
one()
{
	name=$1
	cd "$2" || return
	set --
	while read -r word; do [ -z "$word" ] || set -- "$@" "$word"; done <opts
	set -- "$@" ./*.ko
	while IFS= read -r word || [ -n "$word" ]; do [ -z "$word" ] || set -- "$@" "$word"; done <args
	[ -f in ] || : >in
	timeout -k 2 20 staprun "$@" >out 2>err <in
	rc=$?
	[ $rc = 0 ] || [ $rc -gt 1 ] || rc=1
	: >why >got.err
	[ ! -s err ] || messages err "$name" >got.err
	[ "$rc" = "$(cat want.rc)" ] || { echo "status $rc instead of $(cat want.rc)"; head -n 20 err; } >>why
	cmp -s want.out out || { echo output:; diff -a want.out out | head -n 40; } >>why
	cmp -s want.err got.err || { echo messages:; diff want.err got.err | head -n 20; tail -n 5 err; } >>why
	module=$(echo ./*.ko)
	module=${module#./}
	if grep -q "^${module%.ko} " /proc/modules; then
		echo 'the module is still there' >>why
		rmmod "${module%.ko}"
	fi
	if [ -s why ]; then
		result "conformance/$name" fail 0 why
	else
		result "conformance/$name" pass 0
	fi
	cd ../..
}
# Two at a time, one for each CPU: modules also come and go beside others.
half()
{
	turn=0
	for dir in cases/*/; do
		[ -d "$dir" ] || continue
		turn=$((1 - turn))
		[ $turn = "$1" ] || continue
		name=${dir#cases/}
		one "${name%/}" "$dir"
	done
}
half 0 &
half 1
wait
# Whose modules the kernel complains of, if it does; the driver fails us then.
dmesg | complaints | grep -o 'stap_[0-9a-f_]*' | sort -u | while read -r module; do
	echo "$module: $(ls cases/*/"$module.ko" | cut -d/ -f2)"
done
