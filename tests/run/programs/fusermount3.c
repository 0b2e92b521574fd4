/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does for tests what FUSE's helper of this name does, so far as stapio asks for
 * it: mount on a folder of the user's and send the descriptor, or unmount. Meant
 * to be set-user-id root in a folder that is gone after the test.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int send_fd(int sock, int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.bytes,
			      .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	memset(&control, 0, sizeof(control));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : 1;
}

static int mount_on(const char *path)
{
	const char *sock = getenv("_FUSE_COMMFD");
	int fd = open("/dev/fuse", O_RDWR);
	char options[128];
	struct stat st;

	if (!sock || fd < 0 || stat(path, &st) || st.st_uid != getuid())
		return 1;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40755,user_id=%u,group_id=%u,"
		 "default_permissions",
		 fd, getuid(), getgid());
	if (mount("stapio", path, "fuse", MS_NOSUID | MS_NODEV, options))
		return 1;
	return send_fd(atoi(sock), fd);
}

int main(int argc, char **argv)
{
	const char *path = argv[argc - 1];

	if (argc < 3)
		return 1;
	if (!strcmp(argv[1], "-u"))
		return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) ? 1 : 0;
	return mount_on(path);
}
