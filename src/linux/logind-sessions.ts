/**
 * /run/systemd/sessions/*: who is logged in, on systems that keep no utmp any more. One file of
 * KEY=value lines for each session of systemd-logind; the folder also holds FIFOs (`3.ref`).
 *
 *     UID=1000
 *     USER=alice
 *     CLASS=user
 *     STATE=active
 *     TTY=pts/0
 *     REMOTE_HOST=192.0.2.7
 *     REALTIME=1700000000000000
 *     LEADER=4242
 */
import { type Reading, readNames, readText } from "./read-text.ts";
import type { UtmpRecord } from "./utmp.ts";

/** Sessions read, 20 µs each. */
const MOST_SESSIONS = 1000;
const CAP_BYTES = 16 * 1024;

/** The sessions of users, as utmp would have them. Fails where there is no such folder. */
export function readLogindSessions(root: string): Reading<readonly UtmpRecord[]> {
  const folder = "/run/systemd/sessions";
  const names = readNames(root, folder);
  if (!names.ok) {
    return names;
  }
  const records: UtmpRecord[] = [];
  // Session files are named by an id without a dot: "3", "c1".
  for (const name of names.value.filter((each) => /^\w+$/.test(each)).slice(0, MOST_SESSIONS)) {
    const text = readText(root, `${folder}/${name}`, CAP_BYTES);
    const record = text.ok ? parseLogindSession(text.value) : undefined;
    records.push(...(record === undefined ? [] : [record]));
  }
  return { ok: true, value: records };
}

/** Undefined for sessions that are closing, of a greeter, or of systemd's own user manager. */
export function parseLogindSession(text: string): UtmpRecord | undefined {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    values.set(match[1] ?? "", match[2] ?? "");
  }
  const user = values.get("USER") ?? values.get("UID");
  const isUser = /^user(-early|-light|-incomplete)?$/.test(values.get("CLASS") ?? "user");
  if (user === undefined || !isUser || values.get("STATE") === "closing") {
    return undefined;
  }
  return {
    pid: number(values.get("LEADER")),
    line: values.get("TTY") ?? values.get("DISPLAY") ?? "",
    user,
    host: values.get("REMOTE_HOST") ?? "",
    loginSeconds: Math.floor(number(values.get("REALTIME")) / 1e6),
  };
}

/** 0, which means unknown, for anything but plain digits; µs since 1970 have 16 until 2286. */
function number(text: string | undefined): number {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : 0;
}
