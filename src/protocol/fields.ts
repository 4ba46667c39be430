/**
 * Readers of single untrusted JSON values, and `readFields`, which reads an object by a table
 * of them. A reader gives the value, clean, or `undefined`; none throws.
 */
import { clampText, cleanText } from "../base/clean-text.ts";

export type Reader<T> = (value: unknown) => T | undefined;

/**
 * One reader for each field of `T`: a field added to `T` without a reader does not compile, so
 * nothing travels that nobody checks.
 */
export type FieldReaders<T> = {
  readonly [K in keyof T]-?: Reader<NonNullable<T[K]>>;
};

/**
 * Reads an object by one table: the fields that were good, or `undefined` if there was none. Where
 * all of it was good, as it nearly always is, that is the very object that was given: copies of a
 * thousand reports every few seconds would be so much garbage.
 */
export function objectReader<T extends object>(readers: FieldReaders<T>): Reader<Partial<T>> {
  const keys = Object.keys(readers);
  const reads = Object.values<Reader<unknown>>(readers);
  return (value) => {
    if (!isObject(value)) return undefined;
    let copy: Record<string, unknown> | undefined;
    let good = 0;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] as string;
      const field = value[key];
      if (field === undefined) continue;
      const read = reads[at]?.(field);
      if (!Object.is(read, field)) copy ??= pick(value, keys.slice(0, at));
      if (read === undefined) continue;
      if (copy !== undefined) copy[key] = read;
      good++;
    }
    if (good === 0) return undefined;
    if (copy === undefined && countKeys(value) > good) copy = pick(value, keys);
    return (copy ?? value) as Partial<T>;
  };
}

function pick(value: Readonly<Record<string, unknown>>, keys: readonly string[]) {
  const picked: Record<string, unknown> = {};
  for (const key of keys) {
    if (value[key] !== undefined) picked[key] = value[key];
  }
  return picked;
}

function countKeys(value: object): number {
  let count = 0;
  for (const _ in value) count++;
  return count;
}

/** As `objectReader`, for objects that are nothing without their `required` fields. */
export function recordReader<T extends object>(
  readers: FieldReaders<T>,
  required: readonly (keyof T)[],
): Reader<T> {
  const read = objectReader(readers);
  return (value) => {
    const result = read(value);
    if (result === undefined) return undefined;
    for (const key of required) if (result[key] === undefined) return undefined;
    return result as T;
  };
}

/** The good ones among the first `maxItems` items; the very list where those are all. */
export function listReader<T>(readItem: Reader<T>, maxItems: number): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    let copy: T[] | undefined = value.length > maxItems ? [] : undefined;
    const count = Math.min(value.length, maxItems);
    for (let i = 0; i < count; i++) {
      const item = readItem(value[i]);
      if (!Object.is(item, value[i])) copy ??= value.slice(0, i);
      if (item !== undefined) copy?.push(item);
    }
    return copy ?? value;
  };
}

/** Clean text of at most `maxLength` UTF-16 units; may be empty. */
export function textReader(maxLength: number): Reader<string> {
  return (value) =>
    typeof value === "string" ? cleanText(clampText(value, maxLength)) : undefined;
}

/** As `textReader`, but blank text is no value. */
export function wordReader(maxLength: number): Reader<string> {
  const read = textReader(maxLength);
  return (value) => {
    const text = read(value)?.trim();
    return text === "" ? undefined : text;
  };
}

/** A finite number from 0 to `max`; never -0. */
export function numberReader(max: number): Reader<number> {
  return (value) =>
    typeof value === "number" && value >= 0 && value <= max ? value + 0 : undefined;
}

/** A whole number from `min` to `max`; never -0. */
export function integerReader(min: number, max: number): Reader<number> {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value + 0
      : undefined;
}

/** A non-null object that is no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
