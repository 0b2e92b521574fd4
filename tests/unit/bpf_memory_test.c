/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory in BPF programs, against the vm: numbers, strings, faults. */
#include "bpf_case.h"

#include <inttypes.h>

static const struct {
	int64_t number;
	char text[24];
} here = { (int64_t)0x8182838485868788, "some text, 23 bytes long" };

/* Reads of every width and sign, and strings, of this process. */
static void own_memory(void **state)
{
	char ir[2048];

	(void)state;
	snprintf(ir, sizeof(ir),
		 "global @at: i64 = %" PRId64 "\nglobal @text: i64 = %" PRId64
		 "\nhandler h\n"
		 "  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64, r5:i64\n"
		 "  reg r6:str[40], r7:str[5], r8:i64, r9:i64, r10:str[40]\n"
		 "b0:\n  r0 = gget @at\n"
		 "  r1 = load user.u8, r0 err b1\n"
		 "  r2 = load user.s16, r0 err b1\n"
		 "  r3 = load user.u32, r0 err b1\n"
		 "  r4 = load user.s64, r0 err b1\n"
		 "  r5 = intrin user_int, r0\n"
		 "  print \"%%d %%d %%d %%d %%d\\n\", r1, r2, r3, r4, r5\n"
		 "  r0 = gget @text\n  r8 = const 9\n"
		 "  r6 = intrin user_string_n, r0, r8 err b1\n"
		 "  r7 = intrin user_string_n, r0, r8 err b1\n"
		 "  r9 = const 0\n  r10 = intrin user_string_n2, r0, r9, r6\n"
		 "  print \"%%s|%%s|%%s\\n\", r6, r7, r10\n  ret\n"
		 "b1:\n  fail\n",
		 (int64_t)(intptr_t)&here.number,
		 (int64_t)(intptr_t)here.text);
	both_say(ir,
		 "136 -30840 2240186248 -9114578090645354616 -2054781048\n"
		 "some text|some|\n", "");
}

#define REGS                                                                  \
	"handler h\n  reg r0:i64, r1:i64, r2:str[100], r3:str[100]\n"         \
	"b0:\n  r1 = const 7\n  r0 = gget @n\n  r2 = str \"old\"\n"

/* What cannot be read: the result stays, and the text names the address. */
static void faults(void **state)
{
	(void)state;
	both_say("global @n: i64 = 24\n" REGS
		 "  r1 = load kernel.u64, r0 err b1\n  ret\n"
		 "b1:\n  r3 = errmsg\n  print \"%d %s\\n\", r1, r3\n  ret\n",
		 "7 read fault [man error::fault] at 0x18\n", "");
	both_say("global @n: i64 = 255\n" REGS
		 "  r2 = intrin kernel_string, r0 err b1\n  ret\n"
		 "b1:\n  r3 = errmsg\n  print \"%s %s\\n\", r2, r3\n  ret\n",
		 "old kernel string copy fault at 0xff [man error::fault]\n",
		 "");
	both_say("global @n: i64 = 0\n" REGS
		 "  r1 = intrin user_long, r0\n"
		 "  r2 = intrin user_string2, r0, r2\n"
		 "  r3 = str \"other\"\n"
		 "  r3 = intrin kernel_string2, r0, r2\n"
		 "  print \"%d %s\\n\", r1, r2\n  print \"%s\\n\", r3\n  ret\n",
		 "0 old\nold\n", "");
}

/* Nobody catches it: the record carries the address. */
static void reported(void **state)
{
	(void)state;
	both_say("global @n: i64 = 4096\nloc !0 \"identifier 'x' at s:1:1\"\n"
		 REGS
		 "  r2 = intrin user_string, r0 err b1 !0\n"
		 "  print \"%s\\n\", r2\n  ret\nb1:\n  fail\n",
		 "",
		 "user string copy fault -14 at 0x1000 [man error::fault] near "
		 "identifier 'x' at s:1:1");
	both_say("global @n: i64 = -1\nloc !0 \"identifier 'x' at s:1:1\"\n"
		 REGS
		 "  r1 = load kernel.s8, r0 err b1 !0\n"
		 "  print \"%d\\n\", r1\n  ret\nb1:\n  fail\n",
		 "",
		 "read fault [man error::fault] at 0xffffffffffffffff near "
		 "identifier 'x' at s:1:1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_memory),
		cmocka_unit_test(faults),
		cmocka_unit_test(reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
