/**
 * What the core asks the shell to do. The core performs nothing itself: `receive`, `tick`,
 * `publish` and `watch` give back a list of these, and the daemon carries them out in order.
 */
import type { Endpoint } from "../net/endpoint.ts";
import type { Entry, KnownMachine } from "../store/kept.ts";

export type Output =
  | { readonly kind: "send"; readonly to: Endpoint; readonly bytes: Uint8Array }
  /** A report to keep, or an outage that began: append to that machine's history. */
  | { readonly kind: "entry"; readonly id: string; readonly entry: Entry }
  /** The machine is back: close its open outage, if there is one. */
  | { readonly kind: "outage-over"; readonly id: string; readonly untilWallMs: number }
  /** Remember (insert or replace) what is known about a machine across restarts. */
  | { readonly kind: "remember"; readonly machine: KnownMachine }
  /** The id was another name for a machine already known: move its history over. */
  | { readonly kind: "rename"; readonly fromId: string; readonly toId: string }
  | { readonly kind: "forget"; readonly id: string }
  /** Somebody watches, and the live report is old: take a sample, and give it to `publishLive`. */
  | { readonly kind: "live-wanted" }
  /** The view of this machine changed (readers refresh). */
  | { readonly kind: "changed"; readonly id: string }
  | { readonly kind: "log"; readonly level: "debug" | "info" | "warn"; readonly text: string };
