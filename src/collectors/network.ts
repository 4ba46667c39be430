/** The traffic, errors and drops of the physical interfaces: no byte counted twice. */
import { withoutUndefined } from "../base/without-undefined.ts";
import { type InterfaceCounters, readProcNetDev } from "../linux/proc/net-dev.ts";
import { type InterfaceKind, readInterfaceKinds } from "../linux/sys/class-net.ts";
import type { InterfaceReport } from "../protocol/report.ts";
import { collector } from "./collector.ts";
import { increase, largest, rate, sum } from "./figures.ts";

/** Interfaces with the most traffic; a router may have hundreds of VLANs and virtual functions. */
const MOST_INTERFACES = 16;

/** Names of interfaces that carry others' traffic or none; needed only where none has hardware. */
const VIRTUAL_NAME = new RegExp(
  "^(lo$|br\\d|br-|virbr|docker|podman|lxcbr|lxdbr|cni|flannel|cali|bond|team|dummy|ifb|nlmon|" +
    "tun|tap|vnet|vmnet|wg|tailscale|zt|ppp|sit|gre|erspan|ip6|vxlan|geneve|teql)",
);
/** A VLAN on top of another interface: eth0.12, eth0:1. */
const SUB_INTERFACE_NAME = /[.:]\d+$/;

export const network = collector({
  subject: "network",
  read: ({ root }) => {
    const all = readProcNetDev(root);
    if (!all.ok) return all;
    return { ok: true, value: physicalInterfaces(all.value, readInterfaceKinds(root)) };
  },
  report: (now, before) => {
    const earlier = new Map(before?.reading.map((each) => [each.name, each]));
    const interfaces = now.map((later): InterfaceReport => {
      const each = earlier.get(later.name);
      return withoutUndefined({
        name: later.name,
        receiveBytesPerSecond: rate(each?.receiveBytes, later.receiveBytes, before?.seconds),
        transmitBytesPerSecond: rate(each?.transmitBytes, later.transmitBytes, before?.seconds),
        errors: increase(each?.errors, later.errors),
        drops: increase(each?.drops, later.drops),
      });
    });
    // One that is new since then says nothing yet; the others do.
    const summed = interfaces.filter(({ name }) => earlier.has(name));
    return {
      network: withoutUndefined({
        receiveBytesPerSecond: sum(summed.map((each) => each.receiveBytesPerSecond)),
        transmitBytesPerSecond: sum(summed.map((each) => each.transmitBytesPerSecond)),
        interfaces: largest(
          interfaces,
          MOST_INTERFACES,
          ({ receiveBytesPerSecond: received = 0, transmitBytesPerSecond: sent = 0 }) =>
            received + sent,
        ),
      }),
    };
  },
});

/**
 * The interfaces whose traffic is summed: those with a device. Where none has one (in a
 * container), those that have no master and are not loopback, bridge, bond or tunnel: a veth, for
 * example. `kindOf` is undefined where there is no /sys.
 */
export function physicalInterfaces(
  interfaces: readonly InterfaceCounters[],
  kindOf: ((name: string) => InterfaceKind) | undefined,
): InterfaceCounters[] {
  const physical = interfaces.filter((each) => kindOf?.(each.name).hasDevice ?? false);
  if (physical.length > 0) return physical;
  return interfaces.filter(({ name }) => {
    const kind = kindOf?.(name);
    const isOnTop = kind !== undefined && (kind.hasMaster || kind.isLayered);
    return !isOnTop && !VIRTUAL_NAME.test(name) && !SUB_INTERFACE_NAME.test(name);
  });
}
