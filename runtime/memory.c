/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a handler asks of the place its probe was hit at: arguments, registers;
 * and reading and writing memory that may not be there.
 */
#include "core.h"

#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define PIECE_BYTES 128 /* of a text read at a time; divides a page */

/* As enum mem_access in src/base/memory.h. */
#define MEM_SIGNED 4
#define MEM_USER   8

/* --- faults --- */

static const struct {
	const char *before, *after;
} texts[] = {
#define FAULT(name, before, after) { before, after },
#include "proto/fault.def"
#undef FAULT
};

enum {
#define FAULT(name, before, after) FAULT_##name,
#include "proto/fault.def"
#undef FAULT
};

static int raise_fault(struct sp_ctx *c, u32 fault, s64 address, u32 loc)
{
	sp_raisef(c, loc, "%s0x%llx%s", texts[fault].before, address,
		  texts[fault].after);
	return 1;
}

/* --- numbers --- */

static bool read_memory(void *to, s64 address, u32 bytes, bool user)
{
	const void *at = (const void *)(unsigned long)address;

	if (user)
		return !copy_from_user_nofault(to, (const void __user *)at,
					       bytes);
	return !copy_from_kernel_nofault(to, at, bytes);
}

/* The low bytes of a number, extended. */
static s64 extend(u32 access, u64 value)
{
	u32 shift = 64 - (8 << (access & 3));

	value <<= shift;
	return access & MEM_SIGNED ? (s64)value >> shift :
				     (s64)(value >> shift);
}

/* Numbers are read as the processor stores them. */
static bool read_number(u32 access, s64 address, s64 *to)
{
	union {
		u8 b;
		u16 w;
		u32 l;
		u64 q;
	} n;

	if (!read_memory(&n, address, 1 << (access & 3), access & MEM_USER))
		return false;
	switch (access & 3) {
	case 0:
		*to = extend(access, n.b);
		break;
	case 1:
		*to = extend(access, n.w);
		break;
	case 2:
		*to = extend(access, n.l);
		break;
	case 3:
		*to = n.q;
		break;
	}
	return true;
}

int sp_load(struct sp_ctx *c, u32 access, s64 address, s64 *to, u32 loc)
{
	if (read_number(access, address, to))
		return 0;
	return raise_fault(c, FAULT_READ, address, loc);
}

s64 sp_peek(u32 access, s64 address)
{
	s64 value = 0;

	read_number(access, address, &value);
	return value;
}

s64 sp_readable(u32 access, s64 address)
{
	s64 value;

	return read_number(access, address, &value);
}

int sp_read(struct sp_ctx *c, u32 access, s32 fault, s64 address, s64 *to,
	    u32 loc)
{
	s64 value = 0;

	if (!read_number(access, address, &value) && fault >= 0)
		return raise_fault(c, fault, address, loc);
	*to = value;
	return 0;
}

/* Store the low bytes of value; false if that faults. */
static bool write_kernel(u32 access, unsigned long address, u64 value)
{
	bool ok = false;

	pagefault_disable();
	switch (access & 3) {
	case 0:
		__put_kernel_nofault((u8 *)address, &(u8){ value }, u8, out);
		break;
	case 1:
		__put_kernel_nofault((u16 *)address, &(u16){ value }, u16,
				     out);
		break;
	case 2:
		__put_kernel_nofault((u32 *)address, &(u32){ value }, u32,
				     out);
		break;
	case 3:
		__put_kernel_nofault((u64 *)address, &value, u64, out);
		break;
	}
	ok = true;
out:
	pagefault_enable();
	return ok;
}

static bool write_user(u32 access, unsigned long address, u64 value)
{
	value = (__force u64)cpu_to_le64(value);
#ifdef __BIG_ENDIAN
	value = swab64(value) << (64 - (8 << (access & 3)));
#endif
	return !copy_to_user_nofault((void __user *)address, &value,
				     1 << (access & 3));
}

int sp_store(struct sp_ctx *c, u32 access, s64 address, s64 value, u32 loc)
{
	bool ok = access & MEM_USER ? write_user(access, address, value) :
				      write_kernel(access, address, value);

	return ok ? 0 : raise_fault(c, FAULT_WRITE, address, loc);
}

/* --- texts --- */

/* The text at an address up to a NUL or to most bytes, in tmp; false if it
 * cannot all be read. Pieces end at borders of pages. */
static bool read_text(struct sp_context *x, s64 address, u32 most, bool user)
{
	struct sp_sink s = sp_sink_str(x->tmp);
	char piece[PIECE_BYTES];
	u32 n, len;

	for (; most; most -= n, address += n) {
		n = PIECE_BYTES - (unsigned long)address % PIECE_BYTES;
		n = min(n, most);
		if (!read_memory(piece, address, n, user))
			return false;
		len = strnlen(piece, n);
		sp_put(&s, piece, len);
		if (len < n)
			break;
	}
	x->tmp->len = s.len;
	return true;
}

/* n below 0: as long as a string can be. */
static bool get_text(struct sp_ctx *c, struct sp_str *to, u32 bound,
		     s64 address, s64 n, bool user)
{
	struct sp_context *x = sp_context(c);
	u32 most = sp_program.limits.maxstringlen - 1;

	if (n >= 0 && n < most)
		most = n;
	if (!read_text(x, address, most, user))
		return false;
	sp_copy(to, bound, x->tmp);
	return true;
}

int sp_do_kernel_string(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
			u32 loc)
{
	return sp_do_kernel_string_n(c, to, bound, n, -1, loc);
}

int sp_do_kernel_string_n(struct sp_ctx *c, struct sp_str *to, u32 bound,
			  s64 n, s64 at, u32 loc)
{
	if (get_text(c, to, bound, n, at, false))
		return 0;
	return raise_fault(c, FAULT_KERNEL_STRING, n, loc);
}

void sp_do_kernel_string2(struct sp_ctx *c, struct sp_str *to, u32 bound,
			  s64 n, const struct sp_str *what)
{
	if (!get_text(c, to, bound, n, -1, false))
		sp_copy(to, bound, what);
}

int sp_do_user_string(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
		      u32 loc)
{
	return sp_do_user_string_n(c, to, bound, n, -1, loc);
}

int sp_do_user_string_n(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
			s64 at, u32 loc)
{
	if (get_text(c, to, bound, n, at, true))
		return 0;
	return raise_fault(c, FAULT_USER_STRING, n, loc);
}

void sp_do_user_string2(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n,
			const struct sp_str *what)
{
	sp_do_user_string_n2(c, to, bound, n, -1, what);
}

void sp_do_kernel_string_n2(struct sp_ctx *c, struct sp_str *to, u32 bound,
			    s64 address, s64 n, const struct sp_str *otherwise)
{
	if (!get_text(c, to, bound, address, n, false))
		sp_copy(to, bound, otherwise);
}

void sp_do_user_string_n2(struct sp_ctx *c, struct sp_str *to, u32 bound,
			  s64 n, s64 at, const struct sp_str *by)
{
	if (!get_text(c, to, bound, n, at, true))
		sp_copy(to, bound, by);
}

/* --- the place --- */

s64 sp_do_task_current(struct sp_ctx *c)
{
	return (unsigned long)current;
}

s64 sp_do___raw_arg(struct sp_ctx *c, s64 n)
{
	return n < 0 || n > U32_MAX ? 0 : sp_arg(c, n);
}

#ifdef CONFIG_X86_64
/* Offsets in struct pt_regs by DWARF number; where functions have their
 * arguments. */
# define REG(name) offsetof(struct pt_regs, name)
static const u8 dwarf_regs[] = {
	REG(ax), REG(dx), REG(cx), REG(bx), REG(si), REG(di), REG(bp),
	REG(sp), REG(r8), REG(r9), REG(r10), REG(r11), REG(r12), REG(r13),
	REG(r14), REG(r15), REG(ip),
};
static const u8 arg_regs[] = { REG(di), REG(si), REG(dx),
			       REG(cx), REG(r8), REG(r9) };
/* Behind the return address. */
# define FIRST_STACK_ARG 1
# undef REG
#elif defined(CONFIG_ARM64)
# define REG(n) ((n) * 8)
static const u16 dwarf_regs[] = {
	REG(0),	 REG(1),  REG(2),  REG(3),  REG(4),  REG(5),  REG(6),
	REG(7),	 REG(8),  REG(9),  REG(10), REG(11), REG(12), REG(13),
	REG(14), REG(15), REG(16), REG(17), REG(18), REG(19), REG(20),
	REG(21), REG(22), REG(23), REG(24), REG(25), REG(26), REG(27),
	REG(28), REG(29), REG(30), REG(31), REG(32),
};
static const u16 arg_regs[] = { REG(0), REG(1), REG(2), REG(3),
				REG(4), REG(5), REG(6), REG(7) };
# define FIRST_STACK_ARG 0
# undef REG
#endif

static s64 reg_at(const struct pt_regs *regs, u32 offset)
{
	return *(const unsigned long *)((const char *)regs + offset);
}

s64 sp_reg(struct sp_ctx *c, u32 n)
{
	const struct sp_hit *hit = sp_context(c)->hit;

	if (!hit || !hit->regs || n >= ARRAY_SIZE(dwarf_regs))
		return 0;
	return reg_at(hit->regs, dwarf_regs[n]);
}

/* Argument of a function that has just been entered. */
static s64 function_arg(struct pt_regs *regs, u32 n)
{
	unsigned long value = 0, at;

	if (n < ARRAY_SIZE(arg_regs))
		return reg_at(regs, arg_regs[n]);
	at = user_stack_pointer(regs) +
	     (n - ARRAY_SIZE(arg_regs) + FIRST_STACK_ARG) * sizeof(long);
	if (!read_memory(&value, at, sizeof(value), user_mode(regs)))
		return 0;
	return value;
}

s64 sp_arg(struct sp_ctx *c, u32 n)
{
	const struct sp_hit *hit = sp_context(c)->hit;

	if (!hit)
		return 0;
	if (hit->args)
		return n < hit->n_args ? hit->args[n] : 0;
	return hit->regs ? function_arg(hit->regs, n) : 0;
}

s64 sp_retval(struct sp_ctx *c)
{
	const struct sp_hit *hit = sp_context(c)->hit;

	return hit ? hit->result : 0;
}
