/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/object.h"

#include "base/io.h"
#include "proto/elfsec.h"
#include "proto/session.h"
#include "run/maps.h"
#include "run/percpu.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int bad_handoff(struct strbuf *err)
{
	strbuf_addstr(err, "what option -F names was not made by staprun");
	return -EINVAL;
}

/* Keep the descriptors staprun left open from the target command. */
static int own_fd(int fd)
{
	return fd < 3 || fcntl(fd, F_SETFD, FD_CLOEXEC) ? -EBADF : 0;
}

/* Read the table of descriptors; *object_fd is that of the object's bytes. */
static int read_handoff(struct object *o, int fd, int *object_fd,
			struct strbuf *err)
{
	const size_t most = sizeof(struct handoff_header) +
			    (size_t)HANDOFF_MAX_ENTRIES *
				    sizeof(struct handoff_entry);
	struct strbuf bytes = STRBUF_INIT;
	struct handoff_entry *entries;
	struct handoff_header h;
	uint32_t i;
	int rc;

	rc = lseek(fd, 0, SEEK_SET) ? -errno : io_read_fd(fd, most, &bytes);
	close(fd);
	if (rc || bytes.len < sizeof(h))
		goto bad;
	memcpy(&h, bytes.buf, sizeof(h));
	if (h.magic != HANDOFF_MAGIC || h.version != HANDOFF_VERSION ||
	    h.n_entries > HANDOFF_MAX_ENTRIES ||
	    bytes.len != sizeof(h) + h.n_entries * sizeof(*entries) ||
	    own_fd(h.object_fd))
		goto bad;
	entries = arena_array(o->arena, struct handoff_entry, h.n_entries);
	memcpy(entries, bytes.buf + sizeof(h),
	       h.n_entries * sizeof(*entries));
	for (i = 0; i < h.n_entries; i++) {
		if (own_fd(entries[i].fd) ||
		    !memchr(entries[i].name, 0, HANDOFF_NAME_LEN))
			goto bad;
	}
	strbuf_release(&bytes);
	o->entries = entries;
	o->n_entries = h.n_entries;
	o->nice = h.nice;
	o->slow_detach = h.flags & HANDOFF_SLOW_DETACH;
	*object_fd = h.object_fd;
	return 0;
bad:
	strbuf_release(&bytes);
	return bad_handoff(err);
}

static const struct handoff_entry *
find_entry(const struct object *o, enum handoff_kind kind, const char *name)
{
	uint32_t i;

	for (i = 0; i < o->n_entries; i++)
		if (o->entries[i].kind == kind &&
		    !strcmp(o->entries[i].name, name))
			return &o->entries[i];
	return NULL;
}

static const struct handoff_entry *find_map(const struct object *o,
					    const char *name)
{
	return find_entry(o, HANDOFF_MAP, name);
}

/* Map the arguments of the programs that add. */
static void map_add(struct object *o)
{
	const struct handoff_entry *e = find_map(o, HANDOFF_ADD_MAP);
	void *p;

	if (!e)
		return;
	p = mmap(NULL, e->value_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		 e->fd, 0);
	if (p == MAP_FAILED)
		return; /* there is another way to add */
	o->add = p;
	o->add_len = e->value_size;
}

/* The program that adds to the map of that name, or -1. */
static int find_adder(const struct object *o, const char *name,
		      uint32_t key_size)
{
	const struct handoff_entry *e = find_entry(o, HANDOFF_ADD, name);

	return e && o->add && o->add_len >= sizeof(*o->add) + key_size ?
		       e->fd :
		       -1;
}

/* Map the session block and find the shared scalars in it. */
static int map_block(struct object *o, struct strbuf *err)
{
	const struct handoff_entry *e = find_map(o, SESSION_DATA_SECTION);
	uint32_t i;
	void *p;

	if (!e || e->value_size < o->layout.size)
		return bad_handoff(err);
	p = mmap(NULL, e->value_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		 e->fd, 0);
	if (p == MAP_FAILED) {
		int rc = -errno;

		strbuf_addf(err, "cannot map the session data: %s",
			    strerror(-rc));
		return rc;
	}
	o->block = p;
	o->block_len = e->value_size;
	o->shared.session = p;
	o->shared.scalars = arena_array(o->arena, void *,
					o->prog->globals.len);
	for (i = 0; i < o->prog->globals.len; i++)
		if (o->layout.shared[i] &&
		    o->prog->globals.at[i].kind == IR_SCALAR)
			o->shared.scalars[i] = (char *)p +
					       o->layout.offset[i];
	return 0;
}

/* By global: whether some user-space handler stores to it or deletes, which
 * is more than adding. */
static bool *find_stored(const struct object *o)
{
	bool *stored = arena_array(o->arena, bool, o->prog->globals.len);
	const struct ir_block *b;
	const struct ir_insn *in;
	uint32_t i;

	for (i = 0; i < o->prog->fns.len; i++) {
		if (!o->layout.user_fn[i])
			continue;
		vec_foreach(b, &o->prog->fns.at[i]->blocks)
			vec_foreach(in, &b->insns)
				if (in->op == IR_OP_MSET ||
				    in->op == IR_OP_MDEL ||
				    in->op == IR_OP_MCLEAR)
					stored[in->imm] = true;
	}
	return stored;
}

/* Find the maps of shared arrays; their sizes must be what we compute, since
 * the kernel reads and writes that many bytes. */
static int find_arrays(struct object *o, struct strbuf *err)
{
	const bool *stored = find_stored(o);
	uint32_t i;

	o->shared.ops = &shared_map_ops;
	o->shared.maps = arena_array(o->arena, void *, o->prog->globals.len);
	for (i = 0; i < o->prog->globals.len; i++) {
		const struct ir_global *g = &o->prog->globals.at[i];
		const struct handoff_entry *e;
		struct shared_map *m;
		char name[HANDOFF_NAME_LEN];

		bool scalar = g->kind == IR_SCALAR;

		if (!o->layout.shared[i] || (scalar && g->type != IR_STAT))
			continue;
		snprintf(name, sizeof(name), "g%u", i);
		e = find_map(o, name);
		if (!e || e->key_size != (scalar ? 4 : ir_key_bytes(g)) ||
		    e->value_size != (scalar ? ir_stat_bytes(&g->stat)
					     : ir_map_value_bytes(g)))
			return bad_handoff(err);
		m = arena_new(o->arena, struct shared_map);
		*m = (struct shared_map){
			.fd = e->fd,
			.key_size = e->key_size,
			.value_size = e->value_size,
			.may_track = g->type == IR_I64 && stored[i],
			.value = arena_zalloc(o->arena, e->value_size),
			.add_fd = find_adder(o, name, e->key_size),
			.add = o->add,
			.seen = { .key_size = e->key_size },
		};
		if (g->type == IR_STAT) {
			m->scalar = scalar;
			m->n_cpus = percpu_cpus();
			m->cpus = arena_array(o->arena, char,
					      (size_t)m->n_cpus *
						      m->value_size);
		}
		o->shared.maps[i] = m;
	}
	return 0;
}

/* Connect the program to the maps that staprun made. */
static int bind_kernel_side(struct object *o, struct strbuf *err)
{
	const struct handoff_entry *e;
	int rc = map_block(o, err);

	if (rc)
		return rc;
	map_add(o);
	rc = find_arrays(o, err);
	if (rc)
		return rc;
	e = find_map(o, SESSION_RING_MAP);
	if (e) {
		o->ring_fd = e->fd;
		o->ring_size = e->max_entries;
	}
	e = find_map(o, SESSION_TARGETS_MAP);
	if (e && e->key_size == 4 && e->value_size == 4)
		o->targets_fd = e->fd;
	return 0;
}

static int parse_program(struct object *o, const char *path,
			 struct strbuf *err)
{
	struct elfsec ir;
	int rc = elfsec_find(o->bytes.buf, o->bytes.len, SESSION_IR_SECTION,
			     &ir);

	if (rc == -ENOENT || rc == -ENOEXEC) {
		strbuf_addf(err, "'%s' is no .bo made by stap", path);
		return rc;
	}
	if (rc) {
		strbuf_addf(err, "'%s' is damaged", path);
		return rc;
	}
	o->prog = ir_parse(o->arena, (const char *)ir.data, ir.size, err);
	if (!o->prog)
		return -EINVAL;
	ir_layout_init(&o->layout, o->prog, o->arena);
	return 0;
}

int object_open(struct object *o, const char *path, int handoff_fd,
		struct arena *arena, struct strbuf *err)
{
	int fd = -1, rc = 0;

	*o = (struct object){ .arena = arena,
			      .bytes = STRBUF_INIT,
			      .ring_fd = -1,
			      .targets_fd = -1,
			      .nice = INT_MIN };
	if (handoff_fd >= 0) {
		rc = read_handoff(o, handoff_fd, &fd, err);
		if (rc)
			return rc;
		rc = lseek(fd, 0, SEEK_SET) ?
			     -errno :
			     io_read_fd(fd, OBJECT_MAX_BYTES, &o->bytes);
		close(fd);
		if (rc)
			return bad_handoff(err);
	} else {
		rc = io_read_file(path, OBJECT_MAX_BYTES, &o->bytes, err);
	}
	if (!rc)
		rc = parse_program(o, path, err);
	if (!rc && handoff_fd >= 0)
		rc = bind_kernel_side(o, err);
	if (!rc && handoff_fd < 0 && o->layout.any_kernel) {
		strbuf_addf(err,
			    "'%s' has probes in the kernel: run it with "
			    "staprun",
			    path);
		rc = -EPERM;
	}
	return rc;
}

void object_begin_handler(struct object *o, bool alone)
{
	uint32_t i;

	for (i = 0; o->shared.maps && i < o->prog->globals.len; i++)
		if (o->shared.maps[i])
			shared_map_begin(o->shared.maps[i], alone);
}

void object_close(struct object *o)
{
	uint32_t i;

	for (i = 0; o->shared.maps && i < o->prog->globals.len; i++)
		if (o->shared.maps[i])
			shared_map_release(o->shared.maps[i]);
	if (o->add)
		munmap(o->add, o->add_len);
	o->add = NULL;
	if (o->block)
		munmap(o->block, o->block_len);
	o->block = NULL;
	strbuf_release(&o->bytes);
}
