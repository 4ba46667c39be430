/** What a history is opened with, and its caps. */
import { MEBIBYTE, type Moment } from "../base/units.ts";

export interface HistoryOptions {
  /** `--state`; absent: in memory. */
  readonly directory?: string;
  /** The network's signature: each network has its own file. */
  readonly signature: string;
  /** `-H`. */
  readonly entriesPerMachine: number;
  readonly now: () => Moment;
  readonly log: (level: "info" | "warn", text: string) => void;
  readonly caps?: Partial<HistoryCaps>;
  /** Where /proc is found, to name the holder of a locked file; "/" but for tests. */
  readonly root?: string;
}

export type HistoryCaps = Readonly<typeof CAPS>;

/** Design, section 7, and the cap on peers of 6.3. */
export const CAPS = {
  fileBytes: 512 * MEBIBYTE,
  memoryBytes: 32 * MEBIBYTE,
  machines: 4096,
};
