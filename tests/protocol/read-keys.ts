/**
 * Which keys a reader of JSON looks at, found by watching it: it is given an object that notes
 * each key that it is asked for, and has one more such object, alone or in a list, under each.
 */

/** The paths of all keys, as `cpu.userPercent`, `users[].name`; `tags[]` for plain items. */
export function readKeys(read: (value: unknown) => unknown): string[] {
  const paths = new Set<string>();
  // What is an object to the reader shows in the first run, what is a list in the second; a list
  // in an object only where the object is one again, so each path is tried as both.
  let before = -1;
  const lists = new Set<string>();
  while (before !== paths.size) {
    before = paths.size;
    for (const path of [undefined, ...paths]) {
      const tried = path === undefined ? lists : new Set([...lists, path]);
      const seen = new Set<string>();
      read(watched("", tried, seen));
      for (const one of seen) {
        if (path !== undefined && one.startsWith(`${path}[]`)) lists.add(path);
        paths.add(one);
      }
    }
  }
  return [...paths].sort();
}

/** An object whose every key holds another one, or a list of one where the path is a list. */
function watched(path: string, lists: ReadonlySet<string>, seen: Set<string>): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (typeof key !== "string") return undefined;
        const inner = path === "" ? key : `${path}.${key}`;
        seen.add(inner);
        if (!lists.has(inner)) return watched(inner, lists, seen);
        return [watched(`${inner}[]`, lists, seen)];
      },
    },
  );
}
