import { describe, expect, test } from "bun:test";
import { createTimes, timesFor } from "../../src/view/times.ts";

const NOW = Date.UTC(2026, 10, 24, 9, 13, 7);
const utc = createTimes("UTC");
const vienna = createTimes("Europe/Vienna");

describe("times as text", () => {
  test("are those of the zone, which is named", () => {
    expect(utc.clockSeconds(NOW)).toBe("09:13:07");
    expect(vienna.clock(NOW)).toBe("10:13");
    expect(utc.date(NOW)).toBe("Tue 24 Nov");
    expect(utc.zoneName(NOW)).toBe("UTC");
  });

  test("carry the day's name when they are not of today, and the date when long ago", () => {
    expect(utc.since(NOW - 3 * 3_600_000, NOW)).toBe("06:13");
    expect(utc.since(NOW - 10 * 3_600_000, NOW)).toBe("Mon 23:13");
    expect(utc.since(NOW - 12 * 86_400_000, NOW)).toBe("12 Nov 09:13");
  });

  test("carry the year when they are over ten months old", () => {
    const before = NOW - 340 * 86_400_000;
    expect(utc.since(before, NOW)).toBe("19 Dec 2025 09:13");
    expect(utc.date(before, NOW)).toBe("Fri 19 Dec 2025");
    expect(timesFor(utc, 5).since(before, NOW)).toBe("19 Dec 2025 09:13:07");
    expect(utc.since(NOW - 300 * 86_400_000, NOW)).toBe("28 Jan 09:13");
    expect(utc.date(NOW - 300 * 86_400_000, NOW)).toBe("Wed 28 Jan");
  });

  test("follow the change of summer time", () => {
    const before = Date.UTC(2026, 9, 25, 0, 59);
    expect(vienna.clock(before)).toBe("02:59");
    expect(vienna.clock(before + 60_000)).toBe("02:00");
  });
});

describe("times of an interval under a minute", () => {
  const now = Date.UTC(2026, 10, 24, 9, 13, 7);
  const times = timesFor(createTimes("UTC"), 5);

  test("carry seconds for today and for other days", () => {
    expect(times.since(now - 12_000, now)).toBe("09:12:55");
    expect(times.since(now - 86_400_000, now)).toBe("Mon 09:13:07");
    expect(times.since(now - 30 * 86_400_000, now)).toBe("25 Oct 09:13:07");
  });

  test("carry none from a minute on", () => {
    expect(timesFor(createTimes("UTC"), 60).since(now, now)).toBe("09:13");
  });
});

describe("times read back", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["03:10", Date.UTC(2026, 10, 24, 3, 10)],
    ["3:10:07", Date.UTC(2026, 10, 24, 3, 10, 7)],
    ["18:40", Date.UTC(2026, 10, 23, 18, 40)],
    ["2026-11-24T03:10", Date.UTC(2026, 10, 24, 3, 10)],
    ["2026-11-24T03:10:07", Date.UTC(2026, 10, 24, 3, 10, 7)],
    ["2026-11-24T03:10:07Z", Date.UTC(2026, 10, 24, 3, 10, 7)],
    ["2026-11-24T03:10:07.250+01:00", Date.UTC(2026, 10, 24, 2, 10, 7, 250)],
    [String(NOW), NOW],
    ["", undefined],
    ["24:00", undefined],
    ["03:60", undefined],
    ["2026-02-31T00:00", undefined],
    ["2026-13-01T00:00", undefined],
    ["2026-11-24", undefined],
    ["2026-99-99T99:99:99Z", undefined],
    ["yesterday", undefined],
    ["12345", undefined],
    ["9".repeat(4000), undefined],
    ["<script>", undefined],
  ];
  for (const [text, wanted] of cases) {
    test(`${JSON.stringify(text.slice(0, 40))} gives ${wanted}`, () => {
      expect(utc.parse(text, NOW)).toBe(wanted);
    });
  }

  test("a stamp leads back to its second in every zone, in the doubled hour too", () => {
    const start = Date.UTC(2026, 9, 24, 22, 0, 7);
    for (const times of [utc, vienna, createTimes("Asia/Kathmandu")]) {
      for (let step = 0; step < 48; step += 1) {
        const at = start + step * 600_000;
        expect(times.parse(times.stamp(at), NOW)).toBe(at);
      }
    }
  });
});
