#!/usr/bin/env bash
# Takes the Debian package through its life in fresh Debian 12 and 13 roots without systemd:
# install, run, upgrade, reinstall, remove, purge. As root: tests/packaging/roots.sh [PACKAGE].
# Two to three minutes; changes nothing outside its own directory below /tmp.
# shellcheck source=tests/packaging/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need mmdebstrap unshare ip curl dpkg-deb
package=$(package_under_test "${1:-}") || exit
echo "testing $package"

in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }

# Bun aborts where there is no /proc.
says_its_version() {
	is "$(unshare --pid --fork --mount --mount-proc="$root/proc" chroot "$root" unagi --version |
		cut -d" " -f1,2)" "unagi $(dpkg-deb -f "$package" Version)"
}

# install FILE [OPTION...]: never asks; a question would end it.
install() {
	local file=$1
	shift
	mkdir -p "$root/root/packages"
	ln -f "$file" "$root/root/packages/" 2>/dev/null || cp "$file" "$root/root/packages/"
	# No fsync: what is tested outlives no power failure.
	in_root dpkg --force-unsafe-io "$@" -i "/root/packages/$(basename "$file")" </dev/null
}

# shellcheck disable=SC2016 # dpkg-query's own variables.
version_in_root() { in_root dpkg-query -Wf '${Version} ${Status}' unagi; }
user_entry() { in_root getent passwd unagi | cut -d: -f1,6,7; }
primary_group() { in_root id -gn unagi; }
state_directory() { in_root stat -c '%U:%G %a' /var/lib/unagi; }

# Starts unagi as user unagi, with nothing but the shipped configuration, in a network of its own
# that has only loopback; asks for /healthz; ends it by its id. With the history in /var/lib.
run_by_hand() {
	# shellcheck disable=SC2016 # For the shell inside.
	unshare --net --pid --fork --mount --mount-proc="$root/proc" --kill-child bash -c '
		ip link set lo up
		chroot --userspec=unagi:log "$0" /usr/bin/unagi --state /var/lib/unagi &
		daemon=$!
		for _ in {1..60}; do
			answer=$(curl -s --max-time 2 http://127.0.0.1:8000/healthz) && break
			sleep 0.25
		done
		kill -TERM "$daemon"
		wait "$daemon"
		echo "answer: $answer, exit: $?"
	' "$root" 2>"$work/run.log" | tail -1
}

runs_by_hand() {
	is "$(run_by_hand)" "answer: ok, exit: 0" || { cat "$work/run.log"; return 1; }
}

# The group, the user or both were there before: they are not the package's to remove.
keeps_what_it_did_not_make() {
	root=$(unpack_root "$suite" "$suite-before")
	in_root groupadd --system log &&
		in_root useradd --system --gid log --home-dir /srv --shell /bin/sh unagi || return 1
	local before
	before=$(footprint "$root")
	install "$later" >/dev/null && in_root dpkg --purge unagi >/dev/null || return 1
	diff <(echo "$before") <(footprint "$root")
}

# A member of group log, or a message file that belongs to it, and the group stays.
keeps_a_group_in_use() {
	root=$(unpack_root "$suite" "$suite-used")
	install "$later" >/dev/null || return 1
	"$@" || return 1
	local words
	words=$(in_root dpkg --purge unagi 2>&1) || return 1
	grep -q "the group log is kept" <<<"$words" && in_root getent group log >/dev/null &&
		not in_root getent passwd unagi
	local result=$?
	rm -rf "$root"
	return $result
}

add_member() { in_root usermod --append --groups log games; }
give_message_file() { touch "$root/var/log/messages" && in_root chgrp log /var/log/messages; }

# systemd-sysusers may come between unpacking and configuring, and makes user and group first.
is_not_deceived_by_sysusers() {
	root=$(unpack_root "$suite" "$suite-sysusers")
	local before
	before=$(footprint "$root")
	mkdir -p "$root/root/packages" && cp "$later" "$root/root/packages/later.deb"
	in_root dpkg --unpack /root/packages/later.deb >/dev/null &&
		in_root groupadd --system log &&
		in_root useradd --system --gid log unagi &&
		in_root dpkg --configure unagi >/dev/null &&
		in_root dpkg --purge unagi >/dev/null || return 1
	diff <(echo "$before") <(footprint "$root")
}

# An installation that breaks off before it has begun leaves nothing.
leaves_nothing_when_aborted() {
	root=$(unpack_root "$suite" "$suite-aborted")
	local before broken=$work/broken
	before=$(footprint "$root")
	dpkg-deb --raw-extract "$later" "$broken" && sed -i 's/^exit 0/exit 1/' "$broken/DEBIAN/preinst" &&
		dpkg-deb --root-owner-group -Znone --build "$broken" "$work/broken.deb" >/dev/null || return 1
	rm -rf "$broken"
	not install "$work/broken.deb" >/dev/null 2>&1 || return 1
	in_root dpkg --purge unagi >/dev/null 2>&1
	diff <(echo "$before") <(footprint "$root")
}

life() {
	suite=$1
	make_root "$suite"
	root=$(unpack_root "$suite" "$suite")
	local before edited
	before=$(footprint "$root")

	check "$suite: installs" install "$package"
	check "$suite: is installed as dpkg sees it" in_root dpkg --verify unagi
	check "$suite: the user has no login and no home" \
		is "$(user_entry)" "unagi:/nonexistent:/usr/sbin/nologin"
	check "$suite: the user's group is log" is "$(primary_group)" log
	check "$suite: the state directory is the user's alone" is "$(state_directory)" "unagi:log 700"
	check "$suite: the program says its version" says_its_version
	check "$suite: runs as that user, answers, and ends" runs_by_hand
	check "$suite: keeps a history" in_root sh -c 'ls /var/lib/unagi/*.sqlite'
	check "$suite: configuring again changes nothing" in_root dpkg-reconfigure unagi

	footprint "$root" >"$work/$suite.installed"
	check "$suite: reinstalls" install "$package"
	check "$suite: a reinstallation changes nothing" \
		diff "$work/$suite.installed" <(footprint "$root")

	check "$suite: upgrades, the configuration file untouched" install "$newer"
	check "$suite: takes over the new configuration file" in_root grep -q newer /etc/unagi/unagi.toml
	edited="$(cat "$root/etc/unagi/unagi.toml")"$'\ntag = ["edited"]'
	echo "$edited" >"$root/etc/unagi/unagi.toml"
	check "$suite: upgrades without a question, only the user's file changed" install "$later"
	check "$suite: keeps the user's file" is "$(cat "$root/etc/unagi/unagi.toml")" "$edited"
	check "$suite: upgrades, both files changed" install "$latest" --force-confold
	check "$suite: keeps the user's file again" is "$(cat "$root/etc/unagi/unagi.toml")" "$edited"
	check "$suite: lays the new one beside it" in_root grep -q latest /etc/unagi/unagi.toml.dpkg-dist
	check "$suite: has the highest version" is "$(version_in_root)" "99.3 install ok installed"
	check "$suite: runs on after the upgrades" runs_by_hand
	check "$suite: keeps the history over the upgrades" \
		is "$(in_root sh -c 'ls /var/lib/unagi/*.sqlite | wc -l')" 1

	check "$suite: is removed" in_root dpkg --remove unagi
	check "$suite: removing takes the program" not in_root test -e /usr/bin/unagi
	check "$suite: removing leaves configuration, history and user" \
		in_root sh -c 'grep -q edited /etc/unagi/unagi.toml && ls /var/lib/unagi/*.sqlite && id unagi'
	check "$suite: is installed again" install "$latest"
	check "$suite: finds its configuration again" in_root grep -q edited /etc/unagi/unagi.toml
	touch "$root/etc/unagi/key"
	check "$suite: is purged" in_root dpkg --purge unagi
	check "$suite: purging leaves no file, user or group" diff <(echo "$before") <(footprint "$root")

	check "$suite: keeps a user and a group that were there before" keeps_what_it_did_not_make
	check "$suite: keeps a group log with a member" keeps_a_group_in_use add_member
	check "$suite: keeps a group log that owns a message file" keeps_a_group_in_use give_message_file
	check "$suite: removes what systemd-sysusers made for it" is_not_deceived_by_sysusers
	check "$suite: leaves nothing of a broken installation" leaves_nothing_when_aborted
	rm -rf --one-file-system "${work:?}/$suite"*
}

newer=$(repack "$package" 99.1 '1s/^/# newer\n/')
later=$(repack "$newer" 99.2)
latest=$(repack "$newer" 99.3 '1s/^/# latest\n/')
for suite in bookworm trixie; do
	life "$suite"
done
summary
