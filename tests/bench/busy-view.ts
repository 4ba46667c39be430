/**
 * A sample cluster as real ones are for what compresses and renders it: names that tell nothing
 * of the next one, and another value of every figure of every machine at every call.
 */
import type { Machine } from "../../src/cluster/machine.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { ClusterView } from "../../src/view/cluster-view.ts";

/** Between two updates of a machine that is watched. */
const STEP_MS = 2000;

/** A repeatable 0–1 at each call: mulberry32. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function word(chance: () => number): string {
  const length = 4 + Math.floor(6 * chance());
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(26 * chance()))).join("");
}

/** The same names at every call, but for this machine's own. */
export function withRandomNames(view: ClusterView): ClusterView {
  const chance = chances(1);
  const machines = view.machines.map((machine) => {
    const name = machine.isSelf ? machine.name : `${word(chance)}${Math.floor(90 * chance())}`;
    const { report } = machine;
    return { ...machine, name, ...(report === undefined ? {} : { report: { ...report, name } }) };
  });
  return { ...view, machines };
}

function busier(report: Report, chance: () => number): Report {
  const userPercent = 90 * chance();
  const systemPercent = 9 * chance();
  const { memory } = report;
  const usedBytes = (memory?.totalBytes ?? 0) * chance();
  return {
    ...report,
    cpu: { userPercent, systemPercent, idlePercent: 100 - userPercent - systemPercent },
    load: { one: 64 * chance(), five: 64 * chance(), fifteen: 64 * chance() },
    memory: { ...memory, usedBytes, availableBytes: (memory?.totalBytes ?? 0) - usedBytes },
    disk: { readBytesPerSecond: 1e8 * chance(), writeBytesPerSecond: 1e8 * chance() },
    network: { receiveBytesPerSecond: 1e8 * chance(), transmitBytesPerSecond: 1e8 * chance() },
    processes: (report.processes ?? []).map((one) => ({
      ...one,
      user: word(chance),
      command: word(chance),
      cpuPercent: 800 * chance(),
    })),
  };
}

/** Two seconds later, when every machine has told anew. */
export function busierView(view: ClusterView, seed: number): ClusterView {
  const chance = chances(seed);
  const { moment } = view;
  const machines = view.machines.map((machine): Machine => {
    const { report } = machine;
    return report === undefined ? machine : { ...machine, report: busier(report, chance) };
  });
  const next = { wallMs: moment.wallMs + STEP_MS, elapsedMs: moment.elapsedMs + STEP_MS };
  return { ...view, moment: next, machines };
}
