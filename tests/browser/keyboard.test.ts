import { describe, expect } from "bun:test";
import type { Page } from "playwright-core";
import { sampleSource } from "../page/sample-cluster.ts";
import { hundred, thousand } from "../page/sample-many.ts";
import { browserTests } from "./browser.ts";

const { browserTest } = browserTests();

function keyTest(
  name: string,
  run: (page: Page, url: string) => Promise<void>,
  { path = "/", source = sampleSource() } = {},
): void {
  browserTest(name, async ({ open, serve }) => {
    const { url } = serve({ source });
    const { page } = await open(url + path);
    await page.locator("#connection", { hasText: "live" }).waitFor();
    await run(page, url);
  });
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

function search(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams;
}

/** Until the address has, or no longer has, this value. */
async function hasParameter(page: Page, name: string, value: string | null): Promise<void> {
  await page.waitForFunction(
    ([key, wanted]) => new URLSearchParams(location.search).get(key ?? "") === wanted,
    [name, value] as const,
  );
}

const rows = ".machine-table > tbody > tr > th > a";

describe("by keyboard alone", () => {
  keyTest("/ filters while one types, and Esc clears it", async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("user:chen");
    await hasParameter(page, "filter", "user:chen");
    expect(await page.locator(rows).allTextContents()).toEqual(["render3"]);
    expect(await page.getByRole("searchbox").inputValue()).toBe("user:chen");
    await page.keyboard.press("Escape");
    await hasParameter(page, "filter", null);
    expect(await page.locator(rows).count()).toBe(11);
  });

  keyTest("+ - = 0 are left to the browser on a page without charts", async (page) => {
    const taken = await page.evaluate(() =>
      [..."+-=0j"].filter((key) => {
        const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        return !document.body.dispatchEvent(pressed);
      }),
    );
    expect(taken).toEqual(["j"]);
  });

  keyTest("a filter without result says so, and how to clear it", async (page) => {
    await page.keyboard.press("/");
    await page.keyboard.type("user:zed");
    await page.getByText("nothing matches user:zed; clear the filter").waitFor();
    await page.getByRole("link", { name: "clear the filter" }).click();
    await hasParameter(page, "filter", null);
  });

  keyTest("j and k move along the machines, Enter opens one", async (page, url) => {
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("desk2");
    for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
    expect(await focused(page)).toBe("gpu-b");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/machines/gpu-b`);
    expect(await page.getByRole("heading", { name: "gpu-b" }).isVisible()).toBe(true);
  });

  keyTest("h and l go through the time, Enter opens the entry, Esc closes it", async (page) => {
    for (const key of ["j", "j"]) await page.keyboard.press(key);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("h");
    const slider = page.getByRole("slider", { name: "gpu-a history" });
    await page.waitForFunction(() =>
      document.activeElement?.getAttribute("aria-valuetext")?.includes("dana python3"),
    );
    expect(await slider.getAttribute("aria-valuenow")).toBe("142");
    expect(await slider.getAttribute("aria-valuetext")).toMatch(
      /^08:50, CPU [89]\d %, disk \d\d MB\/min, dana python3 \d\d$/,
    );
    await page.keyboard.press("l");
    expect(await slider.getAttribute("aria-valuetext")).toStartWith("09:00, CPU");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "gpu-a at 09:00" }).waitFor();
    expect(search(page).get("open")).toStartWith("gpu-a@");
    await page.keyboard.press("Escape");
    await hasParameter(page, "open", null);
    expect(await page.locator(".panel").count()).toBe(0);
  });

  keyTest(
    "h and l move the whole table while it shows the past",
    async (page) => {
      await page.keyboard.press("h");
      await page.getByRole("heading", { name: "The machines at 03:00" }).waitFor();
      await page.keyboard.press("l");
      await page.getByRole("heading", { name: "The machines at 03:10" }).waitFor();
    },
    { path: "/?at=03:10" },
  );

  keyTest("s sorts by the next column, S turns the order round", async (page) => {
    await page.keyboard.press("s");
    await hasParameter(page, "sort", "state");
    await page.keyboard.press("s");
    await hasParameter(page, "sort", "-cpu");
    expect(await page.locator(rows).first().textContent()).toBe("render3");
    const head = page.getByRole("columnheader", { name: /^CPU/ });
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    await page.keyboard.press("S");
    await hasParameter(page, "sort", "cpu");
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
  });

  keyTest("u shows the users and the machines again", async (page) => {
    await page.keyboard.press("u");
    await hasParameter(page, "by", "user");
    await page.getByRole("rowheader", { name: "chen" }).waitFor();
    await page.keyboard.press("u");
    await hasParameter(page, "by", null);
    await page.locator(rows).first().waitFor();
  });

  keyTest("? shows all keys", async (page) => {
    await page.keyboard.press("?");
    expect(await page.getByText("back, forward in time").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await page.getByText("back, forward in time").isVisible()).toBe(false);
  });

  keyTest("keys do nothing while one types, or with Ctrl, Alt or Meta", async (page) => {
    await page.getByRole("searchbox").focus();
    await page.keyboard.type("jus");
    await hasParameter(page, "filter", "jus");
    expect(search(page).get("by")).toBeNull();
    await page.keyboard.press("Escape");
    await hasParameter(page, "filter", null);
    for (const modifier of ["Control", "Alt", "Meta"]) await page.keyboard.press(`${modifier}+u`);
    expect(search(page).get("by")).toBeNull();
  });

  keyTest("Tab reaches all there is, and shows where it is", async (page) => {
    const seen: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press("Tab");
      const { name, ring } = await page.evaluate(() => {
        const element = document.activeElement;
        const style = element ? getComputedStyle(element) : undefined;
        return {
          name: `${element?.getAttribute("role") ?? element?.localName} ${element?.getAttribute("aria-label") ?? element?.textContent?.trim()}`,
          ring: Number.parseFloat(style?.outlineWidth ?? "0"),
        };
      });
      if (name.startsWith("body")) break;
      expect([name, ring]).toEqual([name, 2]);
      seen.push(name);
    }
    expect(seen[0]).toBe("a Skip to the machines");
    for (const wanted of ["a people", "a CPU", "a gpu-a"]) expect(seen).toContain(wanted);
    expect(seen).toContainEqual(
      expect.stringMatching(/^slider gpu-a history: CPU over 90 % 17:50/),
    );
  });

  keyTest(
    "each row of small tiles is one stop, the arrows move in it, Enter opens",
    async (page, url) => {
      const first = page.locator(".small-tiles").first().getByRole("link");
      expect(await page.locator(".small-tiles [tabindex='0']").count()).toBe(20);
      await first.first().focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowLeft");
      const name = (await focused(page)).split(" ")[0] ?? "";
      await page.keyboard.press("Enter");
      await page.waitForURL(`${url}/machines/${name}`);
    },
    { source: thousand() },
  );

  keyTest(
    "large tiles are links",
    async (page, url) => {
      await page.getByRole("link", { name: "gpu-07 93" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(`${url}/machines/gpu-07`);
    },
    { source: hundred() },
  );
});

describe("with the pointer", () => {
  keyTest(
    "a small tile tells its machine and what is with it, as with the focus",
    async (page) => {
      const tip = page.locator("body > .tip");
      await page.getByRole("link", { name: "s12 2, swapping" }).hover();
      expect(await tip.textContent()).toBe("s12, CPU 2 %, swapping");
      await page.getByRole("link", { name: "c07 down" }).hover();
      expect(await tip.textContent()).toBe("c07 down");
      // The last of a row keeps its words inside the window.
      await page.getByRole("link", { name: "b50" }).hover();
      const box = await tip.boundingBox();
      expect((box?.x ?? 9999) + (box?.width ?? 0)).toBeLessThan(1280);
      await page.mouse.move(5, 5);
      expect(await tip.count()).toBe(0);
      await page.getByRole("link", { name: "k19 silent" }).focus();
      expect(await tip.textContent()).toBe("k19 silent");
    },
    { source: thousand() },
  );

  keyTest("a cell tells its time and values, marks it in all rows, and opens", async (page) => {
    const strip = page.getByRole("slider", { name: "node02 history" });
    const box = await strip.boundingBox();
    if (box === null) throw new Error("the strip is not shown");
    // Cell 107 of 144 is the ten minutes before 03:10.
    await page.mouse.move(box.x + (107.5 / 144) * box.width, box.y + box.height / 2);
    await page.locator(".tip", { hasText: "03:10, CPU 9" }).waitFor();
    await page.locator(".tip", { hasText: "chen ffmpeg 14" }).waitFor();
    expect(await page.locator("svg.axis text.cursor").textContent()).toBe("03:10");
    expect(await page.locator(".machine-table[data-cursor]").count()).toBe(1);
    await page.mouse.down();
    await page.mouse.up();
    await page.getByRole("heading", { name: "node02 at 03:10" }).waitFor();
    expect(await page.locator(".tip").count()).toBe(0);
    await page.mouse.move(10, 10);
    expect(await page.locator(".machine-table[data-cursor]").count()).toBe(0);
    await page.goBack();
    await hasParameter(page, "open", null);
    await page.locator(".panel").waitFor({ state: "detached" });
  });

  keyTest("an outage says down, not a figure", async (page) => {
    const strip = page.getByRole("slider", { name: "node07 history" });
    const box = await strip.boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 1, (box?.y ?? 0) + 12);
    await page.locator(".tip", { hasText: "09:10, down" }).waitFor();
  });

  keyTest("a link to another view changes the page in place, and can be kept", async (page) => {
    await page.evaluate(() => Object.assign(window, { wasHere: true }));
    await page.getByRole("link", { name: "memory", exact: true }).click();
    await hasParameter(page, "sort", "-mem");
    await page.getByRole("link", { name: "gpu", exact: true }).click();
    await hasParameter(page, "tag", "gpu");
    expect(await page.locator(rows).allTextContents()).toEqual(["gpu-a", "gpu-b"]);
    expect(await page.evaluate(() => Reflect.get(window, "wasHere"))).toBe(true);
    const kept = page.url();
    await page.goto(kept);
    expect(await page.locator(rows).allTextContents()).toEqual(["gpu-a", "gpu-b"]);
  });
});
