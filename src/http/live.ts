/**
 * What the HTTP server needs of the daemon, besides what it reads (source.ts), to show what
 * happens now: which machines have changed since when, and a way to say that somebody looks.
 */

export interface Changes {
  /** Grows with each change that a reader could see; of another run it is another number. */
  version(): number;
  /**
   * The ids of machines whose view has changed after this version, those that are gone among
   * them; `undefined` where that cannot be told: too long ago, or a version of another run.
   */
  since(version: number): ReadonlySet<string> | undefined;
  /** Calls back after each change; gives back the call that ends it. */
  subscribe(listener: () => void): () => void;
}

export interface Watch {
  /** Somebody looks, until the call that comes back is made. */
  hold(): () => void;
  /** Somebody has looked just now: that counts as watching for 10 s. */
  glance(): void;
}

/** Calls back once, after so many ms; gives back the call that calls it off. */
export type After = (ms: number, run: () => void) => () => void;

export interface Live {
  readonly changes: Changes;
  readonly watch: Watch;
  readonly after: After;
}
