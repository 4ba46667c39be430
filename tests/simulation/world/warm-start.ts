/** Runs of machines, and what all remember when a world begins in which they have met before. */
import type { KnownMachine } from "../../../src/store/kept.ts";
import type { Disk } from "./disk.ts";
import type { Truth } from "./ground-truth.ts";
import { START_WALL_MS } from "./machine-clock.ts";

interface Machine {
  readonly id: string;
  /** Its name in the world. */
  readonly machine: string;
  readonly addresses: readonly string[];
  readonly updateSeconds: number;
  readonly disk: Disk;
}

/** All have run, known each other and lost power together, a minute before the world begins. */
export function haveMet(machines: readonly Machine[], truth: Truth): void {
  // Of those that share an id, the first was known.
  const byId = new Map<string, Machine>();
  for (const machine of machines) if (!byId.has(machine.id)) byId.set(machine.id, machine);
  const known = [...byId.values()].map((machine) => lastSeen(machine, truth));
  for (const { disk } of machines) disk.fill(known);
}

function lastSeen(seen: Machine, truth: Truth): KnownMachine {
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

/** Of a machine's run of that number: 16 hex digits that look like chance, as a seal wants them. */
export function incarnationOf(machine: string, number: number): string {
  let hash = Math.imul(number, 0x9e37_79b1);
  for (const character of machine) hash = Math.imul(hash ^ character.charCodeAt(0), 0x0100_0193);
  const head = (hash >>> 0).toString(16).padStart(8, "0");
  const tail = (Math.imul(hash, 0x85eb_ca6b) >>> 0).toString(16).padStart(8, "0");
  return `${head}${tail}`;
}
