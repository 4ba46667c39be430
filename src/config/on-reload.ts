/**
 * What becomes of each field of a configuration that is read again while the daemon runs. The
 * record names every field, so a new one does not compile before it has its row here.
 */
import type { Config } from "./config.ts";
import type { OptionName } from "./options.ts";

export interface ReloadRule {
  /** The option that fills the field. */
  readonly option: OptionName;
  /**
   * `reload`: the new value counts at once. `restart`: the field is opened, or handed out for
   * good, at the start. `kept`: no setting of its own, and never changed.
   */
  readonly change: "reload" | "restart" | "kept";
}

/** In the order in which the log names what has changed. */
export const ON_RELOAD: { readonly [Field in keyof Config]-?: ReloadRule } = {
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
