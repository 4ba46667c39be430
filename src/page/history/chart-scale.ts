/** The vertical scale of a chart: round steps from zero up, each with its label. */
import { figure } from "../../view/format.ts";

export interface Scale {
  /** The value at the upper end. */
  readonly top: number;
  /** From zero up; a line of the grid stands at each. */
  readonly marks: readonly { readonly value: number; readonly label: string }[];
}

/** With more steps the labels would touch one another: a chart is 80 pixels high. */
const MOST_STEPS = 4;
/** From here on labels count thousands, up to "999k+": a peer may claim any value, and they must fit. */
const THOUSANDS = 10_000;
const MOST_SHOWN = 999_000;
/** 3 × 0.1 is a little more than 0.3: without this tolerance the scale would get an empty step. */
const ROUNDING = 1e-9;
/** Labels closer than this share of the height would lie over one another. */
const LEAST_APART = 0.2;

function decimalStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((one) => one * decade >= least * (1 - ROUNDING)) ?? 10;
  return factor * decade;
}

/** `2`, `0.25`, `420k`: without a needless decimal. */
function labelOf(value: number): string {
  if (value > MOST_SHOWN) return "999k+";
  if (value >= THOUSANDS) return `${Math.round(value / 1000)}k`;
  return String(Number(value.toPrecision(4)));
}

/** Zero and so many steps. */
function marksUpTo(steps: number, step: number) {
  const values = Array.from({ length: steps + 1 }, (_, index) => index * step);
  return values.map((value) => ({ value, label: labelOf(value) }));
}

function scaleOf(step: number, most: number): Scale {
  const steps = Math.max(1, Math.ceil(most / step - ROUNDING));
  return { top: steps * step, marks: marksUpTo(steps, step) };
}

/** Up to 100 in quarters. */
export function percentScale(): Scale {
  return scaleOf(25, 100);
}

/** Steps of 1, 2 or 5 × 10ⁿ up to the first that reaches `most`, a positive number. */
export function decimalScale(most: number): Scale {
  return scaleOf(decimalStep(most / MOST_STEPS), most);
}

/**
 * From zero to all there is, which has a label of its own: 0, 32, 64, 96, 126. The steps between
 * are powers of two, as sizes of memory come.
 */
export function capacityScale(capacity: number): Scale {
  const step = 2 ** Math.ceil(Math.log2(capacity / MOST_STEPS) - ROUNDING);
  const marks = marksUpTo(Math.floor((capacity * (1 - LEAST_APART)) / step), step);
  return { top: capacity, marks: [...marks, { value: capacity, label: figure(capacity) }] };
}
