/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/maps.h"

#include "proto/handoff.h"
#include "proto/session.h"
#include "run/bpfsys.h"
#include "run/percpu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Entries asked for at once; doubled when a bucket is larger. */
#define BATCH_FIRST 256u
#define BATCH_MOST (1u << 20)
/* Arrays up to this size are cleared one element at a time. That takes longer,
 * half a microsecond each, but does not lose what is being added to them. */
#define CLEAR_SINGLY 16384u

typedef int (*entry_fn)(void *arg, const void *key, const void *value);

void shared_map_begin(struct shared_map *m, bool alone)
{
	m->track = m->may_track && !alone;
	if (m->may_track)
		seen_reset(&m->seen);
}

void shared_map_release(struct shared_map *m)
{
	seen_release(&m->seen);
}

/* --- the kernel's side --- */

/* ENOTSUPP (524) is the kernel's own and has no name here. */
static bool unsupported(int rc)
{
	return rc == -EINVAL || rc == -EOPNOTSUPP || rc == -524;
}

/* Read an element and remove it, in one step if the kernel can. */
static int take(struct shared_map *m, const void *key, void *value)
{
	int rc = bpfsys_take(m->fd, key, value);

	if (!unsupported(rc))
		return rc;
	rc = bpfsys_lookup(m->fd, key, value);
	return rc ? rc : bpfsys_delete(m->fd, key);
}

/* Add to an element that exists, else -ENOENT. */
static int add(struct shared_map *m, const void *key, int64_t by)
{
	struct map_value *v = (struct map_value *)(void *)m->value;
	uint32_t absent;
	int rc;

	if (m->add_fd >= 0) {
		m->add->by = by;
		memcpy(m->add + 1, key, m->key_size);
		rc = bpfsys_run(m->add_fd, &absent);
		if (!rc)
			return absent ? -ENOENT : 0;
		m->add_fd = -1;
	}
	rc = bpfsys_lookup(m->fd, key, v);
	if (rc)
		return rc;
	v->num = (int64_t)((uint64_t)v->num + (uint64_t)by);
	return bpfsys_update(m->fd, key, v, false);
}

/* Put back what was added to an element behind the handler's back. */
static int put_back(struct shared_map *m, const void *key,
		    struct map_value value)
{
	/* Most likely a kernel handler has made the element again. */
	int rc = add(m, key, value.num);

	if (rc == -ENOENT)
		rc = bpfsys_update(m->fd, key, &value, true);
	return rc == -EEXIST ? add(m, key, value.num) : rc;
}

/* Room for one batch. */
struct batch {
	uint32_t cap;
	char *keys, *values;
	uint64_t at[2]; /* where it stands: before and after */
};

static int batch_alloc(struct batch *b, const struct shared_map *m,
		       uint32_t cap)
{
	free(b->keys);
	free(b->values);
	b->cap = cap;
	b->keys = calloc(cap, m->key_size);
	b->values = calloc(cap, m->value_size);
	return b->keys && b->values ? 0 : -ENOMEM;
}

/* Visit all entries with the batch call, and remove them if that is wanted.
 * *visited tells whether cb was called, so that the caller may still choose the
 * other way. */
static int each_batch(struct shared_map *m, bool remove, entry_fn cb,
		      void *arg, bool *visited)
{
	struct batch b = { 0 };
	int rc = batch_alloc(&b, m, BATCH_FIRST);
	bool first = true;

	while (!rc) {
		uint32_t n = b.cap, i;

		rc = bpfsys_batch(m->fd, remove, first ? NULL : &b.at[0],
				  &b.at[1], b.keys, b.values, &n);
		if (rc == -ENOSPC && b.cap < BATCH_MOST) {
			rc = batch_alloc(&b, m, b.cap * 2);
			continue;
		}
		if (rc && rc != -ENOENT)
			break;
		for (i = 0; i < n && i < b.cap; i++) {
			*visited = true;
			if (cb(arg, b.keys + (size_t)i * m->key_size,
			       b.values + (size_t)i * m->value_size)) {
				rc = -ECANCELED;
				break;
			}
		}
		first = false;
		b.at[0] = b.at[1];
	}
	free(b.keys);
	free(b.values);
	return rc == -ENOENT ? 0 : rc;
}

/* The same, one system call or two for each entry. An entry deleted meanwhile
 * makes the kernel start again; insertion numbers let the caller tell. */
static int each_single(struct shared_map *m, bool remove, entry_fn cb,
		       void *arg)
{
	char *keys = calloc(2, m->key_size);
	char *key = keys, *next = keys ? keys + m->key_size : NULL;
	int rc = keys ? bpfsys_next_key(m->fd, NULL, next) : -ENOMEM;

	while (!rc) {
		char *t = key;

		key = next;
		next = t;
		rc = remove ? take(m, key, m->value) :
			      bpfsys_lookup(m->fd, key, m->value);
		if (!rc && cb(arg, key, m->value))
			rc = -ECANCELED;
		if (rc && rc != -ENOENT)
			break;
		/* What is removed cannot lead on. */
		rc = bpfsys_next_key(m->fd, remove ? NULL : key, next);
	}
	free(keys);
	return rc == -ENOENT ? 0 : rc;
}

/* All entries; -ECANCELED if cb wanted no more. */
static int each_entry(struct shared_map *m, bool remove, entry_fn cb,
		      void *arg)
{
	bool visited = false;
	int rc;

	if (!m->no_batch) {
		rc = each_batch(m, remove, cb, arg, &visited);
		if (!unsupported(rc) || visited)
			return rc;
		m->no_batch = true;
	}
	return each_single(m, remove, cb, arg);
}

/* --- the handler's view --- */

/* What the handler sees under a key, read from the map the first time. NULL
 * with *rc set on failure. */
static struct seen_entry *look(struct shared_map *m, const void *key, int *rc)
{
	struct seen_entry *e = seen_find(&m->seen, key);
	struct map_value v = { 0 };

	*rc = 0;
	if (e)
		return e;
	if (!m->seen.whole)
		*rc = bpfsys_lookup(m->fd, key, &v);
	if (*rc && *rc != -ENOENT)
		return NULL;
	*rc = seen_put(&m->seen, key,
		       (struct seen_entry){
			       .seq = v.seq,
			       .num = v.num,
			       .present = !*rc && !m->seen.whole });
	return *rc ? NULL : seen_find(&m->seen, key);
}

static int map_get(void *ctx, const void *key, void *value)
{
	struct shared_map *m = ctx;
	struct seen_entry *e;
	struct map_value v;
	int rc;

	if (m->n_cpus)
		return percpu_get(m, key, value);
	if (!m->track)
		return bpfsys_lookup(m->fd, key, value);
	e = look(m, key, &rc);
	if (!e)
		return rc;
	v = (struct map_value){ .seq = e->seq, .num = e->num };
	memcpy(value, &v, sizeof(v));
	return e->present ? 0 : -ENOENT;
}

static int map_set(void *ctx, const void *key, const void *value)
{
	struct shared_map *m = ctx;
	struct seen_entry *e;
	struct map_value v;
	uint64_t old;
	int rc;

	if (!m->track)
		return bpfsys_update(m->fd, key, value, false);
	e = look(m, key, &rc);
	if (!e)
		return rc;
	memcpy(&v, value, sizeof(v));
	old = e->present ? (uint64_t)e->num : 0;
	rc = add(m, key, (int64_t)((uint64_t)v.num - old));
	if (rc == -ENOENT)
		rc = put_back(m, key, v);
	if (!rc)
		*e = (struct seen_entry){ v.seq, v.num, true };
	return rc;
}

static int map_add(void *ctx, const void *key, int64_t by)
{
	struct shared_map *m = ctx;
	struct seen_entry *e = m->track ? seen_find(&m->seen, key) : NULL;
	int rc = add(m, key, by);

	if (!rc && e)
		e->num = (int64_t)((uint64_t)e->num + (uint64_t)by);
	return rc; /* -ENOENT: the executor inserts it */
}

static int map_del(void *ctx, const void *key)
{
	struct shared_map *m = ctx;
	struct seen_entry *e;
	struct map_value v;
	int rc;

	e = m->track ? seen_find(&m->seen, key) : NULL;
	if (!e && !(m->track && m->seen.whole))
		return bpfsys_delete(m->fd, key);
	if (!e || !e->present)
		return -ENOENT;
	e->present = false;
	/* One that is being added to had better stay: see maps.h. */
	rc = bpfsys_lookup(m->fd, key, &v);
	if (!rc && v.num != e->num && m->add_fd >= 0)
		return add(m, key, (int64_t)(0 - (uint64_t)e->num));
	if (!rc)
		rc = take(m, key, &v);
	if (rc)
		return rc;
	v.num = (int64_t)((uint64_t)v.num - (uint64_t)e->num);
	return v.num ? put_back(m, key, v) : 0;
}

/* Entries to put back after all were removed. */
struct leftovers {
	struct shared_map *m;
	struct seen kept;
	int rc;
};

static int keep_rest(void *arg, const void *key, const void *value)
{
	struct leftovers *l = arg;
	const struct seen_entry *e = seen_find(&l->m->seen, key);
	struct map_value v;

	memcpy(&v, value, sizeof(v));
	if (e && e->present)
		v.num = (int64_t)((uint64_t)v.num - (uint64_t)e->num);
	if (!(e && e->present) || v.num)
		l->rc = seen_put(&l->kept, key,
				 (struct seen_entry){ v.seq, v.num, true });
	return l->rc;
}

static int drop(void *arg, const void *key, const void *value)
{
	(void)arg;
	(void)key;
	(void)value;
	return 0;
}

/* Remove what the handler sees, element by element. */
static int clear_singly(struct shared_map *m)
{
	uint32_t i;
	int rc = 0;

	for (i = 0; i < m->seen.n && (!rc || rc == -ENOENT); i++)
		if (m->seen.entries[i].present)
			rc = map_del(m, m->seen.keys +
						(size_t)i * m->key_size);
	return rc == -ENOENT ? 0 : rc;
}

/* The same in few system calls, by removing everything and putting back what
 * came meanwhile. */
static int clear_at_once(struct shared_map *m)
{
	struct leftovers l = { .m = m, .kept = { .key_size = m->key_size } };
	uint32_t i;
	int rc;

	rc = each_entry(m, true, keep_rest, &l);
	for (i = 0; i < l.kept.n; i++) {
		const struct seen_entry *e = &l.kept.entries[i];
		struct map_value v = { .seq = e->seq, .num = e->num };
		int put = put_back(m, l.kept.keys + (size_t)i * m->key_size,
				   v);

		if (put && !rc)
			rc = put;
	}
	seen_release(&l.kept);
	return l.rc ? l.rc : rc;
}

static int map_clear(void *ctx)
{
	struct shared_map *m = ctx;
	int rc;

	if (m->n_cpus)
		return percpu_clear(m);
	if (!m->track || !m->seen.whole) {
		seen_reset(&m->seen);
		return each_entry(m, true, drop, NULL);
	}
	rc = m->seen.n <= CLEAR_SINGLY ? clear_singly(m) : clear_at_once(m);
	seen_reset(&m->seen);
	m->seen.whole = true; /* the handler sees an empty array */
	return rc;
}

static int see_entry(void *arg, const void *key, const void *value)
{
	struct shared_map *m = arg;
	struct map_value v;

	if (seen_find(&m->seen, key))
		return 0;
	memcpy(&v, value, sizeof(v));
	return seen_put(&m->seen, key,
			(struct seen_entry){ v.seq, v.num, true });
}

static int map_each(void *ctx, entry_fn cb, void *arg)
{
	struct shared_map *m = ctx;
	uint32_t i;
	int rc = 0;

	if (m->n_cpus)
		return percpu_each(m, cb, arg);
	if (!m->track) {
		rc = each_entry(m, false, cb, arg);
		return rc == -ECANCELED ? 0 : rc;
	}
	if (!m->seen.whole)
		rc = each_entry(m, false, see_entry, m);
	if (rc)
		return rc == -ECANCELED ? -ENOMEM : rc;
	m->seen.whole = true;
	for (i = 0; i < m->seen.n; i++) {
		const struct seen_entry *e = &m->seen.entries[i];
		struct map_value v = { .seq = e->seq, .num = e->num };

		if (e->present &&
		    cb(arg, m->seen.keys + (size_t)i * m->key_size, &v))
			break;
	}
	return 0;
}

const struct vm_map_ops shared_map_ops = {
	.get = map_get,
	.set = map_set,
	.add = map_add,
	.del = map_del,
	.clear = map_clear,
	.each = map_each,
};
