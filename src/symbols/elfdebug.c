/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a file's debugging information is: separate files, packed symbols. */
#include "base/io.h"
#include "symbols/elffile.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#define DEBUG_DIR    "/usr/lib/debug"
#define MAX_UNPACKED ((size_t)256 << 20)
#define XZ_MEMORY    ((uint64_t)256 << 20)
#define MAX_FETCHER  65536u

static const char *hex_id(struct arena *a, const struct elffile *f)
{
	char *out = arena_alloc(a, 2 * f->id_len + 1), *p = out;
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < f->id_len; i++) {
		*p++ = digits[f->id[i] >> 4];
		*p++ = digits[f->id[i] & 15];
	}
	*p = '\0';
	return out;
}

/* Whether path is an ELF file with the same build id as f. */
static bool same_id(const char *path, const struct elffile *f)
{
	struct strbuf err = STRBUF_INIT;
	struct arena a = ARENA_INIT;
	struct elffile other;
	bool same = false;

	if (!elffile_open_any(&a, path, &other, &err)) {
		same = f->id && other.id && f->id_len == other.id_len &&
		       !memcmp(f->id, other.id, f->id_len);
		elffile_close(&other);
	}
	strbuf_release(&err);
	arena_release(&a);
	return same;
}

static bool same_checksum(const char *path, uint32_t want)
{
	unsigned char buf[2048];
	uLong sum = crc32(0, NULL, 0);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		sum = crc32(sum, buf, (uInt)n);
	close(fd);
	return !n && sum == want;
}

static const char *by_id(struct arena *a, const struct elffile *f,
			 const char *sysroot)
{
	const char *hex, *path;

	if (f->id_len < 2)
		return NULL;
	hex = hex_id(a, f);
	path = arena_printf(a, "%s" DEBUG_DIR "/.build-id/%.2s/%s.debug",
			    sysroot, hex, hex + 2);
	return same_id(path, f) ? path : NULL;
}

/* The name in .gnu_debuglink, and the checksum behind it. */
static const char *by_link(struct arena *a, const struct elffile *f,
			   const char *sysroot)
{
	const char *slash = strrchr(f->path, '/'), *dir, *name, *path;
	const char *paths[3];
	size_t len, at, i;
	uint32_t want;
	struct elf_part p;

	if (!elffile_part(f, ".gnu_debuglink", &p) || !p.data || !slash)
		return NULL;
	name = p.data->d_buf;
	len = strnlen(name, p.data->d_size);
	at = (len + 4) & ~(size_t)3;
	if (!len || memchr(name, '/', len) || at + 4 > p.data->d_size)
		return NULL;
	memcpy(&want, name + at, 4);
	dir = arena_strndup(a, f->path, (size_t)(slash - f->path));
	paths[0] = arena_printf(a, "%s/%s", dir, name);
	paths[1] = arena_printf(a, "%s/.debug/%s", dir, name);
	paths[2] = arena_printf(a, "%s" DEBUG_DIR "%s/%s", sysroot, dir, name);
	for (i = 0; i < 3; i++) {
		path = paths[i];
		if (f->id ? same_id(path, f) : same_checksum(path, want))
			return path;
	}
	return NULL;
}

/* What debuginfod-find prints when it has fetched the file. */
static const char *by_server(struct arena *a, const struct elffile *f)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	posix_spawn_file_actions_t actions;
	struct strbuf out = STRBUF_INIT;
	const char *path = NULL;
	int fds[2], status;
	pid_t pid;

	if (!urls || !*urls || !f->id || pipe2(fds, O_CLOEXEC))
		return NULL;
	char *const argv[] = { arena_strdup(a, "debuginfod-find"),
			       arena_strdup(a, "debuginfo"),
			       arena_strdup(a, hex_id(a, f)), NULL };

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	status = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	if (!status) {
		if (!io_read_fd(fds[0], MAX_FETCHER, &out) && out.len)
			path = arena_strndup(a, out.buf,
					     strcspn(out.buf, "\n"));
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	close(fds[0]);
	strbuf_release(&out);
	return path && same_id(path, f) ? path : NULL;
}

const char *elffile_debug_path(struct arena *a, const struct elffile *f,
			       const char *sysroot)
{
	const char *path;

	if (!sysroot)
		sysroot = "";
	path = by_id(a, f, sysroot);
	if (!path)
		path = by_link(a, f, sysroot);
	return path ? path : by_server(a, f);
}

/* Unpack into out; false if the bytes are broken or too many. */
static bool unpack(const struct elf_part *p, struct strbuf *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret rc = lzma_stream_decoder(&s, XZ_MEMORY, 0);

	s.next_in = p->data->d_buf;
	s.avail_in = p->data->d_size;
	while (rc == LZMA_OK && out->len < MAX_UNPACKED) {
		strbuf_reserve(out, 65536);
		s.next_out = (uint8_t *)out->buf + out->len;
		s.avail_out = 65536;
		rc = lzma_code(&s, LZMA_FINISH);
		out->len += 65536 - s.avail_out;
	}
	lzma_end(&s);
	return rc == LZMA_STREAM_END;
}

Elf *elffile_mini(struct arena *a, const struct elffile *f)
{
	struct strbuf bytes = STRBUF_INIT;
	struct elf_part p;
	Elf *elf = NULL;

	if (elffile_part(f, ".gnu_debugdata", &p) && p.data &&
	    unpack(&p, &bytes) && bytes.len)
		elf = elf_memory(arena_strndup(a, bytes.buf, bytes.len),
				 bytes.len);
	strbuf_release(&bytes);
	return elf;
}
