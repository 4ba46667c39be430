/** What the daemon offers to those who follow the cluster: what has changed, and being counted. */
import type { After } from "../base/after.ts";
import type { ClusterSource } from "../view/cluster-view.ts";

export interface ClusterChanges {
  /** Grows with each change that a reader could see; of another run it is another number. */
  version(): number;
  /**
   * The ids of the machines whose view has changed after this version, and of those that are shown
   * no longer; `undefined` where that cannot be told: too long ago, or a version of another run.
   */
  since(version: number): ReadonlySet<string> | undefined;
  /** Calls back after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** Counts the people who look: while there are any, the daemon watches the cluster. */
export interface Watchers {
  /** Counts one person as looking until the returned function is called. */
  hold(): () => void;
  /** Counts one look at the page as 10 s of watching. */
  glance(): void;
}

/** What it takes to follow the cluster. */
export interface Following {
  readonly source: ClusterSource;
  readonly changes: ClusterChanges;
  readonly watchers: Pick<Watchers, "hold">;
  readonly after: After;
}
