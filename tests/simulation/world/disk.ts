/**
 * What a simulated machine keeps across restarts, as the history has it: written at once, safe on
 * the disk only later. A crash may cost the last writes, or all.
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";

/** What a stop leaves of it. */
export type DiskFate = "kept" | "last writes lost" | "all lost";

interface Write {
  readonly atMs: number;
  readonly id: string;
  readonly machine: KnownMachine | undefined;
}

/** Writes are gathered for two seconds, and the kernel may keep them for half a minute. */
const UNSAFE_MS = 30_000;
/** From so many writes on they are looked through, and again when there are twice as many. */
const MANY_WRITES = 1024;

export class Disk {
  #safe = new Map<string, KnownMachine>();
  #writes: Write[] = [];
  #most = MANY_WRITES;

  /** What an earlier run has left. */
  fill(machines: readonly KnownMachine[]): void {
    for (const machine of machines) this.#safe.set(machine.id, machine);
  }

  perform(output: Output, nowMs: number): void {
    if (output.kind === "remember") {
      this.#write({ atMs: nowMs, id: output.machine.id, machine: output.machine });
    } else if (output.kind === "forget" || output.kind === "rename") {
      const id = output.kind === "forget" ? output.id : output.fromId;
      this.#write({ atMs: nowMs, id, machine: undefined });
    }
  }

  /** The program or the machine stops; of the last writes those of the last `lostMs` are lost. */
  stop(fate: DiskFate, { nowMs, lostMs }: { readonly nowMs: number; readonly lostMs: number }) {
    this.#save(fate === "last writes lost" ? nowMs - lostMs : nowMs);
    this.#writes = [];
    if (fate === "all lost") this.#safe.clear();
  }

  /** The disk as a crash just now would leave it; what goes back to it is all that is there then. */
  snapshot({ nowMs, lostMs }: { readonly nowMs: number; readonly lostMs: number }): () => void {
    const copy = new Disk();
    copy.#safe = new Map(this.#safe);
    copy.#writes = [...this.#writes];
    copy.stop("last writes lost", { nowMs, lostMs });
    return () => {
      this.#safe = new Map(copy.#safe);
      this.#writes = [];
    };
  }

  read(): KnownMachine[] {
    return [...this.#safe.values()];
  }

  #write(write: Write): void {
    this.#writes.push(write);
    if (this.#writes.length < this.#most) return;
    this.#save(write.atMs - UNSAFE_MS);
    this.#most = Math.max(MANY_WRITES, 2 * this.#writes.length);
  }

  #save(untilMs: number): void {
    const rest: Write[] = [];
    for (const write of this.#writes) {
      if (write.atMs > untilMs) rest.push(write);
      else if (write.machine === undefined) this.#safe.delete(write.id);
      else this.#safe.set(write.id, write.machine);
    }
    this.#writes = rest;
  }
}
