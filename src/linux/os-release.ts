/**
 * /etc/os-release: the distribution's name.
 *
 *     PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
 *     NAME="Debian GNU/Linux"
 *     VERSION="12 (bookworm)"
 *
 * Source: os-release(5).
 */
import { readTextOrEmpty } from "./read-text.ts";

/** PRETTY_NAME, or NAME and VERSION; undefined where neither file has them. */
export function readOsRelease(root: string): string | undefined {
  const [name, fallback] = ["/etc/os-release", "/usr/lib/os-release"].map((path) =>
    parseOsRelease(readTextOrEmpty(root, path)),
  );
  // The second is for systems whose /etc is empty.
  return name ?? fallback;
}

/** The name without the quotes and escapes of a shell; undefined where there is none. */
export function parseOsRelease(text: string): string | undefined {
  const values = new Map<string, string>();
  for (const match of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    values.set(match[1] ?? "", unquote((match[2] ?? "").trim()));
  }
  const pretty = values.get("PRETTY_NAME");
  if (pretty !== undefined && pretty !== "") return pretty;
  const parts = [values.get("NAME"), values.get("VERSION")].filter((part) => part);
  return parts.length === 0 ? undefined : parts.join(" ");
}

function unquote(text: string): string {
  const inner = /^"(.*)"$/.exec(text)?.[1] ?? /^'(.*)'$/.exec(text)?.[1] ?? text;
  return inner.replace(/\\([\\"'$`])/g, "$1");
}
