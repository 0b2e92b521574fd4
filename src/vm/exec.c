/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dispatch loop. One label an instruction of vmops.def; what takes more
 * than a few lines is done in call.c, global.c and error.c.
 *
 * Every way to run on for long passes JMPB (backward jumps) or CALL, which use
 * up vm->fuel and see when it has run out; a step of an iteration gives its jump
 * back, since a snapshot is finite and beginning one costs a jump.
 */
#include "vm/internal.h"
#include "vm/stat.h"

#include <string.h>

/* Making the picture of a histogram costs as much as this many jumps. */
#define HIST_FUEL 16

#define unlikely(x) __builtin_expect(!!(x), 0)

#define I64(at)  (*(int64_t *)(void *)(fp + (at)))
#define SLOT(at) ((struct vm_slot *)(void *)(fp + (at)))
#define ROWS(at) (*(struct vm_rows **)(void *)(fp + (at)))

static inline uint64_t word64(const uint32_t *w)
{
	return w[0] | (uint64_t)w[1] << 32;
}

#define PTR(w) ((void *)(uintptr_t)word64(w))

static inline struct vm_val slot_val(const struct vm_slot *s)
{
	return (struct vm_val){ .str = s->text, .len = s->len };
}

static inline void gather_keys(const struct vm_array *a, char *fp,
			       const uint32_t *at, struct vm_val *keys)
{
	uint32_t k;

	for (k = 0; k < a->g->n_keys; k++) {
		if (a->g->key_type[k] == IR_STR)
			keys[k] = slot_val(SLOT(at[k]));
		else
			keys[k].num = I64(at[k]);
	}
}

static int64_t compare_slots(const struct vm_slot *a, const struct vm_slot *b,
			     uint32_t cond)
{
	uint32_t n = a->len < b->len ? a->len : b->len;
	int c;

	if (cond <= IR_NE && a->len != b->len)
		return cond == IR_NE;
	c = memcmp(a->text, b->text, n);
	if (!c)
		c = (a->len > b->len) - (a->len < b->len);
	switch ((enum ir_cond)cond) {
	case IR_EQ:
		return c == 0;
	case IR_NE:
		return c != 0;
	case IR_LT:
		return c < 0;
	case IR_LE:
		return c <= 0;
	case IR_GT:
		return c > 0;
	case IR_GE:
		return c >= 0;
	}
	return 0;
}

/* dst may be a, b or both. */
static void concat(struct vm_slot *dst, const struct vm_slot *a,
		   const struct vm_slot *b, uint32_t bound)
{
	uint32_t a_len = a->len < bound ? a->len : bound - 1;
	uint32_t room = bound - 1 - a_len;
	uint32_t b_len = b->len < room ? b->len : room;

	memmove(dst->text + a_len, b->text, b_len);
	if (dst != a)
		memcpy(dst->text, a->text, a_len);
	dst->len = a_len + b_len;
	dst->text[dst->len] = 0;
}

static int64_t divide(int64_t a, int64_t b)
{
	return b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
}

/* Clear a new frame and put the arguments of the call into it. */
static void enter(const struct vm_fn *fn, char *to, char *fp,
		  const uint32_t *list)
{
	const uint32_t *slot, *arg = list + 1;
	uint32_t i;

	memset(to, 0, fn->zero_bytes);
	vec_foreach(slot, &fn->zero_slots) {
		struct vm_slot *s = (struct vm_slot *)(void *)(to + *slot);

		s->len = 0;
		s->text[0] = 0;
	}
	for (i = 0; i < list[0]; i++, arg += 3) {
		if (arg[0])
			vm_slot_set((struct vm_slot *)(void *)(to + arg[1]),
				    SLOT(arg[2])->text, SLOT(arg[2])->len,
				    arg[0]);
		else
			*(int64_t *)(void *)(to + arg[1]) = I64(arg[2]);
	}
}

static bool call_intrin(struct vm *vm, const uint32_t *w, char *fp)
{
	const char *types = intrinsics[w[0]].args;
	struct vm_val args[VM_MAX_INTRIN_ARGS], result = { .str = "" };
	uint32_t i;

	for (i = 0; types[i]; i++) {
		if (types[i] == 's')
			args[i] = slot_val(SLOT(w[5 + i]));
		else
			args[i].num = I64(w[5 + i]);
	}
	if (!vm_intrin(vm, w[0], args, &result))
		return false;
	if (w[1] == VM_NONE)
		return true;
	if (w[2])
		vm_slot_set(SLOT(w[1]), result.str, result.len, w[2]);
	else
		I64(w[1]) = result.num;
	return true;
}

static uint32_t count_intrin_args(uint32_t id)
{
	return (uint32_t)strlen(intrinsics[id].args);
}

#define NEXT(n)      \
 do {                \
  pc += (n);         \
  goto *labels[*pc]; \
 } while (0)
#define JUMP(word) NEXT((int32_t)(word))

/* Raise with the err and loc words at index n. */
#define RAISE_AT(n) \
 do {               \
  edge = pc + (n);  \
  goto raise;       \
 } while (0)
#define RAISE_TEXT(n, text)                 \
 do {                                       \
  vm_error_set(vm, text, sizeof(text) - 1); \
  RAISE_AT(n);                              \
 } while (0)

#define BINARY(expr)                 \
 do {                                \
  uint64_t a = (uint64_t)I64(pc[2]); \
  uint64_t b = (uint64_t)I64(pc[3]); \
                                     \
  I64(pc[1]) = (int64_t)(expr);      \
  NEXT(4);                           \
 } while (0)
#define COMPARE(op)                      \
 do {                                    \
  I64(pc[1]) = I64(pc[2]) op I64(pc[3]); \
  NEXT(4);                               \
 } while (0)
#define COMPARE_JUMP(op, right)    \
 do {                              \
  bool yes = I64(pc[2]) op(right); \
                                   \
  I64(pc[1]) = yes;                \
  JUMP(yes ? pc[4] : pc[5]);       \
 } while (0)
#define REG3 I64(pc[3])
#define IMM3 ((int32_t)pc[3])

/* What the outermost function is called with. */
static void set_params(const struct vm_fn *fn, char *fp,
		       const struct fmt_arg *args)
{
	uint32_t i;

	for (i = 0; i < fn->ir->n_params; i++) {
		if (fn->ir->regs.at[i].type == IR_STR)
			vm_slot_set(SLOT(fn->reg_at[i]), args[i].str,
				    args[i].len, fn->ir->regs.at[i].bound);
		else
			I64(fn->reg_at[i]) = args[i].num;
	}
}

enum vm_end vm_exec(struct vm *vm, const struct vm_fn *fn,
		    const struct fmt_arg *args)
{
	static const void *const labels[] = {
#define VMOP(name) [VM_##name] = &&op_##name,
#include "vm/vmops.def"
#undef VMOP
	};
	static const uint32_t no_args[1];
	struct vm_val keys[IR_MAX_KEYS], val;
	const uint32_t max_depth = vm->prog->limits.maxnesting;
	const uint32_t *pc = fn->code, *edge;
	char *fp = vm->stack;
	struct vm_array *array;
	int64_t fuel = vm->fuel;
	int64_t refund = 0; /* what the last backward jump cost, until given back */
	uint32_t depth = 0;
	int ret;

	enter(fn, fp, fp, no_args);
	set_params(fn, fp, args);
	NEXT(0);

	/* values */
op_CONST:
	I64(pc[1]) = (int64_t)word64(pc + 2);
	NEXT(4);
op_MOVI:
	I64(pc[1]) = I64(pc[2]);
	NEXT(3);
op_MOVS:
	vm_slot_set(SLOT(pc[1]), SLOT(pc[2])->text, SLOT(pc[2])->len, pc[3]);
	NEXT(4);
op_STR:
	memcpy(SLOT(pc[1])->text, PTR(pc + 2), pc[4] + 1);
	SLOT(pc[1])->len = pc[4];
	SLOT(pc[1])->text[pc[4]] = 0;
	NEXT(5);
op_NEG:
	I64(pc[1]) = (int64_t)(0 - (uint64_t)I64(pc[2]));
	NEXT(3);
op_NOT:
	I64(pc[1]) = ~I64(pc[2]);
	NEXT(3);
op_ADD:
	BINARY(a + b);
op_SUB:
	BINARY(a - b);
op_MUL:
	BINARY(a * b);
op_AND:
	BINARY(a & b);
op_OR:
	BINARY(a | b);
op_XOR:
	BINARY(a ^ b);
op_SHL:
	BINARY(a << (b & 63));
op_SAR:
	BINARY((int64_t)a >> (b & 63));
op_SHR:
	BINARY(a >> (b & 63));
op_DIV:
	if (unlikely(!I64(pc[3])))
		RAISE_TEXT(4, "division by 0");
	I64(pc[1]) = divide(I64(pc[2]), I64(pc[3]));
	NEXT(6);
op_MOD:
	if (unlikely(!I64(pc[3])))
		RAISE_TEXT(4, "division by 0");
	I64(pc[1]) = I64(pc[3]) == -1 ? 0 : I64(pc[2]) % I64(pc[3]);
	NEXT(6);
op_EQ:
	COMPARE(==);
op_NE:
	COMPARE(!=);
op_LT:
	COMPARE(<);
op_LE:
	COMPARE(<=);
op_GT:
	COMPARE(>);
op_GE:
	COMPARE(>=);
op_ADDI:
	I64(pc[1]) = (int64_t)((uint64_t)I64(pc[2]) + (uint64_t)IMM3);
	NEXT(4);
op_SCMP:
	I64(pc[1]) = compare_slots(SLOT(pc[2]), SLOT(pc[3]), pc[4]);
	NEXT(5);
op_CAT:
	concat(SLOT(pc[1]), SLOT(pc[2]), SLOT(pc[3]), pc[4]);
	NEXT(5);
op_MATCH : {
	const struct regex_dfa *dfa = vm->match.dfas[pc[3]];

	if (dfa && !vm->match.groups)
		I64(pc[1]) = regex_dfa_test(dfa, SLOT(pc[2])->text);
	else
		fuel -= vm_match(vm, pc[3], SLOT(pc[2]), &I64(pc[1]));
}
	NEXT(4);
op_SPRINT:
	fuel -= vm_sprint(vm, fp, pc + 1) / 1024;
	NEXT(5 + pc[4]);
op_LOAD : {
	int64_t value;

	if (!vm_memory_read(vm, pc[3], (uint64_t)I64(pc[2]), &value)) {
		vm_error_fault(vm, FAULT_READ, (uint64_t)I64(pc[2]));
		RAISE_AT(4);
	}
	I64(pc[1]) = value;
}
	NEXT(6);
op_PEEK:
	vm_memory_read(vm, pc[3], (uint64_t)I64(pc[2]), &I64(pc[1]));
	NEXT(4);
op_READABLE : {
	int64_t value;

	I64(pc[1]) = vm_memory_read(vm, pc[3], (uint64_t)I64(pc[2]), &value);
}
	NEXT(4);
op_STORE:
	vm_error_fault(vm, FAULT_WRITE, (uint64_t)I64(pc[1]));
	RAISE_AT(2);
op_PRINT:
	fuel -= vm_print(vm, fp, pc + 1) / 1024;
	NEXT(3 + pc[2]);

	/* scalar globals */
op_GGETI:
	I64(pc[1]) = __atomic_load_n((int64_t *)PTR(pc + 2), __ATOMIC_RELAXED);
	NEXT(4);
op_GGETIX:
	I64(pc[1]) = vm_seen_get(PTR(pc + 4), PTR(pc + 2), vm->run);
	NEXT(6);
op_GGETS : {
	const struct vm_slot *s = PTR(pc + 2);

	vm_slot_set(SLOT(pc[1]), s->text, s->len, pc[4]);
}
	NEXT(5);
op_GGETX:
	vm_slot_set(SLOT(pc[1]), PTR(pc + 2), strnlen(PTR(pc + 2), pc[5] - 1),
		    pc[4]);
	NEXT(6);
op_GSETI:
	__atomic_store_n((int64_t *)PTR(pc + 2), I64(pc[1]), __ATOMIC_RELAXED);
	NEXT(4);
op_GSETIX:
	vm_seen_set(PTR(pc + 4), PTR(pc + 2), vm->run, I64(pc[1]));
	NEXT(6);
op_GSETS:
	vm_slot_set(PTR(pc + 2), SLOT(pc[1])->text, SLOT(pc[1])->len, pc[4]);
	NEXT(5);
op_GSETX : {
	uint32_t len = SLOT(pc[1])->len;

	if (len > pc[4] - 1)
		len = pc[4] - 1;
	memcpy(PTR(pc + 2), SLOT(pc[1])->text, len);
	((char *)PTR(pc + 2))[len] = 0;
}
	NEXT(5);
op_GADD:
	*(uint64_t *)PTR(pc + 2) += (uint64_t)I64(pc[1]);
	NEXT(4);
op_GADDX:
	vm_seen_add(PTR(pc + 4), PTR(pc + 2), I64(pc[1]));
	NEXT(6);

	/* arrays */
op_MGETI:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 3, keys);
	ret = vm_array_get(vm, array, keys, &val);
	if (unlikely(ret < 0))
		goto broken;
	I64(pc[1]) = val.num;
	NEXT(3 + array->g->n_keys);
op_MGETS:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 4, keys);
	ret = vm_array_get(vm, array, keys, &val);
	if (unlikely(ret < 0))
		goto broken;
	vm_slot_set(SLOT(pc[1]), val.str, val.len, pc[3]);
	NEXT(4 + array->g->n_keys);
op_MSET:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 5, keys);
	if (array->g->type == IR_STR)
		val = slot_val(SLOT(pc[1]));
	else
		val.num = I64(pc[1]);
	ret = vm_array_set(vm, array, keys, &val);
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	NEXT(5 + array->g->n_keys);
op_MADD:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 5, keys);
	ret = vm_array_add(vm, array, keys, I64(pc[1]));
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	NEXT(5 + array->g->n_keys);
op_MHAS:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 3, keys);
	ret = vm_array_get(vm, array, keys, &val);
	if (unlikely(ret < 0))
		goto broken;
	I64(pc[1]) = ret;
	NEXT(3 + array->g->n_keys);
op_MDEL:
	array = &vm->arrays[pc[1]];
	gather_keys(array, fp, pc + 2, keys);
	ret = vm_array_del(vm, array, keys);
	if (unlikely(ret < 0))
		goto broken;
	NEXT(2 + array->g->n_keys);
op_MCLEAR:
	array = &vm->arrays[pc[1]];
	ret = vm_array_clear(vm, array);
	if (unlikely(ret < 0))
		goto broken;
	NEXT(2);

	/* statistics */
op_SADD:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 5, keys);
	ret = vm_stat_add(array, keys, I64(pc[1]));
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	NEXT(5 + array->g->n_keys);
op_SGET:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 6, keys);
	ret = vm_stat_get(vm, array, keys, (enum ir_stat_op)pc[5], &val.num);
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	I64(pc[1]) = val.num;
	NEXT(6 + array->g->n_keys);
op_SCLEAR:
	array = &vm->arrays[pc[1]];
	ret = vm_stat_clear(vm, array);
	if (unlikely(ret))
		goto broken;
	NEXT(2);
op_HGET:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 7, keys);
	ret = vm_stat_bucket(vm, array, keys, I64(pc[5]), pc[6], &val.num);
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	I64(pc[1]) = val.num;
	NEXT(7 + array->g->n_keys);
op_HPRINT:
	array = &vm->arrays[pc[1]];
	gather_keys(array, fp, pc + 4, keys);
	ret = vm_hist_print(vm, array, keys);
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(2);
	}
	fuel -= HIST_FUEL;
	NEXT(4 + array->g->n_keys);
op_HTEXT:
	array = &vm->arrays[pc[2]];
	gather_keys(array, fp, pc + 6, keys);
	ret = vm_hist_text(vm, array, keys, SLOT(pc[1]), pc[5]);
	if (unlikely(ret)) {
		vm_error_array(vm, array, ret);
		RAISE_AT(3);
	}
	fuel -= HIST_FUEL;
	NEXT(6 + array->g->n_keys);

	/* foreach */
op_IBEGIN:
	ret = vm_iter_begin(vm, &vm->iters.at[pc[1]],
			    pc[2] == VM_NONE ? INT64_MAX : I64(pc[2]),
			    &ROWS(pc[5]));
	if (unlikely(ret)) {
		vm_error_array(vm, &vm->arrays[vm->iters.at[pc[1]].array], ret);
		RAISE_AT(3);
	}
	fuel -= 1 + ROWS(pc[5])->n_seen / 256;
	NEXT(6);
op_INEXT:
	if (!ROWS(pc[1]) || !vm_rows_next(ROWS(pc[1])))
		JUMP(pc[3]);
	fuel += refund;
	refund = 0;
	JUMP(pc[2]);
op_IGETI:
	I64(pc[1]) = 0;
	if (ROWS(pc[2])) {
		vm_rows_get(ROWS(pc[2]), pc[3], &val);
		I64(pc[1]) = val.num;
	}
	NEXT(4);
op_IGETS:
	val.str = "";
	val.len = 0;
	if (ROWS(pc[2]))
		vm_rows_get(ROWS(pc[2]), pc[3], &val);
	vm_slot_set(SLOT(pc[1]), val.str, val.len, pc[4]);
	NEXT(5);
op_IEND:
	vm_iter_end(vm, &ROWS(pc[1]));
	NEXT(2);

	/* calls, errors, limits */
op_INTRIN:
	if (unlikely(!call_intrin(vm, pc + 1, fp))) {
		if (vm->aborted)
			return VM_END_ABORTED;
		RAISE_AT(4);
	}
	NEXT(6 + count_intrin_args(pc[1]));
op_CALL:
	if (unlikely(depth == max_depth))
		RAISE_TEXT(4, "MAXNESTING exceeded");
	if (unlikely(--fuel < 0)) {
		edge = pc + 4;
		goto exhausted;
	}
	fn = &vm->fns[pc[1]];
	enter(fn, fp + pc[6], fp, pc + 7);
	depth++;
	vm->frames[depth].pc = pc;
	vm->frames[depth].fp = fp;
	fp += pc[6];
	pc = fn->code;
	NEXT(0);
op_ERRMSG:
	vm_slot_set(SLOT(pc[1]), vm->error.text, vm->error.len, pc[2]);
	vm->error.set = false;
	vm->error.len = 0;
	NEXT(3);
op_TICK:
	vm->actions -= (int64_t)word64(pc + 1);
	edge = pc + 2;
	if (unlikely(vm->actions < 0))
		goto exhausted;
	NEXT(4);
op_LOCK:
	if (unlikely(!vm_lock(vm)))
		return VM_END_SKIPPED;
	NEXT(1);
op_UNLOCK:
	vm_unlock(vm);
	NEXT(1);

	/* control */
op_JMP:
	JUMP(pc[1]);
op_JMPB:
	if (unlikely(--fuel < 0)) {
		edge = NULL;
		goto exhausted;
	}
	refund = 1;
	JUMP(pc[1]);
op_BR:
	JUMP(I64(pc[1]) ? pc[2] : pc[3]);
op_JEQ:
	COMPARE_JUMP(==, REG3);
op_JNE:
	COMPARE_JUMP(!=, REG3);
op_JLT:
	COMPARE_JUMP(<, REG3);
op_JLE:
	COMPARE_JUMP(<=, REG3);
op_JGT:
	COMPARE_JUMP(>, REG3);
op_JGE:
	COMPARE_JUMP(>=, REG3);
op_JEQI:
	COMPARE_JUMP(==, IMM3);
op_JNEI:
	COMPARE_JUMP(!=, IMM3);
op_JLTI:
	COMPARE_JUMP(<, IMM3);
op_JLEI:
	COMPARE_JUMP(<=, IMM3);
op_JGTI:
	COMPARE_JUMP(>, IMM3);
op_JGEI:
	COMPARE_JUMP(>=, IMM3);
op_RET:
	if (!depth)
		return VM_END_OK;
	pc = vm->frames[depth].pc;
	fp = vm->frames[depth--].fp;
	if (pc[2] != VM_NONE && pc[3])
		vm_slot_set(SLOT(pc[2]), "", 0, pc[3]);
	else if (pc[2] != VM_NONE)
		I64(pc[2]) = 0;
	NEXT(8 + 3 * pc[7]);
op_RETI:
	val.num = I64(pc[1]);
	pc = vm->frames[depth].pc;
	fp = vm->frames[depth--].fp;
	if (pc[2] != VM_NONE)
		I64(pc[2]) = val.num;
	NEXT(8 + 3 * pc[7]);
op_RETS:
	val = slot_val(SLOT(pc[1]));
	if (val.len > pc[2] - 1)
		val.len = pc[2] - 1;
	pc = vm->frames[depth].pc;
	fp = vm->frames[depth--].fp;
	if (pc[2] != VM_NONE)
		vm_slot_set(SLOT(pc[2]), val.str, val.len, pc[3]);
	NEXT(8 + 3 * pc[7]);
op_RAISE:
	vm_error_set(vm, SLOT(pc[1])->text, SLOT(pc[1])->len);
	RAISE_AT(2);
op_FAIL:
	if (!vm->error.set) {
		/* Nothing pending: an error without text. */
		vm_error_set(vm, "", 0);
		vm_error_place(vm, depth, VM_NONE);
	}
	goto unwind;

raise:
	vm_error_place(vm, depth, edge[1]);
	if (edge[0])
		JUMP(edge[0]);
unwind:
	while (depth) {
		pc = vm->frames[depth].pc;
		fp = vm->frames[depth--].fp;
		if (pc[4])
			JUMP(pc[4]);
	}
	return VM_END_ERROR;
exhausted:
	vm_error_set(vm, "MAXACTION exceeded", strlen("MAXACTION exceeded"));
	vm_error_place(vm, depth, edge ? edge[1] : VM_NONE);
	return VM_END_ERROR;
broken:
	/* Not the script's doing, and the operation has no error edge. */
	vm_error_array(vm, array, ret);
	vm_error_place(vm, depth, VM_NONE);
	return VM_END_ERROR;
}
