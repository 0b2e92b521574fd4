/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program with functions, an inlined one, a label, and variables of many kinds. */
#include <stdio.h>
#include <stdlib.h>
struct s { int a; char name[8]; struct s *next; unsigned bits:5, rest:3; };
static int counter = 5; long global_total = 1000; __thread int tls = 4;
static inline __attribute__((always_inline)) int twice(int v) { int r = v * 2; 
	counter += r; return r + 1; }
__attribute__((noinline)) int foo(struct s *x, int n, double d)
{
	int i = n + 3;
	if (n > 2)
		goto out;
	i = twice(i) + x->a;
	printf("%d %f\n", i, d);
out:
	global_total += i;
	return i;
}
int main(int argc, char **argv)
{
	struct s two = { 9, "second", 0, 3, 1 }, one = { 7, "first", &two, 17, 5 };
	for (int k = 0; k < 4; k++)
		foo(&one, k, 1.5);
	tls++;
	return 0;
}
