/**
 * What the command line and the file have in common: each gives settings, still to be checked,
 * and the problems found while reading them.
 */
import type { OptionName } from "./options.ts";

export interface Setting {
  readonly option: OptionName;
  /** Text from the command line; from the file, what TOML says it is. */
  readonly value: string | number | boolean;
  /** The beginning of a message about it: "-p 70000" or "/etc/unagi/unagi.toml, line 3: p2p-port". */
  readonly where: string;
}

export interface Settings {
  readonly settings: readonly Setting[];
  /** Sentences for the user, without `unagi: `. */
  readonly problems: readonly string[];
  /** Lists that the file gives as empty, which is not the same as not giving them. */
  readonly emptied?: readonly OptionName[];
}
