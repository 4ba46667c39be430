/**
 * The addresses that mean all machines of a network at once: a packet to one of them would reach
 * everybody there, and an answer from it comes from nobody in particular.
 */

import type { InterfaceAddress } from "../linux/sys/class-net.ts";
import { formatAddress, isIpv4, parseCidr } from "./address-value.ts";

/**
 * Of the IPv4 networks that these addresses lie in: the last address, and the first, which was
 * the broadcast address once and is still taken for it by some (RFC 1122, 3.3.6). A network of
 * one or two addresses has none (RFC 3021), nor has IPv6.
 */
export function broadcastAddresses(addresses: readonly InterfaceAddress[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { address, prefixLength } of addresses) {
    const network = parseCidr(`${address}/${prefixLength}`);
    if (network === undefined || !isIpv4(network.first) || network.last - network.first < 2n)
      continue;
    found.add(formatAddress(network.first));
    found.add(formatAddress(network.last));
  }
  return found;
}
