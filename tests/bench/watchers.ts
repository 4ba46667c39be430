/**
 * The CPU time of 200 browsers that watch the page of one of eleven daemons. Each keeps the stream of
 * events open and fetches the page when it is told of a change, as the page's own script does.
 */
import { freePort, startDaemon, until } from "../e2e/daemon.ts";
import type { Figure } from "./figure.ts";
import { cpuSecondsOf } from "./process-facts.ts";

const MACHINES = 11;
const WATCHERS = 200;
const SECONDS = 30;
/** Compiling, first reports and lists take this long and are not part of the cost of watching. */
const SETTLE_MS = 10_000;
const AIM_PERCENT = 5;
/** The script in the browser waits this long between two fetches. */
const LEAST_PAUSE_MS = 1000;

export async function benchmarkWatchers(): Promise<readonly Figure[]> {
  const [httpPort, p2pPort] = [await freePort(), await freePort()];
  const range = `127.0.41.1-${MACHINES}`;
  const daemons = await Promise.all(
    Array.from({ length: MACHINES }, (_, index) =>
      startDaemon({
        ...{ address: `127.0.41.${index + 1}`, httpPort, p2pPort },
        options: ["-s", range, "-n", range, "--name", `m${index + 1}`],
      }),
    ),
  );
  const [serving] = daemons;
  try {
    if (serving === undefined) return [];
    await until(async () => {
      const { machines } = await serving.json<{ machines: unknown[] }>("/api/v1/cluster");
      return machines.length === MACHINES;
    }, 60_000);
    const alone = await cpuPercent(serving.pid);
    // The first watcher makes all machines sample and report; further watchers add only their pages.
    const one = await watched(serving.url, serving.pid, 1);
    const all = await watched(serving.url, serving.pid, WATCHERS);
    const value = all.percent - alone;
    return [
      {
        subject: `${WATCHERS} watchers of the page at ${MACHINES} machines, CPU of the serving daemon`,
        value: `${value.toFixed(2)} % of a core`,
        beside: `without watchers ${alone.toFixed(2)} %, with one watcher ${one.percent.toFixed(2)} %; ${all.pages} pages fetched in ${SECONDS} s`,
        aim: `under ${AIM_PERCENT} %`,
        isMet: value < AIM_PERCENT,
      },
    ];
  } finally {
    await Promise.all(daemons.map((daemon) => daemon.stop()));
  }
}

async function cpuPercent(pid: number): Promise<number> {
  await Bun.sleep(SETTLE_MS);
  const before = cpuSecondsOf(pid);
  await Bun.sleep(SECONDS * 1000);
  return (100 * (cpuSecondsOf(pid) - before)) / SECONDS;
}

async function watched(url: string, pid: number, count: number) {
  const end = new AbortController();
  const counts = { pages: 0, failed: 0 };
  const watchers = Array.from({ length: count }, () => watch(url, counts, end.signal));
  await Bun.sleep(SETTLE_MS);
  counts.pages = 0;
  const before = cpuSecondsOf(pid);
  await Bun.sleep(SECONDS * 1000);
  const percent = (100 * (cpuSecondsOf(pid) - before)) / SECONDS;
  const { pages, failed } = counts;
  end.abort();
  await Promise.allSettled(watchers);
  if (failed > 0 || pages < count) throw new Error(`${pages} pages, ${failed} failed`);
  return { percent, pages };
}

/** Does until the signal what `src/page/client/live.ts` does, with gzip and the ETag of the last page. */
async function watch(
  url: string,
  counts: { pages: number; failed: number },
  signal: AbortSignal,
): Promise<void> {
  const first = await fetch(`${url}/`, { signal });
  const version = /data-version="(\d+)"/.exec(await first.text())?.[1] ?? "0";
  const stream = await fetch(`${url}/api/v1/events?report=none&since=${version}`, { signal });
  let etag = first.headers.get("etag") ?? "";
  let shownMs = 0;
  let isDue = false;
  const fetchPage = async () => {
    isDue = false;
    shownMs = performance.now();
    const answer = await fetch(`${url}/`, { signal, headers: { "if-none-match": etag } });
    await answer.arrayBuffer();
    etag = answer.headers.get("etag") ?? etag;
    counts.pages += 1;
    if (answer.status !== 200 && answer.status !== 304) counts.failed += 1;
  };
  for await (const chunk of stream.body ?? []) {
    const isChange = new TextDecoder().decode(chunk).includes("event: machine");
    if (!isChange || isDue) continue;
    isDue = true;
    const wait = Math.max(0, shownMs + LEAST_PAUSE_MS - performance.now());
    setTimeout(() => void fetchPage().catch(() => undefined), wait);
  }
}
