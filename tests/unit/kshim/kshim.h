/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core of the module runtime asks of a kernel, in user space: two CPUs
 * that take turns (kshim_cpu says which one runs), memory from malloc(). The
 * headers in linux/ are all this one.
 */
#ifndef SPILE_TESTS_KSHIM_H
#define SPILE_TESTS_KSHIM_H

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int32_t s32;
typedef long long s64;

#define __percpu
#define __force
#define __user
#define __printf(a, b) __attribute__((format(printf, a, b)))
#define U32_MAX UINT32_MAX
#define S64_MIN INT64_MIN
#define PAGE_SIZE 4096ul
#define THREAD_SIZE 16384ul

#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define min(a, b) min_t(__typeof__(a), a, b)
#define max(a, b) max_t(__typeof__(a), a, b)
#define max3(a, b, c) max(max(a, b), c)
#define swap(a, b)                                                            \
	do {                                                                  \
		__typeof__(a) swap_was = (a);                                 \
		(a) = (b);                                                    \
		(b) = swap_was;                                               \
	} while (0)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALIGN(n, to) (((n) + (to) - 1) / (to) * (to))
#define container_of(p, type, member)                                         \
	((type *)((char *)(p) - offsetof(type, member)))
#define fls64(n) (64 - __builtin_clzll(n))
#define roundup_pow_of_two(n) ((n) < 2 ? 1u : 1u << (32 - __builtin_clz((n) - 1)))
#define cpu_to_le64(n) htole64(n)
#define cpu_to_be64(n) htobe64(n)

/* Like the kernel's: what was written, not what there was to write. */
static inline int __printf(3, 0) vscnprintf(char *to, size_t size,
					    const char *format, va_list ap)
{
	int n = vsnprintf(to, size, format, ap);

	return n < (int)size ? n : (int)size - 1;
}

static inline int __printf(3, 4) scnprintf(char *to, size_t size,
					   const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vscnprintf(to, size, format, ap);
	va_end(ap);
	return n;
}

/* Errors that the kernel keeps to itself. */
enum {
	ERESTARTSYS = 512, ERESTARTNOINTR, ERESTARTNOHAND, ENOIOCTLCMD,
	ERESTART_RESTARTBLOCK, EPROBE_DEFER, EOPENSTALE, ENOPARAM,
	EBADHANDLE = 521, ENOTSYNC, EBADCOOKIE, ENOTSUPP, ETOOSMALL,
	ESERVERFAULT, EBADTYPE, EJUKEBOX, EIOCBQUEUED, ERECALLCONFLICT,
};

/* --- memory --- */

#define GFP_KERNEL 0
#define __GFP_ZERO 0
#define __GFP_NOWARN 0
#define __GFP_RETRY_MAYFAIL 0
#define kzalloc(size, flags) calloc(1, size)
#define kcalloc(n, size, flags) calloc(n, size)
#define kvcalloc(n, size, flags) calloc(n, size)
#define kvzalloc_node(size, flags, node) calloc(1, size)
#define vzalloc_node(size, node) calloc(1, size)
#define vzalloc(size) calloc(1, size)
#define vmalloc(size) malloc(size)
#define __vmalloc(size, flags) calloc(1, size)
#define kfree(p) free(p)
#define kvfree(p) free(p)
#define vfree(p) free(p)
#define totalram_pages() 1000000ul

/* --- CPUs --- */

#define KSHIM_CPUS 2
#define KSHIM_STRIDE 4096 /* bytes of one CPU's part */
extern int kshim_cpu;

#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < KSHIM_CPUS; cpu++)
#define cpu_to_node(cpu) 0
#define __alloc_percpu(size, align)                                           \
	((size) > KSHIM_STRIDE ? NULL : calloc(KSHIM_CPUS, KSHIM_STRIDE))
#define alloc_percpu(type) ((type *)__alloc_percpu(sizeof(type), 8))
#define per_cpu_ptr(p, cpu)                                                   \
	((__typeof__(p))((char *)(p) + (cpu)*KSHIM_STRIDE))
#define this_cpu_ptr(p) per_cpu_ptr(p, kshim_cpu)
#define free_percpu(p) free(p)
#define raw_smp_processor_id() kshim_cpu
#define preempt_disable_notrace() ((void)0)
#define preempt_enable_notrace() ((void)0)
#define raw_local_irq_save(flags) ((flags) = 0)
#define raw_local_irq_restore(flags) ((void)(flags))
#define cpu_relax() abort() /* nobody would let go meanwhile */
#define udelay(us) ((void)(us))
#define barrier() __asm__ volatile("" ::: "memory")
#define READ_ONCE(x) (*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define cmpxchg_acquire(p, old, new) __sync_val_compare_and_swap(p, old, new)
#define smp_store_release(p, value)                                           \
	__atomic_store_n(p, value, __ATOMIC_RELEASE)
#define current NULL
#define end_of_stack(task) 0ul
#define get_random_u64() 0x123456789abcdefull

/* No memory of the kernel is there. */
#define copy_from_kernel_nofault(to, from, n) (-EFAULT)

#endif
