# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of the kernel by BPF: counts, variables by BTF, what they return.
# limit: 200
. "$LIB"
S='stap --runtime=bpf'
head -c 10 /dev/zero >zero
reader='i=0; while [ $i -lt 20 ]; do dd if=zero of=/dev/null bs=5 count=2 2>/dev/null; i=$((i + 1)); done'
check 'reads by program' '^dd 4[0-9]~' $S -c "$reader" -e '
global reads
probe kernel.function("vfs_read") { if ($count == 5) reads[execname()]++ }
probe end { foreach (p in reads-) println(p, " ", reads[p]) }'
check 'texts' 'file=0x[0-9a-f]+ buf=0x[0-9a-f]+ count=0x5 pos=0x[0-9a-f]+' $S -c "$reader" -e '
probe kernel.function("vfs_read") { if ($count == 5) { println($$parms); exit() } }'
case $(uname -r) in
5.*) # Before 5.12 and 5.15: said, not tried.
	fails 'the lock' 'ERROR: this kernel is too old for the probes: it has no atomic exchange' $S -e '
global n, m probe kernel.function("vfs_read").return { n = m + @entry($count); m = -n }'
	exit $bad
	;;
esac
check 'results' '^40 of 5 from zero~$' $S -c "$reader" -e '
global n, name
probe kernel.function("vfs_read").return {
	if (@entry($count) == 5 && $return == 5) {
		n++
		name = kernel_string(@entry($file->f_path->dentry->d_name->name))
	}
}
probe end { printf("%d of 5 from %s\n", n, name) }'
check 'many functions' '^1 1~$' $S -c "$reader" -e '
global hits, names
probe kernel.function("vfs_[rw]*") { hits++; names[ppfunc()]++ }
probe end { println(hits > 60, " ", names["vfs_read"] >= 40) }'
for i in 1 2 3 4 5 6; do sleep 1; /bin/busybox true; done &
check 'offsets of another kernel' '^offsets fit~$' staprun elsewhere.bo
exit $bad
