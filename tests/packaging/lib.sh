# shellcheck shell=bash
# Sourced by roots.sh and booted.sh: Debian roots made by mmdebstrap, packages of higher versions
# made from the one under test, and a count of what passed. Everything lies in $work, which goes
# at the end, and every process started is ended by its id.

set -uo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${UNAGI_PACKAGING_WORK:-$(mktemp -d /tmp/unagi-packaging-XXXXXX)}
passed=0
failed=0
# Ended last first, before $work is removed.
started=()

cleanup() {
	local index
	for ((index = ${#started[@]} - 1; index >= 0; index--)); do
		kill -KILL "${started[index]}" 2>/dev/null
	done
	# The shell would tell of each that was killed.
	{ wait; } 2>/dev/null
	# A mount below would otherwise be emptied with the rest.
	if findmnt -rno TARGET | grep -q "^$work/"; then
		echo "still mounted below $work: not removed" >&2
	else
		rm -rf --one-file-system "$work"
	fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# check WHAT COMMAND...: counts whether the command succeeds, and shows its words if not.
check() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "ok      $what"
	else
		failed=$((failed + 1))
		echo "FAILED  $what"
		head -40 <<<"$output" | sed 's/^/        | /'
	fi
}

# The last line of the script, and its exit status.
summary() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}

is() {
	[ "$1" = "$2" ] || { printf 'found:    %s\nexpected: %s\n' "$1" "$2"; return 1; }
}

not() { ! "$@"; }

# until_true SECONDS COMMAND...: asks four times a second.
until_true() {
	local left=$(($1 * 4))
	shift
	while ((left-- > 0)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.25
	done
	"$@"
}

need() {
	local tool
	[ "$(id -u)" = 0 ] || { echo "this needs root: it makes Debian roots and runs them" >&2; exit 2; }
	for tool in "$@"; do
		command -v "$tool" >/dev/null || { echo "this needs $tool" >&2; exit 2; }
	done
}

# make_root SUITE EXTRA_PACKAGES: writes $work/SUITE.tar. From the mirror that this machine uses.
make_root() {
	local suite=$1 mirror
	# shellcheck disable=SC2016 # apt-get's own variables.
	mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' |
		sed -n 's/^Debian Debian //p' | head -1)
	timeout 300 mmdebstrap --quiet --variant=minbase ${2:+--include="$2"} "$suite" \
		"$work/$suite.tar" "${mirror:-http://deb.debian.org/debian}" || exit 1
}

# unpack_root SUITE NAME: prints the directory.
unpack_root() {
	local root=$work/$2
	mkdir "$root" && tar -xf "$work/$1.tar" -C "$root" || exit 1
	rm -f "$root/etc/machine-id"
	echo "$2" >"$root/etc/hostname"
	echo "$root"
}

# repack FROM VERSION [SED_SCRIPT_FOR_CONFFILE]: prints the new package's path. Not compressed,
# since it is installed once or twice.
repack() {
	local tree=$work/repack path=$work/unagi_$2_test.deb
	rm -rf "$tree" && dpkg-deb --raw-extract "$1" "$tree" || exit 1
	sed -i "s/^Version: .*/Version: $2/" "$tree/DEBIAN/control"
	if [ $# -gt 2 ]; then sed -i "$3" "$tree/etc/unagi/unagi.toml"; fi
	dpkg-deb --root-owner-group -Znone --build "$tree" "$path" >/dev/null || exit 1
	rm -rf "$tree"
	echo "$path"
}

# The package to test: the argument, or the one in dist/ for this machine.
package_under_test() {
	local found=${1:-}
	if [ -z "$found" ]; then
		found=$(find "$top/dist" -name "unagi_*_$(dpkg --print-architecture).deb" | sort -V | tail -1)
	fi
	[ -f "$found" ] || { echo "there is no package to test: run 'npm run deb'" >&2; exit 2; }
	realpath "$found"
}

# footprint ROOT: everything that a purge must leave as it was: names, kinds, owners and modes of
# all files, and the contents of those below /etc. Without what dpkg keeps for itself, the logs,
# and the older copies that useradd makes of its files.
footprint() {
	(
		cd "$1" || exit 1
		find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./tmp \
			-o -path ./var/lib/dpkg -o -path ./var/log -o -path ./var/tmp \
			-o -path './var/lib/systemd/*' -o -path ./root/packages \) -prune \
			-o -regex '\./etc/\(passwd\|group\|shadow\|gshadow\|subuid\|subgid\)-' \
			-o -printf '%p %y %m %U:%G %l\n' | LC_ALL=C sort
		find etc -xdev -type f ! -name '*-' -exec sha256sum {} + | LC_ALL=C sort -k2
	)
}
