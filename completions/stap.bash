# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of stap's command line for bash: options as stap --help lists them,
# forms of probe points behind -l and -L, files for the rest.

_stap()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} stap=$1

	COMPREPLY=()
	case $prev in
	-l | -L)
		mapfile -t COMPREPLY < <(compgen -W "$("$stap" \
			--dump-probe-types 2>/dev/null)" -- "$cur")
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
	-e | -E | -c | -D | -G | -T | -s | -m)
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
