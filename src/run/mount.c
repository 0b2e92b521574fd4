/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/mount.h"

#include "run/signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLACE "/var/tmp/systemtap-"
#define HELPER "fusermount3"

static int fail(struct strbuf *err, int error, const char *what,
		const char *path)
{
	strbuf_addf(err, "procfs probes: cannot %s '%s': %s", what, path,
		    strerror(error));
	return -error;
}

/* Read from the file itself: this program is linked without NSS. */
static void add_user(struct strbuf *out)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw;
	size_t before = out->len;

	while (f && (pw = fgetpwent(f))) {
		if (pw->pw_uid != geteuid())
			continue;
		if (*pw->pw_name && !strchr(pw->pw_name, '/'))
			strbuf_addstr(out, pw->pw_name);
		break;
	}
	if (f)
		fclose(f);
	if (out->len == before)
		strbuf_addf(out, "%u", (unsigned)geteuid());
}

/* Open the user's folder, made if it is missing. It stands where everybody may
 * write: it must be ours alone, and no link. */
static int open_user_folder(const char *path, struct strbuf *err)
{
	struct stat st;
	int fd;

	if (mkdir(path, 0755) && errno != EEXIST)
		return fail(err, errno, "make", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(err, errno, "open", path);
	if (fstat(fd, &st) || st.st_uid != geteuid() || (st.st_mode & 022)) {
		close(fd);
		strbuf_addf(err,
			    "procfs probes: '%s' is another user's, or others "
			    "may write to it",
			    path);
		return -EPERM;
	}
	return fd;
}

/* Run the helper; comm_fd: its end of a socket, or -1. 0 if it succeeded. */
static int run_helper(const char *const *argv, int comm_fd)
{
	char text[16];
	pid_t pid;
	int status;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		signals_reset();
		if (comm_fd >= 0) {
			snprintf(text, sizeof(text), "%d", comm_fd);
			setenv("_FUSE_COMMFD", text, 1);
			fcntl(comm_fd, F_SETFD, 0);
		}
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -ENOENT;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EPERM;
}

static void unmount(const char *path, bool by_helper)
{
	const char *const argv[] = { HELPER, "-u", "-q", "-z", "--", path,
				     NULL };

	if (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) && by_helper)
		run_helper(argv, -1);
}

/* Remove the mounts whose server is gone, and folders nothing is mounted on. */
static void clean_up(int folder, const char *path)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct strbuf text = STRBUF_INIT;
	const struct dirent *d;
	struct stat st;

	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		/* From the cache, if its server lives: this does not wait. */
		if (!fstatat(folder, d->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    errno != ENOTCONN)
			continue;
		strbuf_reset(&text);
		strbuf_addf(&text, "%s/%s", path, d->d_name);
		unmount(text.buf, true);
		unlinkat(folder, d->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	strbuf_release(&text);
}

/* Take the descriptor that the helper sends; -errno. */
static int receive_fd(int sock)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	const struct cmsghdr *c;
	ssize_t n;
	int fd;

	do {
		n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static int mount_by_helper(struct mount *m, struct strbuf *err)
{
	const char *const argv[] = { HELPER, "-o",
				     "default_permissions,fsname=stapio", "--",
				     m->path.buf, NULL };
	int socks[2], rc, fd;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socks))
		return fail(err, errno, "mount on", m->path.buf);
	rc = run_helper(argv, socks[0]);
	close(socks[0]);
	fd = rc ? rc : receive_fd(socks[1]);
	close(socks[1]);
	if (fd < 0) {
		strbuf_addf(err,
			    "procfs probes need root, or a working " HELPER
			    " (of FUSE 3) to mount on '%s'",
			    m->path.buf);
		return fd;
	}
	m->by_helper = true;
	m->fd = fd;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return 0;
}

static int mount_on(struct mount *m, struct strbuf *err)
{
	char options[160];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0) {
		snprintf(options, sizeof(options),
			 "fd=%d,rootmode=40755,user_id=%u,group_id=%u,"
			 "default_permissions,allow_other",
			 fd, (unsigned)geteuid(), (unsigned)getegid());
		if (!mount("stapio", m->path.buf, "fuse",
			   MS_NOSUID | MS_NODEV | MS_NOEXEC, options)) {
			m->fd = fd;
			return 0;
		}
		close(fd);
	}
	return mount_by_helper(m, err);
}

int mount_open(struct mount *m, const char *module, struct strbuf *err)
{
	struct strbuf user = STRBUF_INIT;
	int folder, rc = 0;

	strbuf_addstr(&user, PLACE);
	add_user(&user);
	folder = open_user_folder(user.buf, err);
	if (folder < 0) {
		strbuf_release(&user);
		return folder;
	}
	clean_up(folder, user.buf);
	/* An empty folder may be left of a session that was killed; if it is in
	 * use, it is another file system. */
	if (mkdirat(folder, module, 0755) &&
	    (unlinkat(folder, module, AT_REMOVEDIR) ||
	     mkdirat(folder, module, 0755))) {
		strbuf_addf(err,
			    "procfs probes: cannot make '%s/%s': %s",
			    user.buf, module, strerror(errno));
		rc = -EEXIST;
	} else {
		strbuf_addf(&m->path, "%s/%s", user.buf, module);
		rc = mount_on(m, err);
		m->mounted = !rc;
	}
	close(folder);
	strbuf_release(&user);
	return rc;
}

void mount_close(struct mount *m)
{
	if (m->mounted)
		unmount(m->path.buf, m->by_helper);
	m->mounted = false;
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	if (m->path.len)
		rmdir(m->path.buf);
	strbuf_release(&m->path);
}
