/**
 * What a simulated machine keeps across restarts. As with the real history, a write is durable only
 * some time after it was made: a crash may lose the last writes, or everything.
 */

import type { Output } from "../../../src/cluster/output.ts";
import type { Report } from "../../../src/protocol/report.ts";
import type { KnownMachine, MachineInfo } from "../../../src/store/history-types.ts";

/** What is left on the disk after the machine stops. */
export type DiskFate = "kept" | "last writes lost" | "all lost";

interface Write {
  readonly atMs: number;
  readonly output: Output;
}

interface LastReport {
  readonly reportAtWallMs: number;
  readonly report: Report;
}

/** Writes are batched for two seconds, and the kernel may hold them back for half a minute. */
const UNSAFE_MS = 30_000;
/** At this many pending writes the durable ones are applied, and again when the number has doubled. */
const MANY_WRITES = 1024;
/** The outputs that write; the end of an outage and all others change nothing that is read here. */
const STORED: ReadonlySet<Output["kind"]> = new Set(["remember", "entry", "forget", "rename"]);

export class Disk {
  #machines = new Map<string, MachineInfo>();
  /** By id, the newest of the reports that came as entries: a restart needs no other. */
  #reports = new Map<string, LastReport>();
  #writes: Write[] = [];
  #most = MANY_WRITES;

  /** Puts there what an earlier run has left. */
  fill(machines: readonly KnownMachine[]): void {
    for (const { report, ...machine } of machines) {
      const { id, reportAtWallMs } = machine;
      this.#machines.set(id, machine);
      if (report === undefined || reportAtWallMs === undefined) continue;
      this.#reports.set(id, { report, reportAtWallMs });
    }
  }

  perform(output: Output, nowMs: number): void {
    if (!STORED.has(output.kind)) return;
    this.#writes.push({ atMs: nowMs, output });
    if (this.#writes.length < this.#most) return;
    this.#save(nowMs - UNSAFE_MS);
    this.#most = Math.max(MANY_WRITES, 2 * this.#writes.length);
  }

  /** The program or the machine stops. With "last writes lost", those of the last `lostMs` are lost. */
  stop(fate: DiskFate, { nowMs, lostMs }: { readonly nowMs: number; readonly lostMs: number }) {
    this.#save(fate === "last writes lost" ? nowMs - lostMs : nowMs);
    this.#writes = [];
    if (fate !== "all lost") return;
    this.#machines.clear();
    this.#reports.clear();
  }

  /** Takes the disk's contents as a crash now would leave them. Returns a function that restores them. */
  snapshot({ nowMs, lostMs }: { readonly nowMs: number; readonly lostMs: number }): () => void {
    const copy = new Disk();
    copy.#machines = new Map(this.#machines);
    copy.#reports = new Map(this.#reports);
    copy.#writes = [...this.#writes];
    copy.stop("last writes lost", { nowMs, lostMs });
    return () => {
      this.#machines = new Map(copy.#machines);
      this.#reports = new Map(copy.#reports);
      this.#writes = [];
    };
  }

  /** The machines of earlier runs, each with its last report if its entry was kept. */
  read(): KnownMachine[] {
    return [...this.#machines.values()].map(({ reportAtWallMs, ...machine }) => {
      const last = reportAtWallMs === undefined ? undefined : this.#reports.get(machine.id);
      return { ...machine, ...last };
    });
  }

  #save(untilMs: number): void {
    for (const { atMs, output } of this.#writes) if (atMs <= untilMs) this.#apply(output);
    this.#writes = this.#writes.filter(({ atMs }) => atMs > untilMs);
  }

  #apply(output: Output): void {
    if (output.kind === "remember") {
      this.#machines.set(output.machine.id, output.machine);
    } else if (output.kind === "entry" && output.entry.state === "up") {
      const { atWallMs, report } = output.entry;
      this.#reports.set(output.id, { reportAtWallMs: Math.round(atWallMs), report });
    } else if (output.kind === "forget") {
      this.#drop(output.id);
    } else if (output.kind === "rename") {
      const { fromId, toId } = output;
      const last = this.#reports.get(toId) ?? this.#reports.get(fromId);
      if (last !== undefined) this.#reports.set(toId, last);
      this.#drop(fromId);
    }
  }

  #drop(id: string): void {
    this.#machines.delete(id);
    this.#reports.delete(id);
  }
}
