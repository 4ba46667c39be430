/**
 * A sample cluster that is as hard to compress and render as a real one: names that do not predict each
 * other, and new values for all figures of all machines at every call.
 */
import type { Machine } from "../../src/cluster/machine.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { ClusterView } from "../../src/view/cluster-view.ts";
import { seededRandom } from "../simulation/world/random.ts";

/** The time between two updates of a watched machine. */
const STEP_MS = 2000;

function word(random: () => number): string {
  const length = 4 + Math.floor(6 * random());
  return Array.from({ length }, () => String.fromCharCode(97 + Math.floor(26 * random()))).join("");
}

/** The view with random names, the same at every call; this machine keeps its own. */
export function withRandomNames(view: ClusterView): ClusterView {
  const random = seededRandom(1);
  const machines = view.machines.map((machine) => {
    const name = machine.isSelf ? machine.name : `${word(random)}${Math.floor(90 * random())}`;
    const { report } = machine;
    return { ...machine, name, ...(report === undefined ? {} : { report: { ...report, name } }) };
  });
  return { ...view, machines };
}

function busier(report: Report, random: () => number): Report {
  const userPercent = 90 * random();
  const systemPercent = 9 * random();
  const { memory } = report;
  const usedBytes = (memory?.totalBytes ?? 0) * random();
  return {
    ...report,
    cpu: { userPercent, systemPercent, idlePercent: 100 - userPercent - systemPercent },
    load: { one: 64 * random(), five: 64 * random(), fifteen: 64 * random() },
    memory: { ...memory, usedBytes, availableBytes: (memory?.totalBytes ?? 0) - usedBytes },
    disk: { readBytesPerSecond: 1e8 * random(), writeBytesPerSecond: 1e8 * random() },
    network: { receiveBytesPerSecond: 1e8 * random(), transmitBytesPerSecond: 1e8 * random() },
    processes: (report.processes ?? []).map((one) => ({
      ...one,
      user: word(random),
      command: word(random),
      cpuPercent: 800 * random(),
    })),
  };
}

/** The view two seconds later, when every machine has a new report. */
export function busierView(view: ClusterView, seed: number): ClusterView {
  const random = seededRandom(seed);
  const { moment } = view;
  const machines = view.machines.map((machine): Machine => {
    const { report } = machine;
    return report === undefined ? machine : { ...machine, report: busier(report, random) };
  });
  const next = { wallMs: moment.wallMs + STEP_MS, elapsedMs: moment.elapsedMs + STEP_MS };
  return { ...view, moment: next, machines };
}
