/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: what staprun reads of a kernel module, and stapio of a module's
 * trace file. The first byte says which, and the dialect.
 */
#include "base/bug.h"
#include "run/frames.h"
#include "staprun/kofile.h"
#include "staprun/params.h"
#include "staprun/place.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Consume all frames as trace.c does. */
static void read_frames(const uint8_t *data, size_t size, bool is_new)
{
	volatile size_t sink = 0;
	struct frame f;

	for (;;) {
		switch (frame_parse(data, size, is_new, &f)) {
		case FRAME_PARTIAL:
			return;
		case FRAME_WHOLE:
			BUG_ON(f.text < (const char *)data ||
			       f.text + f.len > (const char *)data + size);
			sink += (size_t)f.text[0] + (size_t)f.text[f.len - 1];
			break;
		case FRAME_PADDING:
		case FRAME_GARBAGE:
			break;
		}
		BUG_ON(!f.size || f.size > size);
		data += f.size;
		size -= f.size;
	}
}

/* Words for its parameters come from the image as well. */
static void read_module(const uint8_t *data, size_t size)
{
	struct strbuf err = STRBUF_INIT, text = STRBUF_INIT;
	uint8_t *image = malloc(size ? size : 1);
	char word[] = "n=a\"b c", number[] = "n=7";
	char *words[] = { word, number };
	struct kofile k;

	memcpy(image, data, size);
	if (!kofile_check(&k, image, size, "m.ko", "6.1.0-test", &err)) {
		BUG_ON(!kofile_is_name(k.name));
		k.own = data[0] & 1;
		params_build(&k, 1, words, 2, &text, &err);
		if (!kofile_rename(&k, image, 1234)) {
			strbuf_reset(&err);
			BUG_ON(!kofile_is_name(k.name));
		}
	}
	free(image);
	strbuf_release(&err);
	strbuf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] & 2)
		read_module(data + 1, size - 1);
	else
		read_frames(data + 1, size - 1, data[0] & 1);
	return 0;
}
