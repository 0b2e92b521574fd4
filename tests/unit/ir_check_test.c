/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each rule of doc/ir.md section 6 has a program that breaks it. */
#include "ir/ir.h"

#include "base/bug.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PROG "spile-ir 1\n"
#define DECLS                                                                 \
	PROG "global @n: i64\nglobal @s: str[8]\n"                            \
	     "global @a[i64, str[8]]: i64 size 4\n"                           \
	     "global @t[i64]: str[8] size 4\n"
/* A handler with two registers of each type and one block of this text. */
#define H(text)                                                               \
	DECLS "handler h\nreg r0:i64, r1:i64, r2:str, r3:str\n"               \
	      "iter i0 @a\niter i1 @t\nb0:\n" text
/* The same with statistics. */
#define S(text)                                                               \
	DECLS "global @x: stat sum\nglobal @y[i64]: stat log size 4\n"        \
	      "handler h\nreg r0:i64, r1:i64\nb0:\n" text "b1:\nfail\n"
#define AT0(op, text)                                                         \
	"Function 'h', block b0, instruction 0 (" op "): " text "."

static const struct reject {
	const char *text, *message;
} rejects[] = {
	/* declarations */
	{ PROG "limit maxstringlen 4\n",
	  "Limit MAXSTRINGLEN is outside 8 … 16384." },
	{ PROG "limit maxaction 0\n",
	  "Limit MAXACTION is outside 1 … 2000000000." },
	{ PROG "global @s: str[513]\n",
	  "Global s has a bound outside 1 … 512." },
	{ PROG "global @a[str[0]]: i64 size 1\n",
	  "A key of global a has a bound outside 1 … 512." },
	{ PROG "global @a[i64]: i64 size 0\n",
	  "Global a has no usable size." },
	{ PROG "global @a[i64]: i64 size 2147483648\n",
	  "Global a has no usable size." },
	{ PROG "global @a[i64]: i64 size 1 = 1\n",
	  "Array global a has an initial value." },
	{ PROG "global @n: i64 wrap\n",
	  "Scalar global n has traits of an array." },
	{ PROG "probe begin f \"begin\"\nfunction f()\nb0:\nret\n",
	  "Probe 'begin' has no handler." },
	{ PROG "handler h: i64\nb0:\nret\n",
	  "IR text line 2: unexpected text at the end of the line." },
	{ PROG "handler h\n", "Function 'h': it has no block." },
	{ PROG "handler h\nb0:\n", "Function 'h': block b0 is empty." },
	{ PROG "handler h\nreg r0:str[600] x\nb0:\nret\n",
	  "Function 'h': register x has a bound outside 1 … 512." },
	{ PROG "function f(): str[0]\nb0:\nret\n",
	  "Function 'f': the result has a bound outside 1 … 512." },
	{ PROG "global @x: stat linear 0 126 1\n",
	  "Global x has a histogram with less than 3 or more than 128 "
	  "buckets." },
	{ PROG "global @x: stat variance 63\n",
	  "IR text line 2: expected a number up to 62." },
	{ PROG "global @x: stat = 1\n",
	  "IR text line 2: unexpected text at the end of the line." },
	{ DECLS "handler h\niter i0 @n\nb0:\nret\n",
	  "Function 'h': an iteration has no array." },
	{ DECLS "handler h\niter i0 @t up key 2\nb0:\nret\n",
	  "Function 'h': an iteration is sorted by nothing." },
	/* statistics */
	{ S("sadd @n, r0 err b1\nret\n"),
	  AT0("sadd", "global n holds no statistics") },
	{ S("gset @x, r0\nret\n"), AT0("gset", "r0 is i64, not stat") },
	{ S("r0 = mget @y, r1\nret\n"),
	  AT0("mget", "global y holds stat, not i64") },
	{ S("sadd @y, r0 err b1\nret\n"),
	  AT0("sadd", "global y has 1 keys") },
	{ S("sadd @x, r0, r1 err b1\nret\n"),
	  AT0("sadd", "too many arguments") },
	{ S("sadd @x, r0\nret\n"), AT0("sadd", "the err block is missing") },
	{ S("r0 = sget @x, min err b1\nret\n"),
	  AT0("sget", "global x does not keep that") },
	{ S("sclear @y\nret\n"), AT0("sclear", "the global is an array") },
	{ S("hprint @x err b1\nret\n"),
	  AT0("hprint", "global x has no histogram") },
	{ S("r0 = hget @y, r1 err b1\nret\n"),
	  AT0("hget", "global y has 1 keys") },
	/* blocks and edges */
	{ H("unlock\n"), AT0("unlock", "the block does not end") },
	{ H("ret\nret\n"), AT0("ret", "it ends the block too early") },
	{ H("jmp b1\n"), AT0("jmp", "there is no b1") },
	{ H("jmp\n"), AT0("jmp", "the target block is missing") },
	{ H("jmp b0, b0\n"), AT0("jmp", "it has no err block") },
	{ H("br r0, b0\n"), AT0("br", "the second block is missing") },
	{ H("r0 = div r0, r1\nret\n"),
	  AT0("div", "the err block is missing") },
	{ H("r0 = add r0, r1 err b0\nret\n"),
	  AT0("add", "it has no err block") },
	{ H("r0 = add r0, r1, b0\nret\n"),
	  AT0("add", "it has no target block") },
	{ H("intrin exit err b0\nret\n"),
	  AT0("intrin", "it has no err block") },
	{ H("intrin error, r2\nret\n"),
	  AT0("intrin", "the err block is missing") },
	{ H("raise r2\n"), AT0("raise", "the err block is missing") },
	/* results and arguments */
	{ H("const 1\nret\n"), AT0("const", "the result goes nowhere") },
	{ H("r0 = tick 1\nret\n"), AT0("tick", "it has no result") },
	{ H("r2 = const 1\nret\n"), AT0("const", "r2 is str, not i64") },
	{ H("r0 = str \"x\"\nret\n"), AT0("str", "r0 is i64, not str") },
	{ H("r0 = add r0\nret\n"), AT0("add", "too few arguments") },
	{ H("r0 = add r0, r0, r0\nret\n"), AT0("add", "too many arguments") },
	{ H("r0 = add r0, r2\nret\n"), AT0("add", "r2 is str, not i64") },
	{ H("r0 = mov r2\nret\n"), AT0("mov", "r0 is i64, not str") },
	{ H("r0 = icmp eq r0, r2\nret\n"), AT0("icmp", "r2 is str, not i64") },
	{ H("r0 = scmp eq r2, r0\nret\n"), AT0("scmp", "r0 is i64, not str") },
	{ H("r0 = match \"a\", r0\nret\n"),
	  AT0("match", "r0 is i64, not str") },
	{ H("match \"a\", r2\nret\n"),
	  AT0("match", "the result goes nowhere") },
	{ H("tick 0\nret\n"),
	  AT0("tick", "the count is outside 1 … 2000000000") },
	/* context and memory */
	{ H("r0 = arg 64\nret\n"), AT0("arg", "there is no such argument") },
	{ H("r0 = arg -1\nret\n"), AT0("arg", "there is no such argument") },
	{ H("r0 = register 128\nret\n"),
	  AT0("register", "there is no such register") },
	{ H("r0 = offset \"8 struct a.b\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = offset \"8 struct a\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = offset \"x struct a.b:i\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = offset \"8 class a.b:i\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = offset \"8 struct a.b-c:i\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = offset \"8 struct a.b:ai.c:aaaaaaaaai\"\nret\n"),
	  AT0("offset", "it names no member") },
	{ H("r0 = load user.u8, r1\nret\n"),
	  AT0("load", "the err block is missing") },
	{ H("r0 = load user.u8, r2 err b0\nret\n"),
	  AT0("load", "r2 is str, not i64") },
	{ H("store user.u8, r1 err b0\nret\n"),
	  AT0("store", "too few arguments") },
	/* globals */
	{ H("r2 = gget @n\nret\n"), AT0("gget", "r2 is str, not i64") },
	{ H("r0 = gget @a\nret\n"), AT0("gget", "global a is an array") },
	{ H("gset @s, r0\nret\n"), AT0("gset", "r0 is i64, not str") },
	{ H("gadd @s, r0\nret\n"), AT0("gadd", "r0 is i64, not str") },
	{ H("r0 = mget @n\nret\n"), AT0("mget", "global n is no array") },
	{ H("r0 = mget @a, r0\nret\n"), AT0("mget", "global a has 2 keys") },
	{ H("r0 = mget @a, r2, r0\nret\n"),
	  AT0("mget", "r2 is str, not i64") },
	{ H("r2 = mget @a, r0, r2\nret\n"),
	  AT0("mget", "global a holds i64, not str") },
	{ H("mset @t, r0, r0 err b0\nret\n"),
	  AT0("mset", "global t holds str, not i64") },
	{ H("mset @t, r2 err b0\nret\n"), AT0("mset", "global t has 1 keys") },
	{ H("madd @t, r0, r0 err b0\nret\n"),
	  AT0("madd", "global t holds str, not i64") },
	{ H("r0 = mhas @t, r2\nret\n"), AT0("mhas", "r2 is str, not i64") },
	{ H("mdel @t\nret\n"), AT0("mdel", "global t has 1 keys") },
	{ H("mclear @n\nret\n"), AT0("mclear", "the global is no array") },
	/* formats, intrinsics, calls */
	{ H("print \"%d\"\nret\n"),
	  AT0("print", "the format takes 1 arguments") },
	{ H("print \"%d\", r2\nret\n"), AT0("print", "r2 is str, not i64") },
	{ H("r2 = sprint \"%s\", r0\nret\n"),
	  AT0("sprint", "r0 is i64, not str") },
	{ H("r2 = intrin pid\nret\n"), AT0("intrin", "r2 is str, not i64") },
	{ H("r0 = intrin exit\nret\n"), AT0("intrin", "it has no result") },
	{ H("intrin log, r0\nret\n"), AT0("intrin", "r0 is i64, not str") },
	{ H("intrin log\nret\n"), AT0("intrin", "too few arguments") },
	{ H("intrin pid, r0\nret\n"), AT0("intrin", "too many arguments") },
	{ H("call h err b0\nret\n"), AT0("call", "'h' is a handler") },
	{ H("call f err b0\nret\nfunction f(r0:i64)\nb0:\nret\n"),
	  AT0("call", "'f' takes 1 arguments") },
	{ H("call f, r2 err b0\nret\nfunction f(r0:i64)\nb0:\nret\n"),
	  AT0("call", "r2 is str, not i64") },
	{ H("r0 = call f err b0\nret\nfunction f()\nb0:\nret\n"),
	  AT0("call", "it has no result") },
	{ H("ret r0\n"), AT0("ret", "there is nothing to return") },
	{ PROG "function f(): i64\nb0:\nret\n",
	  "Function 'f', block b0, instruction 0 (ret): "
	  "a value is missing." },
	{ PROG "function f()\nb0:\nlock\nunlock\nret\n",
	  "Function 'f', block b0, instruction 0 (lock): "
	  "only handlers lock." },
	/* iterations */
	{ H("ibegin i0, r2 err b1\niend i0\nret\nb1:\nfail\n"),
	  AT0("ibegin", "r2 is str, not i64") },
	{ H("ibegin i0, r0, r0 err b1\niend i0\nret\nb1:\nfail\n"),
	  AT0("ibegin", "too many arguments") },
	{ H("r0 = ikey i0, 2\nret\n"), AT0("ikey", "global a has 2 keys") },
	{ H("r2 = ikey i0, 0\nret\n"), AT0("ikey", "r2 is str, not i64") },
	{ H("r0 = ival i1\nret\n"),
	  AT0("ival", "global t holds str, not i64") },
	{ H("r0 = ival i0\nret\n"), AT0("ival", "i0 is not open") },
	{ H("iend i0\nret\n"),
	  AT0("iend", "i0 is not the innermost open iteration") },
	{ H("ibegin i0 err b1\nret\nb1:\nfail\n"),
	  "Function 'h', block b0, instruction 1 (ret): i0 is still open." },
	{ H("ibegin i0 err b1\nibegin i0 err b2\niend i0\niend i0\nret\n"
	    "b1:\nfail\nb2:\niend i0\nfail\n"),
	  "Function 'h', block b0, instruction 1 (ibegin): "
	  "i0 is already open." },
	{ H("ibegin i0 err b1\nibegin i1 err b2\niend i0\niend i1\nret\n"
	    "b1:\nfail\nb2:\niend i0\nfail\n"),
	  "Function 'h', block b0, instruction 2 (iend): "
	  "i0 is not the innermost open iteration." },
	{ H("ibegin i0 err b1\nr0 = ival i0\niend i0\nret\nb1:\nfail\n"),
	  "Function 'h', block b0, instruction 1 (ival): "
	  "i0 may have no element." },
	{ H("ibegin i0 err b4\njmp b1\nb1:\ninext i0, b2, b2\n"
	    "b2:\nr0 = ival i0\niend i0\nret\nb3:\nret\nb4:\nfail\n"),
	  "Function 'h', block b2, instruction 0 (ival): "
	  "i0 may have no element." },
	{ H("br r0, b1, b2\nb1:\nibegin i0 err b3\njmp b2\nb2:\nret\n"
	    "b3:\nfail\n"),
	  "Function 'h', block b1, instruction 1 (jmp): "
	  "b2 is entered with different iterations open." },
	{ H("br r0, b1, b2\nb1:\nibegin i0 err b4\njmp b3\n"
	    "b2:\nibegin i1 err b4\njmp b3\nb3:\ntick 1\njmp b3\nb4:\nfail\n"),
	  "Function 'h', block b1, instruction 1 (jmp): "
	  "b3 is entered with different iterations open." },
	{ H("ibegin i0 err b1\nr0 = div r0, r0 err b1\niend i0\nret\n"
	    "b1:\nfail\n"),
	  "Function 'h', block b0, instruction 1 (div): "
	  "b1 is entered with different iterations open." },
	/* the lock */
	{ H("lock\nret\n"), "Function 'h', block b0, instruction 1 (ret): "
			    "the lock is still held." },
	{ H("unlock\nret\n"), AT0("unlock", "the lock is not held") },
	{ H("lock\nlock\nret\n"),
	  "Function 'h', block b0, instruction 1 (lock): "
	  "the lock is held already." },
	{ H("lock\nr0 = div r0, r0 err b1\nunlock\nret\nb1:\nfail\n"),
	  "Function 'h', block b1, instruction 0 (fail): "
	  "the lock is still held." },
	{ H("br r0, b1, b2\nb1:\nlock\njmp b2\nb2:\nret\n"),
	  "Function 'h', block b1, instruction 1 (jmp): "
	  "b2 is entered with and without the lock." },
	/* the error */
	{ H("fail\n"), AT0("fail", "there may be no error") },
	{ H("r2 = errmsg\nret\n"), AT0("errmsg", "there may be no error") },
	{ H("raise r2 err b1\nb1:\nr2 = errmsg\nfail\n"),
	  "Function 'h', block b1, instruction 1 (fail): "
	  "there may be no error." },
	{ H("r0 = div r0, r0 err b1\njmp b1\nb1:\nfail\n"),
	  "Function 'h', block b1, instruction 0 (fail): "
	  "there may be no error." },
};

static void test_rejects(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rejects); i++) {
		const char *text = rejects[i].text;
		struct strbuf err = STRBUF_INIT;
		struct arena arena = ARENA_INIT;

		if (ir_parse(&arena, text, strlen(text), &err))
			fail_msg("accepted: %s", text);
		assert_string_equal(err.buf, rejects[i].message);
		strbuf_release(&err);
		arena_release(&arena);
	}
}

/* What no text can say: programs made by hand. */
struct made {
	struct arena arena;
	struct ir_prog *p;
	struct ir_fn *f;
	ir_block_id b;
};

static void made_init(struct made *m)
{
	*m = (struct made){ .b = 0 };
	m->p = ir_prog_new(&m->arena);
	m->f = ir_fn_new(m->p, "h", IR_FN_HANDLER, IR_VOID);
	ir_reg_new(m->p, m->f, IR_I64, NULL);
	ir_reg_new(m->p, m->f, IR_STR, NULL);
	m->b = ir_block_new(m->p, m->f);
}

static void made_expect(struct made *m, const char *message)
{
	struct strbuf err = STRBUF_INIT;

	ir_check(m->p, &err);
	assert_string_equal(err.buf, message);
	strbuf_release(&err);
	arena_release(&m->arena);
}

static void test_made_ids(void **state)
{
	ir_reg r = 7;
	struct made m;

	(void)state;
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_CONST, 9, NULL, 0);
	made_expect(&m, AT0("const", "the block does not end"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_CONST, 9, NULL, 0);
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0);
	made_expect(&m, AT0("const", "there is no r9"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_NEG, 0, &r, 1);
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0);
	made_expect(&m, AT0("neg", "there is no r7"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_GGET, 0, NULL, 0)->imm = 3;
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0);
	made_expect(&m, AT0("gget", "its id is out of range"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0)->loc = 3;
	made_expect(&m, AT0("ret", "its location is out of range"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0)->aux = 3;
	made_expect(&m, AT0("ret", "it has no key number"));
	made_init(&m);
	ir_emit(m.p, m.f, m.b, IR_OP_RET, IR_NONE, NULL, 0)->op = 200;
	made_expect(&m, AT0("?", "unknown operation"));
}

static void test_made_heads(void **state)
{
	struct ir_probe pr = { .point = "p", .fn = 9 };
	struct made m;

	(void)state;
	made_init(&m);
	m.f->n_params = 3;
	made_expect(&m, "Function 'h': it has fewer registers than "
			"parameters.");
	made_init(&m);
	m.f->n_params = 1;
	made_expect(&m, "Function 'h': a handler takes and returns nothing.");
	made_init(&m);
	m.f->regs.at[0].type = IR_VOID;
	made_expect(&m, "Function 'h': register (temporary) has no type.");
	made_init(&m);
	ir_fn_new(m.p, "h", IR_FN_FUNCTION, IR_VOID);
	made_expect(&m, "Two functions are named 'h'.");
	made_init(&m);
	m.f->name = "";
	made_expect(&m, "A function has no name.");
	made_init(&m);
	vec_push(&m.arena, &m.p->probes, pr);
	made_expect(&m, "Probe 'p' has no handler.");
	made_init(&m);
	pr.point = NULL;
	vec_push(&m.arena, &m.p->probes, pr);
	made_expect(&m, "A probe has no point.");
	made_init(&m);
	pr.attach = 999;
	vec_push(&m.arena, &m.p->probes, pr);
	made_expect(&m, "A probe has an unknown attach kind.");
}

static void test_made_globals(void **state)
{
	struct ir_global g = { .name = "g", .type = IR_I64 };
	struct made m;

	(void)state;
	made_init(&m);
	vec_push(&m.arena, &m.p->globals, g);
	vec_push(&m.arena, &m.p->globals, g);
	made_expect(&m, "Two globals are named 'g'.");
	made_init(&m);
	g.init_str = "x";
	vec_push(&m.arena, &m.p->globals, g);
	made_expect(&m, "Global g has an initial value of the other type.");
	made_init(&m);
	g = (struct ir_global){ .name = "g", .type = IR_I64, .kind = IR_MAP };
	vec_push(&m.arena, &m.p->globals, g);
	made_expect(&m, "Global g has 0 keys.");
	made_init(&m);
	g.name = NULL;
	vec_push(&m.arena, &m.p->globals, g);
	made_expect(&m, "A global has no name.");
}

/* As many iterations open as there may be, and one more. */
static void test_nesting(void **state)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	unsigned i, n, over;

	(void)state;
	for (over = 0; over <= 1; over++) {
		n = IR_MAX_NESTING + over;
		strbuf_reset(&text);
		strbuf_addstr(&text, PROG "global @a[i64]: i64 size 1\n"
				     "handler h\n");
		for (i = 0; i < n; i++)
			strbuf_addf(&text, "iter i%u @a\n", i);
		strbuf_addstr(&text, "b0:\n");
		for (i = 0; i < n; i++)
			strbuf_addf(&text, "ibegin i%u err b%u\n", i, n - i);
		for (i = n; i-- > 0;)
			strbuf_addf(&text, "iend i%u\n", i);
		strbuf_addstr(&text, "ret\n");
		for (i = n; i-- > 0;)
			strbuf_addf(&text, i ? "b%u:\niend i%u\njmp b%u\n" :
					       "b%u:\nfail\n",
				    n - i, i - 1, n - i + 1);
		assert_int_equal(!ir_parse(&arena, text.buf, text.len, &err),
				 over);
	}
	assert_non_null(strstr(err.buf, "more than 32 iterations are open"));
	strbuf_release(&text);
	strbuf_release(&err);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rejects),
		cmocka_unit_test(test_made_ids),
		cmocka_unit_test(test_made_heads),
		cmocka_unit_test(test_made_globals),
		cmocka_unit_test(test_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
