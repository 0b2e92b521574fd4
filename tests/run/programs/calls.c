/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls FILE: makes system calls between two of getppid() and writes to FILE how
 * the library is to show them, one a line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char expected[65536];
static size_t used;

__attribute__((format(printf, 1, 2))) static void expect(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	used += (size_t)vsnprintf(expected + used, sizeof(expected) - used, fmt,
				  ap);
	va_end(ap);
}

static void show_return(const char *name, long ret, int err, int hex)
{
	if (ret == -1 && err)
		expect("%s = %d (%s)\n", name, -err, strerrorname_np(err));
	else
		expect(hex ? "%s = %#lx\n" : "%s = %ld\n", name, ret);
}

/* Make call(args); it is shown as name and what stands behind. */
#define CALL(name, call, ...)                                                 \
	({                                                                    \
		long ret_;                                                    \
		errno = 0;                                                    \
		ret_ = syscall call;                                          \
		expect(name "(" __VA_ARGS__);                                 \
		expect(")\n");                                                \
		show_return(name, ret_, errno, 0);                            \
		ret_;                                                         \
	})

static void files(void)
{
	struct stat st;
	char buf[16];
	/* On the stack: what was never touched cannot be read by a probe. */
	char name[] = "a\tfile";
	int fd;

	fd = (int)CALL("openat",
		       (SYS_openat, AT_FDCWD, name, O_RDWR | O_CREAT | O_CLOEXEC,
			0640),
		       "AT_FDCWD, \"a\\tfile\", O_RDWR|O_CREAT|O_CLOEXEC, 0640");
	CALL("write", (SYS_write, fd, "hello\n", 6), "%d, \"hello\\n\", 6", fd);
	CALL("pread", (SYS_pread64, fd, buf, 4, 1), "%d, %p, 4, 1", fd,
	     (void *)buf);
	CALL("lseek", (SYS_lseek, fd, -2L, SEEK_END), "%d, -2, SEEK_END", fd);
	CALL("ftruncate", (SYS_ftruncate, fd, 3), "%d, 3", fd);
	CALL("fcntl", (SYS_fcntl, fd, F_GETFL, 0), "%d, F_GETFL, 0x0", fd);
	CALL("fchmod", (SYS_fchmod, fd, 0600), "%d, 0600", fd);
	CALL("dup3", (SYS_dup3, fd, 99, O_CLOEXEC), "%d, 99, O_CLOEXEC", fd);
	CALL("close", (SYS_close, 99), "99");
	CALL("fstatat", (SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH),
	     "%d, \"\", %p, AT_EMPTY_PATH", fd, (void *)&st);
	CALL("faccessat", (SYS_faccessat, AT_FDCWD, "nothing", R_OK | X_OK),
	     "AT_FDCWD, \"nothing\", R_OK|X_OK");
	CALL("openat", (SYS_openat, AT_FDCWD, "none", O_RDONLY),
	     "AT_FDCWD, \"none\", O_RDONLY");
	CALL("openat", (SYS_openat, AT_FDCWD, (char *)16, O_WRONLY),
	     "AT_FDCWD, 0x10, O_WRONLY");
	CALL("openat", (SYS_openat, AT_FDCWD, NULL, O_WRONLY),
	     "AT_FDCWD, NULL, O_WRONLY");
	CALL("mkdirat", (SYS_mkdirat, AT_FDCWD, "d", 0755),
	     "AT_FDCWD, \"d\", 0755");
	CALL("renameat2", (SYS_renameat2, AT_FDCWD, "d", AT_FDCWD, "e", 1),
	     "AT_FDCWD, \"d\", AT_FDCWD, \"e\", RENAME_NOREPLACE");
	CALL("symlinkat", (SYS_symlinkat, "e", AT_FDCWD, "l"),
	     "\"e\", AT_FDCWD, \"l\"");
	CALL("unlinkat", (SYS_unlinkat, AT_FDCWD, "l", 0),
	     "AT_FDCWD, \"l\", 0x0");
	CALL("unlinkat", (SYS_unlinkat, AT_FDCWD, "e", AT_REMOVEDIR),
	     "AT_FDCWD, \"e\", AT_REMOVEDIR");
	CALL("close", (SYS_close, fd), "%d", fd);
	CALL("close", (SYS_close, -1), "-1");
}

static void memory(void)
{
	long at = syscall(SYS_mmap, NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect("mmap(0x0, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x0)\n"
	       "mmap = %#lx\n", at);
	CALL("mprotect", (SYS_mprotect, at, 4096, PROT_NONE),
	     "%#lx, 4096, PROT_NONE", at);
	CALL("madvise", (SYS_madvise, at, 8192, MADV_DONTNEED),
	     "%#lx, 8192, MADV_DONTNEED", at);
	CALL("munmap", (SYS_munmap, at, 8192), "%#lx, 8192", at);
}

static void times(int pid)
{
	struct timespec ts = { 0, 1000 };
	struct itimerval it = { .it_value = { 100, 5 } };
	sigset_t set;

	CALL("clock_nanosleep",
	     (SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ts, NULL),
	     "CLOCK_MONOTONIC, 0x0, [0.000001000], 0x0");
	CALL("nanosleep", (SYS_nanosleep, &ts, NULL), "[0.000001000], 0x0");
	CALL("setitimer", (SYS_setitimer, ITIMER_VIRTUAL, &it, NULL),
	     "ITIMER_VIRTUAL, [0.000000,100.000005], 0x0");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	CALL("rt_sigprocmask", (SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8),
	     "SIG_BLOCK, [SIGUSR1|SIGCHLD], 0x0, 8");
	CALL("tgkill", (SYS_tgkill, pid, pid, 0), "%d, %d, 0x0",
	     pid, pid);
	CALL("kill", (SYS_kill, pid, SIGWINCH), "%d, SIGWINCH", pid);
	CALL("wait4", (SYS_wait4, -1, NULL, WNOHANG, NULL),
	     "-1, 0x0, WNOHANG, 0x0");
	CALL("getuid", (SYS_getuid), "%s", "");
}

static void sockets(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(9) };
	struct sockaddr_un un = { .sun_family = AF_UNIX,
				  .sun_path = "/no/such" };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(80) };
	int fd;

	in.sin_addr.s_addr = htonl(0x7f000001);
	in6.sin6_addr.s6_addr[0] = 0x20;
	in6.sin6_addr.s6_addr[15] = 1;
	fd = (int)CALL("socket",
		       (SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
		       "AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0");
	CALL("connect", (SYS_connect, fd, &in, sizeof(in)),
	     "%d, {AF_INET, 127.0.0.1, 9}, 16", fd);
	CALL("connect", (SYS_connect, fd, &un, 11),
	     "%d, {AF_UNIX, /no/such}, 11", fd);
	CALL("bind", (SYS_bind, -1, &in6, sizeof(in6)),
	     "-1, {AF_INET6, 2000:0:0:0:0:0:0:1, 80}, 28");
	CALL("sendto", (SYS_sendto, -1, NULL, 0, MSG_DONTWAIT | MSG_NOSIGNAL,
			NULL, 0),
	     "-1, 0x0, 0, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0");
	CALL("shutdown", (SYS_shutdown, -1, SHUT_WR), "-1, SHUT_WR");
	CALL("setsockopt", (SYS_setsockopt, -1, SOL_SOCKET, SO_REUSEADDR, NULL, 4),
	     "-1, SOL_SOCKET, SO_REUSEADDR, 0x0, 4");
	CALL("close", (SYS_close, fd), "%d", fd);
}

int main(int argc, char **argv)
{
	FILE *f;

	int pid = getpid();

	if (argc != 2)
		return 2;
	getppid();
	files();
	memory();
	times(pid);
	sockets();
	getppid();
	f = fopen(argv[1], "w");
	return !f || fwrite(expected, 1, used, f) != used || fclose(f);
}
