import { describe, expect, test } from "bun:test";
import { machineHtml } from "../../src/page/render.ts";
import { createTimes } from "../../src/view/times.ts";
import { HOSTILE } from "./hostile.ts";
import { sampleSource } from "./sample-cluster.ts";

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
