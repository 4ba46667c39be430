/**
 * Wall times as text in the serving machine's time zone, and back. The zone is passed in, so that a
 * test gives the same text everywhere.
 */

export type Times = Readonly<ReturnType<typeof createTimes>>;

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS = 86_400_000;
/** Ten months: a date that is further away carries its year, since its month would be ambiguous. */
const FAR_DAYS = 304;
/** Every zone changes its offset on a quarter of an hour, so one look-up holds for one. */
const OFFSET_BUCKET_MS = 900_000;
/** Offsets remembered: ten days of quarters. Intl is 50 times slower than the map. */
const OFFSET_CAP = 960;

/** A peer may claim any uptime, and the range of a Date is limited. */
const LAST_WALL_MS = Date.UTC(9998, 0);

function withinYears(wallMs: number): number {
  return Math.min(LAST_WALL_MS, Math.max(0, wallMs));
}

/** Computes offsets as the difference between Intl's clock in the zone and UTC. */
function offsetReader(timeZone: string): (wallMs: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const known = new Map<number, number>();
  return (wallMs) => {
    const bucket = Math.floor(withinYears(wallMs) / OFFSET_BUCKET_MS);
    const remembered = known.get(bucket);
    if (remembered !== undefined) return remembered;
    const at = bucket * OFFSET_BUCKET_MS;
    const parts = format.formatToParts(at).map(({ type, value }) => [type, Number(value)]);
    const {
      year = 1970,
      month = 1,
      day = 1,
      hour = 0,
      minute = 0,
      second = 0,
    } = Object.fromEntries(parts);
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    if (known.size >= OFFSET_CAP) known.clear();
    known.set(bucket, local - at);
    return local - at;
  };
}

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/;
const ZONED = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const CLOCK = /^(\d\d?):(\d\d)(?::(\d\d))?$/;
/** 13 digits, the years 2001 to 2286; fewer would be seconds or a typing error. */
const MILLISECONDS = /^\d{13}$/;

function numbersOf(match: RegExpExecArray): number[] {
  return match.slice(1).map((digits) => Number(digits ?? 0));
}

/** The clock time by which an entry is named: with seconds where a minute holds several. */
export function clockOf(times: Times, updateSeconds: number): (wallMs: number) => string {
  return updateSeconds < 60 ? times.clockSeconds : times.clock;
}

/** The same, but `since` gives seconds where a minute holds several entries. */
export function timesFor(times: Times, updateSeconds: number): Times {
  if (updateSeconds >= 60) return times;
  return {
    ...times,
    since: (wallMs, nowMs) =>
      times.since(wallMs, nowMs).replace(/\d\d:\d\d$/, times.clockSeconds(wallMs)),
  };
}

/** `timeZone` as Intl names it (`Europe/Vienna`); throws a RangeError for one it does not know. */
export function createTimes(timeZone: string) {
  const offsetMs = offsetReader(timeZone);
  const zoneFormat = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "short" });
  const local = (wallMs: number) => new Date(withinYears(wallMs) + offsetMs(wallMs));
  /** `09:13`. */
  const clock = (wallMs: number) => local(wallMs).toISOString().slice(11, 16);
  /** `Tue`. */
  const weekday = (wallMs: number) => DAYS[local(wallMs).getUTCDay()] ?? "";
  const dayNumber = (wallMs: number) => Math.floor((wallMs + offsetMs(wallMs)) / DAY_MS);
  /** `24 Nov`; seen from over ten months away, `24 Nov 2025`. */
  const dayOfYear = (wallMs: number, nowMs: number) => {
    const at = local(wallMs);
    const isFar = Math.abs(dayNumber(nowMs) - dayNumber(wallMs)) > FAR_DAYS;
    return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}${isFar ? ` ${at.getUTCFullYear()}` : ""}`;
  };

  function toWall(localMs: number): number {
    // Around a change of the offset the first guess may be wrong; the second is right.
    const first = localMs - offsetMs(localMs);
    return localMs - offsetMs(first);
  }

  /**
   * Reads `2026-11-24T03:10[:07]`, the same with a zone, `03:10[:07]` (the latest before now), or
   * milliseconds since 1970; `undefined` for anything else.
   */
  function parse(text: string, nowMs: number): number | undefined {
    if (MILLISECONDS.test(text)) return Number(text);
    if (ZONED.test(text)) {
      const zoned = Date.parse(text);
      return Number.isNaN(zoned) ? undefined : zoned;
    }
    const full = LOCAL.exec(text);
    if (full) {
      const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbersOf(full);
      const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
      // Date.UTC reads 31 February as 3 March: the result must be what was asked for.
      const same =
        new Date(localMs).toISOString().slice(0, 16) ===
        `${text.slice(0, 10)}T${text.slice(11, 16)}`;
      return same && second < 60 ? toWall(localMs) : undefined;
    }
    const short = CLOCK.exec(text);
    if (!short) return undefined;
    const [hour = 0, minute = 0, second = 0] = numbersOf(short);
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const today = dayNumber(nowMs) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
    const at = toWall(today);
    return at <= nowMs ? at : toWall(today - DAY_MS);
  }

  return {
    /** As Intl names it: `Europe/Vienna`. */
    timeZone,
    /** Milliseconds that the zone is ahead of UTC. */
    offsetMs,
    clock,
    /** `09:13:07`. */
    clockSeconds: (wallMs: number) => local(wallMs).toISOString().slice(11, 19),
    weekday,
    parse,
    /** The zone's abbreviation at that time: `UTC`, `CET`. */
    zoneName: (wallMs: number) =>
      zoneFormat.formatToParts(wallMs).find((part) => part.type === "timeZoneName")?.value ??
      timeZone,
    /** `Tue 24 Nov`; with the year where `nowMs` is over ten months away. */
    date: (wallMs: number, nowMs = wallMs) => `${weekday(wallMs)} ${dayOfYear(wallMs, nowMs)}`,
    /** `06:11` today, `Mon 18:40` within six days, else `12 Nov 18:40`, `12 Nov 2025 18:40`. */
    since: (wallMs: number, nowMs: number) => {
      const days = dayNumber(nowMs) - dayNumber(wallMs);
      if (days === 0) return clock(wallMs);
      if (days > 0 && days < 7) return `${weekday(wallMs)} ${clock(wallMs)}`;
      return `${dayOfYear(wallMs, nowMs)} ${clock(wallMs)}`;
    },
    /** `2026-11-24T09:13:07`, for links and `<time>`; in UTC with a Z where that is ambiguous. */
    stamp: (wallMs: number) => {
      const text = local(wallMs).toISOString().slice(0, 19);
      const back = parse(text, wallMs);
      const isExact = back !== undefined && Math.floor(back / 1000) === Math.floor(wallMs / 1000);
      return isExact ? text : `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
    },
  };
}
