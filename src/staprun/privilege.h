/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What staprun may do, and giving it up. */
#ifndef SPILE_STAPRUN_PRIVILEGE_H
#define SPILE_STAPRUN_PRIVILEGE_H

#include "base/strbuf.h"

#include <sys/types.h>

/* Make descriptors 0 to 2 safe to use and take out of the environment what
 * changes how programs behave. Call first. 0 or -errno. */
int privilege_sanitise(void);

/* Whether this process may load and attach probes. 0, or -EPERM and one
 * sentence that says what to do. */
int privilege_check(struct strbuf *err);

/* Whether this process may insert modules. 0, or -EPERM and one sentence. */
int privilege_check_modules(struct strbuf *err);

/* Root only: take another user as the real one, without root's groups; what
 * comes after privilege_drop() then is that user's. 0 or -errno. */
int privilege_lend(uid_t uid, gid_t gid);

/* Become the user who called, for good, with no capability left, and prove it
 * by trying to go back. Root keeps what root has: nothing was added to it. On
 * failure (-errno and one sentence) the caller must not go on. */
int privilege_drop(struct strbuf *err);

#endif
