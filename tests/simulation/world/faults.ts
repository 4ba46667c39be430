/**
 * Fault injection: what goes wrong in a simulated world besides the loss and delay of packets. A fault
 * is a row of the table: how often it comes, and the function that does it to the world. All
 * randomness comes from the world's seed.
 */

import type { DiskFate } from "./disk.ts";
import type { Network, NetworkConditions } from "./network.ts";
import type { SimulatedNode } from "./node.ts";
import { between, pick, type Random } from "./random.ts";
import type { V1Machine } from "./v1-machine.ts";

/** What faults can act on. */
export interface FaultContext {
  readonly network: Network;
  readonly random: Random;
  readonly nodes: readonly SimulatedNode[];
  readonly v1Machines: readonly V1Machine[];
  /** The addresses that DHCP may give. An address that a machine gives up is added. */
  readonly free: string[];
  /** The intervals, in seconds, that a machine's user may set. */
  readonly intervals: readonly number[];
  /** The kinds of fault that this world does not have. */
  readonly withoutFaults: ReadonlySet<string>;
  /** How many machines a partition may separate from the others. */
  readonly maxPartitioned: number;
}

type Inject = (context: FaultContext, node: SimulatedNode) => void;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
/** How many machines lose power together: as many as a rack has sockets. */
const MAX_POWER_CUT = 12;

/** The kinds of fault; a kind comes as often as its weight, relative to the sum of all weights. */
const FAULTS: Readonly<Record<string, { readonly weight: number; readonly inject: Inject }>> = {
  restart: { weight: 25, inject: restart },
  "power cut": { weight: 2, inject: cutPower },
  rollback: { weight: 3, inject: rollBack },
  pause: { weight: 10, inject: pause },
  suspension: { weight: 8, inject: suspend },
  "clock step": { weight: 6, inject: stepClock },
  partition: { weight: 12, inject: partition },
  "partial cut-off": { weight: 9, inject: cutOff },
  "network repair": { weight: 8, inject: ({ network }) => network.heal() },
  "packet size limit": { weight: 5, inject: limitPacketSize },
  "loss change": { weight: 4, inject: changeLoss },
  "address change": { weight: 7, inject: changeAddress },
  "address swap": { weight: 3, inject: swapAddresses },
  watch: { weight: 4, inject: (_, node) => node.watch(!node.isWatching) },
  removal: { weight: 3, inject: removeMachine },
  "interval change": { weight: 3, inject: changeInterval },
  "protocol-1 restart": { weight: 6, inject: restartV1Machine },
};

/** Injects one fault. Returns its kind. */
export function injectFault(context: FaultContext): string {
  const node = pick(context.random, context.nodes);
  const faults = Object.entries(FAULTS).filter(([kind]) => !context.withoutFaults.has(kind));
  const total = faults.reduce((sum, [, { weight }]) => sum + weight, 0);
  let left = context.random() * total;
  for (const [kind, fault] of faults) {
    left -= fault.weight;
    if (left >= 0 || node === undefined) continue;
    fault.inject(context, node);
    return kind;
  }
  return "none";
}

/** Gives each of these machines this first address; a second address is kept. */
export function readdress(
  network: Network,
  moves: readonly (readonly [SimulatedNode, string])[],
): void {
  for (const [node] of moves) network.disconnect(node);
  for (const [node, address] of moves) node.move([address, ...node.addresses.slice(1)]);
  for (const [node] of moves) network.connect(node);
}

function after(context: FaultContext, ms: number, run: () => void): void {
  context.network.at(context.network.nowMs + ms, run);
}

function restart(context: FaultContext, node: SimulatedNode): void {
  const { random } = context;
  const isPolite = random() < 0.5;
  const kind = random();
  const fate: DiskFate = kind < 0.3 ? "all lost" : kind < 0.5 ? "last writes lost" : "kept";
  const isCrash = !isPolite || fate !== "last writes lost";
  const lostMs = lostIn(random);
  node.stop({ sayGoodbye: isPolite, fate: isCrash ? fate : "kept", lostMs });
  const isLong = random() < 0.3;
  const offMs = isLong ? between(random, MINUTE, 5 * MINUTE) : between(random, 500, 20 * SECOND);
  after(context, offMs, () => node.start({ keepState: true }));
}

/** Several machines lose power at once, like a rack; each loses what was not yet on its disk. */
function cutPower(context: FaultContext): void {
  const { random, nodes } = context;
  const share = between(random, 0.1, 0.5);
  const cut = nodes.filter(() => random() < share).slice(0, MAX_POWER_CUT);
  for (const node of cut) {
    node.stop({ sayGoodbye: false, fate: "last writes lost", lostMs: lostIn(random) });
  }
  // Power returns to all at once, and each machine starts as fast as it can.
  const outMs = between(random, SECOND, MINUTE);
  for (const node of cut) {
    after(context, outMs + between(random, 0, 20 * SECOND), () => node.start({ keepState: true }));
  }
}

/** A virtual machine is restored to a snapshot of its disk from up to two minutes before. */
function rollBack(context: FaultContext, node: SimulatedNode): void {
  const { random, network } = context;
  const { nowMs } = network;
  const restore = node.disk.snapshot({ nowMs, lostMs: lostIn(random) });
  after(context, between(random, 10 * SECOND, 2 * MINUTE), () => {
    node.stop({ sayGoodbye: false });
    restore();
    after(context, between(random, SECOND, 20 * SECOND), () => node.start({ keepState: true }));
  });
}

function lostIn(random: Random): number {
  return between(random, 0, 30 * SECOND);
}

function pause(context: FaultContext, node: SimulatedNode): void {
  node.pause();
  after(context, between(context.random, SECOND, 2 * MINUTE), () => node.resume());
}

function suspend(context: FaultContext, node: SimulatedNode): void {
  const isLong = context.random() < 0.3;
  node.suspend();
  const ms = between(context.random, SECOND, isLong ? 5 * MINUTE : 40 * SECOND);
  after(context, ms, () => node.wake());
}

function stepClock({ random }: FaultContext, node: SimulatedNode): void {
  const most = random() < 0.3 ? YEAR : HOUR;
  node.stepClock(between(random, -most, most));
}

/** Splits the machines into two groups that lose each other's packets, in both directions or in one. */
function partition({ random, network, nodes, v1Machines, maxPartitioned }: FaultContext): void {
  const all = [...nodes, ...v1Machines].flatMap(({ addresses }) => addresses);
  const share = random();
  const isOneWay = random() < 0.5;
  const left = new Set(all.filter(() => random() < share).slice(0, maxPartitioned));
  for (const a of left) {
    for (const b of all) {
      if (left.has(b)) continue;
      network.cut(a, b);
      if (!isOneWay) network.cut(b, a);
    }
  }
}

/** Some machines lose all packets from this one, and it loses all packets from some. */
function cutOff({ random, network, nodes }: FaultContext, node: SimulatedNode): void {
  for (const other of nodes) {
    if (random() < 0.5) network.cut(node.address, other.address);
    if (random() < 0.5) network.cut(other.address, node.address);
  }
}

/** Some links from and to this machine drop long packets, as with a wrong MTU. */
function limitPacketSize({ random, network, nodes }: FaultContext, node: SimulatedNode): void {
  const mostBytes = pick(random, [120, 260, 400, 1200]) ?? 400;
  for (const other of nodes) {
    if (random() < 0.5) network.limitPacketSize(node.address, other.address, mostBytes);
    if (random() < 0.5) network.limitPacketSize(other.address, node.address, mostBytes);
  }
}

/** For 5 to 40 s the network loses more packets, up to two and a half times as many, or fewer. */
function changeLoss(context: FaultContext): void {
  const { random, network } = context;
  const usual = network.conditions;
  const loss = Math.min(0.5, random() * 2.5 * usual.loss);
  const conditions: NetworkConditions = { ...usual, loss, lateMs: between(random, 100, 20_000) };
  network.conditions = conditions;
  after(context, between(random, 5 * SECOND, 40 * SECOND), () => {
    if (network.conditions === conditions) network.conditions = usual;
  });
}

/** DHCP gives the machine another address; another machine may later get the one that it had. */
function changeAddress({ random, network, free }: FaultContext, node: SimulatedNode): void {
  const place = Math.floor(random() * free.length);
  const address = free[place];
  if (address === undefined) return;
  free[place] = node.address;
  readdress(network, [[node, address]]);
}

function swapAddresses({ random, network, nodes }: FaultContext, node: SimulatedNode): void {
  const other = pick(random, nodes);
  if (other === undefined || other === node) return;
  readdress(network, [
    [node, other.address],
    [other, node.address],
  ]);
}

/** A user removes a machine that is silent, stopped or down on the user's machine. */
function removeMachine({ random }: FaultContext, node: SimulatedNode): void {
  if (node.core === undefined || !node.isAwake) return;
  const quiet = node.core.machines(node.now()).filter(({ state }) => state !== "up");
  const machine = pick(random, quiet);
  if (machine !== undefined && !machine.isSelf) node.remove(machine.id);
}

function changeInterval({ random, intervals }: FaultContext, node: SimulatedNode): void {
  const seconds = pick(random, intervals);
  if (seconds !== undefined) node.setUpdateSeconds(seconds);
}

function restartV1Machine(context: FaultContext): void {
  const machine = pick(context.random, context.v1Machines);
  machine?.stop();
  after(context, between(context.random, SECOND, MINUTE), () => machine?.start());
}
