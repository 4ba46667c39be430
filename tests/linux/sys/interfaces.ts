/** A tree of interfaces: a bridge on an Ethernet card, a wireless card, a tunnel, an odd one. */
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Root } from "../fixture.ts";

export function writeInterfaces(root: Root): void {
  const net = "sys/class/net";
  const link = (target: string, path: string) => symlinkSync(target, join(root.path, net, path));

  root.write(`${net}/bonding_masters`, "bond0\n");
  root.write(`${net}/eno1/type`, "1\n");
  root.write(`${net}/eno1/flags`, "0x1003\n");
  root.write(`${net}/eno1/uevent`, "INTERFACE=eno1\nIFINDEX=2\n");
  root.write(`${net}/eno1/device/vendor`, "0x8086\n");
  link("../br0", "eno1/master");
  root.write(`${net}/br0/type`, "1\n");
  root.write(`${net}/br0/flags`, "0x1003\n");
  root.write(`${net}/br0/carrier`, "1\n");
  root.write(`${net}/br0/uevent`, "DEVTYPE=bridge\nINTERFACE=br0\nIFINDEX=3\n");
  link("../eno1", "br0/lower_eno1");
  root.write(`${net}/wlp2s0/type`, "1\n");
  root.write(`${net}/wlp2s0/flags`, "0x1003\n");
  root.write(`${net}/wlp2s0/device/vendor`, "0x8086\n");
  root.write(`${net}/wlp2s0/phy80211/name`, "phy0\n");
  root.write(`${net}/tun0/type`, "65534\n");
  root.write(`${net}/tun0/flags`, "0x10d1\n");
  root.write(`${net}/tun0/tun_flags`, "0x1001\n");
  root.write(`${net}/odd/type`, "one\n");
  root.write("proc/net/arp", "IP address\n10.3.200.9 0x1 0x2 02:00:00:00:00:01 * br0\n");
}

/** Addresses by interface. `vanished0` has an address but no longer a folder in sysfs. */
export const INTERFACE_ADDRESSES = new Map([
  ["br0", [{ address: "10.3.4.5", prefixLength: 16 }]],
  ["wlp2s0", [{ address: "192.168.43.7", prefixLength: 24 }]],
  ["tun0", [{ address: "10.8.0.2", prefixLength: 24 }]],
  ["odd", [{ address: "10.9.0.2", prefixLength: 24 }]],
  ["vanished0", [{ address: "10.10.0.2", prefixLength: 24 }]],
]);
