# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by the executors of the run-time suite, on the host and in a guest; any
# POSIX shell.

# messages FILE NAME: what users match on in FILE, of the script NAME.stp: errors
# and warnings, places made neutral, library frames and texts behind the cut of
# 300 bytes left out.
messages()
{
	sed -E -e "s#[^ '\"()]*/?$2\.stp#FILE.stp#g" \
		-e "s#[^ '\"()]*/tapset/[^ '\"()]*\.stp:[0-9]+:[0-9]+#TAPSET#g" \
		-e "s#module '[^']*\.(bo|ko)'#module 'MODULE.ko'#" \
		-e "s# near ([a-z]+ '[^']*' at TAPSET \(called from )+([a-z]+ '[^']*' at [^)]*)\)# near \2#" "$1" |
		grep -E "^(ERROR|WARNING|(semantic|parse) error): " |
		grep -vE "^WARNING: (Eliding|never-assigned|side-effect|Kernel function symbol table)" |
		cut -c1-300 | sort -u
}
