/** Fills the disks of a world's machines as if all had run and known each other before it begins. */
import type { KnownMachine } from "../../../src/store/history-types.ts";
import type { Disk } from "./disk.ts";
import { type GroundTruth, incarnationOf } from "./ground-truth.ts";
import { START_WALL_MS } from "./machine-clock.ts";

interface Machine {
  readonly id: string;
  /** The machine's name in the world. */
  readonly machine: string;
  readonly addresses: readonly string[];
  readonly updateSeconds: number;
  readonly disk: Disk;
}

/** All machines ran, knew each other and lost power together, a minute before the world begins. */
export function rememberEarlierRun(machines: readonly Machine[], truth: GroundTruth): void {
  // Where machines share an id, only the first is remembered.
  const byId = new Map<string, Machine>();
  for (const machine of machines) if (!byId.has(machine.id)) byId.set(machine.id, machine);
  const known = [...byId.values()].map((machine) => lastSeen(machine, truth));
  for (const { disk } of machines) disk.fill(known);
}

function lastSeen(seen: Machine, truth: GroundTruth): KnownMachine {
  const { id, machine, addresses, updateSeconds } = seen;
  const incarnation = incarnationOf(machine, 0);
  const atWallMs = START_WALL_MS - 60_000;
  truth.begin({ machine, id, incarnation });
  truth.publish(machine, { sequence: 1, atMs: -60_000 });
  const name = `name-${machine}`;
  const report = { name, updateSeconds, uptimeSeconds: 1, load: { one: 1 } };
  return {
    ...{ id, name, addresses, incarnation, protocol: 2, state: "up", sequence: 1, report },
    ...{ stateSinceWallMs: atWallMs, lastHeardWallMs: atWallMs, reportAtWallMs: atWallMs },
  };
}
