import { describe, expect } from "bun:test";
import type { Page } from "playwright-core";
import type { Machine } from "../../src/cluster/machine.ts";
import { sampleSource } from "../page/sample-cluster.ts";
import { hundred, thousand } from "../page/sample-many.ts";
import { type BrowserTests, browserTests, reaches, type Watched } from "./browser.ts";
import type { PageServer, PageServerOptions } from "./page-server.ts";

const { browserTest } = browserTests();

/** What the browser itself writes when a connection breaks. */
const BROKEN = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY/;

/** A test with a server and one page of it, which is live when the test begins. */
function liveTest(
  name: string,
  run: (parts: Watched & { readonly server: PageServer }) => Promise<void>,
  { path = "/", ...options }: PageServerOptions & { readonly path?: string } = {},
): ReturnType<BrowserTests["browserTest"]> {
  browserTest(name, async ({ open, serve }) => {
    const server = serve(options);
    const watched = await open(server.url + path);
    if (options.hasNoEvents !== true) await isLive(watched.page);
    await run({ ...watched, server });
  });
}

async function isLive(page: Page): Promise<void> {
  await page.locator("#connection", { hasText: /^live$/ }).waitFor();
}

function busy(percent: number): (machine: Machine) => Machine {
  return (machine) => ({
    ...machine,
    report: {
      name: machine.name,
      ...machine.report,
      cpu: { userPercent: percent, systemPercent: 0, iowaitPercent: 0, idlePercent: 100 - percent },
    },
  });
}

function row(page: Page, name: string) {
  return page.locator(".machine-table > tbody > tr").filter({
    has: page.getByRole("link", { name, exact: true }),
  });
}

function cpu(page: Page, name: string) {
  return row(page, name).locator("td.figure b").first();
}

/** Names of the rows, from above. */
function order(page: Page): Promise<string[]> {
  return page.locator(".machine-table > tbody > tr > th > a").allTextContents();
}

describe("a live page", () => {
  liveTest("shows a change within three seconds", async ({ page, server }) => {
    server.changeMachine("gpu-b", busy(71));
    const start = performance.now();
    await cpu(page, "gpu-b").getByText("71", { exact: true }).waitFor({ timeout: 3000 });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  liveTest("takes nothing away and puts nothing in to change a figure", async (parts) => {
    const { page, server } = parts;
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver((changes) => {
        for (const { addedNodes, removedNodes } of changes) {
          for (const node of [...addedNodes, ...removedNodes]) seen.push(node.nodeName);
        }
      }).observe(document.querySelector("main") ?? document.body, {
        childList: true,
        subtree: true,
      });
    });
    server.changeMachine("gpu-b", busy(71));
    await cpu(page, "gpu-b").getByText("71", { exact: true }).waitFor();
    server.changeMachine("gpu-b", busy(3));
    await cpu(page, "gpu-b").getByText("3", { exact: true }).waitFor();
    // gpu-b leaves the free machines and comes back: its line alone.
    const seen = await page.evaluate(() => Reflect.get(window, "seen"));
    expect(
      seen.filter((name: string) => ["TABLE", "TBODY", "SECTION", "svg"].includes(name)),
    ).toEqual([]);
    expect(seen.length).toBeLessThan(20);
  });

  liveTest("keeps nodes, scroll, focus and what is open", async ({ page, server }) => {
    await page.setViewportSize({ width: 1280, height: 400 });
    await page.getByText("Keys", { exact: true }).click();
    await row(page, "node03").getByRole("link", { name: "node03" }).focus();
    const place = () =>
      page.evaluate(() => Math.round(document.activeElement?.getBoundingClientRect().y ?? -1));
    await page.evaluate(() => {
      window.scrollTo(0, 120);
      Object.assign(document.activeElement ?? {}, { wasHere: true });
    });
    const before = await place();
    // It is free no longer: the lines of the first answer move up.
    server.changeMachine("gpu-b", busy(72));
    await cpu(page, "gpu-b").getByText("72").waitFor();
    expect(await place()).toBe(before);
    expect(
      await page.evaluate(() => [
        document.activeElement?.textContent,
        Reflect.get(document.activeElement ?? {}, "wasHere"),
        document.querySelector<HTMLDetailsElement>("#keys")?.open,
      ]),
    ).toEqual(["node03", true, true]);
  });

  liveTest("keeps an opened entry, and what is typed into the filter", async ({ page, server }) => {
    await page.goto(`${server.url}/?open=node02@03:10`);
    await isLive(page);
    const heading = page.getByRole("heading", { name: "node02 at 03:10" });
    const field = page.getByRole("searchbox", { name: "filter" });
    server.changeMachine("node02", busy(73));
    await cpu(page, "node02").getByText("73").waitFor();
    expect(await heading.count()).toBe(1);
    await field.pressSequentially("no");
    server.changeMachine("node02", busy(74));
    await cpu(page, "node02").getByText("74").waitFor();
    expect(await field.inputValue()).toBe("no");
  });

  liveTest(
    "moves no row under the pointer or the focus, and does it afterwards",
    async ({ page, server }) => {
      const before = await order(page);
      expect(before.slice(0, 2)).toEqual(["render3", "gpu-a"]);
      await row(page, "gpu-a").hover();
      server.changeMachine("gpu-b", busy(99));
      await cpu(page, "gpu-b").getByText("99").waitFor();
      expect(await order(page)).toEqual(before);
      await page.mouse.move(600, 30);
      await page.waitForFunction(
        () =>
          document.querySelector(".machine-table > tbody > tr > th > a")?.textContent === "gpu-b",
      );
      await row(page, "node06").getByRole("link", { name: "node06" }).first().focus();
      const held = await order(page);
      server.changeMachine("node04", busy(100));
      await cpu(page, "node04").getByText("100").waitFor();
      expect(await order(page)).toEqual(held);
      await page.evaluate(() => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      });
      await page.waitForFunction(
        () =>
          document.querySelector(".machine-table > tbody > tr > th > a")?.textContent === "node04",
      );
    },
    { path: "/?sort=-cpu" },
  );

  liveTest("keeps the cursor's line and its name on the axis when it changes", async (place) => {
    const { page, server } = place;
    await page.getByRole("slider", { name: "gpu-a history" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.locator(".machine-table[data-cursor]").waitFor();
    server.changeMachine("gpu-b", busy(77));
    await cpu(page, "gpu-b").getByText("77").waitFor();
    expect(await page.locator(".machine-table[data-cursor]").count()).toBe(1);
    // It lies where the cursor's name is.
    expect(await page.locator(".machine-table text.now").isVisible()).toBe(false);
  });

  liveTest("keeps a chosen time when the axis goes on", async ({ page, server }) => {
    const strip = page.getByRole("slider", { name: "gpu-a history" });
    const tenMinutesOn = () =>
      server.change((view) => ({
        ...view,
        moment: { ...view.moment, wallMs: view.moment.wallMs + 600_000 },
      }));
    await strip.focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowLeft");
    expect(await strip.getAttribute("aria-valuetext")).toStartWith("08:50, CPU");
    expect(await strip.getAttribute("aria-valuenow")).toBe("142");
    tenMinutesOn();
    await page.locator(".machine-table .history-strip[aria-valuenow='141']").waitFor();
    expect(await strip.getAttribute("aria-valuetext")).toStartWith("08:50, CPU");
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    // What the pointer rests on is another time then.
    const box = await strip.boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 10);
    await page.locator(".tip", { hasText: /^21:30, CPU/ }).waitFor();
    tenMinutesOn();
    await page.locator(".tip", { hasText: /^21:40, CPU/ }).waitFor();
  });

  liveTest(
    "takes a tile's words away with the tile, and says those of the one that is there now",
    async ({ page, server }) => {
      const tip = page.locator("body > .tip");
      await page.getByRole("link", { name: "c07 down" }).hover();
      expect(await tip.textContent()).toBe("c07 down");
      server.changeMachine("c07", (machine) => ({ ...machine, state: "silent" }));
      await page.locator("body > .tip", { hasText: /^c07 silent/ }).waitFor();
      server.change((view) => ({ ...view, machines: view.machines.slice(0, 40) }));
      await page.locator(".small-tiles").first().waitFor({ state: "detached" });
      expect(await tip.count()).toBe(0);
    },
    { source: thousand() },
  );

  liveTest("says who went down and who came back, politely", async ({ page, server }) => {
    const said = page.locator("[aria-live=polite]");
    expect(await said.textContent()).toBe("");
    server.changeMachine("gpu-b", (machine) => ({ ...machine, state: "silent" }));
    await row(page, "gpu-b").getByText("silent").waitFor();
    expect(await said.textContent()).toBe("");
    server.changeMachine("gpu-b", (machine) => ({ ...machine, state: "down" }));
    await said.getByText("gpu-b is down.").waitFor();
    server.changeMachine("gpu-b", (machine) => ({ ...machine, state: "up" }));
    await said.getByText("gpu-b is up again.").waitFor();
    expect(await page.locator("[aria-live], [role=alert], [role=status]").count()).toBe(1);
  });

  liveTest(
    "counts those that went down together, tiles and all",
    async ({ page, server }) => {
      server.change((view) => ({
        ...view,
        machines: view.machines.map((machine) =>
          machine.name.startsWith("gpu-") ? { ...machine, state: "down" } : machine,
        ),
      }));
      await page.getByText("gpu-01, gpu-02, gpu-03, gpu-04 and 12 more are down.").waitFor();
      expect(await page.locator(".large-tiles .is-down").count()).toBe(17);
    },
    { source: hundred() },
  );

  liveTest("shows trouble in its title and icon", async ({ page, server }) => {
    const icon = () => page.locator("link[rel=icon]").getAttribute("href");
    server.changeMachine("node07", (machine) => ({ ...machine, state: "up" }));
    await page.waitForFunction(() => document.title.startsWith("9 up"));
    expect(await icon()).not.toContain("down");
    server.changeMachine("node07", (machine) => ({ ...machine, state: "down" }));
    await page.waitForFunction(() => document.title.includes("1 down"));
    expect(await icon()).toContain("down");
  });

  liveTest("lets changed figures fade, once", async ({ page, server }) => {
    const animations = () => page.evaluate(() => document.getAnimations().length);
    server.changeMachine("gpu-b", busy(74));
    await cpu(page, "gpu-b").getByText("74").waitFor();
    expect(await animations()).toBe(1);
  });

  liveTest(
    "names a thousand tiles by what they show, and lets nothing fade when all change",
    async ({ page, server }) => {
      const tile = (name: string) =>
        page.locator(".small-tiles").getByRole("link", { name, exact: true });
      server.changeMachine("b07", busy(55));
      await tile("b07 55").waitFor();
      const make = busy(66);
      server.change((view) => ({ ...view, machines: view.machines.map(make) }));
      await tile("b08 66").waitFor();
      expect(await tile("b07 55").count()).toBe(0);
      expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    },
    { source: thousand() },
  );

  browserTest("moves nothing for who wants no motion", async ({ open, serve }) => {
    const server = serve();
    const { page } = await open(server.url, { reducedMotion: "reduce" });
    await isLive(page);
    server.changeMachine("gpu-b", busy(74));
    await cpu(page, "gpu-b").getByText("74").waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });

  liveTest("shows a machine that is new, and one that is forgotten", async ({ page, server }) => {
    server.change((view) => {
      const [first] = view.machines;
      const made = first && { ...first, id: "new", name: "zebra", state: "new" as const };
      return {
        ...view,
        machines: [
          ...view.machines.filter(({ name }) => name !== "desk2"),
          ...(made ? [made] : []),
        ],
      };
    });
    await row(page, "zebra").waitFor();
    expect(await order(page)).not.toContain("desk2");
  });

  liveTest(
    "of one machine follows it too",
    async ({ page, server }) => {
      server.changeMachine("render3", busy(42));
      await page.locator(".now-table .large-figure", { hasText: "42 %" }).waitFor();
      expect(await page.locator("svg.chart").count()).toBe(5);
    },
    { path: "/machines/render3" },
  );
});

describe("a page that nobody looks at", () => {
  browserTest("lets go after a minute, and picks up when it is shown", async ({ open, serve }) => {
    const server = serve();
    const { page } = await open("about:blank");
    await page.clock.install();
    // The page's own clock stands still; what is hidden is what the browser says.
    await page.addInitScript(() => {
      let state: DocumentVisibilityState = "visible";
      Object.defineProperty(document, "visibilityState", { get: () => state });
      Object.assign(window, {
        setVisibility: (next: DocumentVisibilityState) => {
          state = next;
          document.dispatchEvent(new Event("visibilitychange"));
        },
      });
    });
    const setVisibility = (state: string) => page.evaluate(`setVisibility("${state}")`);
    await page.goto(server.url);
    await isLive(page);
    await setVisibility("hidden");
    await page.clock.fastForward(50_000);
    expect(server.listeners()).toBe(1);
    await setVisibility("visible");
    await setVisibility("hidden");
    await page.clock.fastForward(59_000);
    expect(server.listeners()).toBe(1);
    await page.clock.fastForward(2000);
    await page.waitForFunction(() => document.querySelector("#connection")?.textContent === "");
    // The server hears a little later that the stream is closed. A page that was asked for before
    // the pause may still be on its way: this request comes after it.
    await reaches(server.listeners, 0);
    await page.evaluate(() => fetch("/healthz").then((answer) => answer.text()));
    const pages = server.pages();
    server.changeMachine("gpu-b", busy(75));
    await page.clock.fastForward(60_000);
    expect([server.listeners(), server.pages()]).toEqual([0, pages]);
    await setVisibility("visible");
    await page.clock.fastForward(2000);
    await cpu(page, "gpu-b").getByText("75").waitFor();
    await isLive(page);
  });
});

describe("a lost connection", () => {
  liveTest(
    "is said, with the same page on machines that were up, and is taken up again",
    async ({ page, server, expectComplaints }) => {
      expectComplaints(BROKEN);
      server.stop();
      const lost = page.locator(".served-by.is-lost #connection");
      await lost.getByText(/connection to node01 lost \ds ago, trying again/).waitFor();
      const links = lost.getByRole("link");
      expect(await links.allTextContents()).toEqual(["gpu-a", "gpu-b", "node02"]);
      expect(await links.first().getAttribute("href")).toBe(
        "http://192.168.1.31:8000/?filter=node&sort=-cpu",
      );
      // What was shown is still there to be read.
      expect(await order(page)).toContain("node02");
      server.start();
      await isLive(page);
      server.changeMachine("node02", busy(76));
      await cpu(page, "node02").getByText("76").waitFor();
      expect(await page.locator(".served-by.is-lost").count()).toBe(0);
    },
    { path: "/?filter=node&sort=-cpu" },
  );

  liveTest(
    "of the stream alone still leaves a page that renews itself",
    async ({ page, server, expectComplaints }) => {
      expectComplaints(/503/);
      server.changeMachine("gpu-b", busy(77));
      await cpu(page, "gpu-b").getByText("77").waitFor({ timeout: 15_000 });
      expect(await page.locator("#connection").textContent()).toBe("");
    },
    { hasNoEvents: true, source: sampleSource() },
  );
});
