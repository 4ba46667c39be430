/**
 * Leaves out unknown values. With `exactOptionalPropertyTypes` an optional field may be absent but
 * never `undefined`, so objects that are built from values which may be unknown pass through here.
 */

/** `T` with each field that may be `undefined` made optional. */
export type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** A copy of `object` with the fields that are not `undefined`. */
export function withoutUndefined<T extends object>(object: T): WithoutUndefined<T> {
  const copy: Partial<T> = {};
  for (const key in object) {
    if (object[key] !== undefined) copy[key] = object[key];
  }
  return copy as unknown as WithoutUndefined<T>;
}
