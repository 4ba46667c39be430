/**
 * What the core asks the shell to do. The core performs nothing itself: each of its calls returns a list of
 * these, and the daemon carries them out in order.
 */
import type { Endpoint } from "../net/endpoint.ts";
import type { Entry, MachineInfo } from "../store/history-types.ts";

export type Output =
  | { readonly kind: "send"; readonly to: Endpoint; readonly bytes: Uint8Array }
  /** Append to the machine's history: a report, or an outage that has begun. */
  | { readonly kind: "entry"; readonly id: string; readonly entry: Entry }
  /** The machine has answered again: close its open outage, if there is one. */
  | { readonly kind: "outage-over"; readonly id: string; readonly untilWallMs: number }
  /** Insert or replace what is known about a machine across restarts. */
  | { readonly kind: "remember"; readonly machine: MachineInfo }
  /** The two ids are of one machine: move the history of the first to the second. */
  | { readonly kind: "rename"; readonly fromId: string; readonly toId: string }
  /** Delete the machine and its history. */
  | { readonly kind: "forget"; readonly id: string }
  /** Take a live sample and hand it to `publishLive`: somebody watches, and the last one is old. */
  | { readonly kind: "live-wanted" }
  /** What is shown of this machine has changed. */
  | { readonly kind: "changed"; readonly id: string }
  | { readonly kind: "log"; readonly level: "debug" | "info" | "warn"; readonly text: string };
