# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# apt.bash: packages of any Debian suite, fetched and unpacked beside the
# system. For sourcing. The mirror is the one of this machine's own apt
# configuration (and so are proxies and such); lists and state are our own,
# signatures are checked with debian-archive-keyring, nothing is installed.

STORE=${SPILE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/spile/kernels}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# apt_sites: the addresses of the archive and of the security archive (which may
# be none) as this machine has them
apt_sites()
{
	local sites
	sites=$(apt-get indextargets --format '$(LABEL)|$(SITE)' 2>/dev/null | sort -u)
	if ! grep -q '^Debian|' <<<"$sites"; then # without lists there are no labels
		apt-get -q update >/dev/null 2>&1
		sites=$(apt-get indextargets --format '$(LABEL)|$(SITE)' 2>/dev/null | sort -u)
	fi
	APT_MAIN=$(sed -n 's/^Debian|//p' <<<"$sites" | head -n 1)
	APT_SECURITY=$(sed -n 's/^Debian-Security|//p' <<<"$sites" | head -n 1)
	if [ -z "$APT_MAIN" ]; then
		echo "kernels: apt on this machine knows no Debian archive (try apt-get update)" >&2
		return 1
	fi
}

# apt_open SUITE: lists of the suite, fetched when they are older than a day
apt_open()
{
	local suite=$1 dir=$STORE/.apt/$1
	[ -r $KEYRING ] || { echo "kernels: no $KEYRING (package debian-archive-keyring)" >&2; return 1; }
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	# The lists go to a folder that only we may read, so no other user fetches.
	APT_OPTIONS=(-q -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::State::lists="$dir/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$dir/cache" -o Acquire::Languages=none
		-o APT::Sandbox::User="$(id -un)" -o APT::Architecture=amd64 -o Acquire::Retries=3)
	[ -z "$(find "$dir/fresh" -mmin -1440 2>/dev/null)" ] || return 0
	apt_sites || return 1
	{
		echo "deb [signed-by=$KEYRING] $APT_MAIN $suite main"
		[ "$suite" = sid ] || [ -z "$APT_SECURITY" ] || echo "deb [signed-by=$KEYRING] $APT_SECURITY $suite-security main"
	} >"$dir/sources.list"
	if ! apt-get "${APT_OPTIONS[@]}" -o APT::Update::Error-Mode=any update >"$dir/log" 2>&1; then
		tail -n 5 "$dir/log" >&2
		return 1
	fi
	touch "$dir/fresh"
}

# apt_closure KEEP PACKAGE...: the packages and what they depend on (the first of
# alternatives), of those whose name matches the expression KEEP
apt_closure()
{
	local keep=$1 name new
	local -A seen=()
	shift
	while [ $# -gt 0 ]; do
		new=()
		for name; do
			[ -n "${seen[$name]:-}" ] || new+=("$name")
			seen[$name]=1
		done
		[ ${#new[@]} -gt 0 ] || break
		printf '%s\n' "${new[@]}"
		# shellcheck disable=SC2046
		set -- $(apt-cache "${APT_OPTIONS[@]}" show --no-all-versions "${new[@]}" |
			sed -n 's/^\(Pre-\)\?Depends: //p' | tr , '\n' | awk '{ print $1 }' |
			grep -E -- "$keep" | sort -u)
	done
}

# apt_unpack DIR PACKAGE...: fetch and unpack into DIR
apt_unpack()
{
	local dir=$1 tmp deb
	shift
	tmp=$(mktemp -d "$STORE/fetch.XXXXXX") || return 1
	if ! (cd "$tmp" && apt-get "${APT_OPTIONS[@]}" download "$@") >"$tmp/log" 2>&1; then
		tail -n 5 "$tmp/log" >&2
		rm -rf "$tmp"
		return 1
	fi
	mkdir -p "$dir"
	for deb in "$tmp"/*.deb; do
		# A package that ships /lib goes through the merged tree's link.
		dpkg-deb --fsys-tarfile "$deb" | tar -C "$dir" --keep-directory-symlink -x || {
			rm -rf "$tmp"
			return 1
		}
	done
	rm -rf "$tmp"
}
