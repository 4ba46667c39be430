/**
 * The daemon's configuration, read and checked. Ranges are still as they were written (`RangeList`),
 * because the meaning of `lan` is looked up again every 30 s (runtime/read-networks.ts).
 */
import type { RangeList } from "../net/ranges.ts";
import type { OptionName } from "./options.ts";

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

/**
 * What becomes of each field when the file is read again while the daemon runs, in the order in
 * which the log names what has changed. `option` fills the field. `reload`: the new value counts at
 * once. `restart`: the field is opened, or handed out for good, at the start. `kept`: no setting of
 * its own, and never changed. A new field does not compile before it has its row.
 */
export const ON_RELOAD: {
  readonly [Field in keyof Config]-?: {
    readonly option: OptionName;
    readonly change: "reload" | "restart" | "kept";
  };
} = {
  scan: { option: "scan", change: "reload" },
  p2pAllow: { option: "p2p-allow", change: "reload" },
  httpAllow: { option: "http-allow", change: "reload" },
  httpNames: { option: "http-name", change: "reload" },
  name: { option: "name", change: "reload" },
  tags: { option: "tag", change: "reload" },
  updateSeconds: { option: "update", change: "reload" },
  p2pPort: { option: "p2p-port", change: "restart" },
  httpPort: { option: "http-port", change: "restart" },
  bind: { option: "bind", change: "restart" },
  signature: { option: "signature", change: "restart" },
  isProtocol1Only: { option: "signature", change: "kept" },
  keyFiles: { option: "key-file", change: "restart" },
  user: { option: "user", change: "restart" },
  stateDirectory: { option: "state", change: "restart" },
  historyEntries: { option: "history", change: "restart" },
  messages: { option: "messages", change: "restart" },
  maxPeers: { option: "max-peers", change: "restart" },
  debug: { option: "debug", change: "restart" },
  file: { option: "config", change: "kept" },
};
