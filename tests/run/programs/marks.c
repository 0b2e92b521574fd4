/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with static probes: arguments in registers and memory, a constant,
 * and a mark behind a semaphore. */
#define _SDT_HAS_SEMAPHORES 1
#include <stdio.h>
#include <stdlib.h>
#include <sys/sdt.h>

#define SEMAPHORE(name)                                                       \
	unsigned short name __attribute__((used, section(".probes")))
SEMAPHORE(sample_begin__work_semaphore);
SEMAPHORE(sample_middle_semaphore);
SEMAPHORE(sample_real_semaphore);
SEMAPHORE(other_middle_semaphore);

struct item {
	int a;
	short c;
	unsigned char bytes[8];
};

static struct item item = { -5, -7, { 200, 201, 202, 203 } };
long total = 77;

__attribute__((noinline)) static int work(int i, struct item *p, char **argv)
{
	volatile int here = i * -3;

	DTRACE_PROBE4(sample, begin__work, i, (long)p->a, p->c, argv[0]);
	DTRACE_PROBE4(sample, middle, here, p->bytes[i & 7], 7, total);
	DTRACE_PROBE1(other, middle, i);
	DTRACE_PROBE2(sample, real, 1.5 * i, i);
	return here;
}

int main(int argc, char **argv)
{
	int i, n = argc > 1 ? atoi(argv[1]) : 3;

	/* A page that nobody has touched cannot be read by probes. */
	item.bytes[7] = (unsigned char)argc;
	for (i = 0; i < n; i++)
		total += work(i, &item, argv);
	printf("asked %d %d\n", sample_begin__work_semaphore,
	       sample_real_semaphore);
	return 0;
}
