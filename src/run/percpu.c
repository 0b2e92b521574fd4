/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/percpu.h"

#include "base/io.h"
#include "proto/session.h"
#include "run/bpfsys.h"
#include "run/maps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "0-3" or "0,2-7": the last number counts. */
uint32_t percpu_cpus(void)
{
	struct strbuf text = STRBUF_INIT;
	long n = sysconf(_SC_NPROCESSORS_CONF);
	const char *last;

	if (!io_read_file("/sys/devices/system/cpu/possible", 4096, &text,
			  NULL)) {
		last = text.buf + strcspn(text.buf, "\n");
		while (last > text.buf && last[-1] >= '0' && last[-1] <= '9')
			last--;
		if (*last >= '0' && *last <= '9')
			n = strtol(last, NULL, 10) + 1;
	}
	strbuf_release(&text);
	return n > 0 && n <= 65536 ? (uint32_t)n : 1;
}

/* Add what one CPU has to the sum. Its number of insertion is the first that
 * any CPU gave the element. */
static void add_cpu(const struct shared_map *m, char *sum, const char *cpu)
{
	size_t at = m->scalar ? 0 : offsetof(struct map_value, num);
	struct stat_value *to = (struct stat_value *)(void *)(sum + at);
	const struct stat_value *from = (const void *)(cpu + at);
	size_t i, n = (m->value_size - at - sizeof(*to)) / sizeof(int64_t);
	uint64_t *seq = (uint64_t *)(void *)sum, cpu_seq;

	if (!from->count)
		return;
	memcpy(&cpu_seq, cpu, sizeof(cpu_seq));
	if (!m->scalar && cpu_seq && (!*seq || cpu_seq < *seq))
		*seq = cpu_seq;
	if (!to->count || from->min < to->min)
		to->min = from->min;
	if (!to->count || from->max > to->max)
		to->max = from->max;
	to->count += from->count;
	to->sum = (int64_t)((uint64_t)to->sum + (uint64_t)from->sum);
	for (i = 0; i < n; i++)
		to->buckets[i] += from->buckets[i];
}

int percpu_get(struct shared_map *m, const void *key, void *value)
{
	int rc = bpfsys_lookup(m->fd, key, m->cpus);
	uint32_t i;

	if (rc)
		return rc;
	memset(value, 0, m->value_size);
	for (i = 0; i < m->n_cpus; i++)
		add_cpu(m, value, m->cpus + (size_t)i * m->value_size);
	return 0;
}

int percpu_each(struct shared_map *m,
		int (*cb)(void *arg, const void *key, const void *value),
		void *arg)
{
	char *keys = calloc(2, m->key_size);
	char *key = keys, *next = keys ? keys + m->key_size : NULL;
	int rc = keys ? bpfsys_next_key(m->fd, NULL, next) : -ENOMEM;

	while (!rc) {
		char *t = key;

		key = next;
		next = t;
		rc = percpu_get(m, key, m->value);
		if (!rc && cb(arg, key, m->value))
			break;
		if (rc && rc != -ENOENT)
			break;
		rc = bpfsys_next_key(m->fd, key, next);
	}
	free(keys);
	return rc == -ENOENT ? 0 : rc;
}

/* A scalar is an array of one element, which can only be overwritten. */
int percpu_clear(struct shared_map *m)
{
	char *key = calloc(1, m->key_size);
	int rc = key ? 0 : -ENOMEM;

	memset(m->cpus, 0, (size_t)m->n_cpus * m->value_size);
	if (!rc && m->scalar)
		rc = bpfsys_update(m->fd, key, m->cpus, false);
	/* Always the first key: what is deleted cannot lead on. */
	while (!rc && !m->scalar) {
		rc = bpfsys_next_key(m->fd, NULL, key);
		if (!rc)
			rc = bpfsys_delete(m->fd, key);
		if (rc == -ENOENT && !bpfsys_next_key(m->fd, NULL, key))
			rc = 0;
	}
	free(key);
	return rc == -ENOENT ? 0 : rc;
}
