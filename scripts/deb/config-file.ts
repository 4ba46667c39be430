/**
 * Reads the shipped configuration file, packaging/deb/unagi.toml, which is written by hand. Its
 * comments are also the text of the man page unagi.toml(5).
 *
 *     # Seconds between two reports.
 *     #update = 600
 */

export interface ShippedKey {
  readonly key: string;
  /** In TOML: `600`, `["lan"]`. */
  readonly value: string;
  /** False for a commented line, which shows the default or an example. */
  readonly isSet: boolean;
  /** The comment above the key, without line breaks. */
  readonly comment: string;
  /** The `## ` heading above the key. */
  readonly heading: string;
}

/** All keys in the order of the file. Throws for a line that is not empty, a comment or a key. */
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
