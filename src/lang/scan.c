/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scanner (see scan.h; language.md section 1).
 *
 * One table says of each byte what token it starts, another where a loop over
 * names, blanks or strings stops. NUL is in none of the "goes on" classes, so
 * those loops stop at the NUL behind the text by themselves; a NUL within the
 * text is told apart by its place.
 */
#include "lang/scan.h"

#include "base/bug.h"

#include <string.h>

/* --- classes of bytes --- */

enum {
	C_SPACE = 1,   /* blank */
	C_NAME = 2,    /* goes on a name: letter, digit, _ $ */
	C_ALNUM = 4,   /* goes on a number */
	C_STRING = 8,  /* ends the plain run of a string: " \ newline NUL */
	C_SECOND = 16, /* second byte of some operator */
	C_KEPT = 32,   /* escape that stays for lang_decode_string() */
};

/* clang-format off */
static const uint8_t classes[256] = {
	['\0'] = C_STRING,
	['\t'] = C_SPACE, ['\v'] = C_SPACE, ['\f'] = C_SPACE,
	['\r'] = C_SPACE, [' '] = C_SPACE,
	['\n'] = C_SPACE | C_STRING,
	['"'] = C_STRING, ['\\'] = C_STRING | C_KEPT,
	['0' ... '7'] = C_NAME | C_ALNUM | C_KEPT,
	['8' ... '9'] = C_NAME | C_ALNUM,
	['A' ... 'Z'] = C_NAME | C_ALNUM,
	['_'] = C_NAME, ['$'] = C_NAME,
	['a' ... 'b'] = C_NAME | C_ALNUM | C_KEPT,
	['c' ... 'e'] = C_NAME | C_ALNUM,
	['f'] = C_NAME | C_ALNUM | C_KEPT,
	['g' ... 'm'] = C_NAME | C_ALNUM,
	['n'] = C_NAME | C_ALNUM | C_KEPT,
	['o' ... 'q'] = C_NAME | C_ALNUM,
	['r'] = C_NAME | C_ALNUM | C_KEPT,
	['s'] = C_NAME | C_ALNUM,
	['t'] = C_NAME | C_ALNUM | C_KEPT,
	['u'] = C_NAME | C_ALNUM,
	['v'] = C_NAME | C_ALNUM | C_KEPT,
	['w' ... 'z'] = C_NAME | C_ALNUM,
	['<'] = C_SECOND, ['>'] = C_SECOND, ['='] = C_SECOND,
	['~'] = C_SECOND, ['&'] = C_SECOND, ['|'] = C_SECOND,
	['+'] = C_SECOND, ['-'] = C_SECOND, ['('] = C_SECOND,
	['?'] = C_SECOND, [':'] = C_SECOND, [')'] = C_SECOND,
};

/* What a byte starts: one of these, or the token that it is by itself. */
enum { S_JUNK, S_NAME = 1000, S_NUMBER, S_STRING, S_PUNCT_JUNK };

static const uint16_t starts[256] = {
	['A' ... 'Z'] = S_NAME, ['a' ... 'z'] = S_NAME,
	['_'] = S_NAME, ['$'] = S_NAME, ['@'] = S_NAME,
	['0' ... '9'] = S_NUMBER,
	['"'] = S_STRING,
	['\''] = S_PUNCT_JUNK, ['`'] = S_PUNCT_JUNK, ['\\'] = S_PUNCT_JUNK,
	['#'] = S_PUNCT_JUNK,
	['?'] = TOK_QUESTION, [':'] = TOK_COLON, ['!'] = TOK_BANG,
	['~'] = TOK_TILDE, ['.'] = TOK_DOT, [','] = TOK_COMMA,
	[';'] = TOK_SEMI, ['('] = TOK_LPAREN, [')'] = TOK_RPAREN,
	['['] = TOK_LBRACKET, [']'] = TOK_RBRACKET, ['{'] = TOK_LBRACE,
	['}'] = TOK_RBRACE, ['+'] = TOK_PLUS, ['-'] = TOK_MINUS,
	['*'] = TOK_STAR, ['/'] = TOK_SLASH, ['%'] = TOK_PERCENT,
	['&'] = TOK_AMP, ['|'] = TOK_PIPE, ['^'] = TOK_CARET,
	['<'] = TOK_LT, ['>'] = TOK_GT, ['='] = TOK_ASSIGN,
};

/* The operators of several bytes, the longest first. */
static const struct {
	char text[4];
	uint8_t len;
	uint8_t kind;
} operators[] = {
#define KEYWORD(name)
#define PUNCT(name, text) { text, sizeof(text) - 1, TOK_##name },
#include "lang/tokens.def"
#undef KEYWORD
#undef PUNCT
};
/* clang-format on */

static inline bool is(char c, unsigned cls)
{
	return classes[(unsigned char)c] & cls;
}

/* --- blanks --- */

/* Behind the end of the comment that goes on at p; NULL if it has none. */
static const char *comment_end(const char *p, const char *end,
			       enum comment kind)
{
	if (kind == COMMENT_LINE) {
		p = memchr(p, '\n', (size_t)(end - p));
		return p ? p + 1 : NULL;
	}
	while ((p = memchr(p, '*', (size_t)(end - p))))
		if (*++p == '/')
			return p + 1;
	return NULL;
}

void scan_comment_rest(struct lex_text *x, enum comment kind)
{
	const char *p = comment_end(x->p, x->end, kind);

	x->p = p ? p : x->end;
}

enum comment scan_space(struct lex_text *x)
{
	const char *p = x->p;

	for (;;) {
		enum comment kind;

		while (is(*p, C_SPACE))
			p++;
		if (*p == '#')
			kind = COMMENT_LINE;
		else if (*p == '/' && (p[1] == '/' || p[1] == '*'))
			kind = p[1] == '/' ? COMMENT_LINE : COMMENT_BLOCK;
		else
			break;
		p = comment_end(p + (*p == '#' ? 1 : 2), x->end, kind);
		if (!p) {
			x->p = x->end;
			return kind;
		}
	}
	x->p = p;
	return COMMENT_NONE;
}

/* --- tokens --- */

/* The keywords by their first letter. */
static const uint8_t keywords_by_letter['w' - 'b' + 1][4] = {
	['b' - 'b'] = { TOK_BREAK },
	['c' - 'b'] = { TOK_CONTINUE, TOK_CATCH },
	['d' - 'b'] = { TOK_DELETE },
	['e' - 'b'] = { TOK_ELSE },
	['f' - 'b'] = { TOK_FUNCTION, TOK_FOR, TOK_FOREACH },
	['g' - 'b'] = { TOK_GLOBAL },
	['i' - 'b'] = { TOK_IF, TOK_IN },
	['l' - 'b'] = { TOK_LIMIT, TOK_LONG_T },
	['n' - 'b'] = { TOK_NEXT },
	['p' - 'b'] = { TOK_PROBE, TOK_PRIVATE },
	['r' - 'b'] = { TOK_RETURN },
	['s' - 'b'] = { TOK_STRING_T },
	['t' - 'b'] = { TOK_TRY },
	['w' - 'b'] = { TOK_WHILE },
};

/* The keyword these bytes spell, or TOK_IDENT. */
static enum tok keyword(const struct lang *l, const char *s, size_t len)
{
	const uint8_t *k;

	if (*s < 'b' || *s > 'w' || len < 2 || len > 8)
		return TOK_IDENT;
	for (k = keywords_by_letter[*s - 'b']; *k; k++) {
		const char *text = tok_text((enum tok)*k);

		if (!strncmp(text, s, len) && !text[len])
			return *k == TOK_PRIVATE && !l->has_private ?
				       TOK_IDENT :
				       (enum tok)*k;
	}
	return TOK_IDENT;
}

static const char *scan_name(struct lang *l, const char *s, struct token *t)
{
	const char *p = s + 1;

	while (is(*p, C_NAME))
		p++;
	if (*s == '@') {
		t->kind = TOK_AT;
		t->loc.cls = TC_OP;
		s++;
	} else {
		t->kind = keyword(l, s, (size_t)(p - s));
		t->loc.cls = t->kind == TOK_IDENT ? TC_IDENT : TC_KEYWORD;
	}
	t->len = (size_t)(p - s);
	t->str = t->loc.cls == TC_KEYWORD ?
			 l->keywords[t->kind - TOK_PROBE] :
			 intern_bytes(l->names, s, t->len);
	return p;
}

/* Value of a digit in any base up to 36. */
static unsigned digit_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 32) - 'a') + 10;
}

/* C's decimal, octal and hexadecimal numbers, and 0b. */
static const char *scan_number(const char *s, struct token *t)
{
	const char *p = s;
	unsigned base = 10, bad = 0;
	uint64_t n = 0;

	if (*p == '0' && is(p[1], C_ALNUM)) {
		base = 8;
		p++;
		if ((*p | 32) == 'x' || (*p | 32) == 'b') {
			base = (*p | 32) == 'x' ? 16 : 2;
			/* the prefix alone is no number */
			bad |= !is(*++p, C_ALNUM);
		}
	}
	for (; is(*p, C_ALNUM); p++) {
		unsigned d = digit_value(*p);

		bad |= d >= base;
		bad |= __builtin_mul_overflow(n, base, &n);
		bad |= __builtin_add_overflow(n, d, &n);
	}
	t->kind = TOK_NUMBER;
	t->loc.cls = TC_NUMBER;
	t->num = bad ? 0 : n;
	if (bad)
		t->fault = FAULT_NUMBER;
	return p;
}

/* Copy the contents of a string without the backslashes that section 1.1
 * drops. */
static void unescape(struct lang *l, struct token *t)
{
	char *to = arena_alloc(l->arena, t->len);
	const char *s = t->str, *end = s + t->len;

	t->str = to;
	while (s < end) {
		if (*s != '\\' || s + 1 == end) {
			*to++ = *s++;
			continue;
		}
		if (is(s[1], C_KEPT) || (s[1] == 'x' && l->has_hex_escapes))
			*to++ = '\\';
		*to++ = s[1];
		s += 2;
	}
	t->len = (size_t)(to - t->str);
}

static const char *scan_string(struct lang *l, const char *s, const char *end,
			       struct token *t)
{
	const char *p = s + 1;
	bool escapes = false;

	for (;; p++) {
		while (!is(*p, C_STRING))
			p++;
		if (*p == '\\' && p + 1 < end) {
			escapes = true;
			p++;
		} else if (*p == '"' || *p == '\n' || p >= end) {
			break;
		}
	}
	t->kind = TOK_STRING;
	t->loc.cls = TC_STRING;
	t->str = s + 1;
	t->len = (size_t)(p - t->str);
	if (escapes)
		unescape(l, t);
	if (*p == '"')
		return p + 1;
	t->fault = FAULT_STRING;
	return p;
}

static const char *scan_embed(const char *s, const char *end, struct token *t)
{
	const char *p = s + 2;

	t->kind = TOK_EMBED;
	t->loc.cls = TC_EMBED;
	t->str = p;
	while ((p = memchr(p, '%', (size_t)(end - p)))) {
		if (p[1] == '}') {
			t->len = (size_t)(p - t->str);
			return p + 2;
		}
		if (p > t->str && p[-1] == '}')
			t->fault = FAULT_EMBED_SUSPECT;
		p++;
	}
	t->len = (size_t)(end - t->str);
	t->fault = FAULT_EMBED;
	return end;
}

static const char *scan_operator(const char *s, struct token *t)
{
	size_t i;

	t->loc.cls = TC_OP;
	t->kind = (enum tok)starts[(unsigned char)*s];
	if (!is(s[1], C_SECOND))
		return s + 1;
	for (i = 0; operators[i].len > 1; i++)
		if (operators[i].text[0] == s[0] &&
		    operators[i].text[1] == s[1] &&
		    (operators[i].len == 2 || operators[i].text[2] == s[2])) {
			t->kind = (enum tok)operators[i].kind;
			return s + operators[i].len;
		}
	return s + 1;
}

void scan_token(struct lang *l, struct lex_text *x, struct token *t)
{
	const char *s = x->p, *p;
	unsigned start = starts[(unsigned char)*s];

	t->fault = FAULT_NONE;
	t->str = NULL;
	t->len = 0;
	t->num = 0;
	t->loc.off = (uint32_t)(s - x->start);
	t->loc.origin = 0;
	t->loc.src = x->src;
	t->loc.pad = 0;
	if (start == S_NAME) {
		p = scan_name(l, s, t);
	} else if (start == S_NUMBER) {
		p = scan_number(s, t);
	} else if (start == S_STRING) {
		p = scan_string(l, s, x->end, t);
	} else if (*s == '%' && s[1] == '{') {
		p = scan_embed(s, x->end, t);
	} else if (start != S_JUNK && start != S_PUNCT_JUNK) {
		p = scan_operator(s, t);
	} else if (s >= x->end) {
		t->kind = TOK_EOF;
		t->loc.cls = TC_EOF;
		p = s;
	} else {
		t->kind = TOK_JUNK;
		t->loc.cls = start == S_JUNK ? TC_JUNK : TC_OP;
		p = s + 1;
	}
	t->loc.len = (uint32_t)(p - s);
	x->p = p;
}

bool scan_may_extend(const struct token *t, char c)
{
	const char *text = tok_text(t->kind);
	size_t i, len;

	if (t->kind == TOK_STRING || t->kind == TOK_EMBED)
		return t->fault == FAULT_STRING || t->fault == FAULT_EMBED;
	if (t->kind == TOK_NUMBER)
		return is(c, C_ALNUM);
	if (t->loc.cls != TC_OP || t->kind == TOK_AT)
		return is(c, C_NAME) && t->kind != TOK_JUNK;
	if (!text)
		return false;
	if (t->kind == TOK_PERCENT && c == '{')
		return true;
	len = strlen(text);
	for (i = 0; operators[i].len > len; i++)
		if (!memcmp(operators[i].text, text, len) &&
		    operators[i].text[len] == c)
			return true;
	return t->kind == TOK_SLASH && (c == '/' || c == '*');
}
