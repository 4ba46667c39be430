/**
 * Settings as the command line and the file give them, not checked yet, with the problems found
 * while reading.
 */
import type { OptionName } from "./options.ts";

export interface Setting {
  readonly option: OptionName;
  /** Text from the command line; a value of any TOML type from the file. */
  readonly value: string | number | boolean;
  /** How a message about it begins: "-p 70000", "/etc/unagi/unagi.toml, line 3: p2p-port = 70000". */
  readonly where: string;
}

export interface Settings {
  readonly settings: readonly Setting[];
  /** Sentences for the user, without `unagi: `. */
  readonly problems: readonly string[];
  /** Lists that the file gives as empty; that replaces the default. */
  readonly emptied?: readonly OptionName[];
}
