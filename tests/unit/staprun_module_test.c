/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What staprun decides about a module before it inserts it. */
#include "proto/control.h"
#include "staprun/kofile.h"
#include "staprun/params.h"
#include "staprun/place.h"
#include "staprun/trust.h"

#include <elf.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RELEASE "6.1.0-test"
#define INFO                                                                  \
	"name=some_module\0vermagic=" RELEASE " SMP mod_unload \0\0\0"        \
	"parmtype=_stp_bufsize:int\0parmtype=n:int64_t\0parmtype=s:string"

/* A module with .modinfo and a struct module of which only the name matters. */
struct image {
	Elf64_Ehdr eh;
	char names[48];
	char info[256];
	char module[96];
	Elf64_Shdr sh[4];
};

static void image_init(struct image *im, const char *info, size_t info_len)
{
	*im = (struct image){
		.eh = { .e_type = ET_REL,
			.e_machine = EM_X86_64,
			.e_shoff = offsetof(struct image, sh),
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 4,
			.e_shstrndx = 1 },
		.names = "\0.shstrtab\0.modinfo\0.gnu.linkonce.this_module",
	};
	memcpy(im->eh.e_ident, ELFMAG, SELFMAG);
	im->eh.e_ident[EI_CLASS] = ELFCLASS64;
	im->eh.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(im->info, info, info_len);
	memcpy(im->module + 24, "some_module", 11);
	im->sh[1] = (Elf64_Shdr){ .sh_name = 1,
				  .sh_type = SHT_STRTAB,
				  .sh_offset = offsetof(struct image, names),
				  .sh_size = sizeof(im->names) };
	im->sh[2] = (Elf64_Shdr){ .sh_name = 11,
				  .sh_type = SHT_PROGBITS,
				  .sh_offset = offsetof(struct image, info),
				  .sh_size = info_len };
	im->sh[3] = (Elf64_Shdr){ .sh_name = 20,
				  .sh_type = SHT_PROGBITS,
				  .sh_offset = offsetof(struct image, module),
				  .sh_size = sizeof(im->module) };
}

static int check(struct kofile *k, const void *image, size_t size,
		 const char *want)
{
	struct strbuf err = STRBUF_INIT;
	int rc = kofile_check(k, image, size, "m.ko", RELEASE, &err);

	if (want)
		assert_non_null(strstr(err.buf, want));
	else
		assert_string_equal(err.buf, "");
	strbuf_release(&err);
	return rc;
}

static void good_module(void **state)
{
	struct kofile k;
	struct image im;

	(void)state;
	image_init(&im, INFO, sizeof(INFO));
	assert_int_equal(check(&k, &im, sizeof(im), NULL), 0);
	assert_string_equal(k.name, "some_module");
	assert_int_equal(k.name_at, offsetof(struct image, module) + 24);
	assert_false(k.own);
	assert_string_equal(kofile_param_type(&k, "n", 1), "int64_t");
	assert_string_equal(kofile_param_type(&k, "s=x", 1), "string");
	assert_null(kofile_param_type(&k, "t", 1));
	assert_int_equal(kofile_rename(&k, &im, 1234), 0);
	assert_string_equal(k.name, "some_m_1234");
	assert_string_equal(im.module + 24, "some_m_1234");
	assert_int_equal(kofile_rename(&k, &im, 12345678901ul), -ENAMETOOLONG);
}

static void bad_modules(void **state)
{
	static const char no_end[] = "name=some_module\0vermagic=x";
	static const char other[] =
		"name=some_module\0vermagic=6.1.0-test2 SMP\0"
		"parmtype=_stp_bufsize:int";
	static const char foreign[] =
		"name=some_module\0vermagic=" RELEASE " SMP";
	static const char odd[] = "name=../some\0vermagic=" RELEASE " SMP\0"
				  "parmtype=_stp_bufsize:int";
	struct kofile k;
	struct image im;
	size_t n;

	(void)state;
	image_init(&im, INFO, sizeof(INFO));
	for (n = 0; n < sizeof(im); n++)
		assert_int_equal(check(&k, &im, n, "'m.ko' is "), -ENOEXEC);
	image_init(&im, no_end, sizeof(no_end) - 1);
	assert_int_equal(check(&k, &im, sizeof(im), "damaged"), -ENOEXEC);
	image_init(&im, other, sizeof(other));
	assert_int_equal(check(&k, &im, sizeof(im),
			       "made for kernel 6.1.0-test2, and this is "
			       "6.1.0-test;"),
			 -ENOEXEC);
	image_init(&im, foreign, sizeof(foreign));
	assert_int_equal(check(&k, &im, sizeof(im), "none that stap made"),
			 -ENOEXEC);
	image_init(&im, odd, sizeof(odd));
	assert_int_equal(check(&k, &im, sizeof(im), "can be loaded"), -ENOEXEC);
	image_init(&im, INFO, sizeof(INFO));
	memcpy(im.module + 60, "some_module", 11);
	assert_int_equal(check(&k, &im, sizeof(im), "its name"), -ENOEXEC);
	im.eh.e_machine = EM_ARM;
	assert_int_equal(check(&k, &im, sizeof(im), "kind of machine"),
			 -ENOEXEC);
	assert_int_equal(check(&k, "\x1f\x8b\x08", 3, "gzip"), -ENOEXEC);
}

/* The parameters for one word, or what is said against it. */
static void expect_params(bool own, const char *word, const char *params,
			  const char *complaint)
{
	struct strbuf text = STRBUF_INIT, err = STRBUF_INIT;
	char *words[] = { strdup(word) };
	struct kofile k;
	struct image im;
	int rc;

	image_init(&im, INFO, sizeof(INFO));
	assert_int_equal(check(&k, &im, sizeof(im), NULL), 0);
	k.own = own;
	rc = params_build(&k, 3, words, 1, &text, &err);
	if (params) {
		assert_string_equal(err.buf, "");
		assert_int_equal(rc, 0);
		assert_string_equal(text.buf, params);
	} else {
		assert_int_equal(rc, -EINVAL);
		assert_non_null(strstr(err.buf, complaint));
	}
	free(words[0]);
	strbuf_release(&text);
	strbuf_release(&err);
}

static void parameters(void **state)
{
	(void)state;
	expect_params(true, "n=-0x1f", "_stp_bufsize=3 n=-0x1f", NULL);
	expect_params(true, "n=5x", "_stp_bufsize=3 n=5x", NULL);
	expect_params(true, "s=", "_stp_bufsize=3 s=", NULL);
	expect_params(true, "s=Hello!", "_stp_bufsize=3 s=Hello!", NULL);
	expect_params(true, "s=a b", "_stp_bufsize=3 _sp_hex=1 s=612062",
		      NULL);
	expect_params(true, "s=\"a b\" rest",
		      "_stp_bufsize=3 _sp_hex=1 s=612062", NULL);
	expect_params(false, "s=a b", "_stp_bufsize=3 s=\"a b\"", NULL);
	expect_params(false, "s=a\" b", NULL, "cannot take");
	expect_params(true, "_stp_bufsize=9", "_stp_bufsize=3 _stp_bufsize=9",
		      NULL);
	expect_params(true, "n=", NULL, "takes a number");
	expect_params(true, "n=+5", NULL, "takes a number");
	expect_params(true, "n=0x", NULL, "takes a number");
	expect_params(true, "n=\"\"", NULL, "takes a number");
	expect_params(true, "m=1", NULL, "has no global 'm'");
	expect_params(true, "n", NULL, "not of the form");
	expect_params(true, "=1", NULL, "not of the form");
}

static void who_may_load(void **state)
{
	static const uint32_t all =
		CONTROL_STAPDEV | CONTROL_STAPSYS | CONTROL_STAPUSR;
	static const uint32_t sys = CONTROL_STAPSYS | CONTROL_STAPUSR;
	static const struct {
		struct trust_facts facts;
		uint32_t want;
	} rows[] = {
		{ { .root = true }, all },
		{ { .root = true, .signature = TRUST_SIGNED }, all },
		{ { .root = true, .signature = TRUST_ALTERED }, 0 },
		{ { .groups = all }, all },
		{ { .groups = all, .signature = TRUST_ALTERED }, 0 },
		{ { .groups = sys }, 0 },
		{ { .groups = sys, .blessed = true }, all },
		{ { .groups = sys, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPUSR }, sys },
		{ { .groups = sys, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPSYS }, sys },
		{ { .groups = sys, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPDEV, .blessed = true }, 0 },
		{ { .groups = CONTROL_STAPUSR, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPUSR }, CONTROL_STAPUSR },
		{ { .groups = CONTROL_STAPUSR, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPSYS }, 0 },
		{ { .groups = 0 }, 0 },
		{ { .groups = 0, .signature = TRUST_SIGNED,
		    .needs = CONTROL_STAPUSR }, 0 },
		{ { .groups = 0, .blessed = true }, all },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf err = STRBUF_INIT;

		assert_int_equal(trust_decide(&rows[i].facts, "m.ko", &err),
				 rows[i].want);
		assert_int_equal(err.len == 0, rows[i].want != 0);
		strbuf_release(&err);
	}
}

static void expect_place(const char *operand, const char *path, bool by_name,
			 const char *name)
{
	struct strbuf text = STRBUF_INIT;
	bool is_name;

	place_find(operand, "R", &text, &is_name);
	assert_string_equal(text.buf, path);
	assert_int_equal(is_name, by_name);
	strbuf_reset(&text);
	place_name(operand, &text);
	assert_string_equal(text.buf, name);
	strbuf_release(&text);
}

static void where_modules_are(void **state)
{
	(void)state;
	expect_place("m", "/lib/modules/R/systemtap/m.ko", true, "m");
	expect_place("m.ko", "m.ko", false, "m");
	expect_place(".ko", "/lib/modules/R/systemtap/.ko.ko", true, "");
	expect_place("m.bo", "m.bo", false, "m");
	expect_place("./m", "./m", false, "m");
	expect_place("/a.b/m.1.ko", "/a.b/m.1.ko", false, "m.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_module),
		cmocka_unit_test(bad_modules),
		cmocka_unit_test(parameters),
		cmocka_unit_test(who_may_load),
		cmocka_unit_test(where_modules_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
