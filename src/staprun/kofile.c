/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/kofile.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
# define HOST_MACHINE EM_X86_64
#elif defined(__aarch64__)
# define HOST_MACHINE EM_AARCH64
#else
# error "which machine's modules does this kernel load?"
#endif

bool kofile_is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_");

	return len && !name[len] && len < KOFILE_NAME;
}

/* The next text of .modinfo behind *at, or NULL. Its last byte is NUL. */
static const char *next_text(const struct kofile *k, size_t *at)
{
	const char *texts = (const char *)k->modinfo.data, *text;

	while (*at < k->modinfo.size && !texts[*at])
		(*at)++;
	if (*at >= k->modinfo.size)
		return NULL;
	text = texts + *at;
	*at += strlen(text) + 1;
	return text;
}

/* The value of the first text "key=value", or NULL. */
static const char *find_value(const struct kofile *k, const char *key)
{
	size_t len = strlen(key), at = 0;
	const char *text;

	while ((text = next_text(k, &at)))
		if (!strncmp(text, key, len) && text[len] == '=')
			return text + len + 1;
	return NULL;
}

const char *kofile_param_type(const struct kofile *k, const char *name,
			      size_t len)
{
	static const char key[] = "parmtype=";
	const char *text;
	size_t at = 0;

	while ((text = next_text(k, &at))) {
		if (strncmp(text, key, sizeof(key) - 1))
			continue;
		text += sizeof(key) - 1;
		if (!strncmp(text, name, len) && text[len] == ':')
			return text + len + 1;
	}
	return NULL;
}

/* What else it may be that somebody took for a module. */
static const char *other_format(const void *image, size_t size)
{
	static const struct {
		const char *magic;
		const char *what;
	} formats[] = {
		{ "\xfd"
		  "7zXZ",
		  "is compressed with xz; unpack it first" },
		{ "\x1f\x8b", "is compressed with gzip; unpack it first" },
		{ "\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first" },
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (size >= strlen(formats[i].magic) &&
		    !memcmp(image, formats[i].magic, strlen(formats[i].magic)))
			return formats[i].what;
	return "is no kernel module";
}

/* Whether it is an object file for this machine. 0 or a sentence. */
static int check_header(const void *image, size_t size, const char *path,
			struct strbuf *err)
{
	Elf64_Ehdr eh;

	if (size >= SELFMAG && !memcmp(image, ELFMAG, SELFMAG) &&
	    size < sizeof(eh)) {
		strbuf_addf(err, "'%s' is damaged: it ends too early", path);
		return -ENOEXEC;
	}
	if (size < sizeof(eh) || memcmp(image, ELFMAG, SELFMAG)) {
		strbuf_addf(err, "'%s' %s", path, other_format(image, size));
		return -ENOEXEC;
	}
	memcpy(&eh, image, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 ||
	    eh.e_ident[EI_DATA] != ELFDATA2LSB || eh.e_type != ET_REL) {
		strbuf_addf(err, "'%s' is no kernel module", path);
		return -ENOEXEC;
	}
	if (eh.e_machine != HOST_MACHINE) {
		strbuf_addf(err, "'%s' was made for another kind of machine",
			    path);
		return -ENOEXEC;
	}
	return 0;
}

/* Find the name in struct module, whose layout the kernel's configuration
 * decides: it is the only text there, and it stands there once. */
static int find_name(struct kofile *k, const unsigned char *image,
		     const struct elfsec *module)
{
	size_t len = strlen(k->name) + 1, i, found = 0;

	for (i = 0; i + len <= module->size; i++)
		if (!memcmp(module->data + i, k->name, len) &&
		    (!i || !module->data[i - 1])) {
			k->name_at = (size_t)(module->data - image) + i;
			found++;
		}
	return found == 1 ? 0 : -ENOEXEC;
}

/* Find the two sections that make it a module. */
static int find_sections(struct kofile *k, const void *image, size_t size,
			 struct elfsec *module, const char *path,
			 struct strbuf *err)
{
	int rc = elfsec_find(image, size, ".modinfo", &k->modinfo);

	if (!rc)
		rc = elfsec_find(image, size, ".gnu.linkonce.this_module",
				 module);
	if (!rc && k->modinfo.size &&
	    !k->modinfo.data[k->modinfo.size - 1])
		return 0;
	if (rc == -ENOENT)
		strbuf_addf(err, "'%s' is no kernel module", path);
	else
		strbuf_addf(err, "'%s' is damaged: it ends too early, or its "
				 "tables are broken",
			    path);
	return -ENOEXEC;
}

int kofile_check(struct kofile *k, const void *image, size_t size,
		 const char *path, const char *release, struct strbuf *err)
{
	const char *name, *magic;
	struct elfsec module;
	size_t len;
	int rc;

	*k = (struct kofile){ 0 };
	rc = check_header(image, size, path, err);
	if (!rc)
		rc = find_sections(k, image, size, &module, path, err);
	if (rc)
		return rc;
	name = find_value(k, "name");
	magic = find_value(k, "vermagic");
	if (!name || !magic || !kofile_is_name(name)) {
		strbuf_addf(err, "'%s' is no kernel module that can be loaded",
			    path);
		return -ENOEXEC;
	}
	if (!kofile_param_type(k, "_stp_bufsize", strlen("_stp_bufsize"))) {
		strbuf_addf(err,
			    "'%s' is a kernel module, but none that stap made",
			    path);
		return -ENOEXEC;
	}
	len = strcspn(magic, " ");
	if (strlen(release) != len || memcmp(release, magic, len)) {
		strbuf_addf(err,
			    "'%s' was made for kernel %.*s, and this is %s; "
			    "make it again with 'stap -r %s'",
			    path, (int)(len < 64 ? len : 64), magic, release,
			    release);
		return -ENOEXEC;
	}
	memcpy(k->name, name, strlen(name) + 1);
	if (find_name(k, image, &module)) {
		strbuf_addf(err, "'%s' is damaged: its name is not in it",
			    path);
		return -ENOEXEC;
	}
	k->own = kofile_param_type(k, "_sp_hex", strlen("_sp_hex")) != NULL;
	return 0;
}

int kofile_rename(struct kofile *k, void *image, unsigned long number)
{
	size_t len = strlen(k->name), n;
	char digits[24];

	n = (size_t)snprintf(digits, sizeof(digits), "_%lu", number);
	if (n >= len)
		return -ENAMETOOLONG;
	memcpy(k->name + len - n, digits, n);
	memcpy((char *)image + k->name_at, k->name, len);
	return 0;
}
