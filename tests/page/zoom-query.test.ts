import { describe, expect, test } from "bun:test";
import { readZoomQuery } from "../../src/page/history/zoom-query.ts";
import { axisOf, zoomBoundsOf } from "../../src/view/history/time-axis.ts";
import { searchWithRange } from "../../src/view/history/zoom.ts";
import { createTimes } from "../../src/view/times.ts";

const times = createTimes("UTC");
const NOW = Date.UTC(2026, 10, 24, 9, 13, 7);
const options = { nowMs: NOW, updateSeconds: 600, historyEntries: 144, times };
const bounds = zoomBoundsOf(options);

function read(query: string) {
  const { range, notices } = readZoomQuery(new URLSearchParams(query), {
    times,
    nowMs: NOW,
    bounds,
  });
  const shown =
    range === undefined ? "all" : `${times.stamp(range.fromMs)} ${times.stamp(range.toMs)}`;
  return { shown: shown.replace(/2026-11-|:00\b(?=$| )/g, ""), notices };
}

describe("the range in a machine's address", () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ["is all without one", "", "all", []],
    ["is all with empty values", "from=&to=", "all", []],
    ["is given by two times", "from=2026-11-24T03:10&to=2026-11-24T05:00", "24T03:10 24T05:00", []],
    ["takes the times of the clock", "from=12:30&to=15:50", "23T12:30 23T15:50", []],
    ["may pass midnight", "from=23:00&to=01:00", "23T23:00 24T01:00", []],
    ["may begin alone and then ends now", "from=03:10", "24T03:10 24T09:10", []],
    ["may end alone and then begins with the history", "to=03:10", "23T09:10 24T03:10", []],
    ["is widened to whole entries", "from=03:14&to=05:01", "24T03:10 24T05:10", []],
    ["may name all there is", "from=2026-11-23T09:10&to=2026-11-24T09:10", "all", []],
    [
      "may be no time at all",
      "from=yesterday&to=05:00",
      "23T09:10 24T05:00",
      ["“yesterday” is not a valid time: write it as 03:10 or 2026-11-24T03:10."],
    ],
    [
      "may end before it begins",
      "from=2026-11-24T05:00&to=2026-11-24T03:10",
      "all",
      ["The range from 05:00 to 03:10 ends before it begins: the charts show all of the history."],
    ],
    [
      "may begin before the history",
      "from=2026-11-20T05:00&to=2026-11-23T15:00",
      "23T09:10 23T15:00",
      ["The history goes back to Mon 09:10: the charts begin there."],
    ],
    [
      "may lie before the history",
      "from=2026-11-20T05:00&to=2026-11-20T09:00",
      "all",
      ["The history goes back to Mon 09:10 and no further: the charts show all of the history."],
    ],
    [
      "may lie in the future",
      "from=2026-11-25T05:00&to=2026-11-25T09:00",
      "all",
      ["25 Nov 05:00 is in the future: the charts show all of the history."],
    ],
    [
      "may begin in the future, without an end",
      "from=2026-11-25T05:00",
      "all",
      ["25 Nov 05:00 is in the future: the charts show all of the history."],
    ],
    [
      "may end before the history, without a beginning",
      "to=2026-11-20T09:00",
      "all",
      ["The history goes back to Mon 09:10 and no further: the charts show all of the history."],
    ],
    [
      "may end in the future",
      "from=2026-11-24T05:00&to=2026-11-25T09:00",
      "24T05:00 24T09:10",
      ["25 Nov 09:00 is in the future: the charts end now."],
    ],
    [
      "may be wider than the history on both sides",
      "from=2026-11-01T05:00&to=2026-11-25T09:00",
      "all",
      [
        "25 Nov 09:00 is in the future: the charts end now.",
        "The history goes back to Mon 09:10: the charts begin there.",
      ],
    ],
    [
      "may be too small for a chart",
      "from=03:10&to=03:20",
      "24T02:40 24T03:40",
      ["That is too little for a chart: it shows 02:40–03:40."],
    ],
    [
      "may begin just now",
      "from=09:12",
      "24T08:10 24T09:10",
      ["That is too little for a chart: it shows 08:10–09:10."],
    ],
    [
      "is read as text, not as markup",
      "from=%3Cb%3E&to=%00",
      "all",
      [
        "“<b>” is not a valid time: write it as 03:10 or 2026-11-24T03:10.",
        "“\\x00” is not a valid time: write it as 03:10 or 2026-11-24T03:10.",
      ],
    ],
  ];
  for (const [name, query, shown, notices] of cases) {
    test(name, () => expect(read(query)).toEqual({ shown, notices: [...notices] }));
  }

  test("is quoted in part where it is huge", () => {
    const [notice = ""] = read(`from=${"9".repeat(10_000)}`).notices;
    expect(notice.length).toBeLessThan(200);
  });
});

describe("the address of a part of the history", () => {
  for (const [name, year, month, day] of [
    ["an ordinary day", 2026, 10, 24],
    ["the day on which summer time begins", 2026, 2, 29],
    ["the day on which it ends, and an hour comes twice", 2026, 9, 25],
  ] as const) {
    test(`leads back to the same part: ${name}`, () => {
      const vienna = createTimes("Europe/Vienna");
      const nowMs = Date.UTC(year, month, day, 9, 13, 7);
      const own = zoomBoundsOf({ ...options, nowMs, times: vienna });
      for (let from = 144; from >= 6; from -= 5) {
        for (let width = 6; width <= from; width += 17) {
          const fromMs = own.whole.toMs - from * own.stepMs;
          const range = { fromMs, toMs: fromMs + width * own.stepMs };
          const search = searchWithRange("", range, { bounds: own, times: vienna });
          const back = readZoomQuery(new URLSearchParams(search), {
            times: vienna,
            nowMs,
            bounds: own,
          });
          expect(back.notices).toEqual([]);
          expect(back.range ?? own.whole).toEqual(range);
        }
      }
    });
  }
});

describe("the axis of a part of the history", () => {
  const at = (hour: number, minute = 0) => Date.UTC(2026, 10, 24, hour, minute);

  test("has the part's own cells, names and end", () => {
    const axis = axisOf({ ...options, range: { fromMs: at(3, 10), toMs: at(5) } });
    expect([axis.cells, axis.cellMs, axis.isToNow, axis.spanWords]).toEqual([
      11,
      600_000,
      false,
      "2 h",
    ]);
    expect(axis.ticks.map(({ label }) => label)).toEqual(["03:30", "04:00", "04:30"]);
  });

  test("ends now where the part does", () => {
    expect(axisOf({ ...options, range: { fromMs: at(3, 10), toMs: at(9, 10) } }).isToNow).toBe(
      true,
    );
  });

  test("shows single entries where the whole joins them", () => {
    const long = { ...options, historyEntries: 1000 };
    expect(axisOf(long).cellMs).toBe(4 * 600_000);
    const part = axisOf({ ...long, range: { fromMs: at(-9), toMs: at(5) } });
    expect([part.cells, part.cellMs]).toEqual([84, 600_000]);
  });

  test("leaves out every second long name on a narrow screen", () => {
    const axis = axisOf({ ...options, range: { fromMs: at(1), toMs: at(5) } });
    expect(axis.ticks.map(({ label, isMinor }) => (isMinor ? "" : label))).toEqual([
      ...["01:00", "", "02:00", "", "03:00", "", "04:00", ""],
    ]);
  });
});
