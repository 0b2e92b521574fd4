/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "param.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

/* Strings that follow are in hexadecimal. Parameters are set one at a time, in
 * the order of the command line. */
static bool _sp_hex;
module_param(_sp_hex, bool, 0);
MODULE_PARM_DESC(_sp_hex, "texts are pairs of hexadecimal digits");

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A minus, 0x or 0, digits; what follows them is ignored, and 64 bits are kept,
 * as always with modules of scripts. */
static int set_long(const char *value, const struct kernel_param *p)
{
	s64 *at = p->arg;
	bool minus;
	u64 n = 0;
	int base = 10, digit;

	if (!value)
		return -EINVAL;
	minus = *value == '-';
	value += minus;
	if (*value == '0') {
		base = (value[1] | 0x20) == 'x' ? 16 : 8;
		value += base == 16 ? 2 : 0;
	}
	digit = digit_value(*value);
	if (digit < 0 || digit >= base)
		return -EINVAL;
	for (; digit >= 0 && digit < base; digit = digit_value(*++value))
		n = n * (u64)base + (u64)digit;
	*at = (s64)(minus ? -n : n);
	return 0;
}

const struct kernel_param_ops sp_param_ops_long = { .set = set_long };

/* 2 n hexadecimal digits as n bytes. */
static int set_bytes(char *to, const char *digits, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int high = digit_value(digits[2 * i]);
		int low = digit_value(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		to[i] = (char)(high << 4 | low);
	}
	return 0;
}

static int set_string(const char *value, const struct kernel_param *p)
{
	const struct sp_param_string *s = p->arg;
	size_t n;

	if (!value)
		return -EINVAL;
	n = strlen(value);
	if (_sp_hex && n % 2)
		return -EINVAL;
	if (_sp_hex)
		n /= 2;
	if (n >= s->size)
		return -ENOSPC;
	if (!_sp_hex)
		memcpy(s->text, value, n);
	else if (set_bytes(s->text, value, n))
		return -EINVAL;
	s->text[n] = 0;
	return 0;
}

const struct kernel_param_ops sp_param_ops_str = { .set = set_string };
