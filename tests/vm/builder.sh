# SPDX-License-Identifier: GPL-2.0-or-later
# Modules that were built in different ways all run.
bad=0 n=0
for ko in *.ko; do
	staprun "$ko" >out 2>err || { echo "$ko: status $?"; cat err; bad=1; }
	grep -q '^script ' out || { echo "$ko: no output"; cat out err; bad=1; }
	n=$((n + 1))
done
[ $n = 7 ] || { echo "$n modules"; bad=1; }
exit $bad
