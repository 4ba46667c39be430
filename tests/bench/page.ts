/**
 * The page: how often it is served from the cache beside Bun's own ceiling, and what it costs a
 * browser: first paint, bytes, an update of a thousand machines.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { Machine } from "../../src/cluster/machine.ts";
import { type PageServer, startPageServer } from "../browser/page-server.ts";
import { freePort, until } from "../e2e/daemon.ts";
import { hundred, thousand } from "../report/sample-many.ts";
import type { Figure } from "./main.ts";
import { median } from "./sample.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const WRK = "/usr/bin/wrk";
const NODE_EXPORTER = "/usr/bin/prometheus-node-exporter";
const LOAD_SECONDS = 3;
const UPDATES = 5;

export async function benchmarkPage(): Promise<readonly Figure[]> {
  return [
    ...(existsSync(WRK) ? [await requestFigure()] : missing("wrk", "how often the page is served")),
    ...(existsSync(CHROMIUM)
      ? await browserFigures()
      : missing("chromium", "what it costs a browser")),
  ];
}

function missing(what: string, subject: string): [] {
  console.log(`${subject}: not measured, ${what} is not there (apt-get install ${what})`);
  return [];
}

async function requestFigure(): Promise<Figure> {
  const own = await served([process.execPath, SERVE_PAGE, "hundred"]);
  const ceiling = await served([process.execPath, SERVE_PAGE, "ceiling"]);
  const metrics = existsSync(NODE_EXPORTER) ? await servedByNodeExporter() : undefined;
  const others = [
    `Bun's own ceiling ${Math.round(ceiling)}`,
    ...(metrics === undefined ? [] : [`node_exporter's /metrics ${Math.round(metrics)}`]),
  ];
  return {
    subject: "page of 100 machines, cached, gzip (wrk -t1 -c16)",
    value: `${Math.round(own)} requests/s`,
    beside: others.join(", "),
    ratio: own / ceiling,
    aim: "at least 20000",
    isMet: own >= 20_000,
  };
}

const SERVE_PAGE = join(import.meta.dir, "serve-page.ts");

/** Requests a second of a server that prints its port. */
async function served(command: readonly string[]): Promise<number> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  try {
    const { value } = await child.stdout.getReader().read();
    return await load(`http://127.0.0.1:${Number(new TextDecoder().decode(value))}/`);
  } finally {
    child.kill();
    await child.exited;
  }
}

async function servedByNodeExporter(): Promise<number> {
  const port = await freePort();
  const child = Bun.spawn([NODE_EXPORTER, `--web.listen-address=127.0.0.1:${port}`], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = `http://127.0.0.1:${port}/metrics`;
  try {
    await until(async () => (await fetch(url)).ok);
    return await load(url);
  } finally {
    child.kill();
    await child.exited;
  }
}

/** After a second to warm up. */
async function load(url: string): Promise<number> {
  await wrk(url, 1);
  return await wrk(url, LOAD_SECONDS);
}

async function wrk(url: string, seconds: number): Promise<number> {
  const options = ["-t1", "-c16", `-d${seconds}s`, "-H", "accept-encoding: gzip"];
  const child = Bun.spawn([WRK, ...options, url], { stdout: "pipe", stderr: "inherit" });
  const text = await new Response(child.stdout).text();
  return Number(/Requests\/sec: +([\d.]+)/.exec(text)?.[1] ?? Number.NaN);
}

async function browserFigures(): Promise<Figure[]> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const servers = [startPageServer({ source: hundred() }), startPageServer({ source: thousand() })];
  try {
    const [many, most] = servers;
    if (many === undefined || most === undefined) return [];
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const paint = await firstPaint(page, many.url);
    const ready = await firstPaint(page, most.url);
    const bytes = await transferred(page);
    const update = await updateCost(page, most);
    return [
      figureOf("page of 100 machines, first paint", paint, "ms", 200),
      figureOf("page of 1,000 machines, ready to be used", ready, "ms", 1000),
      figureOf("page of 1,000 machines, compressed", bytes / 1000, "kB", 150),
      figureOf("update of 1,000 machines, longest task of the page", update.longestMs, "ms", 50),
      figureOf("update of 1,000 machines, compressed", update.bytes / 1000, "kB", 60),
    ];
  } finally {
    await browser.close();
    for (const server of servers) server.stop();
  }
}

function figureOf(subject: string, value: number, unit: string, aim: number): Figure {
  return {
    subject,
    value: `${Math.round(value)} ${unit}`,
    aim: `under ${aim} ${unit}`,
    isMet: value < aim,
  };
}

/** Until something is to be seen and the script runs; the best of five on a machine shared. */
async function firstPaint(page: Page, url: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await page.goto(url);
    await page.locator("html.live").waitFor();
    times.push(
      await page.evaluate<number>(
        "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true }))",
      ),
    );
  }
  return median(times);
}

function transferred(page: Page): Promise<number> {
  return page.evaluate<number>("performance.getEntriesByType('navigation')[0].encodedBodySize");
}

/** Every machine has other figures, again and again; tasks of less than 50 ms are not told. */
async function updateCost(page: Page, server: PageServer) {
  await page.locator("#live", { hasText: "live" }).waitFor();
  await page.evaluate(
    "window.tasks = [0]; new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' })",
  );
  for (let round = 1; round <= UPDATES; round += 1) {
    const pages = server.pages();
    server.change((view) => ({
      ...view,
      machines: view.machines.map((machine, index) =>
        busier(machine, (index * 7 + round * 13) % 90),
      ),
    }));
    while (server.pages() === pages) await Bun.sleep(20);
    await page.waitForTimeout(500);
  }
  const tasks = await page.evaluate<number[]>("window.tasks");
  const bytes = await page.evaluate<number>(
    "performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch').at(-1)?.encodedBodySize ?? 0",
  );
  return { longestMs: Math.max(...tasks), bytes };
}

function busier(machine: Machine, userPercent: number): Machine {
  const { report } = machine;
  if (report === undefined) return machine;
  return {
    ...machine,
    report: { ...report, cpu: { userPercent, idlePercent: 100 - userPercent } },
  };
}
