# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's own staprun and stapio 4.8 run our modules.
. "$LIB"
mkdir -p /usr/lib/systemtap
ln -sf "$PWD/peer/stapio" /usr/lib/systemtap/stapio
ln -sf "$PWD/peer/staprun" /usr/bin/staprun # stapio runs it to unload
export LD_LIBRARY_PATH=$PWD/peer/lib
staprun=/usr/bin/staprun
check hello '^Hello World!~$' $staprun hello.ko
check 'an argument' '^HelloWorld~$' $staprun mod1.ko var1=HelloWorld
check ticks '^20~$' $staprun ticks.ko
$staprun lines.ko >out 2>err
seq 0 1999 | sed 's/.*/line & of some length/' | cmp - out || bad=1
fails 'an error' 'WARNING: a warning~.*ERROR: an error' $staprun error.ko
check 'a command' '^[0-9]+~end~$' $staprun -c true target.ko
$staprun -o file hello.ko && [ "$(cat file)" = 'Hello World!' ] || { echo 'no output in the file'; bad=1; }
rm -f out
sleep 100 &
other=$!
$staprun -x $other target.ko >out 2>&1 &
tries=0
until [ -s out ] || [ $((tries += 1)) = 100 ]; do usleep 100000; done
kill -INT $(pidof stapio)
wait $!
kill $other
[ "$(tr '\n' '~' <out)" = "$other~end~" ] || { echo "-x $other printed:"; cat out; bad=1; }
rm /usr/bin/staprun
exit $bad
