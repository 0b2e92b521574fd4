/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text form of the IR: what is printed is read back as the same program. */
#include "ir/ir.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Everything a program can hold, in the printer's own layout. */
static const char everything[] =
	"spile-ir 1\n"
	"name \"stap_1\"\n"
	"limit maxaction 5\n"
	"limit maxtrylock 7\n"
	"global @n: i64 = -5\n"
	"global @s: str[64] = \"a\\\"b\\n\\001\"\n"
	"global @\"odd name\": i64\n"
	"global @a[i64, str[16]]: str[512] size 100 sized wrap\n"
	"global @m[str[8]]: i64 size 2048\n"
	"global @t: stat\n"
	"global @u[i64]: stat sum min max variance 4 linear -5 10 3 size 7\n"
	"global @v: stat max log\n"
	"format \"n=%d %s\\n\"\n"
	"format \"%%\\000\"\n"
	"regex \"^a+\\\\.\\n\"\n"
	"regex \"\"\n"
	"loc !0 \"operator '/' at s.stp:3:4\"\n"
	"loc !1 \"identifier 'f' at s.stp:4:1\"\n"
	"probe begin h0 \"begin(-3)\" n0=-3\n"
	"probe uprobe h0 \"process(\\\"/bin/x\\\").function(\\\"f\\\")\" "
	"s0=\"/bin/x\" s1=\"f\" n0=4096 n1=1 n2=2 target\n"
	"\n"
	"handler h0\n"
	"  reg r0:i64 i, r1:i64, r2:str[512] \"a b\", r3:str[16]\n"
	"  iter i0 @a\n"
	"  iter i1 @m up value\n"
	"  iter i2 @a down key 2\n"
	"  iter i3 @u up avg\n"
	"  iter i4 @u down key 1\n"
	"b0:\n"
	"  tick 3 !1\n"
	"  r0 = const -9223372036854775808\n"
	"  r1 = const 9223372036854775807\n"
	"  r2 = str \"x\\t\\377\"\n"
	"  r2 = mov r3\n"
	"  r0 = neg r1\n"
	"  r0 = not r1\n"
	"  r0 = add r0, r1\n"
	"  r0 = sub r0, r1\n"
	"  r0 = mul r0, r1\n"
	"  r0 = div r0, r1 err b9 !0\n"
	"  r0 = mod r0, r1 err b9 !0\n"
	"  r0 = and r0, r1\n"
	"  r0 = or r0, r1\n"
	"  r0 = xor r0, r1\n"
	"  r0 = shl r0, r1\n"
	"  r0 = sar r0, r1\n"
	"  r0 = shr r0, r1\n"
	"  r0 = icmp eq r0, r1\n"
	"  r0 = icmp ne r0, r1\n"
	"  r0 = scmp lt r2, r3\n"
	"  r0 = match \"\", r2\n"
	"  r0 = match \"^a+\\\\.\\n\", r3\n"
	"  r0 = scmp le r2, r3\n"
	"  r0 = scmp gt r2, r3\n"
	"  r0 = scmp ge r2, r3\n"
	"  r0 = arg 63\n"
	"  r0 = retval\n"
	"  r0 = register 127\n"
	"  r0 = offset \"-8 struct task_struct.comm:ai.x:s.y_1:p\"\n"
	"  r0 = load kernel.u8, r1 err b9 !1\n"
	"  r0 = peek user.u32, r1\n"
	"  r0 = readable kernel.u8, r1\n"
	"  r0 = load user.s64, r1 err b9\n"
	"  store user.u16, r1, r0 err b9\n"
	"  r2 = cat r2, r3\n"
	"  r2 = sprint \"n=%d %s\\n\", r0, r3\n"
	"  r2 = sprint \"%%\\000\"\n"
	"  lock\n"
	"  r0 = gget @n\n"
	"  gset @s, r3\n"
	"  gadd @\"odd name\", r0\n"
	"  r2 = mget @a, r0, r3\n"
	"  mset @a, r2, r0, r3 err b8 !1\n"
	"  madd @m, r0, r3 err b8\n"
	"  r0 = mhas @a, r0, r3\n"
	"  mdel @m, r3\n"
	"  mclear @a\n"
	"  sadd @t, r1 err b8\n"
	"  sadd @u, r1, r0 err b8 !1\n"
	"  r0 = sget @t, count err b8\n"
	"  r0 = sget @u, r1, variance err b8 !0\n"
	"  sclear @t\n"
	"  r0 = hget @v, r1 err b8\n"
	"  r0 = hget @u, r1, r0, empty err b8 !0\n"
	"  hprint @v err b8\n"
	"  r2 = htext @u, r1 err b8 !1\n"
	"  unlock\n"
	"  print \"n=%d %s\\n\", r0, r2\n"
	"  r3 = intrin execname\n"
	"  intrin exit\n"
	"  intrin error, r3 err b9 !1\n"
	"  r0 = call f, r0, r3 err b9 !1\n"
	"  call f, r0, r3 err b9\n"
	"  br r0, b1, b10\n"
	"b1:\n"
	"  ibegin i0 err b9\n"
	"  jmp b2\n"
	"b2:\n"
	"  inext i0, b3, b4\n"
	"b3:\n"
	"  r3 = ikey i0, 1\n"
	"  r2 = ival i0\n"
	"  jmp b2\n"
	"b4:\n"
	"  iend i0\n"
	"  ibegin i1, r0 err b9\n"
	"  ibegin i2, r0 err b5\n"
	"  iend i2\n"
	"  iend i1\n"
	"  raise r2 err b6 !0\n"
	"b5:\n"
	"  iend i1\n"
	"  jmp b6\n"
	"b6:\n"
	"  r2 = errmsg\n"
	"  later \"no result\"\n"
	"  jmp b7\n"
	"b7:\n"
	"  ret\n"
	"b8:\n"
	"  unlock\n"
	"  jmp b9\n"
	"b9:\n"
	"  fail\n"
	"b10:\n"
	"  ret\n"
	"\n"
	"function f(r0:i64 n, r1:str[512] s): i64\n"
	"  reg r2:str[512]\n"
	"b0:\n"
	"  r2 = call g err b1\n"
	"  ret r0\n"
	"b1:\n"
	"  fail\n"
	"\n"
	"function g(): str[512]\n"
	"  reg r0:str[512]\n"
	"b0:\n"
	"  ret r0\n"
	"\n"
	"function \"no result\"()\n"
	"b0:\n"
	"  ret\n";

struct ctx {
	struct arena arena;
	struct strbuf err, out;
};

static int setup(void **state)
{
	struct ctx *c = xcalloc(1, sizeof(*c));

	strbuf_init(&c->err);
	strbuf_init(&c->out);
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct ctx *c = *state;

	arena_release(&c->arena);
	strbuf_release(&c->err);
	strbuf_release(&c->out);
	free(c);
	return 0;
}

static struct ir_prog *parse_ok(struct ctx *c, const char *text)
{
	struct ir_prog *p = ir_parse(&c->arena, text, strlen(text), &c->err);

	assert_string_equal(c->err.buf, "");
	assert_non_null(p);
	return p;
}

static void test_round_trip(void **state)
{
	struct ctx *c = *state;
	struct ir_prog *p = parse_ok(c, everything);

	ir_print(p, &c->out);
	assert_string_equal(c->out.buf, everything);
}

/* The program above is whole: each operation is in it. */
static void test_every_op(void **state)
{
	struct ctx *c = *state;
	struct ir_prog *p = parse_ok(c, everything);
	const struct ir_block *b;
	const struct ir_insn *in;
	bool seen[64] = { false };
	unsigned i;

	for (i = 0; i < p->fns.len; i++)
		vec_foreach(b, &p->fns.at[i]->blocks)
			vec_foreach(in, &b->insns)
				seen[in->op] = true;
	assert_true(ir_op_count <= ARRAY_SIZE(seen));
	for (i = 0; i < ir_op_count; i++)
		if (!seen[i])
			fail_msg("no %s", ir_op_info(i)->text);
}

static void test_fields(void **state)
{
	struct ctx *c = *state;
	struct ir_prog *p = parse_ok(c, everything);
	const struct ir_global *a = &p->globals.at[3];
	const struct ir_iter *it = p->fns.at[0]->iters.at;

	assert_string_equal(p->name, "stap_1");
	assert_int_equal(p->limits.maxaction, 5);
	assert_int_equal(p->limits.maxtrylock, 7);
	assert_int_equal(p->globals.at[0].init_num, -5);
	assert_string_equal(p->globals.at[1].init_str, "a\"b\n\001");
	assert_int_equal(a->kind, IR_MAP);
	assert_int_equal(a->n_keys, 2);
	assert_int_equal(a->key_type[0], IR_I64);
	assert_int_equal(a->key_bound[1], 16);
	assert_true(a->sized && a->wrap && a->size == 100);
	assert_int_equal(p->formats.at[1].len, 3);
	assert_int_equal(p->probes.at[1].attach, ATTACH_UPROBE);
	assert_string_equal(p->probes.at[1].s1, "f");
	assert_true(p->probes.at[1].target_only);
	assert_int_equal(it[0].direction, 0);
	assert_int_equal(it[1].direction, 1);
	assert_int_equal(it[1].column, 0);
	assert_int_equal(it[2].direction, -1);
	assert_int_equal(it[2].column, 2);
}

/* What a writer may leave out or add. */
static void test_loose_form(void **state)
{
	struct ctx *c = *state;
	struct ir_prog *p = parse_ok(c,
		"# a comment\n\nspile-ir 1 # and one here\n"
		"limit maxstringlen 100\n"
		"global @s : str\n"
		"probe begin h \"begin\"\n"
		"handler h\nreg r0:str,r1 : i64\n"
		"b0:\n\tr0=str \"x # y\"\n\tprint \"%s%d\" , r0,r1\n ret");

	ir_print(p, &c->out);
	assert_string_equal(c->out.buf,
			    "spile-ir 1\nname \"\"\n"
			    "limit maxstringlen 100\n"
			    "global @s: str[100]\n"
			    "format \"%s%d\"\n"
			    "probe begin h \"begin\"\n\n"
			    "handler h\n  reg r0:str[100], r1:i64\nb0:\n"
			    "  r0 = str \"x # y\"\n"
			    "  print \"%s%d\", r0, r1\n  ret\n");
}

static const struct reject {
	const char *text, *message;
} rejects[] = {
	{ "", "IR text line 1: expected 'spile-ir 1'." },
	{ "spile-ir 2\n", "IR text line 1: version 2 is unknown." },
	{ "spile-ir 1 x\n",
	  "IR text line 1: unexpected text at the end of the line." },
	{ "spile-ir 1\n\nwhat\n", "IR text line 3: unknown word 'what'." },
	{ "spile-ir 1\n?\n", "IR text line 2: expected a word." },
	{ "spile-ir 1\nname \"a\n",
	  "IR text line 2: a quoted text does not end." },
	{ "spile-ir 1\nname \"a\\q\"\n",
	  "IR text line 2: unknown escape in a quoted text." },
	{ "spile-ir 1\nname \"\\400\"\n",
	  "IR text line 2: unknown escape in a quoted text." },
	{ "spile-ir 1\nname \"\\000\"\n",
	  "IR text line 2: a NUL where none may be." },
	{ "spile-ir 1\nlimit maxfun 1\n", "IR text line 2: unknown limit." },
	{ "spile-ir 1\nlimit maxaction 4294967296\n",
	  "IR text line 2: expected a number up to 4294967295." },
	{ "spile-ir 1\nglobal @a: i64\nglobal @a: i64\n",
	  "IR text line 3: a global is declared twice." },
	{ "spile-ir 1\nglobal @\"\": i64\n",
	  "IR text line 2: a name is empty." },
	{ "spile-ir 1\nglobal @a: int\n",
	  "IR text line 2: expected i64 or str." },
	{ "spile-ir 1\nglobal @a: i64 = 9223372036854775808\n",
	  "IR text line 2: expected a number of 64 bits." },
	{ "spile-ir 1\nglobal @a[i64]: i64\n",
	  "IR text line 2: expected size." },
	{ "spile-ir 1\nglobal @a[i64,i64,i64,i64,i64,i64,i64,i64,i64,i64]: "
	  "i64 size 1\n", "IR text line 2: more than 9 keys." },
	{ "spile-ir 1\nregex \"(\"\n",
	  "IR text line 2: the regular expression is not valid." },
	{ "spile-ir 1\nregex \"a\"\nregex \"a\"\n",
	  "IR text line 3: a regular expression is declared twice." },
	{ "spile-ir 1\nregex \"a\\000\"\n",
	  "IR text line 2: a NUL where none may be." },
	{ "spile-ir 1\nformat \"%\"\n",
	  "IR text line 2: the format is not valid." },
	{ "spile-ir 1\nformat \"x\"\nformat \"x\"\n",
	  "IR text line 3: a format is declared twice." },
	{ "spile-ir 1\nloc !1 \"x\"\n", "IR text line 2: expected !0 next." },
	{ "spile-ir 1\nloc !0 \"x\"\nloc !1 \"x\"\n",
	  "IR text line 3: a location is declared twice." },
	{ "spile-ir 1\nprobe start h \"begin\"\n",
	  "IR text line 2: unknown attach kind." },
	{ "spile-ir 1\nprobe begin h \"begin\" n3=1\n",
	  "IR text line 2: unknown probe parameter." },
	{ "spile-ir 1\nprobe begin h \"begin\"\n\n\n",
	  "IR text line 2: there is no function 'h'." },
	{ "spile-ir 1\nhandler h\nb0:\nret\nhandler h\n",
	  "IR text line 5: a function is defined twice." },
	{ "spile-ir 1\nhandler h\nb0:\nret\nglobal @a: i64\n",
	  "IR text line 5: 'global' does not belong here." },
	{ "spile-ir 1\nreg r0:i64\n",
	  "IR text line 2: 'reg' does not belong here." },
	{ "spile-ir 1\nhandler h\nreg r1:i64\n",
	  "IR text line 3: expected r0 next." },
	{ "spile-ir 1\nhandler h\nb0:\nreg r0:i64\n",
	  "IR text line 4: a register declared behind a block." },
	{ "spile-ir 1\nhandler h\nb1:\n", "IR text line 3: expected b0 next." },
	{ "spile-ir 1\nhandler h\nret\n",
	  "IR text line 3: an instruction outside a block." },
	{ "spile-ir 1\nhandler h\nreg r0:i64\nb0:\nr0 = frob r0\n",
	  "IR text line 5: unknown operation 'frob'." },
	{ "spile-ir 1\nhandler h\nb0:\nr0 = const 1\n",
	  "IR text line 4: there is no register r0." },
	{ "spile-ir 1\nhandler h\nreg r0:i64\nb0:\nr0 = icmp is r0, r0\n",
	  "IR text line 5: unknown condition." },
	{ "spile-ir 1\nhandler h\nreg r0:i64\nb0:\nr0 = gget @x\n",
	  "IR text line 5: there is no global 'x'." },
	{ "spile-ir 1\nhandler h\nb0:\nintrin frob\n",
	  "IR text line 4: unknown intrinsic." },
	{ "spile-ir 1\nhandler h\nb0:\niend i0\n",
	  "IR text line 4: there is no iteration i0." },
	{ "spile-ir 1\nhandler h\nb0:\ntick 1 !0\n",
	  "IR text line 4: there is no location !0." },
	{ "spile-ir 1\nhandler h\nb0:\njmp b0, b0, b0\n",
	  "IR text line 4: too many blocks." },
	{ "spile-ir 1\nhandler h\nb0:\njmp b0, b0 err b0\n",
	  "IR text line 4: too many blocks." },
	{ "spile-ir 1\nhandler h\nb0:\ncall g err b0\n",
	  "IR text line 4: there is no function 'g'." },
	{ "spile-ir 1\nglobal @a[i64]: i64 size 1\nhandler h\niter i0 @a up\n",
	  "IR text line 4: expected value or key." },
	{ "spile-ir 1\nglobal @a[i64]: i64 size 1\nhandler h\n"
	  "iter i0 @a up key 0\n", "IR text line 4: keys count from 1." },
};

static void test_rejects(void **state)
{
	struct ctx *c = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rejects); i++) {
		const char *text = rejects[i].text;

		strbuf_reset(&c->err);
		assert_null(ir_parse(&c->arena, text, strlen(text), &c->err));
		assert_string_equal(c->err.buf, rejects[i].message);
	}
}

/* Cut anywhere, the text is refused or read, never misread past its end. */
static void test_truncated(void **state)
{
	struct ctx *c = *state;
	size_t len;

	for (len = 0; len < strlen(everything); len++) {
		char *cut = xmalloc(len ? len : 1);

		memcpy(cut, everything, len);
		strbuf_reset(&c->err);
		if (!ir_parse(&c->arena, cut, len, &c->err))
			assert_int_not_equal(c->err.len, 0);
		free(cut);
	}
}

static void test_too_many_arguments(void **state)
{
	struct ctx *c = *state;
	unsigned i;

	strbuf_addstr(&c->out, "spile-ir 1\nhandler h\nreg r0:i64\nb0:\n"
			       "print \"x\"");
	for (i = 0; i <= IR_MAX_ARGS; i++)
		strbuf_addstr(&c->out, ", r0");
	assert_null(ir_parse(&c->arena, c->out.buf, c->out.len, &c->err));
	assert_string_equal(c->err.buf,
			    "IR text line 5: more than 64 arguments.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_every_op, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_loose_form, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_rejects, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_too_many_arguments, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
