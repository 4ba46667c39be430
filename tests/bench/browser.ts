/**
 * What the page costs a browser: the time to first paint beside that of an empty page, its size, and
 * the main thread's CPU time for an update of a thousand machines.
 */
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { type PageServer, startPageServer } from "../browser/page-server.ts";
import { median } from "../median.ts";
import { thousand } from "../page/sample-many.ts";
import { busierView, withRandomNames } from "./busy-view.ts";
import type { Figure } from "./figure.ts";
import { startServer } from "./serve.ts";

const ROUNDS = 11;
const UPDATES = 9;
/** Within this time a change is announced, fetched and shown, and highlights have faded. */
const UPDATE_MS = 1800;
const EMPTY = "<!doctype html><title>empty</title><p>hello";

export async function browserFigures(executablePath: string): Promise<Figure[]> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    return [...(await paintFigures(browser)), ...(await thousandFigures(browser))];
  } finally {
    await browser.close();
  }
}

async function paintFigures(browser: Browser): Promise<Figure[]> {
  const server = await startServer("hundred");
  const empty = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(EMPTY, { headers: { "content-type": "text/html" } }),
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const [own, floor]: [number[], number[]] = [[], []];
  try {
    // The first round is discarded, because a user's browser is usually warm too.
    for (let round = 0; round <= ROUNDS; round += 1) {
      floor.push(await firstPaint(page, `http://127.0.0.1:${empty.port}/`));
      own.push(await firstPaint(page, server.url, "html.has-script"));
    }
  } finally {
    await page.close();
    void empty.stop(true);
    await server.stop();
  }
  const [value, beside] = [median(own.slice(1)), median(floor.slice(1))];
  return [
    {
      subject: `page of 100 machines, first paint, median of ${ROUNDS}`,
      value: `${Math.round(value)} ms`,
      beside: `an empty page in the same browser ${Math.round(beside)} ms`,
      ratio: value / beside,
      aim: "under 200 ms",
      isMet: value < 200,
    },
  ];
}

/** The ms until the first paint; returns when the page is complete. */
async function firstPaint(page: Page, url: string, complete = "html"): Promise<number> {
  await page.goto(url);
  await page.locator(complete).waitFor();
  return await page.evaluate<number>(
    "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true }))",
  );
}

async function thousandFigures(browser: Browser): Promise<Figure[]> {
  const sample = thousand();
  const server = startPageServer({ source: { ...sample, view: withRandomNames(sample.view) } });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    const ready: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      await firstPaint(page, server.url, "html.has-script");
      ready.push(await page.evaluate<number>("performance.getEntriesByName('live')[0].startTime"));
    }
    const bytes = await page.evaluate<number>(
      "performance.getEntriesByType('navigation')[0].encodedBodySize",
    );
    const { costs, longest, updateBytes } = await updateCost(page, server);
    return [
      underAim("page of 1,000 machines, until the script has started", median(ready), "ms", 1000),
      underAim("page of 1,000 machines, compressed", bytes / 1000, "kB", 150),
      {
        ...underAim(
          `all 1,000 machines change: main thread, CPU, median of ${UPDATES}`,
          median(costs),
          "ms",
          50,
        ),
        beside: `from ${Math.round(Math.min(...costs))} to ${Math.round(Math.max(...costs))} ms; longest task ${longest === 0 ? "under 50" : Math.round(longest)} ms`,
      },
      underAim("all 1,000 machines change: compressed", updateBytes / 1000, "kB", 60),
    ];
  } finally {
    await page.close();
    server.stop();
  }
}

function underAim(subject: string, value: number, unit: string, aim: number): Figure {
  return {
    subject,
    value: `${Math.round(value)} ${unit}`,
    aim: `under ${aim} ${unit}`,
    isMet: value < aim,
  };
}

/** The CPU time of all tasks from a change until the page is idle again, including idle tasks. */
async function updateCost(page: Page, server: PageServer) {
  await page.locator("#connection", { hasText: "live" }).waitFor();
  await page.waitForTimeout(UPDATE_MS);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.evaluate(
    "window.tasks = [0]; new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' })",
  );
  const costs: number[] = [];
  for (let round = 1; round <= UPDATES; round += 1) {
    const [pages, before] = [server.pages(), await taskMs(session)];
    server.change((view) => busierView(view, round));
    await page.waitForTimeout(UPDATE_MS);
    if (server.pages() === pages) throw new Error("the page has not fetched the change");
    costs.push((await taskMs(session)) - before);
  }
  const updateBytes = await page.evaluate<number>(
    "performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch').at(-1)?.encodedBodySize ?? 0",
  );
  return { costs, longest: Math.max(...(await page.evaluate<number[]>("tasks"))), updateBytes };
}

/** CPU time of all tasks of the page's main thread so far. */
async function taskMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN);
}
