/** Names, processes, users and messages as somebody would send them who means harm. */
import type { Machine } from "../../src/cluster/machine.ts";
import type { Report } from "../../src/protocol/report.ts";
import {
  manySketches,
  OLD_MACHINE,
  type SampleOptions,
  type SampleSource,
  sampleSource,
} from "./sample-cluster.ts";

export const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' style='position:fixed",
  "abc\u202egnp.exe\u2066",
  "\u0000\u0007\u001b[31m",
  "x".repeat(4000),
  "😀👩‍💻",
  "../../etc/passwd",
  "&lt;b&gt;",
  "javascript:alert(1)",
  "\ud800",
  "%zz%00",
  "__proto__",
  "",
];

/** A report whose every text is hostile. */
function hostileReport(bad: string): Report {
  return {
    name: bad,
    version: bad,
    tags: [bad],
    uptimeSeconds: Number.MAX_SAFE_INTEGER,
    host: { cores: 1, model: bad, kernel: bad, os: bad },
    cpu: { idlePercent: -50, userPercent: 1e9, cores: [-1, 1e9] },
    load: { one: 1e12, five: 0, fifteen: 0 },
    memory: { totalBytes: 1, usedBytes: 1e300 },
    disk: { readBytesPerSecond: 1e300, writeBytesPerSecond: 0 },
    filesystems: [{ mount: bad, type: bad, totalBytes: 10, freeBytes: 0 }],
    network: { receiveBytesPerSecond: 0, interfaces: [{ name: bad, errors: 3 }] },
    users: [{ name: bad, terminal: bad, from: bad, command: bad }],
    processes: [{ user: bad, command: bad, state: bad, cpuPercent: 99, memoryPercent: 99 }],
    messages: [bad],
    problems: [{ subject: bad, reason: bad, remedy: bad }],
  };
}

/** A cluster in which every machine's every text is hostile. */
export function hostileSource(): SampleSource {
  const change: SampleOptions["change"] = (view) => ({
    ...view,
    network: HOSTILE[0] ?? "",
    notices: HOSTILE,
    machines: view.machines.map(
      (machine, index): Machine => ({
        ...machine,
        name: HOSTILE[index % HOSTILE.length] ?? "",
        tags: [HOSTILE[index % HOSTILE.length] ?? ""],
      }),
    ),
  });
  const sketches = HOSTILE.map((bad, index) => ({
    ...(manySketches(HOSTILE.length)[index] ?? OLD_MACHINE),
    change: () => hostileReport(bad),
  }));
  return sampleSource({ sketches, cells: 3, change });
}
