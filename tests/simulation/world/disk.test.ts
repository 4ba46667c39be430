/** The simulated disk gives a restarted machine what the real history would. */
import { expect, test } from "bun:test";
import type { Output } from "../../../src/cluster/output.ts";
import type { MachineInfo } from "../../../src/store/history-types.ts";
import { Disk } from "./disk.ts";

const WALL_MS = 1_700_000_000_000;

function remember(id: string, more: Partial<MachineInfo> = {}): Output {
  const times = { stateSinceWallMs: WALL_MS, lastHeardWallMs: WALL_MS };
  const machine = { id, name: id, addresses: [], protocol: 2, state: "up", ...times } as const;
  return { kind: "remember", machine: { ...machine, ...more } };
}

function entry(id: string, name: string): Output {
  return { kind: "entry", id, entry: { state: "up", atWallMs: WALL_MS, report: { name } } };
}

const down: Output = { kind: "entry", id: "a", entry: { state: "down", atWallMs: WALL_MS } };
const known = remember("a", { reportAtWallMs: WALL_MS });
const [rename, forget]: Output[] = [
  { kind: "rename", fromId: "old", toId: "a" },
  { kind: "forget", id: "a" },
];

test.each<[string, readonly (Output | undefined)[], (string | undefined)[]]>([
  ["a report that came as an entry", [entry("a", "r1"), entry("a", "r2"), down, known], ["r2"]],
  ["no report where no entry was kept", [known], [undefined]],
  ["no report where none was known", [entry("a", "r1"), remember("a")], [undefined]],
  ["the report of the id it had before", [entry("old", "r1"), rename, known], ["r1"]],
  ["its own report after a rename", [entry("old", "r1"), entry("a", "r2"), rename, known], ["r2"]],
  ["nothing once it was removed", [entry("a", "r1"), known, forget], []],
])("a restarted machine has of another %s", (_, outputs, names) => {
  const disk = new Disk();
  for (const output of outputs) if (output !== undefined) disk.perform(output, 0);
  disk.stop("kept", { nowMs: 0, lostMs: 0 });
  expect(disk.read().map(({ report }) => report?.name)).toEqual(names);
});
