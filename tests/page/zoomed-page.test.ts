import { describe, expect, test } from "bun:test";
import type { Machine } from "../../src/cluster/machine.ts";
import { machineHtml } from "../../src/page/render.ts";
import type { StripPoint } from "../../src/store/history-types.ts";
import { createTimes } from "../../src/view/times.ts";
import { HOSTILE } from "./hostile.ts";
import { LAB, type SampleSource, sampleSource } from "./sample-cluster.ts";

const times = createTimes("UTC");
const assets = { style: "", icon: "", iconDown: "", client: "" };
const lab = sampleSource();

function machinePage(name: string, query: string, source = lab): string {
  const machine = source.view.machines.find((one) => one.name === name);
  if (machine === undefined) throw new Error(`the sample has no ${name}`);
  const context = { source, view: source.view, times, assets };
  return machineHtml(context, machine, new URLSearchParams(query));
}

/** Where a link of the page leads, by the step of the zoom. */
function zoomHref(html: string, step: string): string {
  const link = new RegExp(`<a href="([^"]*)" data-zoom="${step}"`).exec(html);
  return link?.[1]?.replaceAll("&amp;", "&") ?? "";
}

function noticesOf(html: string): string {
  return /<ul class="chart-notices">(.*?)<\/ul>/.exec(html)?.[1]?.replace(/<[^>]*>/g, "") ?? "";
}

/** What each cell shows of a chart's first series, by the chart's label. */
function valuesOf(html: string, label: string): string[] {
  const found = new RegExp(`<b>${label}</b>.*?data-values="([^"]*)"`).exec(html);
  return found?.[1]?.split(" ") ?? [];
}

function changed(source: SampleSource, name: string, make: (machine: Machine) => Machine) {
  const { view } = source;
  const machines = view.machines.map((one) => (one.name === name ? make(one) : one));
  return { ...source, view: { ...view, machines } };
}

/** The lab, in which this machine reports every half hour. */
function halfHourly(name: string): SampleSource {
  const isKept = ({ atWallMs }: { readonly atWallMs: number }) =>
    Math.floor(atWallMs / 600_000) % 3 === 0;
  const source = changed(lab, name, ({ report, ...machine }) => ({
    ...machine,
    ...(report && { report: { ...report, updateSeconds: 1800 } }),
  }));
  return {
    ...source,
    entries: (id, { limit, ...query }) =>
      lab
        .entries(id, { ...query, limit: 1000 })
        .filter(isKept)
        .slice(0, limit),
    strips: (since, ids) =>
      new Map([...lab.strips(since, ids)].map(([id, points]) => [id, points.filter(isKept)])),
  };
}

/** A history of so many reports; of a machine's, the charts are drawn from 1,440 at most. */
function longSource(historyEntries: number): SampleSource {
  // Joined cells begin before the oldest entry that the history promises.
  const cells = historyEntries + 20;
  return sampleSource({ cells, change: (view) => ({ ...view, historyEntries }) });
}

const PART = "from=2026-11-23T12:30&to=2026-11-23T15:50";

describe("a machine's page with a part of its history", () => {
  const html = machinePage("render3", PART);

  test("has strip and charts on one axis", () => {
    const widths = [...html.matchAll(/viewBox="0 0 (\d+) (22|80)"/g)].map(([, width]) => width);
    expect(widths).toEqual(["20", "20", "20", "20", "20", "20"]);
  });

  test("says which part it is, and what happened in it", () => {
    expect(html).toContain("Mon 12:30–15:50 <small>3h20m of 24 h</small>");
    expect(html).toContain("<title>down Mon 13:20–14:10</title>");
    expect(html).toContain("<title>rebooted Mon 14:10</title>");
    expect(html).not.toContain(">now</text>");
  });

  test("still has all entries to open", () => {
    expect(html).toContain("History <small>140 entries, newest 09:10");
  });

  test("has links that zoom without a script, and keeps other parameters in them", () => {
    const kept = machinePage("render3", `x=1&${PART}&y=a%26b`);
    const links = {
      in: "?x=1&y=a%26b&from=2026-11-23T13:20:00&to=2026-11-23T15:00:00",
      out: "?x=1&y=a%26b&from=2026-11-23T10:50:00&to=2026-11-23T17:30:00",
      earlier: "?x=1&y=a%26b&from=2026-11-23T10:50:00&to=2026-11-23T14:10:00",
      later: "?x=1&y=a%26b&from=2026-11-23T14:10:00&to=2026-11-23T17:30:00",
      all: "?x=1&y=a%26b",
    };
    for (const [step, search] of Object.entries(links)) {
      expect(zoomHref(kept, step)).toBe(`/machines/render3${search}#history`);
    }
  });

  test("is the same part on other machines", () => {
    expect(html).toContain(
      "http://192.168.1.31:8000/machines/render3?from=2026-11-23T12:30:00&amp;to=2026-11-23T15:50:00",
    );
  });

  test("says that a part of six entries is the smallest", () => {
    const least = machinePage("render3", "from=2026-11-24T00:10&to=2026-11-24T01:10");
    expect(least).toMatch(/data-zoom="in" aria-disabled="true"/);
  });

  test("says so where nothing is on record", () => {
    const young = sampleSource({ cells: 12 });
    const empty = machinePage("gpu-a", "from=01:00&to=03:00", young);
    expect(noticesOf(empty)).toBe("No report is on record for 01:00–03:00.");
  });

  test("says so where it is no part at all, and shows everything", () => {
    const wrong = machinePage("render3", "from=abc");
    expect(noticesOf(wrong)).toContain("“abc” is not a valid time");
    expect(wrong).toContain('viewBox="0 0 144 80"');
  });

  test("takes hostile parameters for text", () => {
    for (const bad of HOSTILE) {
      const query = new URLSearchParams({ from: bad, to: bad, [bad]: bad }).toString();
      const page = machinePage("render3", query);
      const acting = page.match(/<script>|<img|<[^>]*\s(on[a-z]+|style)=/g);
      expect(acting).toBeNull();
    }
  });
});

describe("a machine's page with all of its history", () => {
  const html = machinePage("render3", "");

  test("says of which links there is no more", () => {
    const ends = [...html.matchAll(/data-zoom="(\w+)" aria-disabled="true"/g)];
    expect(ends.map(([, step]) => step)).toEqual(["out", "earlier", "later", "all"]);
    expect(zoomHref(html, "in")).toBe("/machines/render3?from=2026-11-23T21:10:00#history");
  });

  test("names an outage that lasts", () => {
    expect(machinePage("node07", "")).toContain("<title>down 06:10–now</title>");
  });
});

describe("the words of an outage", () => {
  const titles = (html: string) => [
    ...new Set([...html.matchAll(/<title>((?:down|stopped) .*?)<\/title>/g)].map(([, all]) => all)),
  ];

  test("give its own times where a part of the history shows some of it", () => {
    expect(titles(machinePage("render3", "from=2026-11-23T13:50&to=2026-11-23T15:50"))).toEqual([
      "down Mon 13:20–14:10",
    ]);
    expect(titles(machinePage("render3", "from=2026-11-23T12:30&to=2026-11-23T13:50"))).toEqual([
      "down Mon 13:20–14:10",
    ]);
    for (const query of ["from=07:00", "from=06:30&to=08:00"]) {
      expect(titles(machinePage("node07", query))).toEqual(["down 06:10–now"]);
    }
  });

  test("are followed by the reboot where the outage began before what is shown", () => {
    const part = machinePage("render3", "from=2026-11-23T13:50&to=2026-11-23T15:50");
    expect(part.split("<title>rebooted Mon 14:10</title>").length).toBe(6);
    const sketches = LAB.filter(({ name }) => name === "render3").map((sketch) => ({
      ...sketch,
      outages: [{ from: -100, to: 30, state: "down" as const }],
    }));
    const whole = machinePage("render3", "", sampleSource({ sketches, cells: 300 }));
    expect(titles(whole)).toEqual(["down Sun 16:30–Mon 14:10"]);
    expect(whole.split("<title>rebooted Mon 14:10</title>").length).toBe(6);
  });

  test("do not say that it lasts where the machine has come back since the last full cell", () => {
    const id = lab.view.machines.find(({ name }) => name === "node07")?.id ?? "";
    const back = { state: "down", atWallMs: Date.UTC(2026, 10, 24, 6, 10) } as const;
    const source = changed(lab, "node07", (machine) => ({ ...machine, state: "up" }));
    const wordsWith = (outage: StripPoint) =>
      titles(machinePage("node07", "", { ...source, strips: () => new Map([[id, [outage]]]) }));
    const untilWallMs = Date.UTC(2026, 10, 24, 9, 12);
    expect(wordsWith({ ...back, untilWallMs })).toEqual(["down 06:10–09:12"]);
    // The history has not been told of the end yet.
    expect(wordsWith(back)).toEqual(["down 06:10–09:10"]);
  });
});

describe("the charts of a machine with an interval of its own", () => {
  test("reach to the end of a part of the history where that interval is the longer", () => {
    const html = machinePage("gpu-a", "from=02:00&to=05:10", halfHourly("gpu-a"));
    expect(valuesOf(html, "CPU").length).toBe(19);
    expect(valuesOf(html, "CPU")).not.toContain("-");
  });
});

describe("a history of more reports than the charts are drawn from", () => {
  const long = longSource(2000);

  test("is whole in the strip, and the charts say where they begin", () => {
    const html = machinePage("gpu-a", "", long);
    const cpu = valuesOf(html, "CPU");
    expect(cpu.slice(0, 70)).toEqual(Array(70).fill("-"));
    expect(cpu.slice(90)).not.toContain("-");
    expect(/class="no-data"/.exec(html)).toBeNull();
    expect(noticesOf(html)).toBe(
      "The charts go back to 14 Nov 09:20: they are drawn from the newest 1440 entries. Zoom in on an earlier part to see its charts.",
    );
  });

  test("has charts of each part that is short enough", () => {
    const html = machinePage("gpu-a", "from=2026-11-11T00:00&to=2026-11-12T00:00", long);
    expect(valuesOf(html, "CPU")).not.toContain("-");
    expect(noticesOf(html)).toBe("");
  });

  test("has whole charts without a word where it is not longer by a cell", () => {
    const html = machinePage("gpu-a", "", longSource(1440));
    expect(valuesOf(html, "CPU")).not.toContain("-");
    expect(noticesOf(html)).toBe("");
  });
});
