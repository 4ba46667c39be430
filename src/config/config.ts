/**
 * The daemon's configuration, read and checked: what the rest of the program is given. Ranges
 * are still as written (`RangeList`), since `lan` is resolved again every 30 s (config/lan.ts).
 */
import type { RangeList } from "../net/ranges.ts";

export interface Config {
  /** 0; 1: more output; 2: every message sent and received. */
  readonly debug: number;
  readonly updateSeconds: number;
  readonly p2pPort: number;
  readonly httpPort: number;
  readonly p2pAllow: RangeList;
  readonly httpAllow: RangeList;
  readonly scan: RangeList;
  readonly signature: string;
  readonly historyEntries: number;
  readonly user?: string;
  /** Canonical address; absent: all. */
  readonly bind?: string;
  /** The machine's name in the report; absent: the host name. */
  readonly name?: string;
  readonly tags: readonly string[];
  readonly stateDirectory?: string;
  readonly keyFiles: readonly string[];
  readonly httpNames: readonly string[];
  readonly messages: boolean;
  readonly maxPeers: number;
  /** The file that was read, if any. */
  readonly file?: string;
}
