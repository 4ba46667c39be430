/**
 * Reads what `lan` is decided on: the interfaces' kinds from /sys/class/net, their addresses from
 * the kernel (AF_NETLINK, through node:os), and the neighbours from /proc/net/arp. What cannot be
 * read is absent, never an error.
 */
import { type Dirent, existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, join } from "node:path";
import { parseAddress } from "../net/address-value.ts";
import {
  type ArpEntry,
  decideLan,
  type InterfaceAddress,
  type InterfaceFacts,
  type LanNetworks,
} from "../net/lan.ts";

/** `root` is "/" but in tests; `addresses` come from the kernel by netlink. */
export function readLan(root: string, addresses = readAddresses()): LanNetworks {
  return decideLan(readInterfaces(root, addresses), readArp(root));
}

/** Addresses by interface name; an alias such as `eth0:1` counts for `eth0`. */
export type AddressesByName = ReadonlyMap<string, readonly InterfaceAddress[]>;

export function readAddresses(): AddressesByName {
  const byName = new Map<string, InterfaceAddress[]>();
  for (const [label, infos] of Object.entries(networkInterfaces())) {
    const name = label.split(":")[0] ?? label;
    const known = byName.get(name) ?? [];
    byName.set(name, known);
    for (const { address, cidr } of infos ?? []) {
      const prefixLength = Number(cidr?.split("/")[1]);
      if (Number.isInteger(prefixLength)) known.push({ address, prefixLength });
    }
  }
  return byName;
}

/** All interfaces below `root`/sys/class/net, and those with an address that are not there. */
export function readInterfaces(
  root: string,
  addresses: AddressesByName = readAddresses(),
): readonly InterfaceFacts[] {
  const folder = join(root, "sys/class/net");
  const names = new Set([...listFolder(folder), ...addresses.keys()]);
  return [...names].map((name) => readInterface(join(folder, name), addresses.get(name) ?? []));
}

function readInterface(folder: string, addresses: readonly InterfaceAddress[]): InterfaceFacts {
  const type = readNumber(join(folder, "type"));
  const deviceType = /^DEVTYPE=(.*)$/m.exec(readText(join(folder, "uevent")) ?? "")?.[1];
  const master = readLinkName(join(folder, "master"));
  const has = (name: string) => existsSync(join(folder, name));
  return {
    name: basename(folder),
    addresses,
    ...(type === undefined ? {} : { type }),
    flags: readNumber(join(folder, "flags")) ?? 0,
    ...(deviceType === undefined ? {} : { deviceType }),
    hasDevice: has("device"),
    isWireless: deviceType === "wlan" || has("wireless") || has("phy80211"),
    isTun: has("tun_flags"),
    isBridge: deviceType === "bridge" || has("bridge"),
    ...(master === undefined ? {} : { master }),
    lowers: listFolder(folder)
      .filter((name) => name.startsWith("lower_"))
      .map((name) => name.slice("lower_".length)),
  };
}

/** Neighbours that answered; none where the file cannot be read. */
export function readArp(root: string): readonly ArpEntry[] {
  return parseArp(readText(join(root, "proc/net/arp")) ?? "");
}

/**
 * /proc/net/arp:
 *
 *     IP address       HW type     Flags       HW address            Mask     Device
 *     192.168.1.1      0x1         0x2         52:54:00:12:34:56     *        eth0
 *
 * Only lines with the flag ATF_COM (0x2, the neighbour answered); others are left out, and so is
 * whatever cannot be read.
 */
export function parseArp(text: string): readonly ArpEntry[] {
  const entries: ArpEntry[] = [];
  for (const line of text.split("\n").slice(1)) {
    const [address, , flags, , , device] = line.trim().split(/\s+/);
    if (address === undefined || device === undefined) continue;
    if (parseAddress(address) === undefined || (Number(flags) & 0x2) === 0) continue;
    entries.push({ address, device });
  }
  return entries;
}

/** Plain files among them are no interfaces (`bonding_masters`), but have no facts either. */
function listFolder(folder: string): readonly string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // No sysfs here, or the interface went away: nothing is known of it.
  }
  return entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // Many of these files exist only for some kinds of interfaces.
  }
}

/** Decimal or 0x…; undefined for anything else. */
function readNumber(path: string): number | undefined {
  const text = readText(path)?.trim();
  if (text === undefined || !/^(0x[0-9a-f]+|\d+)$/i.test(text)) return undefined;
  return Number(text);
}

function readLinkName(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined; // No such link: nothing above this interface.
  }
}
