/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Section finder and attach table reader, on good and on hostile images. */
#include "proto/attach_table.h"
#include "proto/elfsec.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A BPF object with the sections "", ".shstrtab" and ".a" ("hello"). */
struct image {
	Elf64_Ehdr eh;
	char names[24];
	char a[8];
	Elf64_Shdr sh[4];
};

static void image_init(struct image *im)
{
	*im = (struct image){
		.eh = { .e_type = ET_REL,
			.e_machine = EM_BPF,
			.e_shoff = offsetof(struct image, sh),
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 4,
			.e_shstrndx = 1 },
		.names = "\0.shstrtab\0.a\0.bss",
		.a = "hello",
	};
	memcpy(im->eh.e_ident, ELFMAG, SELFMAG);
	im->eh.e_ident[EI_CLASS] = ELFCLASS64;
	im->eh.e_ident[EI_DATA] = ELFDATA2LSB;
	im->sh[1] = (Elf64_Shdr){ .sh_name = 1,
				  .sh_type = SHT_STRTAB,
				  .sh_offset = offsetof(struct image, names),
				  .sh_size = sizeof(im->names) };
	im->sh[2] = (Elf64_Shdr){ .sh_name = 11,
				  .sh_type = SHT_PROGBITS,
				  .sh_offset = offsetof(struct image, a),
				  .sh_size = 5 };
	im->sh[3] = (Elf64_Shdr){ .sh_name = 14,
				  .sh_type = SHT_NOBITS,
				  .sh_offset = 1u << 30,
				  .sh_size = 99 };
}

/* Look up in a heap copy of just size bytes, so that sanitizers see overruns. */
static int find(const struct image *im, size_t size, const char *name,
		struct elfsec *out)
{
	void *copy = malloc(size ? size : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, im, size);
	rc = elfsec_find(copy, size, name, out);
	if (!rc)
		assert_true(out->data >= (unsigned char *)copy &&
			    out->data + out->size <=
				    (unsigned char *)copy + size);
	free(copy);
	return rc;
}

static void finds_sections(void **state)
{
	struct elfsec s;
	struct image im;

	(void)state;
	image_init(&im);
	assert_true(elfsec_is_bpf(&im, sizeof(im)));
	assert_int_equal(elfsec_find(&im, sizeof(im), ".a", &s), 0);
	assert_int_equal(s.size, 5);
	assert_memory_equal(s.data, "hello", 5);
	assert_int_equal(elfsec_find(&im, sizeof(im), ".b", &s), -ENOENT);
	assert_int_equal(elfsec_find(&im, sizeof(im), ".", &s), -ENOENT);
	assert_int_equal(elfsec_find(&im, sizeof(im), ".bss", &s), -ENOENT);
	im.eh.e_machine = EM_X86_64;
	assert_false(elfsec_is_bpf(&im, sizeof(im)));
}

static void refuses_broken_images(void **state)
{
	struct elfsec s;
	struct image im;
	size_t n;

	(void)state;
	image_init(&im);
	for (n = 0; n < sizeof(im); n++)
		assert_int_not_equal(find(&im, n, ".a", &s), 0);
	im.eh.e_ident[EI_CLASS] = ELFCLASS32;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -ENOEXEC);
	image_init(&im);
	im.eh.e_shoff = UINT64_MAX - 8;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.eh.e_shnum = 5;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.eh.e_shstrndx = 4;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.eh.e_shentsize = 1;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.sh[2].sh_size = UINT64_MAX;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.sh[2].sh_offset = UINT64_MAX;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.sh[1].sh_offset = sizeof(im);
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -EINVAL);
	image_init(&im);
	im.sh[2].sh_name = UINT32_MAX;
	assert_int_equal(find(&im, sizeof(im), ".a", &s), -ENOENT);
}

struct table {
	struct attach_header h;
	struct attach_row rows[2];
	char strings[16];
};

static void table_init(struct table *t)
{
	*t = (struct table){
		.h = { .magic = ATTACH_MAGIC,
		       .version = ATTACH_VERSION,
		       .n_rows = 2,
		       .str_len = 16 },
		.rows = { { .kind = ATTACH_RAW_TP,
			    .probe = 3,
			    .program = 0,
			    .s0 = 6,
			    .s1 = ATTACH_NO_STRING },
			  { .kind = ATTACH_PERF,
			    .program = 0,
			    .s0 = ATTACH_NO_STRING,
			    .s1 = ATTACH_NO_STRING,
			    .n2 = 7 } },
		.strings = "prog0\0sched_x",
	};
}

static int open_table(const struct table *t, size_t size)
{
	struct attach_table at;
	void *copy = malloc(size ? size : 1);
	int rc;

	assert_non_null(copy);
	memcpy(copy, t, size);
	rc = attach_table_open(&at, copy, size);
	free(copy);
	return rc;
}

static void reads_attach_tables(void **state)
{
	struct attach_table at;
	struct attach_row r;
	struct table t;
	size_t n;

	(void)state;
	table_init(&t);
	assert_int_equal(attach_table_open(&at, &t, sizeof(t)), 0);
	assert_int_equal(at.n_rows, 2);
	r = attach_table_row(&at, 0);
	assert_int_equal(r.probe, 3);
	assert_string_equal(attach_table_string(&at, r.program), "prog0");
	assert_string_equal(attach_table_string(&at, r.s0), "sched_x");
	assert_null(attach_table_string(&at, r.s1));
	assert_int_equal(attach_table_row(&at, 1).n2, 7);
	for (n = 0; n < sizeof(t); n++)
		assert_int_equal(open_table(&t, n), -EINVAL);
}

static void refuses_broken_tables(void **state)
{
	struct table t;

	(void)state;
	table_init(&t);
	t.h.magic++;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.h.n_rows = UINT32_MAX;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.h.str_len = 17;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	memset(t.strings, 'x', sizeof(t.strings));
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.rows[1].s1 = 16;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.rows[0].program = ATTACH_NO_STRING;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.rows[0].kind = ATTACH_BEGIN;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
	table_init(&t);
	t.rows[0].kind = 12345;
	assert_int_equal(open_table(&t, sizeof(t)), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_sections),
		cmocka_unit_test(refuses_broken_images),
		cmocka_unit_test(reads_attach_tables),
		cmocka_unit_test(refuses_broken_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
