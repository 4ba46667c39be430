/** Arithmetic of reports: rates and shares, which are undefined where a part of them is unknown. */
import { type WithoutUndefined, withoutUndefined } from "../base/without-undefined.ts";

/** How far a counter went; undefined where one is unknown or the counter stepped back. */
export function increase(
  earlier: number | undefined,
  later: number | undefined,
): number | undefined {
  return earlier === undefined || later === undefined || later < earlier
    ? undefined
    : later - earlier;
}

/** Whole units a second; undefined where one is unknown or the counter stepped back. */
export function rate(
  earlier: number | undefined,
  later: number | undefined,
  seconds: number | undefined,
): number | undefined {
  const change = increase(earlier, later);
  return change === undefined || seconds === undefined ? undefined : Math.round(change / seconds);
}

/** Undefined where one of them is unknown, or there is none. */
export function sum(values: readonly (number | undefined)[]): number | undefined {
  const numbers = values.filter((value) => value !== undefined);
  const isWhole = numbers.length > 0 && numbers.length === values.length;
  return isWhole ? numbers.reduce((total, value) => total + value, 0) : undefined;
}

/** The `most` largest of them, in the order given. */
export function largest<T>(all: readonly T[], most: number, size: (each: T) => number): T[] {
  const bySize = [...all].sort((a, b) => size(b) - size(a));
  const kept = new Set(bySize.slice(0, most));
  return all.filter((each) => kept.has(each));
}

/** To one decimal, as all percentages of a report are; never −0. */
export function tenths(value: number): number {
  return Math.max(0, Math.round(value * 10) / 10);
}

/** The object without what is unknown; undefined where nothing of it is known. */
export function known<T extends object>(object: T): WithoutUndefined<T> | undefined {
  const rest = withoutUndefined(object);
  return Object.keys(rest).length === 0 ? undefined : rest;
}
