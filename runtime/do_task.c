/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrinsics on tasks, time, chance and the session. Numbers of tasks and users
 * are those of the initial namespaces. */
#include "core.h"

#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

static void put_text(struct sp_str *to, u32 bound, const char *text)
{
	sp_set(to, bound, text, strlen(text));
}

/* --- the task --- */

s64 sp_do_pid(struct sp_ctx *c)
{
	return current->tgid;
}

s64 sp_do_tid(struct sp_ctx *c)
{
	return current->pid;
}

s64 sp_do_uid(struct sp_ctx *c)
{
	return from_kuid(&init_user_ns, current_uid());
}

s64 sp_do_euid(struct sp_ctx *c)
{
	return from_kuid(&init_user_ns, current_euid());
}

s64 sp_do_gid(struct sp_ctx *c)
{
	return from_kgid(&init_user_ns, current_gid());
}

s64 sp_do_egid(struct sp_ctx *c)
{
	return from_kgid(&init_user_ns, current_egid());
}

s64 sp_do_ppid(struct sp_ctx *c)
{
	s64 pid;

	rcu_read_lock();
	pid = rcu_dereference(current->real_parent)->tgid;
	rcu_read_unlock();
	return pid;
}

s64 sp_do_pgrp(struct sp_ctx *c)
{
	return __task_pid_nr_ns(current, PIDTYPE_PGID, &init_pid_ns);
}

s64 sp_do_sid(struct sp_ctx *c)
{
	return __task_pid_nr_ns(current, PIDTYPE_SID, &init_pid_ns);
}

/* Names may change while they are read; they always end. */
static void put_name(struct sp_str *to, u32 bound,
		     const struct task_struct *task)
{
	char name[TASK_COMM_LEN];

	memcpy(name, task->comm, sizeof(name));
	sp_set(to, bound, name, strnlen(name, sizeof(name) - 1));
}

void sp_do_execname(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_name(to, bound, current);
}

void sp_do_pexecname(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	rcu_read_lock();
	put_name(to, bound, rcu_dereference(current->real_parent));
	rcu_read_unlock();
}

s64 sp_do_cpu(struct sp_ctx *c)
{
	return raw_smp_processor_id();
}

s64 sp_do_mem_page_size(struct sp_ctx *c)
{
	return PAGE_SIZE;
}

/* --- time: clocks that may be read in an NMI --- */

s64 sp_do_gettimeofday_ns(struct sp_ctx *c)
{
	return ktime_get_real_fast_ns();
}

s64 sp_do_gettimeofday_us(struct sp_ctx *c)
{
	return ktime_get_real_fast_ns() / NSEC_PER_USEC;
}

s64 sp_do_gettimeofday_ms(struct sp_ctx *c)
{
	return ktime_get_real_fast_ns() / NSEC_PER_MSEC;
}

s64 sp_do_gettimeofday_s(struct sp_ctx *c)
{
	return ktime_get_real_fast_ns() / NSEC_PER_SEC;
}

s64 sp_do_ktime_get_ns(struct sp_ctx *c)
{
	return ktime_get_mono_fast_ns();
}

s64 sp_do_jiffies(struct sp_ctx *c)
{
	return jiffies;
}

s64 sp_do_HZ(struct sp_ctx *c)
{
	return HZ;
}

s64 sp_do_get_cycles(struct sp_ctx *c)
{
	return get_cycles();
}

s64 sp_do_tz_gmtoff(struct sp_ctx *c)
{
	return sp_tz_west();
}

void sp_do_tz_name(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_text(to, bound, sp_tz_name());
}

/* Years with four digits; longer ones would move the columns. */
#define CTIME_MIN (-62167219200ll) /* year 0 */
#define CTIME_MAX 253402300799ll   /* the end of year 9999 */

int sp_do_ctime(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n, u32 loc)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;
	char text[40];
	int len;

	if (n < CTIME_MIN || n > CTIME_MAX) {
		sp_raisef(c, loc, "Time too far in the %s to be converted",
			  n < 0 ? "past" : "future");
		return 1;
	}
	time64_to_tm(n, 0, &tm);
	len = scnprintf(text, sizeof(text),
			"%.3s %.3s %2d %02d:%02d:%02d %04ld",
			days + 3 * tm.tm_wday, months + 3 * tm.tm_mon,
			tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
			tm.tm_year + 1900);
	sp_set(to, bound, text, len);
	return 0;
}

/* --- chance --- */

/* The kernel's own generators take locks, which an NMI must not wait for. */
s64 sp_do_randint(struct sp_ctx *c, s64 n)
{
	struct sp_context *x = sp_context(c);
	u64 z = x->random += 0x9e3779b97f4a7c15ull;

	if (n < 1)
		return 0;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (z ^ (z >> 31)) % (u64)n;
}

/* --- the session --- */

void sp_do_exit(struct sp_ctx *c)
{
	sp_session_raise(SP_STOPPING);
}

void sp_do_abort(struct sp_ctx *c)
{
	sp_session_raise(SP_STOPPING);
	c->ended = SP_END_ABORTED;
}

void sp_do_log(struct sp_ctx *c, const struct sp_str *text)
{
	struct sp_sink s = sp_sink_out(c);

	sp_put(&s, text->text, text->len);
	sp_put(&s, "\n", 1);
}

void sp_do_warn(struct sp_ctx *c, const struct sp_str *text)
{
	sp_warn_text(text->text);
}

int sp_do_error(struct sp_ctx *c, const struct sp_str *text, u32 loc)
{
	sp_raise_str(c, text, loc);
	return 1;
}

s64 sp_do_target(struct sp_ctx *c)
{
	return sp_target();
}

void sp_do_module_name(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_text(to, bound, sp_program.name);
}

void sp_do_pp(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_text(to, bound, sp_context(c)->probe->point);
}

void sp_do_pn(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	const struct sp_probe *p = sp_context(c)->probe;

	put_text(to, bound, p->pn ? p->pn : p->point);
}

void sp_do_ppfunc(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	const char *name = sp_context(c)->probe->function;

	put_text(to, bound, name ? name : "");
}
