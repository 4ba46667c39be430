/**
 * /etc/machine-id: the random id that an installation got when it was first started.
 *
 *     0123456789abcdef0123456789abcdef
 *
 * Source: machine-id(5).
 */
import { readTextOrEmpty } from "./read-text.ts";

/** Where the machine-id may be; the second path is older than the first. */
const FILES = ["/etc/machine-id", "/var/lib/dbus/machine-id"];

/** More than the file ever has. */
const CAP_BYTES = 100;

/** The machine-id, 32 lower-case hex digits; undefined where no file holds one. */
export function readMachineId(root: string): string | undefined {
  const ids = FILES.map((file) => parseMachineId(readTextOrEmpty(root, file, CAP_BYTES)));
  return ids.find((id) => id !== undefined);
}

/**
 * Reads 32 hex digits and a line end. Undefined for anything else: empty or "uninitialized" (an
 * image that was never started), or all zeros.
 */
export function parseMachineId(text: string): string | undefined {
  const id = /^([0-9a-f]{32})\s*$/i.exec(text)?.[1]?.toLowerCase();
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}
