/** The two forms of durations in protocol 1: the CPU time of `ps`, and the time since login. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Longer durations are written as this: a hundred thousand days, more than any CPU time. */
const MAX_SECONDS = 100_000 * DAY - 1;

/** `00:01:02`, `1-02:03:04`: the `time` column of `ps` (`[DD-]hh:mm:ss`). */
export function formatCpuTime(seconds: number): string {
  const total = bounded(seconds);
  const days = Math.floor(total / DAY);
  const clock = [
    Math.floor((total % DAY) / HOUR),
    Math.floor((total % HOUR) / MINUTE),
    total % MINUTE,
  ];
  const text = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return days > 0 ? `${days}-${text}` : text;
}

/** Seconds in `[DD-][hh:]mm:ss`; `undefined` for anything else. */
export function parseCpuTime(text: string): number | undefined {
  const match = /^(?:(?:(\d{1,5})-)?(\d{1,6}):)?(\d{1,6}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0);
}

/** `5m`, `2h10m`, `3d4h`: minutes below a day, hours above. */
export function formatLoginAge(seconds: number): string {
  const total = bounded(seconds);
  const days = Math.floor(total / DAY);
  const hours = Math.floor((total % DAY) / HOUR);
  const minutes = Math.floor((total % HOUR) / MINUTE);
  if (days > 0) return `${days}d${hours}h`;
  return hours > 0 ? `${hours}h${minutes}m` : `${minutes}m`;
}

/** Seconds in `3d4h`, `2h10m`, `5m`, each part optional; `undefined` for anything else. */
export function parseLoginAge(text: string): number | undefined {
  const match = /^(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?$/.exec(text);
  if (match === null || text === "") return undefined;
  const [days, hours, minutes] = match.slice(1).map((part) => Number(part ?? 0));
  return (days ?? 0) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE;
}

function bounded(seconds: number): number {
  return Math.min(Math.max(Math.floor(seconds), 0), MAX_SECONDS) || 0;
}
