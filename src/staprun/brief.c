/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "staprun/brief.h"

#include "proto/control.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The longest payload sent from here. */
#define PAYLOAD_MAX sizeof(struct control_relocation)

struct sender {
	int fd;
	uint32_t base; /* CONTROL_BASE_* */
};

/* One message in one write. Modules of old give back a count without the
 * number. */
static int send_message(const struct sender *s, enum control_number number,
			const void *payload, size_t len)
{
	unsigned char bytes[sizeof(uint32_t) + PAYLOAD_MAX];
	uint32_t n = s->base + number;
	ssize_t done;

	memcpy(bytes, &n, sizeof(n));
	memcpy(bytes + sizeof(n), payload, len);
	do {
		done = write(s->fd, bytes, sizeof(n) + len);
	} while (done < 0 && errno == EINTR);
	if (done < 0)
		return -errno;
	return (size_t)done < len ? -EIO : 0;
}

/* READY does nothing, and each kind of module knows one of its two numbers. */
static int find_dialect(struct sender *s)
{
	s->base = CONTROL_BASE_NEW;
	if (!send_message(s, CONTROL_READY, "", 0))
		return 0;
	s->base = CONTROL_BASE_OLD;
	return send_message(s, CONTROL_READY, "", 0);
}

static int send_address(const struct sender *s, const char *module,
			const char *symbol, uint64_t address)
{
	struct control_relocation r = { .address = address };

	/* What does not fit is something the module cannot ask for. */
	if (strlen(module) >= CONTROL_NAME || strlen(symbol) >= CONTROL_NAME)
		return 0;
	memcpy(r.module, module, strlen(module));
	memcpy(r.symbol, symbol, strlen(symbol));
	return send_message(s, CONTROL_RELOCATION, &r, sizeof(r));
}

/* --- addresses, for modules that need them --- */

/* Functions that modules may not link to, and where the kernel starts. */
static bool is_wanted(const char *symbol)
{
	static const char *const wanted[] = {
		"_stext", "kallsyms_lookup_name", "kallsyms_on_each_symbol",
		"module_kallsyms_on_each_symbol"
	};
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!strcmp(symbol, wanted[i]))
			return true;
	return false;
}

/* Lines are "ADDRESS TYPE NAME", then "[MODULE]" for those of modules: modules
 * of scripts have functions of these names, which must not be taken. */
static int send_symbols(const struct sender *s)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], symbol[CONTROL_NAME], module[4];
	unsigned long long address;
	int rc = f ? 0 : -errno;

	while (!rc && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %*c %127s %3s", &address, symbol,
			   module) != 2)
			continue;
		if (address && is_wanted(symbol))
			rc = send_address(s, "kernel", symbol, address);
	}
	if (f)
		fclose(f);
	return rc;
}

/* A small file that holds a number like 0x…; 0 if there is none. */
static uint64_t read_address(int folder, const char *name)
{
	char text[32];
	ssize_t n;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return strtoull(text, NULL, 16);
}

/* Where the sections of one module are. */
static int send_sections(const struct sender *s, const char *module)
{
	char path[512];
	struct dirent *e;
	DIR *d;
	int rc = 0;

	snprintf(path, sizeof(path), "/sys/module/%s/sections", module);
	d = opendir(path);
	while (!rc && d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		/* Memory of those is free again. */
		rc = send_address(s, module, e->d_name,
				  strstr(e->d_name, "init.") ?
					  0 :
					  read_address(dirfd(d), e->d_name));
	}
	if (d)
		closedir(d);
	return rc;
}

static int send_modules(const struct sender *s)
{
	DIR *d = opendir("/sys/module");
	struct dirent *e;
	int rc = 0;

	while (!rc && d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			rc = send_sections(s, e->d_name);
	if (d)
		closedir(d);
	return rc;
}

static int send_addresses(const struct sender *s)
{
	int rc = send_symbols(s);

	if (!rc && !access("/sys/kernel/notes", R_OK))
		rc = send_address(s, "kernel", ".note.gnu.build-id", 2);
	return rc ? rc : send_modules(s);
}

/* --- the rest --- */

static int send_zone(const struct sender *s)
{
	struct control_tzinfo zone = { 0 };
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm)) {
		zone.west = -tm.tm_gmtoff;
		snprintf(zone.name, sizeof(zone.name), "%s",
			 tm.tm_zone ? tm.tm_zone : "");
	}
	return send_message(s, CONTROL_TZINFO, &zone, sizeof(zone));
}

static int send_remote(const struct sender *s, const char *remote)
{
	struct control_remote r = { 0 };
	char *uri;

	r.id = (int32_t)strtol(remote, &uri, 10);
	snprintf(r.uri, sizeof(r.uri), "%s", *uri ? uri + 1 : uri);
	return send_message(s, CONTROL_REMOTE_ID, &r, sizeof(r));
}

static int failed(struct strbuf *err, const char *what, int rc)
{
	strbuf_addf(err, "Unable to send %s: %s", what, strerror(-rc));
	return rc;
}

int brief_send(int control_fd, const struct brief *b, struct strbuf *err)
{
	struct sender s = { .fd = control_fd };
	int rc = find_dialect(&s);

	if (rc)
		return failed(err, "messages", rc);
	rc = send_message(&s, CONTROL_PRIVILEGE, &b->credentials,
			  sizeof(b->credentials));
	if (rc)
		return failed(err, "privilege credentials", rc);
	rc = b->own ? 0 : send_addresses(&s);
	if (rc)
		return failed(err, "relocation", rc);
	rc = send_zone(&s);
	if (rc)
		return failed(err, "time zone information", rc);
	rc = b->remote ? send_remote(&s, b->remote) : 0;
	return rc ? failed(err, "remote id", rc) : 0;
}
