/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Array operations and foreach of the executor, here and shared. */
#include "vm_case.h"

#include "ir/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Programs come in pairs of one text: arrays of the executor, and the same
 * arrays behind vm_map_ops, kept in a plain list. */
struct fake_map {
	const struct ir_global *g;
	size_t n, key_bytes, value_bytes;
	char *keys, *values;
	int fail; /* what each operation returns, if not 0 */
};

static size_t fake_find(const struct fake_map *f, const void *key)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (!memcmp(f->keys + i * f->key_bytes, key, f->key_bytes))
			break;
	}
	return i;
}

static int fake_get(void *ctx, const void *key, void *value)
{
	struct fake_map *f = ctx;
	size_t i = fake_find(f, key);

	if (f->fail)
		return f->fail;
	if (i == f->n)
		return -ENOENT;
	memcpy(value, f->values + i * f->value_bytes, f->value_bytes);
	return 0;
}

static int fake_set(void *ctx, const void *key, const void *value)
{
	struct fake_map *f = ctx;
	size_t i = fake_find(f, key);

	if (f->fail)
		return f->fail;
	if (i == f->g->size)
		return -E2BIG;
	f->n += i == f->n;
	memcpy(f->keys + i * f->key_bytes, key, f->key_bytes);
	memcpy(f->values + i * f->value_bytes, value, f->value_bytes);
	return 0;
}

static int fake_add(void *ctx, const void *key, int64_t by)
{
	struct fake_map *f = ctx;
	size_t i = fake_find(f, key);
	struct map_value *v;

	if (f->fail)
		return f->fail;
	if (i == f->n)
		return -ENOENT;
	v = (struct map_value *)(void *)(f->values + i * f->value_bytes);
	v->num += by;
	return 0;
}

/* Removing moves the last entry, so that the list loses its order. */
static int fake_del(void *ctx, const void *key)
{
	struct fake_map *f = ctx;
	size_t i = fake_find(f, key);

	if (f->fail)
		return f->fail;
	if (i == f->n)
		return -ENOENT;
	f->n--;
	memmove(f->keys + i * f->key_bytes, f->keys + f->n * f->key_bytes,
		f->key_bytes);
	memmove(f->values + i * f->value_bytes,
		f->values + f->n * f->value_bytes, f->value_bytes);
	return 0;
}

static int fake_clear(void *ctx)
{
	struct fake_map *f = ctx;

	if (f->fail)
		return f->fail;
	f->n = 0;
	return 0;
}

/* Backwards: callers may not rely on an order. */
static int fake_each(void *ctx,
		     int (*cb)(void *arg, const void *key, const void *value),
		     void *arg)
{
	struct fake_map *f = ctx;
	size_t i;
	int ret = f->fail;

	for (i = f->n; i-- && !ret;)
		ret = cb(arg, f->keys + i * f->key_bytes,
			 f->values + i * f->value_bytes);
	return ret;
}

static const struct vm_map_ops fake_ops = {
	fake_get, fake_set, fake_add, fake_del, fake_clear, fake_each,
};

struct fake {
	struct session_data session;
	struct vm_shared shared;
	struct fake_map *maps;
	size_t n;
};

static void fake_init(struct fake *f, const struct ir_prog *p)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->n = p->globals.len;
	f->shared.session = &f->session;
	f->shared.ops = &fake_ops;
	f->shared.scalars = calloc(f->n, sizeof(void *));
	f->shared.maps = calloc(f->n, sizeof(void *));
	f->maps = calloc(f->n, sizeof(*f->maps));
	for (i = 0; i < f->n; i++) {
		const struct ir_global *g = &p->globals.at[i];
		struct fake_map *m = &f->maps[i];

		if (g->kind == IR_SCALAR) {
			f->shared.scalars[i] =
				calloc(1, ir_value_bytes(g->type, g->bound));
			continue;
		}
		m->g = g;
		m->key_bytes = ir_key_bytes(g);
		m->value_bytes = ir_map_value_bytes(g);
		m->keys = calloc(g->size, m->key_bytes);
		m->values = calloc(g->size, m->value_bytes);
		f->shared.maps[i] = m;
	}
}

static void fake_release(struct fake *f)
{
	size_t i;

	for (i = 0; i < f->n; i++) {
		free(f->shared.scalars[i]);
		free(f->maps[i].keys);
		free(f->maps[i].values);
	}
	free(f->shared.scalars);
	free(f->shared.maps);
	free(f->maps);
}

/* Run probe 0 with shared globals. */
static void shared_run(const char *text, const char *out, const char *errors)
{
	struct vm_case c;
	struct fake f;

	case_parse(&c, text);
	fake_init(&f, c.prog);
	case_start(&c, &f.shared);
	assert_ptr_equal(vm_session(c.vm), &f.session);
	assert_int_equal(vm_run(c.vm, 0), *errors ? 1 : 0);
	assert_string_equal(c.out.buf, out);
	assert_string_equal(c.errors.buf, errors);
	case_end(&c);
	fake_release(&f);
}

static void both(const char *text, const char *out)
{
	case_prints(text, out);
	shared_run(text, out, "");
}

static void elements(void **state)
{
	static const char text[] =
		"global @a[str[8], i64]: i64 size 16\n"
		"global @b[i64]: str[6] size 16\n" CASE_BEGIN "handler h\n"
		"  reg r0:i64, r1:str[16], r2:i64, r3:str[16], r4:str[4]\n"
		"b0:\n"
		"  r1 = str \"key\"\n  r0 = const 5\n"
		"  r2 = mget @a, r1, r0\n  print \"%d\", r2\n"
		"  r2 = mhas @a, r1, r0\n  print \"%d \", r2\n"
		"  mset @a, r0, r1, r0 err b1\n  madd @a, r0, r1, r0 err b1\n"
		"  r2 = mget @a, r1, r0\n  print \"%d\", r2\n"
		"  r2 = mhas @a, r1, r0\n  print \"%d \", r2\n"
		"  r2 = const 9\n  madd @a, r0, r1, r2 err b1\n"
		"  r2 = mget @a, r1, r2\n  print \"%d \", r2\n"
		"  mdel @a, r1, r0\n  mdel @a, r1, r0\n"
		"  r2 = mhas @a, r1, r0\n  print \"%d \", r2\n"
		"  r3 = mget @b, r0\n  print \"[%s]\", r3\n"
		"  r3 = str \"\"\n  mset @b, r3, r0 err b1\n"
		"  r2 = mhas @b, r0\n  print \"%d\", r2\n"
		"  r3 = str \"long value\"\n  mset @b, r3, r0 err b1\n"
		"  r3 = mget @b, r0\n  r4 = mget @b, r0\n"
		"  print \"[%s %s]\", r3, r4\n"
		"  mclear @b\n  r2 = mhas @b, r0\n  print \"%d \", r2\n"
		"  r1 = str \"long key number one\"\n"
		"  mset @a, r0, r1, r0 err b1\n"
		"  r3 = str \"long ke\"\n  r2 = mget @a, r3, r0\n"
		"  print \"%d\", r2\n"
		"  ret\n"
		"b1:\n  fail\n";

	(void)state;
	both(text, "00 101 5 0 []1[long  lon]0 5");
}

/* Run a program that prints and then fails, with both kinds of arrays. */
static void both_fail(const char *text, const char *out, const char *errors)
{
	struct vm_case c;

	case_init(&c, text);
	assert_int_equal(vm_run(c.vm, 0), 1);
	assert_string_equal(c.out.buf, out);
	assert_string_equal(c.errors.buf, errors);
	case_end(&c);
	shared_run(text, out, errors);
}

/* A full array raises and stays as it was; replacing still works. */
static void overflow(const char *size, const char *message)
{
	char text[1024], out[128], errors[256];

	snprintf(text, sizeof(text),
		 "loc !0 \"identifier 'a' at s.stp:7:3\"\n"
		 "global @a[str[8]]: i64 %s\n" CASE_BEGIN
		 "handler h\n  reg r0:i64, r1:str[8], r2:str[64]\n"
		 "b0:\n  r0 = const 1\n  r1 = str \"x\"\n"
		 "  mset @a, r0, r1 err b2\n"
		 "  r1 = str \"y\"\n  mset @a, r0, r1 err b2\n"
		 "  mset @a, r0, r1 err b2\n"
		 "  r1 = str \"z\"\n  mset @a, r0, r1 err b1\n  ret\n"
		 "b1:\n  r2 = errmsg\n  r0 = mhas @a, r1\n"
		 "  print \"%%s|%%d\", r2, r0\n"
		 "  madd @a, r0, r1 err b2 !0\n  ret\n"
		 "b2:\n  fail\n",
		 size);
	snprintf(out, sizeof(out), "%s|0", message);
	snprintf(errors, sizeof(errors),
		 "%s near identifier 'a' at s.stp:7:3 in probe begin\n",
		 message);
	both_fail(text, out, errors);
}

static void overflowing(void **state)
{
	(void)state;
	overflow("size 2 sized", "Array overflow, check size limit (2)");
	overflow("size 2", "Array overflow, check MAXMAPENTRIES");
}

/* Store 0 … 4 under 10 … 14 (in that order) and go on at b2. */
#define FILL                                           \
 "b0:\n  r0 = const 0\n  jmp b1\n"                     \
 "b1:\n  r1 = const 10\n  r1 = add r0, r1\n"           \
 "  mset @a, r0, r1 err b9\n"                          \
 "  r1 = const 1\n  r0 = add r0, r1\n  r1 = const 5\n" \
 "  r2 = icmp lt r0, r1\n  br r2, b1, b2\n"            \
 "b9:\n  fail\n"

/* Print all of iteration i0 from block b3 on, then go to b6. */
#define SHOW(iter, n, m, k, next)                            \
 "b" #n ":\n  ibegin " iter " err b9\n  jmp b" #m "\n"       \
 "b" #m ":\n  inext " iter ", b" #k ", b" #k "9\n"           \
 "b" #k ":\n  r0 = ikey " iter ", 0\n  r1 = ival " iter "\n" \
 "  print \"%d=%d \", r0, r1\n  jmp b" #m "\n"               \
 "b" #k "9:\n  iend " iter "\n  print \"; \"\n" next

static void wrapping(void **state)
{
	static const char text[] =
		"global @a[i64]: i64 size 3 wrap\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64\n  iter i0 @a\n" FILL
			SHOW("i0", 2, 3, 4, "  ret\n");

	(void)state;
	both(text, "12=2 13=3 14=4 ; ");
}

/* Values that tie keep the stored order, either way; the array keeps the
 * sorted order afterwards. */
#define SORTING(values, iters, shows)                             \
 "global @a[i64]: i64 size 16\n" CASE_BEGIN                       \
 "handler h\n  reg r0:i64, r1:i64, r2:i64\n" iters "b0:\n" values \
 "  jmp b2\nb9:\n  fail\n" shows

#define PUT(k, v)                             \
 "  r0 = const " #k "\n  r1 = const " #v "\n" \
 "  mset @a, r1, r0 err b9\n"

static void sorting_by_value(void **state)
{
	static const char text[] = SORTING(
		PUT(1, 4) PUT(2, -2) PUT(3, 4) PUT(4, -2) PUT(5, 7) PUT(6, 4),
		"  iter i0 @a up value\n  iter i1 @a down value\n",
		SHOW("i0", 2, 3, 4, "  jmp b5\n")
			SHOW("i1", 5, 6, 7, "  ret\n"));

	(void)state;
	case_prints(text, "2=-2 4=-2 1=4 3=4 6=4 5=7 ; "
			  "5=7 1=4 3=4 6=4 2=-2 4=-2 ; ");
	shared_run(text,
		   "2=-2 4=-2 1=4 3=4 6=4 5=7 ; "
		   "5=7 1=4 3=4 6=4 2=-2 4=-2 ; ",
		   "");
}

static void sorting_is_remembered(void **state)
{
	static const char text[] = SORTING(
		PUT(3, 30) PUT(1, 20) PUT(2, 10),
		"  iter i0 @a\n  iter i1 @a up key 1\n  iter i2 @a\n"
		"  iter i3 @a down value\n  iter i4 @a\n",
		SHOW("i0", 2, 3, 4, "  jmp b5\n")
			SHOW("i1", 5, 6, 7, "  jmp b8\n") SHOW("i2", 8, 10, 11,
							       "  jmp b12\n")
				SHOW("i3", 12, 13, 14, PUT(0, 5) "  jmp b15\n")
					SHOW("i4", 15, 16, 17, "  ret\n"));

	(void)state;
	/* Of shared arrays too. */
	both(text, "3=30 1=20 2=10 ; 1=20 2=10 3=30 ; 1=20 2=10 3=30 ; "
		   "3=30 1=20 2=10 ; 3=30 1=20 2=10 0=5 ; ");
}

static void sorting_strings(void **state)
{
	static const char text[] =
		"global @a[i64, str[16]]: str[16] size 16\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[16], r2:str[4]\n"
		"  iter i0 @a up key 2\n  iter i1 @a down value\n"
		"b0:\n"
		"  r1 = str \"m\"\n  r2 = str \"d\"\n"
		"  mset @a, r2, r0, r1 err b9\n"
		"  r1 = str \"\\377\"\n  r2 = str \"a\"\n"
		"  mset @a, r2, r0, r1 err b9\n"
		"  r1 = str \"\"\n  r2 = str \"cc\"\n"
		"  mset @a, r2, r0, r1 err b9\n"
		"  r1 = str \"a10\"\n  r2 = str \"c\"\n"
		"  mset @a, r2, r0, r1 err b9\n"
		"  ibegin i0 err b9\n  jmp b1\n"
		"b1:\n  inext i0, b2, b3\n"
		"b2:\n  r1 = ikey i0, 1\n  r0 = ikey i0, 0\n"
		"  print \"<%s>%d\", r1, r0\n  jmp b1\n"
		"b3:\n  iend i0\n  ibegin i1 err b9\n  jmp b4\n"
		"b4:\n  inext i1, b5, b6\n"
		"b5:\n  r1 = ival i1\n  r2 = ival i1\n"
		"  print \"%s%s \", r1, r2\n  jmp b4\n"
		"b6:\n  iend i1\n  ret\n"
		"b9:\n  fail\n";

	(void)state;
	both(text, "<>0<a10>0<m>0<\377>0dd cccc cc aa ");
}

static void limits(void **state)
{
	static const char text[] =
		"global @a[i64]: i64 size 16\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64, r3:i64\n"
		"  iter i0 @a down value\n" FILL
		"b2:\n  r3 = const 2\n  jmp b10\n"
		"b10:\n  ibegin i0, r3 err b9\n  jmp b11\n"
		"b11:\n  inext i0, b12, b13\n"
		"b12:\n  r0 = ikey i0, 0\n  print \"%d \", r0\n  jmp b11\n"
		"b13:\n  iend i0\n  print \"; \"\n  r0 = const 1\n"
		"  r3 = sub r3, r0\n  r0 = const -3\n"
		"  r0 = icmp gt r3, r0\n  br r0, b10, b14\n"
		"b14:\n  r3 = const 99\n  ibegin i0, r3 err b9\n  jmp b15\n"
		"b15:\n  inext i0, b16, b17\n"
		"b16:\n  r0 = ival i0\n  print \"%d\", r0\n  jmp b15\n"
		"b17:\n  iend i0\n  ret\n";

	(void)state;
	both(text, "14 13 ; 14 ; ; ; ; 43210");
}

/* What the body does to the array is not seen by the iteration, and iterations
 * over one array nest. */
static void changes_inside(void **state)
{
	static const char text[] =
		"global @a[i64]: i64 size 16\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64\n"
		"  iter i0 @a\n  iter i1 @a down value\n" FILL
		"b2:\n  ibegin i0 err b9\n  jmp b3\n"
		"b3:\n  inext i0, b4, b8\n"
		"b4:\n  mclear @a\n  r0 = const 7\n  mset @a, r0, r0 err b10\n"
		"  r0 = ikey i0, 0\n  r1 = ival i0\n"
		"  print \"%d=%d \", r0, r1\n  ibegin i1 err b10\n  jmp b5\n"
		"b5:\n  inext i1, b6, b7\n"
		"b6:\n  r0 = ikey i1, 0\n  print \"(%d) \", r0\n"
		"  jmp b5\n"
		"b7:\n  iend i1\n  jmp b3\n"
		"b8:\n  iend i0\n  ret\n"
		"b10:\n  iend i0\n  fail\n";

	(void)state;
	both(text, "10=0 (7) 11=1 (7) 12=2 (7) 13=3 (7) 14=4 (7) ");
}

/* Each activation has iterations of its own; errors leave none behind. */
static void iterations_recurse(void **state)
{
	static const char text[] =
		"global @a[i64]: i64 size 16\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:i64, r2:i64\n" FILL
		"b2:\n  r0 = const 2\n  call f, r0 err b9\n  ret\n"
		"function f(r0:i64)\n  reg r1:i64, r2:i64\n  iter i0 @a\n"
		"b0:\n  ibegin i0, r0 err b9\n  jmp b1\n"
		"b1:\n  inext i0, b2, b4\n"
		"b2:\n  r1 = ikey i0, 0\n  print \"%d\", r1\n"
		"  r2 = const 1\n  r2 = sub r0, r2\n"
		"  call f, r2 err b3\n  jmp b1\n"
		"b3:\n  iend i0\n  fail\n"
		"b4:\n  iend i0\n  print \".\"\n  ret\n"
		"b9:\n  fail\n";
	static const char fails[] =
		"global @a[i64]: str[8] size 16\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[8]\n  iter i0 @a\n"
		"b0:\n  r1 = str \"v\"\n  mset @a, r1, r0 err b9\n"
		"  ibegin i0 err b9\n  jmp b1\n"
		"b1:\n  tick 1\n  jmp b1\n"
		"b9:\n  fail\n";

	(void)state;
	both(text, "1010..1110...");
	both_fail(fails, "", "MAXACTION exceeded in probe begin\n");
}

static void shared_scalars(void **state)
{
	static const char text[] =
		"global @n: i64 = 41\nglobal @s: str[6] = \"start\"\n"
		"global @t: str[9]\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[20], r2:str[3]\n"
		"b0:\n"
		"  r0 = const 1\n  gadd @n, r0\n  r0 = gget @n\n"
		"  r1 = gget @s\n  r2 = gget @s\n"
		"  print \"%d %s %s \", r0, r1, r2\n"
		"  r1 = str \"longer text\"\n  gset @s, r1\n  gset @t, r1\n"
		"  r1 = gget @s\n  print \"%s \", r1\n"
		"  r1 = gget @t\n  print \"%s\", r1\n"
		"  r0 = const 5\n  gset @n, r0\n  ret\n";
	struct vm_case c;
	struct fake f;

	(void)state;
	both(text, "42 start st longe longer t");
	case_parse(&c, text);
	fake_init(&f, c.prog);
	memset(f.shared.scalars[1], 'x', 6);
	case_start(&c, &f.shared);
	assert_int_equal(*(int64_t *)f.shared.scalars[0], 41);
	assert_memory_equal(f.shared.scalars[1], "start", 6);
	assert_int_equal(vm_set_global(c.vm, "s", "\"two words\""), 0);
	assert_memory_equal(f.shared.scalars[1], "two w", 6);
	assert_int_equal(vm_set_global(c.vm, "n", "77"), 0);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_string_equal(c.out.buf, "78 two w tw longe longer t");
	assert_int_equal(*(int64_t *)f.shared.scalars[0], 5);
	case_end(&c);
	fake_release(&f);
}

/* Entries are numbered once, when they are made; keys are filled with zeros. */
static void shared_layout(void **state)
{
	static const char text[] =
		"global @a[str[6], i64]: i64 size 4\n" CASE_BEGIN
		"handler h\n  reg r0:i64, r1:str[16]\n"
		"b0:\n  r0 = const 3\n  r1 = str \"first key\"\n"
		"  mset @a, r0, r1, r0 err b1\n"
		"  r1 = str \"x\"\n  madd @a, r0, r1, r0 err b1\n"
		"  r1 = str \"first\"\n  mset @a, r0, r1, r0 err b1\n"
		"  madd @a, r0, r1, r0 err b1\n"
		"  ret\nb1:\n  fail\n";
	static const char key[16] = { 'x', 0, 0, 0, 0, 0, 0, 0, 3 };
	const struct map_value *v;
	struct vm_case c;
	struct fake f;

	(void)state;
	case_parse(&c, text);
	fake_init(&f, c.prog);
	case_start(&c, &f.shared);
	assert_int_equal(vm_run(c.vm, 0), 0);
	assert_int_equal(f.maps[0].n, 2);
	assert_memory_equal(f.maps[0].keys, "first\0\0\0\3\0\0\0\0\0\0\0", 16);
	assert_memory_equal(f.maps[0].keys + 16, key, 16);
	v = (const struct map_value *)(const void *)f.maps[0].values;
	assert_int_equal(v[0].seq, 1);
	assert_int_equal(v[0].num, 6);
	assert_int_equal(v[1].seq, 2);
	assert_int_equal(v[1].num, 3);
	assert_int_equal(f.session.sequence, 2);
	case_end(&c);
	fake_release(&f);
}

/* A map that does not answer ends the handler with an error. */
static void broken_maps(void **state)
{
	static const char *const insns[] = {
		"r0 = mget @a, r0",
		"mset @a, r0, r0 err b1",
		"madd @a, r0, r0 err b1",
		"r0 = mhas @a, r0",
		"mdel @a, r0",
		"mclear @a",
		"ibegin i0 err b1\n  iend i0",
	};
	char text[512], want[128];
	struct vm_case c;
	struct fake f;
	size_t i;

	(void)state;
	snprintf(want, sizeof(want),
		 "array 'a' is out of reach: %s in probe begin\n",
		 strerror(EPERM));
	for (i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
		snprintf(text, sizeof(text),
			 "global @a[i64]: i64 size 4\n" CASE_BEGIN
			 "handler h\n  reg r0:i64\n  iter i0 @a\n"
			 "b0:\n  %s\n  ret\n%s",
			 insns[i],
			 strstr(insns[i], "b1") ? "b1:\n  fail\n" : "");
		case_parse(&c, text);
		fake_init(&f, c.prog);
		f.maps[0].fail = -EPERM;
		case_start(&c, &f.shared);
		assert_int_equal(vm_run(c.vm, 0), 1);
		assert_string_equal(c.errors.buf, want);
		case_end(&c);
		fake_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements),
		cmocka_unit_test(overflowing),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(sorting_by_value),
		cmocka_unit_test(sorting_is_remembered),
		cmocka_unit_test(sorting_strings),
		cmocka_unit_test(limits),
		cmocka_unit_test(changes_inside),
		cmocka_unit_test(iterations_recurse),
		cmocka_unit_test(shared_scalars),
		cmocka_unit_test(shared_layout),
		cmocka_unit_test(broken_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
