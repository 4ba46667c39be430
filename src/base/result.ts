/**
 * What every reader of data from a peer, the kernel or the user returns: a value or a reason in
 * words. Data from outside never makes it throw; exceptions are for our own bugs.
 */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(reason: string): Result<T> {
  return { ok: false, reason };
}
