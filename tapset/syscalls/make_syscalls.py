#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make_syscalls.py CALLS.TBL FOLDER: the library files of the system call
aliases, FOLDER/syscall_SUBJECT.stp. The table says what its rows mean."""
import re, sys

LICENSE = '// SPDX-License-Identifier: GPL-2.0-or-later\n'
FAMILIES = 'syscall', 'nd_syscall', 'tp_syscall', 'dw_syscall'


def rows(path):
    for number, line in enumerate(open(path), 1):
        line = line.split('#')[0].rstrip()
        if line:
            yield f'{path}:{number}', line


def fail(place, why):
    sys.exit(f'{place}: {why}')


# --- calls ---

class Call:
    """One alias: statements, and what argstr is made of."""

    def __init__(self):
        self.lines, self.shown = [], []

    def set(self, name, value):
        self.lines.append(f'{name} = {value}')

    def show(self, hidden, fmt, value):
        if not hidden:
            self.shown.append((fmt, value))


NUMBERS = {'d': ('__int_arg', '%d'), 'u': ('__uint_arg', '%d'),
           'x': ('__uint_arg', '%#x'), 'o': ('__uint_arg', '%#o'),
           'ld': ('__raw_arg', '%d'), 'lu': ('__raw_arg', '%u'),
           'lx': ('__raw_arg', '%#x'), 'p': ('__raw_arg', '%p')}
ARGUMENTS = 6  # of a program, that are shown
STRUCTS = {'ts': ('timespec', 2), 'tv': ('timeval', 2), 'its': ('timespec', 4),
           'itv': ('timeval', 4), 'ts2': ('timespecs', 4), 'tv2': ('timevals', 4)}


def words_at(name, n):
    return ', '.join(f'user_long({name} + {8 * i})' if i else
                     f'user_long({name})' for i in range(n))


def text_at(address):
    """The text there, or what stands for one that cannot be read."""
    return f'user_string2({address}, "\\001")'


def path_names(kind, names):
    """Quoted, plain, and where it is."""
    plain = names[1] if len(names) > 1 else names[0] + '_unquoted'
    if kind == 'pathn':
        return names[0] + '_str', names[0] + '_str_unquoted', names[0] + '_uaddr'
    return names[0], plain, re.sub('_str$', '', names[0]) + '_uaddr'


def add_path(c, hidden, kind, n, names):
    quoted, plain, at = path_names(kind, names)
    if kind == 'path':
        at = f'__raw_arg({n})'
    else:
        c.set(at, f'__raw_arg({n})')
    c.set(plain, f'__text_plain({text_at(at)})')
    c.set(quoted, f'__text_quoted({text_at(at)}, {at})')
    c.show(hidden, '%s', quoted)


def add_named(c, hidden, kind, table, n, names):
    """Values that have names: the number and its text."""
    text = names[1] if len(names) > 1 else names[0] + '_str'
    wide = '__raw_arg' if kind[0] == 'l' else '__uint_arg'
    value = f'__flags_text({names[0]}, "{table}")'
    if kind == 'opt':
        value = f'__sockopt_text({table}, {names[0]})'
    if kind in ('dirfd', 'sig'):
        wide = '__int_arg'
        value = f'__{kind}_text({names[0]})'
    c.set(names[0], f'{wide}({n})')
    if text == '-':
        text = value
    else:
        c.set(text, value)
    c.show(hidden, '%s', text)


def add_memory(c, hidden, kind, table, n, names):
    """What is told of by what it points to."""
    at, text = names[0], names[1] if len(names) > 1 else '-'
    if kind in STRUCTS:
        what, words = STRUCTS[kind]
        how = f'__{what}{words if kind[0] == "i" else ""}_text'
        value = f'{how}({at}, {words_at(at, words)})'
    elif kind == 'buf':
        value = f'__bytes_text(user_string_n2({at}, __raw_arg({table}), ' \
                f'"\\001"), {at}, __raw_arg({table}))'
    elif kind == 'sa':
        value = f'__sockaddr_text({at}, __int_arg({table}), {words_at(at, 3)}, ' \
                f'{text_at(at + " + 2")})'
    elif kind == 'sigset':
        value = f'__sigset_text({at}, user_long({at}))'
    elif kind == 'argv':
        items = (text_at(f'user_long(__raw_arg({n}) + {8 * i})')
                 for i in range(ARGUMENTS))
        c.set(at, f'__args_text({", ".join(items)})')
        c.show(hidden, '%s', at)
        return
    c.set(at, f'__raw_arg({n})')
    if text == '-':
        text = value
    else:
        c.set(text, value)
    c.show(hidden, '%s', text)


def add_argument(place, c, n, text):
    """Returns whether the kernel has an argument for it."""
    hidden = text.startswith('-')
    kind, *names = text.lstrip('-').split()
    kind, _, table = kind.partition(':')
    if kind == '.':
        return True
    if kind == 'const':
        c.set(names[0], table)
        return False
    if kind == 'text':
        c.set(names[0], '"0x0"')
        return False
    if kind in NUMBERS:
        fn, fmt = NUMBERS[kind]
        c.set(names[0], f'{fn}({n})')
        c.show(hidden, fmt, names[0])
    elif kind == 'mode':
        c.set(names[0], f'__uint_arg({n})')
        c.shown.append(('%s', f'__mode_text({table}, {names[0]})'))
    elif kind in ('path', 'pathu', 'pathn'):
        add_path(c, hidden, kind, n, names)
    elif kind in ('or', 'lor', 'one', 'opt', 'dirfd', 'sig'):
        add_named(c, hidden, kind, table, n, names)
    elif kind in STRUCTS or kind in ('buf', 'sa', 'sigset', 'argv'):
        add_memory(c, hidden, kind, table, n, names)
    else:
        fail(place, f'{kind} is no kind of argument')
    return True


def argstr(c):
    if not c.shown:
        return '""'
    # What __mode_text() gives has its own comma.
    fmt = ''.join((', ' if i and not v.startswith('__mode_text') else '') + f
                  for i, (f, v) in enumerate(c.shown))
    return f'sprintf("{fmt}", {", ".join(v for _, v in c.shown)})'


def alias(name, kernel, ret, lines):
    names = ' = '.join(f'{f}.{name}{ret}' for f in FAMILIES)
    body = ''.join(f'  {line}\n' for line in lines)
    return f'probe {names} = tp_syscall("{kernel}"){ret} {{\n{body}}}\n'


def call_text(place, line):
    m = re.fullmatch(r'(\w+)(?:=([\w,]+))?( -> x)?:(.*)', line)
    if not m:
        fail(place, 'this is no row')
    name, kernel, hexadecimal, args = m.groups()
    kernel = kernel or name
    shown = ', '.join(kernel.split(','))
    kernel = ','.join(k if k == name else f'{name}={k}'
                      for k in kernel.split(','))
    c, n = Call(), 0
    c.set('name', '__call_name()')
    for text in filter(None, (a.strip() for a in args.split(';'))):
        n += add_argument(place, c, n, text)
    if n > 6:
        fail(place, f'{n} arguments')
    c.set('argstr', argstr(c))
    out = f'\n/** The system call {shown}. */\n'
    out += alias(name, kernel, '', c.lines)
    out += '/** Its return. */\n'
    out += alias(name, kernel, '.return', [
        'name = __call_name()', 'retval = returnval()',
        f'retstr = return_str({2 if hexadecimal else 1}, retval)'])
    return out


def main():
    calls, folder = sys.argv[1:]
    files, subject = {}, None
    for place, line in rows(calls):
        if line[0] == '[':
            subject = line.strip('[]')
            files[subject] = LICENSE + \
                f'// System calls: {subject}. Made from calls.tbl.\n'
            continue
        files[subject] += call_text(place, line)
    for subject, text in files.items():
        with open(f'{folder}/syscall_{subject}.stp', 'w') as f:
            f.write(text)


main()
