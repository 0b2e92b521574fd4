/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What handlers ask of the place their probe was hit at and of memory, and the
 * intrinsics of kernel modules; src/proto/intrinsics.def says what they do.
 *
 * sp_do_NAME(c, [where the result goes,] arguments …). Those that can raise
 * return what runtime/api.h says and have the place last. A string result may
 * go where an argument lies.
 */
#ifndef SPILE_RUNTIME_INTRIN_H
#define SPILE_RUNTIME_INTRIN_H

/* Included by api.h, which has the types. */

/* --- where the probe was hit, and memory --- */

s64 sp_arg(struct sp_ctx *c, u32 n);
s64 sp_reg(struct sp_ctx *c, u32 n); /* by DWARF number */
s64 sp_retval(struct sp_ctx *c);
/* access is an enum mem_access. */
int sp_load(struct sp_ctx *c, u32 access, s64 address, s64 *to, u32 loc);
int sp_store(struct sp_ctx *c, u32 access, s64 address, s64 value, u32 loc);
/* 0 of what cannot be read; whether it can be. */
s64 sp_peek(u32 access, s64 address);
s64 sp_readable(u32 access, s64 address);
/* fault is an enum fault, or -1: 0 of what cannot be read. */
int sp_read(struct sp_ctx *c, u32 access, s32 fault, s64 address, s64 *to,
	    u32 loc);

/* --- the functions --- */

void sp_do_exit(struct sp_ctx *c);
void sp_do_abort(struct sp_ctx *c);
s64 sp_do_pid(struct sp_ctx *c);
s64 sp_do_tid(struct sp_ctx *c);
s64 sp_do_uid(struct sp_ctx *c);
void sp_do_execname(struct sp_ctx *c, struct sp_str *to, u32 bound);
s64 sp_do_cpu(struct sp_ctx *c);
s64 sp_do_gettimeofday_s(struct sp_ctx *c);
s64 sp_do_gettimeofday_ms(struct sp_ctx *c);
s64 sp_do_gettimeofday_us(struct sp_ctx *c);
s64 sp_do_gettimeofday_ns(struct sp_ctx *c);
void sp_do_log(struct sp_ctx *c, const struct sp_str *text);
s64 sp_do_target(struct sp_ctx *c);
void sp_do_pp(struct sp_ctx *c, struct sp_str *to, u32 bound);
int sp_do_error(struct sp_ctx *c, const struct sp_str *text, u32 loc);
void sp_do_warn(struct sp_ctx *c, const struct sp_str *text);
s64 sp_do_strlen(struct sp_ctx *c, const struct sp_str *text);
void sp_do_substr(struct sp_ctx *c, struct sp_str *to, u32 bound,
	const struct sp_str *text, s64 at, s64 most);
int sp_do_stringat(struct sp_ctx *c, s64 *to, const struct sp_str *text, s64 at,
	u32 loc);
s64 sp_do_strpos(struct sp_ctx *c, const struct sp_str *text,
	const struct sp_str *what);
s64 sp_do_strtol(struct sp_ctx *c, const struct sp_str *text, s64 at);
void sp_do_str_replace(struct sp_ctx *c, struct sp_str *to, u32 bound,
	const struct sp_str *text, const struct sp_str *what,
	const struct sp_str *by);
void sp_do_text_strn(struct sp_ctx *c, struct sp_str *to, u32 bound,
	const struct sp_str *text, s64 at, s64 most);
s64 sp_do___strspn(struct sp_ctx *c, const struct sp_str *text,
	const struct sp_str *what);
s64 sp_do___strcspn(struct sp_ctx *c, const struct sp_str *text,
	const struct sp_str *what);
void sp_do_errno_str(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n);
int sp_do_ctime(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n, u32 loc);
s64 sp_do_tz_gmtoff(struct sp_ctx *c);
void sp_do_tz_name(struct sp_ctx *c, struct sp_str *to, u32 bound);
s64 sp_do_ktime_get_ns(struct sp_ctx *c);
s64 sp_do_jiffies(struct sp_ctx *c);
s64 sp_do_HZ(struct sp_ctx *c);
s64 sp_do_get_cycles(struct sp_ctx *c);
s64 sp_do_randint(struct sp_ctx *c, s64 n);
s64 sp_do_ppid(struct sp_ctx *c);
s64 sp_do_pgrp(struct sp_ctx *c);
s64 sp_do_sid(struct sp_ctx *c);
s64 sp_do_gid(struct sp_ctx *c);
s64 sp_do_euid(struct sp_ctx *c);
s64 sp_do_egid(struct sp_ctx *c);
void sp_do_pexecname(struct sp_ctx *c, struct sp_str *to, u32 bound);
s64 sp_do_mem_page_size(struct sp_ctx *c);
void sp_do_module_name(struct sp_ctx *c, struct sp_str *to, u32 bound);
void sp_do_ppfunc(struct sp_ctx *c, struct sp_str *to, u32 bound);
void sp_do_pn(struct sp_ctx *c, struct sp_str *to, u32 bound);
int sp_do_matched(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	u32 loc);
int sp_do_matched_str(struct sp_ctx *c, struct sp_str *to, u32 bound, u32 loc);
int sp_do_ngroups(struct sp_ctx *c, s64 *to, u32 loc);
int sp_do_kernel_string(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	u32 loc);
int sp_do_kernel_string_n(struct sp_ctx *c, struct sp_str *to, u32 bound,
	s64 n, s64 at, u32 loc);
void sp_do_kernel_string2(struct sp_ctx *c, struct sp_str *to, u32 bound,
	s64 n, const struct sp_str *what);
int sp_do_user_string(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	u32 loc);
int sp_do_user_string_n(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	s64 at, u32 loc);
void sp_do_user_string2(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	const struct sp_str *what);
void sp_do_kernel_string_n2(struct sp_ctx *c, struct sp_str *to, u32 bound,
	s64 address, s64 n, const struct sp_str *otherwise);
void sp_do_user_string_n2(struct sp_ctx *c, struct sp_str *to, u32 bound,
	s64 n, s64 at, const struct sp_str *by);
s64 sp_do_task_current(struct sp_ctx *c);
void sp_do___flags_text(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
	const struct sp_str *what);
s64 sp_do___flags_value(struct sp_ctx *c, const struct sp_str *text,
	const struct sp_str *what);
void sp_do_syscall_name(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n);
s64 sp_do_syscall_num(struct sp_ctx *c, const struct sp_str *text);
void sp_do___input(struct sp_ctx *c, struct sp_str *to, u32 bound);
void sp_do___procfs_value(struct sp_ctx *c, struct sp_str *to, u32 bound);
void sp_do___procfs_set(struct sp_ctx *c, struct sp_str *to, u32 bound,
	const struct sp_str *text);
void sp_do___procfs_add(struct sp_ctx *c, struct sp_str *to, u32 bound,
	const struct sp_str *text);
s64 sp_do___raw_arg(struct sp_ctx *c, s64 n);

#endif
