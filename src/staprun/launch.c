/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/launch.h"

#include "base/io.h"
#include "proto/handoff.h"
#include "proto/session.h"
#include "staprun/adder.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* A sealed memfd with these bytes, not closed on exec. */
static int make_memfd(const char *name, const void *bytes, size_t len)
{
	int fd = memfd_create(name, MFD_ALLOW_SEALING), rc;

	if (fd < 0)
		return -errno;
	rc = io_write_all(fd, bytes, len);
	if (!rc && fcntl(fd, F_ADD_SEALS,
			 F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
				 F_SEAL_SEAL))
		rc = -errno;
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

/* stapio gets the maps it knows what to do with, and no others. */
static bool wants_map(const char *name)
{
	if (strlen(name) >= HANDOFF_NAME_LEN)
		return false;
	return !strcmp(name, SESSION_DATA_SECTION) ||
	       !strcmp(name, SESSION_RING_MAP) ||
	       !strcmp(name, SESSION_TARGETS_MAP) ||
	       (name[0] == 'g' && name[1] >= '0' && name[1] <= '9');
}

/* Append an entry whose descriptor survives exec. */
static int add_entry(struct strbuf *table, const struct handoff_entry *e)
{
	if (fcntl(e->fd, F_SETFD, 0))
		return -errno;
	strbuf_add(table, e, sizeof(*e));
	return 0;
}

/* The sizes of the arrays that the programs of adder.h serve: number values, or
 * strings that look like them, for which the programs are never run. */
#define ADDER_VALUE_SIZE (sizeof(struct map_value))

static bool wants_adder(const struct bpf_map *map)
{
	const char *name = bpf_map__name(map);

	return name[0] == 'g' && wants_map(name) &&
	       bpf_map__value_size(map) == ADDER_VALUE_SIZE;
}

/* Load a program for each array that may need one. What the kernel refuses is
 * done without: stapio has another, slightly less exact way. */
static int add_adders(const struct load *l, struct strbuf *table)
{
	struct handoff_entry param = { .kind = HANDOFF_MAP,
				       .name = HANDOFF_ADD_MAP,
				       .key_size = 4,
				       .max_entries = 1 };
	uint32_t key_size = 0;
	struct bpf_map *map;
	int rc;

	bpf_object__for_each_map(map, l->object)
		if (wants_adder(map) && bpf_map__key_size(map) > key_size)
			key_size = bpf_map__key_size(map);
	if (!key_size)
		return 0;
	param.fd = adder_make_map(key_size);
	if (param.fd < 0)
		return 0;
	param.value_size = (uint32_t)sizeof(struct handoff_add) + key_size;
	rc = add_entry(table, &param);
	bpf_object__for_each_map(map, l->object) {
		struct handoff_entry e = { .kind = HANDOFF_ADD };

		if (rc || !wants_adder(map))
			continue;
		e.fd = adder_load(param.fd, bpf_map__fd(map));
		if (e.fd < 0)
			continue;
		memcpy(e.name, bpf_map__name(map), strlen(bpf_map__name(map)));
		rc = add_entry(table, &e);
	}
	return rc;
}

static int add_maps(const struct load *l, struct strbuf *table)
{
	struct bpf_map *map;
	int rc = 0;

	bpf_object__for_each_map(map, l->object) {
		const char *name = bpf_map__name(map);
		struct handoff_entry e = {
			.kind = HANDOFF_MAP,
			.fd = bpf_map__fd(map),
			.key_size = bpf_map__key_size(map),
			.value_size = bpf_map__value_size(map),
			.max_entries = bpf_map__max_entries(map),
		};

		if (!wants_map(name))
			continue;
		memcpy(e.name, name, strlen(name));
		rc = add_entry(table, &e);
		if (rc)
			break;
	}
	return rc;
}

static int add_links(const struct links *links, struct strbuf *table)
{
	const int *fd;
	int rc = 0;

	vec_foreach(fd, &links->fds) {
		struct handoff_entry e = { .kind = HANDOFF_LINK, .fd = *fd };

		rc = add_entry(table, &e);
		if (rc)
			break;
	}
	return rc;
}

int launch_hand_over(const struct load *l, const struct links *links,
		     struct strbuf *err)
{
	struct handoff_header h = { .magic = HANDOFF_MAGIC,
				    .version = HANDOFF_VERSION,
				    .flags = links->slow ?
						     HANDOFF_SLOW_DETACH :
						     0 };
	struct strbuf table = STRBUF_INIT;
	int rc;

	h.nice = getpriority(PRIO_PROCESS, 0);
	h.object_fd = make_memfd("spile-object", l->image.buf, l->image.len);
	rc = h.object_fd < 0 ? h.object_fd : 0;
	strbuf_add(&table, &h, sizeof(h));
	if (!rc)
		rc = add_maps(l, &table);
	if (!rc)
		rc = add_adders(l, &table);
	if (!rc)
		rc = add_links(links, &table);
	if (!rc) {
		h.n_entries = (uint32_t)((table.len - sizeof(h)) /
					 sizeof(struct handoff_entry));
		memcpy(table.buf, &h, sizeof(h));
		rc = h.n_entries > HANDOFF_MAX_ENTRIES ?
			     -E2BIG :
			     make_memfd("spile-handoff", table.buf,
					table.len);
	}
	strbuf_release(&table);
	if (rc < 0)
		strbuf_addf(err, "cannot hand over to stapio: %s",
			    strerror(-rc));
	return rc;
}

/* stapio's path: beside this program, or where it is installed. With privilege
 * only the latter, since anyone may link this program to another place. */
static int find_stapio(char *path, size_t size)
{
	const char *env = getenv("SYSTEMTAP_STAPIO");
	char *slash;
	ssize_t n;

	if (getuid() == geteuid() && env) {
		if (strlen(env) >= size)
			return -ENAMETOOLONG;
		memcpy(path, env, strlen(env) + 1);
		return 0;
	}
	n = getuid() == geteuid() ? readlink("/proc/self/exe", path, size) :
				    -1;
	if (n > 0 && (size_t)n < size) {
		path[n] = 0;
		slash = strrchr(path, '/');
		if (slash && (size_t)(slash - path) + 8 < size) {
			memcpy(slash, "/stapio", 8);
			if (!access(path, X_OK))
				return 0;
		}
	}
	if (sizeof(SPILE_STAPIO) > size)
		return -ENAMETOOLONG;
	memcpy(path, SPILE_STAPIO, sizeof(SPILE_STAPIO));
	return 0;
}

/* An argument vector being made. Words are borrowed. */
struct words {
	VEC(const char *) list;
};

static void add_word(struct words *w, const char *word)
{
	vec_push(NULL, &w->list, word);
}

static void add_option(struct words *w, const char *option, const char *value)
{
	if (!value)
		return;
	add_word(w, option);
	add_word(w, value);
}

static void add_flag(struct words *w, const char *option, bool given)
{
	if (given)
		add_word(w, option);
}

/* Options that stapio takes in both of its roles. */
static void add_options(struct words *w, const struct load_options *o)
{
	unsigned n;

	for (n = 0; n < o->verbose; n++)
		add_word(w, "-v");
	add_flag(w, "-w", o->no_warnings);
	add_option(w, "-C", o->color);
	add_option(w, "-c", o->command);
	add_option(w, "-x", o->target_pid);
	add_option(w, "-o", o->output);
	add_option(w, "-T", o->poll_ms);
}

/* Execute stapio with these words, which are freed. */
static int become(struct words *w, struct strbuf *err)
{
	char path[2048] = "stapio";
	int rc = find_stapio(path, sizeof(path));

	add_word(w, NULL);
	if (!rc) {
		/* execv() takes the words as char *, but does not change
		 * them. */
		execv(path, (char *const *)(uintptr_t)w->list.at);
		rc = -errno;
	}
	vec_release(&w->list);
	strbuf_addf(err, "cannot run stapio (%s): %s", path, strerror(-rc));
	return rc;
}

int launch_stapio(const struct load_options *o, int handoff_fd,
		  struct strbuf *err)
{
	struct words w = { 0 };
	char number[16];
	int i;

	add_word(&w, "stapio");
	snprintf(number, sizeof(number), "%d", handoff_fd);
	add_option(&w, "-F", handoff_fd < 0 ? NULL : number);
	add_options(&w, o);
	add_word(&w, "--");
	add_word(&w, o->object);
	for (i = 0; i < o->n_globals; i++)
		add_word(&w, o->globals[i]);
	return become(&w, err);
}

int launch_module_stapio(const struct load_options *o, const char *name,
			 int folder_fd, struct strbuf *err)
{
	struct words w = { 0 };
	char number[16];

	add_word(&w, "stapio");
	add_options(&w, o);
	add_flag(&w, "-A", o->attach);
	add_flag(&w, "-L", o->leave);
	add_flag(&w, "-D", o->daemon);
	add_option(&w, "-S", o->rotate);
	add_option(&w, "-N", o->namespaces);
	snprintf(number, sizeof(number), "%d", folder_fd);
	add_option(&w, "-F", number);
	add_word(&w, name);
	return become(&w, err);
}
