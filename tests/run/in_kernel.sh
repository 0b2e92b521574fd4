# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts of this folder check in begin handlers, a handler in the
# kernel prints alike: run's second executor.
set -u
. "$LIB"
needs_root
exec bash "$(dirname "$LIB")/run" --executor bpf "$BIN"
