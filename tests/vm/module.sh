# SPDX-License-Identifier: GPL-2.0-or-later
# limit: 300
# staprun and stapio with kernel modules: every option, and bad input.
. $LIB
until_has() # PATTERN FILE: wait for it, but not for ever
{
	tries=0
	until grep -q "$1" "$2" 2>/dev/null || [ $tries = 300 ]; do
		usleep 100000
		tries=$((tries + 1))
	done
	[ $tries -lt 300 ] || { bad=1; echo "no '$1' in $2"; }
}
loaded() { grep -q "^$1 " /proc/modules; }
silent() # NAME COMMAND...: ends with 0 and says nothing
{
	name=$1
	shift
	"$@" >out 2>&1 && [ ! -s out ] || { bad=1; echo "$name: failed or said:"; cat out; }
}
denied() # NAME PATTERN COMMAND...: ends with 255
{
	name=$1 pattern=$2
	shift 2
	"$@" >out 2>&1
	[ $? = 255 ] && grep -qE "$pattern" out || { bad=1; echo "$name: not denied:"; cat out; }
}
gone() { ! loaded "$1" || { bad=1; echo "$2: $1 is still loaded"; }; }

check 'first example' '^HelloWorld~$' staprun mod1.ko var1="HelloWorld"
check 'blank and exclamation mark' '^Hello World!~$' staprun mod1.ko var1="Hello World!"
check 'no value' '^foo~$' staprun mod1.ko
check 'quotes' '^a "b"  c~' staprun mod1.ko 'var1=a "b"  c'
check 'quoted value' '^two  words~' staprun mod1.ko 'var1="two  words" rest'
check 'output order' '^Hello World!~1 Hello World!~2 Hello World!~the end~$' staprun hello.ko lines=2
check 'numbers' '^Hello World!~1 .*~8 Hello World!~the end~$' staprun hello.ko lines=010
check 'warnings' '^([^~]*~)*WARNING: number 1~WARNING: number 2~' staprun hello.ko warns=2
check 'no warnings' '^Hello World!~the end~$' staprun -w hello.ko warns=2
check 'target' '~77 Hello World!~' staprun -x 77 hello.ko
check 'command' '^Hello World!~[0-9]+ Hello World!~from the child~the end~$' \
	staprun -c 'echo from the child' hello.ko exits=0
fails 'bad command' 'WARNING: Child process exited with status 3~' staprun -c 'exit 3' hello.ko exits=0
fails 'start fails' '^ERROR: this session does not start~$' staprun hello.ko begin_fails=-5
# A process number of many digits has no room in so short a name.
check 'rename' '^(WARNING: Old module name .hello. is too short for renaming, ignoring -R\.~)?Hello World!~the end~$' \
	staprun -R hello.ko
check 'system()' '~written by system~' \
	sh -c 'staprun hello.ko "command=echo written by system >made"; sleep 1; cat made; echo; true'
check 'a command that goes on' '^Hello World!~the end~$' \
	timeout 30 staprun hello.ko command='sleep 100 >/dev/null 2>&1'
check 'verbose' '^staprun: inserted hello \([0-9]+ bytes\), _stp_bufsize=0 lines=0~' staprun -v hello.ko lines=0
check 'colours' '^.\[01;31m' sh -c 'staprun -C always hello.ko begin_fails=-1; true'
check 'buffer' '~3000 Hello World!~' staprun -b 1 hello.ko lines=3000
check 'time-out' '~the end~$' staprun -T 2000 hello.ko

# Output files.
silent '-o' staprun -o out.%Y hello.ko lines=1000
check 'its name and text' '^1002~$' sh -c "wc -l <out.$(date +%Y)"
silent '-S' staprun -S 1,2 -o turn hello.ko lines=100000
check 'two files' '^turn.[0-9]+ turn.[0-9]+~$' sh -c 'echo turn.*'
check 'none too large' '^0~$' sh -c 'for f in turn.*; do echo $(($(wc -c <$f) > 1048576)); done | sort -u'
mkdir small
mount -t tmpfs -o size=64k small small
fails 'full disk' 'ERROR: cannot write output: No space left on device~' staprun -o small/out hello.ko lines=20000
gone hello 'full disk'
umount small
staprun -o switch hello.ko exits=0 tick_lines=1 &
pid=$!
until_has '^5 ' switch
kill -USR2 $pid
until_has . switch.1
kill -USR2 $pid
until_has . switch.2
kill -INT $pid
wait $pid || { echo "switching: status $?"; bad=1; }
check 'three files' '^switch switch.1 switch.2~$' sh -c 'echo switch*'
check 'nothing lost in between' '^1~$' sh -c '
	cat switch switch.1 switch.2 | grep -v -e "^Hello" -e "^the end" |
	awk "{ if (\$1 != ++n) bad = 1 } END { print (n > 5 && !bad) }"'

# Detaching and attaching.
check '-L' '^~Disconnecting from systemtap module.~To reconnect, type "staprun -A hello"~$' \
	staprun -L hello.ko exits=0 tick_lines=1
loaded hello || { bad=1; echo '-L: it is gone'; }
fails 'loaded already' "^ERROR: Couldn't insert module 'hello.ko': File exists~ERROR: Rerun with staprun option '-R'" \
	staprun hello.ko
staprun -A hello >attached 2>/dev/null &
pid=$!
until_has '^5 ' attached
fails 'two readers' "somebody is attached" staprun -A hello
staprun -d hello >out 2>&1
[ $? = 234 ] || { bad=1; echo '-d of one that is in use:'; cat out; }
kill -QUIT $pid
wait $pid || { echo "SIGQUIT: status $?"; bad=1; }
loaded hello || { bad=1; echo 'SIGQUIT: it is gone'; }
staprun -A hello >again &
pid=$!
until_has . again
kill -TERM $pid
wait $pid || { echo "-A: status $?"; bad=1; }
gone hello 'end of -A'
check 'whole output' '^1~$' sh -c '
	cat attached again | grep -v -e "^Hello" -e "^the end" |
	awk "{ if (\$1 != ++n) bad = 1 } END { print (n > 5 && !bad) }"'
check 'the end of it' '^the end~$' tail -n 1 again
fails '-A of none' 'Cannot attach to module hello control channel; not running' staprun -A hello
fails '-L fails' '^ERROR: this session does not start~$' staprun -L hello.ko begin_fails=-5
gone hello '-L that fails'
staprun -L hello.ko exits=0 >/dev/null 2>&1
silent '-d' staprun -d hello
gone hello -d
staprun -L hello.ko exits=0 >/dev/null 2>&1
check "-d '*'" '^Module hello removed.~$' staprun -d '*'
staprun -d nosuch >out 2>&1
[ $? = 234 ] || { bad=1; echo '-d of none:'; cat out; }
pid=$(staprun -D -o behind hello.ko exits=0 tick_lines=1)
until_has '^5 ' behind
kill -INT "$pid" || { bad=1; echo "-D printed '$pid'"; }
until_has '^the end' behind
usleep 500000
gone hello -D
check '-D' '^the end~$' tail -n 1 behind

# Whatever happens to stapio.
staprun hello.ko exits=0 tick_lines=5 >out 2>&1 &
until_has '^5 ' out
kill -9 $(pidof stapio)
wait $!
[ $? = 137 ] && grep -q '^ERROR: stapio was killed' out || { bad=1; echo 'kill -9:'; tail -n 3 out; }
gone hello 'kill -9'
staprun hello.ko exits=0 tick_lines=5 >out 2>&1 &
until_has '^5 ' out
kill -9 $(pidof staprun)
until_has '^the end' out
tries=0
while loaded hello && [ $tries -lt 100 ]; do usleep 100000; tries=$((tries + 1)); done
gone hello 'kill -9 of staprun'
SYSTEMTAP_STAPIO=/nosuch staprun hello.ko >out 2>&1 && { bad=1; echo 'no stapio: success'; }
gone hello 'no stapio'
check 'as another user' 'uid=1000 gid=1000( groups=1000)?~' \
	env SYSTEMTAP_REAL_UID=1000 SYSTEMTAP_REAL_GID=1000 staprun -c id hello.ko exits=0

# Bad input.
bad_input() # NAME PATTERN ARGUMENTS...
{
	what=$1 want=$2
	shift 2
	fails "$what" "^ERROR: $want" staprun "$@"
	gone hello "$what"
}
bad_input 'other release' "'other.ko' was made for kernel 9\.[^ ]*, and this is $(uname -r | sed 's,+,.,'); make it again" other.ko
for f in cut.*.ko broken.ko; do bad_input "$f" "'$f' is damaged" $f; done
bad_input 'a script' "'text.ko' is no kernel module" text.ko
bad_input 'packed' "'packed.ko' is compressed with xz" packed.ko
bad_input 'foreign' "'foreign.ko' is a kernel module, but none that stap made" foreign.ko
bad_input 'no file' "Cannot read 'nosuch.ko': No such file or directory" nosuch.ko
bad_input 'folder' "Cannot read './': Is a directory" ./
bad_input 'unknown global' "Couldn't insert module 'hello.ko': Invalid parameters~'x=1': the module has no global 'x'" hello.ko x=1
bad_input 'no number' "Couldn't insert module 'hello.ko': Invalid parameters~'lines=abc': 'lines' takes a number" hello.ko lines=abc
bad_input 'no value' "Couldn't insert module 'hello.ko': Invalid parameters~'lines' is not of the form" hello.ko lines
bad_input 'long text' "Couldn't insert module 'hello.ko': a text given for a global is too long" hello.ko text="$(seq 100 | tr -d '\n')"
bad_input 'buffer' "Invalid buffer size '0'" -b 0 hello.ko
bad_input 'too large a buffer' "Couldn't insert module 'hello.ko': Cannot allocate memory" -b 4095 hello.ko

# By name.
dir=/lib/modules/$(uname -r)/systemtap
mkdir -p $dir
cp hello.ko $dir
check 'by name' '^Hello World!~the end~$' staprun hello
chmod o+w $dir/hello.ko
denied 'writable module' '^ERROR: The module "[^"]*" must not be world writable' staprun hello
chmod o-w $dir/hello.ko
chown 1 $dir/hello.ko
denied "somebody's module" '^ERROR: The module "[^"]*" must be owned by root' staprun hello
chown 0 $dir/hello.ko
chmod o+w $dir
denied 'writable folder' '^ERROR: The directory "[^"]*" must not be world writable' staprun hello
rm -r $dir

exit $bad
