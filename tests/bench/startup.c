/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * startup RUNS COMMAND...: run a command so many times; print the time from
 * starting it to its first byte of output and to its end, as best and median
 * in milliseconds, and the largest memory of it and its children in MB.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 1000

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* One run; false if the command could not run or failed. */
static int run_once(char **argv, double *first, double *last)
{
	int out[2], status;
	char buf[2048];
	double start;
	ssize_t n;
	pid_t pid;

	if (pipe(out))
		return 0;
	start = now_ms();
	pid = fork();
	if (pid < 0)
		return 0;
	if (pid == 0) {
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(out[1]);
	*first = -1;
	while ((n = read(out[0], buf, sizeof(buf))) > 0 ||
	       (n < 0 && errno == EINTR))
		if (*first < 0)
			*first = now_ms() - start;
	close(out[0]);
	if (waitpid(pid, &status, 0) != pid)
		return 0;
	*last = now_ms() - start;
	return status == 0 && *first >= 0;
}

int main(int argc, char **argv)
{
	static double first[MAX_RUNS], last[MAX_RUNS];
	int runs = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0, i;
	struct rusage ru;

	if (runs < 1 || runs > MAX_RUNS) {
		fprintf(stderr, "usage: startup RUNS COMMAND...\n");
		return 2;
	}
	for (i = 0; i < runs; i++)
		if (!run_once(argv + 2, &first[i], &last[i])) {
			fprintf(stderr, "startup: %s failed\n", argv[2]);
			return 1;
		}
	qsort(first, (size_t)runs, sizeof(double), compare);
	qsort(last, (size_t)runs, sizeof(double), compare);
	getrusage(RUSAGE_CHILDREN, &ru);
	printf("first output %.2f (median %.2f) ms, exit %.2f (median %.2f) ms, memory %.1f MB\n",
	       first[0], first[runs / 2], last[0], last[runs / 2],
	       (double)ru.ru_maxrss / 1024);
	return 0;
}
