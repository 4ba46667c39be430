/**
 * The page: the cost of rendering it, how many times a second it is served from the cache beside Bun's
 * bare server, and what it costs a browser.
 */
import { existsSync } from "node:fs";
import { freePort, until } from "../e2e/daemon.ts";
import { browserFigures } from "./browser.ts";
import type { Figure } from "./figure.ts";
import { renderFigures } from "./render.ts";
import { startServer } from "./serve.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const WRK = "/usr/bin/wrk";
const NODE_EXPORTER = "/usr/bin/prometheus-node-exporter";
const LOAD_SECONDS = 3;

export async function benchmarkPage(): Promise<readonly Figure[]> {
  return [
    ...(await renderFigures()),
    ...(existsSync(WRK) ? [await requestFigure()] : missing("wrk", "requests a second")),
    ...(existsSync(CHROMIUM)
      ? await browserFigures(CHROMIUM)
      : missing("chromium", "the cost in a browser")),
  ];
}

function missing(what: string, subject: string): [] {
  console.log(
    `${subject}: not measured, because ${what} is not installed (apt-get install ${what})`,
  );
  return [];
}

async function requestFigure(): Promise<Figure> {
  const own = await served("hundred");
  const ceiling = await served("bare");
  const metrics = existsSync(NODE_EXPORTER) ? await servedByNodeExporter() : undefined;
  const others = [
    `Bun's bare server with the same bytes ${Math.round(ceiling)}`,
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

/** The requests a second of one of the servers in serve-page.ts. */
async function served(kind: "hundred" | "bare"): Promise<number> {
  const server = await startServer(kind);
  try {
    return await load(server.url);
  } finally {
    await server.stop();
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

/** The requests a second at this URL, after a second to warm up. */
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
