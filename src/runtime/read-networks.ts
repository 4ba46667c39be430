/** Reads this machine's interfaces and neighbours, and finds out what the configured ranges mean. */
import { readArp } from "../linux/proc/net-arp.ts";
import { readAddresses, readInterfaces } from "../linux/sys/class-net.ts";
import { decideLan } from "../net/lan.ts";
import { type NetworkOptions, type Networks, resolveNetworks } from "../net/networks.ts";

/** `root` is "/" but for tests; `addresses` come from the kernel by netlink. Takes about 1 ms. */
export function readNetworks(
  options: NetworkOptions,
  root: string,
  addresses = readAddresses(),
): Networks {
  const lan = decideLan(readInterfaces(root, addresses), readArp(root));
  return resolveNetworks(options, lan, addresses);
}
