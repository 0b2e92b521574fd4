/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrinsics on texts: the rules of src/vm/intrin_text.c. */
#include "core.h"

#include <linux/errno.h>
#include <linux/string.h>

static s64 find_text(const struct sp_str *in, u32 from, const struct sp_str *what)
{
	u32 i;

	if (what->len > in->len)
		return -1;
	for (i = from; i <= in->len - what->len; i++)
		if (!memcmp(in->text + i, what->text, what->len))
			return i;
	return -1;
}

s64 sp_do_strlen(struct sp_ctx *c, const struct sp_str *text)
{
	return text->len;
}

void sp_do_substr(struct sp_ctx *c, struct sp_str *to, u32 bound,
		  const struct sp_str *text, s64 at, s64 most)
{
	if (at < 0 || at >= text->len || most <= 0)
		sp_set(to, bound, "", 0);
	else
		sp_set(to, bound, text->text + at,
		       min_t(s64, most, text->len - at));
}

int sp_do_stringat(struct sp_ctx *c, s64 *to, const struct sp_str *text,
		   s64 at, u32 loc)
{
	if (at < 0 || at >= text->len) {
		sp_raise(c, "Position out of bounds", loc);
		return 1;
	}
	*to = (signed char)text->text[at];
	return 0;
}

s64 sp_do_strpos(struct sp_ctx *c, const struct sp_str *text,
		 const struct sp_str *what)
{
	return find_text(text, 0, what);
}

/* Value of a digit; digits end at f whatever the base. */
static u32 digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

s64 sp_do_strtol(struct sp_ctx *c, const struct sp_str *text, s64 base)
{
	const char *s = text->text; /* the NUL behind it is no digit */
	bool minus = *s == '-';
	u64 n = 0;

	s += minus;
	if (!base) {
		base = *s == '0' ? 8 : 10;
		if (base == 8 && (s[1] | 0x20) == 'x' && digit(s[2]) < 16)
			base = 16;
	}
	if (base < 2 || base > 36)
		return 0;
	if (base == 16 && *s == '0' && (s[1] | 0x20) == 'x')
		s += 2;
	for (; digit(*s) < base; s++)
		n = n * (u64)base + digit(*s);
	return minus ? 0 - n : n;
}

void sp_do_str_replace(struct sp_ctx *c, struct sp_str *to, u32 bound,
		       const struct sp_str *text, const struct sp_str *what,
		       const struct sp_str *by)
{
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);
	u32 from = 0;
	s64 at;

	/* An empty text to look for is in none. */
	while (what->len && (at = find_text(text, from, what)) >= 0) {
		sp_put(&s, text->text + from, at - from);
		sp_put(&s, by->text, by->len);
		from = at + what->len;
	}
	sp_put(&s, text->text + from, text->len - from);
	sp_sink_end(&s, to, bound);
}

/* The escape for a byte, or itself; returns its length. */
static u32 escape(unsigned char c, char to[4])
{
	static const char letters[] = "\a\b\t\n\v\f\r\"\\",
			  names[] = "abtnvfr\"\\";
	const char *at = c ? strchr(letters, c) : NULL;

	if (at) {
		to[0] = '\\';
		to[1] = names[at - letters];
		return 2;
	}
	if (c >= ' ' && c < 0177) {
		to[0] = c;
		return 1;
	}
	to[0] = '\\';
	to[1] = '0' + (c >> 6);
	to[2] = '0' + (c >> 3 & 7);
	to[3] = '0' + (c & 7);
	return 4;
}

void sp_do_text_strn(struct sp_ctx *c, struct sp_str *to, u32 bound,
		     const struct sp_str *text, s64 most, s64 quoted)
{
	struct sp_sink s = sp_sink_str(sp_context(c)->tmp);
	s64 all = sp_program.limits.maxstringlen - 1, room = most;
	char bytes[4];
	u32 i;

	if (room <= 0 || room > all)
		room = all;
	if (quoted) {
		/* For the quotes and the dots behind them. */
		room = room > 5 ? room - 5 : 0;
		sp_put(&s, "\"", 1);
	}
	for (i = 0; i < text->len; i++) {
		u32 n = escape(text->text[i], bytes);

		if (n > room)
			break;
		room -= n;
		sp_put(&s, bytes, n);
	}
	if (quoted && i < text->len)
		sp_put(&s, "\"...", 4);
	else if (quoted)
		sp_put(&s, "\"", 1);
	sp_sink_end(&s, to, bound);
}

/* Leading bytes that are, or are not, in the set. */
static s64 span(const struct sp_str *text, const struct sp_str *set,
		bool in_set)
{
	u32 i;

	for (i = 0; i < text->len; i++)
		if (!!memchr(set->text, text->text[i], set->len) != in_set)
			break;
	return i;
}

s64 sp_do___strspn(struct sp_ctx *c, const struct sp_str *text,
		   const struct sp_str *what)
{
	return span(text, what, true);
}

s64 sp_do___strcspn(struct sp_ctx *c, const struct sp_str *text,
		    const struct sp_str *what)
{
	return span(text, what, false);
}

/* --- names of errors --- */

#define E(name) [name] = #name

static const char *const names[] = {
	E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(E2BIG),
	E(ENOEXEC), E(EBADF), E(ECHILD), E(EAGAIN), E(ENOMEM), E(EACCES),
	E(EFAULT), E(ENOTBLK), E(EBUSY), E(EEXIST), E(EXDEV), E(ENODEV),
	E(ENOTDIR), E(EISDIR), E(EINVAL), E(ENFILE), E(EMFILE), E(ENOTTY),
	E(ETXTBSY), E(EFBIG), E(ENOSPC), E(ESPIPE), E(EROFS), E(EMLINK),
	E(EPIPE), E(EDOM), E(ERANGE), E(EDEADLK), E(ENAMETOOLONG), E(ENOLCK),
	E(ENOSYS), E(ENOTEMPTY), E(ELOOP), E(ENOMSG), E(EIDRM), E(ECHRNG),
	E(EL2NSYNC), E(EL3HLT), E(EL3RST), E(ELNRNG), E(EUNATCH), E(ENOCSI),
	E(EL2HLT), E(EBADE), E(EBADR), E(EXFULL), E(ENOANO), E(EBADRQC),
	E(EBADSLT), E(EBFONT), E(ENOSTR), E(ENODATA), E(ETIME), E(ENOSR),
	E(ENONET), E(ENOPKG), E(EREMOTE), E(ENOLINK), E(EADV), E(ESRMNT),
	E(ECOMM), E(EPROTO), E(EMULTIHOP), E(EDOTDOT), E(EBADMSG),
	E(EOVERFLOW), E(ENOTUNIQ), E(EBADFD), E(EREMCHG), E(ELIBACC),
	E(ELIBBAD), E(ELIBSCN), E(ELIBMAX), E(ELIBEXEC), E(EILSEQ),
	E(ERESTART), E(ESTRPIPE), E(EUSERS), E(ENOTSOCK), E(EDESTADDRREQ),
	E(EMSGSIZE), E(EPROTOTYPE), E(ENOPROTOOPT), E(EPROTONOSUPPORT),
	E(ESOCKTNOSUPPORT), E(EOPNOTSUPP), E(EPFNOSUPPORT), E(EAFNOSUPPORT),
	E(EADDRINUSE), E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH),
	E(ENETRESET), E(ECONNABORTED), E(ECONNRESET), E(ENOBUFS), E(EISCONN),
	E(ENOTCONN), E(ESHUTDOWN), E(ETOOMANYREFS), E(ETIMEDOUT),
	E(ECONNREFUSED), E(EHOSTDOWN), E(EHOSTUNREACH), E(EALREADY),
	E(EINPROGRESS), E(ESTALE), E(EUCLEAN), E(ENOTNAM), E(ENAVAIL),
	E(EISNAM), E(EREMOTEIO), E(EDQUOT), E(ENOMEDIUM), E(EMEDIUMTYPE),
	E(ECANCELED), E(ENOKEY), E(EKEYEXPIRED), E(EKEYREVOKED),
	E(EKEYREJECTED), E(EOWNERDEAD), E(ENOTRECOVERABLE), E(ERFKILL),
	E(EHWPOISON),
	/* What the kernel keeps to itself. */
	E(ERESTARTSYS), E(ERESTARTNOINTR), E(ERESTARTNOHAND), E(ENOIOCTLCMD),
	E(ERESTART_RESTARTBLOCK), E(EPROBE_DEFER), E(EOPENSTALE), E(ENOPARAM),
	E(EBADHANDLE), E(ENOTSYNC), E(EBADCOOKIE), E(ENOTSUPP), E(ETOOSMALL),
	E(ESERVERFAULT), E(EBADTYPE), E(EJUKEBOX), E(EIOCBQUEUED),
	E(ERECALLCONFLICT),
};

void sp_do_errno_str(struct sp_ctx *c, struct sp_str *to, u32 bound, s64 n)
{
	const char *name = NULL;

	if (n < 0 && n > -4096)
		n = -n;
	if (n > 0 && n < ARRAY_SIZE(names))
		name = names[n];
	sp_set(to, bound, name ? name : "", name ? strlen(name) : 0);
}
