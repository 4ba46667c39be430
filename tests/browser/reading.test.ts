/** What a reader looks for on the page, found by role and name, with and without JavaScript. */
import { describe, expect } from "bun:test";
import type { Page } from "playwright-core";
import { sampleSource } from "../page/sample-cluster.ts";
import { thousand } from "../page/sample-many.ts";
import { browserTests } from "./browser.ts";

const { browserTest } = browserTests();
const NO_SCRIPT = { javaScriptEnabled: false };

/** The rows of a section of the answers as its cells' words. */
async function answers(page: Page, heading: string): Promise<string[][]> {
  const section = page.getByRole("region", { name: heading });
  const rows = await section.locator("tbody").getByRole("row").all();
  return Promise.all(
    rows.map(async (row) =>
      (await row.locator("th, td").allTextContents()).map((cell) => cell.trim()),
    ),
  );
}

function rowNames(page: Page): Promise<string[]> {
  return page.locator(".machine-table > tbody > tr > th > a").allTextContents();
}

describe("the top of the page", () => {
  browserTest("counts, answers three questions and says whose page it is", async (place) => {
    const { page } = await place.open(place.serve().url, NO_SCRIPT);
    const counts = page.getByRole("list", { name: "11 machines by state" }).getByRole("listitem");
    expect(await counts.allTextContents()).toEqual(["8 up", "1 silent", "1 stopped", "1 down"]);
    expect((await answers(page, "Free now"))[0]).toEqual([
      ...["gpu-b", "16 of 16", "106 G of 128", "bo"],
    ]);
    expect((await answers(page, "Who is using what"))[0]).toEqual([
      ...["render3", "chen", "blender", "29 of 32", "45 G"],
    ]);
    expect(await answers(page, "Down or in trouble")).toEqual([
      ["down", "node07", "3h03m", "since 06:10"],
      ["silent", "node05", "40s", "no reply to 3 requests"],
      ["swapping", "node06", "4h42m", "7.1 G in swap, 25 M/s"],
      ["disk full", "node03", "6h32m", "/scratch 96 %, 31 G left"],
      ["clock", "render3", "", "2.4 s ahead of node01's clock"],
      ["stopped", "desk2", "14h33m", "since Mon 18:40"],
    ]);
    const head = await page.locator("header").textContent();
    expect(head).toContain("Served by node01");
    expect(head).toContain("reports 1s–3s old");
    expect(await page.locator("footer").textContent()).toContain("reports every 10 min");
  });

  browserTest("warns of the shipped signature in one sentence", async (place) => {
    const source = sampleSource({ change: (view) => ({ ...view, isShippedSignature: true }) });
    const { page } = await place.open(place.serve({ source }).url, NO_SCRIPT);
    const said = await page.getByRole("list", { name: "Notices" }).getByRole("listitem").all();
    expect(said.length).toBe(1);
    expect(await said[0]?.textContent()).toContain("anybody inside the accepted range can join");
  });

  for (const [name, make] of [
    ["eleven", sampleSource],
    ["a thousand", thousand],
  ] as const) {
    browserTest(`of ${name} machines has no link that leads nowhere`, async (place) => {
      const server = place.serve({ source: make() });
      const { page } = await place.open(server.url, NO_SCRIPT);
      const links = await page
        .locator("a[href^='/']")
        .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
      expect(links.length).toBeGreaterThan(40);
      for (const href of new Set(links)) {
        const answer = await fetch(server.url + href);
        expect([href, answer.status]).toEqual([href, 200]);
      }
    });
  }

  browserTest("leads from five lines to all of them", async (place) => {
    const { page } = await place.open(place.serve({ source: thousand() }).url, NO_SCRIPT);
    await page.getByRole("link", { name: "5 more" }).click();
    expect(await page.getByRole("rowheader", { name: "14 match problem" }).count()).toBe(1);
    expect(await rowNames(page)).toContain("s12");
    await page.goBack();
    await page.getByRole("link", { name: /^all \d+ using at least 45 %/ }).click();
    expect(await page.locator("th[aria-sort=descending]").textContent()).toContain("top process");
    const cores = await page
      .locator(".machine-table tbody:last-of-type .top-process b")
      .allTextContents();
    expect(cores.length).toBeGreaterThan(90);
    expect(cores.map(Number)).toEqual(cores.map(Number).sort((a, b) => b - a));
  });
});

describe("a thousand machines without JavaScript", () => {
  browserTest("come in pages of a hundred, in the order asked for", async (place) => {
    const { page } = await place.open(place.serve({ source: thousand() }).url, NO_SCRIPT);
    // Without a question the table holds the problems alone.
    expect((await rowNames(page)).length).toBe(14);
    await page.getByRole("link", { name: "memory", exact: true }).click();
    // Each click loads a page: its rows count once all of it is there.
    await page.waitForURL(/sort=-mem/);
    const pages = page.getByRole("navigation", { name: "Pages" }).first();
    expect(await pages.getByRole("link").count()).toBe(10);
    await pages.getByRole("link", { name: "2", exact: true }).click();
    await page.waitForURL(/page=2/);
    expect((await rowNames(page)).length).toBe(100);
    expect(
      await page.getByRole("rowheader", { name: /1000 machines in all, 101–200/ }).count(),
    ).toBe(1);
    expect(new URL(page.url()).search).toBe("?sort=-mem&page=2");
    await page.getByRole("link", { name: "rack c", exact: true }).first().click();
    await page.waitForURL(/tag=/);
    expect(await page.getByRole("rowheader", { name: /^50 match tag:rack c/ }).count()).toBe(1);
  });

  browserTest("have each a text among the tiles", async (place) => {
    const { page } = await place.open(place.serve({ source: thousand() }).url, NO_SCRIPT);
    const rack = page.getByRole("group", { name: "rack c" });
    const texts = await rack.locator("span").allTextContents();
    expect(texts.length).toBe(50);
    expect(texts.filter((text) => text.endsWith(" down")).length).toBe(5);
    for (const text of texts) expect(text).toMatch(/^c\d\d (\d+|down|silent|stopped)$/);
  });
});

describe("the table of machines", () => {
  browserTest("is sorted by any column, and says by which", async (place) => {
    const { page } = await place.open(place.serve().url, NO_SCRIPT);
    const heads = ["state", "CPU", "top process", "load", "memory", "swap", "disk", "net"];
    for (const name of [...heads, "pressure", "users", "machine"]) {
      await page.locator("th").getByRole("link", { name, exact: true }).click();
      const sorted = page.locator("th[aria-sort]");
      expect([name, await sorted.count()]).toEqual([name, 1]);
      expect(await sorted.textContent()).toStartWith(name);
      expect((await rowNames(page)).length).toBe(11);
    }
    expect(await rowNames(page)).toEqual([...(await rowNames(page))].sort());
  });

  for (const [filter, wanted] of [
    ["gpu-a", ["gpu-a"]],
    ["chen", ["render3"]],
    ["pytest", ["node01"]],
    ["silent", ["node05"]],
    ["tag:gpu", ["gpu-a", "gpu-b"]],
  ] as const) {
    browserTest(`is narrowed to ${filter} by typing it`, async (place) => {
      const { page } = await place.open(place.serve().url, NO_SCRIPT);
      await page.getByRole("searchbox", { name: "filter" }).fill(filter);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "clear the filter" }).waitFor();
      expect(await rowNames(page)).toEqual([...wanted]);
      expect(new URL(page.url()).searchParams.get("filter")).toBe(filter);
      expect(await page.locator("#answer-free").textContent()).toContain(
        "of the matching machines",
      );
    });
  }

  browserTest("shows the processes that are looked for, not the largest", async (place) => {
    const tops = async (filter: string) => {
      const { page } = await place.open(`${place.serve().url}/?filter=${filter}`, NO_SCRIPT);
      const texts = await page.locator(".machine-table .top-process").allTextContents();
      return texts.map((text) => text.trim().replace(/\s+/g, " "));
    };
    for (const text of await tops("user:root")) expect(text).toStartWith("root kworker/u64:2 0");
    expect((await tops("process:sshd"))[0]).toBe("root sshd 0");
    expect(await tops("chen")).toEqual(["chen blender 29 clock"]);
    expect(await tops("user:unagi+name:gpu-a")).toEqual(["unagi unagi 0"]);
    // A user who is logged in and runs nothing has no process to show.
    expect(await tops("hugo")).toEqual(["chen blender 29 clock"]);
  });

  browserTest("names what a strip shows, and opens what ran at three", async (place) => {
    const { page } = await place.open(`${place.serve().url}/?open=node02@03:00`, NO_SCRIPT);
    const strip = page.getByRole("link", {
      name: /^node02 history: rebooted 06:29; CPU over 90 %/,
    });
    expect(await strip.count()).toBe(1);
    const entry = page.locator(".entry");
    const first = entry.locator("table.process-table tbody").getByRole("row").first();
    expect(await first.textContent()).toMatch(/^chenffmpeg1\d/);
    expect(await entry.textContent()).toContain("messages: 2 of 2");
    expect(await entry.textContent()).toMatch(/The others at 03:00: render3 chen blender \d\d/);
    await entry.getByRole("link", { name: "03:10 ›" }).click();
    await page.getByRole("heading", { name: "node02 at 03:10" }).waitFor();
  });

  browserTest("shows the whole lab as of three, and goes on from there", async (place) => {
    const { page } = await place.open(`${place.serve().url}/?at=03:00`, NO_SCRIPT);
    const node07 = page
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: "node07" }) });
    // Down now, it ran then.
    expect(await node07.first().textContent()).not.toContain("down");
    await page.getByRole("link", { name: "later ›" }).click();
    await page.getByRole("heading", { name: "The machines at 03:10" }).waitFor();
    await page.getByRole("link", { name: "back to now" }).click();
    expect(new URL(page.url()).search).toBe("");
  });
});

describe("the view by user", () => {
  browserTest("sums up what is whose, machine by machine", async (place) => {
    const { page } = await place.open(place.serve().url, NO_SCRIPT);
    await page
      .getByRole("navigation", { name: "Views" })
      .getByRole("link", { name: "people" })
      .click();
    const ann = page.locator("tbody").filter({ has: page.getByRole("rowheader", { name: "ann" }) });
    const rows = await ann.getByRole("row").all();
    const cells = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
    const words = cells.map((row) => row.map((cell) => cell.trim()).filter((cell) => cell !== ""));
    expect(words).toEqual([
      ["ann", "2 machines", "2 processes", "4.8", "3 %", "12 G", "node01, node05, node06"],
      ["node05 silent", "R", "3.8", "10 G", "R", "2d0h"],
      ["node01", "pytest", "1.0", "1.9 G", "R", "2d0h"],
    ]);
  });
});

describe("the page of a machine", () => {
  browserTest("has its cores, file systems, interfaces, entries and problems", async (place) => {
    const { page } = await place.open(`${place.serve().url}/machines/render3`, NO_SCRIPT);
    expect(await page.getByRole("img", { name: /32 cores/ }).count()).toBe(1);
    const disks = page.getByRole("region", { name: "File systems" });
    expect(await disks.getByRole("rowheader").allTextContents()).toEqual([
      ...["/", "/home", "/mnt/archive"],
    ]);
    const now = await page.getByRole("region", { name: /^Now/ }).textContent();
    expect(now).toContain("enp1s0 no errors");
    expect(await page.locator("svg.chart").count()).toBe(5);
    const entries = page.getByRole("region", { name: /^History 140 entries/ });
    expect(await entries.getByRole("link").count()).toBeGreaterThan(139);
    expect(await page.getByText("add the user to group adm").first().isVisible()).toBe(true);
    const own = page.getByRole("link", { name: /open on render3/ });
    expect(await own.getAttribute("href")).toBe("http://192.168.1.33:8000/");
  });

  browserTest("that is down shows its last report and how old it is", async (place) => {
    const { page } = await place.open(`${place.serve().url}/machines/node07`, NO_SCRIPT);
    expect(await page.getByRole("heading", { name: "Last report, 3h02m old" }).count()).toBe(1);
    expect(await page.locator(".machine-head").textContent()).toContain("down");
  });
});
