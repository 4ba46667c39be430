/**
 * Reads packaging/deb/unagi.toml, the configuration file as it is shipped, which is written by
 * hand: its comments are also the text of the man page unagi.toml(5).
 *
 *     # Seconds between two reports.
 *     #update = 600
 */

export interface ShippedKey {
  readonly key: string;
  /** As TOML: `600`, `["lan"]`. */
  readonly value: string;
  /** False for a line that only shows the default. */
  readonly isSet: boolean;
  /** The comment above it, without line breaks. */
  readonly comment: string;
  /** The `## ` heading that it stands under. */
  readonly heading: string;
}

/** All keys, in the file's order; throws for a line that is neither comment, key nor empty. */
export function parseShippedConfig(text: string): readonly ShippedKey[] {
  const keys: ShippedKey[] = [];
  let heading = "";
  let comment: string[] = [];
  for (const line of text.split("\n")) {
    const entry = /^(#?)([a-z0-9-]+) = (.+)$/.exec(line);
    if (line.startsWith("## ")) heading = line.slice("## ".length);
    else if (line === "") comment = [];
    else if (/^#( |$)/.test(line)) comment.push(line.slice("# ".length));
    else if (entry !== null) {
      const [, hash, key = "", value = ""] = entry;
      keys.push({ key, value, isSet: hash === "", comment: comment.join(" "), heading });
    } else throw new Error(`neither a comment nor a key of the configuration: ${line}`);
  }
  return keys;
}
