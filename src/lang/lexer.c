/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lexer (see lexer.h).
 *
 * A script argument is read as a text of its own, a source included at the
 * place of its $N. A token that reaches the end of that text may go on in the
 * script behind the $N; then the rest of the argument is put together with
 * what follows to one more such source and read again.
 */
#include "lang/lexer.h"

#include "base/bug.h"

#include <string.h>

/* Sources made for pasted text in one file. Tokens of later pastes stand at
 * their $N instead: this bounds memory and spares the 65535 sources of a
 * run. */
#define MAX_PASTES 4096

void lexer_init(struct lexer *lx, struct lang *l, const struct source *src,
		enum lang_flags flags)
{
	memset(lx, 0, sizeof(*lx));
	lx->l = l;
	lx->name = src->name;
	lx->cur.start = lx->cur.p = src->text;
	lx->cur.end = src->text + src->len;
	lx->cur.src = source_index(l->srcs, src);
	lx->substitute = !(flags & LANG_LIBRARY);
}

/* Make a text that is read in place of the $N at lx->paste_at. */
static struct lex_text paste_text(struct lexer *lx, const char *text,
				  size_t len)
{
	struct lex_text x = { text, text, text + len, 0 };
	struct sources *srcs = lx->l->srcs;
	struct source *src;

	if (lx->n_pastes >= MAX_PASTES)
		return x;
	src = source_add(srcs, lx->name, text, len, false);
	if (!src)
		return x;
	lx->n_pastes++;
	src->included = lx->paste_at;
	x.src = source_index(srcs, src);
	return x;
}

/* Tokens of a text without a source stand at the $N. */
static void place_pasted(const struct lexer *lx, struct token *t)
{
	uint8_t cls = t->loc.cls;

	if (t->loc.src)
		return;
	t->loc = lx->paste_at;
	t->loc.cls = cls;
}

static void leave_paste(struct lexer *lx)
{
	lx->cur = lx->file;
	lx->pasted = false;
}

/* --- $N and @N --- */

static bool starts_argument(const char *p)
{
	return (*p == '$' || *p == '@') &&
	       ((p[1] >= '0' && p[1] <= '9') || p[1] == '#');
}

/* The argument's bytes as a string literal that lexes to them. */
static const char *quoted(struct arena *arena, const char *s, size_t *len)
{
	char *text = arena_alloc(arena, 2 * *len + 3), *to = text;
	size_t i;

	*to++ = '"';
	for (i = 0; i < *len; i++) {
		if (s[i] == '"' || s[i] == '\\' || s[i] == '\n')
			*to++ = '\\';
		*to++ = s[i] == '\n' ? 'n' : s[i];
	}
	*to++ = '"';
	*to = 0;
	*len = (size_t)(to - text);
	return text;
}

/* The token of a wrong $N or @N, whose text is behind by now. */
static void fault_argument(struct lexer *lx, struct token *t, const char *s,
			   enum tok_fault fault)
{
	memset(t, 0, sizeof(*t));
	t->kind = *s == '@' ? TOK_STRING : TOK_NUMBER;
	t->str = *s == '@' ? "" : NULL;
	t->fault = (uint8_t)fault;
	t->loc.off = (uint32_t)(s - lx->cur.start);
	t->loc.len = (uint32_t)(lx->cur.p - s);
	t->loc.src = lx->cur.src;
	t->loc.cls = TC_JUNK;
}

/* The text that stands for $N, @N, $# or @#, whose number n is; NULL if there
 * is no such argument. */
static const char *argument_text(struct lexer *lx, bool count, bool quote,
				 size_t n, size_t *len)
{
	const struct lang_env *env = lx->l->env;
	const char *s;

	if (count) {
		s = arena_printf(lx->l->arena, "%zu", env->n_args);
	} else {
		if (n < 1 || n > env->n_args)
			return NULL;
		s = env->args[n - 1];
		lx->l->args_used[n - 1] = true;
	}
	*len = strlen(s);
	return quote ? quoted(lx->l->arena, s, len) : s;
}

/* Begin to read the argument that the text names. False: there is a fault and
 * *t tells it. */
static bool paste_argument(struct lexer *lx, struct token *t)
{
	const char *s = lx->cur.p, *p = s + 1, *text;
	bool count = *p == '#';
	size_t n = 0, len;

	if (count)
		p++;
	for (; !count && *p >= '0' && *p <= '9'; p++)
		if (n < SIZE_MAX / 10 - 9)
			n = n * 10 + (size_t)(*p - '0');
	lx->cur.p = p;
	if (lx->pasted) {
		fault_argument(lx, t, s, FAULT_ARG_NESTED);
		return false;
	}
	text = argument_text(lx, count, *s == '@', n, &len);
	if (!text) {
		fault_argument(lx, t, s, FAULT_ARG_RANGE);
		return false;
	}
	lx->paste_at = (struct loc){
		.off = (uint32_t)(s - lx->cur.start),
		.len = (uint32_t)(p - s),
		.src = lx->cur.src,
		.cls = TC_IDENT,
	};
	lx->file = lx->cur;
	lx->cur = paste_text(lx, text, len);
	lx->pasted = true;
	return true;
}

/* --- the seam between an argument and what follows --- */

/* The token at s in an argument's text reaches its end: read it again with
 * more and more of the script behind it until it ends before that does. False
 * if it is no token then but the start of a comment, now behind. */
static bool extend_token(struct lexer *lx, struct token *t, const char *s)
{
	size_t tail = (size_t)(lx->cur.end - s), more = 64, left, used;
	struct lex_text x;
	struct strbuf b = STRBUF_INIT;

	if (*s == '/' && (*lx->file.p == '/' || *lx->file.p == '*')) {
		enum comment kind = *lx->file.p == '/' ? COMMENT_LINE :
							 COMMENT_BLOCK;
		leave_paste(lx);
		lx->cur.p++;
		scan_comment_rest(&lx->cur, kind);
		return false;
	}
	left = (size_t)(lx->file.end - lx->file.p);
	for (;; more *= 8) {
		if (more > left)
			more = left;
		strbuf_reset(&b);
		strbuf_add(&b, s, tail);
		strbuf_add(&b, lx->file.p, more);
		x = (struct lex_text){ b.buf, b.buf, b.buf + b.len, 0 };
		scan_token(lx->l, &x, t);
		if (x.p < x.end || more == left)
			break;
	}
	used = (size_t)(x.p - x.start) - tail;
	/* Read once more where it is to stay. */
	x = paste_text(lx, arena_strndup(lx->l->arena, b.buf, tail + used),
		       tail + used);
	strbuf_release(&b);
	scan_token(lx->l, &x, t);
	leave_paste(lx);
	lx->cur.p += used;
	if (starts_argument(x.start))
		t->fault = FAULT_ARG_NESTED;
	place_pasted(lx, t);
	return true;
}

/* The next token while an argument's text is read. False: the text ended
 * first. *glued becomes false where blanks went by. */
static bool next_pasted(struct lexer *lx, struct token *out, bool *glued)
{
	const char *before = lx->cur.p, *s;
	enum comment open = scan_space(&lx->cur);

	s = lx->cur.p;
	if (s != before)
		*glued = false;
	if (s == lx->cur.end) {
		leave_paste(lx);
		if (open != COMMENT_NONE)
			scan_comment_rest(&lx->cur, open);
		return false;
	}
	if (starts_argument(s)) {
		paste_argument(lx, out);
		place_pasted(lx, out);
		return true;
	}
	scan_token(lx->l, &lx->cur, out);
	if (lx->cur.p == lx->cur.end && scan_may_extend(out, *lx->file.p)) {
		if (extend_token(lx, out, s))
			return true;
		*glued = false;
		return false;
	}
	place_pasted(lx, out);
	return true;
}

void lexer_next(struct lexer *lx, struct token *out)
{
	bool glued = true;

	for (;;) {
		const char *before = lx->cur.p;

		if (lx->pasted) {
			if (next_pasted(lx, out, &glued))
				break;
			continue;
		}
		scan_space(&lx->cur);
		if (lx->cur.p != before)
			glued = false;
		if (lx->substitute && starts_argument(lx->cur.p)) {
			if (!paste_argument(lx, out))
				break;
			continue;
		}
		scan_token(lx->l, &lx->cur, out);
		break;
	}
	out->glued = glued;
}
