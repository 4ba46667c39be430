/**
 * The report of protocol 1, byte for byte as the 2005 program (version 0.38) writes and reads it
 * (design 6.1): four lines joined by `\n`, Latin-1. Here `→` is a tab:
 *
 *     anna 1117620000 60 93784 015 1234 000 41 0 30 12 7 2 90 0 0 3 1 0 2
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
 * An empty line says that there is no process, user or message.
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { MEBIBYTE } from "../../base/units.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { MAX_NAME_LENGTH, MAX_REPORT_V1_BYTES } from "../limits.ts";
import type { MemoryReport, ProcessReport, Report, UserReport } from "../report.ts";
import { parseReport } from "../report-json.ts";
import { latin1Line, latin1Word } from "./latin1.ts";
import { formatCpuTime, formatLoginAge, parseCpuTime, parseLoginAge } from "./times.ts";

const HEAD_FIELDS = 20;
const PROCESS_FIELDS = 6;
const USER_FIELDS = 3;
const MAX_PROCESSES = 5;
const MAX_USERS = 10;
const MAX_MESSAGES = 5;

/** The seconds over which rates are counted; the 2005 program always writes `60`. */
const RATE_SECONDS = 60;

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
  options: { readonly wallSeconds: number; readonly maxBytes?: number },
): string {
  const maxBytes = options.maxBytes ?? MAX_REPORT_V1_BYTES;
  const head = encodeHead(report, options.wallSeconds);
  const processes = (report.processes ?? []).slice(0, MAX_PROCESSES).map(encodeProcess);
  const users = (report.users ?? []).slice(0, MAX_USERS).map(encodeUser);
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
 * lines or fields, more than 5 processes, 10 users or 5 messages, and a first line with anything but
 * whole numbers of at most 12 digits. CPU or memory figures that are all 0 in line 1 are unknown. A
 * number in line 2 or 3 that is wrong, or larger than a report allows, is absent.
 */
export function decodeReportV1(
  text: string,
): Result<{ readonly report: Report; readonly wallSeconds: number }> {
  const lines = text.split("\n");
  const [head, processLine, userLine, messageLine] = lines;
  if (lines.length !== 4 || head === undefined) return fail("not four lines");
  const numbers = parseHead(head);
  if (numbers === undefined) return fail("not 20 fields with whole numbers");
  const processes = splitRecords(processLine, PROCESS_FIELDS)?.map(parseProcess);
  if (processes === undefined || processes.length > MAX_PROCESSES) return fail("bad processes");
  const users = splitRecords(userLine, USER_FIELDS)?.map(parseUser);
  if (users === undefined || users.length > MAX_USERS) return fail("bad users");
  const messages = (messageLine ?? "")
    .split("\t")
    .map((line) => latin1Line(line, MAX_MESSAGE_LENGTH))
    .filter((line) => line !== "");
  if (messages.length > MAX_MESSAGES) return fail("bad messages");
  const [name] = head.split(" ", 1);
  // Twelve digits can exceed what a report allows (an uptime of 30,000 years), which is then absent.
  const report = parseReport({
    name: latin1Word(name ?? "", MAX_NAME_LENGTH),
    ...readFigures(numbers),
    processes,
    users,
    messages,
  });
  return report.ok ? ok({ report: report.value, wallSeconds: numbers.wallSeconds }) : report;
}

function encodeHead(report: Report, wallSeconds: number): string {
  const { cpu, load, swap, disk, network } = report;
  const memory = memoryPercents(report.memory);
  const total = report.memory?.totalBytes;
  const userAndNice =
    cpu?.userPercent === undefined ? undefined : cpu.userPercent + (cpu.nicePercent ?? 0);
  const swapIn = percentPerMinute(swap?.inBytesPerSecond, total);
  const swapOut = percentPerMinute(swap?.outBytesPerSecond, total);
  return [
    nameInReportV1(report.name),
    whole(wallSeconds),
    RATE_SECONDS,
    whole(report.uptimeSeconds),
    loadDigits(load?.one),
    loadDigits(load?.five),
    loadDigits(load?.fifteen),
    whole(memory.used),
    whole(memory.swapUsed),
    whole(memory.active),
    whole(memory.inactive),
    whole(userAndNice),
    whole(cpu?.systemPercent),
    whole(cpu?.idlePercent),
    whole(swapIn ?? swap?.inPercentOfMemoryPerMinute),
    whole(swapOut ?? swap?.outPercentOfMemoryPerMinute),
    whole(megabytesPerMinute(disk?.readBytesPerSecond)),
    whole(megabytesPerMinute(disk?.writeBytesPerSecond)),
    whole(megabytesPerMinute(network?.receiveBytesPerSecond)),
    whole(megabytesPerMinute(network?.transmitBytesPerSecond)),
  ].join(" ");
}

function memoryPercents(memory: MemoryReport | undefined): {
  readonly used: number | undefined;
  readonly swapUsed: number | undefined;
  readonly active: number | undefined;
  readonly inactive: number | undefined;
} {
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
  return String(Math.min(Math.max(Math.round(value), 0), MAX_WHOLE));
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

interface HeadNumbers {
  readonly wallSeconds: number;
  /** The 17 numbers that begin with the uptime, in the order of the line. */
  readonly figures: readonly number[];
}

function parseHead(line: string): HeadNumbers | undefined {
  const fields = line.split(" ");
  if (fields.length !== HEAD_FIELDS || fields[0] === "") return undefined;
  const numbers: number[] = [];
  for (let i = 1; i < HEAD_FIELDS; i++) {
    const field = fields[i] ?? "";
    if (!/^\d{1,12}$/.test(field)) return undefined;
    numbers.push(Number(field));
  }
  const [wallSeconds, rateSeconds, ...figures] = numbers;
  if (wallSeconds === undefined || rateSeconds !== RATE_SECONDS) return undefined;
  return { wallSeconds, figures };
}

function readFigures({ figures }: HeadNumbers): Omit<Report, "name"> {
  const at = (index: number) => figures[index] ?? 0;
  const percent = (index: number) => Math.min(at(index), 100);
  const bytesPerSecond = (index: number) => (at(index) * MEBIBYTE) / RATE_SECONDS;
  const hasMemory = [4, 5, 6, 7].some((index) => at(index) > 0);
  const memory = {
    usedPercent: percent(4),
    swapUsedPercentOfMemory: at(5),
    activePercent: percent(6),
    inactivePercent: percent(7),
  };
  const hasCpu = [8, 9, 10].some((index) => at(index) > 0);
  const cpu = { userPercent: percent(8), systemPercent: percent(9), idlePercent: percent(10) };
  return withoutUndefined({
    uptimeSeconds: at(0) > 0 ? at(0) : undefined,
    load: { one: at(1) / 100, five: at(2) / 100, fifteen: at(3) / 100 },
    memory: hasMemory ? memory : undefined,
    cpu: hasCpu ? cpu : undefined,
    swap: { inPercentOfMemoryPerMinute: at(11), outPercentOfMemoryPerMinute: at(12) },
    disk: { readBytesPerSecond: bytesPerSecond(13), writeBytesPerSecond: bytesPerSecond(14) },
    network: {
      receiveBytesPerSecond: bytesPerSecond(15),
      transmitBytesPerSecond: bytesPerSecond(16),
    },
  });
}

/** The fields of each record of a line, which may be empty; `undefined` if a record has another count. */
function splitRecords(line: string | undefined, fieldCount: number): string[][] | undefined {
  if (line === undefined || line === "") return [];
  const records = line.split("\t").map((record) => record.split(" "));
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
