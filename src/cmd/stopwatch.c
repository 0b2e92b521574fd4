/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/stopwatch.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void read_clocks(struct stopwatch *w)
{
	struct rusage ru;

	clock_gettime(CLOCK_MONOTONIC, &w->real);
	getrusage(RUSAGE_SELF, &ru);
	w->user.tv_sec = ru.ru_utime.tv_sec;
	w->user.tv_nsec = ru.ru_utime.tv_usec * 1000;
	w->sys.tv_sec = ru.ru_stime.tv_sec;
	w->sys.tv_nsec = ru.ru_stime.tv_usec * 1000;
}

void stopwatch_start(struct stopwatch *w)
{
	read_clocks(w);
}

static long ms_between(struct timespec from, struct timespec to)
{
	return (to.tv_sec - from.tv_sec) * 1000 +
	       (to.tv_nsec - from.tv_nsec) / 1000000;
}

/* Memory from /proc/self/statm, in kb. */
static void print_memory(void)
{
	long page_kb = sysconf(_SC_PAGESIZE) / 1024;
	long virt = 0, res = 0, shr = 0, text = 0, lib = 0, data = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return;
	if (fscanf(f, "%ld %ld %ld %ld %ld %ld", &virt, &res, &shr, &text, &lib,
		   &data) == 6)
		fprintf(stderr, " using %ldvirt/%ldres/%ldshr/%lddata kb,",
			virt * page_kb, res * page_kb, shr * page_kb,
			data * page_kb);
	fclose(f);
}

void stopwatch_line(const struct stopwatch *w, unsigned pass, const char *what,
		    ...)
{
	struct stopwatch now;
	va_list ap;

	read_clocks(&now);
	fprintf(stderr, "Pass %u: ", pass);
	va_start(ap, what);
	vfprintf(stderr, what, ap);
	va_end(ap);
	if (pass < 5)
		print_memory();
	fprintf(stderr, " in %ldusr/%ldsys/%ldreal ms.\n",
		ms_between(w->user, now.user), ms_between(w->sys, now.sys),
		ms_between(w->real, now.real));
}
