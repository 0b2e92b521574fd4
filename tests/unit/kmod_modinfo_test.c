/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of what makes an object a module: reading kbuild's, writing ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kmod/modinfo.h"

#include <elf.h>
#include <errno.h>

/* --- a small object, as kbuild makes of NAME.mod.c --- */

enum { NONE, INFO, THIS, RELA, VERSIONS, SYMBOLS, STRINGS, NAMES, SECTIONS };

#define INFO_TEXT "vermagic=6.1.0 SMP\0name=try\0retpoline=Y\0depends="
#define STRING_TEXT "\0init_module\0cleanup_module\0_printk\0sp_mine"
#define NAME_TEXT                                                             \
	"\0.modinfo\0.gnu.linkonce.this_module\0.rela\0__versions\0.symtab\0"  \
	".strtab\0.shstrtab"

static const unsigned name_at[SECTIONS] = { 0, 1, 10, 36, 42, 53, 61, 69 };

struct image {
	Elf64_Ehdr eh;
	Elf64_Shdr sh[SECTIONS];
	unsigned char this_module[896];
	Elf64_Rela rela[2];
	Elf64_Sym sym[5];
	char versions[128];
	char info[sizeof(INFO_TEXT)], strings[sizeof(STRING_TEXT)];
	char names[sizeof(NAME_TEXT)];
};

static void section(struct image *m, unsigned i, uint32_t type, const void *at,
		    size_t size, uint32_t link, uint32_t info)
{
	m->sh[i] = (Elf64_Shdr){
		.sh_name = name_at[i],
		.sh_type = type,
		.sh_offset = (uint64_t)((const char *)at - (const char *)m),
		.sh_size = size,
		.sh_link = link,
		.sh_info = info,
		.sh_addralign = i == THIS ? 64 : 1,
	};
}

static void make_image(struct image *m)
{
	memset(m, 0, sizeof(*m));
	memcpy(m->eh.e_ident, ELFMAG, SELFMAG);
	m->eh.e_ident[EI_CLASS] = ELFCLASS64;
	m->eh.e_ident[EI_DATA] = ELFDATA2LSB;
	m->eh.e_type = ET_REL;
	m->eh.e_machine = EM_X86_64;
	m->eh.e_shoff = offsetof(struct image, sh);
	m->eh.e_shentsize = sizeof(Elf64_Shdr);
	m->eh.e_shnum = SECTIONS;
	m->eh.e_shstrndx = NAMES;
	memcpy(m->info, INFO_TEXT, sizeof(INFO_TEXT));
	memcpy(m->strings, STRING_TEXT, sizeof(STRING_TEXT));
	memcpy(m->names, NAME_TEXT, sizeof(NAME_TEXT));
	memcpy(m->this_module + 24, "try", 3);
	memcpy(m->versions + 8, "_printk", 8);
	memcpy(m->versions + 72, "module_layout", 14);
	m->sym[1].st_name = 1;
	m->sym[2].st_name = 13;
	m->sym[3].st_name = 28;
	m->sym[4].st_name = 36;
	m->sym[1].st_info = ELF64_ST_INFO(STB_GLOBAL, 0);
	m->sym[2].st_info = m->sym[1].st_info;
	m->sym[3].st_info = m->sym[1].st_info;
	m->sym[4].st_info = m->sym[1].st_info;
	/* The functions are another object's in this one. */
	m->sym[1].st_shndx = m->sym[2].st_shndx = THIS;
	m->rela[0] = (Elf64_Rela){ 0x138, ELF64_R_INFO(1ull, 1), 0 };
	m->rela[1] = (Elf64_Rela){ 0x350, ELF64_R_INFO(2ull, 1), 0 };
	section(m, INFO, SHT_PROGBITS, m->info, sizeof(m->info), 0, 0);
	section(m, THIS, SHT_PROGBITS, m->this_module, sizeof(m->this_module),
		0, 0);
	section(m, RELA, SHT_RELA, m->rela, sizeof(m->rela), SYMBOLS, THIS);
	section(m, VERSIONS, SHT_PROGBITS, m->versions, sizeof(m->versions), 0,
		0);
	section(m, SYMBOLS, SHT_SYMTAB, m->sym, sizeof(m->sym), STRINGS, 1);
	section(m, STRINGS, SHT_STRTAB, m->strings, sizeof(m->strings), 0, 0);
	section(m, NAMES, SHT_STRTAB, m->names, sizeof(m->names), 0, 0);
}

static int learn(const struct image *m, struct modinfo_layout *l,
		 struct strbuf *err)
{
	struct elfobj o;
	int rc = elfobj_open(&o, m, sizeof(*m));

	return rc ? rc : modinfo_learn(l, &o, "try", err);
}

static void learning(void **state)
{
	struct modinfo_layout l;
	struct strbuf err = STRBUF_INIT;
	struct image m;

	(void)state;
	make_image(&m);
	assert_int_equal(learn(&m, &l, &err), 0);
	assert_int_equal(l.size, 896);
	assert_int_equal(l.align, 64);
	assert_int_equal(l.name_at, 24);
	assert_int_equal(l.init_at, 0x138);
	assert_int_equal(l.exit_at, 0x350);
	assert_true(l.versions);
	m.this_module[500] = 1;
	assert_int_equal(learn(&m, &l, &err), -EINVAL);
	assert_non_null(strstr(err.buf, "more than a name"));
	make_image(&m);
	m.rela[1].r_offset = 0x37a;
	assert_int_equal(learn(&m, &l, &err), -EINVAL);
	make_image(&m);
	m.sh[RELA].sh_size -= sizeof(Elf64_Rela);
	assert_int_equal(learn(&m, &l, &err), -EINVAL);
	make_image(&m);
	m.names[12] = 'x';
	assert_int_equal(learn(&m, &l, &err), -EINVAL);
	strbuf_release(&err);
}

static const char symvers[] =
	"0x92997ed8\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x9060323f\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x5b8239ca\t__x86_return_thunk\tvmlinux\tEXPORT_SYMBOL\t\n"
	"0x01020304\tother\tdrivers/x\tEXPORT_SYMBOL_GPL\tNAMESPACE\n";

static void writing(void **state)
{
	struct modinfo_layout l;
	struct strbuf c = STRBUF_INIT, err = STRBUF_INIT;
	struct image m;
	struct elfobj o;

	(void)state;
	make_image(&m);
	assert_int_equal(elfobj_open(&o, &m, sizeof(m)), 0);
	assert_int_equal(modinfo_learn(&l, &o, "try", &err), 0);
	assert_int_equal(modinfo_emit_common(&c, &l, &o, &o, symvers,
					     sizeof(symvers) - 1, &err), 0);
	assert_non_null(strstr(c.buf, "\"vermagic=6.1.0 SMP\";"));
	assert_non_null(strstr(c.buf, "\"retpoline=Y\";"));
	assert_null(strstr(c.buf, "name=try"));
	assert_non_null(strstr(c.buf, "{ 0x92997ed8, \"_printk\" },"));
	assert_non_null(strstr(c.buf, "{ 0x9060323f, \"module_layout\" },"));
	assert_non_null(strstr(c.buf, "{ 0x5b8239ca, \"__x86_return_thunk\""));
	assert_null(strstr(c.buf, "other"));
	assert_null(strstr(c.buf, "sp_mine"));
	strbuf_reset(&c);
	modinfo_emit_module(&c, &l, "mod1");
	assert_non_null(strstr(c.buf, "\"name=mod1\";"));
	assert_non_null(strstr(c.buf, "\tchar gap_a[24];\n\tchar name[56];\n"
				      "\tchar gap_b[232];\n"));
	assert_non_null(strstr(c.buf, "\tchar gap_d[40];\n"));
	/* A kernel that lacks what the runtime needs. */
	assert_int_equal(modinfo_emit_common(&c, &l, &o, &o,
					     strchr(symvers, '\n') + 1,
					     strlen(strchr(symvers, '\n') + 1),
					     &err), -ENOENT);
	assert_string_equal(err.buf, "the kernel does not export '_printk', which the runtime needs");
	strbuf_release(&c);
	strbuf_release(&err);
}

static void checking(void **state)
{
	struct strbuf err = STRBUF_INIT;
	struct image m;
	struct elfobj o;

	(void)state;
	make_image(&m);
	assert_int_equal(elfobj_open(&o, &m, sizeof(m)), 0);
	assert_int_equal(modinfo_check(&o, &err), -ENOENT);
	assert_string_equal(err.buf, "neither the runtime nor the kernel is known to have 'sp_mine'");
	m.sym[4].st_shndx = THIS;
	assert_int_equal(modinfo_check(&o, &err), 0);
	memcpy(m.versions + 8, "_print", 7);
	assert_int_equal(modinfo_check(&o, &err), -ENOENT);
	strbuf_release(&err);
}

/* Whatever the bytes are, nothing outside of them is read. */
static void broken_objects(void **state)
{
	struct image m;
	struct modinfo_layout l;
	size_t i;
	int way;

	(void)state;
	for (way = 0; way < 3; way++) {
		for (i = 0; i < sizeof(m); i++) {
			struct strbuf err = STRBUF_INIT, c = STRBUF_INIT;
			unsigned char *copy = malloc(sizeof(m));
			size_t size = way ? sizeof(m) : i;
			struct elfobj o;

			assert_non_null(copy);
			make_image(&m);
			memcpy(copy, &m, sizeof(m));
			if (way)
				copy[i] = way == 1 ? 0xff : copy[i] ^ 0x10;
			copy = realloc(copy, size ? size : 1);
			if (!elfobj_open(&o, copy, size) &&
			    !modinfo_learn(&l, &o, "try", &err)) {
				modinfo_check(&o, &err);
				modinfo_emit_common(&c, &l, &o, &o, symvers,
						    sizeof(symvers) - 1, &err);
				modinfo_emit_module(&c, &l, "x");
				assert_true(l.exit_at + 8 <= l.size);
			}
			free(copy);
			strbuf_release(&err);
			strbuf_release(&c);
		}
	}
}

static void broken_lists(void **state)
{
	static const char *const lines[] = {
		"0x92997ed8\t_printk\tvmlinux\n", /* kind of export is missing */
		"0x92997ed8\t_printk\n", "0x92997ed8\n", "\n",
		"0x92997edg\t_printk\tvmlinux\tEXPORT_SYMBOL\n",
		"92997ed8\t_printk\tvmlinux\tEXPORT_SYMBOL\n",
		"0x92997ed8\t\tvmlinux\tEXPORT_SYMBOL\n",
		"0x92997ed8\t_printk\tvmlinux\tEXPORT_SYMBOL", /* cut off */
		"0x92997",
	};
	struct symvers_want w[2] = { { .name = "module_layout" },
				     { .name = "_printk" } };
	struct strbuf err = STRBUF_INIT;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		strbuf_reset(&err);
		assert_int_equal(symvers_find(lines[i], strlen(lines[i]), w, 2,
					      &err), -EINVAL);
		assert_string_equal(err.buf, "line 1 of Module.symvers is broken; install the kernel's headers again");
	}
	/* Cut anywhere but between two lines. */
	for (i = 0; i < sizeof(symvers); i++) {
		text = malloc(i + 1);
		memcpy(text, symvers, i);
		strbuf_reset(&err);
		assert_int_equal(symvers_find(text, i, w, 2, &err),
				 i && text[i - 1] != '\n' ? -EINVAL : 0);
		free(text);
	}
	assert_int_equal(symvers_find(symvers, sizeof(symvers) - 1, w, 2, &err),
			 0);
	assert_string_equal(w[0].name, "_printk");
	assert_int_equal(w[0].crc, 0x92997ed8);
	assert_true(w[1].found);
	strbuf_release(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learning),	  cmocka_unit_test(writing),
		cmocka_unit_test(checking),	  cmocka_unit_test(broken_objects),
		cmocka_unit_test(broken_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
