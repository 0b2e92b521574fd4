/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF as a source of C types. Nodes are made when their number is first asked
 * for. The first names are looked for from front to back, comparing kinds first,
 * which takes a millisecond for all of the kernel; then an index is made.
 */
#include "symbols/btf_types.h"

#include "base/io.h"
#include "symbols/btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BTF_MAX    ((size_t)256 << 20)
#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define MAX_MEMBERS 65536u
#define FEW_SEARCHES 8u
#define INDEX_SIZE 65536u /* a power of two */
/* Kinds that old headers do not know. */
#define KIND_TYPE_TAG 18
#define KIND_ENUM64   19

struct btf_types {
	struct ctype_source source; /* first: nodes lead back from it */
	struct arena *arena;
	struct btf_view view;
	struct btf_types *base;
	uint32_t first;        /* number of the first type here */
	uint32_t n;            /* of types here */
	uint32_t first_string; /* offset of the first string here */
	uint32_t *at;          /* by number less first: offset of its head */
	struct ctype **nodes;  /* likewise; NULL: not made */
	unsigned searches;     /* for names, so far */
	uint32_t *heads;       /* index of names by hash: index plus 1 of a type */
	uint32_t *next;        /* by index: of the next one with that hash */
};

struct head {
	uint32_t name, info, size; /* size or type */
};

static uint32_t kind_of(const struct head *h)
{
	return h->info >> 24 & 0x1f;
}

static uint32_t vlen_of(const struct head *h)
{
	return h->info & 0xffff;
}

static bool kind_flag(const struct head *h)
{
	return h->info >> 31;
}

static struct head head_at(const struct btf_types *b, uint32_t index)
{
	struct head h;

	memcpy(&h, b->view.types + b->at[index], sizeof(h));
	return h;
}

static const char *string_at(const struct btf_types *b, uint32_t off)
{
	while (off < b->first_string && b->base)
		b = b->base;
	off -= b->first_string;
	return off < b->view.strings_len ? b->view.strings + off : "";
}

/* --- opening --- */

struct count {
	struct btf_types *b;
	uint32_t n;
};

static void note_type(void *ctx, size_t offset)
{
	struct count *c = ctx;

	if (c->b->at)
		c->b->at[c->n] = (uint32_t)offset;
	c->n++;
}

static const struct ctype_source_ops ops;

struct btf_types *btf_types_from(struct arena *a, const void *bytes, size_t len,
				 struct btf_types *base, const char *name)
{
	struct btf_types *b = arena_new(a, struct btf_types);
	struct count c = { .b = b };

	b->arena = a;
	b->base = base;
	b->first = base ? base->first + base->n : 1;
	if (base)
		b->first_string = base->first_string +
				  (uint32_t)base->view.strings_len;
	if (len > BTF_MAX || btf_open(bytes, len, &b->view) ||
	    btf_each_type(&b->view, note_type, &c))
		return NULL;
	b->n = c.n;
	b->at = arena_array(a, uint32_t, c.n);
	b->nodes = arena_array(a, struct ctype *, c.n);
	c.n = 0;
	btf_each_type(&b->view, note_type, &c);
	b->source = (struct ctype_source){
		.ops = &ops,
		.name = name,
		.kernel = true,
		.portable = true,
		.pointer_size = 8,
	};
	return b;
}

/* The bytes of a file, mapped where that can be done. */
static const void *read_bytes(struct arena *a, const char *path, size_t *len,
			      struct strbuf *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct strbuf bytes = STRBUF_INIT;
	struct stat st;
	void *at = MAP_FAILED;

	if (fd >= 0 && !fstat(fd, &st) && st.st_size > 0 &&
	    (size_t)st.st_size <= BTF_MAX) {
		*len = (size_t)st.st_size;
		at = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	if (fd >= 0)
		close(fd);
	if (at != MAP_FAILED)
		return at;
	if (io_read_file(path, BTF_MAX, &bytes, err))
		return NULL;
	at = arena_alloc(a, bytes.len + 1);
	memcpy(at, bytes.buf, bytes.len);
	*len = bytes.len;
	strbuf_release(&bytes);
	return at;
}

struct btf_types *btf_types_open(struct arena *a, const char *path,
				 struct btf_types *base, const char *name,
				 struct strbuf *err)
{
	struct btf_types *b;
	const void *bytes;
	size_t len;

	if (!path)
		path = KERNEL_BTF;
	bytes = read_bytes(a, path, &len, err);
	if (!bytes)
		return NULL;
	b = btf_types_from(a, bytes, len, base, name);
	if (!b)
		strbuf_addf(err, "%s holds no BTF.", path);
	return b;
}

struct ctype_source *btf_types_source(struct btf_types *b)
{
	return &b->source;
}

/* --- nodes --- */

static void fill_int(struct btf_types *b, struct ctype *t, uint32_t at)
{
	uint32_t data;

	memcpy(&data, b->view.types + at + sizeof(struct head), sizeof(data));
	t->kind = CTYPE_INT;
	t->is_signed = BTF_INT_ENCODING(data) & BTF_INT_SIGNED;
	t->is_bool = BTF_INT_ENCODING(data) & BTF_INT_BOOL;
	/* Compilers do not say which are characters: all of one byte may be. */
	t->is_char = t->size == 1 && !t->is_bool;
}

static void fill_node(struct btf_types *b, struct ctype *t, const struct head *h,
		      uint32_t at)
{
	struct btf_array array;

	t->size = h->size;
	switch (kind_of(h)) {
	case BTF_KIND_INT:
		fill_int(b, t, at);
		return;
	case BTF_KIND_FLOAT:
		t->kind = CTYPE_FLOAT;
		return;
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		t->kind = CTYPE_ENUM;
		t->is_signed = kind_flag(h);
		return;
	case BTF_KIND_STRUCT:
		t->kind = CTYPE_STRUCT;
		return;
	case BTF_KIND_UNION:
		t->kind = CTYPE_UNION;
		return;
	case BTF_KIND_FWD:
		t->kind = kind_flag(h) ? CTYPE_UNION : CTYPE_STRUCT;
		t->incomplete = true;
		t->size = 0;
		return;
	case BTF_KIND_PTR:
		t->kind = CTYPE_POINTER;
		t->size = b->source.pointer_size;
		return;
	case BTF_KIND_ARRAY:
		memcpy(&array, b->view.types + at + sizeof(*h), sizeof(array));
		t->kind = CTYPE_ARRAY;
		t->n_elems = array.nelems;
		t->size = 0;
		return;
	case BTF_KIND_FUNC_PROTO:
		t->kind = CTYPE_FUNCTION;
		break;
	case BTF_KIND_TYPEDEF:
		t->kind = CTYPE_TYPEDEF;
		break;
	case BTF_KIND_CONST:
		t->kind = CTYPE_CONST;
		break;
	case BTF_KIND_VOLATILE:
		t->kind = CTYPE_VOLATILE;
		break;
	case BTF_KIND_RESTRICT:
	case KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		t->kind = CTYPE_QUALIFIED;
		break;
	}
	t->size = 0;
}

const struct ctype *btf_types_get(struct btf_types *b, uint32_t id)
{
	struct ctype *t;
	struct head h;
	const char *name;

	while (id < b->first && b->base)
		b = b->base;
	if (id < b->first || id - b->first >= b->n)
		return NULL;
	if (b->nodes[id - b->first])
		return b->nodes[id - b->first];
	t = arena_new(b->arena, struct ctype);
	b->nodes[id - b->first] = t;
	h = head_at(b, id - b->first);
	name = string_at(b, h.name);
	t->name = *name ? name : NULL;
	t->source = &b->source;
	t->id = id;
	fill_node(b, t, &h, b->at[id - b->first]);
	return t;
}

/* --- completing --- */

static void add_members(struct btf_types *b, struct ctype *t,
			const struct head *h, const unsigned char *p)
{
	uint32_t i, n = vlen_of(h);
	struct btf_member m;

	for (i = 0; i < n && i < MAX_MEMBERS; i++, p += sizeof(m)) {
		struct ctype_member member = { 0 };
		const char *name;

		memcpy(&m, p, sizeof(m));
		name = string_at(b, m.name_off);
		member.name = *name ? name : NULL;
		member.type = btf_types_get(b, m.type);
		member.bit_offset = m.offset;
		if (kind_flag(h)) {
			member.bit_offset = BTF_MEMBER_BIT_OFFSET(m.offset);
			member.bits = BTF_MEMBER_BITFIELD_SIZE(m.offset);
		}
		vec_push(b->arena, &t->members, member);
	}
}

static void add_params(struct btf_types *b, struct ctype *t,
		       const struct head *h, const unsigned char *p)
{
	uint32_t i, n = vlen_of(h);
	struct btf_param param;

	for (i = 0; i < n && i < MAX_MEMBERS; i++, p += sizeof(param)) {
		struct ctype_member member = { 0 };
		const char *name;

		memcpy(&param, p, sizeof(param));
		name = string_at(b, param.name_off);
		member.name = *name ? name : NULL;
		member.type = btf_types_get(b, param.type);
		vec_push(b->arena, &t->members, member);
	}
	t->target = btf_types_get(b, h->size);
}

static void add_constants(struct btf_types *b, struct ctype *t,
			  const struct head *h, const unsigned char *p)
{
	bool wide = kind_of(h) == KIND_ENUM64;
	uint32_t i, n = vlen_of(h), word[3] = { 0 };
	size_t each = wide ? 12 : 8;

	for (i = 0; i < n; i++, p += each) {
		struct ctype_constant c;

		memcpy(word, p, each);
		c.name = string_at(b, word[0]);
		c.value = t->is_signed ? (int32_t)word[1] : (int64_t)word[1];
		if (wide)
			c.value = (int64_t)((uint64_t)word[2] << 32 | word[1]);
		vec_push(b->arena, &t->constants, c);
	}
}

static void complete(struct ctype *t)
{
	struct btf_types *b = (struct btf_types *)t->source;
	uint32_t index = (uint32_t)t->id - b->first;
	struct head h = head_at(b, index);
	const unsigned char *p = b->view.types + b->at[index] + sizeof(h);
	struct btf_array array;

	switch (kind_of(&h)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		add_members(b, t, &h, p);
		break;
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		add_constants(b, t, &h, p);
		break;
	case BTF_KIND_ARRAY:
		memcpy(&array, p, sizeof(array));
		t->target = btf_types_get(b, array.type);
		break;
	case BTF_KIND_FUNC_PROTO:
		add_params(b, t, &h, p);
		break;
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
	case BTF_KIND_FWD:
	case BTF_KIND_DATASEC:
		break;
	default:
		t->target = btf_types_get(b, h.size);
		break;
	}
}

/* --- names --- */

static bool has_tag(uint32_t kind, enum ctype_kind tag)
{
	switch ((int)tag) {
	case CTYPE_STRUCT:
	case CTYPE_CLASS:
		return kind == BTF_KIND_STRUCT;
	case CTYPE_UNION:
		return kind == BTF_KIND_UNION;
	case CTYPE_ENUM:
		return kind == BTF_KIND_ENUM || kind == KIND_ENUM64;
	case CTYPE_FUNCTION:
		return kind == BTF_KIND_FUNC;
	}
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_INT ||
	       kind == BTF_KIND_FLOAT;
}

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash & (INDEX_SIZE - 1);
}

static void make_index(struct btf_types *b)
{
	uint32_t i, at;

	b->heads = arena_array(b->arena, uint32_t, INDEX_SIZE);
	b->next = arena_array(b->arena, uint32_t, b->n);
	/* Backwards: chains then are in order of number. */
	for (i = b->n; i-- > 0;) {
		struct head h = head_at(b, i);

		if (!h.name)
			continue;
		at = hash_name(string_at(b, h.name));
		b->next[i] = b->heads[at];
		b->heads[at] = i + 1;
	}
}

static bool is_named(const struct btf_types *b, uint32_t index,
		     enum ctype_kind tag, const char *name)
{
	struct head h = head_at(b, index);

	return has_tag(kind_of(&h), tag) && h.name &&
	       !strcmp(string_at(b, h.name), name) &&
	       (vlen_of(&h) || tag != CTYPE_ENUM);
}

static uint32_t search(struct btf_types *b, enum ctype_kind tag,
		       const char *name)
{
	uint32_t i;

	if (b->searches++ == FEW_SEARCHES)
		make_index(b);
	if (b->heads) {
		for (i = b->heads[hash_name(name)]; i; i = b->next[i - 1])
			if (is_named(b, i - 1, tag, name))
				return b->first + i - 1;
		return 0;
	}
	for (i = 0; i < b->n; i++)
		if (is_named(b, i, tag, name))
			return b->first + i;
	return 0;
}

/* C's shorter spellings of integer types are not among BTF's names. */
static const char *spelled_out(const char *name)
{
	static const char *const names[][2] = {
		{ "short", "short int" },
		{ "long", "long int" },
		{ "long long", "long long int" },
		{ "unsigned", "unsigned int" },
		{ "unsigned short", "short unsigned int" },
		{ "unsigned long", "long unsigned int" },
		{ "unsigned long long", "long long unsigned int" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i][0], name))
			return names[i][1];
	return name;
}

static const struct ctype *find_named(struct btf_types *b, enum ctype_kind tag,
				      const char *name)
{
	const struct ctype *t = NULL;
	uint32_t id;

	if (tag == CTYPE_TYPEDEF)
		name = spelled_out(name);
	id = search(b, tag, name);
	if (id)
		t = btf_types_get(b, id);
	else if (b->base)
		t = find_named(b->base, tag, name);
	return t;
}

static const struct ctype *find(struct ctype_source *s, enum ctype_kind tag,
				const char *name)
{
	return find_named((struct btf_types *)s, tag, name);
}

static bool constant_in(struct btf_types *b, uint32_t index, const char *name,
			int64_t *value)
{
	const struct ctype *t = btf_types_get(b, b->first + index);
	const struct ctype_constant *c;
	size_t n, i;

	c = ctype_constants(t, &n);
	for (i = 0; i < n; i++) {
		if (strcmp(c[i].name, name))
			continue;
		*value = c[i].value;
		return true;
	}
	return false;
}

static bool constant(struct ctype_source *s, const char *name, int64_t *value)
{
	struct btf_types *b = (struct btf_types *)s;
	uint32_t i;

	for (; b; b = b->base) {
		for (i = 0; i < b->n; i++) {
			struct head h = head_at(b, i);

			if (has_tag(kind_of(&h), CTYPE_ENUM) &&
			    constant_in(b, i, name, value))
				return true;
		}
	}
	return false;
}

static const struct ctype_source_ops ops = { complete, find, constant };

/* --- functions --- */

const struct ctype *btf_types_function(struct btf_types *b, const char *name)
{
	const struct ctype *t =
		ctype_strip(find_named(b, CTYPE_FUNCTION, name));

	return t->kind == CTYPE_FUNCTION ? t : NULL;
}

/* A copy of a prototype without its first parameter. */
static const struct ctype *without_first(struct btf_types *b,
					 const struct ctype *t)
{
	struct ctype *copy = arena_new(b->arena, struct ctype);
	const struct ctype_member *m;
	size_t n;

	m = ctype_members(t, &n);
	*copy = *t;
	if (n) {
		copy->members.at = NULL;
		copy->members.len = copy->members.cap = 0;
		for (m++; --n; m++)
			vec_push(b->arena, &copy->members, *m);
	}
	return copy;
}

const struct ctype *btf_types_tracepoint(struct btf_types *b, const char *name)
{
	const struct ctype *t;

	/* The function behind it has names of parameters, the type only has
	 * types. */
	t = btf_types_function(b, arena_printf(b->arena, "__traceiter_%s",
					       name));
	if (!t)
		t = ctype_strip(find_named(b, CTYPE_TYPEDEF,
					   arena_printf(b->arena,
							"btf_trace_%s", name)));
	if (t->kind == CTYPE_POINTER)
		t = ctype_strip(ctype_target(t));
	return t->kind == CTYPE_FUNCTION ? without_first(b, t) : NULL;
}

void btf_types_each_function(struct btf_types *b,
			     void (*fn)(void *ctx, const char *name), void *ctx)
{
	uint32_t i;

	for (i = 0; i < b->n; i++) {
		struct head h = head_at(b, i);

		if (kind_of(&h) == BTF_KIND_FUNC && h.name)
			fn(ctx, string_at(b, h.name));
	}
}
