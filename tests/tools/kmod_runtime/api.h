/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text of a module sees of the smallest runtime. */
extern const char sp_text[];
int sp_value(int n);
