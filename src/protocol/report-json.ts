/**
 * Reads a report from JSON that somebody else wrote. Each known field has one reader; a bad
 * field is left out, an unknown one is not looked at, so that versions may differ.
 */
import { fail, ok, type Result } from "../base/result.ts";
import {
  integerReader,
  listReader,
  numberReader,
  objectReader,
  type Reader,
  recordReader,
  textReader,
  wordReader,
} from "./fields.ts";
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

/** Rounding may leave a sum a little over 100; what is further off is no percentage. */
const PERCENT_TOLERANCE = 1;

/** More per-core figures do not fit in the 16 KB that a packet of JSON may have. */
const MAX_CORES = 4096;
const MAX_PERCENT_OF_CORES = 100 * MAX_CORES;

/** Thirty years: longer than any uptime, and than any update interval that makes sense. */
const MAX_SECONDS = 1e9;

/** CPU time adds up over cores. */
const MAX_CPU_SECONDS = MAX_SECONDS * MAX_CORES;

/** pid_max on 64-bit Linux (proc_sys_kernel(5)): no more processes can be, or wait to run. */
const MAX_TASKS = 4_194_304;

const percent: Reader<number> = (value) => {
  const number = readPercent(value);
  return number === undefined ? undefined : Math.min(number, 100);
};
const readPercent = numberReader(100 + PERCENT_TOLERANCE);
/** Sizes and rates: 8 EiB, the largest file system that Linux can count. */
const bytes = numberReader(2 ** 63);
const seconds = numberReader(MAX_SECONDS);
const taskCount = integerReader(0, MAX_TASKS);
const counter = integerReader(0, Number.MAX_SAFE_INTEGER);
/** User, command, interface, type: longer than the kernel's 16, for what systemd calls sessions. */
const word = wordReader(64);
/** CPU models, distributions, host names, subjects. */
const phrase = textReader(128);
/** Mount points and reasons. */
const sentence = textReader(256);

const host = objectReader<HostReport>({
  // NR_CPUS of the kernel goes up to 8,192.
  cores: integerReader(1, 8192),
  model: phrase,
  kernel: phrase,
  os: phrase,
});

const readCores = listReader(percent, MAX_CORES);
/** Which core a figure is for is its place: with one bad figure the list means nothing. */
const corePercents: Reader<readonly number[]> = (value) => {
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

const disk = objectReader<DiskReport>({
  readBytesPerSecond: bytes,
  writeBytesPerSecond: bytes,
});

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
const celsius: Reader<number> = (value) =>
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
    // A line of a log is rarely longer; more would push the rest out of the packet.
    messages: listReader(textReader(1024), 5),
    messageCount: counter,
    problems: listReader(problem, 32),
  },
  ["name"],
);

/**
 * A report from untrusted JSON: exactly the known fields, typed and within bounds. Text is
 * clamped (name 128 UTF-16 units, words 64, phrases 128, mounts and reasons 256, messages
 * 1,024) and cleaned (`cleanText`); lists are cut (10 users, 10 processes, 5 messages, 64 file
 * systems, 64 interfaces, 8 temperatures, 16 tags, 32 problems; over 4,096 cores: no per-core
 * figures). A field that is wrong is absent, an item without its name is skipped; without a name
 * for the machine there is no report.
 */
export function parseReport(value: unknown): Result<Report> {
  const report = readReport(value);
  return report === undefined ? fail("a report needs a name") : ok(report);
}
