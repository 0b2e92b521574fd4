/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/insert.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* The kernel uses these numbers in its own way. */
static const char *reason(int error)
{
	switch (error) {
	case ENOEXEC:
		return "Invalid module format";
	case ENOENT:
		return "Unknown symbol in module";
	case ESRCH:
		return "Module has wrong symbol version";
	case EINVAL:
		return "Invalid parameters";
	case ENOSPC:
		return "a text given for a global is too long";
	case EKEYREJECTED:
		return "this kernel takes signed modules only";
	}
	return strerror(error);
}

int insert_module(const void *image, size_t size, const char *params,
		  const char *path, struct strbuf *err)
{
	int rc;

	if (!syscall(SYS_init_module, image, size, params))
		return 0;
	rc = -errno;
	strbuf_addf(err, "Couldn't insert module '%s': %s", path, reason(-rc));
	return rc;
}

int insert_open_folder(const char *name)
{
	static const char debugfs[] = "/sys/kernel/debug";
	struct statfs fs;
	char path[128];
	int fd = -1;

	if (!statfs(debugfs, &fs) && fs.f_type == DEBUGFS_MAGIC) {
		snprintf(path, sizeof(path), "%s/systemtap/%s", debugfs, name);
		fd = open(path, O_RDONLY | O_DIRECTORY);
	}
	if (fd < 0) {
		snprintf(path, sizeof(path), "/proc/systemtap/%s", name);
		fd = open(path, O_RDONLY | O_DIRECTORY);
	}
	return fd < 0 ? -errno : fd;
}

int insert_open_control(int folder_fd)
{
	int fd = openat(folder_fd, ".cmd", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int insert_remove(const char *name)
{
	struct timespec pause = { .tv_nsec = 100000 };
	int tries, rc = 0;

	/* Who closed the files a moment ago may still hold them. */
	for (tries = 0; tries < 10; tries++) {
		if (!syscall(SYS_delete_module, name, O_NONBLOCK))
			return 0;
		rc = -errno;
		if (rc == -ENOENT)
			return 0;
		if (rc != -EAGAIN && rc != -EINTR && rc != -EBUSY)
			break;
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
	}
	return rc;
}
