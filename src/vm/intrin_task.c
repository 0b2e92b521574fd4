/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Intrinsics on time, chance, tasks and the session. In user space "the task"
 * is the process that runs the handlers.
 */
#include "vm/intrin.h"

#include "base/bug.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#ifdef __x86_64__
# include <x86intrin.h>
#endif

/* Years with four digits; longer ones would move the columns. */
#define CTIME_MIN (-62167219200LL) /* year 0 */
#define CTIME_MAX 253402300799LL   /* the end of year 9999 */

static bool ctime_text(struct vm *vm, int64_t seconds, struct vm_val *result)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed",
					    "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
					      "May", "Jun", "Jul", "Aug",
					      "Sep", "Oct", "Nov", "Dec" };
	time_t t = seconds;
	struct tm tm;

	strbuf_reset(&vm->tmp);
	if (seconds < CTIME_MIN || seconds > CTIME_MAX || !gmtime_r(&t, &tm)) {
		strbuf_addf(&vm->tmp,
			    "Time too far in the %s to be converted",
			    seconds < 0 ? "past" : "future");
		vm_error_set(vm, vm->tmp.buf, vm->tmp.len);
		return false;
	}
	strbuf_addf(&vm->tmp, "%s %s %2d %02d:%02d:%02d %04d",
		    days[tm.tm_wday], months[tm.tm_mon], tm.tm_mday,
		    tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
	return vm_tmp_result(vm, result);
}

static void local_time(struct tm *tm)
{
	time_t t = time(NULL);

	if (!localtime_r(&t, tm))
		*tm = (struct tm){ .tm_zone = "UTC" };
}

static bool zone_name(struct vm *vm, struct vm_val *result)
{
	struct tm tm;

	local_time(&tm);
	strbuf_reset(&vm->tmp);
	strbuf_addstr(&vm->tmp, tm.tm_zone ? tm.tm_zone : "UTC");
	return vm_tmp_result(vm, result);
}

static int64_t gmt_offset(void)
{
	struct tm tm;

	local_time(&tm);
	return -tm.tm_gmtoff;
}

static int64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* The coarse clocks advance once a jiffy. */
static int64_t jiffies_a_second(void)
{
	struct timespec ts;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &ts) || ts.tv_sec ||
	    ts.tv_nsec <= 0)
		return 100;
	return (1000000000 + ts.tv_nsec / 2) / ts.tv_nsec;
}

/* The kernel's count starts five minutes before it would wrap in 32 bits. */
static int64_t jiffies(void)
{
	int64_t hz = jiffies_a_second();
	int64_t ns = clock_ns(CLOCK_MONOTONIC);

	return (1LL << 32) - 300 * hz + ns / (1000000000 / hz);
}

static int64_t cycles(void)
{
#ifdef __x86_64__
	return (int64_t)__rdtsc();
#else
	return clock_ns(CLOCK_MONOTONIC);
#endif
}

/* Even over the range but for the last few numbers of 64 bits. */
static int64_t randint(int64_t n)
{
	uint64_t bits;

	if (n < 1)
		return 0;
	if (getrandom(&bits, sizeof(bits), 0) != sizeof(bits))
		bits = (uint64_t)clock_ns(CLOCK_MONOTONIC);
	return (int64_t)(bits % (uint64_t)n);
}

static bool parent_name(struct vm *vm, struct vm_val *result)
{
	char path[40], name[16];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, sizeof(name));
		close(fd);
	}
	strbuf_reset(&vm->tmp);
	/* Without its newline; a parent outside of our view has no name. */
	if (n > 0)
		strbuf_add(&vm->tmp, name, (size_t)n - 1);
	return vm_tmp_result(vm, result);
}

static void point_name(const struct vm *vm, struct vm_val *result)
{
	const struct ir_probe *p = &vm->prog->probes.at[vm->probe];

	result->str = p->pn ? p->pn : p->point;
	result->len = (uint32_t)strlen(result->str);
}

static void point_function(const struct vm *vm, struct vm_val *result)
{
	size_t len;

	result->str = ir_probe_function(&vm->prog->probes.at[vm->probe], &len);
	result->len = (uint32_t)len;
}

/* The text of a procfs file; it is cut at its limit. */
static bool change_value(struct vm *vm, const struct vm_val *by, bool add,
			 struct vm_val *result)
{
	size_t left, len = by->len;

	if (vm->value) {
		if (!add)
			strbuf_reset(vm->value);
		left = vm->most_value > vm->value->len ?
			       vm->most_value - vm->value->len :
			       0;
		strbuf_add(vm->value, by->str, len < left ? len : left);
	}
	strbuf_reset(&vm->tmp);
	strbuf_add(&vm->tmp, by->str, len);
	return vm_tmp_result(vm, result);
}

static int64_t task_number(uint32_t id)
{
	switch ((int)id) {
	case INTRIN_PPID:
		return getppid();
	case INTRIN_PGRP:
		return getpgrp();
	case INTRIN_SID:
		return getsid(0);
	case INTRIN_GID:
		return getgid();
	case INTRIN_EUID:
		return geteuid();
	case INTRIN_EGID:
		return getegid();
	case INTRIN_PAGE_SIZE:
		return sysconf(_SC_PAGESIZE);
	}
	BUG("intrinsic %u is not of this executor", id);
}

bool vm_intrin_task(struct vm *vm, uint32_t id, const struct vm_val *args,
		    struct vm_val *result)
{
	switch ((int)id) {
	case INTRIN_CTIME:
		return ctime_text(vm, args[0].num, result);
	case INTRIN_TZ_GMTOFF:
		result->num = gmt_offset();
		return true;
	case INTRIN_TZ_NAME:
		return zone_name(vm, result);
	case INTRIN_KTIME_GET_NS:
		result->num = clock_ns(CLOCK_MONOTONIC);
		return true;
	case INTRIN_JIFFIES:
		result->num = jiffies();
		return true;
	case INTRIN_HZ:
		result->num = jiffies_a_second();
		return true;
	case INTRIN_GET_CYCLES:
		result->num = cycles();
		return true;
	case INTRIN_RANDINT:
		result->num = randint(args[0].num);
		return true;
	case INTRIN_PEXECNAME:
		return parent_name(vm, result);
	case INTRIN_MODULE_NAME:
		result->str = vm->prog->name;
		result->len = (uint32_t)strlen(vm->prog->name);
		return true;
	case INTRIN_PROCFS_VALUE:
		strbuf_reset(&vm->tmp);
		if (vm->value)
			strbuf_add(&vm->tmp, vm->value->buf, vm->value->len);
		return vm_tmp_result(vm, result);
	case INTRIN_PROCFS_SET:
		return change_value(vm, &args[0], false, result);
	case INTRIN_PROCFS_ADD:
		return change_value(vm, &args[0], true, result);
	case INTRIN_PN:
		point_name(vm, result);
		return true;
	case INTRIN_PPFUNC:
		point_function(vm, result);
		return true;
	case INTRIN_PPID:
	case INTRIN_PGRP:
	case INTRIN_SID:
	case INTRIN_GID:
	case INTRIN_EUID:
	case INTRIN_EGID:
	case INTRIN_PAGE_SIZE:
		result->num = task_number(id);
		return true;
	case INTRIN_INPUT:
		if (vm->input.str)
			*result = vm->input;
		return true;
	}
	return vm_intrin_memory(vm, id, args, result);
}
