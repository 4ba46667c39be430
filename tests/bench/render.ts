/** The CPU time that the server needs to render and compress the page for each new state. */
import { handlerOver } from "../http/handler-over.ts";
import { median } from "../median.ts";
import type { SampleSource } from "../page/sample-cluster.ts";
import { hundred, thousand } from "../page/sample-many.ts";
import { Place, T0 } from "../store/support.ts";
import { busierView, withRandomNames } from "./busy-view.ts";
import type { Figure } from "./figure.ts";

const ROUNDS = 40;
/** The rounds until the runtime has compiled the code. */
const WARM_UP = 20;
/** A page of a thousand machines must be ready 50 ms after it was requested. */
const AIM_MS = 50;

export async function renderFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [words, sample] of [
    ["1,000", thousand()],
    ["100", hundred()],
  ] as const) {
    const { first, later, longest } = await renderCost(sample);
    figures.push({
      subject: `page of ${words} machines, rendered and compressed, CPU, median of ${ROUNDS}`,
      value: `${later.toFixed(1)} ms`,
      beside: [
        `longest ${longest.toFixed(1)} ms`,
        // Only the very first page shows what a program costs that has just been started.
        ...(figures.length === 0 ? [`the first of the process ${first.toFixed(1)} ms`] : []),
      ].join(", "),
      aim: `under ${AIM_MS} ms`,
      isMet: later < AIM_MS,
    });
  }
  return [...figures, stripFigure()];
}

/** The CPU time to read the history strips of all machines; a page of 1,000 reads those of 100. */
function stripFigure(): Figure {
  const place = new Place();
  try {
    place.fill({ machines: 1000, entries: 144 });
    const history = place.open();
    const costs = Array.from({ length: 5 }, () => cpuOf(() => history.strips(T0)));
    return {
      subject: "history strips of 1,000 machines with 144 entries each, read, CPU, median of 5",
      value: `${median(costs).toFixed(1)} ms`,
      beside: `longest ${Math.max(...costs).toFixed(1)} ms`,
      aim: "under 300 ms",
      isMet: median(costs) < 300,
    };
  } finally {
    place.remove();
  }
}

/** The CPU time of the function, ms. */
function cpuOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function renderCost(sample: SampleSource) {
  let view = withRandomNames(sample.view);
  let version = 1;
  const handler = handlerOver({
    ...sample,
    version: () => version,
    moment: () => view.moment,
    cluster: () => view,
  });
  const headers = { host: "localhost", "accept-encoding": "gzip" };
  const costs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    version += 1;
    view = busierView(view, round);
    const before = process.cpuUsage();
    await (await handler(new Request("http://localhost/", { headers }), "127.0.0.1")).bytes();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  const warm = costs.slice(WARM_UP);
  return { first: costs[0] ?? Number.NaN, later: median(warm), longest: Math.max(...warm) };
}
