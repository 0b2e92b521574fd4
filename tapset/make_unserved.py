#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_unserved.py UNSERVED.TBL FILE...: library functions that say that their
run-time support is missing, but for those that one of the files (library files
and tables of intrinsics) defines."""
import re, sys

HEAD = '''// SPDX-License-Identifier: GPL-2.0-or-later
// Functions whose run-time support is missing. Made from unserved.tbl.
'''
DEFINED = (r'^function (\w+)(?::\w+)?\s*\(([^)]*)\)',
           r'^(?:INTRIN|READ|PROBE_ARG)\(\w+, "(\w+)"(?:, \'\w\', "(\w*)")?')


def arity(args):
    return 0 if not args.strip() else args.count(',') + 1


def main():
    table, *files = sys.argv[1:]
    known = set()
    for path in files:
        text = open(path).read()
        known |= {(n, arity(a)) for n, a in re.findall(DEFINED[0], text, re.M)}
        for name, letters in re.findall(DEFINED[1], text, re.M):
            # Those of macros without letters read one address.
            known.add((name, len(letters)))
            if not letters:
                known.add((name, 1))
    out = HEAD
    for line in open(table):
        m = re.fullmatch(r'(\w+)\((.*)\)(:\w+)?\n', line)
        if not m or (m[1], arity(m[2])) in known:
            continue
        value = {':string': '; return ""', ':long': '; return 0'}.get(m[3], '')
        out += f'\n/** Not served. */\nfunction {m[1]}{m[3] or ""}({m[2]}) {{ ' \
               f'__no_runtime(){value} }}\n'
    print(out, end='')


main()
