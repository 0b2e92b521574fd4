#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_flags.py FLAGS.TBL CC...: the tables as rows FLAGS(name, text) for
flags.c, with the values that the compiler's headers give; and a table "syscall"
of the machine's system calls."""
import re, subprocess, sys

HEADERS = '''#include <linux/fcntl.h>
#include <asm/fcntl.h>
#include <linux/fadvise.h>
#include <linux/mman.h>
#include <asm/mman.h>
#include <linux/resource.h>
#include <asm/resource.h>
#include <asm/socket.h>
'''


def read_flags(path):
    """Name of a table to its kind and (name, mask, value) texts."""
    tables, last = {}, None
    for line in open(path):
        line = line.split('#')[0].rstrip()
        words = line.split()
        if not words:
            continue
        if line[0].isspace():
            last[1].extend(words)
        elif words[0] in ('or', 'oct', 'one'):
            last = tables[words[1]] = (words[0], words[2:])
        else:
            sys.exit(f'{path}: {words[0]} is no kind of table')
    for name, (kind, words) in tables.items():
        found = [re.fullmatch(r'(\w+)(?:/(\w+))?(?:=(\w+))?', w) for w in words]
        tables[name] = (kind, [m.groups() for m in found])
    return tables


def number(text):
    """The value of what is left of a macro, or None."""
    text = re.sub(r'\b0+([1-7][0-7]*)\b', r'0o\1', text)
    text = re.sub(r'\b(0x[0-9a-fA-F]+|0o[0-7]+|\d+)[uUlL]+\b', r'\1', text)
    if not re.fullmatch(r'[\s0-9a-fA-Fxo()|<+~&-]+', text):
        return None
    try:
        return eval(text)
    except (SyntaxError, NameError):
        return None


def macro_values(tables, cc):
    names = sorted({v or n for _, items in tables.values() for n, _, v in items
                    if not v or not v[0].isdigit()})
    text = HEADERS + ''.join(f'@@ "{n}" {n}\n' for n in names)
    out = subprocess.run([*cc, '-E', '-P', '-x', 'c', '-'], input=text,
                         capture_output=True, text=True, check=True).stdout
    found = re.findall(r'@@ "(\w+)" ([^@]*)', out)
    return {n: number(text.strip()) for n, text in found}


def table_text(kind, items, values):
    text = {'or': '', 'oct': '0', 'one': '='}[kind]
    for word, mask, value in items:
        if value and value[0].isdigit():
            value = number(value)
        else:
            value = values.get(value or word)
        if value is None or (value == 0 and not mask and kind != 'one'):
            continue
        text += f'{number(mask):x}/' if mask else ''
        text += f'{value:x}:{word},'
    return text


def syscall_text(cc):
    out = subprocess.run([*cc, '-E', '-dM', '-x', 'c', '-'],
                         input='#include <asm/unistd.h>\n', text=True,
                         capture_output=True, check=True).stdout
    found = {int(n): name for name, n in
             re.findall(r'#define __NR_(\w+) (\d+)$', out, re.M)}
    return '=' + ''.join(f'{n:x}:{name},' for n, name in sorted(found.items()))


def main():
    path, *cc = sys.argv[1:]
    tables = read_flags(path)
    values = macro_values(tables, cc)
    for name, (kind, items) in sorted(tables.items()):
        print(f'FLAGS("{name}", "{table_text(kind, items, values)}")')
    print(f'FLAGS("syscall", "{syscall_text(cc)}")')


main()
