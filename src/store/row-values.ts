/**
 * Checks what is read from the file of the history. An older program, an editor or a bad disk may
 * have written it, and all other code trusts its shape.
 */
import {
  type FieldReader,
  integerReader,
  listReader,
  recordReader,
  textReader,
  wordReader,
} from "../base/json-fields.ts";
import { canonicalAddress } from "../net/address.ts";
import { MAX_NAME_LENGTH } from "../protocol/limits.ts";
import type { Report } from "../protocol/report.ts";
import { parseReport } from "../protocol/report-json.ts";
import { ENTRY_STATES, type Entry, MACHINE_STATES, type MachineInfo } from "./history-types.ts";
import { unpackJson } from "./packed-json.ts";

/** More addresses or incarnations than any machine is kept with: only a damaged row holds more. */
const MAX_LISTED = 64;

/** Longer than any id with a clone's mark, and than any incarnation. */
const LONGEST_ID = 128;

/** The last time that a Date can hold (ECMA-262, 21.4.1.1). */
const LAST_WALL_MS = 8.64e15;

/** Whether the value can be shown as a time. */
export function isWallMs(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= LAST_WALL_MS;
}

const wallMs: FieldReader<number> = (value) => (isWallMs(value) ? value : undefined);
const id = wordReader(LONGEST_ID);
const address: FieldReader<string> = (value) =>
  typeof value === "string" ? canonicalAddress(value) : undefined;
const report: FieldReader<Report> = (value) => {
  const read = parseReport(value);
  return read.ok ? read.value : undefined;
};

const readInfo = recordReader<MachineInfo>(
  {
    id,
    name: textReader(MAX_NAME_LENGTH),
    addresses: listReader(address, MAX_LISTED),
    protocol: (value) => (value === 1 || value === 2 ? value : undefined),
    state: (value) => MACHINE_STATES.find((state) => state === value),
    stateSinceWallMs: wallMs,
    lastHeardWallMs: wallMs,
    httpPort: integerReader(1, 65_535),
    incarnation: id,
    sequence: integerReader(0, Number.MAX_SAFE_INTEGER),
    retiredIncarnations: listReader(id, MAX_LISTED),
    reportAtWallMs: wallMs,
  },
  ["id", "name", "addresses", "protocol", "state", "stateSinceWallMs", "lastHeardWallMs"],
);

/** A machine of an earlier run, from its row; undefined if anything needed is missing or wrong. */
export function parseMachineInfo(row: { id: unknown; info: unknown }): MachineInfo | undefined {
  // Once a machine was renamed, only its row has the new id.
  const info = row.info instanceof Uint8Array ? unpackJson(row.info) : undefined;
  return info === undefined ? undefined : readInfo({ ...info, id: row.id });
}

/** As SQLite gives it: a column of a damaged page may have any type. */
export type StoredEntry = Readonly<Record<"at" | "state" | "until" | "body", unknown>>;

/** An entry from its row; undefined if its time, state or report cannot be read. */
export function parseEntry({ at, state: code, until, body }: StoredEntry): Entry | undefined {
  const state = typeof code === "number" ? ENTRY_STATES[code] : undefined;
  if (!isWallMs(at) || state === undefined) return undefined;
  if (state !== "up") {
    if (until === null) return { state, atWallMs: at };
    return isWallMs(until) ? { state, atWallMs: at, untilWallMs: until } : undefined;
  }
  const read = body instanceof Uint8Array ? report(unpackJson(body)) : undefined;
  return read && { state, atWallMs: at, report: read };
}
