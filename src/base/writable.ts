/**
 * A type for objects of hot paths that are built field by field: spreading what may be absent takes
 * three times as long.
 */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
