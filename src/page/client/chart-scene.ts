/** What the server says about the charts that it drew: their cells, the range, its bounds. */
import type { TimeRange, ZoomBounds } from "../../view/history/zoom.ts";

export interface CellAxis {
  readonly startMs: number;
  readonly cellMs: number;
  readonly cells: number;
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
    shown: { fromMs: read("from"), toMs: read("to") },
    bounds: { whole: { fromMs: read("oldest"), toMs: read("newest") }, stepMs: read("step") },
  };
}

/** The middle of a cell. */
export function timeOf(cell: number, { startMs, cellMs }: CellAxis): number {
  return startMs + (cell + 0.5) * cellMs;
}

/** The cell that holds this time, or the nearest. */
export function cellOf(wallMs: number, { startMs, cellMs, cells }: CellAxis): number {
  return Math.max(0, Math.min(cells - 1, Math.floor((wallMs - startMs) / cellMs)));
}
