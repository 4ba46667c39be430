/**
 * The daemon's configuration, read and checked. Ranges are still as they were written (`RangeList`),
 * because the meaning of `lan` is looked up again every 30 s (runtime/read-networks.ts).
 */
import type { RangeList } from "../net/ranges.ts";

export interface Config {
  /** 0 to 2: 1 logs more, 2 also every message sent and received. */
  readonly debug: number;
  readonly updateSeconds: number;
  readonly p2pPort: number;
  readonly httpPort: number;
  readonly p2pAllow: RangeList;
  readonly httpAllow: RangeList;
  readonly scan: RangeList;
  readonly signature: string;
  /** Whether the signature allows nothing but protocol 1; then there is no key. */
  readonly isProtocol1Only: boolean;
  readonly historyEntries: number;
  readonly user?: string;
  /** A canonical address; absent: all addresses. */
  readonly bind?: string;
  /** The machine's name in its report; absent: the host name. */
  readonly name?: string;
  readonly tags: readonly string[];
  readonly stateDirectory?: string;
  readonly keyFiles: readonly string[];
  readonly httpNames: readonly string[];
  readonly messages: boolean;
  readonly maxPeers: number;
  /** The path of the file that was read, if any. */
  readonly file?: string;
}
