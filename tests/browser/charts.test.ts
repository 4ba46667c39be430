import { describe, expect } from "bun:test";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { axeViolations, browserTests, overflow } from "./browser.ts";
import type { PageServer } from "./page-server.ts";

const { browserTest } = browserTests();

/** 20 entries, an outage and the reboot after it among them. */
const PART = "?from=2026-11-23T12:30&to=2026-11-23T15:50";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

function chartTest(
  name: string,
  run: (page: Page, server: PageServer) => Promise<void>,
  options: BrowserContextOptions & { readonly query?: string } = {},
): void {
  browserTest(name, async ({ open, serve }) => {
    const server = serve();
    const { query = "", ...own } = options;
    const { page } = await open(`${server.url}/machines/render3${query}`, own);
    if (own.javaScriptEnabled !== false) await area(page).waitFor();
    await page.locator("#history").scrollIntoViewIfNeeded();
    await run(page, server);
  });
}

/** What the script lays over strip and charts. */
function area(page: Page): Locator {
  return page.locator(".chart-cursor");
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error("it is not shown");
  return box;
}

/** Over the middle of a cell of so many, on the first chart. */
async function pointAt(page: Page, cell: number, cells = 144): Promise<{ x: number; y: number }> {
  const box = await boxOf(page.locator("svg.chart").first());
  const point = { x: box.x + ((cell + 0.5) / cells) * box.width, y: box.y + 40 };
  await page.mouse.move(point.x, point.y);
  return point;
}

async function drag(page: Page, from: number, to: number): Promise<void> {
  await pointAt(page, from);
  await page.mouse.down();
  await pointAt(page, Math.round((from + to) / 2));
  await pointAt(page, to);
  await page.mouse.up();
}

/** The time that the cursor is at, without the process beside it. */
async function cursorTime(page: Page): Promise<string> {
  const text = await page.locator(".history .axis text[data-script]").textContent();
  return /^(\w{3} )?\d\d:\d\d/.exec(text ?? "")?.[0] ?? "";
}

function values(page: Page): Promise<string[]> {
  return page.locator(".values:visible").allTextContents();
}

/** Cells of the strip and of each chart. */
function widths(page: Page): Promise<string[]> {
  return page
    .locator(".plots svg:is(.strip, .chart)")
    .evaluateAll((all) => all.map((one) => one.getAttribute("viewBox")?.split(" ")[2] ?? ""));
}

function shows(page: Page, cells: number): Promise<void> {
  return page
    .locator(`.plots[data-cells="${cells}"]`)
    .waitFor()
    .then(() => undefined);
}

function search(page: Page): string {
  return new URL(page.url()).search;
}

/** Something of another part of the page has changed, and has been shown. */
async function liveUpdate(page: Page, server: PageServer, offset = 7): Promise<void> {
  server.changeMachine("render3", (machine) => ({ ...machine, clockOffsetSeconds: offset }));
  await page.getByText(`${offset}.0 s ahead`).first().waitFor();
}

describe("the charts of a machine", () => {
  chartTest("are those that the server drew, and stay so with the script", async (page, server) => {
    const html = await (await fetch(`${server.url}/machines/render3`)).text();
    const charts = await page
      .locator("svg.chart")
      .evaluateAll((all) => all.map((one) => one.outerHTML));
    expect(charts.length).toBe(5);
    for (const chart of charts) expect(html).toContain(chart);
  });

  chartTest("have each line across at the height of its label", async (page) => {
    for (const row of await page.locator(".chart-row[data-unit]").all()) {
      const chart = await boxOf(row.locator("svg.chart"));
      const lines = await row.locator("path.scale-lines").getAttribute("d");
      const heights = [...(lines ?? "").matchAll(/M0 ([\d.]+)/g)].map(([, y]) => Number(y));
      const labels = await row.locator("svg.scale text").all();
      expect(labels.length).toBe(heights.length);
      for (const [index, label] of labels.entries()) {
        const box = await boxOf(label);
        // The chart's upper border is a pixel.
        const line = chart.y + 1 + (heights[index] ?? 0);
        expect(Math.abs(box.y + box.height / 2 - line)).toBeLessThan(3);
      }
    }
  });

  chartTest("stand below the strip, on its axis", async (page) => {
    const strip = await boxOf(page.locator(".history .history-strip svg"));
    for (const chart of await page.locator("svg.chart").all()) {
      const box = await boxOf(chart);
      expect([box.x, box.width]).toEqual([strip.x, strip.width]);
    }
  });

  chartTest(
    "break no rule of accessibility with cursor and zoom",
    async (page) => {
      await area(page).focus();
      await page.keyboard.press("ArrowLeft");
      expect(await axeViolations(page)).toEqual([]);
    },
    { query: PART },
  );
});

describe("the cursor of the charts", () => {
  chartTest("tells time and values under the pointer, in all charts at once", async (page) => {
    await pointAt(page, 100);
    expect(await cursorTime(page)).toBe("02:00");
    expect(await values(page)).toEqual([
      expect.stringMatching(/^user 9\dsystem \d\.\dI\/O wait 0 %$/),
      expect.stringMatching(/^1 minute (0\.9\d|1\.0\d)$/),
      "used 49swap 0 G",
      expect.stringMatching(/^read [\d.]+write [\d.]+ MB\/min$/),
      expect.stringMatching(/^in [\d.]+out [\d.]+ M\/s$/),
    ]);
    await page.mouse.move(5, 5);
    expect(await values(page)).toEqual([]);
    expect(await page.locator(".history .axis text[data-script]").count()).toBe(0);
  });

  chartTest("is one line from the strip to the last chart", async (page) => {
    const { x } = await pointAt(page, 100);
    const line = await boxOf(area(page).locator(".at"));
    const strip = await boxOf(page.locator(".history .history-strip svg"));
    const last = await boxOf(page.locator("svg.chart").last());
    expect(Math.abs(line.x + line.width / 2 - x)).toBeLessThan(1);
    expect(line.y).toBeLessThanOrEqual(strip.y);
    expect(line.y + line.height).toBeGreaterThanOrEqual(last.y + last.height - 1);
  });

  chartTest("works over the strip as over the charts", async (page) => {
    const strip = await boxOf(page.locator(".history .history-strip svg"));
    await page.mouse.move(strip.x + (100.5 / 144) * strip.width, strip.y + 8);
    expect(await cursorTime(page)).toBe("02:00");
    expect((await values(page)).length).toBe(5);
  });

  chartTest("names the largest process beside the time, and keeps it there", async (page) => {
    const { x, y } = await pointAt(page, 100);
    const label = page.locator(".history .axis text[data-script]");
    await label.filter({ hasText: "chen blender 3" }).waitFor();
    await page.evaluate(() => {
      const counter = Object.assign(window, { drawn: 0 });
      const observer = new MutationObserver(() => {
        counter.drawn += 1;
      });
      for (const own of document.querySelectorAll(".values")) {
        observer.observe(own, { childList: true });
      }
    });
    for (let move = 0; move < 8; move += 1) {
      await page.mouse.move(x + (move % 2), y);
      expect(await label.textContent()).toContain("chen blender 3");
    }
    // Once perhaps, when the page has changed; not with each move within the cell.
    expect(await page.evaluate("window.drawn")).toBeLessThan(4);
  });

  chartTest("says what happened where nothing was measured", async (page) => {
    await pointAt(page, 27);
    expect(await values(page)).toEqual(["down Mon 13:20–14:10"]);
    await pointAt(page, 30);
    expect((await values(page))[0]).toStartWith("rebooted Mon 14:10user ");
  });

  for (const width of [1280, 390]) {
    chartTest(
      `has labels that never leave the chart at ${width} pixels`,
      async (page) => {
        for (const cell of [0, 20, 71, 72, 120, 143]) {
          await pointAt(page, cell);
          const axis = await boxOf(page.locator(".history svg.chart").first());
          for (const label of await page
            .locator(".values:visible, .history .axis text[data-script]")
            .all()) {
            const box = await boxOf(label);
            // The pale outline of the time counts in its box, twice its width.
            expect(box.x).toBeGreaterThanOrEqual(axis.x - 8);
            expect(box.x + box.width).toBeLessThanOrEqual(axis.x + axis.width + 8);
          }
          for (const label of await page.locator(".values:visible").all()) {
            const plot = await boxOf(label.locator(".."));
            const box = await boxOf(label);
            expect(box.y + box.height).toBeLessThanOrEqual(plot.y + plot.height);
          }
        }
      },
      { viewport: { width, height: 900 } },
    );
  }

  chartTest("stays under the pointer when the page changes", async (page, server) => {
    await pointAt(page, 100);
    await liveUpdate(page, server);
    expect(await cursorTime(page)).toBe("02:00");
    expect((await values(page)).length).toBe(5);
    server.change((view) => ({
      ...view,
      moment: { ...view.moment, wallMs: view.moment.wallMs + 1_200_000 },
    }));
    await page.locator(".history .axis text[data-script]", { hasText: "02:20" }).waitFor();
  });

  chartTest("opens the entry that is clicked", async (page) => {
    const { x, y } = await pointAt(page, 100);
    await page.mouse.click(x, y);
    await page.getByRole("heading", { name: "render3 at 02:00" }).waitFor();
  });
});

describe("the charts by keyboard", () => {
  chartTest("are reached by Tab, and moved in entry by entry", async (page) => {
    await page.getByRole("link", { name: "zoom in" }).focus();
    for (let count = 0; count < 30; count += 1) {
      await page.keyboard.press("Tab");
      if (await area(page).evaluate((own) => own === document.activeElement)) break;
    }
    expect(await area(page).evaluate((own) => own.matches(":focus-visible"))).toBe(true);
    await page.keyboard.press("ArrowLeft");
    expect(await cursorTime(page)).toBe("09:10");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await cursorTime(page)).toBe("08:50");
    await page.keyboard.press("ArrowRight");
    expect(await cursorTime(page)).toBe("09:00");
    await page.keyboard.press("Home");
    expect(await cursorTime(page)).toBe("Mon 09:20");
    await page.keyboard.press("End");
    expect(await cursorTime(page)).toBe("09:10");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "render3 at 09:00" }).waitFor();
  });

  chartTest("are told once, and not again with every change of the page", async (page, server) => {
    const said = page.locator("#said[aria-live=polite]");
    await area(page).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await said
      .getByText(/^09:00: CPU user \d+, system [\d.]+, I\/O wait 0 %; load per core/)
      .waitFor();
    await said.evaluate((own) => {
      new MutationObserver(() => own.setAttribute("data-told", "again")).observe(own, {
        childList: true,
        characterData: true,
        subtree: true,
      });
    });
    await liveUpdate(page, server, 7);
    await liveUpdate(page, server, 8);
    expect(await cursorTime(page)).toBe("09:00");
    expect(await said.getAttribute("data-told")).toBeNull();
  });

  chartTest("keep the chosen time when the axis goes on", async (page, server) => {
    await area(page).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    server.change((view) => ({
      ...view,
      moment: { ...view.moment, wallMs: view.moment.wallMs + 1_200_000 },
    }));
    await page.locator('.plots[data-newest="1795512600000"]').waitFor();
    expect(await cursorTime(page)).toBe("09:00");
    const [plots, line] = [await boxOf(area(page)), await boxOf(area(page).locator(".at"))];
    // It was the last but one, and two have come.
    expect(Math.round(((line.x + 1 - plots.x) / plots.width) * 144 - 0.5)).toBe(140);
    expect(await area(page).evaluate((own) => own === document.activeElement)).toBe(true);
  });

  chartTest("are moved in by h and l from anywhere", async (page) => {
    await page.keyboard.press("h");
    await page.keyboard.press("h");
    expect(await cursorTime(page)).toBe("09:00");
    await page.keyboard.press("l");
    expect(await cursorTime(page)).toBe("09:10");
  });

  chartTest("zoom by plus, minus and 0, and move by the page keys", async (page) => {
    await page.keyboard.press("+");
    await shows(page, 72);
    await page.keyboard.press("+");
    await shows(page, 36);
    expect(search(page)).toBe("?from=2026-11-24T03:10:00");
    expect(await widths(page)).toEqual(new Array(6).fill("36"));
    await area(page).focus();
    await page.keyboard.press("PageUp");
    await page.locator('.plots[data-cells="36"][data-to="1795500600000"]').waitFor();
    expect(search(page)).toBe("?from=2026-11-24T00:10:00&to=2026-11-24T06:10:00");
    await page.keyboard.press("PageDown");
    await page.locator('.plots[data-cells="36"][data-to="1795511400000"]').waitFor();
    await page.keyboard.press("-");
    await shows(page, 72);
    await page.keyboard.press("0");
    await shows(page, 144);
    expect(search(page)).toBe("");
    expect(await area(page).evaluate((own) => own === document.activeElement)).toBe(true);
    await page.locator("#said", { hasText: "24 hours" }).waitFor();
  });

  chartTest("keep the chosen time while zooming around it", async (page) => {
    await area(page).focus();
    for (let count = 0; count < 20; count += 1) await page.keyboard.press("ArrowLeft");
    expect(await cursorTime(page)).toBe("06:00");
    for (const cells of [72, 36, 18]) {
      await page.keyboard.press("+");
      await shows(page, cells);
      expect(await cursorTime(page)).toBe("06:00");
      const shown = await page
        .locator(".plots")
        .evaluate((own) => [Number(own.dataset["from"]), Number(own.dataset["to"])]);
      expect(shown[0]).toBeLessThan(Date.UTC(2026, 10, 24, 6));
      expect(shown[1]).toBeGreaterThanOrEqual(Date.UTC(2026, 10, 24, 6));
    }
  });

  chartTest("leave the keys to who types", async (page) => {
    await page.locator("#filter").focus();
    await page.keyboard.type("0+-");
    expect(await page.locator("#filter").inputValue()).toBe("0+-");
    expect(search(page)).toBe("");
  });
});

describe("zooming by dragging", () => {
  chartTest("shows that part in strip and charts, and says so in the address", async (page) => {
    await drag(page, 20, 39);
    await shows(page, 20);
    expect(search(page)).toBe("?from=2026-11-23T12:30:00&to=2026-11-23T15:50:00");
    expect(await widths(page)).toEqual(new Array(6).fill("20"));
    expect(await page.locator(".history h2").textContent()).toContain("Mon 12:30–15:50");
    expect(await area(page).locator(".drag").count()).toBe(0);
  });

  chartTest("has the right time and values at the pointer at once", async (page) => {
    await drag(page, 20, 39);
    await shows(page, 20);
    // The pointer has not moved since: it was on cell 39 of 144, which is cell 5 of 20 now.
    expect(await cursorTime(page)).toBe("Mon 13:30");
    expect(await values(page)).toEqual(["down Mon 13:20–14:10"]);
    await pointAt(page, 10, 20);
    expect(await cursorTime(page)).toBe("Mon 14:20");
  });

  chartTest("works to the left too, and beyond the edge of the charts", async (page) => {
    const box = await boxOf(area(page));
    await pointAt(page, 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 100, box.y + 50);
    await page.mouse.move(box.x - 100, box.y + 50);
    await page.mouse.up();
    await shows(page, 21);
    expect(search(page)).toBe("?to=2026-11-23T12:40:00");
  });

  chartTest("is given up by Escape", async (page) => {
    await pointAt(page, 20);
    await page.mouse.down();
    await pointAt(page, 30);
    await pointAt(page, 39);
    expect(await area(page).locator(".drag").count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.mouse.up();
    expect(await area(page).locator(".drag").count()).toBe(0);
    expect([search(page), await page.locator(".plots").getAttribute("data-cells")]).toEqual([
      "",
      "144",
    ]);
  });

  chartTest(
    "is kept while the page changes by itself, and when it is loaded again",
    async (page, server) => {
      await drag(page, 20, 39);
      await shows(page, 20);
      await liveUpdate(page, server);
      expect(await widths(page)).toEqual(new Array(6).fill("20"));
      expect(await cursorTime(page)).toBe("Mon 13:30");
      await page.reload();
      await shows(page, 20);
    },
  );

  chartTest("is undone by the back button, and done again by the forward button", async (page) => {
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await drag(page, 20, 39);
    await shows(page, 20);
    await page.keyboard.press("+");
    await shows(page, 10);
    await page.goBack();
    await shows(page, 20);
    await page.goBack();
    await shows(page, 144);
    expect(search(page)).toBe("");
    await page.goForward();
    await shows(page, 20);
    expect(await page.evaluate("window.isSamePage")).toBe(true);
  });
});

describe("the links that zoom", () => {
  chartTest("change the page in place, around the newest", async (page) => {
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await page.getByRole("link", { name: "zoom in" }).click();
    await shows(page, 72);
    await page.getByRole("link", { name: "earlier" }).click();
    await page.locator('.plots[data-cells="72"][data-to="1795489800000"]').waitFor();
    await page.getByRole("link", { name: "reset zoom" }).click();
    await shows(page, 144);
    expect([search(page), new URL(page.url()).hash]).toEqual(["", ""]);
    expect(await page.evaluate("window.isSamePage")).toBe(true);
  });

  chartTest(
    "keep the other parameters of the address",
    async (page) => {
      await page.getByRole("link", { name: "zoom in" }).click();
      await shows(page, 72);
      expect(search(page)).toBe("?x=a%26b&from=2026-11-23T21:10:00");
    },
    { query: "?x=a%26b" },
  );
});

describe("the charts by touch", () => {
  chartTest(
    "tell the values where they are tapped, until something else is",
    async (page) => {
      const box = await boxOf(page.locator("svg.chart").first());
      const x = (cell: number) => box.x + ((cell + 0.5) / 144) * box.width;
      await page.touchscreen.tap(x(100), box.y + 30);
      expect(await cursorTime(page)).toBe("02:00");
      expect((await values(page)).length).toBe(5);
      await page.touchscreen.tap(x(20), box.y + 30);
      expect(await cursorTime(page)).toBe("Mon 12:40");
      expect(new URL(page.url()).pathname).toBe("/machines/render3");
      await page.touchscreen.tap(20, (await boxOf(page.locator(".history h2"))).y + 8);
      expect(await values(page)).toEqual([]);
    },
    PHONE,
  );

  chartTest(
    "follow a finger that moves aside, and scroll with one that moves up",
    async (page) => {
      const box = await boxOf(page.locator("svg.chart").first());
      const touch = await page.context().newCDPSession(page);
      const send = (type: "touchStart" | "touchMove" | "touchEnd", x = 0, y = 0) =>
        touch.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: type === "touchEnd" ? [] : [{ x, y }],
        });
      const y = box.y + 40;
      await send("touchStart", box.x + 50, y);
      for (let step = 1; step <= 10; step += 1) await send("touchMove", box.x + 50 + 10 * step, y);
      await page.locator(".values:visible").last().waitFor();
      const time = await cursorTime(page);
      await send("touchMove", box.x + 250, y);
      await page.locator(".history .axis text[data-script]").filter({ hasNotText: time }).waitFor();
      await send("touchEnd");
      const before = await page.evaluate(() => window.scrollY);
      const chosen = await cursorTime(page);
      await send("touchStart", box.x + 50, y);
      for (let step = 1; step <= 10; step += 1) await send("touchMove", box.x + 50, y - 20 * step);
      await send("touchEnd");
      await page.waitForFunction((was) => window.scrollY > was + 50, before);
      expect(await cursorTime(page)).toBe(chosen);
    },
    PHONE,
  );

  chartTest(
    "zoom by the links around the chosen time",
    async (page) => {
      const box = await boxOf(page.locator("svg.chart").first());
      await page.touchscreen.tap(box.x + (36.5 / 144) * box.width, box.y + 30);
      await page.getByRole("link", { name: "zoom in" }).tap();
      await shows(page, 72);
      expect(search(page)).toBe("?from=2026-11-23T12:10:00&to=2026-11-24T00:10:00");
      expect(await cursorTime(page)).toBe("Mon 15:20");
    },
    PHONE,
  );

  for (const query of ["", PART, "?from=03:10&to=04:30"]) {
    chartTest(
      `fit a phone with ${query === "" ? "all of the history" : query}`,
      async (page) => {
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        const names = page.locator(".history .axis a text:visible");
        const boxes = await Promise.all((await names.all()).map(boxOf));
        expect(boxes.length).toBeGreaterThan(2);
        for (const [index, box] of boxes.slice(1).entries()) {
          const before = boxes[index];
          expect((before?.x ?? 0) + (before?.width ?? 0)).toBeLessThan(box.x);
        }
        expect((boxes.at(-1)?.x ?? 0) + (boxes.at(-1)?.width ?? 0)).toBeLessThanOrEqual(380);
      },
      { ...PHONE, query },
    );
  }
});

describe("the charts without JavaScript", () => {
  const NO_SCRIPT = { javaScriptEnabled: false };

  chartTest(
    "mark outages and reboots, and say so below",
    async (page) => {
      expect(await page.locator("svg.chart .down title").allTextContents()).toEqual(
        new Array(5).fill("down Mon 13:20–14:10"),
      );
      expect(await page.locator("svg.chart .reboot title").count()).toBe(5);
      const said = page.locator(".chart-events");
      expect(await said.getByText("down Mon 13:20–14:10").isVisible()).toBe(true);
      expect(await said.getByText("rebooted Mon 14:10").isVisible()).toBe(true);
      expect(await page.locator(".hint").isVisible()).toBe(false);
    },
    NO_SCRIPT,
  );

  chartTest(
    "zoom by links, with the charts in view",
    async (page) => {
      await page.getByRole("link", { name: "zoom in" }).click();
      await page.waitForURL("**/machines/render3?from=2026-11-23T21:10:00#history");
      expect(await widths(page)).toEqual(new Array(6).fill("72"));
      await page.getByRole("link", { name: "earlier" }).click();
      await page.getByRole("link", { name: "zoom in" }).click();
      expect(await widths(page)).toEqual(new Array(6).fill("36"));
      const top = (await boxOf(page.locator("#history"))).y;
      expect(top).toBeLessThan(450);
      await page.getByRole("link", { name: "reset zoom" }).click();
      expect(await widths(page)).toEqual(new Array(6).fill("144"));
    },
    NO_SCRIPT,
  );

  chartTest(
    "say what they cannot show",
    async (page) => {
      expect(await page.locator(".chart-notices").textContent()).toContain(
        "“noon” is not a valid time",
      );
      expect(await widths(page)).toEqual(new Array(6).fill("144"));
    },
    { ...NO_SCRIPT, query: "?from=noon" },
  );
});
