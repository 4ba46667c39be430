/**
 * Readers of untrusted JSON: of single values, of objects by a table of readers, of lists. A reader
 * gives the cleaned value or `undefined`; none throws.
 */
import { clampText, cleanText } from "./clean-text.ts";

export type FieldReader<T> = (value: unknown) => T | undefined;

/** One reader for each field of `T`, so that a field without a reader does not compile. */
export type FieldReaders<T> = {
  readonly [K in keyof T]-?: FieldReader<NonNullable<T[K]>>;
};

/**
 * Reads an object by one table. Gives its good fields, or `undefined` if there is none. Where all of
 * them are good, as they nearly always are, it gives the same object: copies of a thousand reports
 * every few seconds would only be garbage.
 */
export function objectReader<T extends object>(readers: FieldReaders<T>): FieldReader<Partial<T>> {
  const keys = Object.keys(readers);
  const reads = Object.values<FieldReader<unknown>>(readers);
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

/** As `objectReader`, but gives `undefined` where one of the `required` fields is not good. */
export function recordReader<T extends object>(
  readers: FieldReaders<T>,
  required: readonly (keyof T)[],
): FieldReader<T> {
  const read = objectReader(readers);
  return (value) => {
    const result = read(value);
    if (result === undefined) return undefined;
    for (const key of required) if (result[key] === undefined) return undefined;
    return result as T;
  };
}

/** Gives the good ones of the first `maxItems` items, and the same list where those are all of it. */
export function listReader<T>(
  readItem: FieldReader<T>,
  maxItems: number,
): FieldReader<readonly T[]> {
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

/** Gives clean text of at most `maxLength` UTF-16 units, which may be empty. */
export function textReader(maxLength: number): FieldReader<string> {
  return (value) =>
    typeof value === "string" ? cleanText(clampText(value, maxLength)) : undefined;
}

/** As `textReader`, but trims the text, and gives `undefined` where it is blank. */
export function wordReader(maxLength: number): FieldReader<string> {
  const read = textReader(maxLength);
  return (value) => {
    const text = read(value)?.trim();
    return text === "" ? undefined : text;
  };
}

/** Gives a finite number from 0 to `max`, and never -0. */
export function numberReader(max: number): FieldReader<number> {
  return (value) =>
    typeof value === "number" && value >= 0 && value <= max ? value + 0 : undefined;
}

/** Gives a whole number from `min` to `max`, and never -0. */
export function integerReader(min: number, max: number): FieldReader<number> {
  return (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value + 0
      : undefined;
}

/** Whether the value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
