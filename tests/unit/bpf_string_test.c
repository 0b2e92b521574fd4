/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings, arrays and records of BPF programs, against the vm. */
#include "bpf_case.h"

#include "base/bug.h"

static void compare(const char *cond, const char *a, const char *b, int want)
{
	char text[2048], expect[32];

	snprintf(text, sizeof(text),
		 "global @a: str[40] = \"%s\"\nglobal @b: str[24] = \"%s\"\n"
		 "handler h\n  reg r0:str[40], r1:str[24], r2:str[24], r3:i64\n"
		 "  reg r4:i64, r5:i64\n"
		 "b0:\n  r0 = gget @a\n  r1 = gget @b\n  r2 = str \"%s\"\n"
		 "  r3 = scmp %s r0, r1\n  r4 = scmp %s r0, r2\n"
		 "  print \"%%d%%d\", r3, r4\n"
		 "  r5 = scmp %s r0, r1\n  br r5, b1, b2\n"
		 "b1:\n  print \"yes\\n\"\n  ret\n"
		 "b2:\n  print \"no\\n\"\n  ret\n",
		 a, b, b, cond, cond, cond);
	snprintf(expect, sizeof(expect), "%d%d%s\n", want, want,
		 want ? "yes" : "no");
	both_say(text, expect, "");
}

static void comparisons(void **state)
{
	static const char *const conds[] = {
		"eq", "ne", "lt", "le", "gt", "ge"
	};
	static const char *const v[] = { "",         "a",
					 "ab",       "b",
					 "aaaaaaaa", "aaaaaaaab",
					 "\\377",    "abcdefghijklm" };
	/* The texts as they are, for the expectation. */
	static const char *const raw[] = { "",         "a",
					   "ab",       "b",
					   "aaaaaaaa", "aaaaaaaab",
					   "\377",     "abcdefghijklm" };

	(void)state;
	for (int c = 0; c < 6; c++) {
		for (int i = 0; i < 8; i++) {
			for (int k = i % 2; k < 8; k += 2) {
				int d = strcmp(raw[i], raw[k]);
				int r[] = { d == 0, d != 0, d<0, d <= 0, d> 0,
					    d >= 0 };

				compare(conds[c], v[i], v[k], r[c]);
			}
		}
	}
}

/* What the library says of the text shall be what both executors say. */
static void match(const char *pattern, const char *quoted, const char *text)
{
	uint32_t work = REGEX_DFA_WORK;
	struct arena arena = ARENA_INIT;
	struct regex_error err;
	struct regex *re = regex_parse(&arena, pattern, strlen(pattern), &err);
	struct regex_dfa *dfa;
	char prog[2048], expect[32];
	int want;

	assert_non_null(re);
	dfa = regex_dfa_new(&arena, re, 1 << 18, &work);
	assert_non_null(dfa);
	want = regex_dfa_test(dfa, text);
	snprintf(prog, sizeof(prog),
		 "global @a: str[90] = \"%s\"\n"
		 "handler h\n  reg r0:str[90], r1:str[90], r2:i64, r3:i64\n"
		 "b0:\n  r0 = gget @a\n  r1 = str \"%s\"\n"
		 "  r2 = match \"%s\", r0\n  r3 = match \"%s\", r1\n"
		 "  print \"%%d%%d\", r2, r3\n  br r2, b1, b2\n"
		 "b1:\n  print \"yes\\n\"\n  ret\n"
		 "b2:\n  print \"no\\n\"\n  ret\n",
		 text, text, quoted, quoted);
	snprintf(expect, sizeof(expect), "%d%d%s\n", want, want,
		 want ? "yes" : "no");
	both_say(prog, expect, "");
	arena_release(&arena);
}

static void matches(void **state)
{
	static const char *const patterns[][2] = {
		{ "", "" }, { "^event", "^event" }, { "loop$", "loop$" },
		{ "^$", "^$" }, { "[0-9]+", "[0-9]+" }, { "a$b", "a$b" },
		{ "^(ba|da)?sh$", "^(ba|da)?sh$" },
		{ "x.{5}y", "x.{5}y" }, { "[^a-z]", "[^a-z]" },
		{ "(e|v|n){3,5}t", "(e|v|n){3,5}t" },
		{ "\\.", "\\\\." },
	};
	static const char *const texts[] = {
		"", "eventloop", "sh", "dash", "rcu_sched/0", "x12345y",
		"event.5", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaloop",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
			match(patterns[i][0], patterns[i][1], texts[k]);
}

/* Many long texts in one program, and in a loop. */
static void many_matches(void **state)
{
	struct strbuf s = STRBUF_INIT;
	unsigned i;

	(void)state;
	strbuf_addstr(&s, "global @a: str[512] = \"some text, at its end 42\"\n"
			  "handler h\n  reg r0:str[512], r1:i64, r2:i64, "
			  "r3:i64\nb0:\n  r0 = gget @a\n  r2 = const 3\n"
			  "  jmp b1\nb1:\n");
	for (i = 0; i < 24; i++)
		strbuf_addf(&s, "  r1 = match \"%u|[xyz]$\", r0\n"
				"  print \"%%d\", r1\n", i + 30);
	strbuf_addstr(&s, "  tick 1\n  r3 = const 1\n  r2 = sub r2, r3\n"
			  "  br r2, b1, b2\nb2:\n  ret\n");
	both_say(s.buf, "000000000000100000000000"
			"000000000000100000000000"
			"000000000000100000000000", "");
	strbuf_release(&s);
}

static void moves_and_cuts(void **state)
{
	(void)state;
	both_say(
		"handler h\n"
		"  reg r0:str[100], r1:str[8], r2:str[9], r3:str[10], r4:str[1]\n"
		"  reg r5:str[64], r6:i64\n"
		"b0:\n  r0 = str \"the quick brown fox\"\n  r6 = const 0\n"
		"  br r6, b1, b2\n"
		"b1:\n  r0 = str \"other\"\n  jmp b2\n"
		"b2:\n  r1 = mov r0\n  r2 = mov r0\n  r3 = mov r0\n"
		"  r4 = mov r0\n  r5 = mov r2\n"
		"  print \"%s|%s|%s|%s|%s|%s\\n\", r0, r1, r2, r3, r4, r5\n"
		"  ret\n",
		"the quick brown fox|the qui|the quic|the quick||the quic\n",
		"");
	/* A length that only the run knows. */
	both_say(
		"global @s: str[100] = \"the quick brown fox\"\n"
		"handler h\n"
		"  reg r0:str[100], r1:str[8], r2:str[9], r3:str[10], r4:str[1]\n"
		"  reg r5:str[64]\n"
		"b0:\n  r0 = gget @s\n"
		"  r1 = mov r0\n  r2 = mov r0\n  r3 = mov r0\n"
		"  r4 = mov r0\n  r5 = mov r2\n"
		"  print \"%s|%s|%s|%s|%s|%s\\n\", r0, r1, r2, r3, r4, r5\n"
		"  ret\n",
		"the quick brown fox|the qui|the quic|the quick||the quic\n",
		"");
}

static void concatenation(void **state)
{
	(void)state;
	both_say(
		"global @a: str[20] = \"left\"\nglobal @b: str[20] = \"right\"\n"
		"handler h\n"
		"  reg r0:str[20], r1:str[20], r2:str[39], r3:str[7], r4:str[4]\n"
		"  reg r5:str[39], r6:str[64]\n"
		"b0:\n  r0 = gget @a\n  r1 = gget @b\n  r2 = cat r0, r1\n"
		"  r3 = cat r0, r1\n  r4 = cat r0, r1\n"
		"  r5 = str \"<\"\n  r6 = cat r5, r2\n  r5 = str \">\"\n"
		"  r6 = cat r6, r5\n  r0 = cat r0, r0\n"
		"  print \"%s|%s|%s|%s|%s\\n\", r2, r3, r4, r6, r0\n  ret\n",
		"leftright|leftri|lef|<leftright>|leftleft\n", "");
	/* Grows until it is cut; keys and comparisons see clean ends. */
	both_say(
		"global @s: str[30] = \"abc\"\nglobal @m[str[30]]: i64 size 10\n"
		"handler h\n  reg r0:str[30], r1:str[30], r2:i64, r3:i64\n"
		"b0:\n  r0 = gget @s\n  r0 = cat r0, r0\n  r0 = cat r0, r0\n"
		"  r0 = cat r0, r0\n  r0 = cat r0, r0\n"
		"  r1 = str \"abcabcabcabcabcabcabcabcabcab\"\n"
		"  r2 = const 5\n  mset @m, r2, r0 err b1\n"
		"  r3 = mget @m, r1\n  r2 = scmp eq r0, r1\n"
		"  print \"%s %d %d\\n\", r0, r3, r2\n  ret\n"
		"b1:\n  fail\n",
		"abcabcabcabcabcabcabcabcabcab 5 1\n", "");
}

static void sprint(void **state)
{
	(void)state;
	both_say(
		"global @n: i64 = -42\nglobal @s: str[20] = \"text\"\n"
		"handler h\n  reg r0:i64, r1:str[20], r2:str[100], r3:i64\n"
		"b0:\n  r0 = gget @n\n  r1 = gget @s\n  r3 = const 65\n"
		"  r2 = sprint \"%d %s %u|%x|%5d|%-5d|%05d %c%%\", r0, r1, r3, "
		"r0, r3, r3, r3, r3\n"
		"  print \"[%s]\\n\", r2\n"
		"  r2 = sprint \"%s%s\", r2, r1\n  print \"[%s]\\n\", r2\n"
		"  r2 = sprint \"%p %X\", r3, r0\n  print \"[%s]\\n\", r2\n"
		"  ret\n",
		"[-42 text 65|ffffffffffffffd6|   65|65   |00065 A%]\n"
		"[-42 text 65|ffffffffffffffd6|   65|65   |00065 A%text]\n"
		"[0x41 FFFFFFFFFFFFFFD6]\n",
		"");
	both_say("global @n: i64 = 123456789\n"
		 "handler h\n  reg r0:i64, r1:str[6], r2:str[5]\n"
		 "b0:\n  r0 = gget @n\n  r1 = sprint \"%d\", r0\n"
		 "  r2 = sprint \"ab%d%d\", r0, r0\n"
		 "  print \"%s %s\\n\", r1, r2\n  ret\n",
		 "12345 ab12\n", "");
}

static void arrays(void **state)
{
	(void)state;
	both_say(
		"global @m[str[16], i64]: i64 size 100\n"
		"global @t[i64]: str[24] size 100\n"
		"handler h\n"
		"  reg r0:str[16], r1:i64, r2:i64, r3:i64, r4:str[24], r5:str[30]\n"
		"b0:\n  r0 = str \"key\"\n  r1 = const 7\n  r2 = const 5\n"
		"  r3 = mget @m, r0, r1\n  print \"%d\", r3\n"
		"  r3 = mhas @m, r0, r1\n  print \"%d\", r3\n"
		"  madd @m, r2, r0, r1 err b1\n  madd @m, r2, r0, r1 err b1\n"
		"  r3 = mget @m, r0, r1\n  print \" %d\", r3\n"
		"  r3 = mhas @m, r0, r1\n  print \"%d\", r3\n"
		"  r3 = mget @m, r0, r2\n  print \" %d\", r3\n"
		"  mset @m, r1, r0, r1 err b1\n"
		"  r3 = mget @m, r0, r1\n  print \" %d\", r3\n"
		"  mdel @m, r0, r1\n"
		"  r3 = mget @m, r0, r1\n  print \" %d\\n\", r3\n"
		"  r5 = str \"a value of the table, cut\"\n"
		"  mset @t, r5, r2 err b1\n  r4 = mget @t, r2\n"
		"  print \"%s|\", r4\n"
		"  r5 = str \"short\"\n  mset @t, r5, r2 err b1\n"
		"  r4 = mget @t, r2\n  print \"%s|\", r4\n"
		"  r4 = mget @t, r1\n  print \"%s|\\n\", r4\n  ret\n"
		"b1:\n  fail\n",
		"00 101 0 7 0\na value of the table, c|short||\n", "");
}

static void long_keys(void **state)
{
	(void)state;
	both_say("global @s: str[200] = \"long\"\n"
		 "global @m[str[200], str[200]]: str[300] size 100\n"
		 "handler h\n  reg r0:str[200], r1:str[300], r2:i64\n"
		 "b0:\n  r0 = gget @s\n  r1 = cat r0, r0\n"
		 "  mset @m, r1, r0, r1 err b1\n"
		 "  r1 = mget @m, r0, r1\n  r2 = mhas @m, r0, r0\n"
		 "  print \"%s %d\\n\", r1, r2\n  ret\n"
		 "b1:\n  fail\n",
		 "longlong 0\n", "");
}

static void overflow(void **state)
{
	(void)state;
	both_say(
		"global @m[i64]: i64 size 2\nloc !0 \"identifier 'm' at s\"\n"
		"handler h\n  reg r0:i64, r1:i64\n"
		"b0:\n  r0 = const 1\n  madd @m, r0, r0 err b1\n"
		"  r0 = const 2\n  madd @m, r0, r0 err b1\n"
		"  r0 = const 1\n  madd @m, r0, r0 err b1\n"
		"  r1 = mget @m, r0\n  print \"%d\\n\", r1\n"
		"  r0 = const 3\n  madd @m, r0, r0 err b1 !0\n  ret\n"
		"b1:\n  fail\n",
		"2\n",
		"Array overflow, check MAXMAPENTRIES near identifier 'm' at s");
	both_say("global @m[i64]: i64 size 1 sized\n"
		 "handler h\n  reg r0:i64, r1:str[64]\n"
		 "b0:\n  r0 = const 1\n  mset @m, r0, r0 err b1\n"
		 "  r0 = const 2\n  mset @m, r0, r0 err b1\n  ret\n"
		 "b1:\n  r1 = errmsg\n  print \"%s\\n\", r1\n  ret\n",
		 "Array overflow, check size limit (1)\n", "");
}

/* Insertion numbers count up from 1, as user space wants to sort by them. */
static void insertion_order(void **state)
{
	struct {
		uint64_t seq;
		int64_t num;
	} v;
	struct bpf_case b;
	struct bpf_map *map;
	int64_t key;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, BPF_BEGIN
		      "global @m[i64]: i64 size 9\n"
		      "handler h\n  reg r0:i64\n"
		      "b0:\n  r0 = const 30\n  mset @m, r0, r0 err b1\n"
		      "  r0 = const 10\n  mset @m, r0, r0 err b1\n"
		      "  r0 = const 30\n  mset @m, r0, r0 err b1\n  ret\n"
		      "b1:\n  fail\n");
	bpf_case_run(&b);
	map = bpf_object__find_map_by_name(b.obj, "g0");
	assert_non_null(map);
	key = 30;
	assert_int_equal(bpf_map__lookup_elem(map, &key, 8, &v, 16, 0), 0);
	assert_int_equal(v.seq, SESSION_FIRST_NUMBER + 1);
	assert_int_equal(v.num, 30);
	key = 10;
	assert_int_equal(bpf_map__lookup_elem(map, &key, 8, &v, 16, 0), 0);
	assert_int_equal(v.seq, SESSION_FIRST_NUMBER + 2);
	assert_int_equal(b.session->sequence,
			 SESSION_FIRST_NUMBER + 2);
	bpf_case_end(&b);
}

/* Long strings in records come with their length; text of one run is one
 * piece. */
static void records(void **state)
{
	struct bpf_case b;

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(
		&b, BPF_BEGIN
		"global @s: str[300] = \"0123456789012345678901234567890123456789\"\n"
		"handler h\n  reg r0:str[300], r1:str[300], r2:i64\n"
		"b0:\n  r0 = gget @s\n  r2 = const -5\n"
		"  print \"%s %d %s|\", r0, r2, r1\n"
		"  intrin log, r0\n  intrin warn, r0\n  ret\n");
	bpf_case_run(&b);
	assert_string_equal(b.c.out.buf,
			    "0123456789012345678901234567890123456789 -5 |"
			    "0123456789012345678901234567890123456789\n");
	assert_int_equal(b.c.pieces, 1);
	assert_int_equal(b.records, 4);
	assert_string_equal(b.c.warnings.buf,
			    "0123456789012345678901234567890123456789\n");
	assert_int_equal(b.decoder.bad, 0);
	bpf_case_end(&b);

	/* A single print on every way: no record behind it. */
	bpf_case_init(&b, BPF_BEGIN
		      "handler h\n  reg r0:i64\n"
		      "b0:\n  r0 = intrin cpu\n  br r0, b1, b2\n"
		      "b1:\n  print \"x\"\n  ret\nb2:\n  print \"x\"\n  ret\n");
	bpf_case_run(&b);
	bpf_case_run(&b);
	assert_int_equal(b.records, 2);
	assert_string_equal(b.c.out.buf, "xx");
	bpf_case_end(&b);
}

/* A full ring loses records, counts them, and goes on. */
static void lost_records(void **state)
{
	uint64_t args[2] = { 0 };
	struct bpf_program *prog;
	struct bpf_case b;
	union bpf_attr attr = { 0 };

	(void)state;
	bpf_case_needs_root();
	bpf_case_init(&b, "limit maxstringlen 16000\n" BPF_BEGIN
			  "global @n: i64\nhandler h\n"
			  "  reg r0:str[16000], r1:i64\n"
			  "b0:\n  r1 = const 1\n  print \"%s\", r0\n"
			  "  gadd @n, r1\n  ret\n");
	prog = bpf_object__find_program_by_name(b.obj, "probe_0");
	attr.test.prog_fd = (uint32_t)bpf_program__fd(prog);
	attr.test.ctx_in = (uint64_t)(uintptr_t)args;
	attr.test.ctx_size_in = sizeof(args);
	for (int i = 0; i < 300; i++)
		assert_int_equal(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr,
					 sizeof(attr)),
				 0);
	while (ring_drain(&b.ring, bpf_case_record, &b))
		continue;
	assert_int_equal(((int64_t *)(void *)(b.session + 1))[0], 300);
	assert_true(b.session->lost >= 4);
	assert_int_equal(b.session->lost + b.records, 300);
	bpf_case_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons),
		cmocka_unit_test(matches),
		cmocka_unit_test(many_matches),
		cmocka_unit_test(moves_and_cuts),
		cmocka_unit_test(concatenation),
		cmocka_unit_test(sprint),
		cmocka_unit_test(arrays),
		cmocka_unit_test(long_keys),
		cmocka_unit_test(overflow),
		cmocka_unit_test(insertion_order),
		cmocka_unit_test(records),
		cmocka_unit_test(lost_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
