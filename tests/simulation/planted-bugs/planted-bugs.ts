/**
 * Five bugs that a developer might write, each as one to three replacements in a copy of the product's
 * source. The simulator must find every one of them.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Outcome } from "../run-seed.ts";

interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface PlantedBug {
  readonly title: string;
  readonly changes: readonly Change[];
  /** The first seed that finds the bug, in a world of MACHINES machines. */
  readonly seed: number;
  /** The invariant that is violated in that world. */
  readonly invariant: string;
}

export const MACHINES = 30;

export const PLANTED: readonly PlantedBug[] = [
  {
    title: "an older report wins",
    changes: [
      {
        file: "src/cluster/answers/answer-handler.ts",
        from: "const isNewer = answer.sequence > (peer.sequence ?? -1);",
        to: "const isNewer = answer.sequence !== peer.sequence;",
      },
    ],
    seed: 1,
    invariant: "an older report never replaces a newer one",
  },
  {
    title: "a hint is believed without asking the machine",
    changes: [
      {
        file: "src/cluster/detection/ring-detector.ts",
        from: "peer !== sender) this.#beginTestSoon(peer, HINT_SPREAD_MS);",
        to: "peer !== sender && isInRing(peer)) this.#parts.schedule.setSilent(peer, RING_QUESTIONS);",
      },
    ],
    seed: 1,
    invariant: "no machine is shown silent, stopped or down without evidence",
  },
  {
    title: "a cap is ten times too high",
    changes: [
      {
        file: "src/cluster/limits.ts",
        from: "export const MAX_CANDIDATES = 4096;",
        to: "export const MAX_CANDIDATES = 40_960;",
      },
    ],
    seed: 5,
    invariant: "no table grows past its cap",
  },
  {
    title: "candidates are passed on",
    changes: [
      {
        file: "src/cluster/core-context.ts",
        from: "  #outputs: Output[] = [];",
        to: "  #outputs: Output[] = [];\n  readonly named: string[] = [];",
      },
      {
        file: "src/cluster/discovery/discovery.ts",
        from: "candidates.add(address, { hasSpoken: false });",
        to: "this.#parts.context.named.push(address), candidates.add(address, { hasSpoken: false });",
      },
      {
        file: "src/cluster/discovery/address-lists.ts",
        from: "    return addresses;",
        to: "    return [...addresses, ...this.#parts.context.named.slice(-20).filter(isFit)];",
      },
    ],
    seed: 1,
    invariant: "address lists name only addresses that have answered",
  },
  {
    title: "the replay window accepts replays",
    changes: [
      {
        file: "src/sealing/replay-window.ts",
        from: "if (!window.accepts(counter)) return false;",
        to: "window.accepts(counter);",
      },
    ],
    seed: 1,
    invariant: "a packet made without the key has no effect",
  },
];

const TOP = join(import.meta.dir, "..", "..", "..");

/** Copies the product and its simulator and plants the bug. The caller removes the copy with `remove`. */
export function copyWith(bug: PlantedBug): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "unagi-planted-"));
  for (const part of ["src", "package.json", "tsconfig.json", "tests/simulation", "tests/e2e"]) {
    cpSync(join(TOP, part), join(path, part), { recursive: true });
  }
  symlinkSync(join(TOP, "node_modules"), join(path, "node_modules"));
  for (const change of bug.changes) plant(change, path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Throws unless the text to be replaced occurs exactly once: otherwise the table is out of date. */
function plant({ file, from, to }: Change, path: string): void {
  const text = readFileSync(join(path, file), "utf8");
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${JSON.stringify(from)} occurs ${count} times in ${file}`);
  writeFileSync(join(path, file), text.replace(from, to));
}

/** Runs one seed with the product in that copy, in a process of its own. */
export function runSeedIn(path: string, seed: number): Outcome {
  const script = join(path, "tests", "simulation", "planted-bugs", "run-one-seed.ts");
  const child = Bun.spawnSync([process.execPath, script, String(seed), String(MACHINES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.exitCode !== 0) throw new Error(`seed ${seed} exited with ${child.exitCode}`);
  return JSON.parse(child.stdout.toString());
}
