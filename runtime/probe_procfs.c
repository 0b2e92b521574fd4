/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in the module's folder of /proc: procfs.read, procfs.write, and input
 * probes, which get what stapio writes to __stdin.
 *
 * All probes of one path share a file. A reader's text is made when it begins to
 * read, and kept as long as it has the file open. A writer's text is handed to
 * the handlers in pieces that fit in a string.
 */
#include "compat.h"
#include "core.h"

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define INPUT_PATH "__stdin"

struct file_node {
	struct list_head list;
	const char *path;
	struct proc_dir_entry *entry;
	u32 probes;             /* attached to it */
	struct mutex writing;
	struct sp_value line;   /* of input probes: not ended yet */
};

struct dir_node {
	struct list_head list;
	char path[];
};

/* An open file. */
struct handle {
	struct mutex lock;
	bool filled;
	struct sp_value value;
};

/* Attaching and detaching are one at a time. */
static LIST_HEAD(files);
static LIST_HEAD(dirs);

static const char *path_of(const struct sp_probe *p)
{
	return p->kind == SP_INPUT ? INPUT_PATH : p->s0;
}

/* The next head probe of a file behind p (NULL: the first), of that kind. */
static struct sp_probe *next_probe(const struct file_node *f, u32 kind,
				   const struct sp_probe *p)
{
	u32 i = p ? p - sp_program.probes + 1 : 0;

	for (; i < sp_program.n_probes; i++) {
		struct sp_probe *q = &sp_program.probes[i];

		if (q->kind == kind && q->head && q->state == f)
			return q;
	}
	return NULL;
}

static u32 most_text(void)
{
	return sp_program.limits.maxstringlen - 1;
}

/* --- reading --- */

static int fill(const struct file_node *f, struct handle *h)
{
	struct sp_probe *p = next_probe(f, SP_PROCFS_READ, NULL);
	struct sp_hit hit = { .value = &h->value };

	if (!p)
		return -EACCES;
	h->value.most = p->n1 > 0 ? min_t(s64, p->n1, INT_MAX) : most_text();
	if (!h->value.text)
		h->value.text = vmalloc(h->value.most + 1);
	if (!h->value.text)
		return -ENOMEM;
	h->value.len = 0;
	sp_probe_hit(p, &hit);
	h->filled = true;
	return 0;
}

static ssize_t read_file(struct file *file, char __user *to, size_t count,
			 loff_t *at)
{
	const struct file_node *f = sp_pde_data(file_inode(file));
	struct handle *h = file->private_data;
	ssize_t rc = 0;

	mutex_lock(&h->lock);
	if (!h->filled || !*at)
		rc = fill(f, h);
	if (!rc)
		rc = simple_read_from_buffer(to, count, at, h->value.text,
					     h->value.len);
	mutex_unlock(&h->lock);
	return rc;
}

/* --- writing --- */

static void run_writers(struct file_node *f, struct sp_value *value)
{
	struct sp_hit hit = { .value = value };
	struct sp_probe *p = NULL;

	while ((p = next_probe(f, SP_PROCFS_WRITE, p)))
		sp_probe_hit(p, &hit);
}

/* Input probes of bytes (line false) or of lines. */
static void run_input(struct file_node *f, bool line, struct sp_value *value)
{
	struct sp_hit hit = { .value = value };
	struct sp_probe *p = NULL;

	while ((p = next_probe(f, SP_INPUT, p)))
		if ((p->n0 != 0) == line)
			sp_probe_hit(p, &hit);
}

static void take_input(struct file_node *f, char *text, u32 len)
{
	for (; len; text++, len--) {
		struct sp_value byte = { text, *text ? 1 : 0, 1 };

		run_input(f, false, &byte);
		if (*text != '\n') {
			if (f->line.len < f->line.most)
				f->line.text[f->line.len++] = *text;
			continue;
		}
		/* A NUL ends strings. */
		f->line.len = strnlen(f->line.text, f->line.len);
		run_input(f, true, &f->line);
		f->line.len = 0;
	}
}

/* One piece; the writer comes again with the rest. */
static ssize_t write_file(struct file *file, const char __user *from,
			  size_t count, loff_t *at)
{
	struct file_node *f = sp_pde_data(file_inode(file));
	struct sp_value value = { .most = most_text() };
	u32 len = min_t(size_t, count, value.most);

	value.text = memdup_user_nul(from, len);
	if (IS_ERR(value.text))
		return PTR_ERR(value.text);
	mutex_lock(&f->writing);
	if (f->line.text) {
		take_input(f, value.text, len);
	} else {
		value.len = strnlen(value.text, len);
		run_writers(f, &value);
	}
	mutex_unlock(&f->writing);
	kfree(value.text);
	return len;
}

/* --- opening --- */

static int open_file(struct inode *inode, struct file *file)
{
	struct handle *h = kzalloc(sizeof(*h), GFP_KERNEL);

	if (!h)
		return -ENOMEM;
	mutex_init(&h->lock);
	file->private_data = h;
	return 0;
}

static int release_file(struct inode *inode, struct file *file)
{
	struct handle *h = file->private_data;

	vfree(h->value.text);
	kfree(h);
	return 0;
}

static const struct proc_ops file_ops = {
	.proc_open = open_file,
	.proc_read = read_file,
	.proc_write = write_file,
	.proc_lseek = default_llseek,
	.proc_release = release_file,
};

/* --- the tree --- */

/* What may be done with a path, by all probes of the program that name it. */
static umode_t mode_of(const char *path)
{
	umode_t mode = 0;
	u32 i;

	for (i = 0; i < sp_program.n_probes; i++) {
		const struct sp_probe *p = &sp_program.probes[i];

		if (p->kind == SP_INPUT && !strcmp(path, INPUT_PATH))
			mode |= 0200;
		if ((p->kind != SP_PROCFS_READ && p->kind != SP_PROCFS_WRITE) ||
		    strcmp(p->s0, path))
			continue;
		mode |= (p->kind == SP_PROCFS_READ ? 0444 : 0222) & ~p->n0;
	}
	/* The kernel takes no rights for "what is usual"; this bit means nothing
	 * on a file. */
	return mode ? mode : S_ISVTX;
}

/* Make the folder of the first len bytes of a path unless it is there. */
static int make_dir(const char *path, size_t len)
{
	struct dir_node *d;

	list_for_each_entry(d, &dirs, list)
		if (strlen(d->path) == len && !memcmp(d->path, path, len))
			return 0;
	d = kzalloc(sizeof(*d) + len + 1, GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	memcpy(d->path, path, len);
	if (!proc_mkdir(d->path, sp_transport_folder())) {
		kfree(d);
		return -ENOMEM;
	}
	list_add(&d->list, &dirs);
	return 0;
}

static int make_dirs(const char *path)
{
	const char *slash = path;
	int rc = 0;

	while (!rc && (slash = strchr(slash, '/')))
		rc = make_dir(path, slash++ - path);
	return rc;
}

static void free_file(struct file_node *f)
{
	struct dir_node *d, *next;

	/* Without the folder the file is gone as well. */
	if (f->entry && sp_transport_folder())
		proc_remove(f->entry);
	list_del(&f->list);
	kfree(f->line.text);
	kfree(f);
	if (!list_empty(&files))
		return;
	list_for_each_entry_safe(d, next, &dirs, list) {
		list_del(&d->list);
		kfree(d);
	}
}

static struct file_node *make_file(const char *path, bool input)
{
	struct file_node *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return NULL;
	f->path = path;
	mutex_init(&f->writing);
	list_add(&f->list, &files);
	if (input) {
		f->line.most = most_text();
		f->line.text = kzalloc(f->line.most + 1, GFP_KERNEL);
	}
	if ((!input || f->line.text) && !make_dirs(path))
		f->entry = proc_create_data(path, mode_of(path),
					    sp_transport_folder(), &file_ops,
					    f);
	if (!f->entry) {
		free_file(f);
		return NULL;
	}
	/* stapio starts the session: the files are its user's. */
	proc_set_user(f->entry, current_uid(), current_gid());
	return f;
}

int sp_procfs_attach(struct sp_probe *p)
{
	const char *path = path_of(p);
	struct file_node *f;

	list_for_each_entry(f, &files, list)
		if (!strcmp(f->path, path))
			goto found;
	f = make_file(path, p->kind == SP_INPUT);
	if (!f) {
		sp_error("cannot make the file %s of probe %s", path,
			 p->point);
		return -ENOMEM;
	}
found:
	f->probes++;
	p->state = f;
	return 0;
}

void sp_procfs_detach(struct sp_probe *p)
{
	struct file_node *f = p->state;

	/* Those who read and write meanwhile find one probe less. */
	WRITE_ONCE(p->state, NULL);
	if (!--f->probes)
		free_file(f);
}

/* --- intrinsics --- */

static void put_value(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	const struct sp_hit *hit = sp_context(c)->hit;

	if (hit && hit->value)
		sp_set(to, bound, hit->value->text, hit->value->len);
	else
		sp_set(to, bound, "", 0);
}

void sp_do___input(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_value(c, to, bound);
}

void sp_do___procfs_value(struct sp_ctx *c, struct sp_str *to, u32 bound)
{
	put_value(c, to, bound);
}

/* Set $value, or add to it; it is cut at what the file may hold. */
static void change_value(struct sp_ctx *c, const struct sp_str *text, bool add)
{
	const struct sp_hit *hit = sp_context(c)->hit;
	struct sp_value *v = hit ? hit->value : NULL;
	u32 at, n;

	if (!v)
		return;
	at = add ? v->len : 0;
	n = min(text->len, v->most - at);
	memcpy(v->text + at, text->text, n);
	v->len = at + n;
}

void sp_do___procfs_set(struct sp_ctx *c, struct sp_str *to, u32 bound,
			const struct sp_str *text)
{
	change_value(c, text, false);
	sp_copy(to, bound, text);
}

void sp_do___procfs_add(struct sp_ctx *c, struct sp_str *to, u32 bound,
			const struct sp_str *text)
{
	change_value(c, text, true);
	sp_copy(to, bound, text);
}
