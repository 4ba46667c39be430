/**
 * Reads a report from untrusted JSON. Each known field has one reader; a bad field is left out, and
 * an unknown one is ignored, so that versions may differ.
 */

import {
  type FieldReader,
  integerReader,
  listReader,
  numberReader,
  objectReader,
  recordReader,
  textReader,
  wordReader,
} from "../base/json-fields.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { MAX_NAME_LENGTH } from "./limits.ts";
import type {
  CpuReport,
  DiskReport,
  FilesystemReport,
  HostReport,
  InterfaceReport,
  LoadReport,
  MemoryReport,
  NetworkReport,
  PressureReport,
  ProblemReport,
  ProcessReport,
  Report,
  SwapReport,
  TemperatureReport,
  UserReport,
} from "./report.ts";

/** How far over 100 a percentage may be, since the parts of a sum are rounded. */
const PERCENT_TOLERANCE = 1;

/** As many per-core figures as fit in the 16 KB that a packet of JSON may have. */
const MAX_CORES = 4096;
const MAX_PERCENT_OF_CORES = 100 * MAX_CORES;

/** Thirty years, longer than any uptime and any sensible update interval. */
const MAX_SECONDS = 1e9;

/** The CPU time of a process is the sum over all cores. */
const MAX_CPU_SECONDS = MAX_SECONDS * MAX_CORES;

/** pid_max of 64-bit Linux (proc_sys_kernel(5)), the most processes that can exist. */
const MAX_TASKS = 4_194_304;

const percent: FieldReader<number> = (value) => {
  const number = readPercent(value);
  return number === undefined ? undefined : Math.min(number, 100);
};
const readPercent = numberReader(100 + PERCENT_TOLERANCE);
/** Sizes and rates, up to 8 EiB, the largest file system that Linux can address. */
const bytes = numberReader(2 ** 63);
const seconds = numberReader(MAX_SECONDS);
const taskCount = integerReader(0, MAX_TASKS);
const counter = integerReader(0, Number.MAX_SAFE_INTEGER);
/** User, command, interface, type. systemd's session names are longer than the kernel's 16 characters. */
const word = wordReader(64);
/** CPU models, distributions, host names, subjects. */
const phrase = textReader(128);
/** Mount points and reasons. */
const sentence = textReader(256);

const host = objectReader<HostReport>({
  // The largest NR_CPUS of the kernel.
  cores: integerReader(1, 8192),
  model: phrase,
  kernel: phrase,
  os: phrase,
});

const readCores = listReader(percent, MAX_CORES);
/** The place of a figure tells its core, so one bad figure makes the whole list useless. */
const corePercents: FieldReader<readonly number[]> = (value) => {
  if (!Array.isArray(value) || value.length > MAX_CORES) return undefined;
  const figures = readCores(value);
  return figures?.length === value.length ? figures : undefined;
};

const cpu = objectReader<CpuReport>({
  userPercent: percent,
  nicePercent: percent,
  systemPercent: percent,
  iowaitPercent: percent,
  stealPercent: percent,
  idlePercent: percent,
  cores: corePercents,
});

const load = objectReader<LoadReport>({
  one: numberReader(MAX_TASKS),
  five: numberReader(MAX_TASKS),
  fifteen: numberReader(MAX_TASKS),
  running: taskCount,
  tasks: taskCount,
});

/** Swap may be larger than memory. */
const percentOfMemory = numberReader(1e6);

const memory = objectReader<MemoryReport>({
  totalBytes: bytes,
  availableBytes: bytes,
  usedBytes: bytes,
  activeBytes: bytes,
  inactiveBytes: bytes,
  buffersCachedBytes: bytes,
  swapTotalBytes: bytes,
  swapUsedBytes: bytes,
  usedPercent: percent,
  activePercent: percent,
  inactivePercent: percent,
  swapUsedPercentOfMemory: percentOfMemory,
});

const pressure = objectReader<PressureReport>({
  cpuSomePercent: percent,
  memorySomePercent: percent,
  memoryFullPercent: percent,
  ioSomePercent: percent,
  ioFullPercent: percent,
});

const swap = objectReader<SwapReport>({
  inBytesPerSecond: bytes,
  outBytesPerSecond: bytes,
  inPercentOfMemoryPerMinute: percentOfMemory,
  outPercentOfMemoryPerMinute: percentOfMemory,
});

const disk = objectReader<DiskReport>({ readBytesPerSecond: bytes, writeBytesPerSecond: bytes });

const filesystem = recordReader<FilesystemReport>(
  { mount: wordReader(256), type: word, totalBytes: bytes, freeBytes: bytes },
  ["mount"],
);

const networkInterface = recordReader<InterfaceReport>(
  {
    name: word,
    receiveBytesPerSecond: bytes,
    transmitBytesPerSecond: bytes,
    errors: counter,
    drops: counter,
  },
  ["name"],
);

const network = objectReader<NetworkReport>({
  receiveBytesPerSecond: bytes,
  transmitBytesPerSecond: bytes,
  interfaces: listReader(networkInterface, 64),
});

/** As far as a sensor may be believed; a disk in the cold is below 0. */
const celsius: FieldReader<number> = (value) =>
  typeof value === "number" && value >= -40 && value <= 150 ? value + 0 : undefined;

const temperature = recordReader<TemperatureReport>(
  { sensor: word, label: word, celsius, highCelsius: celsius },
  ["sensor", "celsius"],
);

const user = recordReader<UserReport>(
  {
    name: word,
    terminal: word,
    from: phrase,
    loginAgeSeconds: seconds,
    idleSeconds: seconds,
    command: word,
  },
  ["name"],
);

const process = recordReader<ProcessReport>(
  {
    pid: integerReader(0, MAX_TASKS),
    user: word,
    cpuPercent: numberReader(MAX_PERCENT_OF_CORES),
    memoryPercent: percent,
    state: wordReader(8),
    cpuSeconds: numberReader(MAX_CPU_SECONDS),
    command: word,
  },
  ["user", "command"],
);

const problem = recordReader<ProblemReport>(
  { subject: wordReader(128), reason: wordReader(256), remedy: sentence },
  ["subject", "reason"],
);

const readReport = recordReader<Report>(
  {
    name: wordReader(MAX_NAME_LENGTH),
    version: word,
    httpPort: integerReader(1, 65535),
    tags: listReader(word, 16),
    updateSeconds: seconds,
    averageSeconds: seconds,
    uptimeSeconds: seconds,
    host,
    cpu,
    load,
    memory,
    pressure,
    swap,
    disk,
    filesystems: listReader(filesystem, 64),
    network,
    temperatures: listReader(temperature, 8),
    users: listReader(user, 10),
    userCount: taskCount,
    processes: listReader(process, 10),
    processCount: taskCount,
    // Lines of a log are rarely longer, and a longer one would push the rest out of the packet.
    messages: listReader(textReader(1024), 5),
    messageCount: counter,
    problems: listReader(problem, 32),
  },
  ["name"],
);

/**
 * A report from untrusted JSON, with exactly the known fields, typed and within the bounds of their
 * readers; text is clamped and cleaned, and lists are cut. A wrong field is absent, and an item without
 * its name is skipped. A report without the machine's name is refused.
 */
export function parseReport(value: unknown): Result<Report> {
  const report = readReport(value);
  return report === undefined ? fail("a report needs a name") : ok(report);
}
