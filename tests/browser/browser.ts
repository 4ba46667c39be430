/**
 * A real browser for the tests: Debian's Chromium by playwright-core. Every page that a test
 * opens is watched: what it writes to the console, and what its security policy refuses, fails
 * the test. Without Chromium the tests are skipped, by name.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type PageServer, type PageServerOptions, startPageServer } from "./page-server.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const isThere = existsSync(CHROMIUM);
if (!isThere) {
  console.error(`browser tests are skipped: ${CHROMIUM} is not there; apt-get install chromium`);
}

/** A page load on a busy machine; a test that waits for more has failed. */
const PATIENCE_MS = 10_000;
/** The longest waits for real daemons to notice a death, twice. */
const TEST_MS = 120_000;
const AXE = join(import.meta.dir, "..", "..", "node_modules", "axe-core", "axe.min.js");

export interface Watched {
  readonly page: Page;
  /** Lines of the console, uncaught errors, refusals of the policy. */
  readonly complaints: readonly string[];
  /** Complaints that the test itself brings about. */
  expectComplaints(pattern: RegExp): void;
}

export interface BrowserTests {
  /** A test with pages and servers of its own; skipped without Chromium. */
  browserTest(name: string, run: (place: Place) => Promise<void>): void;
}

export interface Place {
  readonly open: (url: string, options?: BrowserContextOptions) => Promise<Watched>;
  /** Ends after the pages: what they then miss is no complaint. */
  readonly serve: (options?: PageServerOptions) => PageServer;
}

/** One browser for all tests of a file. */
export function browserTests(): BrowserTests {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (!isThere) return;
    // Chromium's own sandbox needs a privilege that root does not have in a container.
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  }, TEST_MS);
  afterAll(async () => {
    await browser?.close();
  });

  async function inPlace(run: (place: Place) => Promise<void>): Promise<void> {
    if (browser === undefined) throw new Error("the browser has not started");
    const own = browser;
    const pages: (() => Promise<void>)[] = [];
    const servers: PageServer[] = [];
    try {
      await run({
        open: async (url, options = {}) => {
          const watched = await openPage(own, url, options);
          pages.push(watched.finish);
          return watched;
        },
        serve: (options) => {
          const server = startPageServer(options);
          servers.push(server);
          return server;
        },
      });
    } finally {
      for (const finish of pages) await finish();
      for (const server of servers) server.stop();
    }
  }

  return {
    browserTest(name, run) {
      test.skipIf(!isThere)(name, () => inPlace(run), TEST_MS);
    },
  };
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return {
    page,
    complaints,
    expectComplaints: (pattern: RegExp) => void expected.push(pattern),
    finish: async () => {
      await context.close();
      const unexpected = complaints.filter((one) => !expected.some((known) => known.test(one)));
      expect(unexpected).toEqual([]);
    },
  };
}

/** Rules of axe-core that the page breaks, each with the first element that does. */
export async function axeViolations(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  const options = rules === undefined ? {} : { runOnly: rules };
  // Evaluated, not inserted: the page's policy rightly refuses a script element.
  await page.evaluate(readFileSync(AXE, "utf8"));
  const found = await page.evaluate<
    readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
  >(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`);
  return found.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 160)}`);
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

/** Waits until the server's side has caught up with the browser's: `read` gives `wanted`. */
export async function reaches(read: () => number, wanted: number): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (read() !== wanted && Date.now() < until) await Bun.sleep(20);
  expect(read()).toBe(wanted);
}
