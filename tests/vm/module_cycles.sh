# SPDX-License-Identifier: GPL-2.0-or-later
# limit: 400
# Loading and removing the same module 200 times while its timer writes; each
# fifth time stapio is killed instead.
. $LIB
i=0
while [ $i -lt 200 ]; do
	if [ $((i % 5)) = 0 ]; then
		staprun hello.ko exits=0 tick_lines=20 >out 2>&1 &
		until grep -q '^5 ' out; do usleep 20000; done
		kill -9 $(pidof stapio)
		wait $!
		[ $? = 137 ] || { bad=1; echo "cycle $i:"; tail -n 3 out; }
	else
		staprun -L hello.ko exits=0 tick_lines=20 >out 2>&1 && staprun -d hello >>out 2>&1 ||
			{ bad=1; echo "cycle $i:"; tail -n 3 out; break; }
	fi
	i=$((i + 1))
done
exit $bad
