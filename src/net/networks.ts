/**
 * The configured ranges as addresses, and this machine's own addresses, for one reading of its
 * interfaces. Cables and addresses change, so the daemon resolves them again from time to time.
 */
import type { AddressesByName, InterfaceAddress } from "../linux/sys/class-net.ts";
import { formatAddress, isIpv4, isLoopback } from "./address.ts";
import { resolveRanges } from "./address-set.ts";
import { parseCidr } from "./interval.ts";
import { type LanNetworks, whyNoLan } from "./lan.ts";
import type { RangeList } from "./ranges.ts";

/** What the configuration says about networks. */
export interface NetworkOptions {
  readonly p2pAllow: RangeList;
  readonly httpAllow: RangeList;
  readonly scan: RangeList;
  /** The address of `--bind`; absent: all. */
  readonly bind?: string;
}

export type Networks = ReturnType<typeof resolveNetworks>;

export function resolveNetworks(
  options: NetworkOptions,
  lan: LanNetworks,
  addresses: AddressesByName,
) {
  const { p2pAllow, httpAllow, scan, bind } = options;
  const all = [...addresses.values()].flat();
  /** The address of `--bind`, else all addresses of this machine except loopback and link-local. */
  const ownAddresses: readonly string[] =
    bind === undefined ? all.map(({ address }) => address).filter(isKnownToOthers) : [bind];
  const own = new Set(ownAddresses);
  const broadcasts = broadcastAddresses(all);
  const keyed = Object.entries({ scan, "p2p-allow": p2pAllow, "http-allow": httpAllow });
  return {
    lan,
    p2pAllow: resolveRanges(p2pAllow, lan),
    httpAllow: resolveRanges(httpAllow, lan),
    scan: resolveRanges(scan, lan),
    ownAddresses,
    /**
     * Whether this is an own or a loopback address. With `--bind` loopback addresses are not counted,
     * since other programs may be bound to them.
     */
    isOwn: (address: string) => own.has(address) || (bind === undefined && isLoopback(address)),
    /** Whether this address means all machines of a network that this machine is on. */
    isBroadcast: (address: string) => broadcasts.has(address),
    /** Sentences for the log and the page about options in which `lan` matches nothing. */
    notices: keyed.flatMap(([key, list]) => whyNoLan(list, key, lan) ?? []),
  };
}

/** Whether other machines can know this one by the address: it is neither loopback nor link-local. */
export function isKnownToOthers(address: string): boolean {
  return !isLoopback(address) && !address.startsWith("fe80:");
}

/**
 * The broadcast addresses of the IPv4 networks in which these addresses lie: the last address, and
 * the first, which once was the broadcast address and which some machines still take for it
 * (RFC 1122, 3.3.6). A network of one or two addresses has none (RFC 3021), nor has IPv6. A packet
 * to one of them would reach all machines there, and an answer from it comes from none in particular.
 */
export function broadcastAddresses(addresses: readonly InterfaceAddress[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { address, prefixLength } of addresses) {
    const network = parseCidr(`${address}/${prefixLength}`);
    if (network === undefined || !isIpv4(network.first)) continue;
    if (network.last - network.first < 2n) continue;
    found.add(formatAddress(network.first)).add(formatAddress(network.last));
  }
  return found;
}
