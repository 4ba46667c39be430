import { afterAll, beforeAll, describe, expect } from "bun:test";
import { HOSTILE, hostileSource } from "../report/hostile.ts";
import { LAB, sampleSource } from "../report/sample-cluster.ts";
import { hundred, thousand } from "../report/sample-many.ts";
import { axeViolations, browserTests, overflow } from "./browser.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

const { browserTest } = browserTests();
const servers: PageServer[] = [];
const urls = { lab: "", alone: "", cutOff: "", hundred: "", thousand: "", hostile: "" };

beforeAll(() => {
  const serve = (...[source]: Parameters<typeof withSource>) => withSource(source);
  urls.lab = serve(sampleSource());
  urls.alone = serve(
    sampleSource({ sketches: LAB.filter(({ name }) => name === "node01"), cells: 1 }),
  );
  urls.cutOff = serve(
    sampleSource({
      change: (view) => ({
        ...view,
        isShippedSignature: true,
        machines: view.machines.map((machine) =>
          machine.isSelf || machine.state !== "up"
            ? machine
            : { ...machine, state: "silent", stateSinceWallMs: view.moment.wallMs - 40_000 },
        ),
      }),
    }),
  );
  urls.hundred = serve(hundred());
  urls.thousand = serve(thousand());
  urls.hostile = serve(hostileSource());
});

function withSource(source: ReturnType<typeof sampleSource>): string {
  const server = startPageServer({ source });
  servers.push(server);
  return server.url;
}

afterAll(() => {
  for (const server of servers) server.stop();
});

type Site = keyof typeof urls;

const PAGES: readonly (readonly [string, Site, string])[] = [
  ["eleven machines", "lab", "/"],
  ["by user", "lab", "/?by=user"],
  ["an opened entry", "lab", "/?open=node02@03:10"],
  ["the past", "lab", "/?at=03:10"],
  ["nothing found", "lab", "/?filter=user:zed"],
  ["a machine", "lab", "/machines/render3"],
  ["a machine that is down", "lab", "/machines/node07"],
  ["no such machine", "lab", "/machines/nobody"],
  ["alone", "alone", "/"],
  ["cut off, with the shipped signature", "cutOff", "/"],
  ["a hundred machines", "hundred", "/"],
  ["a thousand machines", "thousand", "/"],
  ["hostile names", "hostile", "/"],
  ["hostile users", "hostile", "/?by=user"],
];

describe("axe-core finds nothing, in either mode", () => {
  for (const [name, site, path] of PAGES) {
    browserTest(name, async ({ open }) => {
      const { page, expectComplaints } = await open(urls[site] + path, { colorScheme: "light" });
      if (path.includes("nobody")) expectComplaints(/404/);
      await page.locator("html.live").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await axeViolations(page, ["color-contrast"])).toEqual([]);
    });
  }
});

describe("no page is wider than its window", () => {
  for (const [name, site, path] of PAGES) {
    browserTest(name, async ({ open }) => {
      const { page, expectComplaints } = await open(urls[site] + path);
      if (path.includes("nobody")) expectComplaints(/404/);
      for (const width of [360, 420, 700, 980, 1180, 1280, 1400, 1600]) {
        await page.setViewportSize({ width, height: 800 });
        expect([width, await overflow(page)]).toEqual([width, 0]);
      }
    });
  }
});

describe("without JavaScript", () => {
  const options = { javaScriptEnabled: false };

  browserTest("the page has all there is, and renews itself", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`, options);
    expect(await page.getByRole("row").count()).toBeGreaterThan(11);
    expect(await page.locator("noscript meta[http-equiv=refresh]").count()).toBe(1);
    await page.getByRole("link", { name: "gpu-b", exact: true }).first().click();
    expect(await page.getByRole("heading", { name: "gpu-b" }).isVisible()).toBe(true);
    expect(await page.locator("svg.chart").first().isVisible()).toBe(true);
  });

  browserTest("filter, order, time and an entry are forms and links", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`, options);
    await page.getByRole("searchbox", { name: "filter" }).fill("user:chen");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?filter=user%3Achen");
    await page.getByRole("link", { name: "CPU", exact: true }).click();
    expect(page.url()).toContain("sort=-cpu");
    expect(await page.locator("th[aria-sort=descending]").textContent()).toContain("CPU");
    await page.getByRole("link", { name: "all machines at 03" }).click();
    expect(await page.getByRole("heading", { name: "The machines at 03:00" }).isVisible()).toBe(
      true,
    );
    await page.goto(`${urls.lab}/machines/node02#entries`);
    await page.locator("a[title='03:10']").click();
    expect(await page.getByRole("heading", { name: "node02 at 03:10" }).isVisible()).toBe(true);
    expect(await page.locator(".entry").textContent()).toContain("ffmpeg");
  });

  browserTest("a key that needs the script is not spoken of", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`, options);
    expect(await page.getByText("Keys", { exact: true }).isVisible()).toBe(false);
  });
});

describe("hostile text", () => {
  for (const path of ["/", "/?by=user", "/?filter=%3Cscript%3E", "/machines/m01"]) {
    browserTest(`runs nothing and fetches nothing on ${path}`, async ({ open }) => {
      const { page, expectComplaints } = await open("about:blank");
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      let isDialog = false;
      page.on("dialog", (dialog) => {
        isDialog = true;
        void dialog.dismiss();
      });
      expectComplaints(/404/);
      await page.goto(urls.hostile + path);
      await page.locator("html.live").waitFor();
      expect(isDialog).toBe(false);
      expect(asked.filter((url) => !url.startsWith(urls.hostile))).toEqual([]);
      expect(await page.locator("main img, main script, main iframe").count()).toBe(0);
    });
  }

  browserTest("is shown as text", async ({ open }) => {
    const { page } = await open(`${urls.hostile}/`);
    const text = await page.locator("main").textContent();
    expect(text).toContain(HOSTILE[0] ?? "");
    expect(text).toContain("abc\\u202egnp.exe");
  });
});

describe("the look", () => {
  browserTest("is light or dark as the system is", async ({ open }) => {
    const ground = async (colorScheme: "light" | "dark") => {
      const { page } = await open(`${urls.lab}/`, { colorScheme });
      return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    };
    expect([await ground("light"), await ground("dark")]).toEqual([
      "rgb(252, 252, 250)",
      "rgb(18, 21, 25)",
    ]);
  });

  browserTest("eleven machines fit on one screen of 1280 × 800", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`);
    const last = await page.locator(".mt > tbody > tr").last().boundingBox();
    expect((last?.y ?? 9999) + (last?.height ?? 0)).toBeLessThan(800);
  });

  browserTest("the icon shows trouble", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`);
    const icon = () => page.locator("link[rel=icon]").getAttribute("href");
    expect(await icon()).toContain("favicon-down");
    await page.goto(`${urls.alone}/`);
    expect(await icon()).not.toContain("down");
  });

  browserTest("on a phone, what a reader touches is 24 pixels high at least", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`, { viewport: { width: 360, height: 800 } });
    const small = await page
      .locator("main table.mt > tbody a:visible, nav a:visible, .counts a:visible")
      .evaluateAll((links) =>
        links
          .map((link) => [link.textContent, link.getBoundingClientRect().height] as const)
          .filter(([, height]) => height < 24),
      );
    expect(small).toEqual([]);
  });
});
