/**
 * /sys/class/net: what the kernel says about each network interface, one file or link for a fact.
 * The addresses come from the kernel by netlink. A fact that cannot be read is absent, never an
 * error.
 *
 *     br0/type          1
 *     br0/flags         0x1003
 *     br0/carrier       1
 *     br0/uevent        DEVTYPE=bridge
 *     br0/lower_eno1 -> ../../../pci0000:00/0000:00:1f.6/net/eno1
 *     eno1/device    -> ../../../0000:00:1f.6
 *     eno1/master    -> ../../../../virtual/net/br0
 *
 * Source: Documentation/ABI/testing/sysfs-class-net of the kernel.
 */
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename } from "node:path";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { below, readLink, readNames, readNamesOrNone, readWord } from "../read-text.ts";

export type InterfaceFacts = Readonly<ReturnType<typeof readInterface>>;

export interface InterfaceAddress {
  /** As the kernel prints it. */
  readonly address: string;
  readonly prefixLength: number;
}

/** Addresses by interface name; an alias such as `eth0:1` counts for `eth0`. */
export type AddressesByName = ReadonlyMap<string, readonly InterfaceAddress[]>;

/** What tells an interface with hardware from one whose traffic passes another interface too. */
export interface InterfaceKind {
  readonly hasDevice: boolean;
  readonly hasMaster: boolean;
  /** A bridge, a bond or a tun. */
  readonly isLayered: boolean;
}

const FOLDER = "/sys/class/net";
/** The only entry of the folder that is no interface: a file of the bonding driver. */
const BONDING_MASTERS = "bonding_masters";

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

/** All interfaces of the folder, and those with an address that are not in it. */
export function readInterfaces(
  root: string,
  addresses: AddressesByName = readAddresses(),
): readonly InterfaceFacts[] {
  const names = new Set([...(interfaceNames(root) ?? []), ...addresses.keys()]);
  return [...names].map((name) => readInterface(root, name, addresses.get(name) ?? []));
}

/**
 * Gives the kind of an interface by name; undefined where there is no /sys. Asks no more than it
 * must: a host of containers has hundreds of interfaces, and each sample asks for all of them.
 */
export function readInterfaceKinds(root: string): ((name: string) => InterfaceKind) | undefined {
  if (interfaceNames(root) === undefined) return undefined;
  return (name) => {
    const has = entriesOf(root, name);
    // Most have a device, and then nothing else matters.
    if (has("device")) return { hasDevice: true, hasMaster: false, isLayered: false };
    const isLayered = has("bridge") || has("bonding") || has("tun_flags");
    return { hasDevice: false, hasMaster: has("master"), isLayered };
  };
}

/** The interfaces whose type can be read, and whether a cable, or what stands for one, is plugged in. */
export function readCarriers(root: string) {
  return (interfaceNames(root) ?? []).flatMap((name) => {
    const type = readNumber(root, `${FOLDER}/${name}/type`);
    if (type === undefined) return [];
    // The carrier of an interface that is switched off cannot be read (EINVAL): it has none.
    const hasCarrier = readWord(root, `${FOLDER}/${name}/carrier`) === "1";
    return [{ type, hasDevice: entriesOf(root, name)("device"), hasCarrier }];
  });
}

function interfaceNames(root: string): readonly string[] | undefined {
  const names = readNames(root, FOLDER);
  return names.ok ? names.value.filter((name) => name !== BONDING_MASTERS) : undefined;
}

function readInterface(root: string, name: string, addresses: readonly InterfaceAddress[]) {
  const folder = `${FOLDER}/${name}`;
  const has = entriesOf(root, name);
  const deviceType = /^DEVTYPE=(.*)$/m.exec(readWord(root, `${folder}/uevent`) ?? "")?.[1];
  const master = readLink(root, `${folder}/master`);
  const lowers = readNamesOrNone(root, folder).filter((entry) => entry.startsWith("lower_"));
  return withoutUndefined({
    name,
    addresses,
    // ARPHRD_*: 1 Ethernet, 32 InfiniBand, 512 PPP, 772 loopback, 65534 none.
    type: readNumber(root, `${folder}/type`),
    // IFF_*.
    flags: readNumber(root, `${folder}/flags`) ?? 0,
    // wlan, wireguard, bridge, vlan, bond, vxlan…
    deviceType,
    // Hardware, or what a virtual machine takes for hardware.
    hasDevice: has("device"),
    isWireless: deviceType === "wlan" || has("wireless") || has("phy80211"),
    isTun: has("tun_flags"),
    isBridge: deviceType === "bridge" || has("bridge"),
    master: master === undefined ? undefined : basename(master),
    // What it is made of: ports of a bridge or bond, the parent of a VLAN.
    lowers: lowers.map((entry) => entry.slice("lower_".length)),
  });
}

function entriesOf(root: string, name: string): (entry: string) => boolean {
  return (entry) => existsSync(below(root, `${FOLDER}/${name}/${entry}`));
}

/** Decimal or 0x…; undefined for anything else. */
function readNumber(root: string, path: string): number | undefined {
  const text = readWord(root, path) ?? "";
  return /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : undefined;
}
