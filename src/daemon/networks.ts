/**
 * The configured ranges as they stand for addresses right now, and this machine's own addresses.
 * Both are read again from time to time: a cable may be plugged in, an address may change.
 */
import type { ClusterRanges } from "../cluster/options.ts";
import type { Config } from "../config/config.ts";
import { type AddressesByName, readAddresses } from "../linux/sys/class-net.ts";
import { isLoopback } from "../net/address.ts";
import { type AddressSet, resolveRanges } from "../net/address-set.ts";
import { broadcastAddresses } from "../net/broadcasts.ts";
import { whyNoLan } from "../net/lan.ts";
import { readLan } from "../runtime/read-lan.ts";

/** How often `lan` and the own addresses are read again; it takes about a millisecond. */
export const LAN_REFRESH_MS = 30_000;

/** As many machines as there may be; forged senders only make it begin anew. */
const MOST_REMEMBERED = 4096;

export interface Networks {
  readonly p2pAllow: AddressSet;
  readonly httpAllow: AddressSet;
  readonly scan: AddressSet;
  /** This machine's addresses, loopback and link-local ones left out. */
  readonly ownAddresses: readonly string[];
  /** These and all loopback ones, as long as no other program may be bound to one of them. */
  readonly isOwn: (address: string) => boolean;
  /** Means all machines of a network that this one is on, whatever the ranges say. */
  readonly isBroadcast: (address: string) => boolean;
  /** Sentences for the log and the page, when `lan` stands for nothing here. */
  readonly notices: readonly string[];
}

type Ranges = Pick<Config, "p2pAllow" | "httpAllow" | "scan" | "bind">;

export function readNetworks(
  ranges: Ranges,
  root: string,
  addresses: AddressesByName = readAddresses(),
): Networks {
  const lan = readLan(root, addresses);
  const notices = [
    whyNoLan(ranges.scan, "scan", lan),
    whyNoLan(ranges.p2pAllow, "p2p-allow", lan),
    whyNoLan(ranges.httpAllow, "http-allow", lan),
  ];
  const { bind } = ranges;
  const ownAddresses = bind === undefined ? listOwn(addresses) : [bind];
  const own = new Set(ownAddresses);
  const broadcasts = broadcastAddresses([...addresses.values()].flat());
  return {
    p2pAllow: resolveRanges(ranges.p2pAllow, lan),
    httpAllow: resolveRanges(ranges.httpAllow, lan),
    scan: resolveRanges(ranges.scan, lan),
    ownAddresses,
    isOwn: (address) => own.has(address) || (bind === undefined && isLoopback(address)),
    isBroadcast: (address) => broadcasts.has(address),
    notices: notices.filter((notice) => notice !== undefined),
  };
}

/** What of them is the core's business. */
export function clusterRanges(networks: Networks): ClusterRanges {
  const { p2pAllow, scan, isOwn, isBroadcast } = networks;
  return {
    allow: remembered((address) => p2pAllow.contains(address) && !isBroadcast(address)),
    ...{ scan, isOwn },
  };
}

/** Each packet asks, and nearly all come from the same few machines. */
function remembered(isSo: (address: string) => boolean): (address: string) => boolean {
  const answers = new Map<string, boolean>();
  return (address) => {
    const known = answers.get(address);
    if (known !== undefined) return known;
    const answer = isSo(address);
    if (answers.size >= MOST_REMEMBERED) answers.clear();
    answers.set(address, answer);
    return answer;
  };
}

function listOwn(addresses: AddressesByName): readonly string[] {
  return [...addresses.values()]
    .flat()
    .map(({ address }) => address)
    .filter((address) => !isLoopback(address) && !address.startsWith("fe80:"));
}
