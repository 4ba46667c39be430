/** What the word `lan` stands for on this machine right now: the facts read, and the decision. */
import { readArp } from "../linux/proc/net-arp.ts";
import { readAddresses, readInterfaces } from "../linux/sys/class-net.ts";
import { decideLan, type LanNetworks } from "../net/lan.ts";

/** `root` is "/" but in tests; `addresses` come from the kernel by netlink. */
export function readLan(root: string, addresses = readAddresses()): LanNetworks {
  return decideLan(readInterfaces(root, addresses), readArp(root));
}
