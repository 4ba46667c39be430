/**
 * A made-up lab of eleven machines with a day of history, the same at every call: one machine
 * down, one silent, one stopped, one swapping, one with a full disk, two that rebooted.
 */
import { cutOffOf } from "../../src/cluster/detection/cut-off.ts";
import type { Machine } from "../../src/cluster/machine.ts";
import type { ProcessReport, Report } from "../../src/protocol/report.ts";
import type { Entry, EntryQuery, MachineState, StripPoint } from "../../src/store/history-types.ts";
import type { ClusterSource, ClusterView } from "../../src/view/cluster-view.ts";
import { pointOf } from "../../src/view/history/cells.ts";

/** Tue 24 Nov 2026, 09:13:07 UTC. */
export const SAMPLE_NOW_MS = Date.UTC(2026, 10, 24, 9, 13, 7);
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const CELL_MS = 600_000;
const CELLS = 144;

/** A repeatable 0–1 for a place in the sample. */
function noise(seed: number): number {
  const wave = Math.sin(seed * 12.9898) * 43_758.5453;
  return wave - Math.floor(wave);
}

interface Load {
  readonly from: number;
  readonly to: number;
  readonly cpu: number;
  readonly disk?: number;
  readonly user: string;
  readonly command: string;
}

export interface Sketch {
  readonly name: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly address: string;
  readonly state?: MachineState;
  /** Hours since the boot. */
  readonly uptimeHours: number;
  readonly loads: readonly Load[];
  readonly outages?: readonly {
    readonly from: number;
    readonly to?: number;
    readonly state: "down" | "stopped";
  }[];
  readonly users: readonly string[];
  readonly memoryPercent: number;
  readonly change?: (report: Report, cell: number) => Report;
  readonly protocol?: 1 | 2;
  readonly tags?: readonly string[];
  readonly clockOffsetSeconds?: number;
  readonly isClone?: boolean;
}

/** Cells are counted from 09:10 of the day before; 143 ends at 09:10 of the day. */
export const LAB: readonly Sketch[] = [
  {
    name: "desk2",
    cores: 8,
    memoryGib: 32,
    address: "192.168.1.52",
    state: "stopped",
    uptimeHours: 80,
    loads: [{ from: 23, to: 38, cpu: 50, user: "ann", command: "cc1plus" }],
    outages: [{ from: 57, state: "stopped" }],
    users: [],
    memoryPercent: 12,
  },
  {
    name: "gpu-a",
    cores: 16,
    memoryGib: 128,
    address: "192.168.1.31",
    uptimeHours: 221,
    loads: [
      { from: 7, to: 17, cpu: 45, user: "dana", command: "python3" },
      { from: 52, to: 144, cpu: 93, disk: 30, user: "dana", command: "python3" },
    ],
    users: ["dana"],
    memoryPercent: 52,
    tags: ["gpu"],
  },
  {
    name: "gpu-b",
    cores: 16,
    memoryGib: 128,
    address: "192.168.1.32",
    uptimeHours: 221,
    loads: [
      { from: 11, to: 31, cpu: 35, user: "bo", command: "python3" },
      { from: 66, to: 99, cpu: 60, disk: 30, user: "bo", command: "python3" },
    ],
    users: ["bo"],
    memoryPercent: 17,
    tags: ["gpu"],
  },
  {
    name: "node01",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.11",
    uptimeHours: 990,
    loads: [
      { from: 30, to: 34, cpu: 60, disk: 45, user: "ann", command: "pytest" },
      { from: 41, to: 43, cpu: 95, disk: 45, user: "ann", command: "pytest" },
      { from: 142, to: 144, cpu: 7, user: "ann", command: "pytest" },
    ],
    users: ["ann"],
    memoryPercent: 6,
  },
  {
    name: "node02",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.12",
    uptimeHours: 2.72,
    loads: [
      { from: 8, to: 18, cpu: 35, user: "chen", command: "ffmpeg" },
      { from: 90, to: 118, cpu: 93, disk: 63, user: "chen", command: "ffmpeg" },
    ],
    users: [],
    memoryPercent: 3,
  },
  {
    name: "node03",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.13",
    uptimeHours: 490,
    loads: [{ from: 59, to: 111, cpu: 44, disk: 50, user: "gita", command: "gmx" }],
    users: ["gita"],
    memoryPercent: 17,
    // What gmx wrote.
    change: (report, cell) => ({
      ...report,
      filesystems: [
        ...(report.filesystems ?? []),
        {
          ...{ mount: "/scratch", type: "xfs", totalBytes: 1024 * GIB },
          freeBytes: (cell < 104 ? 310 : 31) * GIB,
        },
      ],
    }),
  },
  {
    name: "node04",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.14",
    uptimeHours: 2.65,
    loads: [
      { from: 0, to: 26, cpu: 60, user: "gita", command: "julia" },
      { from: 131, to: 144, cpu: 8, user: "gita", command: "julia" },
    ],
    users: ["gita"],
    memoryPercent: 12,
  },
  {
    name: "node05",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.15",
    state: "silent",
    uptimeHours: 100,
    loads: [
      { from: 17, to: 44, cpu: 10, user: "ann", command: "R" },
      { from: 74, to: 144, cpu: 26, user: "ann", command: "R" },
    ],
    users: ["ann"],
    memoryPercent: 19,
  },
  {
    name: "node06",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.16",
    uptimeHours: 800,
    loads: [
      { from: 12, to: 15, cpu: 95, user: "eli", command: "R" },
      { from: 115, to: 144, cpu: 22, disk: 44, user: "eli", command: "R" },
    ],
    users: ["eli", "ann"],
    memoryPercent: 99,
    change: (report, cell) =>
      cell < 115
        ? report
        : {
            ...report,
            memory: { ...report.memory, swapTotalBytes: 8 * GIB, swapUsedBytes: 7.1 * GIB },
            swap: { inBytesPerSecond: 9 * MIB, outBytesPerSecond: 16 * MIB },
            pressure: { ...report.pressure, ioSomePercent: 1.3 },
          },
  },
  {
    name: "node07",
    cores: 16,
    memoryGib: 64,
    address: "192.168.1.17",
    state: "down",
    uptimeHours: 30,
    loads: [
      { from: 37, to: 85, cpu: 60, user: "bo", command: "lmp" },
      { from: 107, to: 126, cpu: 11, disk: 60, user: "bo", command: "rsync" },
    ],
    outages: [{ from: 126, state: "down" }],
    users: [],
    memoryPercent: 9,
  },
  {
    name: "render3",
    cores: 32,
    memoryGib: 128,
    address: "192.168.1.33",
    uptimeHours: 19.05,
    loads: [
      { from: 0, to: 25, cpu: 50, user: "chen", command: "blender" },
      { from: 37, to: 48, cpu: 80, user: "chen", command: "blender" },
      { from: 53, to: 60, cpu: 45, disk: 45, user: "hugo", command: "ffmpeg" },
      { from: 81, to: 144, cpu: 99, user: "chen", command: "blender" },
    ],
    outages: [{ from: 25, to: 30, state: "down" }],
    users: ["chen", "hugo"],
    memoryPercent: 38,
    tags: ["render"],
    clockOffsetSeconds: 2.4,
    change: (report) => {
      const { messages: _, ...rest } = report;
      return {
        ...rest,
        pressure: { ...report.pressure, cpuSomePercent: 20 },
        temperatures: [
          { sensor: "coretemp", label: "Package id 0", celsius: 84, highCelsius: 80 },
          { sensor: "nvme", label: "Composite", celsius: 44.9, highCelsius: 81.9 },
          { sensor: "drivetemp", celsius: 34 },
        ],
        filesystems: [...(report.filesystems ?? []), { mount: "/mnt/archive", type: "nfs4" }],
        problems: [
          {
            subject: "messages",
            reason: "permission denied on /var/log/syslog",
            remedy: "add the user to group adm",
          },
          {
            subject: "file systems",
            reason: "/mnt/archive (nfs4) has not answered for 41 s",
            remedy: "left out until it does",
          },
        ],
      };
    },
  },
];

const SERVICES: readonly (readonly [string, string])[] = [
  ["root", "kworker/u64:2"],
  ["unagi", "unagi"],
  ["root", "systemd-journal"],
  ["root", "snapd"],
  ["root", "sshd"],
  ["root", "rsyslogd"],
  ["root", "cron"],
  ["messagebus", "dbus-daemon"],
  ["ntpsec", "ntpd"],
];

function processesOf(sketch: Sketch, load: Load | undefined, cpu: number): ProcessReport[] {
  const services = SERVICES.map(
    ([user, command], index): ProcessReport => ({
      pid: 300 + index * 87,
      user,
      cpuPercent: 0,
      memoryPercent: command.startsWith("kworker") ? 0 : 0.03 + index / 200,
      state: "S",
      cpuSeconds: 540 + index * 60,
      command,
    }),
  );
  if (load === undefined) return services;
  const own: ProcessReport = {
    pid: 32_627,
    user: load.user,
    cpuPercent: Math.round(cpu * sketch.cores * 0.96),
    memoryPercent: Math.max(1, sketch.memoryPercent - 3),
    state: "R",
    cpuSeconds: 158_400 + sketch.cores * 1000,
    command: load.command,
  };
  return [own, ...services];
}

function reportAt(sketch: Sketch, cell: number, atMs: number): Report {
  const load = sketch.loads.find(({ from, to }) => cell >= from && cell < to);
  const shake = 0.94 + 0.08 * noise(cell + sketch.cores * 7 + sketch.name.length);
  const cpu = Math.min(99.4, load === undefined ? 1 + noise(cell) : load.cpu * shake);
  const system = cpu > 20 ? cpu * 0.05 : cpu * 0.1;
  const total = sketch.memoryGib * GIB;
  const used = (total * sketch.memoryPercent) / 100;
  const disk = ((load?.disk ?? 3) * shake * MIB) / 60;
  // Before the boot, the machine had been up for three weeks.
  const since = sketch.uptimeHours * 3600 - (SAMPLE_NOW_MS - atMs) / 1000;
  const report: Report = {
    name: sketch.name,
    version: "0.1.0",
    httpPort: 8000,
    tags: sketch.tags ?? [],
    updateSeconds: 600,
    averageSeconds: 600,
    uptimeSeconds: since > 0 ? since : since + 500 * 3600,
    host: {
      cores: sketch.cores,
      model: "AMD EPYC 7302P",
      kernel: "6.1.0-28-amd64",
      os: "Debian 12",
    },
    cpu: {
      userPercent: cpu - system,
      nicePercent: 0,
      systemPercent: system,
      iowaitPercent: 0,
      stealPercent: 0,
      idlePercent: 100 - cpu,
      cores: Array.from({ length: sketch.cores }, (_, core) =>
        Math.min(100, cpu * (0.9 + 0.2 * noise(core + cell))),
      ),
    },
    load: {
      one: (cpu * sketch.cores) / 97,
      five: (cpu * sketch.cores) / 98,
      fifteen: (cpu * sketch.cores) / 100,
      running: Math.ceil((cpu * sketch.cores) / 100),
      tasks: 186 + cell,
    },
    memory: {
      totalBytes: total,
      availableBytes: total - used,
      usedBytes: used,
      activeBytes: used * 0.9,
      inactiveBytes: used * 0.2,
      buffersCachedBytes: Math.min(total - used, total * 0.3),
      swapTotalBytes: 8 * GIB,
      swapUsedBytes: 0,
    },
    pressure: {
      cpuSomePercent: cpu > 90 ? 7 : 0,
      memorySomePercent: 0,
      memoryFullPercent: 0,
      ioSomePercent: 0,
      ioFullPercent: 0,
    },
    swap: { inBytesPerSecond: 0, outBytesPerSecond: 0 },
    disk: { readBytesPerSecond: disk * 0.6, writeBytesPerSecond: disk * 0.4 },
    filesystems: [
      { mount: "/", type: "ext4", totalBytes: 98 * GIB, freeBytes: 61 * GIB },
      { mount: "/home", type: "ext4", totalBytes: 1843 * GIB, freeBytes: 402 * GIB },
    ],
    network: {
      receiveBytesPerSecond: 0.04 * MIB * shake,
      transmitBytesPerSecond: 0.03 * MIB,
      interfaces: [
        {
          name: "enp1s0",
          receiveBytesPerSecond: 0.04 * MIB * shake,
          transmitBytesPerSecond: 0.03 * MIB,
          errors: 0,
          drops: 0,
        },
      ],
    },
    users: sketch.users.map((name, index) => ({
      name,
      terminal: `pts/${index}`,
      from: `192.168.1.${45 + index}`,
      loginAgeSeconds: 38_280 - index * 36_000,
      idleSeconds: 60,
      command: load?.command ?? "bash",
    })),
    userCount: sketch.users.length,
    processes: processesOf(sketch, load, cpu),
    processCount: 186 + (cell % 30),
    messages: [
      "03:01:02 CRON[88121]: (root) CMD (run-parts --report /etc/cron.hourly)",
      "03:04:47 kernel: CPU5: Package temperature above threshold, cpu clock throttled",
    ],
    messageCount: 2,
  };
  return sketch.change === undefined ? report : sketch.change(report, cell);
}

function isOut(sketch: Sketch, cell: number): boolean {
  return (sketch.outages ?? []).some(({ from, to }) => cell >= from && cell < (to ?? CELLS + 1));
}

/** Oldest first. Cell n is reported at its end, a few seconds off, as real machines do. */
export function entriesOf(sketch: Sketch, cells: number): Entry[] {
  const endMs = Math.floor(SAMPLE_NOW_MS / CELL_MS) * CELL_MS;
  const startMs = endMs - CELLS * CELL_MS;
  const phaseMs = Math.floor(noise(sketch.name.length + sketch.cores) * 50_000);
  const entries: Entry[] = [];
  for (let cell = CELLS - cells; cell < CELLS; cell += 1) {
    if (isOut(sketch, cell)) continue;
    const atWallMs = startMs + (cell + 1) * CELL_MS + phaseMs;
    entries.push({ state: "up", atWallMs, report: reportAt(sketch, cell, atWallMs) });
  }
  for (const { from, to, state } of sketch.outages ?? []) {
    const atWallMs = startMs + from * CELL_MS;
    entries.push({
      state,
      atWallMs,
      ...(to === undefined ? {} : { untilWallMs: startMs + to * CELL_MS }),
    });
  }
  return entries.sort((a, b) => a.atWallMs - b.atWallMs);
}

function machineOf(sketch: Sketch, entries: readonly Entry[], index: number): Machine {
  const state = sketch.state ?? "up";
  const last = entries.findLast((entry) => entry.state === "up");
  const report = last?.state === "up" ? last.report : undefined;
  const outage = entries.find((entry) => entry.state !== "up" && entry.untilWallMs === undefined);
  const ageMs = state === "up" ? 1000 * (1 + (index % 3)) : SAMPLE_NOW_MS - (last?.atWallMs ?? 0);
  const since =
    state === "silent" ? SAMPLE_NOW_MS - 40_000 : (outage?.atWallMs ?? SAMPLE_NOW_MS - 3_600_000);
  return {
    id: sketch.protocol === 1 ? sketch.address : `m${String(index).padStart(2, "0")}${sketch.name}`,
    name: sketch.name,
    address: sketch.address,
    addresses: [sketch.address],
    state,
    stateSinceWallMs: since,
    isSelf: sketch.name === "node01",
    protocol: sketch.protocol ?? 2,
    ...(sketch.protocol === 1 ? {} : { httpPort: 8000 }),
    tags: sketch.tags ?? [],
    lastHeardSeconds: state === "up" ? 1 : state === "silent" ? 40 : ageMs / 1000,
    reportAgeSeconds: ageMs / 1000,
    ...(sketch.clockOffsetSeconds === undefined
      ? {}
      : { clockOffsetSeconds: sketch.clockOffsetSeconds }),
    unanswered: state === "silent" ? 3 : 0,
    isClone: sketch.isClone ?? false,
    ...(report === undefined ? {} : { report }),
  };
}

function covers(entry: Entry, wallMs: number): boolean {
  if (entry.state === "up") return wallMs > entry.atWallMs - CELL_MS && wallMs <= entry.atWallMs;
  return wallMs >= entry.atWallMs && wallMs < (entry.untilWallMs ?? Number.POSITIVE_INFINITY);
}

function endOf({ state, atWallMs, untilWallMs = Number.POSITIVE_INFINITY }: StripPoint): number {
  return state === "up" ? atWallMs : untilWallMs;
}

export interface SampleSource extends ClusterSource {
  readonly view: ClusterView;
}

export interface SampleOptions {
  readonly sketches?: readonly Sketch[];
  /** Entries of each machine; the whole day without it. */
  readonly cells?: number;
  readonly change?: (view: ClusterView) => ClusterView;
}

/** A source as the daemon's, over plain objects. */
export function sampleSource(options: SampleOptions = {}): SampleSource {
  const { sketches = LAB, cells = CELLS } = options;
  const owners = new Map<string, Sketch>();
  const machines = sketches.map((sketch, index) => {
    // The newest report of a machine that is up is its last cell's; an outage hides older ones.
    const machine = machineOf(sketch, entriesOf(sketch, sketch.outages ? cells : 1), index);
    owners.set(machine.id, sketch);
    return machine;
  });
  const made = new Map<string, readonly Entry[]>();
  /** Made when somebody asks: of a thousand machines a page shows a few. */
  const entriesBy = (id: string): readonly Entry[] => {
    const sketch = owners.get(id);
    const own = made.get(id) ?? (sketch === undefined ? [] : entriesOf(sketch, cells));
    made.set(id, own);
    return own;
  };
  const points = new Map<string, readonly StripPoint[]>();
  const pointsBy = (id: string): readonly StripPoint[] => {
    const own = points.get(id) ?? entriesBy(id).map(pointOf);
    points.set(id, own);
    return own;
  };
  machines.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1));
  const plain: ClusterView = {
    moment: { elapsedMs: 5_000_000, wallMs: SAMPLE_NOW_MS },
    selfId: machines.find(({ isSelf }) => isSelf)?.id ?? "",
    network: "lab",
    isShippedSignature: false,
    isSealed: false,
    version: "0.1.0",
    updateSeconds: 600,
    historyEntries: CELLS,
    startedWallMs: SAMPLE_NOW_MS - 40_000,
    candidates: 0,
    machines,
    replaced: [],
    drops: {},
    unsealedSenders: [],
    scan: {
      ranges: ["192.168.1."],
      isLoopbackOnly: false,
      allow: ["192.168.1."],
      port: 10_080,
      size: 254,
      asked: 254,
      ownAddresses: ["192.168.1.11"],
    },
    notices: [],
  };
  const changed = options.change === undefined ? plain : options.change(plain);
  // As the daemon does it (daemon/cluster-source.ts).
  const cutOff = cutOffOf(changed);
  const view: ClusterView = { ...(cutOff && { cutOff }), ...changed };
  return {
    view,
    version: () => 1,
    moment: () => view.moment,
    cluster: () => view,
    entries: (id: string, query: EntryQuery) =>
      entriesBy(id)
        .filter(({ atWallMs }) => atWallMs < (query.beforeWallMs ?? Number.POSITIVE_INFINITY))
        .slice(-query.limit)
        .reverse(),
    strips: (since, ids = [...owners.keys()]) =>
      new Map(ids.map((id) => [id, pointsBy(id).filter((point) => endOf(point) >= since)])),
    at: (wallMs) => {
      const found = new Map<string, Entry>();
      for (const id of owners.keys()) {
        const entry = entriesBy(id).findLast((one) => covers(one, wallMs));
        if (entry !== undefined) found.set(id, entry);
      }
      return found;
    },
  };
}

/** Many machines, each a variation of one of the lab. */
export function manySketches(count: number): Sketch[] {
  return Array.from({ length: count }, (_, index) => {
    const {
      state: _state,
      outages: _outages,
      ...model
    } = LAB[1 + (index % 9)] ?? {
      name: "node",
      cores: 4,
      memoryGib: 8,
      address: "",
      uptimeHours: 9,
      loads: [],
      users: [],
      memoryPercent: 9,
    };
    const name = index === 0 ? "node01" : `c${String(index).padStart(4, "0")}`;
    return { ...model, name, address: `10.0.${index >> 8}.${index & 255}` };
  });
}

/** A machine that knows protocol 1 alone: percents, no sizes, no cores. */
export const OLD_MACHINE: Sketch = {
  name: "old1",
  cores: 4,
  memoryGib: 8,
  address: "192.168.1.99",
  uptimeHours: 500,
  loads: [],
  users: ["hugo"],
  memoryPercent: 40,
  protocol: 1,
  change: () => ({
    name: "old1",
    updateSeconds: 600,
    averageSeconds: 60,
    uptimeSeconds: 1_800_000,
    cpu: { userPercent: 12, systemPercent: 3, idlePercent: 85 },
    load: { one: 0.15, five: 0.2, fifteen: 0.3 },
    memory: { usedPercent: 40, activePercent: 30, inactivePercent: 9, swapUsedPercentOfMemory: 2 },
    swap: { inPercentOfMemoryPerMinute: 0, outPercentOfMemoryPerMinute: 0 },
    disk: { readBytesPerSecond: 0, writeBytesPerSecond: MIB },
    network: { receiveBytesPerSecond: 0, transmitBytesPerSecond: 0 },
    processes: [
      {
        user: "hugo",
        cpuPercent: 11,
        memoryPercent: 3,
        state: "S",
        cpuSeconds: 70,
        command: "perl",
      },
    ],
    users: [{ name: "hugo", loginAgeSeconds: 300, command: "?" }],
    messages: [],
  }),
};
