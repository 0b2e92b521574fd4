/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/procfs.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- handlers --- */

/* Bytes of $value, without the NUL, where the probe does not say. */
static size_t most_bytes(const struct procfs *pf)
{
	const struct limits *l = &pf->prog->limits;

	return (l->procfs_bufsize ? l->procfs_bufsize : l->maxstringlen) - 1u;
}

static void run_reader(void *ctx, uint32_t node, struct strbuf *text)
{
	const struct procfs *pf = ctx;
	const struct probe_group *g;

	vec_foreach(g, &pf->readers.list) {
		const struct ir_probe *pr = &pf->prog->probes.at[g->first];

		if (strcmp(pr->s0, pf->paths.at[node]) != 0)
			continue;
		pf->fn(pf->ctx, g, text,
		       pr->n1 > 0 ? (size_t)pr->n1 : most_bytes(pf));
	}
}

static size_t run_writers(void *ctx, uint32_t node, const char *bytes,
			  size_t len)
{
	const struct procfs *pf = ctx;
	const struct probe_group *g;
	struct strbuf text = STRBUF_INIT;
	size_t most = most_bytes(pf);

	/* The writer comes again with the rest. */
	if (len > most)
		len = most;
	/* A NUL ends strings. */
	strbuf_add(&text, bytes, strnlen(bytes, len));
	vec_foreach(g, &pf->writers.list)
		if (!strcmp(pf->prog->probes.at[g->first].s0,
			    pf->paths.at[node]))
			pf->fn(pf->ctx, g, &text, most);
	strbuf_release(&text);
	return len;
}

/* --- the tree --- */

/* The node of a path of len bytes, made if it is missing. */
static uint32_t node_for(struct procfs *pf, const char *path, size_t len)
{
	struct fuse_node n = { .mode = S_IFDIR | 0755 };
	const char *own = arena_strndup(pf->arena, path, len), *slash;
	uint32_t i;

	for (i = 0; i < pf->paths.len; i++)
		if (!strcmp(pf->paths.at[i], own))
			return i;
	slash = strrchr(own, '/');
	n.name = slash ? slash + 1 : own;
	n.parent = slash ? node_for(pf, own, (size_t)(slash - own)) : 0;
	vec_push(pf->arena, &pf->fuse.nodes, n);
	vec_push(pf->arena, &pf->paths, own);
	return (uint32_t)pf->paths.len - 1;
}

/* Objects may come from anywhere. */
static bool path_is_good(const char *path)
{
	size_t len, depth = 0;

	if (!path)
		return false;
	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (!len || len > 255 || ++depth > 64 ||
		    (len == 1 && *path == '.') ||
		    (len == 2 && !memcmp(path, "..", 2)))
			return false;
		if (!path[len])
			return true;
	}
}

static int add_files(struct procfs *pf, const struct probe_groups *groups,
		     bool reads, struct strbuf *err)
{
	const struct probe_group *g;
	struct fuse_node *n;
	uint32_t node;

	vec_foreach(g, &groups->list) {
		const struct ir_probe *pr = &pf->prog->probes.at[g->first];

		if (!path_is_good(pr->s0)) {
			strbuf_addstr(err, "procfs probe with a bad path");
			return -EINVAL;
		}
		node = node_for(pf, pr->s0, strlen(pr->s0));
		n = &pf->fuse.nodes.at[node];
		if (!n->reads && !n->writes)
			n->mode = S_IFREG;
		n->mode |= (reads ? 0444u : 0222u) & ~(uint32_t)pr->n0;
		n->reads |= reads;
		n->writes |= !reads;
	}
	return 0;
}

/* A path cannot be a file and a folder. */
static int check_folders(const struct procfs *pf, struct strbuf *err)
{
	const struct fuse_node *n;

	vec_foreach(n, &pf->fuse.nodes) {
		if (S_ISDIR(pf->fuse.nodes.at[n->parent].mode))
			continue;
		strbuf_addf(err,
			    "procfs path '%s' is both a file and a folder",
			    pf->paths.at[n->parent]);
		return -ENOTDIR;
	}
	return 0;
}

int procfs_open(struct procfs *pf, const struct ir_prog *p, struct arena *arena,
		procfs_fn fn, void *ctx, struct strbuf *err)
{
	struct fuse_node root = { .name = "", .mode = S_IFDIR | 0755 };
	int rc;

	pf->prog = p;
	pf->arena = arena;
	pf->fn = fn;
	pf->ctx = ctx;
	groups_collect(&pf->readers, p, ATTACH_PROCFS_READ, arena);
	groups_collect(&pf->writers, p, ATTACH_PROCFS_WRITE, arena);
	if (!pf->readers.list.len && !pf->writers.list.len)
		return 0;
	pf->request = arena_array(arena, char, FUSE_REQUEST_BYTES);
	pf->fuse.handles = arena_array(arena, struct fuse_handle, FUSE_HANDLES);
	pf->fuse.ctx = pf;
	pf->fuse.read = run_reader;
	pf->fuse.write = run_writers;
	pf->fuse.uid = geteuid();
	pf->fuse.gid = getegid();
	pf->fuse.time_s = time(NULL);
	vec_push(arena, &pf->fuse.nodes, root);
	vec_push(arena, &pf->paths, "");
	rc = add_files(pf, &pf->readers, true, err);
	if (!rc)
		rc = add_files(pf, &pf->writers, false, err);
	if (!rc)
		rc = check_folders(pf, err);
	return rc ? rc : mount_open(&pf->mount, p->name, err);
}

/* --- requests --- */

bool procfs_serve(struct procfs *pf)
{
	struct strbuf reply = STRBUF_INIT;
	ssize_t n = read(pf->mount.fd, pf->request, FUSE_REQUEST_BYTES);

	if (n <= 0) {
		/* Somebody unmounted it: there is nothing to wait for. */
		if (n == 0 || errno == ENODEV) {
			close(pf->mount.fd);
			pf->mount.fd = -1;
		}
		return false;
	}
	fuse_answer(&pf->fuse, pf->request, (size_t)n, &reply);
	/* It fails when the asker was interrupted, and wants no answer. */
	if (reply.len && write(pf->mount.fd, reply.buf, reply.len) < 0 &&
	    errno == ENODEV) {
		close(pf->mount.fd);
		pf->mount.fd = -1;
	}
	strbuf_release(&reply);
	return true;
}

void procfs_close(struct procfs *pf)
{
	mount_close(&pf->mount);
	fuse_release(&pf->fuse);
}
