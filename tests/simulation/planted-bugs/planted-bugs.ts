/**
 * Five bugs that somebody might write, each as a replacement or three in the product's source, to be put
 * into a copy of it: the simulator must find every one of them. Each comes with the seed that is known
 * to find it.
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
  /** The first that finds it, of worlds of so many machines. */
  readonly seed: number;
  /** What is violated then. */
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
    title: "a hint is believed",
    changes: [
      {
        file: "src/cluster/detection/ring-detector.ts",
        from: "peer !== sender) this.#beginSoon(peer, HINT_SPREAD_MS);",
        to: "peer !== sender && isInRing(peer)) this.#schedule.fallSilent(peer, RING_QUESTIONS);",
      },
    ],
    seed: 1,
    invariant: "nobody is called silent on hearsay",
  },
  {
    title: "a cap is off by a factor of ten",
    changes: [
      {
        file: "src/cluster/limits.ts",
        from: "export const MAX_CANDIDATES = 4096;",
        to: "export const MAX_CANDIDATES = 40_960;",
      },
    ],
    seed: 5,
    invariant: "nothing grows past its cap",
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
        from: "candidates.offer(address, { hasSpoken: false });",
        to: "this.#parts.context.named.push(address), candidates.offer(address, { hasSpoken: false });",
      },
      {
        file: "src/cluster/discovery/address-lists.ts",
        from: "    return addresses;",
        to: "    return [...addresses, ...this.#context.named.slice(-20).filter(isFit)];",
      },
    ],
    seed: 1,
    invariant: "candidates are not passed on",
  },
  {
    title: "a window accepts replays",
    changes: [
      {
        file: "src/sealing/replay-window.ts",
        from: "if (!window.accepts(counter)) return false;",
        to: "window.accepts(counter);",
      },
    ],
    seed: 1,
    invariant: "without the key no packet has an effect",
  },
];

const TOP = join(import.meta.dir, "..", "..", "..");

/** A copy of the product and its simulator, without the bug or with it; removed with `remove`. */
export function copyWith(bug: PlantedBug | undefined): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "unagi-planted-"));
  for (const part of ["src", "package.json", "tsconfig.json", "tests/simulation", "tests/e2e"]) {
    cpSync(join(TOP, part), join(path, part), { recursive: true });
  }
  symlinkSync(join(TOP, "node_modules"), join(path, "node_modules"));
  for (const change of bug?.changes ?? []) plant(change, path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Fails if the line is there no longer, or more than once: then this table must be mended. */
function plant({ file, from, to }: Change, path: string): void {
  const text = readFileSync(join(path, file), "utf8");
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${JSON.stringify(from)} stands ${count} times in ${file}`);
  writeFileSync(join(path, file), text.replace(from, to));
}

/** Lives through one seed with what is in that copy, in a process of its own. */
export function liveThroughIn(path: string, seed: number): Outcome {
  const script = join(path, "tests", "simulation", "planted-bugs", "run-one-seed.ts");
  const child = Bun.spawnSync([process.execPath, script, String(seed), String(MACHINES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.exitCode !== 0) throw new Error(`seed ${seed} ended with ${child.exitCode}`);
  return JSON.parse(child.stdout.toString());
}
