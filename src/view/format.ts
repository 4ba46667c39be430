/**
 * Numbers as the pages show them: one decimal below 10, none above; 0 is `0`. An unknown figure is
 * `undefined`, which callers show as an empty cell, never as 0.
 */
import { MEBIBYTE } from "../base/units.ts";

/** No machine has more of anything; what a peer claims beyond is cut, so that it fits its column. */
const MOST_FIGURE = 99_999;
const MOST_PERCENT = 999;
const MOST_DAYS = 99_999;

/** The text of a known value; empty for an unknown one. */
export function known<T>(value: T | undefined, text: (value: T) => string): string {
  return value === undefined ? "" : text(value);
}

/** `0`, `0.4`, `9.9`, `10`, `106`, `99999+`. */
export function figure(value: number): string {
  if (value > MOST_FIGURE) return `${MOST_FIGURE}+`;
  // 9.95 would be written "10.0" with one decimal, 0.04 "0.0".
  if (value >= 9.95) return String(Math.round(value));
  const text = value.toFixed(1);
  return text === "0.0" || text === "-0.0" ? "0" : text;
}

/** A load or a share, whose decimals count: `0.0`, `1.0`, `15.6`. */
export function decimal(value: number, digits = 1): string {
  if (value > MOST_FIGURE) return `${MOST_FIGURE}+`;
  return value.toFixed(digits);
}

export function percent(value: number): string {
  if (value > MOST_PERCENT) return `${MOST_PERCENT}+`;
  return String(Math.round(value));
}

const UNITS = ["M", "G", "T", "P"];

/** `102 M`, `7.1 G`, `1.8 T`, in steps of 1024; below a mebibyte in tenths of one. */
export function bytes(value: number): string {
  const { unit, size } = byteUnit(value);
  const text = figure(value / size);
  return text === "0" ? "0" : `${text} ${unit}`;
}

/** The unit for a chart whose scale reaches to `value`, and its size in bytes. */
export function byteUnit(value: number): { readonly unit: string; readonly size: number } {
  let size = MEBIBYTE;
  let unit = 0;
  // From 1023.5 on, rounding would write "1024 M" for what is 1.0 G.
  while (value / size >= 1023.5 && unit < UNITS.length - 1) {
    size *= 1024;
    unit += 1;
  }
  return { unit: UNITS[unit] ?? "M", size };
}

/** Bytes per second in M/s, without the unit, which stands in the column's head. */
export function perSecond(bytesPerSecond: number): string {
  return figure(bytesPerSecond / MEBIBYTE);
}

/** The unit of disk traffic in the 2005 report. */
export function megabytesPerMinute(bytesPerSecond: number): number {
  return (bytesPerSecond * 60) / MEBIBYTE;
}

/** `40s`, `12m`, `3h02m`, `3d4h`, and from 10 days `41d`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  const days = Math.floor(hours / 24);
  if (days > MOST_DAYS) return `${MOST_DAYS}d+`;
  return days < 10 ? `${days}d${hours % 24}h` : `${days}d`;
}

/** An interval in words: `10 min`, `45 s`, `2 h`. */
export function intervalWords(seconds: number): string {
  if (seconds >= 3600 && seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds >= 60 && seconds % 60 === 0) return `${seconds / 60} min`;
  return `${Math.round(seconds * 10) / 10} s`;
}
