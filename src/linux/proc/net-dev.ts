/**
 * /proc/net/dev: bytes, errors and drops of each interface since it appeared, and which of the
 * interfaces are physical, so that no byte is counted twice (not again in a bridge or a bond).
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs …
 *       eth0: 160020366    3627    0    0    0     0          0         0   201846    2271    0 …
 */
import { existsSync } from "node:fs";
import { parseCounter } from "../counter.ts";
import { below, type Reading, readNames, readText } from "../read-text.ts";

export interface InterfaceCounters {
  readonly name: string;
  readonly receiveBytes: number;
  readonly transmitBytes: number;
  /** Received and sent together. */
  readonly errors: number;
  readonly drops: number;
}

/** What /sys says about an interface. */
export interface InterfaceKind {
  /** It has a hardware (or virtio) device. */
  readonly hasDevice: boolean;
  readonly hasMaster: boolean;
  /** A bridge, a bond or a tun: its traffic passes another interface too. */
  readonly isLayered: boolean;
}

/** By their names, interfaces that carry others' traffic or none; for the fallback alone. */
const VIRTUAL_NAME = new RegExp(
  "^(lo$|br\\d|br-|virbr|docker|podman|lxcbr|lxdbr|cni|flannel|cali|bond|team|dummy|ifb|nlmon|" +
    "tun|tap|vnet|vmnet|wg|tailscale|zt|ppp|sit|gre|erspan|ip6|vxlan|geneve|teql)",
);
/** A VLAN on top of another interface: eth0.12, eth0:1. */
const SUB_INTERFACE_NAME = /[.:]\d+$/;

/** The physical interfaces; where there is none (a container), the ones that stand for them. */
export function readProcNetDev(root: string): Reading<readonly InterfaceCounters[]> {
  const text = readText(root, "/proc/net/dev");
  if (!text.ok) {
    return text;
  }
  const interfaces = parseProcNetDev(text.value);
  return { ok: true, value: physicalInterfaces(interfaces, readKinds(root)) };
}

/** All interfaces; lines that cannot be read are skipped. */
export function parseProcNetDev(text: string): InterfaceCounters[] {
  const interfaces: InterfaceCounters[] = [];
  for (const line of text.split("\n")) {
    // Old kernels write the first number right behind the colon; an alias has one in its name.
    const colon = line.lastIndexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim();
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/ +/)
      .map(parseCounter);
    const [receiveBytes = 0, , receiveErrors = 0, receiveDrops = 0] = numbers;
    const [transmitBytes = 0, , transmitErrors = 0, transmitDrops = 0] = numbers.slice(8);
    // 16 columns since kernel 2.2.
    if (name === "" || numbers.length < 16 || !numbers.every((value) => value >= 0)) {
      continue;
    }
    const errors = receiveErrors + transmitErrors;
    interfaces.push({
      name,
      receiveBytes,
      transmitBytes,
      errors,
      drops: receiveDrops + transmitDrops,
    });
  }
  return interfaces;
}

/**
 * The interfaces whose traffic is to be summed: those with a device. Without any, those that have
 * no master and are not loopback, bridge, bond or tunnel: a container's veth, for example.
 * `kindOf` is undefined where there is no /sys.
 */
export function physicalInterfaces(
  interfaces: readonly InterfaceCounters[],
  kindOf: ((name: string) => InterfaceKind) | undefined,
): InterfaceCounters[] {
  const physical = interfaces.filter((each) => kindOf?.(each.name).hasDevice ?? false);
  if (physical.length > 0) {
    return physical;
  }
  return interfaces.filter(({ name }) => {
    const kind = kindOf?.(name);
    const isOnTop = kind !== undefined && (kind.hasMaster || kind.isLayered);
    return !isOnTop && !VIRTUAL_NAME.test(name) && !SUB_INTERFACE_NAME.test(name);
  });
}

function readKinds(root: string): ((name: string) => InterfaceKind) | undefined {
  if (!readNames(root, "/sys/class/net").ok) {
    return undefined;
  }
  return (name) => {
    const has = (entry: string) => existsSync(below(root, `/sys/class/net/${name}/${entry}`));
    // Most have a device, and then nothing else matters: ask no more.
    if (has("device")) {
      return { hasDevice: true, hasMaster: false, isLayered: false };
    }
    const isLayered = has("bridge") || has("bonding") || has("tun_flags");
    return { hasDevice: false, hasMaster: has("master"), isLayered };
  };
}
