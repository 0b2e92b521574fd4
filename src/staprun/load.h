/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading the programs and maps of a .bo with libbpf. */
#ifndef SPILE_STAPRUN_LOAD_H
#define SPILE_STAPRUN_LOAD_H

#include "base/strbuf.h"
#include "proto/attach_table.h"

#include <stdbool.h>

struct bpf_object; /* bpf/libbpf.h */

struct load {
	struct strbuf image;       /* the file's bytes, read once */
	struct attach_table table; /* in image */
	bool uprobe_multi;         /* the kernel has it; see load_object() */
	bool kprobe_multi;         /* likewise */
	struct bpf_object *object; /* NULL until loaded */
};

/* Take over the bytes of a .bo and find its table of attachments (no rows if it
 * has none). 0, or -errno and one sentence, which names the path. */
int load_take(struct load *l, struct strbuf *image, const char *path,
	      struct strbuf *err);

/* Load the programs that rows name, and the maps; ring_mb is the wanted size of
 * the ring buffer, or 0. On failure with verbose, the end of what the verifier
 * said follows the sentence. */
int load_object(struct load *l, unsigned ring_mb, unsigned verbose,
		struct strbuf *err);

/* Whether other rows have the same program. Whether a program of kprobes is to be attached to all its functions by one
 * link: it has several, and the kernel can. */
bool load_has_company(const struct load *l, const struct attach_row *r);
bool load_is_multi(const struct load *l, const struct attach_row *r);

/* Free the bytes and close what was loaded. */
void load_release(struct load *l);

#endif
