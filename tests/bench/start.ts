/** From the start of the executable to its first whole page, and what it then weighs. */
import { readFileSync } from "node:fs";
import { freePort, runProgram } from "../e2e/daemon.ts";
import type { Figure } from "./main.ts";
import { median } from "./sample.ts";

const ROUNDS = 15;
const AIM_MS = 100;
const PATIENCE_MS = 5_000;

export async function benchmarkStart(): Promise<readonly Figure[]> {
  const times: number[] = [];
  let memory = "";
  for (let round = 0; round < ROUNDS; round += 1) {
    const [httpPort, p2pPort] = [await freePort(), await freePort()];
    const started = performance.now();
    const run = runProgram([
      ...["-c", "/dev/null", "--bind", "127.0.0.1"],
      ...["-h", String(httpPort), "-p", String(p2pPort)],
    ]);
    times.push((await firstPage(`http://127.0.0.1:${httpPort}/`)) - started);
    memory = memoryOf(run.pid);
    await run.stop();
  }
  const value = median(times);
  return [
    {
      subject: `start to first page, median of ${ROUNDS}`,
      value: `${value.toFixed(0)} ms`,
      beside: memory,
      aim: `under ${AIM_MS} ms`,
      isMet: value < AIM_MS,
    },
  ];
}

async function firstPage(url: string): Promise<number> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url);
      if (response.ok && (await response.text()).includes("</html>")) return performance.now();
    } catch {
      // Not listening yet.
    }
    await Bun.sleep(1);
  }
  throw new Error(`no page at ${url} within ${PATIENCE_MS} ms`);
}

function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (key: string) =>
    Math.round(Number(status.match(new RegExp(`${key}:\\s+(\\d+)`))?.[1]) / 1024);
  return `RSS ${megabytes("VmRSS")} MB, of which anonymous ${megabytes("RssAnon")} MB`;
}
