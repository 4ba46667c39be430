#!/usr/bin/env bash
# The Debian package on three machines with systemd (Debian 12, 13, 13), as systemd-nspawn
# containers on one bridge in a network namespace of their own: they find each other with nothing
# edited, and the service does what its unit says. As root: tests/packaging/booted.sh [PACKAGE].
# Two to three minutes; changes nothing outside its own directory below /tmp.

# shellcheck source=tests/packaging/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# First the roots, by the network of this machine; then the rest, with networks and mounts of its
# own, which go with the last process in them.
if [ -z "${UNAGI_PACKAGING_WORK:-}" ]; then
	need mmdebstrap systemd-nspawn nsenter ip curl dpkg-deb
	package=$(package_under_test "${1:-}") || exit
	for suite in bookworm trixie; do
		make_root "$suite" systemd,systemd-sysv
	done
	UNAGI_PACKAGING_WORK=$work unshare --net --mount --propagation private "$0" "$package"
	exit
fi
package=$1
echo "testing $package"

# Names, addresses and process ids of the machines; index by number.
roots=()
leaders=()

# Debian 13 wants the unified hierarchy, whatever the machine around it has.
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1

address() { echo "10.73.0.1$1"; }

# boot NUMBER SUITE: starts a machine on the bridge and waits until it is up.
boot() {
	local number=$1 name=machine$1 nspawn
	roots[number]=$(unpack_root "$2" "$name")
	systemd-nspawn --quiet --register=no --keep-unit --network-bridge=unagi0 --machine="$name" \
		--directory="${roots[number]}" --boot </dev/null >"$work/$name.log" 2>&1 &
	nspawn=$!
	started+=("$nspawn")
	until_true 30 has_init "$nspawn" || { cat "$work/$name.log" >&2; exit 1; }
	leaders[number]=$(init_of "$nspawn")
	started+=("${leaders[number]}")
	until_true 60 has_booted "$number" || { cat "$work/$name.log" >&2; exit 1; }
	on "$number" ip link set host0 up
	on "$number" ip address add "$(address "$number")/24" dev host0
}

init_of() {
	local child
	# shellcheck disable=SC2013 # Words: it is one line.
	for child in $(cat "/proc/$1/task/$1/children"); do
		[ "$(cat "/proc/$child/comm")" = systemd ] && echo "$child" && return 0
	done
	return 1
}
has_init() { init_of "$1"; }

# A network that is not there may leave units failed: "degraded" is up too.
has_booted() { in_machine "$1" systemctl is-system-running | grep -qxE 'running|degraded'; }

# In the machine's network, with this machine's tools.
on() {
	local number=$1
	shift
	nsenter --target "${leaders[number]}" --net "$@"
}

# In the machine as a whole.
in_machine() {
	local number=$1
	shift
	nsenter --target "${leaders[number]}" --all env -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@" </dev/null
}

# install NUMBER FILE
install() {
	mkdir -p "${roots[$1]}/root/packages"
	cp "$2" "${roots[$1]}/root/packages/unagi.deb"
	in_machine "$1" dpkg -i /root/packages/unagi.deb
}

cluster() { on "$1" curl -sf --max-time 5 "http://127.0.0.1:8000/api/v1/cluster?report=summary"; }
machines_up() { cluster "$1" | grep -o '"state":"up"' | wc -l; }
sees_all() { is "$(machines_up "$1")" 3; }
own_id() { cluster "$1" | sed 's/.*"self":"\([^"]*\)".*/\1/'; }
main_pid() { in_machine "$1" systemctl show --property MainPID --value unagi; }
is_active() { is "$(in_machine "$1" systemctl is-active unagi)" "${2:-active}"; }
is_enabled() { is "$(in_machine "$1" systemctl is-enabled unagi)" "${2:-enabled}"; }
answers() { is "$(on "$1" curl -s --max-time 5 http://127.0.0.1:8000/healthz)" ok; }

page_shows_all() {
	local page number
	# From another machine of the network, by address, as a browser there would.
	page=$(on 1 curl -sf --max-time 5 "http://$(address "$1"):8000/") || return 1
	for number in 1 2 3; do
		grep -q "machine$number" <<<"$page" || { echo "no machine$number"; return 1; }
	done
}

# Every thread has the user's ids, the three groups and no capability.
has_no_privilege() {
	local pid expected
	pid=$(main_pid "$1")
	# shellcheck disable=SC2016 # For the shell inside.
	expected=$(in_machine "$1" sh -c '
		user=$(id -u unagi) log=$(getent group log | cut -d: -f3)
		groups=$(for group in adm log systemd-journal; do getent group $group | cut -d: -f3; done |
			sort -n | tr "\n" " ")
		echo "Uid: $user $user $user $user Gid: $log $log $log $log Groups: $groups"
		echo "CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1"')
	is "$(in_machine "$1" sh -c "cat /proc/$pid/task/*/status" |
		grep -E '^(Uid|Gid|Groups|CapPrm|CapEff|CapBnd|NoNewPrivs):' | tr -s '\t ' ' ' |
		paste -sd ' ' | sed 's/ Uid:/\nUid:/g' | tr -s ' ' | sed 's/ $//' | sort -u)" \
		"$(paste -sd ' ' <<<"$expected" | tr -s ' ')"
}

verifies() { is "$(in_machine "$1" systemd-analyze verify --man=no unagi.service 2>&1)" ""; }

exposure() {
	local level
	level=$(in_machine "$1" systemd-analyze security --offline=true --no-pager unagi.service |
		sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
	echo "exposure $level"
	awk -v level="$level" 'BEGIN { exit !(level != "" && level <= 2.0) }'
}

# One key, made on the first machine and root's alone: with it in place on all they are one network
# again, although the daemon's user cannot read the file.
seals() {
	local number
	in_machine 1 unagi keygen /etc/unagi/key || return 1
	is "$(in_machine 1 stat -c '%U:%G %a' /etc/unagi/key)" 'root:root 600' || return 1
	in_machine 1 systemctl restart unagi
	until_true 20 is_sealed 1 && until_true 90 names_unsealed 1 || return 1
	for number in 2 3; do
		cp -p "${roots[1]}/etc/unagi/key" "${roots[number]}/etc/unagi/key"
		in_machine "$number" systemctl restart unagi
	done
	for number in 1 2 3; do
		until_true 20 is_sealed "$number" && until_true 60 sees_all "$number" || return 1
	done
}
is_sealed() { cluster "$1" | grep -q '"isSealed":true'; }
names_unsealed() {
	in_machine "$1" journalctl --unit unagi --no-pager | grep -q 'came unsealed: is there no key'
}

# SIGHUP: the same process, and the new tag is there.
reloads() {
	local before
	before=$(main_pid "$1")
	echo 'tag = ["reloaded"]' >>"${roots[$1]}/etc/unagi/unagi.toml"
	in_machine "$1" systemctl reload unagi && until_true 10 has_tag "$1" &&
		is "$(main_pid "$1")" "$before" && is_active "$1"
}
has_tag() { cluster "$1" | grep -q '"tags":\["reloaded"\]'; }

# A crash is followed by a new start, 5 s later.
comes_back() {
	local before
	before=$(main_pid "$1")
	in_machine "$1" sh -c "kill -SEGV $before"
	until_true 20 is_other_process "$1" "$before" && until_true 10 answers "$1"
}
is_other_process() {
	local pid
	pid=$(main_pid "$1")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

# A process that has stopped turning misses its ping and is replaced.
is_watched() {
	local before result folder=${roots[$1]}/etc/systemd/system/unagi.service.d
	mkdir -p "$folder"
	printf '[Service]\nWatchdogSec=2\nTimeoutStopSec=2\n' >"$folder/short.conf"
	in_machine "$1" systemctl daemon-reload && in_machine "$1" systemctl restart unagi || return 1
	before=$(main_pid "$1")
	sleep 5
	is "$(main_pid "$1")" "$before" || return 1
	in_machine "$1" sh -c "kill -STOP $before"
	until_true 25 is_other_process "$1" "$before"
	result=$?
	rm -r "$folder"
	in_machine "$1" systemctl daemon-reload && in_machine "$1" systemctl restart unagi
	return $result
}

# A wrong configuration is said, and not tried again and again.
gives_up_on_wrong_configuration() {
	local file=${roots[$1]}/etc/unagi/unagi.toml result
	cp "$file" "$work/good.toml"
	echo 'colour = "red"' >>"$file"
	not in_machine "$1" systemctl restart unagi 2>/dev/null && sleep 6 && is_active "$1" failed &&
		in_machine "$1" journalctl --unit unagi --no-pager | grep -q 'colour'
	result=$?
	cp "$work/good.toml" "$file"
	in_machine "$1" systemctl restart unagi
	return $result
}

upgrades() {
	local pid id
	pid=$(main_pid "$1") id=$(own_id "$1")
	install "$1" "$2" || return 1
	is_other_process "$1" "$pid" && until_true 10 answers "$1" && is "$(own_id "$1")" "$id" &&
		in_machine "$1" grep -q reloaded /etc/unagi/unagi.toml
}

stays_disabled() {
	in_machine "$1" systemctl disable --now unagi && install "$1" "$2" || return 1
	is_enabled "$1" disabled && is_active "$1" inactive
}

is_not_started() {
	printf '#!/bin/sh\nexit 101\n' >"${roots[$1]}/usr/sbin/policy-rc.d"
	chmod +x "${roots[$1]}/usr/sbin/policy-rc.d"
	install "$1" "$package" && is_enabled "$1" && is_active "$1" inactive
	local result=$?
	rm "${roots[$1]}/usr/sbin/policy-rc.d"
	return $result
}

removes() {
	local pid
	pid=$(main_pid "$1")
	in_machine "$1" dpkg --remove unagi && not in_machine "$1" test -e "/proc/$pid" &&
		not in_machine "$1" systemctl cat unagi && in_machine "$1" ls /var/lib/unagi/
}

ip link set lo up
ip link add unagi0 type bridge
ip link set unagi0 up
# nspawn's notes about its containers: gone with these mounts.
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn

boot 1 bookworm
boot 2 trixie
boot 3 trixie
before=()
for number in 1 2 3; do
	before[number]=$(footprint "${roots[number]}")
done

check "machine3: policy-rc.d is heard" is_not_started 3
in_machine 3 systemctl start unagi
for number in 1 2; do
	check "machine$number: installs" install "$number" "$package"
done
start=$SECONDS
for number in 1 2 3; do
	check "machine$number: is running" is_active "$number"
	check "machine$number: is enabled" is_enabled "$number"
	check "machine$number: shows all three within a minute" until_true 60 sees_all "$number"
	check "machine$number: shows them to a browser of the network" page_shows_all "$number"
done
echo "        they had found each other after $((SECONDS - start)) s"

check "a key in /etc/unagi seals the network, and parts it until all have it" seals

for number in 1 2; do
	check "machine$number: no thread has a privilege" has_no_privilege "$number"
	check "machine$number: systemd-analyze verify prints nothing" verifies "$number"
	check "machine$number: systemd-analyze security is at most 2.0" exposure "$number"
	check "machine$number: a reload takes the new tag, in the same process" reloads "$number"
	check "machine$number: comes back after a crash" comes_back "$number"
	check "machine$number: is replaced when it hangs" is_watched "$number"
	check "machine$number: gives up on a wrong configuration" \
		gives_up_on_wrong_configuration "$number"
done

newer=$(repack "$package" 99.1)
latest=$(repack "$package" 99.2)
for number in 1 2; do
	check "machine$number: an upgrade restarts it and keeps what it knows" \
		upgrades "$number" "$newer"
	check "machine$number: removing stops it and leaves its history" removes "$number"
	check "machine$number: is installed again" install "$number" "$newer"
	check "machine$number: is running again" is_active "$number"
	check "machine$number: an upgrade leaves a disabled service alone" \
		stays_disabled "$number" "$latest"
	check "machine$number: is purged" in_machine "$number" dpkg --purge unagi
	check "machine$number: purging leaves no file, user or group" \
		diff <(echo "${before[number]}") <(footprint "${roots[number]}")
done
summary
