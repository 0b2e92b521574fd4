# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of stap's command line for bash: options as stap --help lists them,
# probe points behind -l and -L, probe points and functions of the library in the
# script behind -e and -E, files for the rest.

# What a script can name, one a line: forms of probe points, aliases, functions.
_stap_names()
{
	local stap=$1
	shift
	while (($#)); do
		"$stap" "--dump-$1" 2>/dev/null
		shift
	done | sed -E 's/ = .*//; s/^([A-Za-z_0-9]+):.*/\1(/' | sort -u
}

_stap()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} stap=$1
	local last names

	COMPREPLY=()
	case $prev in
	-l | -L)
		mapfile -t COMPREPLY < <(compgen -W "$(_stap_names "$stap" \
			probe-types probe-aliases)" -- "$cur")
		return
		;;
	-e | -E)
		# The last name in the text, with what stands before it.
		last=${cur##*[^A-Za-z0-9_.]}
		[ -n "$last" ] || return
		names=$(_stap_names "$stap" probe-types probe-aliases functions)
		mapfile -t COMPREPLY < <(compgen -P "${cur%"$last"}" \
			-W "$names" -- "$last")
		return
		;;
	-p)
		mapfile -t COMPREPLY < <(compgen -W '1 2 3 4 5' -- "$cur")
		return
		;;
	-x)
		mapfile -t COMPREPLY < <(compgen -W "$(cd /proc && echo [0-9]*)" \
			-- "$cur")
		return
		;;
	-I)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	-c | -D | -G | -T | -s | -m)
		return
		;;
	esac
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W "$("$stap" --help \
			2>/dev/null | sed -nE \
			-e 's/^  (-.) (--[a-z-]+).*/\1 \2/p' \
			-e 's/^  (-[^-]|--[a-z-]+).*/\1/p')" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	esac
}
complete -o filenames -F _stap stap
