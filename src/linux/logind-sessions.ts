/**
 * /run/systemd/sessions/*: who is logged in, on systems that no longer keep utmp. Each session of
 * systemd-logind has a file of KEY=value lines; the folder also holds FIFOs (`3.ref`).
 *
 *     USER=alice
 *     CLASS=user
 *     TTY=pts/0
 *     REMOTE_HOST=192.0.2.7
 *     REALTIME=1700000000000000
 *     LEADER=4242
 */
import { type Reading, readNames, readTextOrEmpty } from "./read-text.ts";
import type { UtmpRecord } from "./utmp.ts";

/** Reading a session takes 20 µs; of more than these the rest is left out. */
const MOST_SESSIONS = 1000;
const CAP_BYTES = 16 * 1024;

/** The sessions of users, as records of utmp. Fails where there is no such folder. */
export function readLogindSessions(root: string): Reading<readonly UtmpRecord[]> {
  const folder = "/run/systemd/sessions";
  const names = readNames(root, folder);
  if (!names.ok) return names;
  // Session files are named by an id without a dot: "3", "c1".
  const ids = names.value.filter((name) => /^\w+$/.test(name)).slice(0, MOST_SESSIONS);
  const texts = ids.map((id) => readTextOrEmpty(root, `${folder}/${id}`, CAP_BYTES));
  return { ok: true, value: texts.flatMap((text) => parseLogindSession(text) ?? []) };
}

/** Undefined for a session that is closing, of a greeter, or of a user's service manager. */
export function parseLogindSession(text: string): UtmpRecord | undefined {
  const lines = text.matchAll(/^([A-Z_]+)=(.*)$/gm);
  const values = new Map(lines.map(([, key = "", value = ""]) => [key, value]));
  const user = values.get("USER") ?? values.get("UID");
  const isUser = /^user(-early|-light|-incomplete)?$/.test(values.get("CLASS") ?? "user");
  if (user === undefined || !isUser || values.get("STATE") === "closing") return undefined;
  return {
    pid: number(values.get("LEADER")),
    line: values.get("TTY") ?? values.get("DISPLAY") ?? "",
    user,
    host: values.get("REMOTE_HOST") ?? "",
    loginSeconds: Math.floor(number(values.get("REALTIME")) / 1e6),
  };
}

/** 0, which means unknown, for anything but digits; microseconds since 1970 have 16 until 2286. */
function number(text: string | undefined): number {
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : 0;
}
