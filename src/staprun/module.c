/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Order matters here: the rights are decided first, on bytes that were read
 * once and that alone are inserted; what stapio gets has no rights; whoever
 * inserted the module removes it.
 */
#include "staprun/module.h"

#include "base/io.h"
#include "proto/control.h"
#include "staprun/brief.h"
#include "staprun/insert.h"
#include "staprun/kofile.h"
#include "staprun/params.h"
#include "staprun/place.h"
#include "staprun/privilege.h"
#include "staprun/trust.h"
#include "staprun/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MODULE_MAX_BYTES (256u << 20)

/* Exit statuses that scripts know. */
#define STATUS_DENIED 255
#define STATUS_NO_MODULE 234

int module_read(struct module_file *f, const struct load_options *o,
		struct strbuf *err)
{
	struct utsname u;
	int fd, rc;

	*f = (struct module_file){ .path = STRBUF_INIT, .image = STRBUF_INIT };
	uname(&u);
	place_find(o->object, u.release, &f->path, &f->by_name);
	fd = open(f->path.buf, O_RDONLY | O_CLOEXEC);
	rc = fd < 0 || fstat(fd, &f->st) ? -errno : 0;
	if (!rc && S_ISDIR(f->st.st_mode))
		rc = -EISDIR;
	if (!rc)
		rc = io_read_fd(fd, MODULE_MAX_BYTES, &f->image);
	if (fd >= 0)
		close(fd);
	if (rc)
		strbuf_addf(err, "Cannot read '%s': %s", f->path.buf,
			    strerror(-rc));
	return rc;
}

void module_release(struct module_file *f)
{
	strbuf_release(&f->path);
	strbuf_release(&f->image);
}

/* Decide who may load it. The bits to tell the module, or 0 and a sentence. */
static uint32_t decide(const struct module_file *f, struct strbuf *err)
{
	struct trust_facts facts = { .root = getuid() == 0 };
	struct utsname u;

	uname(&u);
	/* Even root should not run what anybody could have put there. */
	if (f->by_name && place_check(f->path.buf, u.release, &f->st, err))
		return 0;
	return trust_decide(&facts, f->path.buf, err);
}

/* Kernels in FIPS mode may panic over modules that are not signed. */
static int check_fips(const char *path, struct strbuf *err)
{
	char mode = '0';
	int fd = open("/proc/sys/crypto/fips_enabled", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, &mode, 1) != 1)
		mode = '0';
	if (fd >= 0)
		close(fd);
	if (mode == '0' || getenv("STAP_FIPS_OVERRIDE"))
		return 0;
	strbuf_addf(err,
		    "Couldn't insert module in FIPS mode '%s': Operation not "
		    "permitted",
		    path);
	return -EPERM;
}

/* -R. A name that is too short for it only costs the option. */
static void rename_it(struct kofile *k, struct module_file *f)
{
	if (kofile_rename(k, f->image.buf, (unsigned long)getpid()))
		fprintf(stderr,
			"WARNING: Old module name '%s' is too short for "
			"renaming, ignoring -R.\n",
			k->name);
}

/* Check everything that can be known before, then insert. */
static int insert(struct module_file *f, const struct load_options *o,
		  struct kofile *k, struct strbuf *err)
{
	struct strbuf params = STRBUF_INIT, why = STRBUF_INIT;
	struct utsname u;
	int rc;

	uname(&u);
	rc = kofile_check(k, f->image.buf, f->image.len, f->path.buf,
			  u.release, err);
	if (!rc && params_build(k, o->buffer_mb, o->globals, o->n_globals,
				&params, &why)) {
		rc = -EINVAL;
		strbuf_addf(err,
			    "Couldn't insert module '%s': Invalid parameters\n"
			    "%s",
			    f->path.buf, why.buf);
	}
	if (!rc)
		rc = check_fips(f->path.buf, err);
	if (!rc && o->rename)
		rename_it(k, f);
	if (!rc)
		rc = insert_module(f->image.buf, f->image.len, params.buf,
				   f->path.buf, err);
	if (!rc && o->verbose)
		fprintf(stderr, "staprun: inserted %s (%zu bytes), %s\n",
			k->name, f->image.len, params.buf);
	if (rc == -EEXIST && !o->rename)
		strbuf_addstr(err, "\nERROR: Rerun with staprun option '-R' to "
				   "rename this module.");
	strbuf_release(&params);
	strbuf_release(&why);
	return rc;
}

/* Open the control file of a module: also tells whether it is free. */
static int open_control(const char *name, int *folder_fd, struct strbuf *err)
{
	int fd = -1;

	*folder_fd = insert_open_folder(name);
	if (*folder_fd >= 0)
		fd = insert_open_control(*folder_fd);
	if (*folder_fd < 0 || fd == -ENOENT)
		strbuf_addf(err,
			    "Cannot attach to module %s control channel; not "
			    "running?",
			    name);
	else if (fd == -EBUSY)
		strbuf_addf(err,
			    "Cannot attach to module %s control channel; "
			    "somebody is attached to it",
			    name);
	else if (fd < 0)
		strbuf_addf(err,
			    "Cannot attach to module %s control channel: %s",
			    name, strerror(-fd));
	return fd;
}

/* Tell a module that was just inserted what it has to know. Returns the
 * descriptor of its folder. */
static int brief_it(const struct load_options *o, const struct kofile *k,
		    uint32_t credentials, struct strbuf *err)
{
	struct brief b = { .credentials = credentials,
			   .own = k->own,
			   .remote = o->remote };
	int folder_fd, rc, fd = open_control(k->name, &folder_fd, err);

	rc = fd < 0 ? fd : brief_send(fd, &b, err);
	if (fd >= 0)
		close(fd);
	if (!rc)
		return folder_fd;
	if (folder_fd >= 0)
		close(folder_fd);
	return rc;
}

/* Remove a module that we are done with. */
static int take_out(const char *name, struct strbuf *err)
{
	int rc = insert_remove(name);

	if (rc)
		strbuf_addf(err, "Couldn't remove module '%s': %s.", name,
			    strerror(-rc));
	return rc;
}

/* Run stapio beside a loaded module, and remove the module unless stapio left
 * it on purpose. */
static void run_session(struct watch *w, const struct load_options *o,
			const char *name, int folder_fd, int *status,
			struct strbuf *err)
{
	setenv("SYSTEMTAP_MODULE", name, 1);
	if (!watch_stapio(w, o, name, folder_fd, err) && w->signal)
		strbuf_addf(err, "stapio was killed by signal %d (%s)",
			    w->signal, strsignal(w->signal));
	*status = w->status;
	if (w->keep)
		return;
	if (err->len)
		strbuf_addstr(err, "\nERROR: ");
	if (!take_out(name, err)) {
		if (err->len)
			err->buf[err->len -= strlen("\nERROR: ")] = 0;
	} else if (!*status) {
		*status = 1;
	}
}

/* SYSTEMTAP_REAL_UID and _GID: root runs the session as somebody else, to whom
 * the module's files then belong. */
static int take_identity(struct strbuf *err)
{
	const char *uid = getenv("SYSTEMTAP_REAL_UID");
	const char *gid = getenv("SYSTEMTAP_REAL_GID");
	int rc;

	if (getuid() || (!uid && !gid))
		return 0;
	rc = privilege_lend(uid ? (uid_t)strtoul(uid, NULL, 10) : 0,
			    gid ? (gid_t)strtoul(gid, NULL, 10) : 0);
	if (rc)
		strbuf_addf(err, "cannot run for another user: %s",
			    strerror(-rc));
	return rc;
}

void module_run(struct module_file *f, const struct load_options *o,
		int *status, struct strbuf *err)
{
	struct kofile k;
	struct watch w;
	uint32_t credentials;
	int folder_fd;

	*status = STATUS_DENIED;
	credentials = decide(f, err);
	if (!credentials)
		return;
	*status = 1;
	watch_init(&w);
	if (take_identity(err) || insert(f, o, &k, err))
		return;
	folder_fd = brief_it(o, &k, credentials, err);
	if (folder_fd >= 0) {
		run_session(&w, o, k.name, folder_fd, status, err);
		return;
	}
	strbuf_addstr(err, "\nERROR: ");
	if (!take_out(k.name, err))
		err->buf[err->len -= strlen("\nERROR: ")] = 0;
}

/* Whether the real user may use the module's files. */
static int check_owner(int folder_fd, const char *name, struct strbuf *err)
{
	if (!faccessat(folder_fd, ".cmd", R_OK | W_OK, 0))
		return 0;
	strbuf_addf(err, "The module %s is not yours.", name);
	return -EPERM;
}

void module_attach(const struct load_options *o, int *status,
		   struct strbuf *err)
{
	struct strbuf name = STRBUF_INIT;
	struct watch w;
	int folder_fd, fd;

	*status = 1;
	place_name(o->object, &name);
	if (!kofile_is_name(name.buf)) {
		strbuf_addf(err, "'%s' is no name of a module", name.buf);
		goto out;
	}
	fd = open_control(name.buf, &folder_fd, err);
	if (fd < 0)
		goto out;
	close(fd);
	if (check_owner(folder_fd, name.buf, err))
		goto out;
	watch_init(&w);
	run_session(&w, o, name.buf, folder_fd, status, err);
out:
	strbuf_release(&name);
}

/* Remove one module that is there and free. Returns an exit status. */
static int remove_one(const char *name, struct strbuf *err)
{
	int folder_fd = insert_open_folder(name), fd;

	if (folder_fd < 0 || !kofile_is_name(name)) {
		strbuf_addf(err, "'%s' is not a zombie systemtap module.",
			    name);
		return STATUS_NO_MODULE;
	}
	if (check_owner(folder_fd, name, err)) {
		close(folder_fd);
		return STATUS_DENIED;
	}
	fd = insert_open_control(folder_fd);
	close(folder_fd);
	if (fd < 0) {
		strbuf_addf(err, "'%s' is not a zombie systemtap module%s.",
			    name, fd == -EBUSY ? ": somebody is attached" : "");
		return STATUS_NO_MODULE;
	}
	close(fd);
	return take_out(name, err) ? 1 : 0;
}

/* Remove what can be removed of the modules in a folder. */
static void remove_all(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		struct strbuf err = STRBUF_INIT;

		if (e->d_name[0] != '.' && !remove_one(e->d_name, &err))
			printf("Module %s removed.\n", e->d_name);
		strbuf_release(&err);
	}
	if (d)
		closedir(d);
}

void module_remove(const struct load_options *o, int *status,
		   struct strbuf *err)
{
	struct strbuf name = STRBUF_INIT;

	*status = 0;
	if (!strcmp(o->object, "*")) {
		remove_all("/sys/kernel/debug/systemtap");
		remove_all("/proc/systemtap");
		return;
	}
	place_name(o->object, &name);
	*status = remove_one(name.buf, err);
	strbuf_release(&name);
}
