/** The time from the start of the executable to its first complete page, and its memory then. */
import { freePort, runProgram } from "../e2e/daemon.ts";
import { median } from "../median.ts";
import type { Figure } from "./figure.ts";
import { memoryOf } from "./process-facts.ts";

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
    const { residentMB, ownMB } = memoryOf(run.pid);
    memory = `RSS ${Math.round(residentMB)} MB, of which anonymous ${Math.round(ownMB)} MB`;
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
