/**
 * /etc/machine-id: the random id that an installation got when it was first started.
 *
 *     0123456789abcdef0123456789abcdef
 *
 * Source: machine-id(5).
 */
import { readTextOrEmpty } from "./read-text.ts";

/** More than the file ever has. */
const CAP_BYTES = 100;

/** The machine-id, 32 lower-case hex digits; undefined where no file holds one. */
export function readMachineId(root: string): string | undefined {
  const read = (path: string) => parseMachineId(readTextOrEmpty(root, path, CAP_BYTES));
  // The second is the older place.
  return read("/etc/machine-id") ?? read("/var/lib/dbus/machine-id");
}

/**
 * Reads 32 hex digits and a line end. Undefined for anything else: empty or "uninitialized" (an
 * image that was never started), or all zeros.
 */
export function parseMachineId(text: string): string | undefined {
  const id = /^([0-9a-f]{32})\s*$/i.exec(text)?.[1]?.toLowerCase();
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}
