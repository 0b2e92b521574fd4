/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run/decode.h"

#include "proto/fault.h"
#include "proto/record.h"
#include "vm/vm.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* A run whose RECORD_DONE was lost must not hold text for ever. */
#define DECODE_MAX_PENDING (1u << 20)

/* What is left of a record while it is read. */
struct reader {
	const unsigned char *at;
	size_t left;
};

void decoder_init(struct decoder *d, const struct ir_prog *p,
		  const struct ir_layout *l, const struct vm_host *host)
{
	*d = (struct decoder){ .prog = p,
			       .layout = l,
			       .host = host,
			       .text = STRBUF_INIT };
}

void decoder_release(struct decoder *d)
{
	struct strbuf *s;

	vec_foreach(s, &d->pending)
		strbuf_release(s);
	vec_release(&d->pending);
	vec_release(&d->args);
	strbuf_release(&d->text);
}

/* Text held back for the CPU and level of a record. */
static struct strbuf *pending_of(struct decoder *d,
				 const struct record_header *h)
{
	size_t level = h->level < DECODE_LEVELS ? h->level : DECODE_LEVELS - 1;
	size_t slot = (size_t)h->cpu * DECODE_LEVELS + level;

	while (d->pending.len <= slot)
		vec_push(NULL, &d->pending, (struct strbuf)STRBUF_INIT);
	return &d->pending.at[slot];
}

static void pass_on(struct decoder *d, struct strbuf *text)
{
	if (text->len)
		d->host->output(d->host->ctx, text->buf, text->len);
	strbuf_reset(text);
}

/* Text of a record: out at once, or held back with the rest of its run. */
static void add_text(struct decoder *d, const struct record_header *h,
		     struct strbuf *text)
{
	struct strbuf *held = pending_of(d, h);

	if (!(h->flags & RECORD_MORE)) {
		pass_on(d, held);
		pass_on(d, text);
		return;
	}
	strbuf_add(held, text->buf, text->len);
	strbuf_reset(text);
	if (held->len > DECODE_MAX_PENDING)
		pass_on(d, held);
}

static int read_long(struct reader *r, int64_t *out)
{
	if (r->left < sizeof(*out))
		return -EINVAL;
	memcpy(out, r->at, sizeof(*out));
	r->at += sizeof(*out);
	r->left -= sizeof(*out);
	return 0;
}

/* A string in a field for this bound; bound 0: the field is all that is left.
 * The bytes stay in the record. */
static int read_string(struct reader *r, uint32_t bound, const char **text,
		       size_t *len)
{
	size_t field = bound ? record_string_bytes(bound) : r->left;
	uint32_t n;

	if (field < 4 || field > r->left)
		return -EINVAL;
	memcpy(&n, r->at, 4);
	if (n > field - 4)
		return -EINVAL;
	*text = (const char *)r->at + 4;
	*len = n;
	r->at += field;
	r->left -= field;
	return 0;
}

/* Read the arguments of a format into d->args. */
static int read_args(struct decoder *d, uint32_t id, struct reader *r)
{
	const struct fmt *f = &d->prog->formats.at[id].fmt;
	const uint32_t *bounds = d->layout->record_bound[id];
	size_t i;
	int rc;

	d->args.len = 0;
	if (f->n_args && !bounds)
		return -EINVAL;
	for (i = 0; i < f->n_args; i++) {
		struct fmt_arg arg = { 0 };

		if (fmt_arg_type(f, i) == 's')
			rc = read_string(r, bounds[i] ? bounds[i] : 1,
					 &arg.str, &arg.len);
		else
			rc = read_long(r, &arg.num);
		if (rc)
			return rc;
		vec_push(NULL, &d->args, arg);
	}
	return 0;
}

static int take_print(struct decoder *d, const struct record_header *h,
		      struct reader *r)
{
	if (h->id >= d->prog->formats.len || read_args(d, h->id, r))
		return -EINVAL;
	fmt_render(&d->prog->formats.at[h->id].fmt, d->args.at, &d->text);
	add_text(d, h, &d->text);
	return 0;
}

/* Read the arguments of a function into d->args. */
static int read_params(struct decoder *d, const struct ir_fn *f,
		       struct reader *r)
{
	uint32_t i;

	d->args.len = 0;
	for (i = 0; i < f->n_params; i++) {
		struct fmt_arg arg = { .str = "" };
		int rc;

		if (f->regs.at[i].type == IR_STR)
			rc = read_string(r, f->regs.at[i].bound, &arg.str,
					 &arg.len);
		else
			rc = read_long(r, &arg.num);
		if (rc)
			return rc;
		vec_push(NULL, &d->args, arg);
	}
	return 0;
}

static int take_later(struct decoder *d, const struct record_header *h,
		      struct reader *r)
{
	if (!d->later || h->probe >= d->prog->probes.len ||
	    h->id >= d->prog->fns.len || !d->layout->later_fn[h->id] ||
	    read_params(d, d->prog->fns.at[h->id], r))
		return -EINVAL;
	d->later(d->host->ctx, h->probe, h->id, d->args.at, &d->text);
	add_text(d, h, &d->text);
	return 0;
}

/* The only string argument of a record, in d->text. */
static int take_text(struct decoder *d, struct reader *r)
{
	const char *text;
	size_t len;

	if (read_string(r, 0, &text, &len))
		return -EINVAL;
	strbuf_add(&d->text, text, len);
	return 0;
}

static int fault_reason(struct decoder *d, uint32_t fault, struct reader *r)
{
	int64_t address;

	if (fault >= fault_count || read_long(r, &address))
		return -EINVAL;
	strbuf_addf(&d->text, "%s0x%" PRIx64 "%s", fault_texts[fault].before,
		    (uint64_t)address, fault_texts[fault].after);
	return 0;
}

/* The reason of an error, in d->text. */
static int error_reason(struct decoder *d, const struct record_header *h,
			struct reader *r)
{
	const struct ir_global *g;
	int64_t id;

	if (h->id >= RECORD_ERROR_FAULT)
		return fault_reason(d, h->id - RECORD_ERROR_FAULT, r);
	switch ((enum record_error)h->id) {
	case RECORD_ERROR_TEXT:
		return take_text(d, r);
	case RECORD_ERROR_DIV:
		strbuf_addstr(&d->text, "division by 0");
		return 0;
	case RECORD_ERROR_OVERFLOW:
		if (read_long(r, &id) || id < 0 ||
		    (uint64_t)id >= d->prog->globals.len)
			return -EINVAL;
		g = &d->prog->globals.at[id];
		strbuf_addstr(&d->text, "Array overflow, check ");
		if (g->sized)
			strbuf_addf(&d->text, "size limit (%u)", g->size);
		else
			strbuf_addstr(&d->text, "MAXMAPENTRIES");
		return 0;
	case RECORD_ERROR_ACTION:
		strbuf_addstr(&d->text, "MAXACTION exceeded");
		return 0;
	case RECORD_ERROR_NESTING:
		strbuf_addstr(&d->text, "MAXNESTING exceeded");
		return 0;
	case RECORD_ERROR_FAULT:
		break;
	}
	return -EINVAL;
}

static int take_error(struct decoder *d, const struct record_header *h,
		      struct reader *r)
{
	if (h->probe >= d->prog->probes.len || error_reason(d, h, r))
		return -EINVAL;
	if (d->prog->limits.suppress_errors)
		return 0;
	if (h->loc < d->prog->locs.len)
		strbuf_addf(&d->text, " near %s", d->prog->locs.at[h->loc]);
	strbuf_addf(&d->text, " in probe %s",
		    d->prog->probes.at[h->probe].point);
	d->host->error(d->host->ctx, d->text.buf);
	return 0;
}

static int take_record(struct decoder *d, const struct record_header *h,
		       struct reader *r)
{
	int rc;

	switch ((enum record_kind)h->kind) {
	case RECORD_PRINT:
		return take_print(d, h, r);
	case RECORD_LATER:
		return take_later(d, h, r);
	case RECORD_LOG:
		rc = take_text(d, r);
		if (rc)
			return rc;
		strbuf_addch(&d->text, '\n');
		add_text(d, h, &d->text);
		return 0;
	case RECORD_WARN:
		rc = take_text(d, r);
		if (!rc)
			d->host->warning(d->host->ctx, d->text.buf);
		return rc;
	case RECORD_ERROR:
		return take_error(d, h, r);
	case RECORD_DONE:
		pass_on(d, pending_of(d, h));
		return 0;
	case RECORD_EXIT:
		return 0; /* the session looks at its state by itself */
	}
	return -EINVAL;
}

void decoder_take(struct decoder *d, const void *record, size_t len)
{
	struct record_header h;
	struct reader r;

	if (len < sizeof(h)) {
		d->bad++;
		return;
	}
	memcpy(&h, record, sizeof(h));
	r.at = (const unsigned char *)record + sizeof(h);
	r.left = len - sizeof(h);
	if (take_record(d, &h, &r))
		d->bad++;
	strbuf_reset(&d->text);
}

void decoder_finish(struct decoder *d)
{
	struct strbuf *s;

	vec_foreach(s, &d->pending)
		pass_on(d, s);
}
