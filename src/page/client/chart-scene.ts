/** What the server says about the charts that it drew: their cells, the range, its bounds; its zone. */
import type { TimeRange, ZoomBounds } from "../../view/history/zoom.ts";
import { createTimes, type Times, timesFor } from "../../view/times.ts";

export interface CellAxis {
  readonly startMs: number;
  readonly cellMs: number;
  readonly cells: number;
  /** The longest time between two reports: a cell of a long axis joins several entries. */
  readonly intervalMs: number;
}

export interface Scene extends CellAxis {
  readonly plots: HTMLElement;
  readonly shown: TimeRange;
  readonly bounds: ZoomBounds;
}

/** `undefined` on a page without charts. */
export function sceneNow(): Scene | undefined {
  const plots = document.getElementById("plots");
  if (plots === null) return undefined;
  const read = (name: string) => Number(plots.dataset[name]);
  return {
    plots,
    startMs: read("start"),
    cellMs: read("cell"),
    cells: read("cells"),
    intervalMs: read("interval"),
    shown: { fromMs: read("from"), toMs: read("to") },
    bounds: { whole: { fromMs: read("oldest"), toMs: read("newest") }, stepMs: read("step") },
  };
}

let times: Times | undefined;

/** Times as the serving machine writes them: in its zone, by the same code. */
export function serverTimes(): Times {
  times ??= createTimes(document.body.dataset["zone"] ?? "UTC");
  return times;
}

/** The time by which a cell is named, its end. */
export function cellLabel(
  cell: number,
  { startMs, cellMs, bounds }: Pick<Scene, "startMs" | "cellMs" | "bounds">,
  times: Times,
): string {
  const endMs = startMs + (cell + 1) * cellMs;
  return timesFor(times, cellMs / 1000).since(endMs, bounds.whole.toMs);
}

/** The middle of a cell. */
export function timeOf(cell: number, { startMs, cellMs }: CellAxis): number {
  return startMs + (cell + 0.5) * cellMs;
}

/** The cell that holds this time, or the nearest. */
export function cellOf(wallMs: number, { startMs, cellMs, cells }: CellAxis): number {
  return Math.max(0, Math.min(cells - 1, Math.floor((wallMs - startMs) / cellMs)));
}
