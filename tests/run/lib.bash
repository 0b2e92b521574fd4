# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the shell tests of this folder: . "$LIB"
bad=0

# Whether the whole of a file matches a Perl expression; . is any byte.
matches() { perl -e 'undef $/; $_ = <STDIN> // ""; exit !/$ARGV[0]/s' -- "$1" <"$2"; }

# expect NAME STATUS STDOUT-RE STDERR-RE COMMAND...: run it; leaves out and err.
expect()
{
	local name=$1 status=$2 out=$3 err=$4 rc
	shift 4
	# A command that outlived its session may still write to the old files.
	rm -f out err
	"$@" >out 2>err </dev/null
	rc=$?
	if [ $rc != "$status" ] || ! matches "$out" out || ! matches "$err" err; then
		echo "$name: status $rc, want $status; want stdout '$out', stderr '$err'"
		echo "--- stdout"; head -c 2000 out
		echo "--- stderr"; head -c 2000 err
		bad=1
	fi
}

# equal NAME GOT WANT
equal()
{
	[ "$2" = "$3" ] && return
	echo "$1: got '$2', want '$3'"
	bad=1
}

needs_root()
{
	[ "$(id -u)" = 0 ] && return
	echo 'SKIP: not root'
	exit 77
}

LOOP=$BIN/tests/bench/eventloop
