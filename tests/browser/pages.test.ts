import { afterAll, beforeAll, describe, expect } from "bun:test";
import { HOSTILE, hostileSource } from "../page/hostile.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { hundred, thousand } from "../page/sample-many.ts";
import { axeViolations, browserTests, overflow, reaches } from "./browser.ts";
import { type PageServer, startPageServer } from "./page-server.ts";

const { browserTest } = browserTests();
const servers: PageServer[] = [];
const urls = {
  lab: "",
  alone: "",
  cutOff: "",
  hundred: "",
  thousand: "",
  hostile: "",
  long: "",
  twins: "",
};

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
  urls.long = serve(longNames());
  urls.twins = serve(
    sampleSource({
      change: (view) => ({
        ...view,
        machines: view.machines.map((machine) =>
          machine.name.startsWith("gpu-") ? { ...machine, name: "gpu" } : machine,
        ),
      }),
    }),
  );
});

/** Names as they are met in an ordinary lab. */
function longNames(): ReturnType<typeof sampleSource> {
  return sampleSource({
    change: (view) => ({
      ...view,
      machines: view.machines.map((machine, index) => ({
        ...machine,
        name: machine.isSelf ? machine.name : `render-workstation-${10 + index}`,
      })),
    }),
    sketches: LAB.map((sketch) => ({
      ...sketch,
      loads: sketch.loads.map((load) => ({
        ...load,
        user: "anna.schmidt-meyer",
        command: "chromium-browse",
      })),
    })),
  });
}

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
  ["a machine that is hostile", "hostile", "/machines/m01c0001"],
  ["an opened entry that is hostile", "hostile", "/?open=m05c0005@09:10"],
  ["ordinary long names", "long", "/"],
  ["a page that is not there", "lab", "/nothing/here"],
  ["a name that two machines share", "twins", "/machines/gpu"],
  ["a hundred machines of the past", "hundred", "/?at=03:10"],
  ["a thousand machines, filtered", "thousand", "/?filter=user:chen&sort=-cpu"],
  ["a thousand machines by user", "thousand", "/?by=user"],
  ["an opened entry among a thousand", "thousand", "/?open=s12@03:10"],
  ["an outage opened", "lab", "/?open=node07@09:00"],
  ["values that make no sense", "lab", "/?sort=what&at=never&open=x@y&page=-1&filter=a:b"],
  ["a past of hostile names", "hostile", "/?at=09:10"],
];

/** Pages that come with a status which the browser writes to its console. */
const NOT_FOUND = /404 \(Not Found\)/;

describe("axe-core finds nothing, in either mode", () => {
  for (const [name, site, path] of PAGES) {
    browserTest(name, async ({ open }) => {
      const { page, expectComplaints } = await open(urls[site] + path, { colorScheme: "light" });
      expectComplaints(NOT_FOUND);
      await page.locator("html.has-script").waitFor();
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
      expectComplaints(NOT_FOUND);
      for (const width of [360, 420, 700, 980, 1180, 1280, 1400, 1600]) {
        await page.setViewportSize({ width, height: 800 });
        expect([width, await overflow(page)]).toEqual([width, 0]);
      }
    });
  }
});

describe("the answers at the top", () => {
  browserTest("show whole figures beside ordinary long names", async ({ open }) => {
    const { page } = await open(`${urls.long}/`);
    for (const width of [360, 701, 1180, 1280, 1400, 1560]) {
      await page.setViewportSize({ width, height: 800 });
      const cut = await page.locator(".answers td.figure").evaluateAll((cells) =>
        cells.flatMap((cell) => {
          const end = cell.closest("section")?.getBoundingClientRect().right ?? 0;
          const isWhole =
            cell.getBoundingClientRect().right <= end && cell.scrollWidth <= cell.clientWidth;
          return isWhole ? [] : [cell.textContent];
        }),
      );
      expect([width, cut]).toEqual([width, []]);
    }
  });

  browserTest("stay where they are while one types", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`);
    const height = async () => (await page.locator(".answers").boundingBox())?.height;
    const before = await height();
    await page.goto(`${urls.lab}/?filter=user:zed`);
    // A line or two of figures fewer, but no section.
    expect(Math.abs(((await height()) ?? 0) - (before ?? 0))).toBeLessThan(60);
    expect(await page.locator(".answers > section").count()).toBe(3);
    expect(await page.locator("#answer-trouble").textContent()).toContain("of all machines");
  });
});

describe("the name of the cursor's time", () => {
  browserTest("stays on the axis, and now makes room for it", async ({ open }) => {
    const { page } = await open(`${urls.lab}/`);
    await page.locator("html.has-script").waitFor();
    const strip = await page.locator(".history-strip").nth(1).boundingBox();
    if (strip === null) throw new Error("there is no strip");
    const now = page.locator(".machine-table text.now");
    await page.mouse.move(strip.x + strip.width - 1, strip.y + 10);
    const box = await page.locator(".machine-table text.cursor").boundingBox();
    // The box counts the pale stroke around the letters.
    expect((box?.x ?? 9999) + (box?.width ?? 0)).toBeLessThan(strip.x + strip.width + 10);
    expect(await now.isVisible()).toBe(false);
    await page.mouse.move(strip.x + strip.width / 2, strip.y + 10);
    expect(await now.isVisible()).toBe(true);
  });

  browserTest("takes the place of an opened entry's, and gives it back", async ({ open }) => {
    const { page } = await open(`${urls.lab}/?open=node02@03:10`);
    await page.locator("html.has-script").waitFor();
    const names = page.locator(".machine-table svg.axis text.cursor:visible");
    expect(await names.allTextContents()).toEqual(["03:10"]);
    const strip = await page.locator(".history-strip").nth(1).boundingBox();
    if (strip === null) throw new Error("there is no strip");
    await page.mouse.move(strip.x + (110.5 / 144) * strip.width, strip.y + 10);
    expect(await names.allTextContents()).toEqual(["03:40"]);
    await page.mouse.move(5, 5);
    expect(await names.allTextContents()).toEqual(["03:10"]);
  });
});

describe("the page of a machine", () => {
  browserTest("keeps hostile text and all figures inside its halves", async ({ open }) => {
    const { page } = await open(`${urls.hostile}/machines/m05c0005`);
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const outside = await page
        .locator(".two-columns table, .facts span, .problems .mark")
        .evaluateAll((all) =>
          all.flatMap((one) => {
            const end = one.closest("section, main")?.getBoundingClientRect().right ?? 0;
            return one.getBoundingClientRect().right <= end + 1 ? [] : [one.outerHTML.slice(0, 99)];
          }),
        );
      expect([width, outside]).toEqual([width, []]);
    }
  });

  browserTest("that is not there asks for nothing and holds no stream", async (place) => {
    const server = place.serve();
    const { page, complaints, expectComplaints } = await place.open(
      `${server.url}/machines/nobody`,
    );
    expectComplaints(/404/);
    await page.locator("html.has-script").waitFor();
    // Longer than the second after which a page that has changed is fetched.
    await page.waitForTimeout(1500);
    expect([server.listeners(), server.pages(), complaints.length]).toEqual([0, 1, 1]);
    await page.getByRole("searchbox", { name: "filter" }).fill("node");
  });

  browserTest("lets its stream go when the machine is forgotten", async (place) => {
    const server = place.serve();
    const { page, expectComplaints } = await place.open(`${server.url}/machines/node07`);
    expectComplaints(/404/);
    await page.locator("#connection", { hasText: "live" }).waitFor();
    server.change((view) => ({
      ...view,
      machines: view.machines.filter(({ name }) => name !== "node07"),
    }));
    await page.getByRole("heading", { name: "No such machine" }).waitFor();
    await reaches(server.listeners, 0);
    expect(await page.locator("#connection").textContent()).toBe("");
  });
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
  for (const path of [
    ...["/", "/?by=user", "/?filter=%3Cscript%3E", "/machines/m01c0001", "/machines/%3Cscript%3E"],
    ...["/?at=09:10", "/?open=m02c0002@09:10", "/?tag=%22%3E%3Cimg%20src%3Dx%20onerror%3D1%3E"],
  ]) {
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
      await page.locator("html.has-script").waitFor();
      expect(isDialog).toBe(false);
      expect(asked.filter((url) => !url.startsWith(urls.hostile))).toEqual([]);
      // Nothing but what the components are made of, and no attribute that acts.
      const odd = await page.locator("body *").evaluateAll((all) =>
        all.flatMap((one) => {
          const isKnown = !/^(img|script|iframe|style|object|embed|base|meta|link)$/.test(
            one.localName,
          );
          const acts = one.getAttributeNames().filter((name) => /^(on|style$|srcdoc)/.test(name));
          return isKnown && acts.length === 0 ? [] : [one.outerHTML.slice(0, 120)];
        }),
      );
      expect(odd).toEqual([]);
      const schemes = await page
        .locator("a[href]")
        .evaluateAll((all) => [
          ...new Set(
            all.map((link) => new URL(link.getAttribute("href") ?? "", location.href).protocol),
          ),
        ]);
      expect(schemes).toEqual(["http:"]);
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
    const last = await page.locator(".machine-table > tbody > tr").last().boundingBox();
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
      .locator("main table.machine-table > tbody a:visible, nav a:visible, .counts a:visible")
      .evaluateAll((links) =>
        links
          .map((link) => [link.textContent, link.getBoundingClientRect().height] as const)
          .filter(([, height]) => height < 24),
      );
    expect(small).toEqual([]);
  });
});
