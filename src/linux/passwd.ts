/**
 * /etc/passwd: the names of user ids. Users of a directory service (LDAP) are not in it; they are
 * shown by their number.
 *
 *     root:x:0:0:root:/root:/bin/bash
 */
import { MEBIBYTE } from "../base/units.ts";
import { readText, statIfThere } from "./read-text.ts";

/** About 15,000 users; those beyond it are shown by number. */
const CAP_BYTES = MEBIBYTE;

/**
 * Names by id; of two names with one id the first counts, as in getpwuid(3). Reads /etc/group
 * too, whose names and ids stand in the same places.
 */
export function parsePasswd(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split("\n")) {
    const [name, , uid] = line.split(":", 3);
    if (name !== undefined && name !== "" && uid !== undefined && /^\d{1,10}$/.test(uid)) {
      if (!names.has(Number(uid))) {
        names.set(Number(uid), name);
      }
    }
  }
  return names;
}

/** Gives the name of an id, or the number where it has none; reads the file again as it changes. */
export function createUserNames(root: string): (uid: number) => string {
  let names: ReadonlyMap<number, string> = new Map();
  let readAtMs: number | undefined;
  return (uid) => {
    const changedAtMs = statIfThere(root, "/etc/passwd")?.mtimeMs;
    if (changedAtMs !== readAtMs) {
      const text = readText(root, "/etc/passwd", CAP_BYTES);
      names = text.ok ? parsePasswd(text.value) : new Map();
      readAtMs = changedAtMs;
    }
    return names.get(uid) ?? String(uid);
  };
}
