/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CAP_WORDS 2

#ifndef CAP_PERFMON
# define CAP_PERFMON 38
# define CAP_BPF     39
#endif

int privilege_sanitise(void)
{
	static const char *const names[] = { "IFS", "CDPATH", "ENV",
					     "BASH_ENV" };
	size_t i;
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	close(fd);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	if (getuid() != geteuid())
		unsetenv("SYSTEMTAP_STAPIO");
	return 0;
}

static int get_caps(struct __user_cap_data_struct data[CAP_WORDS])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	return syscall(SYS_capget, &head, data) ? -errno : 0;
}

static int set_caps(const struct __user_cap_data_struct data[CAP_WORDS])
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static bool has_cap(const struct __user_cap_data_struct data[CAP_WORDS],
		    unsigned cap)
{
	return data[cap / 32].effective >> (cap % 32) & 1;
}

int privilege_check(struct strbuf *err)
{
	struct __user_cap_data_struct caps[CAP_WORDS];

	if (getuid() != geteuid()) {
		strbuf_addstr(err,
			      "staprun does not load kernel probes for others "
			      "when it is set-user-ID; run it as root");
		return -EPERM;
	}
	if (!get_caps(caps) &&
	    (has_cap(caps, CAP_SYS_ADMIN) ||
	     (has_cap(caps, CAP_BPF) && has_cap(caps, CAP_PERFMON))))
		return 0;
	strbuf_addstr(err,
		      "this script has probes in the kernel, which takes root "
		      "(or the capabilities CAP_BPF and CAP_PERFMON); run it "
		      "with sudo");
	return -EPERM;
}

int privilege_check_modules(struct strbuf *err)
{
	if (getuid() == 0 && geteuid() == 0)
		return 0;
	if (geteuid() == 0)
		strbuf_addstr(err,
			      "staprun does not load modules for others when it "
			      "is set-user-ID; run it as root");
	else
		strbuf_addstr(err,
			      "The effective user ID of staprun must be set to "
			      "the root user: run it with sudo");
	return -EPERM;
}

int privilege_lend(uid_t uid, gid_t gid)
{
	if (setgroups(0, NULL) || setregid(gid, (gid_t)-1) ||
	    setreuid(uid, (uid_t)-1))
		return -errno;
	return 0;
}

/* Try to get anything back. */
static bool still_privileged(uid_t uid, gid_t gid)
{
	struct __user_cap_data_struct caps[CAP_WORDS], want[CAP_WORDS] = {
		0
	};
	uid_t r, e, s;
	gid_t rg, eg, sg;
	int i;

	if (getresuid(&r, &e, &s) || r != uid || e != uid || s != uid ||
	    getresgid(&rg, &eg, &sg) || rg != gid || eg != gid || sg != gid)
		return true;
	if (!setresuid(0, 0, 0) || (gid && !setresgid(0, 0, 0)))
		return true;
	if (get_caps(caps))
		return true;
	for (i = 0; i < CAP_WORDS; i++)
		if (caps[i].effective || caps[i].permitted ||
		    caps[i].inheritable)
			return true;
	want[CAP_BPF / 32].effective = want[CAP_BPF / 32].permitted =
		1u << (CAP_BPF % 32);
	return !set_caps(want);
}

int privilege_drop(struct strbuf *err)
{
	const struct __user_cap_data_struct none[CAP_WORDS] = { 0 };
	uid_t uid = getuid();
	gid_t gid = getgid();
	int rc = 0;

	if (uid == 0)
		return 0;
	if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid) ||
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		rc = -errno;
	if (!rc)
		rc = set_caps(none);
	if (!rc && still_privileged(uid, gid))
		rc = -EPERM;
	if (rc)
		strbuf_addf(err, "cannot give up privilege: %s",
			    strerror(-rc));
	return rc;
}
