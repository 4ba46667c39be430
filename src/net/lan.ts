/**
 * What the word `lan` stands for on this machine: the private networks that its wired interfaces are
 * attached to. runtime/read-networks.ts reads the facts that are decided on here.
 */
import type { ArpEntry } from "../linux/proc/net-arp.ts";
import type { InterfaceFacts } from "../linux/sys/class-net.ts";
import { formatAddress, isIpv4, parseAddress } from "./address.ts";
import { type Interval, isWithin, knownCidr } from "./interval.ts";
import type { RangeList } from "./ranges.ts";

/** Networks and single addresses as CIDR or address text. */
export interface LanScope {
  /** For allow lists: IPv4 and IPv6. */
  readonly allow: readonly string[];
  /** For scans: IPv4 only, at most the /22 around an own address, and the neighbours known by ARP. */
  readonly scan: readonly string[];
}

type ByName = ReadonlyMap<string, InterfaceFacts>;

export interface LanNetworks {
  /** `lan` */
  readonly wired: LanScope;
  /** `lan+wireless` */
  readonly withWireless: LanScope;
  /** The interfaces that `lan` does not stand for, including wireless ones, with the reasons. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** RFC 1918, RFC 3927, RFC 4193. 100.64/10 is left out, since it belongs to the provider. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7"].map(
  (cidr) => ({ block: knownCidr(cidr), length: Number(cidr.split("/")[1]) }),
);

/** Networks wider than this are scanned only around an own address. */
const WIDEST_SCAN = 22;

/**
 * Together they keep a scan of `lan` below its limit of 65,536 addresses, so that it is never
 * refused for size: 60 × 1,022 + 4,096 = 65,416.
 */
const MOST_NETWORKS = 60;
const MOST_NEIGHBOURS = 4_096;

/** How deep interfaces may be stacked; a VLAN on a bond on hardware has 3 levels. */
const DEEPEST_STACK = 8;

/** How many interfaces a sentence names; a machine with containers has hundreds. */
const MOST_SHOWN = 4;

const IS_LOOPBACK = "it is loopback";
const NO_ADDRESS = "it has no address";

const ETHERNET = 1;
const INFINIBAND = 32;
/** ARPHRD_LOOPBACK of linux/if_arp.h. */
export const LOOPBACK_TYPE = 772;
const IFF_LOOPBACK = 0x8;
const IFF_POINTOPOINT = 0x10;

/** Tunnels that appear as Ethernet. */
const OVERLAYS: ReadonlySet<string> = new Set(["vxlan", "geneve", "gretap"]);

/** Everything that `lan` could ever stand for. */
export const PRIVATE_BLOCKS: readonly Interval[] = PRIVATE.map(({ block }) => block);

export function decideLan(
  interfaces: readonly InterfaceFacts[],
  arp: readonly ArpEntry[],
): LanNetworks {
  const byName = new Map(interfaces.map((facts) => [facts.name, facts]));
  const wired: InterfaceFacts[] = [];
  const wireless: InterfaceFacts[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  for (const facts of [...interfaces].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const reason = whyLeftOut(facts, byName) ?? whyNoPrivateNetwork(facts);
    if (reason !== undefined) leftOut.push({ name: facts.name, reason });
    else if (isMadeOfWireless(facts, byName)) {
      wireless.push(facts);
      leftOut.push({ name: facts.name, reason: "it is wireless (lan+wireless includes it)" });
    } else wired.push(facts);
  }
  return {
    wired: scopeOf(wired, arp),
    withWireless: scopeOf([...wired, ...wireless], arp),
    leftOut,
  };
}

/**
 * A sentence for the log and the page when the word in this list stands for nothing now; `key` is
 * the list's long option name. Undefined when all is well.
 */
export function whyNoLan(list: RangeList, key: string, lan: LanNetworks): string | undefined {
  const word = list.ranges.find(
    (range) =>
      range.kind === "lan" &&
      (range.includesWireless ? lan.withWireless : lan.wired)[list.use].length === 0,
  );
  if (word === undefined) return undefined;
  const seen = lan.leftOut
    .filter(({ reason }) => reason !== NO_ADDRESS && reason !== IS_LOOPBACK)
    .slice(0, MOST_SHOWN)
    .map(({ name, reason }) => `${name}: ${reason}`);
  const because = seen.length > 0 ? ` (${seen.join("; ")})` : "";
  const what = list.use === "scan" ? "IPv4 network" : "network";
  return (
    `'${word.text}' in ${key} matches no private ${what} of this machine${because}; ` +
    `name the range instead, as in ${key} = ["192.168.1."]`
  );
}

function whyLeftOut(facts: InterfaceFacts, byName: ByName): string | undefined {
  const { type, flags, deviceType } = facts;
  if (type === LOOPBACK_TYPE || (flags & IFF_LOOPBACK) !== 0) return IS_LOOPBACK;
  if (type === undefined) return "its kind cannot be read from /sys/class/net";
  if (facts.master !== undefined) return `it is a part of ${facts.master}`;
  if (deviceType === "wireguard") return "it is a WireGuard tunnel";
  if (facts.isTun) return "it is a tunnel of a program (tun or tap)";
  if (deviceType !== undefined && OVERLAYS.has(deviceType)) return `it is a ${deviceType} tunnel`;
  if ((flags & IFF_POINTOPOINT) !== 0) return "it is a point-to-point link";
  if (type !== ETHERNET && type !== INFINIBAND) return `it is no Ethernet (kind ${type})`;
  if (facts.isBridge && !hasHardware(facts, byName, 0)) {
    return "it is a bridge without a hardware port (containers or virtual machines)";
  }
  return undefined;
}

function whyNoPrivateNetwork(facts: InterfaceFacts): string | undefined {
  if (facts.addresses.some(({ address }) => privateBlock(parseAddress(address)))) return undefined;
  const shown = facts.addresses.find(({ address }) => !address.startsWith("fe80:"));
  if (shown === undefined) return NO_ADDRESS;
  return `its address ${shown.address} is not in a private network`;
}

function hasHardware(facts: InterfaceFacts, byName: ByName, depth: number): boolean {
  if (facts.hasDevice) return true;
  if (depth >= DEEPEST_STACK) return false;
  return lowersOf(facts, byName).some((lower) => hasHardware(lower, byName, depth + 1));
}

/** Whether the interface, or all hardware that it is made of, is wireless. */
function isMadeOfWireless(facts: InterfaceFacts, byName: ByName, depth = 0): boolean {
  if (facts.isWireless) return true;
  if (facts.hasDevice || depth >= DEEPEST_STACK) return false;
  const lowers = lowersOf(facts, byName).filter((lower) => hasHardware(lower, byName, depth));
  return lowers.length > 0 && lowers.every((lower) => isMadeOfWireless(lower, byName, depth + 1));
}

function lowersOf(facts: InterfaceFacts, byName: ByName): readonly InterfaceFacts[] {
  return facts.lowers.flatMap((name) => byName.get(name) ?? []);
}

function scopeOf(interfaces: readonly InterfaceFacts[], arp: readonly ArpEntry[]): LanScope {
  const allow = new Set<string>();
  const scan = new Set<string>();
  for (const { addresses } of interfaces) {
    for (const { address, prefixLength } of addresses) {
      const value = parseAddress(address);
      const block = privateBlock(value);
      if (value === undefined || block === undefined || allow.size >= MOST_NETWORKS) continue;
      // A netmask wider than the private block must not include public addresses.
      const length = Math.max(prefixLength, block.length);
      allow.add(networkText(value, length));
      if (isIpv4(value)) scan.add(networkText(value, Math.max(length, WIDEST_SCAN)));
    }
  }
  const names = new Set(interfaces.map(({ name }) => name));
  const networks = [...allow].map(knownCidr);
  for (const { address, device } of arp.slice(0, MOST_NEIGHBOURS)) {
    const value = parseAddress(address);
    if (value === undefined || !names.has(device)) continue;
    const at = { first: value, last: value };
    if (networks.some((network) => isWithin(at, network))) scan.add(address);
  }
  return { allow: [...allow], scan: [...scan] };
}

function privateBlock(value: bigint | undefined) {
  if (value === undefined) return undefined;
  return PRIVATE.find(({ block }) => value >= block.first && value <= block.last);
}

function networkText(value: bigint, length: number): string {
  const { first } = knownCidr(`${formatAddress(value)}/${length}`);
  return `${formatAddress(first)}/${length}`;
}
