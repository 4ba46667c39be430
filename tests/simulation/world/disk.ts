/**
 * What a simulated machine keeps across restarts. As with the real history, a write is durable only
 * some time after it was made: a crash may lose the last writes, or everything.
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";

/** What is left on the disk after the machine stops. */
export type DiskFate = "kept" | "last writes lost" | "all lost";

interface Write {
  readonly atMs: number;
  readonly id: string;
  readonly machine: KnownMachine | undefined;
}

/** Writes are batched for two seconds, and the kernel may hold them back for half a minute. */
const UNSAFE_MS = 30_000;
/** At this many pending writes the durable ones are applied, and again when the number has doubled. */
const MANY_WRITES = 1024;

export class Disk {
  #safe = new Map<string, KnownMachine>();
  #writes: Write[] = [];
  #most = MANY_WRITES;

  /** Puts there what an earlier run has left. */
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

  /** The program or the machine stops. With "last writes lost", those of the last `lostMs` are lost. */
  stop(fate: DiskFate, { nowMs, lostMs }: { readonly nowMs: number; readonly lostMs: number }) {
    this.#save(fate === "last writes lost" ? nowMs - lostMs : nowMs);
    this.#writes = [];
    if (fate === "all lost") this.#safe.clear();
  }

  /** Takes the disk's contents as a crash now would leave them. Returns a function that restores them. */
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
