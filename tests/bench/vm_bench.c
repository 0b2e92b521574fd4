/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures of the executor: what loops of each kind of operation cost. Prints
 * one line a measurement; every program runs several times and the best counts.
 */
#include "base/bug.h"
#include "vm/vm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define REPEAT 5

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void output(void *ctx, const char *text, size_t len)
{
	*(size_t *)ctx += len;
	(void)text;
}

static void message(void *ctx, const char *text)
{
	fprintf(stderr, "vm_bench: %s\n", text);
	(void)ctx;
}

#define HEAD \
 "spile-ir 1\nname \"bench\"\nlimit maxaction_interruptible 2000000000\n"

/* A loop of n turns around body, which may use r3 … r9 and s10 … s12. */
#define LOOP(n, globals, body)                                                \
 HEAD globals                                                                 \
	 "probe begin h \"begin\" n0=0\nhandler h\n"                          \
	 "  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64, r5:i64, r6:i64, "     \
	 "r7:i64, r8:i64, r9:i64, r10:str[512], r11:str[512], r12:str[512]\n" \
	 "  iter i0 @a down value\n"                                          \
	 "b0:\n  r10 = str \"some-process\"\n  r0 = const 0\n  jmp b1\n"      \
	 "b1:\n  r1 = const " #n "\n  r2 = icmp lt r0, r1\n"                  \
	 "  br r2, b2, b3\n"                                                  \
	 "b2:\n" body "  r1 = const 1\n  r0 = add r0, r1\n  jmp b1\n"         \
	 "b3:\n  ret\n"                                                       \
	 "b4:\n  fail\n"                                                      \
	 "function f(r0:i64): i64\n  reg r1:i64\n"                            \
	 "b0:\n  r1 = const 3\n  r0 = add r0, r1\n  ret r0\n"

static const struct {
	const char *what;
	double times; /* operations a run */
	const char *text;
} benches[] = {
	{ "simple operations of a counting loop", 5e6 * 9,
	  LOOP(5000000, "global @a[i64]: i64 size 8\n",
	       "  tick 1\n  r3 = add r3, r0\n  r4 = xor r3, r0\n") },
	{ "simple operations in a row", 5e5 * 40,
	  LOOP(500000, "global @a[i64]: i64 size 8\n",
	       "  r3 = add r3, r0\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n  r8 = or r7, r4\n"
	       "  r3 = sub r3, r8\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n  r8 = or r7, r4\n"
	       "  r3 = add r3, r0\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n  r8 = or r7, r4\n"
	       "  r3 = add r3, r0\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n  r8 = or r7, r4\n"
	       "  r3 = add r3, r0\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n  r8 = or r7, r4\n"
	       "  r3 = add r3, r0\n  r4 = xor r3, r0\n  r5 = mul r4, r3\n"
	       "  r6 = shr r5, r0\n  r7 = and r6, r5\n") },
	{ "calls of a small function", 1e6,
	  LOOP(1000000, "global @a[i64]: i64 size 8\n",
	       "  r3 = call f, r3 err b4\n") },
	{ "scalar additions", 5e6,
	  LOOP(5000000, "global @a[i64]: i64 size 8\nglobal @n: i64\n",
	       "  gadd @n, r0\n") },
	{ "string copies and appends", 1e6,
	  LOOP(1000000, "global @a[i64]: i64 size 8\n",
	       "  r11 = mov r10\n  r11 = cat r11, r10\n") },
	{ "matches of a regular expression on 100 bytes", 1e6,
	  LOOP(1000000, "global @a[i64]: i64 size 8\nglobal @s: str[512] = \""
	       "one two three four five six seven eight nine ten eleven "
	       "twelve thirteen fourteen fifteen sixteen 100\"\n",
	       "  r11 = gget @s\n"
	       "  r3 = match \"^([a-z]+ )+(99|1[0-9]*0)$\", r11\n") },
	{ "array additions, one string key", 2e6,
	  LOOP(2000000, "global @a[str[512]]: i64 size 2048\n",
	       "  r3 = const 1\n  madd @a, r3, r10 err b4\n") },
	{ "array additions, 1000 string keys made by sprint", 1e6,
	  LOOP(1000000, "global @a[str[512]]: i64 size 2048\n",
	       "  r3 = const 1000\n  r4 = mod r0, r3 err b4\n"
	       "  r11 = sprint \"key-number-%d\", r4\n  r3 = const 1\n"
	       "  madd @a, r3, r11 err b4\n") },
	{ "array updates, 65536 long keys", 2e6,
	  LOOP(2000000, "global @a[i64]: i64 size 100000\n",
	       "  r3 = const 65535\n  r4 = const 40503\n  r4 = mul r4, r0\n"
	       "  r4 = and r4, r3\n"
	       "  r3 = mget @a, r4\n  r3 = add r3, r0\n"
	       "  mset @a, r3, r4 err b4\n") },
	{ "inserts into a wrapping array of strings", 5e5,
	  LOOP(500000, "global @a[i64]: str[512] size 2048 wrap\n",
	       "  mset @a, r10, r0 err b4\n") },
	{ "printed lines", 5e5,
	  LOOP(500000, "global @a[i64]: i64 size 8\n",
	       "  print \"%s %d\\n\", r10, r0\n") },
};

/* Arrays of 100,000 elements, then one foreach in order of value. */
#define SORT(type, key_bound, make)                                    \
 HEAD "global @a[i64]: " type " size 100000\n"                         \
      "probe begin h \"begin\" n0=0\nprobe end e \"end\" n0=0\n"       \
      "handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:str[512]\n" \
      "b0:\n  r0 = const 0\n  jmp b1\n"                                \
      "b1:\n  r1 = const 100000\n  r2 = icmp lt r0, r1\n"              \
      "  br r2, b2, b3\n"                                              \
      "b2:\n  r3 = const 6364136223846793005\n  r3 = mul r3, r0\n"     \
      "  r1 = const 13\n  r3 = shr r3, r1\n" make                      \
      "  r1 = const 1\n  r0 = add r0, r1\n  jmp b1\n"                  \
      "b3:\n  ret\n"                                                   \
      "b4:\n  fail\n"                                                  \
      "handler e\n  reg r0:i64\n  iter i0 @a down value\n"             \
      "b0:\n  ibegin i0 err b4\n  jmp b1\n"                            \
      "b1:\n  inext i0, b2, b3\n"                                      \
      "b2:\n  r0 = ikey i0, 0\n  jmp b1\n"                             \
      "b3:\n  iend i0\n  ret\n"                                        \
      "b4:\n  fail\n"

static const char sort_longs[] = SORT("i64", 0, "  mset @a, r3, r0 err b4\n");
static const char sort_strings[] =
	SORT("str[512]", 512,
	     "  r4 = sprint \"process-%d\", r3\n  mset @a, r4, r0 err b4\n");

static struct vm *make(struct arena *arena, const struct vm_host *host,
		       const char *text)
{
	struct strbuf err = STRBUF_INIT;
	struct ir_prog *p = ir_parse(arena, text, __builtin_strlen(text), &err);
	struct vm *vm = p ? vm_new(p, NULL, host, &err) : NULL;

	if (!vm) {
		fprintf(stderr, "vm_bench: %s\n", err.buf);
		exit(1);
	}
	strbuf_release(&err);
	return vm;
}

static double run(struct vm *vm, uint32_t probe)
{
	double start = now();

	if (vm_run(vm, probe))
		exit(1);
	return now() - start;
}

static void bench(const struct vm_host *host, const char *what, double times,
		  const char *text)
{
	struct arena arena = ARENA_INIT;
	struct vm *vm = make(&arena, host, text);
	double best = 1e9, t;
	int i;

	for (i = 0; i < REPEAT; i++) {
		t = run(vm, 0);
		best = t < best ? t : best;
	}
	printf("%-52s %8.2f million/s %8.1f ns\n", what, times / best / 1e6,
	       best / times * 1e9);
	vm_free(vm);
	arena_release(&arena);
}

/* The array is made anew each time: sorting leaves it sorted. */
static void bench_sort(const struct vm_host *host, const char *what,
		       const char *text)
{
	double fill = 1e9, sort = 1e9, again = 1e9, t;
	int i;

	for (i = 0; i < REPEAT; i++) {
		struct arena arena = ARENA_INIT;
		struct vm *vm = make(&arena, host, text);

		t = run(vm, 0);
		fill = t < fill ? t : fill;
		t = run(vm, 1);
		sort = t < sort ? t : sort;
		t = run(vm, 1);
		again = t < again ? t : again;
		vm_free(vm);
		arena_release(&arena);
	}
	printf("%-52s %8.2f ms (filled in %.2f ms, sorted again in %.2f ms)\n",
	       what, sort * 1e3, fill * 1e3, again * 1e3);
}

int main(void)
{
	size_t bytes = 0, i;
	const struct vm_host host = { .ctx = &bytes,
				      .output = output,
				      .error = message,
				      .warning = message };

	for (i = 0; i < ARRAY_SIZE(benches); i++)
		bench(&host, benches[i].what, benches[i].times,
		      benches[i].text);
	bench_sort(&host, "foreach over 100000 longs in order of value",
		   sort_longs);
	bench_sort(&host, "foreach over 100000 strings in order of value",
		   sort_strings);
	return 0;
}
