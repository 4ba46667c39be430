/**
 * The page: how often it is served from the cache beside Bun's own ceiling, and what it costs a
 * browser: first paint, bytes, an update of a thousand machines.
 */
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { Machine } from "../../src/cluster/machine.ts";
import { type PageServer, startPageServer } from "../browser/page-server.ts";
import { hundred, thousand } from "../report/sample-many.ts";
import type { Figure } from "./main.ts";
import { median } from "./sample.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const CONNECTIONS = 16;
const LOAD_MS = 2_000;
const UPDATES = 5;

export async function benchmarkPage(): Promise<readonly Figure[]> {
  const [own, ceiling] = [await requestsPerSecond("hundred"), await requestsPerSecond("ceiling")];
  const served: Figure = {
    subject: "page of 100 machines, cached",
    value: `${Math.round(own)} requests/s`,
    beside: `Bun's own ceiling ${Math.round(ceiling)}`,
    ratio: own / ceiling,
    aim: "at least 20000",
    isMet: own >= 20_000,
  };
  return [served, ...(existsSync(CHROMIUM) ? await browserFigures() : [])];
}

/** Against a process of its own, by plain sockets: a fetch costs more than the answer. */
async function requestsPerSecond(what: "hundred" | "ceiling"): Promise<number> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "serve-page.ts"), what], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  try {
    const reader = child.stdout.getReader();
    const { value } = await reader.read();
    const port = Number(new TextDecoder().decode(value));
    await load(port, LOAD_MS / 4);
    return await load(port, LOAD_MS);
  } finally {
    child.kill();
    await child.exited;
  }
}

async function load(port: number, ms: number): Promise<number> {
  const start = performance.now();
  const counts = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => loadOne(port, start + ms)),
  );
  const seconds = (performance.now() - start) / 1000;
  return counts.reduce((sum, one) => sum + one, 0) / seconds;
}

const REQUEST = "GET / HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip\r\n\r\n";

/** One connection, one request after the other. */
function loadOne(port: number, untilMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let count = 0;
    let missing = -1;
    let head = "";
    socket.on("connect", () => socket.write(REQUEST));
    socket.on("error", reject);
    socket.on("data", (data) => {
      let body = data.length;
      if (missing < 0) {
        head += data.toString("latin1");
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        missing = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        body = head.length - end - 4;
      }
      missing -= body;
      if (missing > 0) return;
      count += 1;
      [missing, head] = [-1, ""];
      if (performance.now() < untilMs) socket.write(REQUEST);
      else {
        socket.destroy();
        resolve(count);
      }
    });
  });
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
