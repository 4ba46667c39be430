/**
 * What goes wrong in a simulated world, besides the weather. A fault is a row of the table: how
 * often it comes, and what it does to the world. All chance comes from the world's seed.
 */

import type { DiskFate } from "./disk.ts";
import type { Network, Weather } from "./network.ts";
import type { SimulatedNode } from "./node.ts";
import { between, type Chance, pick } from "./random.ts";
import type { OldProgram } from "./v1-machine.ts";

/** The world as faults see it. */
export interface Stage {
  readonly network: Network;
  readonly chance: Chance;
  readonly nodes: readonly SimulatedNode[];
  readonly oldPrograms: readonly OldProgram[];
  /** Addresses that DHCP may give; those that are given back are added. */
  readonly free: string[];
  /** Of those who change their interval. */
  readonly intervals: readonly number[];
  /** Kinds that do not come. */
  readonly without: ReadonlySet<string>;
  /** A partition takes so many machines from the others at most. */
  readonly mostApart: number;
}

type Strike = (stage: Stage, node: SimulatedNode) => void;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
/** Machines that lose their power together: as many as a rack has sockets for. */
const MOST_CUT = 12;

/** How often each comes, beside the others. */
const FAULTS: Readonly<Record<string, { readonly weight: number; readonly strike: Strike }>> = {
  restart: { weight: 25, strike: restart },
  "power cut": { weight: 2, strike: cutPower },
  rollback: { weight: 3, strike: rollBack },
  pause: { weight: 10, strike: pause },
  suspension: { weight: 8, strike: suspend },
  "clock step": { weight: 6, strike: stepClock },
  partition: { weight: 12, strike: partition },
  "cut-off": { weight: 9, strike: cutOff },
  mending: { weight: 8, strike: ({ network }) => network.mend() },
  "narrow way": { weight: 5, strike: narrow },
  storm: { weight: 4, strike: storm },
  move: { weight: 7, strike: move },
  swap: { weight: 3, strike: swap },
  watch: { weight: 4, strike: (_, node) => node.watch(!node.isWatching) },
  forget: { weight: 3, strike: forget },
  interval: { weight: 3, strike: changeInterval },
  "old restart": { weight: 6, strike: restartOld },
};

/** One fault; gives back its kind. */
export function strike(stage: Stage): string {
  const node = pick(stage.chance, stage.nodes);
  const faults = Object.entries(FAULTS).filter(([kind]) => !stage.without.has(kind));
  const total = faults.reduce((sum, [, { weight }]) => sum + weight, 0);
  let left = stage.chance() * total;
  for (const [kind, fault] of faults) {
    left -= fault.weight;
    if (left >= 0 || node === undefined) continue;
    fault.strike(stage, node);
    return kind;
  }
  return "none";
}

/** Each of these machines has this first address from now on; those with a second one keep it. */
export function readdress(
  network: Network,
  moves: readonly (readonly [SimulatedNode, string])[],
): void {
  for (const [node] of moves) network.disconnect(node);
  for (const [node, address] of moves) node.move([address, ...node.addresses.slice(1)]);
  for (const [node] of moves) network.connect(node);
}

function after(stage: Stage, ms: number, run: () => void): void {
  stage.network.at(stage.network.nowMs + ms, run);
}

function restart(stage: Stage, node: SimulatedNode): void {
  const { chance } = stage;
  const isPolite = chance() < 0.5;
  const kind = chance();
  const fate: DiskFate = kind < 0.3 ? "all lost" : kind < 0.5 ? "last writes lost" : "kept";
  const isCrash = !isPolite || fate !== "last writes lost";
  const lostMs = lostIn(chance);
  node.stop({ sayGoodbye: isPolite, fate: isCrash ? fate : "kept", lostMs });
  const isLong = chance() < 0.3;
  const offMs = isLong ? between(chance, MINUTE, 5 * MINUTE) : between(chance, 500, 20 * SECOND);
  after(stage, offMs, () => node.start({ keepState: true }));
}

/** Of several machines at once, as of a rack; each loses what was not yet on its disk. */
function cutPower(stage: Stage): void {
  const { chance, nodes } = stage;
  const share = between(chance, 0.1, 0.5);
  const cut = nodes.filter(() => chance() < share).slice(0, MOST_CUT);
  for (const node of cut) {
    node.stop({ sayGoodbye: false, fate: "last writes lost", lostMs: lostIn(chance) });
  }
  // They get it back at once, and start as fast as each can.
  const outMs = between(chance, SECOND, MINUTE);
  for (const node of cut) {
    after(stage, outMs + between(chance, 0, 20 * SECOND), () => node.start({ keepState: true }));
  }
}

/** A virtual machine goes back to what its disk was some minutes ago. */
function rollBack(stage: Stage, node: SimulatedNode): void {
  const { chance, network } = stage;
  const { nowMs } = network;
  const restore = node.disk.snapshot({ nowMs, lostMs: lostIn(chance) });
  after(stage, between(chance, 10 * SECOND, 2 * MINUTE), () => {
    node.stop({ sayGoodbye: false });
    restore();
    after(stage, between(chance, SECOND, 20 * SECOND), () => node.start({ keepState: true }));
  });
}

function lostIn(chance: Chance): number {
  return between(chance, 0, 30 * SECOND);
}

function pause(stage: Stage, node: SimulatedNode): void {
  node.pause();
  after(stage, between(stage.chance, SECOND, 2 * MINUTE), () => node.resume());
}

function suspend(stage: Stage, node: SimulatedNode): void {
  const isLong = stage.chance() < 0.3;
  node.suspend();
  const ms = between(stage.chance, SECOND, isLong ? 5 * MINUTE : 40 * SECOND);
  after(stage, ms, () => node.wake());
}

function stepClock({ chance }: Stage, node: SimulatedNode): void {
  const most = chance() < 0.3 ? YEAR : HOUR;
  node.stepClock(between(chance, -most, most));
}

/** Two groups that do not hear each other, or of which one does not hear the other. */
function partition({ chance, network, nodes, oldPrograms, mostApart }: Stage): void {
  const all = [...nodes, ...oldPrograms].flatMap(({ addresses }) => addresses);
  const share = chance();
  const isOneWay = chance() < 0.5;
  const left = new Set(all.filter(() => chance() < share).slice(0, mostApart));
  for (const a of left) {
    for (const b of all) {
      if (left.has(b)) continue;
      network.cut(a, b);
      if (!isOneWay) network.cut(b, a);
    }
  }
}

/** Some do not hear this one, and it does not hear some. */
function cutOff({ chance, network, nodes }: Stage, node: SimulatedNode): void {
  for (const other of nodes) {
    if (chance() < 0.5) network.cut(node.address, other.address);
    if (chance() < 0.5) network.cut(other.address, node.address);
  }
}

/** Long packets vanish on the ways from or to this one. */
function narrow({ chance, network, nodes }: Stage, node: SimulatedNode): void {
  const mostBytes = pick(chance, [120, 260, 400, 1200]) ?? 400;
  for (const other of nodes) {
    if (chance() < 0.5) network.narrow(node.address, other.address, mostBytes);
    if (chance() < 0.5) network.narrow(other.address, node.address, mostBytes);
  }
}

/** The weather gets worse, to two and a half times the loss at most, or better, for a while. */
function storm(stage: Stage): void {
  const { chance, network } = stage;
  const usual = network.weather;
  const loss = Math.min(0.5, chance() * 2.5 * usual.loss);
  const weather: Weather = { ...usual, loss, lateMs: between(chance, 100, 20_000) };
  network.weather = weather;
  after(stage, between(chance, 5 * SECOND, 40 * SECOND), () => {
    if (network.weather === weather) network.weather = usual;
  });
}

/** DHCP gives it another address; somebody else may get the one that it had. */
function move({ chance, network, free }: Stage, node: SimulatedNode): void {
  const place = Math.floor(chance() * free.length);
  const address = free[place];
  if (address === undefined) return;
  free[place] = node.address;
  readdress(network, [[node, address]]);
}

function swap({ chance, network, nodes }: Stage, node: SimulatedNode): void {
  const other = pick(chance, nodes);
  if (other === undefined || other === node) return;
  readdress(network, [
    [node, other.address],
    [other, node.address],
  ]);
}

/** A user takes one that his machine does not hear for scrapped. */
function forget({ chance }: Stage, node: SimulatedNode): void {
  if (node.core === undefined || !node.isAwake) return;
  const quiet = node.core.machines(node.now()).filter(({ state }) => state !== "up");
  const machine = pick(chance, quiet);
  if (machine !== undefined && !machine.isSelf) node.forget(machine.id);
}

function changeInterval({ chance, intervals }: Stage, node: SimulatedNode): void {
  const seconds = pick(chance, intervals);
  if (seconds !== undefined) node.setUpdateSeconds(seconds);
}

function restartOld(stage: Stage): void {
  const program = pick(stage.chance, stage.oldPrograms);
  program?.stop();
  after(stage, between(stage.chance, SECOND, MINUTE), () => program?.start());
}
