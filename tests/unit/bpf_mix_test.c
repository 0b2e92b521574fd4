/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs made at random, run in the kernel and in the vm: they must print the
 * same. The seed is fixed; SPILE_BPF_SEED and SPILE_BPF_ROUNDS change it.
 */
#include "bpf_case.h"

struct maker {
	uint64_t seed;
	struct strbuf text;
	int block;
};

static unsigned pick(struct maker *m, unsigned n)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 7;
	m->seed ^= m->seed << 17;
	return (unsigned)(m->seed >> 11) % n;
}

#define NUMBERS 8u /* r0 … r7; r8 and r9 steer loops */
#define STRINGS 5u /* r10 … */

static unsigned num(struct maker *m)
{
	return pick(m, NUMBERS);
}

static unsigned str(struct maker *m)
{
	return 10 + pick(m, STRINGS);
}

static const char *const cond[] = { "eq", "ne", "lt", "le", "gt", "ge" };

static void add_number_op(struct maker *m)
{
	static const char *const two[] = { "add", "sub", "mul", "and", "or",
					   "xor", "shl", "sar", "shr" };
	static const char *const consts[] = {
		"0",
		"1",
		"-1",
		"7",
		"63",
		"64",
		"-9223372036854775808",
		"9223372036854775807",
		"4294967296",
		"-2147483649",
		"1000",
	};

	static const char *const patterns[] = {
		"^a", "[0-9]+>", "", "b.*[g-z]", "(a|x)(b|y)+", "<$",
	};

	switch (pick(m, 8)) {
	case 7:
		strbuf_addf(&m->text, "  r%u = intrin strlen, r%u\n", num(m),
			    str(m));
		break;
	case 6:
		strbuf_addf(&m->text, "  r%u = match \"%s\", r%u\n", num(m),
			    patterns[pick(m, 6)], str(m));
		break;
	case 0:
		strbuf_addf(&m->text, "  r%u = const %s\n", num(m),
			    consts[pick(m, 11)]);
		break;
	case 1:
		strbuf_addf(&m->text, "  r%u = icmp %s r%u, r%u\n", num(m),
			    cond[pick(m, 6)], num(m), num(m));
		break;
	case 2:
		strbuf_addf(&m->text, "  r%u = scmp %s r%u, r%u\n", num(m),
			    cond[pick(m, 6)], str(m), str(m));
		break;
	case 3:
		strbuf_addf(&m->text, "  r%u = %s r%u\n", num(m),
			    pick(m, 2) ? "neg" : "not", num(m));
		break;
	default:
		strbuf_addf(&m->text, "  r%u = %s r%u, r%u\n", num(m),
			    two[pick(m, 9)], num(m), num(m));
		break;
	}
}

static void add_string_op(struct maker *m)
{
	static const char *const texts[] = { "", "a", "abcdefgh", "xyz",
					     "a longer text, that is cut" };

	switch (pick(m, 7)) {
	case 6:
		strbuf_addf(&m->text, "  r%u = intrin substr, r%u, r%u, r%u\n",
			    str(m), str(m), num(m), num(m));
		break;
	case 0:
		strbuf_addf(&m->text, "  r%u = str \"%s\"\n", str(m),
			    texts[pick(m, 5)]);
		break;
	case 1:
		strbuf_addf(&m->text, "  r%u = mov r%u\n", str(m), str(m));
		break;
	case 2:
		strbuf_addf(&m->text, "  r%u = gget @s\n", str(m));
		break;
	case 3:
		strbuf_addf(&m->text, "  gset @s, r%u\n", str(m));
		break;
	case 4:
		strbuf_addf(&m->text,
			    "  r%u = sprint \"%%d<%%s>%%5x\", r%u, "
			    "r%u, r%u\n",
			    str(m), num(m), str(m), num(m));
		break;
	default:
		strbuf_addf(&m->text, "  r%u = cat r%u, r%u\n", str(m), str(m),
			    str(m));
		break;
	}
}

static void add_global_op(struct maker *m)
{
	switch (pick(m, 9)) {
	case 8:
		strbuf_addf(&m->text, "  mdel @m, r%u, r%u\n", str(m), num(m));
		break;
	case 0:
		strbuf_addf(&m->text, "  r%u = gget @n\n", num(m));
		break;
	case 1:
		strbuf_addf(&m->text, "  gset @n, r%u\n", num(m));
		break;
	case 2:
		strbuf_addf(&m->text, "  gadd @n, r%u\n", num(m));
		break;
	case 3:
		strbuf_addf(&m->text, "  r%u = mget @m, r%u, r%u\n", num(m),
			    str(m), num(m));
		break;
	case 4:
		strbuf_addf(&m->text, "  r%u = mhas @m, r%u, r%u\n", num(m),
			    str(m), num(m));
		break;
	case 5:
		strbuf_addf(&m->text, "  mset @m, r%u, r%u, r%u err b1\n",
			    num(m), str(m), num(m));
		break;
	case 6:
		strbuf_addf(&m->text, "  madd @m, r%u, r%u, r%u err b1\n",
			    num(m), str(m), num(m));
		break;
	default:
		strbuf_addf(&m->text,
			    "  mset @t, r%u, r%u err b1\n"
			    "  r%u = mget @t, r%u\n",
			    str(m), num(m), str(m), num(m));
		break;
	}
}

static void add_op(struct maker *m)
{
	switch (pick(m, 8)) {
	case 0:
	case 1:
		add_string_op(m);
		break;
	case 2:
	case 3:
		add_global_op(m);
		break;
	case 4:
		strbuf_addf(&m->text, "  r%u = %s r%u, r%u err b1\n", num(m),
			    pick(m, 2) ? "div" : "mod", num(m), num(m));
		break;
	default:
		add_number_op(m);
		break;
	}
}

/* An if with two sides, or a loop of a few turns. */
static void add_shape(struct maker *m)
{
	int b = m->block;
	bool loop = !pick(m, 3);

	m->block += 3;
	if (loop)
		strbuf_addf(&m->text,
			    "  r8 = const 0\n  jmp b%d\n"
			    "b%d:\n  tick 1\n  r9 = const %u\n"
			    "  r9 = icmp lt r8, r9\n  br r9, b%d, b%d\n"
			    "b%d:\n  r9 = const 1\n  r8 = add r8, r9\n",
			    b, b, 1 + pick(m, 5), b + 1, b + 2, b + 1);
	else
		strbuf_addf(&m->text, "  br r%u, b%d, b%d\nb%d:\n", num(m), b,
			    b + 1, b);
	for (unsigned i = pick(m, 4); i > 0; i--)
		add_op(m);
	if (loop) {
		strbuf_addf(&m->text, "  jmp b%d\nb%d:\n", b, b + 2);
		return;
	}
	strbuf_addf(&m->text, "  jmp b%d\nb%d:\n", b + 2, b + 1);
	for (unsigned i = pick(m, 4); i > 0; i--)
		add_op(m);
	strbuf_addf(&m->text, "  jmp b%d\nb%d:\n", b + 2, b + 2);
}

static void add_dump(struct maker *m)
{
	strbuf_addstr(&m->text, "  print \"%d %d %d %d %d %d %d %d %s|%s|%s|%s|"
				"%s\\n\", r0, r1, r2, r3, r4, r5, r6, r7, r10, "
				"r11, r12, r13, r14\n");
}

static void make(struct maker *m)
{
	strbuf_reset(&m->text);
	m->block = 2;
	strbuf_addstr(
		&m->text,
		"global @n: i64 = 12\nglobal @s: str[21] = \"start\"\n"
		"global @m[str[13], i64]: i64 size 50\n"
		"global @t[i64]: str[30] size 50\n"
		"handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64, r4:i64\n"
		"  reg r5:i64, r6:i64, r7:i64, r8:i64, r9:i64\n"
		"  reg r10:str[16], r11:str[9], r12:str[33], r13:str[70], "
		"r14:str[20]\nb0:\n");
	/* Values that neither side knows beforehand, and some it does. */
	strbuf_addstr(&m->text, "  r0 = gget @n\n  r10 = gget @s\n"
				"  r13 = gget @s\n  r2 = const -3\n"
				"  r3 = mul r0, r0\n  r4 = add r0, r2\n"
				"  r5 = shl r0, r3\n  r12 = cat r10, r13\n"
				"  r11 = str \"st\"\n  r7 = sub r2, r3\n");
	for (unsigned i = 5 + pick(m, 35); i > 0; i--) {
		if (pick(m, 4))
			add_op(m);
		else
			add_shape(m);
		if (!pick(m, 6))
			add_dump(m);
	}
	add_dump(m);
	strbuf_addstr(&m->text, "  ret\nb1:\n  r14 = errmsg\n");
	add_dump(m);
	strbuf_addstr(&m->text, "  ret\n");
}

static void kernel_and_vm_agree(void **state)
{
	const char *rounds = getenv("SPILE_BPF_ROUNDS");
	const char *seed = getenv("SPILE_BPF_SEED");
	struct maker m = { .text = STRBUF_INIT };
	struct strbuf all = STRBUF_INIT;

	(void)state;
	bpf_case_needs_root();
	m.seed = seed ? strtoull(seed, NULL, 10) : 88172645463325252ull;
	for (int i = rounds ? atoi(rounds) : 60; i > 0; i--) {
		struct vm_case c;

		make(&m);
		strbuf_reset(&all);
		strbuf_addf(&all, "%s%s", CASE_BEGIN, m.text.buf);
		case_init(&c, all.buf);
		assert_int_equal(vm_run(c.vm, 0), 0);
		if (getenv("SPILE_BPF_SHOW"))
			fprintf(stderr, "%s\n%s\n", all.buf, c.out.buf);
		both_say(m.text.buf, c.out.buf, "");
		case_end(&c);
	}
	strbuf_release(&all);
	strbuf_release(&m.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_and_vm_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
