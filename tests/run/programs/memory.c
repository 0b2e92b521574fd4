/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes at a known place, and a function that is called when they are there. */
#include <string.h>
#include <sys/mman.h>

#define PLACE ((char *)0x10000000)

__attribute__((noinline)) void there(const char *at);
__attribute__((noinline)) void there(const char *at)
{
	__asm__ volatile("" : : "r"(at) : "memory");
}

int main(void)
{
	char *at = mmap(PLACE, 8192, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (at != PLACE)
		return 1;
	for (int i = 0; i < 8192; i++)
		at[i] = (char)(i * 7 + 65);
	memcpy(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ\1\2\377", 29);
	there(at);
	return 0;
}
