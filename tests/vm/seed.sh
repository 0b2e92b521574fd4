# SPDX-License-Identifier: GPL-2.0-or-later
# The examples of the staprun page, word for word, with what they print.
. "$LIB"
check 'the default' '^foo~$' staprun mod1.ko
check 'a module argument' '^HelloWorld~$' staprun mod1.ko var1="HelloWorld"
check 'an argument with a space and !' '^Hello World!~$' staprun mod1.ko var1="Hello World!"
check 'hello' '^Hello World!~$' staprun "$(cat path)"

# $ staprun -o foo ... and SIGUSR2 twice
staprun -o foo ticks.ko 2>err &
tries=0
until [ -s foo ] || [ $((tries += 1)) = 50 ]; do usleep 100000; done
stapio=$(pidof stapio)
for next in foo.1 foo.2; do
	kill -USR2 $stapio
	tries=0
	until [ -s $next ] || [ $((tries += 1)) = 50 ]; do usleep 100000; done
done
kill -INT $stapio
wait
# Each file goes on where the one before ended; no line is lost.
if ! cat foo foo.1 foo.2 >all || [ ! -s foo ] || [ ! -s foo.2 ] || ! seq "$(wc -l <all)" | cmp -s - all; then
	bad=1
	echo 'output files:'
	wc -l foo*
	diff all foo | tail -n 3
	cat err
fi

exit $bad
