/**
 * /var/run/utmp: who is logged in, in records of the C library's `struct utmp`. Two layouts exist
 * on 64-bit Linux: x86-64 has kept the 32-bit times of old (384 bytes a record), others (aarch64,
 * riscv64) have 64-bit ones (400 bytes). As utmpdump(1) shows them:
 *
 *     [2] [00000] [~~  ] [reboot  ] [~           ] [6.1.0-18-amd64      ] [0.0.0.0        ] […]
 *     [7] [04242] [ts/0] [alice   ] [pts/0       ] [192.0.2.7           ] [192.0.2.7      ] […]
 *     [8] [04250] [ts/1] [        ] [pts/1       ] [                    ] [0.0.0.0        ] […]
 *
 * Source: utmp(5).
 */
import { fail, ok, type Result } from "../base/result.ts";
import { MEBIBYTE } from "../base/units.ts";
import { type Reading, readBytes } from "./read-text.ts";

export interface UtmpRecord {
  readonly pid: number;
  /** Terminal without /dev/: "pts/0". */
  readonly line: string;
  readonly user: string;
  /** Remote host or address; empty for a local login. */
  readonly host: string;
  /** The time of the login, in Unix seconds. */
  readonly loginSeconds: number;
}

interface Layout {
  readonly bytes: number;
  readonly readSeconds: (view: DataView, at: number) => number;
}

const LAYOUTS: readonly Layout[] = [
  { bytes: 384, readSeconds: (view, at) => view.getUint32(at + 340, true) },
  { bytes: 400, readSeconds: (view, at) => Number(view.getBigInt64(at + 344, true)) },
];

/** `ut_type` of a login. */
const USER_PROCESS = 7;
/** The largest `ut_type` (ACCOUNTING). */
const LARGEST_TYPE = 9;
/** 2,700 records; only a file that nobody cleans up grows larger. */
const CAP_BYTES = MEBIBYTE;

/** The logins (USER_PROCESS); some may be of programs that were killed. */
export function readUtmp(root: string): Reading<readonly UtmpRecord[]> {
  const first = readBytes(root, "/var/run/utmp", CAP_BYTES);
  // On most systems /var/run is a link to /run; a few have only the latter.
  const bytes =
    first.ok || first.code !== "ENOENT" ? first : readBytes(root, "/run/utmp", CAP_BYTES);
  if (!bytes.ok) return { ...bytes, reason: first.ok ? bytes.reason : first.reason };
  const records = parseUtmp(bytes.value);
  return records.ok ? records : { ...records, code: "EINVAL" };
}

/** Skips a last record that is cut off; fails for bytes that fit neither layout. */
export function parseUtmp(bytes: Uint8Array): Result<readonly UtmpRecord[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layout = findLayout(view);
  if (layout === undefined) return fail("/var/run/utmp has an unknown format");
  const records: UtmpRecord[] = [];
  for (let at = 0; at + layout.bytes <= bytes.byteLength; at += layout.bytes) {
    if (view.getInt16(at, true) === USER_PROCESS) {
      records.push({
        pid: view.getInt32(at + 4, true),
        line: text(bytes, at + 8, 32),
        user: text(bytes, at + 44, 32),
        host: text(bytes, at + 76, 256),
        loginSeconds: layout.readSeconds(view, at),
      });
    }
  }
  return ok(records);
}

/** The layout that all records fit; where both do, the one that divides the length. */
function findLayout(view: DataView): Layout | undefined {
  const possible = LAYOUTS.filter((layout) => looksLike(view, layout));
  const exact = possible.filter((layout) => view.byteLength % layout.bytes === 0);
  return exact[0] ?? possible[0];
}

function looksLike(view: DataView, layout: Layout): boolean {
  for (let at = 0; at + layout.bytes <= view.byteLength; at += layout.bytes) {
    const type = view.getInt16(at, true);
    // The two bytes behind the type are padding; pids are never negative.
    const isRecord =
      type >= 0 &&
      type <= LARGEST_TYPE &&
      view.getInt16(at + 2, true) === 0 &&
      view.getInt32(at + 4, true) >= 0;
    const hasTime = type !== USER_PROCESS || isTime(layout.readSeconds(view, at));
    if (!isRecord || !hasTime) return false;
  }
  return true;
}

/** Between 1970 and 2106, which is as far as the 32-bit layout goes. */
function isTime(seconds: number): boolean {
  return seconds >= 0 && seconds <= 0xffff_ffff;
}

/** A field that is filled up to its end has no terminating zero. */
function text(bytes: Uint8Array, at: number, length: number): string {
  const field = bytes.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
