import { describe, expect } from "bun:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { browserTests } from "./browser.ts";
import type { PageServer } from "./page-server.ts";

const { browserTest } = browserTests();

function chartTest(
  name: string,
  run: (page: Page, server: PageServer) => Promise<void>,
  options: BrowserContextOptions = {},
): void {
  browserTest(name, async ({ open, serve }) => {
    const server = serve();
    const { page, expectComplaints } = await open(`${server.url}/machines/render3`, options);
    // The tests look at pixels; the page does not.
    expectComplaints(/willReadFrequently/);
    await page.locator("div.chart canvas").last().waitFor();
    await run(page, server);
  });
}

async function chartBox(page: Page) {
  const box = await page.locator("div.chart").first().boundingBox();
  if (box === null) throw new Error("there is no chart");
  return box;
}

function axisNames(page: Page): Promise<string[]> {
  return page.locator(".hist svg.axis text:visible").allTextContents();
}

/** Colour of one pixel of the first chart, by its share of width and height. */
function pixel(page: Page, x: number, y: number): Promise<number[]> {
  return page.evaluate(
    ([left, top]) => {
      const canvas = document.querySelector<HTMLCanvasElement>("div.chart canvas");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return [];
      const at = [Math.floor(canvas.width * left), Math.floor(canvas.height * top)] as const;
      return [...context.getImageData(...at, 1, 1).data];
    },
    [x, y] as const,
  );
}

const CLEAR = [0, 0, 0, 0];

describe("the charts of a machine", () => {
  chartTest("stand in the places of those that the server drew", async (page) => {
    expect(await page.locator("div.chart").count()).toBe(5);
    expect(await page.locator("svg.chart:visible").count()).toBe(0);
    const height = await page
      .locator("div.chart")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(height).toEqual([72, 72, 72, 72, 72]);
    const [strip, chart] = [await page.locator(".hist .hs").boundingBox(), await chartBox(page)];
    expect([strip?.x, strip?.width]).toEqual([chart.x, chart.width]);
  });

  chartTest("leave the ground's hatch open where it was down, and nowhere else", async (page) => {
    // Down in the cells 25 to 30 of 144.
    expect(await pixel(page, 27.5 / 144, 0.1)).toEqual(CLEAR);
    expect(await pixel(page, 24.5 / 144, 0.1)).not.toEqual(CLEAR);
    expect(await pixel(page, 30.5 / 144, 0.1)).not.toEqual(CLEAR);
  });

  chartTest("are drawn in the colours of the mode", async (page) => {
    const light = await pixel(page, 0.9, 0.5);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForTimeout(100);
    expect(await pixel(page, 0.9, 0.5)).not.toEqual(light);
  });

  chartTest("tell the values at the pointer, at one time in all", async (page) => {
    const box = await chartBox(page);
    await page.mouse.move(box.x + (100.5 / 144) * box.width, box.y + 30);
    expect(await page.locator(".ct", { hasText: "CPU %" }).locator(".lab").textContent()).toMatch(
      /user 9\dsystem \d\.\dwaiting 0/,
    );
    expect(await page.locator(".ct", { hasText: "load" }).locator(".lab").textContent()).toMatch(
      /1 minute 1\.0/,
    );
    expect(await page.locator(".hist svg.axis text.at").textContent()).toBe("02:00");
    await page.mouse.move(5, 5);
    expect(await page.locator(".hist svg.axis text.at").count()).toBe(0);
  });

  chartTest("zoom by dragging, all together with the axis and the strip", async (page, server) => {
    const whole = await axisNames(page);
    const box = await chartBox(page);
    await page.mouse.move(box.x + (20.5 / 144) * box.width, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + (39.5 / 144) * box.width, box.y + 30, { steps: 4 });
    await page.mouse.up();
    const strip = page.locator(".hist .hs svg");
    expect(await strip.getAttribute("viewBox")).toBe("20 0 20 22");
    // 09:10 and 20 cells: half past noon to ten to four.
    expect(await axisNames(page)).toContain("14:00");
    // The cursor's name covers none of the axis.
    await page.mouse.move(box.x + (5.5 / 20) * box.width, box.y + 30);
    const cursor = page.locator(".hist svg.axis text.at");
    expect(await cursor.textContent()).toBe("13:30");
    const own = await cursor.boundingBox();
    for (const name of await page.locator(".hist svg.axis a text:visible").all()) {
      const other = await name.boundingBox();
      const isApart =
        (other?.x ?? 0) >= (own?.x ?? 0) + (own?.width ?? 0) ||
        (other?.x ?? 0) + (other?.width ?? 0) <= (own?.x ?? 0);
      expect([await name.textContent(), isApart]).toEqual([await name.textContent(), true]);
    }
    await page.mouse.move(5, 5);
    // The outage is wide now.
    expect(await pixel(page, 7.5 / 20, 0.1)).toEqual(CLEAR);
    server.changeMachine("render3", (machine) => ({ ...machine, clockOffsetSeconds: 7 }));
    await page.getByText("7.0 s ahead of ours").waitFor();
    expect(await strip.getAttribute("viewBox")).toBe("20 0 20 22");
    await page.getByRole("button", { name: "show all" }).click();
    expect(await strip.getAttribute("viewBox")).toBe("0 0 144 22");
    expect(await axisNames(page)).toEqual(whole);
    expect(await page.getByRole("button", { name: "show all" }).count()).toBe(0);
  });

  chartTest("zoom by keyboard", async (page) => {
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    const strip = page.locator(".hist .hs svg");
    expect(await strip.getAttribute("viewBox")).toBe("108 0 36 22");
    await page.keyboard.press("-");
    await page.keyboard.press("-");
    expect(await strip.getAttribute("viewBox")).toBe("0 0 144 22");
  });

  chartTest("open the entry that is clicked", async (page) => {
    const box = await chartBox(page);
    await page.mouse.click(box.x + (100.5 / 144) * box.width, box.y + 30);
    await page.getByRole("heading", { name: "render3 at 02:00" }).waitFor();
  });

  chartTest(
    "fit a phone",
    async (page) => {
      const box = await chartBox(page);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
      await page.setViewportSize({ width: 700, height: 800 });
      await page.waitForFunction(
        () => (document.querySelector("div.chart canvas")?.clientWidth ?? 0) > 600,
      );
    },
    { viewport: { width: 360, height: 800 } },
  );
});
