/** What the tests of the history share: reports, machines, a clock moved by hand, and a place. */
import { Database } from "bun:sqlite";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../src/protocol/report.ts";
import type { HistoryOptions } from "../../src/store/file-or-memory.ts";
import type { History } from "../../src/store/history.ts";
import { openHistory } from "../../src/store/history.ts";
import type { Entry, MachineInfo } from "../../src/store/history-types.ts";

export const T0 = 1_700_000_000_000;
export const INTERVAL_MS = 600_000;

export class Place {
  readonly directory = mkdtempSync(join(tmpdir(), "unagi-history-"));
  readonly logged: string[] = [];
  elapsedMs = 0;
  readonly #open: History[] = [];

  /** Opens a history in this directory; `directory: undefined` for one in memory. */
  open(options: Partial<HistoryOptions> & { inMemory?: boolean } = {}): History {
    const result = this.tryOpen(options);
    if (!result.ok) throw new Error(result.reason);
    this.#open.push(result.value);
    return result.value;
  }

  tryOpen({ inMemory = false, ...options }: Partial<HistoryOptions> & { inMemory?: boolean } = {}) {
    return openHistory({
      ...(inMemory ? {} : { directory: this.directory }),
      signature: "test",
      entriesPerMachine: 144,
      now: () => ({ elapsedMs: this.elapsedMs, wallMs: T0 + this.elapsedMs }),
      log: (level, text) => this.logged.push(`${level}: ${text}`),
      ...options,
    });
  }

  /** So many entries of each of so many machines, as `append` writes them, in a tenth of the time. */
  fill({ machines, entries }: { readonly machines: number; readonly entries: number }): void {
    this.open().close();
    const name = readdirSync(this.directory)[0] ?? "";
    const database = new Database(join(this.directory, name));
    const numbers = (count: number): string =>
      `WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})`;
    database.run(
      `${numbers(machines)} INSERT INTO machines (rowid, id, heard) SELECT i, 'm' || i, 0 FROM n`,
    );
    database.run(
      `${numbers(machines * entries)}
       INSERT INTO entries (machine, at, state, cpu, disk, uptime, span)
       SELECT i % ${machines}, ${T0} + i / ${machines} * ${INTERVAL_MS}, 0,
         i % ${machines} / 10.0, i * 7.0, i, 600 FROM n`,
    );
    database.close();
  }

  close(): void {
    for (const history of this.#open.splice(0)) history.close();
  }

  remove(): void {
    this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function report(name: string, more: Partial<Report> = {}): Report {
  return { name, updateSeconds: 600, averageSeconds: 600, uptimeSeconds: 1000, ...more };
}

export function up(index: number, more: Partial<Report> = {}): Entry {
  return { state: "up", atWallMs: T0 + index * INTERVAL_MS, report: report(`r${index}`, more) };
}

export function down(index: number, untilIndex?: number): Entry {
  const atWallMs = T0 + index * INTERVAL_MS;
  if (untilIndex === undefined) return { state: "down", atWallMs };
  return { state: "down", atWallMs, untilWallMs: T0 + untilIndex * INTERVAL_MS };
}

export function machine(id: string, more: Partial<MachineInfo> = {}): MachineInfo {
  return {
    id,
    name: `name-${id}`,
    addresses: ["127.0.0.1"],
    protocol: 2,
    state: "up",
    stateSinceWallMs: T0,
    lastHeardWallMs: T0,
    ...more,
  };
}

/** Text that does not deflate: as large in the file as in the report. */
export function noise(length: number, seed: number): string {
  let state = seed * 2 + 1;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36);
  }
  return text.slice(0, length);
}

/** The entries of a machine, newest first, as short words: `r3`, `down 2-4`, `down 5-`. */
export function words(history: History, id: string, limit = 1000): string[] {
  return history.entries(id, { limit }).map((entry) => {
    if (entry.state === "up") return entry.report.name;
    const index = (ms: number): string => String((ms - T0) / INTERVAL_MS);
    const until = entry.untilWallMs === undefined ? "" : index(entry.untilWallMs);
    return `${entry.state} ${index(entry.atWallMs)}-${until}`;
  });
}
