/**
 * Readers of single untrusted JSON values, and `readFields`, which reads an object by a table
 * of them. A reader gives the value, clean, or `undefined`; none throws.
 */
import { clampText, cleanText } from "./text.ts";

export type Reader<T> = (value: unknown) => T | undefined;

/**
 * One reader for each field of `T`: a field added to `T` without a reader does not compile, so
 * nothing travels that nobody checks.
 */
export type FieldReaders<T> = {
  readonly [K in keyof T]-?: Reader<NonNullable<T[K]>>;
};

/** `readFields` for one table: the fields that were good, or `undefined` if there was none. */
export function objectReader<T extends object>(readers: FieldReaders<T>): Reader<Partial<T>> {
  const entries = Object.entries(readers) as [keyof T & string, Reader<unknown>][];
  return (value) => {
    if (!isObject(value)) return undefined;
    const result: Partial<Record<keyof T, unknown>> = {};
    let isEmpty = true;
    for (const [key, read] of entries) {
      const field = value[key];
      if (field === undefined) continue;
      const good = read(field);
      if (good === undefined) continue;
      result[key] = good;
      isEmpty = false;
    }
    return isEmpty ? undefined : (result as Partial<T>);
  };
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
    return required.every((key) => result[key] !== undefined) ? (result as T) : undefined;
  };
}

/** The first `maxItems` good ones among the first `maxItems` items. */
export function listReader<T>(readItem: Reader<T>, maxItems: number): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const items: T[] = [];
    const count = Math.min(value.length, maxItems);
    for (let i = 0; i < count; i++) {
      const item = readItem(value[i]);
      if (item !== undefined) items.push(item);
    }
    return items;
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
