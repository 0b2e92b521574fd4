/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eventloop syscall|function BATCHES CALLS: make an event over and over (a
 * getppid system call, or a call of probed_function()) and print the
 * nanoseconds one took, best batch and median batch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_BATCHES 10000

void probed_function(void);

__attribute__((noinline)) void probed_function(void)
{
	__asm__ volatile("");
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double batch_ns(int is_syscall, long calls)
{
	struct timespec a, b;
	long i;

	clock_gettime(CLOCK_MONOTONIC, &a);
	if (is_syscall)
		for (i = 0; i < calls; i++)
			syscall(SYS_getppid);
	else
		for (i = 0; i < calls; i++)
			probed_function();
	clock_gettime(CLOCK_MONOTONIC, &b);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 +
		(double)(b.tv_nsec - a.tv_nsec)) / (double)calls;
}

int main(int argc, char **argv)
{
	static double ns[MAX_BATCHES];
	long batches = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	long calls = argc == 4 ? strtol(argv[3], NULL, 10) : 0, i;
	int is_syscall = argc == 4 && !strcmp(argv[1], "syscall");

	if (batches < 1 || batches > MAX_BATCHES || calls < 1 ||
	    (!is_syscall && strcmp(argv[1], "function"))) {
		fprintf(stderr,
			"usage: eventloop syscall|function BATCHES CALLS\n");
		return 2;
	}
	for (i = 0; i < batches; i++)
		ns[i] = batch_ns(is_syscall, calls);
	qsort(ns, (size_t)batches, sizeof(double), compare);
	printf("%.0f ns a call, median %.0f\n", ns[0], ns[batches / 2]);
	return 0;
}
