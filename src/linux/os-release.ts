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
  const read = (path: string) => parseOsRelease(readTextOrEmpty(root, path));
  // The second is for systems whose /etc is empty.
  return read("/etc/os-release") ?? read("/usr/lib/os-release");
}

/** The name without the quotes and escapes of a shell; undefined where there is none. */
export function parseOsRelease(text: string): string | undefined {
  const lines = text.matchAll(/^([A-Z_]+)=(.*)$/gm);
  const values = new Map(lines.map(([, key = "", value = ""]) => [key, unquote(value.trim())]));
  const parts = [values.get("NAME"), values.get("VERSION")].filter((part) => part);
  return values.get("PRETTY_NAME") || parts.join(" ") || undefined;
}

function unquote(text: string): string {
  const inner = /^"(.*)"$/.exec(text)?.[1] ?? /^'(.*)'$/.exec(text)?.[1] ?? text;
  return inner.replace(/\\([\\"'$`])/g, "$1");
}
