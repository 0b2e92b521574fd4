# SPDX-License-Identifier: GPL-2.0-or-later
# Aliases over tracepoints and kernel functions, and functions of what they give.
set -u
. "$LIB"
needs_root
[ -r /sys/kernel/btf/vmlinux ] || { echo 'SKIP: no kernel types'; exit 77; }

# What tracepoints carry, seen while a program forks, sends and writes.
cat >all.stp <<'END'
probe scheduler.cpu_off { if (!idle) printf("%s %d\n", name, task_next != task_prev) }
probe scheduler.ctxswitch { printf("%s %d %d %d %d %d %d %s %s %d\n", name, prev_pid, prev_tid, next_pid, next_tid, prev_priority, next_priority, prev_task_name, next_task_name, nexttsk_state) }
probe scheduler.wakeup, scheduler.wakeup_new { printf("%s %d %d %d %d\n", name, task_pid, task_tid, task_priority, task_cpu) }
probe scheduler.process_fork { printf("%s %d %d\n", name, parent_pid, child_pid) }
probe scheduler.process_exit, scheduler.process_free { printf("%s %d %d %s\n", name, pid, tid, pname) }
probe scheduler.process_wait { printf("%s %d\n", name, pid) }
probe scheduler.migrate { printf("%s %d %d->%d\n", name, pid, cpu_from, cpu_to) }
probe scheduler.signal_send { printf("%s %d %d\n", name, pid, signal_number) }
probe scheduler.wait_task, scheduler.kthread_stop, scheduler.kthread_stop.return { printf("%s\n", name) }
probe kprocess.create { printf("create %d %d\n", new_pid, new_tid) }
probe kprocess.exit { printf("exit %d\n", code) }
probe kprocess.release { printf("release %d %d\n", released_pid, released_tid) }
probe kprocess.exec { printf("exec %s %s\n", name, argstr) }
probe kprocess.exec_complete { printf("execed %d %d %s\n", errno, success, retstr) }
probe signal.send { printf("send %s %s\n", sig_name, pid_name) }
probe signal.handle { printf("handle %s %d %s\n", sig_name, sig_code, sig_mode) }
probe irq_handler.entry { printf("irq %d %s %s\n", irq, dev_name, flags_str) }
probe irq_handler.exit { printf("irq_exit %d %d\n", irq, ret) }
probe softirq.entry, softirq.exit { printf("softirq %d\n", vec_nr) }
probe vm.kmalloc { if (pid() == target()) printf("kmalloc %d %d\n", bytes_req, bytes_alloc) }
probe vm.kfree, vm.kmem_cache_alloc, vm.kmem_cache_free { if (pid() == target()) printf("%s %p\n", name, ptr) }
probe vm.oom_kill { printf("%s\n", name) }
probe ioblock.request, ioblock_trace.request, ioblock.end, ioblock_trace.end { printf("%s %s %d %d %s\n", name, devname, sector, size, bio_rw_str(rw)) }
probe netdev.receive, netdev.transmit, netdev.hard_transmit { printf("%s %s %d %x %d\n", name, dev_name, length, protocol, truesize) }
probe netdev.rx { printf("%s %s\n", name, dev_name) }
END
expect 'tracepoints' 0 '' '' "$STAP" -w -s 16 -o all -c 'bash -c "trap : USR1; kill -USR1 \$\$; /bin/true; (echo x >/dev/udp/127.0.0.1/9); /bin/echo done; exit 0"' all.stp
for line in 'ctxswitch [0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+ [0-9]+ [^ ]+' \
	'wakeup [0-9]+ [0-9]+ [0-9]+ [0-9]+' 'process_fork [0-9]+ [0-9]+' \
	'process_exit ([0-9]+) \1 ' 'create ([0-9]+) \1$' 'exit 0$' \
	'exec execve "/bin/true", \["/bin/true"\], 0x' 'execed 0 1 0$' \
	'send SIGUSR1 bash$' 'handle SIGUSR1 0 User$' 'signal_send [0-9]+ 10$' \
	'(kmalloc|kfree|kmem_cache_alloc) ' 'transmit lo [0-9]+ 800 ' 'receive lo [0-9]+ 800 '; do
	expect "has $line" 0 '.' '^$' grep -m1 -aE "^$line" all
done

# Functions of tasks agree with those of the current one.
expect 'task functions' 0 '^1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n' '^$' "$STAP" -w -c "$LOOP syscall 2 50" -e '
probe syscall.getppid {
	if (pid() != target()) next
	t = task_current()
	println(task_pid(t) == pid(), " ", task_tid(t) == tid(), " ", task_execname(t) == execname(), " ",
		task_pid(task_parent(t)) == ppid(), " ", task_uid(t) == uid(), " ", task_gid(t) == gid(), " ",
		task_euid(t) == euid(), " ", task_egid(t) == egid(), " ", task_cpu(t) == cpu(), " ",
		task_state(t) == 0, " ", task_prio(t) >= 0, " ", task_nice(t) == 0, " ",
		task_exe_file(t) == current_exe_file(), " ", task_max_file_handles(t) >= 64, " ",
		task_fd_lookup(t, 1) != 0 && task_fd_lookup(t, 63) == 0 && task_fd_lookup(t, -1) == 0)
	exit()
}'
ulimit -S -n 77 -c 0
expect 'limits' 0 '^77 77 0 1 ' '^$' "$STAP" -w -c "$LOOP syscall 2 50" -e '
probe syscall.getppid {
	if (pid() != target()) next
	t = task_current()
	println(task_rlimit_nofile(t), " ", task_rlimit(t, "NOFILE"), " ", task_rlimit_core(t), " ", task_rlimit_stack(t) == task_rlimit(t, "RLIMIT_STACK"), " ",
		task_rlimit_cpu(t), task_rlimit_fsize(t), task_rlimit_data(t), task_rlimit_rss(t), task_rlimit_nproc(t),
		task_rlimit_memlock(t), task_rlimit_as(t), task_rlimit_locks(t), task_rlimit_sigpending(t),
		task_rlimit_msgqueue(t), task_rlimit_nice(t), task_rlimit_rtprio(t), task_rlimit_rttime(t))
	exit()
}'
expect 'numbers' 0 '^1 W R 1 0 1 1\n' '^$' "$STAP" -e '
probe begin { println(bio_rw_num(3), " ", bio_rw_str(1), " ", bio_rw_str(0), " ", vm_fault_contains(5, 4), " ", vm_fault_contains(1, 4), " ", vm_fault_contains(8, 0), " ", ppos_pos(0) == 0) exit() }'

# Aliases over functions: those that this kernel has, with their variables.
for point in scheduler.cpu_on scheduler.tick scheduler.balance kprocess.start vm.pagefault vm.pagefault.return vm.mmap \
	tcp.sendmsg tcp.sendmsg.return tcp.recvmsg tcp.recvmsg.return tcp.disconnect tcp.disconnect.return \
	udp.sendmsg udp.sendmsg.return udp.recvmsg udp.recvmsg.return \
	vfs.read vfs.read.return vfs.write vfs.write.return vfs.open vfs.open.return; do
	expect "$point" 0 "^$point( name:string| |\$|\n)" '^$' "$STAP" -L "$point"
done
# What they use: bio_op bdevname get_netdev_name d_name inet_get_local_port inet_get_dest_port
# inet_get_ip_source inet_get_ip_dest tcp_ts_get_info_state.
expect 'functions of sockets and files' 0 '' '^$' "$STAP" -p3 -e '
probe kernel.trace("sched_switch") {
	println(bio_op($prev), bdevname($prev), get_netdev_name($prev), d_name($prev), inet_get_local_port($prev), inet_get_dest_port($prev),
		inet_get_ip_source($prev), inet_get_ip_dest($prev), tcp_ts_get_info_state($prev))
}'
