/**
 * Path data of charts: steps and areas over cells. A chart is `PLOT_HEIGHT` units high, a pixel
 * each, and one unit wide for a cell, however wide that is drawn.
 */
import { runsOf } from "../../view/history/cells.ts";

/** A value for each cell, oldest first; −1 where nothing is known. */
export type Series = readonly number[];

export const PLOT_HEIGHT = 80;
/**
 * The heights of the scale's top and of zero leave room for half a label. They lie on half units
 * and 64 apart, so that lines of one pixel are sharp at four steps.
 */
const TOP = 7.5;
const BOTTOM = 71.5;

/** The height of a value; a value beyond the scale is drawn at its end. */
export function yOf(value: number, top: number): number {
  const share = Math.min(1, Math.max(0, value / top));
  return Math.round((BOTTOM - share * (BOTTOM - TOP)) * 10) / 10;
}

/** Steps over the cells of a run, from the left: `M0 44h1V47h2`. */
function steps(series: Series, from: number, to: number, top: number): string {
  let data = "";
  let last = Number.NaN;
  let width = 0;
  for (let cell = from; cell < to; cell += 1) {
    const at = yOf(series[cell] ?? 0, top);
    if (at !== last) {
      data += data === "" ? `M${from} ${at}` : `h${width}V${at}`;
      last = at;
      width = 0;
    }
    width += 1;
  }
  return `${data}h${width}`;
}

function runsKnown(series: Series) {
  return runsOf(series.length, (cell) => (series[cell] ?? -1) >= 0);
}

/** The outline of the values; cells without one are a gap. */
export function linePath(series: Series, top: number): string {
  return runsKnown(series)
    .map(({ from, to }) => steps(series, from, to, top))
    .join("");
}

/** The area between zero and the values. */
export function areaPath(series: Series, top: number): string {
  return runsKnown(series)
    .map(({ from, to }) => `${steps(series, from, to, top)}V${BOTTOM}H${from}z`)
    .join("");
}

/** The whole height over these cells. */
export function bandPath(from: number, to: number): string {
  return `M${from} 0h${to - from}v${PLOT_HEIGHT}H${from}z`;
}

/** A line from top to bottom, `x` cells from the left. */
export function uprightPath(x: number): string {
  return `M${Math.round(x * 10) / 10} 0v${PLOT_HEIGHT}`;
}
