/**
 * The report of protocol 1, byte for byte as the 2005 program (version 0.38) writes and reads it
 * (docs/protocol.md): four lines joined by `\n`, Latin-1. Here `→` is a tab:
 *
 *     anna 1117620000 60 93784 015 1234 000 41 0 30 12 7 2 91 0 0 3 1 0 2
 *     root 12.5 0.4 S 00:01:02 Xorg→anna 3.0 10.2 R 1-02:03:04 octave
 *     anna -2h10m octave→ben -3d4h ?
 *     May  1 12:00:00 anna kernel: eth0: link up→May  1 12:00:05 anna sshd[71]: closed
 *
 * 1. name, Unix time, `60`, uptime in s, load of 1, 5, 15 min ×100 (the digits of `0.15`
 *    without the point), memory used %, swap used in % of memory, active %, inactive %, CPU
 *    user+nice %, system %, idle %, swap in and out in % of memory per 60 s, disk in and out
 *    and network in and out in MB (2²⁰ bytes, as all of 2005's sizes) per 60 s. Unknown: 0.
 * 2. At most 5 processes in the format of its `ps`: user, CPU %, memory %, state,
 *    `[days-]hh:mm:ss` of CPU time, command.
 * 3. At most 10 users: name, `-` and the time since login, what runs (`?`: unknown).
 * 4. At most 5 lines of the message file.
 *
 * An empty line says that there is no process, user or message. What the 2005 program computes
 * from its counters may be negative or absurd; it reads that, and so does this one.
 */

import { clampText } from "../../base/clean-text.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { MEBIBYTE } from "../../base/units.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { MAX_NAME_LENGTH, MAX_REPORT_V1_BYTES } from "../limits.ts";
import type { CpuReport, MemoryReport, ProcessReport, Report, UserReport } from "../report.ts";
import { parseReport } from "../report-json.ts";
import { type CpuFiguresV1, cpuFiguresV1, type FiguresV1 } from "./figures.ts";
import { formatCpuTime, formatLoginAge, parseCpuTime, parseLoginAge } from "./times.ts";

const HEAD_FIELDS = 20;
const PROCESSES = { fieldCount: 6, most: 5 };
const USERS = { fieldCount: 3, most: 10 };
const MAX_MESSAGES = 5;

/** Field 3: the seconds over which rates are counted. Some users of the 2005 program edit it. */
const RATE_SECONDS = 60;

/**
 * What is averaged over a shorter time is sent as 0, as the 2005 program does at its start: a burst
 * would stand on its page for a whole interval.
 */
const LEAST_AVERAGE_SECONDS = 5;

/** The length that report-json.ts allows, so that no report changes on its way. */
const MAX_WORD_LENGTH = 64;

/** Five messages of this length leave room for the other lines within 4,096 bytes. */
const MAX_MESSAGE_LENGTH = 500;

/**
 * The report as protocol-1 text, in Latin-1 characters of one byte each. To stay within `maxBytes`
 * (4,096 less the signature and `<`) the oldest messages are left out first, then the last
 * processes, then the last users. The numbers of lines and fields never change.
 */
export function encodeReportV1(
  report: Report,
  options: {
    readonly wallSeconds: number;
    readonly figures?: FiguresV1 | undefined;
    readonly maxBytes?: number;
  },
): string {
  const maxBytes = options.maxBytes ?? MAX_REPORT_V1_BYTES;
  const head = encodeHead(report, options.wallSeconds, options.figures);
  const processes = (report.processes ?? []).slice(0, PROCESSES.most).map(encodeProcess);
  const users = (report.users ?? []).slice(0, USERS.most).map(encodeUser);
  const messages = (report.messages ?? [])
    .map((text) => latin1Line(text, MAX_MESSAGE_LENGTH))
    .filter((text) => text !== "")
    .slice(-MAX_MESSAGES);
  for (;;) {
    const lines = [head, processes.join("\t"), users.join("\t"), messages.join("\t")];
    const text = lines.join("\n");
    if (text.length <= maxBytes) return text;
    if (messages.shift() ?? processes.pop() ?? users.pop()) continue;
    return text;
  }
}

/** A machine's name as one word of protocol 1. A `{` at its start would be read as JSON. */
export function nameInReportV1(name: string): string {
  return latin1Word(name, MAX_NAME_LENGTH).replace(/^\{/, "(");
}

/**
 * Reads what `encodeReportV1` and the 2005 program write, as Latin-1 text. Refuses other numbers of
 * lines or fields. Of more than 5 processes, 10 users or 5 messages the rest is left out, as the
 * 2005 program does. A number that is negative, absurd or none makes that figure unknown; CPU or
 * memory figures that are all 0 in line 1 are unknown too. With `isCut` the text may end anywhere
 * after line 1: a record that lacks fields is left out, and the last word or message may be shorter.
 */
export function decodeReportV1(
  text: string,
  { isCut = false }: { readonly isCut?: boolean } = {},
): Result<{ readonly report: Report; readonly wallSeconds: number }> {
  const lines = text.split("\n");
  const [headLine, processLine, userLine, messageLine] = lines;
  const isComplete = lines.length === 4 || (isCut && lines.length < 4);
  if (!isComplete || headLine === undefined) return fail("not four lines");
  const head = parseHead(headLine);
  if (head === undefined) return fail("not 20 fields in line 1");
  const mayBeCut = (number: number) => isCut && lines.length === number;
  const processes = splitRecords(processLine, { ...PROCESSES, isCut: mayBeCut(2) });
  if (processes === undefined) return fail("a process without 6 fields");
  const users = splitRecords(userLine, { ...USERS, isCut: mayBeCut(3) });
  if (users === undefined) return fail("a user without 3 fields");
  const messages = messageLine
    ?.split("\t")
    .map((line) => latin1Line(line, MAX_MESSAGE_LENGTH))
    .filter((line) => line !== "")
    .slice(-MAX_MESSAGES);
  // What no report allows (an uptime of 30,000 years, 130 % of the CPU) is absent afterwards.
  const report = parseReport({
    name: latin1Word(head.name, MAX_NAME_LENGTH),
    ...readFigures(head),
    processes: processLine === undefined ? undefined : processes.map(parseProcess),
    users: userLine === undefined ? undefined : users.map(parseUser),
    messages,
  });
  return report.ok ? ok({ report: report.value, wallSeconds: head.wallSeconds }) : report;
}

function encodeHead(report: Report, wallSeconds: number, figures?: FiguresV1): string {
  const { load, averageSeconds = LEAST_AVERAGE_SECONDS } = report;
  const memory = memoryPercents(report.memory);
  // A machine that reports more often than that has no longer averages; only its first is shorter yet.
  const { updateSeconds = Number.POSITIVE_INFINITY } = report;
  const isAveraged = averageSeconds >= Math.min(LEAST_AVERAGE_SECONDS, 0.8 * updateSeconds);
  return [
    nameInReportV1(report.name),
    whole(wallSeconds),
    RATE_SECONDS,
    whole(report.uptimeSeconds),
    loadDigits(load?.one),
    loadDigits(load?.five),
    loadDigits(load?.fifteen),
    whole(figures?.memoryUsedPercent ?? memory.used),
    whole(memory.swapUsed),
    whole(memory.active),
    whole(memory.inactive),
    ...averagedFigures(report, figures).map((value) => whole(isAveraged ? value : undefined)),
  ].join(" ");
}

/** User and nice, system, idle; swap in and out; disk in and out; network in and out. */
function averagedFigures(report: Report, figures?: FiguresV1): (number | undefined)[] {
  const { swap, disk, network, memory } = report;
  const cpu = figures?.cpu ?? cpuOf(report.cpu);
  const total = memory?.totalBytes;
  return [
    cpu?.userPercent,
    cpu?.systemPercent,
    cpu?.idlePercent,
    percentPerMinute(swap?.inBytesPerSecond, total) ?? swap?.inPercentOfMemoryPerMinute,
    percentPerMinute(swap?.outBytesPerSecond, total) ?? swap?.outPercentOfMemoryPerMinute,
    megabytesPerMinute(disk?.readBytesPerSecond),
    megabytesPerMinute(disk?.writeBytesPerSecond),
    megabytesPerMinute(network?.receiveBytesPerSecond),
    megabytesPerMinute(network?.transmitBytesPerSecond),
  ];
}

/** Interrupts cannot be told from the system's time here. */
function cpuOf(cpu: CpuReport | undefined): CpuFiguresV1 | undefined {
  const { userPercent, nicePercent = 0, systemPercent, idlePercent } = cpu ?? {};
  if (userPercent === undefined || systemPercent === undefined || idlePercent === undefined) {
    return undefined;
  }
  return cpuFiguresV1({
    userAndNice: userPercent + nicePercent,
    system: systemPercent,
    idle: idlePercent,
  });
}

function memoryPercents(memory: MemoryReport | undefined) {
  const total = memory?.totalBytes;
  return {
    used: percentOf(memory?.usedBytes, total) ?? memory?.usedPercent,
    swapUsed: percentOf(memory?.swapUsedBytes, total) ?? memory?.swapUsedPercentOfMemory,
    active: percentOf(memory?.activeBytes, total) ?? memory?.activePercent,
    inactive: percentOf(memory?.inactiveBytes, total) ?? memory?.inactivePercent,
  };
}

function percentOf(part: number | undefined, total: number | undefined): number | undefined {
  return part === undefined || !total ? undefined : (100 * part) / total;
}

function percentPerMinute(
  bytesPerSecond: number | undefined,
  total: number | undefined,
): number | undefined {
  const perSecond = percentOf(bytesPerSecond, total);
  return perSecond === undefined ? undefined : perSecond * RATE_SECONDS;
}

function megabytesPerMinute(bytesPerSecond: number | undefined): number | undefined {
  return bytesPerSecond === undefined ? undefined : (bytesPerSecond * RATE_SECONDS) / MEBIBYTE;
}

/** The largest whole number on the wire: the 12 digits that the decoder accepts. */
const MAX_WHOLE = 999_999_999_999;

function whole(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "0";
  // Rounded down, as the 2005 program does; a rate that was read from a whole number stays the same.
  return String(Math.min(Math.max(Math.floor(value + 1e-6), 0), MAX_WHOLE));
}

/** 0.15 → `015`, 12.34 → `1234`, 0 → `000`: the text of /proc/loadavg without its point. */
function loadDigits(load: number | undefined): string {
  const bounded = Math.min(Math.max(load ?? 0, 0), MAX_WHOLE / 100) || 0;
  return bounded.toFixed(2).replace(".", "");
}

function encodeProcess(process: ProcessReport): string {
  return [
    latin1Word(process.user, MAX_WORD_LENGTH),
    tenths(process.cpuPercent),
    tenths(process.memoryPercent),
    latin1Word(process.state ?? "?", 8),
    formatCpuTime(process.cpuSeconds ?? 0),
    latin1Word(process.command, MAX_WORD_LENGTH),
  ].join(" ");
}

function tenths(percent: number | undefined): string {
  const bounded = Math.min(Math.max(percent ?? 0, 0), 999_999) || 0;
  return bounded.toFixed(1);
}

function encodeUser(user: UserReport): string {
  return [
    latin1Word(user.name, MAX_WORD_LENGTH),
    `-${formatLoginAge(user.loginAgeSeconds ?? 0)}`,
    latin1Word(user.command ?? "?", MAX_WORD_LENGTH),
  ].join(" ");
}

interface Head {
  readonly name: string;
  /** 0: unknown. */
  readonly wallSeconds: number;
  readonly rateSeconds: number | undefined;
  /** The 17 numbers that begin with the uptime, in the order of the line. */
  readonly figures: readonly (number | undefined)[];
}

function parseHead(line: string): Head | undefined {
  const fields = line.split(" ");
  const [name = "", ...words] = fields;
  if (fields.length !== HEAD_FIELDS || name === "") return undefined;
  const [wallSeconds = 0, rateSeconds, ...figures] = words.map(parseWhole);
  return { name, wallSeconds, rateSeconds, figures };
}

function parseWhole(text: string): number | undefined {
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function readFigures({ rateSeconds, figures }: Head): Omit<Report, "name"> {
  const [uptimeSeconds, one, five, fifteen, ...others] = figures;
  const [usedPercent, swapUsedPercentOfMemory, activePercent, inactivePercent] = others;
  const [userPercent, systemPercent, idlePercent, ...rates] = others.slice(4);
  const [swapIn, swapOut, read, written, received, transmitted] = rates;
  const scaled = (value: number | undefined, factor: number) =>
    value === undefined || !rateSeconds ? undefined : (value * factor) / rateSeconds;
  const loadOf = (digits: number | undefined) => (digits === undefined ? undefined : digits / 100);
  return withoutUndefined({
    uptimeSeconds: uptimeSeconds || undefined,
    load: withoutUndefined({ one: loadOf(one), five: loadOf(five), fifteen: loadOf(fifteen) }),
    memory: unlessAll0({ usedPercent, swapUsedPercentOfMemory, activePercent, inactivePercent }),
    cpu: unlessAll0({ userPercent, systemPercent, idlePercent }),
    swap: withoutUndefined({
      inPercentOfMemoryPerMinute: scaled(swapIn, 60),
      outPercentOfMemoryPerMinute: scaled(swapOut, 60),
    }),
    disk: withoutUndefined({
      readBytesPerSecond: scaled(read, MEBIBYTE),
      writeBytesPerSecond: scaled(written, MEBIBYTE),
    }),
    network: withoutUndefined({
      receiveBytesPerSecond: scaled(received, MEBIBYTE),
      transmitBytesPerSecond: scaled(transmitted, MEBIBYTE),
    }),
  });
}

function unlessAll0<T extends Readonly<Record<string, number | undefined>>>(figures: T) {
  const isAnyAbove0 = Object.values(figures).some((figure = 0) => figure > 0);
  return isAnyAbove0 ? withoutUndefined(figures) : undefined;
}

/**
 * The fields of the first `most` records of a line, which may be empty; undefined if one of them has
 * another count. The last record of a line that is cut may have lost some.
 */
function splitRecords(
  line: string | undefined,
  { fieldCount, most, isCut }: { fieldCount: number; most: number; isCut: boolean },
): string[][] | undefined {
  if (line === undefined || line === "") return [];
  const records = line
    .split("\t")
    .slice(0, most)
    .map((record) => record.split(" "));
  if (isCut && records.at(-1)?.length !== fieldCount) records.pop();
  return records.every((fields) => fields.length === fieldCount) ? records : undefined;
}

function parseProcess(fields: readonly string[]): ProcessReport {
  const [user = "", cpu = "", memory = "", state = "", time = "", command = ""] = fields;
  const memoryPercent = parseDecimal(memory);
  return withoutUndefined({
    user: latin1Word(user, MAX_WORD_LENGTH),
    cpuPercent: parseDecimal(cpu),
    memoryPercent: memoryPercent === undefined ? undefined : Math.min(memoryPercent, 100),
    // ps adds letters (`Ss+`); a report has the first one alone.
    state: latin1Word(state, 1),
    cpuSeconds: parseCpuTime(time),
    command: latin1Word(command, MAX_WORD_LENGTH),
  });
}

function parseDecimal(text: string): number | undefined {
  return /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

function parseUser(fields: readonly string[]): UserReport {
  const [name = "", login = "", command = ""] = fields;
  const isKnown = command !== "" && command !== "?";
  return withoutUndefined({
    name: latin1Word(name, MAX_WORD_LENGTH),
    loginAgeSeconds: login.startsWith("-") ? parseLoginAge(login.slice(1)) : undefined,
    command: isKnown ? latin1Word(command, MAX_WORD_LENGTH) : undefined,
  });
}

/**
 * One word of a line: never empty, with each space and control character as `_`, and each character
 * that Latin-1 lacks as `?`. No-break space and NEL count as spaces, since a byte-wise `split()` may
 * take them for such.
 */
function latin1Word(text: string, maxLength: number): string {
  const word = clampText(text, maxLength)
    .replace(/[\u0000-\u0020\u007f-\u00a0]/g, "_")
    .replace(/[^\u0000-\u00ff]/gu, "?");
  return word === "" ? "?" : word;
}

/** One message of the system log, with control characters as spaces: a tab separates messages. */
function latin1Line(text: string, maxLength: number): string {
  return clampText(text, maxLength)
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, " ")
    .replace(/[^\u0000-\u00ff]/gu, "?")
    .trim();
}
