/**
 * /etc/passwd: the users of this machine. Users of a directory service (LDAP) are not in it; they
 * are shown by their number.
 *
 *     root:x:0:0:root:/root:/bin/bash
 *     nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
 *     +::::::
 *
 * Source: passwd(5).
 */
import { MEBIBYTE } from "../base/units.ts";
import { readTextOrEmpty, readWhenChanged } from "./read-text.ts";

/** One line; in /etc/group, whose names and ids stand in the same places, a group's. */
export interface NamedId {
  readonly name: string;
  readonly id: number;
  /** The user's first group; absent where the line has not the seven fields of a user. */
  readonly gid?: number;
}

export type Account = Readonly<NonNullable<ReturnType<typeof findAccount>>>;

/** About 60,000 users; those beyond it are shown by number. */
export const PASSWD_CAP_BYTES = 4 * MEBIBYTE;

const ID = /^\d{1,10}$/;

/** The lines that name an id, in their order; others are passed over. Reads /etc/group too. */
export function parsePasswd(text: string): readonly NamedId[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", , id = "", gid = "", ...rest] = line.split(":");
    if (name === "" || !ID.test(id)) return [];
    const isUser = rest.length === 3 && ID.test(gid);
    return isUser ? { name, id: Number(id), gid: Number(gid) } : { name, id: Number(id) };
  });
}

/** The user of this name; undefined if there is none, or if the line is malformed. */
export function findAccount(entries: readonly NamedId[], name: string) {
  const entry = entries.find((each) => each.name === name);
  return entry?.gid === undefined ? undefined : { name, uid: entry.id, gid: entry.gid };
}

/** Names by id; of two names with one id the first counts, as in getpwuid(3). */
export function namesById(entries: readonly NamedId[]): ReadonlyMap<number, string> {
  // The last of a list that begins with a key wins, so the list is turned round.
  return new Map(entries.toReversed().map(({ id, name }) => [id, name]));
}

/** Gives the name of an id, or the number where it has none; reads the file again as it changes. */
export function createUserNames(root: string): (uid: number) => string {
  const names = readWhenChanged(root, "/etc/passwd", () =>
    namesById(parsePasswd(readTextOrEmpty(root, "/etc/passwd", PASSWD_CAP_BYTES))),
  );
  return (uid) => names().get(uid) ?? String(uid);
}
